#include "engine/pipeline/attention_maps.h"

#include "engine/text/prompt_words.h"

#include <map>
#include <utility>

namespace engine {

AttentionMaps attentionMaps(const AttentionCapture &capture, const PromptConditioning &conditioning,
                            const LoadedModel &model, const std::string &prompt)
{
    struct Sum
    {
        torch::Tensor map; ///< [rows, columns], times weight
        double weight = 0.0;
    };
    std::map<std::pair<int, int>, Sum> sums; // by place in the prompt
    const TextPart &part = model.text ? *model.text : *model.text2;
    for (std::size_t i = 0; i < conditioning.texts().size(); ++i) {
        const int text = static_cast<int>(i);
        const torch::Tensor maps = capture.maps(text); // [T, rows, columns]
        if (!maps.defined())
            continue;
        const auto weight = static_cast<double>(capture.count(text));
        for (const PromptWord &word : wordsOf(*part.tokenizer, prompt, conditioning.texts()[i].chunks)) {
            torch::Tensor mean = torch::zeros_like(maps[0]);
            for (const int token : word.tokens) {
                if (token < maps.size(0))
                    mean += maps[token];
            }
            mean = mean / static_cast<double>(word.tokens.size());
            Sum &sum = sums[{word.begin, word.end}];
            sum.map = sum.map.defined() ? sum.map + mean * weight : mean * weight;
            sum.weight += weight;
        }
    }

    AttentionMaps result;
    for (const auto &[place, sum] : sums) {
        const auto [begin, end] = place;
        const torch::Tensor map = (sum.map / sum.weight).contiguous();
        result.rows = static_cast<int>(map.size(0));
        result.columns = static_cast<int>(map.size(1));
        const auto *values = map.const_data_ptr<float>();
        result.words.push_back(
            {.text = prompt.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)),
             .begin = begin,
             .end = end,
             .values = {values, values + map.numel()}});
    }
    return result;
}

} // namespace engine
