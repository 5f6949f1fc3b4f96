#include "engine/training/prepared_data.h"

#include "engine/core/tensor_file.h"
#include "engine/error.h"

#include <string>

namespace engine {

namespace {

[[noreturn]] void refuse(const std::filesystem::path &file, const std::string &why)
{
    throw Error(ErrorKind::NotACheckpoint, file.string(), why);
}

void check(const std::filesystem::path &file, const PreparedData &data)
{
    if (!data.pictures.defined() || data.pictures.dim() != 4 || data.pictures.size(1) != 3 ||
        data.pictures.scalar_type() != torch::kUInt8)
        refuse(file, "there is no tensor \"pictures\" of 8-bit RGB pictures.");
    if (data.count() == 0)
        refuse(file, "there are no pictures in it.");
    if (!data.weights.defined() || data.weights.numel() != data.count())
        refuse(file, "there is not one weight a picture.");
    if (!data.hasCaptions())
        return;
    if (!data.captionStarts.defined() || data.captionStarts.numel() != data.count() + 1 ||
        data.captionStarts[-1].item<int64_t>() != data.tokens.size(0))
        refuse(file, "\"captionStarts\" does not fit the pictures and captions.");
    if (!data.captionWeights.defined() || data.captionWeights.numel() != data.tokens.size(0))
        refuse(file, "there is not one weight a caption.");
    if (!data.emptyTokens.defined() || data.emptyTokens.numel() != data.tokens.size(1))
        refuse(file, "the empty prompt is missing.");
}

} // namespace

PreparedData loadPreparedData(const std::filesystem::path &file)
{
    const auto opened = std::make_shared<const SafetensorsFile>(file);
    PreparedData data;
    const auto take = [&](const char *name, torch::Tensor &into) {
        if (const TensorEntry *entry = opened->find(name))
            into = toTensor(opened, *entry);
    };
    take("pictures", data.pictures);
    take("weights", data.weights);
    take("tokens", data.tokens);
    take("captionStarts", data.captionStarts);
    take("captionWeights", data.captionWeights);
    take("emptyTokens", data.emptyTokens);
    check(file, data);
    return data;
}

void savePreparedData(const std::filesystem::path &file, const PreparedData &data)
{
    std::map<std::string, torch::Tensor> tensors = {{"pictures", data.pictures}, {"weights", data.weights}};
    if (data.hasCaptions()) {
        tensors["tokens"] = data.tokens;
        tensors["captionStarts"] = data.captionStarts;
        tensors["captionWeights"] = data.captionWeights;
        tensors["emptyTokens"] = data.emptyTokens;
    }
    writeTensors(file, tensors);
}

BatchSampler::BatchSampler(const PreparedData &data, torch::Device device, double captionDropout)
    : m_captionDropout(captionDropout)
{
    const torch::Tensor ends = data.weights.to(torch::kFloat64).cumsum(0);
    m_pictureEnds = (ends / ends[-1]).to(device);
    if (!data.hasCaptions())
        return;
    const torch::Tensor captionEnds = data.captionWeights.to(torch::kFloat64).cumsum(0);
    // Where caption k begins; one more entry for the end of the last.
    const torch::Tensor bounds = torch::cat({torch::zeros({1}, torch::kFloat64), captionEnds});
    const torch::Tensor first = data.captionStarts.slice(0, 0, data.count());
    const torch::Tensor last = data.captionStarts.slice(0, 1);
    m_captionEnds = captionEnds.to(device);
    m_captionsFrom = bounds.index_select(0, first).to(device);
    m_captionsUpTo = bounds.index_select(0, last).to(device);
    m_firstCaption = first.to(device);
    m_lastCaption = (last - 1).to(device);
    m_tokens = data.tokens.to(device);
    m_emptyTokens = data.emptyTokens.to(device);
}

Batch BatchSampler::draw(int64_t batch, const torch::Generator &generator) const
{
    const auto real = torch::TensorOptions().device(m_pictureEnds.device()).dtype(torch::kFloat64);
    // One point in each of `batch` equal parts of the total weight.
    const torch::Tensor points = (torch::arange(batch, real) + torch::rand({batch}, generator, real)) / batch;
    const torch::Tensor indices = torch::searchsorted(m_pictureEnds, points, /*out_int32=*/false, /*right=*/true)
                                      .clamp_max(m_pictureEnds.numel() - 1);
    if (!m_tokens.defined())
        return {.indices = indices, .tokens = {}};

    const torch::Tensor from = m_captionsFrom.index_select(0, indices);
    const torch::Tensor upTo = m_captionsUpTo.index_select(0, indices);
    const torch::Tensor at = from + torch::rand({batch}, generator, real) * (upTo - from);
    const torch::Tensor first = m_firstCaption.index_select(0, indices);
    const torch::Tensor last = m_lastCaption.index_select(0, indices);
    torch::Tensor captions = torch::searchsorted(m_captionEnds, at, /*out_int32=*/false, /*right=*/true);
    captions = torch::minimum(torch::maximum(captions, first), last);
    // A picture without a caption (last < first) is one of the empty prompt.
    const torch::Tensor isEmpty =
        (torch::rand({batch}, generator, real) < m_captionDropout).logical_or(last < first).unsqueeze(1);
    const torch::Tensor tokens = m_tokens.index_select(0, captions.clamp(0, m_tokens.size(0) - 1));
    return {.indices = indices, .tokens = torch::where(isEmpty, m_emptyTokens, tokens).to(torch::kInt64)};
}

torch::Tensor takePictures(const torch::Tensor &pictures, const torch::Tensor &indices,
                           const torch::TensorOptions &options)
{
    const torch::Tensor chosen = pictures.index_select(0, indices.to(pictures.device()));
    return chosen.to(options.device())
        .to(options.dtype(torch::kFloat32), /*non_blocking=*/false, /*copy=*/false)
        .div_(127.5)
        .sub_(1.0)
        .to(options, /*non_blocking=*/false, /*copy=*/false, torch::MemoryFormat::ChannelsLast);
}

} // namespace engine
