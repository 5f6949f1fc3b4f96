#pragma once

#include "engine/trajectory.h"

#include <algorithm>
#include <cmath>
#include <string>

/// A disc that comes out of noise, step by step: what an engine would keep of it. Latents are an eighth of the sides.
inline engine::Trajectory fakeTrajectory(const engine::GenerateRequest &request, std::uint64_t seed, int width,
                                         int height)
{
    const int rows = std::max(height / 8, 2);
    const int columns = std::max(width / 8, 2);
    constexpr int kChannels = 4;
    const std::size_t size = std::size_t(kChannels * rows * columns);
    const auto empty = [&] { return engine::LatentArray{kChannels, rows, columns, std::vector<float>(size)}; };
    engine::Trajectory made;
    made.request = request;
    made.request.count = 1;
    made.request.seed = seed;
    made.request.width = width;
    made.request.height = height;
    made.request.branchFrom.reset();
    made.branchStep = request.branchFrom ? request.branchStep : -1;
    made.sampler = request.sampler;
    made.schedule = request.schedule;
    made.map = {.factors = {0.3F, 0.2F, 0.2F, 0.2F, 0.3F, 0.1F, 0.1F, -0.2F, 0.3F, -0.1F, -0.1F, -0.3F},
                .bias = {0.F, 0.F, 0.F},
                .scale = 8};
    std::uint32_t state = std::uint32_t(seed) * 2654435761U + 1U;
    const auto random = [&state] {
        float sum = 0.F; // of four: near enough to a Gaussian
        for (int i = 0; i < 4; ++i) {
            state = state * 1664525U + 1013904223U;
            sum += float(state >> 8) / float(1U << 24) - 0.5F;
        }
        return sum * 1.7320508F;
    };
    engine::LatentArray disc = empty();
    for (int c = 0; c < kChannels; ++c) {
        for (int y = 0; y < rows; ++y) {
            for (int x = 0; x < columns; ++x) {
                const double dy = (y + 0.5) / rows - 0.5;
                const double dx = (x + 0.5) / columns - 0.5;
                disc.values[std::size_t((c * rows + y) * columns + x)] =
                    dx * dx + dy * dy < 0.09 ? float(1.0 - 0.4 * c) : float(0.2 * c - 0.5);
            }
        }
    }
    engine::LatentArray noise = empty();
    for (float &value : noise.values)
        value = random();
    made.start = noise;
    const int steps = std::max(request.steps, 1);
    made.family = "fake";
    made.noise.push_back({.step = 0, .seed = seed});
    for (int i = 0; i <= steps; ++i)
        made.sigmas.push_back(14.6 * std::pow(1.0 - double(i) / steps, 2.0));
    engine::TrajectorySegment segment = {.sampler = request.sampler, .schedule = request.schedule};
    segment.sigmas = made.sigmas;
    for (int i = 0; i < steps; ++i)
        segment.timesteps.push_back(999.0 * (1.0 - double(i) / steps));
    made.segments.push_back(std::move(segment));
    for (int i = 0; i < steps; ++i) {
        const double sigma = made.sigmas[std::size_t(i)];
        const float done = float(i + 1) / float(steps);
        engine::LatentArray x0 = empty();
        engine::LatentArray x = empty();
        engine::LatentArray uncond = empty();
        for (std::size_t k = 0; k < size; ++k) {
            x0.values[k] = disc.values[k] * done + 0.2F * (1.F - done) * noise.values[k];
            x.values[k] = float((x0.values[k] + sigma * noise.values[k]) / std::sqrt(sigma * sigma + 1.0));
            uncond.values[k] = noise.values[k] * 0.9F;
        }
        engine::TrajectoryStep step;
        step.index = i;
        step.timestep = 999.0 * (1.0 - double(i) / steps);
        step.sigma = sigma;
        step.sigmaNext = made.sigmas[std::size_t(i + 1)];
        step.seconds = 0.1;
        step.xNorm = std::sqrt(sigma * sigma + 0.4);
        step.epsNorm = 1.0;
        step.guidance = request.guidanceScale != 1.0 ? 0.1 + 0.05 * std::sin(3.0 * done) : 0.0;
        step.x = engine::toHalf(x);
        step.eps = engine::toHalf(noise);
        step.x0 = engine::toHalf(x0);
        if (request.guidanceScale != 1.0) {
            step.epsCond = step.eps;
            step.epsUncond = engine::toHalf(uncond);
        }
        made.steps.push_back(std::move(step));
        made.calls.push_back({i, sigma, x0});
    }
    if (request.keepAttention) {
        made.attention.rows = rows;
        made.attention.columns = columns;
        std::size_t at = 0;
        const std::string &prompt = request.prompt;
        while (at < prompt.size()) {
            const std::size_t begin = prompt.find_first_not_of(" ,", at);
            if (begin == std::string::npos)
                break;
            const std::size_t end = std::min(prompt.find_first_of(" ,", begin), prompt.size());
            engine::AttentionMap word = {prompt.substr(begin, end - begin), int(begin), int(end), {}};
            for (int y = 0; y < rows; ++y) {
                for (int x = 0; x < columns; ++x)
                    word.values.push_back(float((x + y * columns + int(begin)) % (rows * columns)) /
                                          float(rows * columns));
            }
            made.attention.words.push_back(std::move(word));
            at = end;
        }
    }
    return made;
}
