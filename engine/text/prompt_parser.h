#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace engine {

/// Text with one weight. A BREAK is a piece of its own.
struct WeightedText
{
    std::string text;
    double weight = 1.0;
    bool isBreak = false;

    bool operator==(const WeightedText &) const = default;
};

/// The weights of AUTOMATIC1111's grammar: (x) 1.1, [x] 1/1.1, (x:1.3), nested ones multiply; \( \) \[ \] \\ are
/// literal; an open bracket lasts to the end. Adjacent pieces of one weight are one piece; never empty. A prompt
/// with a malformed number, as (a:1.2.), is literal.
std::vector<WeightedText> parseAttention(std::string_view prompt);

/// ComfyUI's weights: (x) times 1.1, (x:1.3) sets 1.3, \( \) literal, square brackets mean nothing.
std::vector<WeightedText> parseComfyWeights(std::string_view prompt);

/// What the prompt says up to and including a step.
struct ScheduledText
{
    int lastStep = 0;
    std::string text;

    bool operator==(const ScheduledText &) const = default;
};

/// Resolves [from:to:when], [to:when], [from::when] and [a|b] into the text of each range of steps. The last
/// range ends at `steps`. A prompt that does not parse is literal.
///
/// \param steps           of this pass
/// \param firstPassSteps  0 for the first pass; else those of the first, and this is the second, which numbers
///                        above firstPassSteps and fractions from 1.0 to 2.0 address
std::vector<ScheduledText> parseSchedule(std::string_view prompt, int steps, int firstPassSteps = 0);

/// One part of "p1 AND p2 :0.7".
struct AndPart
{
    std::string text;
    double weight = 1.0;

    bool operator==(const AndPart &) const = default;
};

/// Splits at the word AND and takes the weight off the end of each part.
std::vector<AndPart> splitAnd(std::string_view prompt);

/// A tag like <lora:name:0.8>; arguments are what stands between the colons.
struct NetworkTag
{
    std::string kind;
    std::vector<std::string> arguments = {};

    bool operator==(const NetworkTag &) const = default;
};

struct PromptWithNetworks
{
    std::string prompt; ///< without the tags
    std::vector<NetworkTag> networks = {};
};

PromptWithNetworks takeOutNetworks(std::string_view prompt);

/// <lora:name:te[:unet]> or <lora:name:te=0.5:unet=1>: a missing unet weight is the te weight, both default to 1.
struct LoraTag
{
    std::string name;
    double textWeight = 1.0;
    double unetWeight = 1.0;

    bool operator==(const LoraTag &) const = default;
};

/// The tags of kind "lora" (any case), read. Arguments that are no numbers count as absent.
std::vector<LoraTag> loraTags(const std::vector<NetworkTag> &networks);

} // namespace engine
