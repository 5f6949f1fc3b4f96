#include "engine/training/sample_pictures.h"

#include "engine/samplers/sample.h"

namespace engine {

namespace {

/// Standard normal noise, each picture's from a generator of its own on the CPU: the same on every device.
class NoiseOfPictures
{
public:
    NoiseOfPictures(int64_t count, std::vector<int64_t> shape, std::uint64_t seed, torch::Device device)
        : m_shape(std::move(shape)), m_device(device)
    {
        for (int64_t i = 0; i < count; ++i)
            m_generators.push_back(at::detail::createCPUGenerator(seed + static_cast<std::uint64_t>(i)));
    }

    torch::Tensor operator()()
    {
        std::vector<torch::Tensor> noise;
        for (const torch::Generator &generator : m_generators)
            noise.push_back(torch::randn(m_shape, generator, torch::TensorOptions().dtype(torch::kFloat32)));
        return torch::stack(noise).to(m_device);
    }

private:
    std::vector<int64_t> m_shape;
    torch::Device m_device;
    std::vector<torch::Generator> m_generators;
};

torch::Tensor runSampler(const SampleOptions &options, NoiseOfPictures noise,
                         std::function<torch::Tensor(const torch::Tensor &, double)> network)
{
    const NoiseSchedule alphas(options.scheduler);
    const SampleJob job{.alphas = alphas,
                        .config = options.scheduler,
                        .prediction = options.scheduler.prediction,
                        .sampler = options.sampler,
                        .schedule = options.schedule,
                        .steps = options.steps,
                        .clipSample = options.scheduler.clipSample,
                        .startNoise = noise(),
                        .network = [&](const torch::Tensor &x, double timestep, int) { return network(x, timestep); },
                        .noise = [&](double, double) { return noise(); },
                        .checkStop = options.checkStop};
    return sample(job);
}

} // namespace

torch::Tensor sampleLatents(UNet2DCondition &unet, const SampleConditioning &conditioning, int64_t side,
                            const SampleOptions &options)
{
    const torch::NoGradGuard noGrad;
    const torch::Tensor weight = unet->parameters().front();
    const int64_t count = conditioning.context.size(0);
    const bool isGuided = options.guidance != 1.0;
    // What the texts say, then, where guidance is used, what the empty text says.
    const auto both = [&](const torch::Tensor &texts, const torch::Tensor &empty) {
        if (!texts.defined())
            return texts;
        return (isGuided ? torch::cat({texts, empty.expand_as(texts)}) : texts).to(weight.device());
    };
    const torch::Tensor context = both(conditioning.context, conditioning.emptyContext).to(weight.scalar_type());
    const torch::Tensor pooled = both(conditioning.pooled, conditioning.emptyPooled);
    const torch::Tensor timeIds = conditioning.timeIds.defined()
                                      ? conditioning.timeIds.expand({context.size(0), -1}).to(weight.device())
                                      : torch::Tensor();

    const auto network = [&](const torch::Tensor &x, double timestep) {
        const torch::Tensor input = isGuided ? torch::cat({x, x}) : x;
        const torch::Tensor out =
            unet->forward({.sample = input.to(weight.scalar_type()).contiguous(torch::MemoryFormat::ChannelsLast),
                           .timestep = torch::full({input.size(0)}, timestep, x.options().dtype(torch::kFloat32)),
                           .encoderHiddenStates = context,
                           .textEmbeds = pooled,
                           .timeIds = timeIds})
                .to(torch::kFloat32);
        if (!isGuided)
            return out;
        const auto halves = out.chunk(2);
        return halves[1] + options.guidance * (halves[0] - halves[1]);
    };
    return runSampler(options,
                      NoiseOfPictures(count, {unet->config().inChannels, side, side}, options.seed, weight.device()),
                      network);
}

torch::Tensor sampleLatents(UNet2DCondition &unet, ClipTextModel &text, const torch::Tensor &tokens,
                            const torch::Tensor &emptyTokens, int64_t side, const SampleOptions &options)
{
    const torch::NoGradGuard noGrad;
    const torch::Device device = unet->parameters().front().device();
    const torch::Tensor ids = tokens.to(device, torch::kInt64);
    const torch::Tensor emptyIds = emptyTokens.to(device, torch::kInt64).unsqueeze(0);
    return sampleLatents(
        unet, {.context = text->forward(ids).lastHiddenState, .emptyContext = text->forward(emptyIds).lastHiddenState},
        side, options);
}

torch::Tensor samplePixels(UNet2D &unet, int64_t count, int64_t side, const SampleOptions &options)
{
    const torch::NoGradGuard noGrad;
    const torch::Tensor weight = unet->parameters().front();
    const auto network = [&](const torch::Tensor &x, double timestep) {
        return unet
            ->forward(x.to(weight.scalar_type()).contiguous(torch::MemoryFormat::ChannelsLast),
                      torch::full({x.size(0)}, timestep, x.options().dtype(torch::kFloat32)))
            .to(torch::kFloat32);
    };
    return runSampler(options,
                      NoiseOfPictures(count, {unet->config().inChannels, side, side}, options.seed, weight.device()),
                      network);
}

} // namespace engine
