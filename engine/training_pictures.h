#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace engine {

struct Caption
{
    std::string text = {};
    double weight = 1.0;
};

/// A picture file with what is said about it.
struct TrainingPicture
{
    std::filesystem::path file = {};
    std::vector<Caption> captions = {};
    double weight = 1.0;
};

/// Finds the pictures (JPEG, PNG, WebP, BMP, in any depth) of a folder, sorted by path. Captions come from
/// captions.jsonl or metadata.jsonl in the folder (a line a picture: "file" or "file_name"; "captions", a list of texts
/// or of {"text", "weight"}, or "text"; "weight"), else from NAME.txt beside a picture, a caption a line, else from the
/// name of its subfolder.
/// \throws Error{FileUnreadable} if the folder cannot be read; Error{BadRequest} if there are no pictures in it.
std::vector<TrainingPicture> findPictures(const std::filesystem::path &folder);

} // namespace engine
