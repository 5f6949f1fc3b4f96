#include "engine/text/prompt_plan.h"

#include <algorithm>
#include <map>

namespace engine {

namespace {

/// A part of the prompt with its texts over the steps.
struct PartOverTime
{
    std::vector<ScheduledText> schedule;
    double weight = 1.0;

    [[nodiscard]] const std::string &textAt(int step) const
    {
        const auto range = std::find_if(schedule.begin(), schedule.end(),
                                        [step](const ScheduledText &r) { return step <= r.lastStep; });
        return range == schedule.end() ? schedule.back().text : range->text;
    }
};

std::vector<PartOverTime> partsOverTime(const std::string &prompt, const PromptPlanRequest &request)
{
    const int steps = std::max(request.steps, 1);
    if (request.weighting == PromptWeighting::ComfyUI)
        return {{.schedule = {{.lastStep = steps, .text = prompt}}}};
    std::vector<AndPart> parts;
    if (request.role == PromptRole::Positive)
        parts = splitAnd(prompt);
    // A number at the end weighs parts against each other; alone it is text ("16:9").
    if (parts.size() < 2)
        parts = {{.text = prompt}};
    std::vector<PartOverTime> result;
    for (const AndPart &part : parts)
        result.push_back({.schedule = parseSchedule(part.text, steps, request.firstPassSteps), .weight = part.weight});
    return result;
}

} // namespace

const std::vector<PlannedPart> &PromptPlan::partsAt(int step) const
{
    const auto range =
        std::find_if(ranges.begin(), ranges.end(), [step](const PlannedRange &r) { return step <= r.lastStep; });
    return range == ranges.end() ? ranges.back().parts : range->parts;
}

PromptPlan planPrompt(const Tokenizer &tokenizer, const PromptPlanRequest &request)
{
    PromptPlan plan;
    PromptWithNetworks taken = takeOutNetworks(request.prompt);
    plan.networks = std::move(taken.networks);
    const std::vector<PartOverTime> parts = partsOverTime(taken.prompt, request);

    std::map<std::string, std::size_t> known;
    const auto indexOf = [&](const std::string &text) {
        const auto [entry, isNew] = known.emplace(text, plan.texts.size());
        if (isNew) {
            TextChunks split = chunksOf(tokenizer, text, request.weighting);
            plan.tokenCount = std::max(plan.tokenCount, split.tokenCount);
            plan.tokensCut = std::max(plan.tokensCut, split.tokensCut);
            plan.texts.push_back({.text = text, .chunks = std::move(split.chunks)});
        }
        return entry->second;
    };

    std::vector<int> ends;
    for (const PartOverTime &part : parts) {
        for (const ScheduledText &range : part.schedule)
            ends.push_back(range.lastStep);
    }
    std::sort(ends.begin(), ends.end());
    ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
    for (const int end : ends) {
        PlannedRange range{.lastStep = end};
        for (const PartOverTime &part : parts)
            range.parts.push_back({.text = indexOf(part.textAt(end)), .weight = part.weight});
        if (!plan.ranges.empty() && plan.ranges.back().parts == range.parts)
            plan.ranges.back().lastStep = end;
        else
            plan.ranges.push_back(std::move(range));
    }
    return plan;
}

TokenCount countTokens(const Tokenizer &tokenizer, std::string_view prompt, PromptWeighting weighting)
{
    // As many as a user may ask for, so that every text of a schedule comes up.
    constexpr int kSteps = 150;
    const PromptPlan plan = planPrompt(tokenizer, {.prompt = prompt, .steps = kSteps, .weighting = weighting});
    const int chunk = tokenizer.chunkLength();
    const int chunks = tokenizer.layout().splitsLongPrompts ? std::max(1, (plan.tokenCount + chunk - 1) / chunk) : 1;
    return {.tokens = plan.tokenCount + plan.tokensCut, .limit = chunks * chunk};
}

} // namespace engine
