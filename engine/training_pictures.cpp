#include "engine/training_pictures.h"

#include "engine/checkpoint/json_text.h"
#include "engine/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <map>
#include <string_view>

namespace engine {

namespace fs = std::filesystem;

namespace {

bool isPicture(const fs::path &file)
{
    std::string extension = file.extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    constexpr std::array<std::string_view, 5> kKnown = {".png", ".jpg", ".jpeg", ".webp", ".bmp"};
    return std::find(kKnown.begin(), kKnown.end(), extension) != kKnown.end();
}

std::string trimmed(const std::string &text)
{
    constexpr auto kBlank = " \t\r\n";
    const auto first = text.find_first_not_of(kBlank);
    return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

void addCaption(std::vector<Caption> &captions, const std::string &text, double weight)
{
    const std::string clean = trimmed(text);
    if (!clean.empty() && weight > 0.0)
        captions.push_back({clean, weight});
}

std::vector<Caption> captionsOfFile(const fs::path &file)
{
    std::vector<Caption> captions;
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);)
        addCaption(captions, line, 1.0);
    return captions;
}

/// The lines of captions.jsonl by file name.
std::map<std::string, TrainingPicture> readCaptionTable(const fs::path &file)
{
    std::map<std::string, TrainingPicture> table;
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);) {
        if (trimmed(line).empty())
            continue;
        const nlohmann::json entry = parseJson(line, file.string());
        if (!entry.is_object())
            throw Error(ErrorKind::NotACheckpoint, file.string(), "a line of it is no JSON object.");
        const std::string name = textOr(entry, "file", textOr(entry, "file_name"));
        TrainingPicture &picture = table[fs::path(name).lexically_normal().string()];
        picture.weight = std::max(0.0, numberOr(entry, "weight", 1.0));
        addCaption(picture.captions, textOr(entry, "text"), 1.0);
        if (const auto captions = entry.find("captions"); captions != entry.end() && captions->is_array()) {
            for (const nlohmann::json &caption : *captions) {
                if (caption.is_string())
                    addCaption(picture.captions, caption.get<std::string>(), 1.0);
                else if (caption.is_object())
                    addCaption(picture.captions, textOr(caption, "text"), numberOr(caption, "weight", 1.0));
            }
        }
    }
    return table;
}

} // namespace

std::vector<TrainingPicture> findPictures(const fs::path &folder)
{
    std::error_code failed;
    std::vector<fs::path> files;
    if (!fs::is_directory(folder, failed))
        throw Error(ErrorKind::FileUnreadable, folder.string(), "this is no folder.");
    // Folders in it that may not be read are passed over, but not this one.
    if (const fs::directory_iterator first(folder, failed); failed)
        throw Error(ErrorKind::FileUnreadable, folder.string(), "cannot read this folder: " + failed.message());
    for (fs::recursive_directory_iterator it(folder, fs::directory_options::skip_permission_denied, failed), end;
         !failed && it != end; it.increment(failed)) {
        if (it->is_regular_file(failed) && isPicture(it->path()))
            files.push_back(it->path());
    }
    if (failed)
        throw Error(ErrorKind::FileUnreadable, folder.string(), "cannot read this folder: " + failed.message());
    if (files.empty())
        throw Error(ErrorKind::BadRequest, "data", "there are no pictures in " + folder.string() + ".");
    std::sort(files.begin(), files.end());

    std::map<std::string, TrainingPicture> table;
    for (const char *name : {"captions.jsonl", "metadata.jsonl"}) {
        if (fs::exists(folder / name)) {
            table = readCaptionTable(folder / name);
            break;
        }
    }
    std::vector<TrainingPicture> pictures;
    for (const fs::path &file : files) {
        TrainingPicture picture;
        const fs::path relative = file.lexically_relative(folder);
        if (const auto found = table.find(relative.string()); found != table.end())
            picture = found->second;
        if (picture.captions.empty())
            picture.captions = captionsOfFile(fs::path(file).replace_extension(".txt"));
        if (picture.captions.empty() && relative.has_parent_path()) {
            std::string name = relative.parent_path().filename().string();
            std::replace(name.begin(), name.end(), '_', ' ');
            addCaption(picture.captions, name, 1.0);
        }
        picture.file = file;
        pictures.push_back(std::move(picture));
    }
    return pictures;
}

} // namespace engine
