// Times what keeping and looking at trajectories costs: trajectory_bench [model folder] [runs]
// Without a model only the arrays of a 30-step picture of Stable Diffusion 1.5 are timed.
#include "engine/pipeline/torch_engine.h"
#include "engine/trajectory.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <vector>

#include <unistd.h>

namespace {

std::size_t gUsed = 0; // results that nobody looks at would not be made

using Clock = std::chrono::steady_clock;

double seconds(const std::function<void()> &work)
{
    const Clock::time_point start = Clock::now();
    work();
    return std::chrono::duration<double>(Clock::now() - start).count();
}

double median(std::vector<double> times)
{
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

double medianOf(int runs, const std::function<void()> &work)
{
    std::vector<double> times;
    for (int i = 0; i < runs; ++i)
        times.push_back(seconds(work));
    return median(times);
}

engine::LatentArray numbers(int salt)
{
    engine::LatentArray array{.channels = 4, .height = 64, .width = 64};
    array.values.resize(4 * 64 * 64);
    for (std::size_t i = 0; i < array.values.size(); ++i)
        array.values[i] = std::sin(float(i * std::size_t(salt + 7)) * 0.37F);
    return array;
}

engine::Trajectory thirtySteps()
{
    engine::Trajectory t;
    t.request.prompt = "a fox";
    t.start = numbers(0);
    t.map = {.factors = std::vector<float>(12, 0.2F), .bias = {0, 0, 0}, .scale = 8};
    engine::TrajectorySegment segment{.sampler = "euler", .schedule = "karras"};
    for (int i = 0; i < 30; ++i) {
        const double sigma = 14.6 * (30 - i) / 30;
        t.sigmas.push_back(sigma);
        segment.sigmas.push_back(sigma);
        segment.timesteps.push_back(33.0 * (30 - i));
        t.calls.push_back({.step = i, .sigma = sigma, .denoised = numbers(5 * i)});
        engine::TrajectoryStep step{.index = i, .sigma = sigma};
        step.x = engine::toHalf(numbers(5 * i + 1));
        step.eps = engine::toHalf(numbers(5 * i + 2));
        step.x0 = engine::toHalf(t.calls.back().denoised);
        step.epsCond = engine::toHalf(numbers(5 * i + 3));
        step.epsUncond = engine::toHalf(numbers(5 * i + 4));
        t.steps.push_back(std::move(step));
    }
    t.sigmas.push_back(0);
    segment.sigmas.push_back(0);
    t.segments = {segment};
    t.noise = {{}};
    return t;
}

void timeArrays()
{
    const engine::Trajectory t = thirtySteps();
    const std::filesystem::path file =
        std::filesystem::temp_directory_path() / ("trajectory_bench-" + std::to_string(::getpid()));
    std::printf("30 steps of 4 x 64 x 64: %.2f MiB in memory\n", double(t.bytes()) / (1 << 20));
    std::printf("write           %8.2f ms\n", 1e3 * medianOf(5, [&] { engine::writeTrajectory(t, file); }));
    std::printf("file            %8.2f MiB\n", double(std::filesystem::file_size(file)) / (1 << 20));
    std::printf("read            %8.2f ms\n", 1e3 * medianOf(20, [&] { engine::readTrajectory(file); }));
    std::filesystem::remove(file);
    const engine::HalfArray &half = t.steps[3].x;
    const engine::LatentArray array = engine::toFloat(half);
    std::printf("toFloat         %8.4f ms\n",
                1e3 * medianOf(500, [&] { gUsed += engine::toFloat(half).values.size(); }));
    std::printf("toHalf          %8.4f ms\n",
                1e3 * medianOf(500, [&] { gUsed += engine::toHalf(array).values.size(); }));
    std::printf("linearPicture   %8.4f ms\n",
                1e3 * medianOf(500, [&] { gUsed += engine::linearPicture(array, t.map).pixels.size(); }));
}

/// With and without, one after the other, so that a busy machine slows both alike.
void timeModel(const std::filesystem::path &model, int runs)
{
    engine::TorchEngine torch{engine::EngineOptions{.threads = 1}};
    engine::GenerateRequest request{.model = model, .prompt = "a red fox", .steps = 20, .seed = 1};
    request.preview = engine::PreviewContent::None;
    // The processor's time: on a machine with other work the clock on the wall says nothing about one per cent.
    const auto run = [&](bool keeps, bool looks) {
        request.keepTrajectory = keeps;
        request.keepAttention = looks;
        const std::clock_t start = std::clock();
        torch.generate(request, {});
        return double(std::clock() - start) / CLOCKS_PER_SEC;
    };
    run(true, true);
    std::vector<double> without, ratios, looking;
    for (int i = 0; i < runs; ++i) {
        const bool first = i % 2 == 0;
        const double a = run(!first, false);
        const double b = run(first, false);
        without.push_back(first ? a : b);
        ratios.push_back(first ? b / a : a / b);
        looking.push_back(run(true, true) / without.back());
    }
    std::printf("%d pictures of 20 steps: %.3f s of the processor each\n", runs, median(without));
    std::printf("keeping trajectories: %+.2f %%\n", 100.0 * (median(ratios) - 1.0));
    std::printf("with attention maps:  %+.2f %%\n", 100.0 * (median(looking) - 1.0));
}

} // namespace

int main(int argc, char *argv[])
{
    timeArrays();
    std::fflush(stdout);
    if (argc > 1)
        timeModel(argv[1], argc > 2 ? std::max(1, std::atoi(argv[2])) : 9);
    return 0;
}
