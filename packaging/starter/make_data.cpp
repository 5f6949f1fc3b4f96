// make_data FONT CLDR_COMMON OUT
//
// Turns Noto Color Emoji (Debian: fonts-noto-color-emoji) and the names and keywords of Unicode CLDR (Debian:
// unicode-cldr-core) into a training set: OUT/0000.png, ... 128x128 on white, and OUT/captions.jsonl with one line a
// picture:
//   {"file": "0000.png", "name": "cat face", "keywords": ["cat", "face", "pet"], "weight": 1.0,
//    "captions": [{"text": "cat face", "language": "en", "weight": 3.0}, ...]}
// `weight` says how often a picture is drawn against the others, a caption's weight how often it is drawn for that
// picture. Same packages, same bytes.
//
// Build: g++ -std=c++20 -O2 make_data.cpp $(pkg-config --cflags --libs freetype2 harfbuzz opencv4) -o make_data

#include <ft2build.h>
#include FT_FREETYPE_H
#include <hb-ft.h>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

constexpr int kSide = 128;
const std::vector<std::string> kLanguages = {"en", "de", "fr", "es", "it", "pt", "ja", "zh", "uk"};

struct Annotation
{
    std::string name;
    std::vector<std::string> keywords;
};
using Annotations = std::map<std::string, Annotation>; // by character sequence, UTF-8

std::string trimmed(const std::string &text)
{
    const auto first = text.find_first_not_of(" \t\n");
    return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t\n") - first + 1);
}

