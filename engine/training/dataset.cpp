#include "engine/training/dataset.h"

#include "engine/error.h"

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-enum-enum-conversion"
#endif
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

#include <algorithm>

namespace engine {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kMaxBytesInMemory = std::int64_t(1) << 30;
constexpr std::int64_t kDecodeBatch = 64;

/// RGB, size x size; empty if the file cannot be read.
cv::Mat readSquare(const fs::path &file, int size)
{
    cv::Mat picture;
    try {
        picture = cv::imread(file.string(), cv::IMREAD_UNCHANGED);
        // Only pictures with transparency need their own channels; the rest is turned as its EXIF data says.
        if (picture.channels() != 4)
            picture = cv::imread(file.string(), cv::IMREAD_COLOR);
        if (picture.empty())
            return {};
        if (picture.depth() == CV_16U)
            picture.convertTo(picture, CV_8U, 1.0 / 257.0);
        if (picture.channels() == 4) {
            cv::Mat onWhite(picture.size(), CV_8UC3);
            for (int y = 0; y < picture.rows; ++y) {
                const auto *from = picture.ptr<cv::Vec4b>(y);
                auto *to = onWhite.ptr<cv::Vec3b>(y);
                for (int x = 0; x < picture.cols; ++x) {
                    for (int c = 0; c < 3; ++c)
                        to[x][c] = static_cast<uchar>((from[x][c] * from[x][3] + 255 * (255 - from[x][3]) + 127) / 255);
                }
            }
            picture = onWhite;
        }
        const int side = std::min(picture.rows, picture.cols);
        const cv::Mat square = picture(cv::Rect((picture.cols - side) / 2, (picture.rows - side) / 2, side, side));
        cv::Mat result;
        if (side == size)
            result = square.clone();
        else
            cv::resize(square, result, cv::Size(size, size), 0, 0, side > size ? cv::INTER_AREA : cv::INTER_CUBIC);
        cv::cvtColor(result, result, cv::COLOR_BGR2RGB);
        return result;
    } catch (const cv::Exception &) {
        return {};
    }
}

/// Memory for all pictures: plain, or a mapped file where there are many.
torch::Tensor pictureMemory(std::int64_t count, int size, const fs::path &scratch)
{
    const std::vector<std::int64_t> shape = {count, 3, size, size};
    const std::int64_t bytes = count * 3 * size * size;
    if (bytes <= kMaxBytesInMemory || scratch.empty())
        return torch::empty(shape, torch::kUInt8);
    std::error_code failed;
    fs::create_directories(scratch, failed);
    if (const auto space = fs::space(scratch, failed); !failed && space.available < static_cast<std::uintmax_t>(bytes))
        throw Error(ErrorKind::DiskFull, scratch.string(),
                    "the training pictures need " + std::to_string(bytes >> 20) + " MiB there.");
    const fs::path file = scratch / kPicturesFile;
    return torch::from_file(file.string(), /*shared=*/true, bytes, torch::kUInt8).view(shape);
}

} // namespace

