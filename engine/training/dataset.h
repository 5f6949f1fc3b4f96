#pragma once

#include "engine/event.h"
#include "engine/image.h"
#include "engine/training/prepared_data.h"
#include "engine/training/vocabulary.h"
#include "engine/training_pictures.h"

#include <filesystem>
#include <string>
#include <vector>

namespace engine {

/// What was read of a set of pictures.
struct DecodedPictures
{
    torch::Tensor pictures;            ///< uint8 [N, 3, size, size]
    std::vector<TrainingPicture> used; ///< those N
    int skipped = 0;                   ///< pictures that could not be read; each was named in a Notice
};

/// The file in `scratch` that keeps the pictures of large sets.
constexpr auto kPicturesFile = "pictures.bin";

/// Reads pictures: transparent ones on white, the largest square from the middle, scaled to `size`. Sets of more than
/// a gigabyte are kept in a file that is mapped, in `scratch`.
/// \throws Error{BadRequest} if none of them can be read. Cancelled.
DecodedPictures decodePictures(const std::vector<TrainingPicture> &pictures, int size,
                               const std::filesystem::path &scratch, const RunContext &context);

/// Captions as token ids of `length`.
PreparedData prepareData(const DecodedPictures &decoded, const Vocabulary *vocabulary, int length);

/// All captions of the set, for Vocabulary::train().
std::vector<std::string> captionTexts(const std::vector<TrainingPicture> &pictures);

/// \param x [3, H, W] in -1..1, any device, any float type   \return 8-bit RGB
Image trainingImage(const torch::Tensor &x);

/// \throws Error{FileUnreadable}
void writePng(const std::filesystem::path &file, const Image &image);

} // namespace engine
