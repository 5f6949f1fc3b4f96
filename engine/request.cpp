#include "engine/request.h"

#include "engine/catalog.h"

#include <string>

namespace engine {

namespace {

constexpr int kLargestSide = 8192;

} // namespace

std::vector<Problem> validate(const GenerateRequest &request)
{
    std::vector<Problem> problems;
    const auto check = [&problems](bool isFine, const char *field, std::string text) {
        if (!isFine)
            problems.push_back({field, std::move(text)});
    };
    check(!request.model.empty(), "model", "a model must be chosen");
    check(findSampler(request.sampler), "sampler", "there is no sampler named " + request.sampler);
    check(request.schedule.empty() || findSchedule(request.schedule), "schedule",
          "there is no schedule named " + request.schedule);
    check(request.steps >= 1 && request.steps <= 1000, "steps", "steps must be between 1 and 1000");
    check(request.guidanceScale >= 0 && request.guidanceScale <= 100, "guidanceScale",
          "the guidance scale must be between 0 and 100");
    check(request.guidanceRescale >= 0 && request.guidanceRescale <= 1, "guidanceRescale",
          "the guidance rescale must be between 0 and 1");
    for (const auto &[field, side] : {std::pair{"width", request.width}, std::pair{"height", request.height}}) {
        check(side == 0 || (side >= 8 && side <= kLargestSide), field,
              std::string(field) + " must be between 8 and " + std::to_string(kLargestSide) + " pixels");
    }
    check(request.count >= 1 && request.count <= 10000, "count", "the number of pictures must be between 1 and 10000");
    check(request.clipSkip >= 1 && request.clipSkip <= 12, "clipSkip", "clip skip must be between 1 and 12");
    check(request.strength >= 0 && request.strength <= 1, "strength", "the strength must be between 0 and 1");
    check(request.eta >= 0 && request.eta <= 10, "eta", "eta must be between 0 and 10");
    check(request.ddimEta >= 0 && request.ddimEta <= 1, "ddimEta", "the eta of DDIM must be between 0 and 1");
    check(request.mask.empty() || !request.init.empty(), "mask", "a mask needs a start picture");
    return problems;
}

} // namespace engine
