#include "engine/pipeline/model_store.h"

#include "engine/models/weights.h"

#include <malloc.h>

namespace engine {

namespace {

/// Path, precision, size and time of every weights file: what must be the same for a loaded model to be reused.
std::string keyOf(const LoadRequest &request, torch::Dtype dtype)
{
    namespace fs = std::filesystem;
    std::string key = fs::weakly_canonical(request.model).string() + '|' + c10::toString(dtype);
    const auto add = [&key](const fs::path &file) {
        std::error_code failed;
        const auto size = fs::file_size(file, failed);
        const auto time = fs::last_write_time(file, failed);
        if (!failed)
            key += '|' + std::to_string(size) + ':' + std::to_string(time.time_since_epoch().count());
    };
    std::error_code failed;
    if (!fs::is_directory(request.model, failed)) {
        add(request.model);
        return key;
    }
    for (const auto &entry :
         fs::recursive_directory_iterator(request.model, fs::directory_options::skip_permission_denied, failed)) {
        if (entry.path().extension() == ".safetensors" || entry.path().extension() == ".json")
            add(entry.path());
    }
    return key;
}

/// Shares of the whole load, by bytes, so that the fraction reported is even.
class LoadProgress
{
public:
    LoadProgress(const RunContext &context, const ModelFiles &files) : m_context(context)
    {
        for (const ModelPart &part : files.parts)
            m_total += bytesOf(part);
    }

    static double bytesOf(const ModelPart &part)
    {
        double bytes = 0;
        for (const TensorSource::Item &item : part.tensors.items())
            bytes += static_cast<double>(item.entry->bytes());
        return bytes;
    }

    std::function<void(double)> of(const ModelPart &part)
    {
        const double begin = m_done;
        const double share = bytesOf(part);
        m_done += share;
        return [this, begin, share](double fraction) {
            throwIfStopped(m_context);
            const double all = m_total > 0 ? (begin + fraction * share) / m_total : 1.0;
            if (all - m_reported >= 0.01) {
                m_reported = all;
                m_context.emit(StageStarted{Stage::LoadingModel, all});
            }
        };
    }

private:
    const RunContext &m_context;
    double m_total = 0;
    double m_done = 0;
    double m_reported = 0;
};

TextPart loadText(const ModelFiles &files, const ModelPart &part, const std::string &tokenizerFolder,
                  LoadWeightsOptions options)
{
    TextPart text;
    const std::optional<std::int64_t> pad = part.padToken >= 0 ? std::optional(part.padToken) : std::nullopt;
    text.tokenizer = makeTokenizer(files.path, tokenizerFolder, pad);
    text.model = ClipTextModel(ClipTextConfig::fromJson(part.config));
    text.unusedLayers = part.unusedLayers;
    options.dtype = torch::kFloat32; // small, and rounding here changes the picture everywhere
    loadInto(*text.model, part.tensors, options);
    text.model->eval();
    return text;
}

} // namespace

int64_t LoadedModel::latentChannels() const
{
    return vae         ? vae->config().latentChannels
           : pixelUnet ? pixelUnet->config().outChannels
                       : unet->config().outChannels;
}

int64_t LoadedModel::downscale() const
{
    return vae ? vae->config().downscale() : 1;
}

ModelStore::ModelStore(const DevicePolicy &devices) : m_devices(devices) {}

LoadedModel &ModelStore::ensure(const LoadRequest &request, const RunContext &context)
{
    std::string key = keyOf(request, m_devices.computeDtype(request.precision));
    if (m_model && key == m_key)
        return *m_model;
    unload(); // two models at once would not fit where one just does
    m_model = load(request, context);
    m_key = std::move(key);
    return *m_model;
}

void ModelStore::unload()
{
    m_model.reset();
    m_key.clear();
    malloc_trim(0);
}

std::unique_ptr<LoadedModel> ModelStore::load(const LoadRequest &request, const RunContext &context) const
{
    context.emit(StageStarted{Stage::LoadingModel, 0.0});
    const ModelFiles files = openModelFiles(request.model);
    auto model = std::make_unique<LoadedModel>();
    model->info = describeModel(files);
    const std::string subject = request.model.string();
    if (!model->info.missing.empty())
        throw Error(ErrorKind::WrongWeights, subject, "has no " + model->info.missing.front());
    model->scheduler = files.scheduler;
    model->noiseSchedule = std::make_unique<NoiseSchedule>(files.scheduler);
    model->latentToRgb = latentToRgb(files);
    model->dtype = m_devices.computeDtype(request.precision);
    model->device = m_devices.device();

    LoadProgress progress(context, files);
    const auto optionsFor = [&](const ModelPart &part) {
        return LoadWeightsOptions{.dtype = model->dtype,
                                  .device = model->device,
                                  .subject = subject,
                                  .progress = progress.of(part),
                                  .inferenceOnly = true};
    };
    const SkipWeightInit skip; // every weight comes from the file
    if (const ModelPart *part = files.part("text_encoder"))
        model->text = loadText(files, *part, "tokenizer", optionsFor(*part));
    if (const ModelPart *part = files.part("text_encoder_2"))
        model->text2 = loadText(files, *part, "tokenizer_2", optionsFor(*part));
    if (const ModelPart *part = files.part("unet")) {
        if (model->info.takesPrompt) {
            model->unet = UNet2DCondition(UNetConfig::fromJson(part->config));
            loadInto(*model->unet, part->tensors, optionsFor(*part));
            model->unet->eval();
        } else {
            model->pixelUnet = UNet2D(UNet2DConfig::fromJson(part->config));
            loadInto(*model->pixelUnet, part->tensors, optionsFor(*part));
            model->pixelUnet->eval();
        }
    }
    if (const ModelPart *part = files.part("vae")) {
        model->vae = AutoencoderKL(VaeConfig::fromJson(part->config));
        loadInto(*model->vae, part->tensors, optionsFor(*part));
        model->vae->eval();
    }
    context.emit(StageStarted{Stage::LoadingModel, 1.0});
    return model;
}

} // namespace engine
