#include "engine/models/weights.h"

#include "engine/error.h"
#include "engine/models/layers.h"

#include <algorithm>
#include <sstream>
#include <vector>

namespace engine {

using torch::Tensor;

namespace {

std::string shapeText(torch::IntArrayRef shape)
{
    std::ostringstream text;
    text << '[';
    for (std::size_t i = 0; i < shape.size(); ++i)
        text << (i > 0 ? ", " : "") << shape[i];
    text << ']';
    return text.str();
}

/// "3 missing (a, b, c)"; the first few names only.
void describe(std::ostringstream &text, const char *what, const std::vector<std::string> &names)
{
    constexpr std::size_t kShown = 4;
    if (names.empty())
        return;
    text << (text.tellp() > 0 ? "; " : "") << names.size() << ' ' << what << " (";
    for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i)
        text << (i > 0 ? ", " : "") << names[i];
    text << (names.size() > kShown ? ", ...)" : ")");
}

bool isWanted(const std::string &name, const std::vector<std::string> &prefixes)
{
    return prefixes.empty() || std::any_of(prefixes.begin(), prefixes.end(),
                                           [&](const std::string &prefix) { return name.starts_with(prefix); });
}

} // namespace

void loadInto(torch::nn::Module &module, const TensorSource &source, const LoadWeightsOptions &options)
{
    auto targets = module.named_parameters();
    for (const auto &buffer : module.named_buffers())
        targets.insert(buffer.key(), buffer.value());

    std::vector<std::string> missing;
    std::vector<std::string> wrongShape;
    std::vector<std::string> unexpected;
    for (const auto &target : targets) {
        const TensorSource::Item *item = source.find(target.key());
        if (!item)
            missing.push_back(target.key());
        else if (target.value().sizes() != torch::IntArrayRef(item->shape))
            wrongShape.push_back(target.key() + " is " + shapeText(item->shape) + " instead of " +
                                 shapeText(target.value().sizes()));
    }
    for (const TensorSource::Item &item : source.items()) {
        if (isWanted(item.name, options.prefixes) && !targets.contains(item.name))
            unexpected.push_back(item.name);
    }
    if (!missing.empty() || !wrongShape.empty() || !unexpected.empty()) {
        std::ostringstream text;
        describe(text, "tensors missing", missing);
        describe(text, "of a wrong shape", wrongShape);
        describe(text, "unexpected", unexpected);
        throw Error(ErrorKind::WrongWeights, options.subject, text.str());
    }

    keepPlainWeights(module, true);
    const torch::NoGradGuard noGrad;
    std::size_t done = 0;
    for (const TensorSource::Item &item : source.items()) { // in the order of the file: the disk reads ahead
        Tensor *target = targets.find(item.name);
        if (!target)
            continue;
        options.progress(static_cast<double>(done) / static_cast<double>(targets.size()));
        const Tensor stored = loadTensor(item);
        const bool isConvolution = stored.dim() == 4 && options.device.is_cpu();
        Tensor loaded = stored.to(options.device, options.dtype, /*non_blocking=*/false, /*copy=*/true,
                                  isConvolution ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous);
        target->set_data(loaded);
        ++done;
    }
    keepPlainWeights(module, !options.inferenceOnly);
    options.progress(1.0);
}

} // namespace engine