DecodedPictures decodePictures(const std::vector<TrainingPicture> &pictures, int size, const fs::path &scratch,
                               const RunContext &context)
{
    const auto count = static_cast<std::int64_t>(pictures.size());
    DecodedPictures result;
    torch::Tensor all = pictureMemory(count, size, scratch);
    auto *bytes = all.data_ptr<std::uint8_t>();
    const std::int64_t pictureBytes = std::int64_t(3) * size * size;
    std::int64_t used = 0;
    for (std::int64_t begin = 0; begin < count; begin += kDecodeBatch) {
        throwIfStopped(context);
        context.betweenSteps();
        context.emit(StageStarted{Stage::LoadingModel, static_cast<double>(begin) / static_cast<double>(count)});
        const std::int64_t end = std::min(begin + kDecodeBatch, count);
        std::vector<cv::Mat> decoded(static_cast<std::size_t>(end - begin));
        at::parallel_for(begin, end, 1, [&](std::int64_t from, std::int64_t to) {
            for (std::int64_t i = from; i < to; ++i)
                decoded[static_cast<std::size_t>(i - begin)] =
                    readSquare(pictures[static_cast<std::size_t>(i)].file, size);
        });
        for (std::int64_t i = begin; i < end; ++i) {
            const cv::Mat &picture = decoded[static_cast<std::size_t>(i - begin)];
            const TrainingPicture &source = pictures[static_cast<std::size_t>(i)];
            if (picture.empty()) {
                ++result.skipped;
                context.emit(Notice{source.file.string() + " cannot be read as a picture and is left out."});
                continue;
            }
            std::uint8_t *to = bytes + used * pictureBytes; // [3, size, size]
            for (int y = 0; y < size; ++y) {
                const auto *row = picture.ptr<cv::Vec3b>(y);
                for (int x = 0; x < size; ++x) {
                    for (int c = 0; c < 3; ++c)
                        to[(std::int64_t(c) * size + y) * size + x] = row[x][c];
                }
            }
            result.used.push_back(source);
            ++used;
        }
    }
    if (used == 0)
        throw Error(ErrorKind::BadRequest, "data", "none of the pictures can be read.");
    result.pictures = all.narrow(0, 0, used);
    return result;
}

PreparedData prepareData(const DecodedPictures &decoded, const Vocabulary *vocabulary, int length)
{
    PreparedData data;
    data.pictures = decoded.pictures;
    std::vector<float> weights;
    std::vector<std::int64_t> starts = {0};
    std::vector<std::int32_t> tokens;
    std::vector<float> captionWeights;
    for (const TrainingPicture &picture : decoded.used) {
        weights.push_back(static_cast<float>(picture.weight));
        if (!vocabulary)
            continue;
        for (const Caption &caption : picture.captions) {
            const auto ids = vocabulary->encode(caption.text, length);
            tokens.insert(tokens.end(), ids.begin(), ids.end());
            captionWeights.push_back(static_cast<float>(caption.weight));
        }
        starts.push_back(static_cast<std::int64_t>(captionWeights.size()));
    }
    data.weights = torch::tensor(weights);
    if (data.weights.sum().item<double>() <= 0.0)
        data.weights.fill_(1.0);
    if (!vocabulary || captionWeights.empty())
        return data;
    data.tokens = torch::tensor(tokens, torch::kInt32).view({-1, length});
    data.captionStarts = torch::tensor(starts, torch::kInt64);
    data.captionWeights = torch::tensor(captionWeights);
    data.emptyTokens = torch::tensor(vocabulary->encode("", length), torch::kInt32);
    return data;
}

std::vector<std::string> captionTexts(const std::vector<TrainingPicture> &pictures)
{
    std::vector<std::string> texts;
    for (const TrainingPicture &picture : pictures) {
        for (const Caption &caption : picture.captions)
            texts.push_back(caption.text);
    }
    return texts;
}

Image trainingImage(const torch::Tensor &x)
{
    const torch::Tensor bytes = ((x.detach().to(torch::kCPU, torch::kFloat32) + 1.0) * 127.5)
                                    .clamp(0.0, 255.0)
                                    .round()
                                    .to(torch::kUInt8)
                                    .permute({1, 2, 0})
                                    .contiguous();
    Image image{.width = static_cast<int>(bytes.size(1)), .height = static_cast<int>(bytes.size(0)), .channels = 3};
    image.pixels.assign(bytes.data_ptr<std::uint8_t>(), bytes.data_ptr<std::uint8_t>() + bytes.numel());
    return image;
}

void writePng(const fs::path &file, const Image &image)
{
    const cv::Mat rgb(image.height, image.width, CV_8UC3, const_cast<std::uint8_t *>(image.pixels.data()));
    cv::Mat bgr;
    cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
    if (!cv::imwrite(file.string(), bgr))
        throw Error(ErrorKind::FileUnreadable, file.string(), "cannot write this picture.");
}

} // namespace engine
