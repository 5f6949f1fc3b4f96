#pragma once

#include "engine/engine.h"
#include "tests/support/fake_trajectory.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

/// What a FakeEngine does; a test keeps one half and may change it between jobs.
struct FakePlan
{
    int stepMs = 0;    ///< how long a step takes
    int openMs = 0;    ///< how long it takes to open the engine
    int prepareMs = 0; ///< how long a training reads pictures before its first step
    int previewsPerStep = 1;
    int width = 64; ///< of pictures whose request does not say
    int height = 64;
    std::optional<engine::Error> error = {};     ///< thrown by every job ...
    int failAtStep = 0;                          ///< ... after so many steps; 0: at once
    std::string brokenModel = {};                ///< only for this model; empty: for all
    std::optional<engine::Error> openError = {}; ///< thrown instead of an engine
    std::string notice = {};

    [[nodiscard]] std::vector<engine::GenerateRequest> requests() const
    {
        const std::lock_guard lock(m_mutex);
        return m_requests;
    }
    void note(const engine::GenerateRequest &request)
    {
        const std::lock_guard lock(m_mutex);
        m_requests.push_back(request);
    }

private:
    mutable std::mutex m_mutex;
    std::vector<engine::GenerateRequest> m_requests;
};

/// An engine without networks: steps, previews and small pictures as the real one reports them.
class FakeEngine : public engine::Engine
{
public:
    explicit FakeEngine(std::shared_ptr<FakePlan> plan) : m_plan(std::move(plan))
    {
        std::this_thread::sleep_for(std::chrono::milliseconds(m_plan->openMs));
        if (m_plan->openError)
            throw *m_plan->openError;
    }

    [[nodiscard]] engine::DeviceInfo device() const override
    {
        return {.device = "cpu", .name = "Fake processor", .precision = "bfloat16", .threads = 2};
    }

    void load(const engine::LoadRequest &request, const engine::RunContext &context) override
    {
        context.emit(engine::StageStarted{engine::Stage::LoadingModel, 0.5});
        failIfAsked(request.model.string());
    }

    engine::GenerateReport generate(const engine::GenerateRequest &request, const engine::RunContext &context) override
    {
        m_plan->note(request);
        const int width = request.width > 0 ? request.width : m_plan->width;
        const int height = request.height > 0 ? request.height : m_plan->height;
        context.emit(engine::StageStarted{engine::Stage::LoadingModel, 1.0});
        if (m_plan->failAtStep == 0)
            failIfAsked(request.model.string());
        context.emit(engine::StageStarted{engine::Stage::EncodingPrompt, -1.0});
        if (!m_plan->notice.empty())
            context.emit(engine::Notice{m_plan->notice});
        engine::GenerateReport report;
        for (int picture = 0; picture < request.count; ++picture) {
            if (picture > 0 && context.stopAfterPicture.stop_requested())
                break;
            context.emit(engine::StageStarted{engine::Stage::Sampling, -1.0});
            for (int step = 1; step <= request.steps; ++step) {
                engine::throwIfStopped(context);
                std::this_thread::sleep_for(std::chrono::milliseconds(m_plan->stepMs));
                const double seconds = std::max(m_plan->stepMs, 1) * 1e-3;
                context.emit(engine::StepFinished{.picture = picture,
                                                  .step = step,
                                                  .steps = request.steps,
                                                  .sigma = 14.6 * (request.steps - step) / request.steps,
                                                  .seconds = seconds});
                for (int i = 0; i < m_plan->previewsPerStep; ++i)
                    context.emit(engine::PreviewReady{
                        picture, step, paint(width / 4, height / 4, request.seed + std::uint64_t(step))});
                report.stepSeconds.push_back(seconds);
                if (step == m_plan->failAtStep)
                    failIfAsked(request.model.string());
            }
            context.emit(engine::StageStarted{engine::Stage::Decoding, -1.0});
            const std::uint64_t seed = request.seed + std::uint64_t(picture);
            if (request.keepTrajectory)
                context.emit(engine::TrajectoryReady{
                    picture, std::make_shared<const engine::Trajectory>(fakeTrajectory(request, seed, width, height))});
            context.emit(engine::ImageFinished{picture, seed, paint(width, height, seed)});
        }
        report.width = width;
        report.height = height;
        report.sampler = request.sampler;
        report.schedule = request.schedule;
        report.precision = "bfloat16";
        report.device = "cpu";
        return report;
    }