std::string withoutEntities(std::string text)
{
    for (const auto &[from, to] : std::initializer_list<std::pair<std::string, std::string>>{
             {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&apos;", "'"}, {"&amp;", "&"}}) {
        for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
            text.replace(at, from.size(), to);
    }
    return text;
}

std::vector<std::string> split(const std::string &text, char by)
{
    std::vector<std::string> parts;
    for (std::size_t start = 0; start <= text.size();) {
        const auto end = std::min(text.find(by, start), text.size());
        if (auto part = trimmed(text.substr(start, end - start)); !part.empty())
            parts.push_back(std::move(part));
        start = end + 1;
    }
    return parts;
}

/// The lines <annotation cp="..." [type="tts"]>...</annotation> of one file.
void readAnnotations(const std::filesystem::path &file, Annotations &into)
{
    std::ifstream stream(file);
    if (!stream)
        throw std::runtime_error("cannot read " + file.string());
    for (std::string line; std::getline(stream, line);) {
        const auto begin = line.find("<annotation cp=\"");
        const auto close = line.find("</annotation>");
        if (begin == std::string::npos || close == std::string::npos)
            continue;
        const auto cpStart = begin + 16;
        const auto cpEnd = line.find('"', cpStart);
        const auto textStart = line.find('>', cpEnd) + 1;
        const std::string text = withoutEntities(line.substr(textStart, close - textStart));
        if (text.find("\xe2\x86\x91\xe2\x86\x91") != std::string::npos) // inherited from the parent locale
            continue;
        Annotation &entry = into[withoutEntities(line.substr(cpStart, cpEnd - cpStart))];
        if (line.substr(cpEnd, textStart - cpEnd).find("type=\"tts\"") != std::string::npos)
            entry.name = trimmed(text);
        else
            entry.keywords = split(text, '|');
    }
}

std::vector<char32_t> codePoints(const std::string &utf8)
{
    std::vector<char32_t> points;
    for (std::size_t i = 0; i < utf8.size();) {
        const auto lead = static_cast<unsigned char>(utf8[i]);
        const int length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        char32_t point = length == 1 ? lead : lead & (0xffU >> (length + 1));
        for (int k = 1; k < length; ++k)
            point = (point << 6) | (static_cast<unsigned char>(utf8[i + static_cast<std::size_t>(k)]) & 0x3f);
        points.push_back(point);
        i += static_cast<std::size_t>(length);
    }
    return points;
}

bool isSkinTone(char32_t point)
{
    return point >= 0x1f3fb && point <= 0x1f3ff;
}

/// Draws character sequences with the colour bitmaps of a font.
class EmojiFont
{
public:
    explicit EmojiFont(const std::string &file)
    {
        if (FT_Init_FreeType(&m_library) != 0 || FT_New_Face(m_library, file.c_str(), 0, &m_face) != 0 ||
            FT_Select_Size(m_face, 0) != 0)
            throw std::runtime_error("cannot use the font " + file);
        m_font = hb_ft_font_create_referenced(m_face);
    }
    ~EmojiFont()
    {
        hb_font_destroy(m_font);
        FT_Done_Face(m_face);
        FT_Done_FreeType(m_library);
    }
    EmojiFont(const EmojiFont &) = delete;
    EmojiFont &operator=(const EmojiFont &) = delete;

    /// 128x128 BGR on white; nothing if the font has no single picture for the sequence.
    std::optional<cv::Mat> draw(const std::vector<char32_t> &sequence)
    {
        hb_buffer_t *buffer = hb_buffer_create();
        hb_buffer_add_utf32(buffer, reinterpret_cast<const uint32_t *>(sequence.data()),
                            static_cast<int>(sequence.size()), 0, static_cast<int>(sequence.size()));
        hb_buffer_guess_segment_properties(buffer);
        hb_shape(m_font, buffer, nullptr, 0);
        unsigned count = 0;
        const hb_glyph_info_t *glyphs = hb_buffer_get_glyph_infos(buffer, &count);
        const hb_glyph_position_t *positions = hb_buffer_get_glyph_positions(buffer, &count);
        std::optional<cv::Mat> picture = compose(glyphs, positions, count);
        hb_buffer_destroy(buffer);
        return picture;
    }

private:
    std::optional<cv::Mat> compose(const hb_glyph_info_t *glyphs, const hb_glyph_position_t *positions, unsigned count)
    {
        // One emoji is one advance wide; couples of two skin tones come as two halves, one advance in all.
        cv::Mat canvas(kSide, 2 * kSide, CV_8UC4, cv::Scalar::all(0));
        int advance = 0;
        int pen = 0;
        bool drewAny = false;
        for (unsigned i = 0; i < count; ++i) {
            if (glyphs[i].codepoint == 0 || FT_Load_Glyph(m_face, glyphs[i].codepoint, FT_LOAD_COLOR) != 0)
                return {};
            const FT_Bitmap &bitmap = m_face->glyph->bitmap;
            if (bitmap.pixel_mode == FT_PIXEL_MODE_BGRA && bitmap.width > 0) {
                const int left = (pen + positions[i].x_offset) / 64;
                const cv::Mat glyph(static_cast<int>(bitmap.rows), static_cast<int>(bitmap.width), CV_8UC4,
                                    bitmap.buffer, static_cast<std::size_t>(bitmap.pitch));
                const cv::Rect place =
                    cv::Rect(left, 0, glyph.cols, glyph.rows) & cv::Rect(0, 0, canvas.cols, canvas.rows);
                if (place.width <= 0 || place.height != std::min(glyph.rows, kSide))
                    return {};
                cv::Mat target = canvas(place);
                cv::max(target, glyph(cv::Rect(place.x - left, 0, place.width, place.height)), target);
                drewAny = true;
                advance = std::max(advance, left + glyph.cols);
            }
            pen += positions[i].x_advance;
        }
        if (!drewAny || advance > 140) // two pictures side by side: no ligature for the sequence
            return {};
        return onWhite(canvas(cv::Rect(0, 0, advance, kSide)));
    }

    /// Premultiplied BGRA to BGR. The font's pictures are 128x128 with four empty columns on each side; the few that
    /// reach into these are made narrower.
    static cv::Mat onWhite(const cv::Mat &premultiplied)
    {
        cv::Mat picture(premultiplied.size(), CV_8UC3);
        for (int y = 0; y < picture.rows; ++y) {
            for (int x = 0; x < picture.cols; ++x) {
                const auto &from = premultiplied.at<cv::Vec4b>(y, x);
                for (int c = 0; c < 3; ++c)
                    picture.at<cv::Vec3b>(y, x)[c] = cv::saturate_cast<uchar>(from[c] + 255 - from[3]);
            }
        }
        const int margin = (picture.cols - kSide) / 2;
        const auto isWhite = [&](int x, int width) {
            return width <= 0 || cv::countNonZero(cv::Mat(255 - picture.colRange(x, x + width)).reshape(1)) == 0;
        };
        if (margin >= 0 && isWhite(0, margin) && isWhite(margin + kSide, picture.cols - margin - kSide))
            return picture.colRange(margin, margin + kSide).clone();
        const double scale = static_cast<double>(kSide) / picture.cols;
        cv::Mat smaller;
        cv::resize(picture, smaller, cv::Size(kSide, cvRound(picture.rows * scale)), 0, 0, cv::INTER_AREA);
        cv::Mat square(kSide, kSide, CV_8UC3, cv::Scalar::all(255));
        smaller.copyTo(square.rowRange((kSide - smaller.rows) / 2, (kSide - smaller.rows) / 2 + smaller.rows));
        return square;
    }

    FT_Library m_library = nullptr;
    FT_Face m_face = nullptr;
    hb_font_t *m_font = nullptr;
};

/// What can be asked for and gives this picture.
class Captions
{
public:
    void add(const std::string &text, const std::string &language, double weight)
    {
        const std::string clean = trimmed(text);
        if (clean.empty() || !m_seen.insert(clean).second)
            return;
        m_list.push_back({{"text", clean}, {"language", language}, {"weight", weight}});
    }
    [[nodiscard]] const nlohmann::ordered_json &list() const { return m_list; }

private:
    std::set<std::string> m_seen;
    nlohmann::ordered_json m_list = nlohmann::ordered_json::array();
};

std::string joined(const std::vector<std::string> &parts, const std::string &by)
{
    std::string all;
    for (const std::string &part : parts)
        all += (all.empty() ? "" : by) + part;
    return all;
}

std::string withArticle(const std::string &name)
{
    return (std::string("aeiouAEIOU").find(name.front()) != std::string::npos ? "an " : "a ") + name;
}

void addEnglish(Captions &captions, const Annotation &annotation)
{
    const std::string &name = annotation.name;
    captions.add(name, "en", 6.0);
    std::string plain = name; // "waving hand: medium skin tone" as one would type it
    if (const auto colon = name.find(": "); colon != std::string::npos) {
        const std::string head = name.substr(0, colon);
        const std::string rest = name.substr(colon + 2);
        if (head == "flag") {
            plain = rest + " flag";
            captions.add("flag of " + rest, "en", 3.0);
            captions.add("the flag of " + rest, "en", 1.0);
        } else if (head == "keycap") {
            plain = "keycap " + rest;
        } else {
            plain = head + ", " + rest;
            captions.add(rest + " " + head, "en", 1.5);
            captions.add(head + " with " + rest, "en", 1.0);
        }
        captions.add(plain, "en", 3.0);
    }
    captions.add(withArticle(plain), "en", 2.0);
    captions.add("the " + plain, "en", 0.5);
    captions.add(plain + " emoji", "en", 1.0);
    captions.add("an emoji of " + withArticle(plain), "en", 0.5);
    captions.add("a picture of " + withArticle(plain), "en", 0.7);
    captions.add("a drawing of " + withArticle(plain), "en", 0.5);
    captions.add("icon of " + withArticle(plain) + " on white", "en", 0.4);

    std::vector<std::string> keywords;
    for (const std::string &keyword : annotation.keywords) {
        if (keyword != name)
            keywords.push_back(keyword);
    }
    if (keywords.empty())
        return;
    captions.add(joined(keywords, ", "), "en", 1.5);
    captions.add(joined(keywords, " "), "en", 1.0);
    captions.add(plain + ", " + joined(keywords, ", "), "en", 1.5);
    captions.add({joined({keywords.rbegin(), keywords.rend()}, " ")}, "en", 0.7);
    for (const std::string &keyword : keywords) {
        if (plain.find(keyword) == std::string::npos && keywords.size() <= 8)
            captions.add(keyword + " " + plain, "en", 0.4);
    }
}

/// How often a picture is drawn: the skin-tone variants of one emoji together as often as half of the emoji itself.
double pictureWeight(const std::vector<char32_t> &sequence, int variants)
{
    const auto has = [&](char32_t point) {
        return std::find(sequence.begin(), sequence.end(), point) != sequence.end();
    };
    double weight = 1.0;
    if (std::any_of(sequence.begin(), sequence.end(), isSkinTone) && sequence.size() > 1)
        weight = 0.5 / variants;
    if (has(0x200d) && (has(0x1f466) || has(0x1f467))) // families: many that differ little
        weight *= 0.3;
    else if (has(0x200d) && (has(0x2640) || has(0x2642))) // the same for women and men
        weight *= 0.6;
    return weight;
}

int makeData(const std::string &fontFile, const std::filesystem::path &cldr, const std::filesystem::path &out)
{
    std::map<std::string, Annotations> byLanguage;
    for (const std::string &language : kLanguages) {
        for (const char *folder : {"annotations", "annotationsDerived"})
            readAnnotations(cldr / folder / (language + ".xml"), byLanguage[language]);
    }
    const Annotations &english = byLanguage.at("en");
    std::map<std::vector<char32_t>, int> variants; // skin-tone variants of an emoji
    for (const auto &[characters, annotation] : english) {
        auto base = codePoints(characters);
        if (std::erase_if(base, isSkinTone) > 0)
            ++variants[base];
    }

    std::filesystem::create_directories(out);
    std::ofstream lines(out / "captions.jsonl", std::ios::binary);
    EmojiFont font(fontFile);
    int count = 0;
    for (const auto &[characters, annotation] : english) {
        const auto sequence = codePoints(characters);
        if (annotation.name.empty() || (sequence.size() == 1 && sequence[0] < 0xa0))
            continue;
        const auto picture = font.draw(sequence);
        if (!picture)
            continue;
        char file[32];
        std::snprintf(file, sizeof file, "%04d.png", count++);
        if (!cv::imwrite((out / file).string(), *picture, {cv::IMWRITE_PNG_COMPRESSION, 9}))
            throw std::runtime_error("cannot write " + (out / file).string());

        Captions captions;
        addEnglish(captions, annotation);
        for (const std::string &language : kLanguages) {
            const Annotations &annotations = byLanguage.at(language);
            const auto found = annotations.find(characters);
            if (language == "en" || found == annotations.end())
                continue;
            captions.add(found->second.name, language, 1.2);
            if (found->second.keywords.size() > 1)
                captions.add(joined(found->second.keywords, ", "), language, 0.3);
        }
        auto base = sequence;
        std::erase_if(base, isSkinTone);
        const auto group = variants.find(base);
        nlohmann::ordered_json line;
        line["file"] = file;
        line["sequence"] = characters;
        line["name"] = annotation.name;
        line["keywords"] = annotation.keywords;
        line["weight"] = pictureWeight(sequence, group == variants.end() ? 1 : group->second);
        line["captions"] = captions.list();
        lines << line.dump() << '\n';
    }
    lines.close();
    if (!lines)
        throw std::runtime_error("cannot write " + (out / "captions.jsonl").string());
    std::printf("%d pictures in %s\n", count, out.c_str());
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 4) {
        std::fprintf(stderr, "usage: make_data FONT CLDR_COMMON OUT\n");
        return 2;
    }
    try {
        return makeData(argv[1], argv[2], argv[3]);
    } catch (const std::exception &error) {
        std::fprintf(stderr, "make_data: %s\n", error.what());
        return 1;
    }
}
