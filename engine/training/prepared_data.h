#pragma once

#include <torch/torch.h>

#include <filesystem>

namespace engine {

/// A training set as trainers read it: pictures of one size and, where there are any, the token ids of their
/// captions. Kept as one .safetensors file, whose tensors have these members' names.
struct PreparedData
{
    torch::Tensor pictures = {}; ///< uint8 [N, 3, H, W]
    torch::Tensor weights = {};  ///< float32 [N]: how often a picture is drawn against the others
    torch::Tensor tokens = {};   ///< int32 [M, T]: padded ids of all captions; undefined without captions
    torch::Tensor captionStarts =
        {}; ///< int64 [N + 1]: picture i has the captions captionStarts[i] .. captionStarts[i + 1]
    torch::Tensor captionWeights = {}; ///< float32 [M]: how often a caption is drawn against the picture's others
    torch::Tensor emptyTokens = {};    ///< int32 [T]: padded ids of the empty prompt

    [[nodiscard]] int64_t count() const { return pictures.size(0); }
    [[nodiscard]] bool hasCaptions() const { return tokens.defined(); }
};

/// Maps the file: pictures are read when they are looked at, so that a set may be larger than memory.
/// \throws Error{FileUnreadable, NotACheckpoint} also if tensors are missing or do not fit together.
PreparedData loadPreparedData(const std::filesystem::path &file);

/// \throws Error{DiskFull, FileUnreadable}
void savePreparedData(const std::filesystem::path &file, const PreparedData &data);

/// What one step draws.
struct Batch
{
    torch::Tensor indices; ///< int64 [B] pictures
    torch::Tensor tokens;  ///< int64 [B, T]; undefined without captions
};

/// Draws pictures and captions by their weights on the device where the networks are, without ever waiting for it.
/// Every batch covers the whole set evenly (systematic sampling), and is a function of the generator alone.
class BatchSampler
{
public:
    BatchSampler(const PreparedData &data, torch::Device device, double captionDropout);

    [[nodiscard]] Batch draw(int64_t batch, const torch::Generator &generator) const;

private:
    torch::Tensor m_pictureEnds;  // float64 [N] cumulative weights, ending at 1
    torch::Tensor m_captionEnds;  // float64 [M] cumulative weights of all captions
    torch::Tensor m_captionsFrom; // float64 [N] where a picture's captions begin in m_captionEnds
    torch::Tensor m_captionsUpTo; // float64 [N]
    torch::Tensor m_firstCaption; // int64 [N]
    torch::Tensor m_lastCaption;  // int64 [N]
    torch::Tensor m_tokens;       // int32 [M, T]
    torch::Tensor m_emptyTokens;  // int32 [T]
    double m_captionDropout;
};

/// Pictures as networks take them.
/// \param pictures uint8 [N, 3, H, W], where they are kept   \param indices int64 [B] on the networks' device
/// \return [B, 3, H, W] in -1..1, of the options' device and dtype, channels last
torch::Tensor takePictures(const torch::Tensor &pictures, const torch::Tensor &indices,
                           const torch::TensorOptions &options);

} // namespace engine