    void probe(const engine::ProbeRequest &) override {}

    engine::StudyResult study(const engine::StudyRequest &request, const engine::RunContext &context) override
    {
        engine::throwIfStopped(context);
        if (const auto *encode = std::get_if<engine::EncodeRequest>(&request))
            return encoded(*encode);
        if (const auto *predict = std::get_if<engine::PredictNoiseRequest>(&request))
            return engine::PredictNoiseResult{.timesteps = predict->timesteps,
                                              .errors = std::vector<double>(predict->timesteps.size(), 0.25),
                                              .eps = predict->noise,
                                              .clean = predict->clean};
        const auto &decode = std::get<engine::DecodeRequest>(request);
        failIfAsked(decode.model.string());
        return engine::DecodeResult{paint(decode.latent.width * 8, decode.latent.height * 8, 5)};
    }

    /// A latent of a made-up autoencoder: four channels, an eighth of the picture's sides.
    static engine::EncodeResult encoded(const engine::EncodeRequest &request)
    {
        engine::LatentArray latent{
            4, std::max(1, request.picture.height / 8), std::max(1, request.picture.width / 8), {}};
        for (int i = 0; i < latent.channels * latent.height * latent.width; ++i)
            latent.values.push_back(float(i % 7) / 3.0F - 1.0F);
        return {.latent = latent,
                .picture = request.picture,
                .map = {.factors = {1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0}, .bias = {0, 0, 0}, .scale = 8}};
    }

    engine::TrainReport train(const engine::TrainRequest &request, const engine::RunContext &context) override
    {
        failIfAsked({});
        context.emit(engine::StageStarted{engine::Stage::LoadingModel, 0.5});
        for (int i = 0; i < m_plan->prepareMs; ++i) {
            if (context.stop.stop_requested())
                return {};
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        for (std::int64_t step = 1; step <= request.steps; ++step) {
            context.betweenSteps();
            if (context.stop.stop_requested())
                return {.steps = step - 1, .loss = 1.0, .finished = false};
            std::this_thread::sleep_for(std::chrono::milliseconds(m_plan->stepMs));
            const double loss = 1.0 / double(step);
            context.emit(engine::LossReported{.step = step,
                                              .steps = request.steps,
                                              .loss = loss,
                                              .smoothedLoss = loss,
                                              .learningRate = 1e-4,
                                              .picturesPerSecond = 10.0,
                                              .secondsLeft = double(request.steps - step)});
            if (request.sampleEvery > 0 && step % request.sampleEvery == 0)
                context.emit(engine::SampleReady{step, 0, "a sample", paint(32, 32, std::uint64_t(step))});
            if (context.stopAfterPicture.stop_requested())
                return {.steps = step, .loss = loss, .finished = false};
        }
        return {.steps = request.steps, .loss = 0.1, .picturesPerSecond = 10.0, .pictures = 3, .finished = true};
    }

    void unload() override {}

    /// A picture that depends on its seed.
    static engine::Image paint(int width, int height, std::uint64_t seed)
    {
        engine::Image image = {.width = std::max(width, 1), .height = std::max(height, 1), .channels = 3};
        image.pixels.resize(std::size_t(image.width) * std::size_t(image.height) * 3);
        for (std::size_t i = 0; i < image.pixels.size(); ++i)
            image.pixels[i] = std::uint8_t(i / 3 % std::size_t(image.width) + seed * 37 * (i % 3 + 1));
        return image;
    }

private:
    void failIfAsked(const std::string &model) const
    {
        if (m_plan->error && (m_plan->brokenModel.empty() || m_plan->brokenModel == model))
            throw *m_plan->error;
    }

    std::shared_ptr<FakePlan> m_plan;
};
