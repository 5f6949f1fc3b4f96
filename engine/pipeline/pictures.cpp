#include "engine/pipeline/pictures.h"

#include <cstring>

namespace engine {

namespace {

/// [1, channels, h, w] float32, 0..255
torch::Tensor rawTensor(const Image &image)
{
    const torch::Tensor bytes = torch::from_blob(const_cast<std::uint8_t *>(image.pixels.data()),
                                                 {image.height, image.width, image.channels}, torch::kUInt8);
    return bytes.permute({2, 0, 1}).unsqueeze(0).to(torch::kFloat32);
}

torch::Tensor resized(const torch::Tensor &x, int width, int height)
{
    if (x.size(3) == width && x.size(2) == height)
        return x;
    return at::_upsample_bicubic2d_aa(x.contiguous(), {height, width}, false).clamp(0, 255);
}

} // namespace

Image toImage(const torch::Tensor &x)
{
    const torch::Tensor picture = x.dim() == 4 ? x.squeeze(0) : x;
    const torch::Tensor bytes = (picture.to(torch::kCPU, torch::kFloat32) / 2 + 0.5)
                                    .clamp(0, 1)
                                    .mul(255)
                                    .round()
                                    .to(torch::kUInt8)
                                    .permute({1, 2, 0})
                                    .contiguous();
    Image image{.width = static_cast<int>(bytes.size(1)),
                .height = static_cast<int>(bytes.size(0)),
                .channels = static_cast<int>(bytes.size(2))};
    image.pixels.resize(static_cast<std::size_t>(bytes.numel()));
    std::memcpy(image.pixels.data(), bytes.const_data_ptr<std::uint8_t>(), image.pixels.size());
    return image;
}

torch::Tensor toTensor(const Image &image, int width, int height)
{
    torch::Tensor x = rawTensor(image);
    if (image.channels == 4) {
        const torch::Tensor alpha = x.narrow(1, 3, 1) / 255;
        x = x.narrow(1, 0, 3) * alpha + 255 * (1 - alpha);
    } else if (image.channels == 1) {
        x = x.expand({1, 3, image.height, image.width});
    }
    return resized(x, width, height) / 127.5 - 1;
}

torch::Tensor maskTensor(const Image &mask, int width, int height)
{
    torch::Tensor x = rawTensor(mask);
    if (mask.channels > 1)
        x = x.narrow(1, 0, 3).mean(1, true);
    return (resized(x, width, height) >= 127.5).to(torch::kFloat32);
}

torch::Tensor latentMask(const torch::Tensor &mask, int64_t block)
{
    using torch::indexing::Slice;
    return mask
        .index({Slice(), Slice(), Slice(block / 2, torch::indexing::None, block),
                Slice(block / 2, torch::indexing::None, block)})
        .contiguous();
}

} // namespace engine
