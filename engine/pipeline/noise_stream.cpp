#include "engine/pipeline/noise_stream.h"

#include "engine/core/tensor_file.h"
#include "engine/error.h"

namespace engine {

NoiseStream::NoiseStream(const GenerateRequest &request, std::vector<int64_t> shape)
    : m_request(request), m_shape(std::move(shape))
{
    if (request.noiseFile.empty())
        return;
    m_recorded = readTensors(request.noiseFile);
    const auto latents = m_recorded.find("latents");
    if (latents == m_recorded.end())
        throw Error(ErrorKind::BadRequest, request.noiseFile.string(), "has no tensor named latents");
    std::vector<int64_t> expected = m_shape;
    expected.front() = request.branchFrom ? latents->second.size(0) : request.count;
    if (latents->second.sizes() != at::IntArrayRef(expected)) {
        throw Error(ErrorKind::BadRequest, request.noiseFile.string(),
                    "latents do not have the shape that this size, count and model need");
    }
}

torch::Tensor NoiseStream::begin(int picture)
{
    const std::uint64_t seed = m_request.seed + static_cast<std::uint64_t>(picture);
    if (!m_recorded.empty()) {
        m_origins = {{.step = 0, .seed = seed, .skip = 0, .fileRow = picture}};
        open(0);
        return m_recorded.at("latents").narrow(0, picture, 1).to(torch::kFloat32);
    }
    m_origins = {{.step = 0, .seed = seed, .skip = 1}}; // what a branch skips: the start noise
    m_open = 0;
    m_source.emplace(seed, m_request.rng);
    m_draws = 1;
    return m_source->draw(m_shape);
}

void NoiseStream::resume(std::vector<NoiseOrigin> origins, int step)
{
    m_origins = std::move(origins);
    std::size_t last = 0;
    for (std::size_t i = 0; i < m_origins.size(); ++i) {
        if (m_origins[i].step <= step)
            last = i;
    }
    open(last);
}

void NoiseStream::open(std::size_t origin)
{
    m_open = origin;
    const NoiseOrigin &from = m_origins.at(origin);
    m_source.reset();
    m_draws = from.skip;
    if (from.fileRow >= 0)
        return;
    m_source.emplace(from.seed, m_request.rng);
    for (int i = 0; i < from.skip; ++i)
        m_source->draw(m_shape);
}

torch::Tensor NoiseStream::draw(int step)
{
    while (m_open + 1 < m_origins.size() && m_origins[m_open + 1].step <= step)
        open(m_open + 1);
    return next();
}

torch::Tensor NoiseStream::next()
{
    const int row = m_origins[m_open].fileRow;
    if (row < 0) {
        ++m_draws;
        return m_source->draw(m_shape);
    }
    const auto noise = m_recorded.find("step_noise");
    if (noise == m_recorded.end() || m_draws >= noise->second.size(0) || row >= noise->second.size(1)) {
        throw Error(ErrorKind::BadRequest, m_request.noiseFile.string(),
                    "holds fewer step noises than the sampler asks for");
    }
    return noise->second[m_draws++].narrow(0, row, 1).to(torch::kFloat32);
}

NoiseOrigin NoiseStream::position(int step) const
{
    // An origin that begins at this very step was not opened yet if nothing was drawn since.
    NoiseOrigin result = m_origins.at(m_open);
    result.skip = m_draws;
    for (std::size_t i = m_open + 1; i < m_origins.size() && m_origins[i].step <= step; ++i)
        result = m_origins[i];
    result.step = step;
    return result;
}

} // namespace engine
