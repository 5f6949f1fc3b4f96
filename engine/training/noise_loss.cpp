#include "engine/training/noise_loss.h"

#include "engine/schedule/noise_schedule.h"

namespace engine {

NoiseLoss::NoiseLoss(const SchedulerConfig &scheduler, double minSnrGamma, torch::Device device)
    : m_prediction(scheduler.prediction), m_timesteps(scheduler.trainTimesteps)
{
    const NoiseSchedule schedule(scheduler);
    const torch::Tensor a = torch::tensor(schedule.alphasCumprod(), torch::kFloat64);
    const torch::Tensor snr = a / (1.0 - a);
    // Weights of the squared error of x0, turned into those of what is predicted.
    torch::Tensor weight = torch::ones_like(a);
    if (minSnrGamma > 0.0) {
        const torch::Tensor limited = snr.clamp_max(minSnrGamma);
        switch (m_prediction) {
        case Prediction::Epsilon:
            weight = limited / snr;
            break;
        case Prediction::VPrediction:
            weight = limited / (snr + 1.0);
            break;
        case Prediction::Sample:
            weight = limited;
            break;
        }
    }
    const auto options = torch::TensorOptions().device(device).dtype(torch::kFloat32);
    m_signal = a.sqrt().to(options);
    m_noise = (1.0 - a).sqrt().to(options);
    m_weight = weight.to(options);
}

CorruptedBatch NoiseLoss::corrupt(const torch::Tensor &x0, const torch::Generator &generator) const
{
    const int64_t batch = x0.size(0);
    const torch::Tensor order = torch::rand({batch}, generator, x0.options()).argsort();
    const torch::Tensor places = (order + torch::rand({batch}, generator, x0.options())) / batch;
    const torch::Tensor timestep = (places * m_timesteps).to(torch::kInt64).clamp(0, m_timesteps - 1);
    const torch::Tensor noise = torch::randn(x0.sizes(), generator, x0.options());
    const torch::Tensor signal = m_signal.index_select(0, timestep).view({batch, 1, 1, 1});
    const torch::Tensor spread = m_noise.index_select(0, timestep).view({batch, 1, 1, 1});

    CorruptedBatch result = {.x = signal * x0 + spread * noise,
                             .timestep = timestep,
                             .target = noise,
                             .weight = m_weight.index_select(0, timestep)};
    if (m_prediction == Prediction::VPrediction)
        result.target = signal * noise - spread * x0;
    else if (m_prediction == Prediction::Sample)
        result.target = x0;
    return result;
}

torch::Tensor NoiseLoss::of(const torch::Tensor &prediction, const CorruptedBatch &batch)
{
    const torch::Tensor perPicture = (prediction.to(torch::kFloat32) - batch.target).square().mean({1, 2, 3});
    return (perPicture * batch.weight).mean();
}

} // namespace engine
