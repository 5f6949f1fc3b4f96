#include "app/recipe.h"

#include "engine/catalog.h"

#include <QJsonArray>

#include <cmath>
#include <limits>

namespace app {

namespace {

template <typename Value>
struct Name
{
    Value value;
    const char *text;
};

constexpr Name<engine::RngKind> kRngs[] = {{engine::RngKind::Cpu, "cpu"}, {engine::RngKind::Nv, "nv"}};
constexpr Name<engine::Precision> kPrecisions[] = {
    {engine::Precision::Auto, "auto"}, {engine::Precision::Float32, "f32"}, {engine::Precision::BFloat16, "bf16"}};
constexpr Name<engine::PreviewContent> kPreviews[] = {{engine::PreviewContent::None, "none"},
                                                      {engine::PreviewContent::PredictedX0, "x0"},
                                                      {engine::PreviewContent::NoisyXt, "xt"}};
constexpr Name<engine::PreviewDecoder> kDecoders[] = {{engine::PreviewDecoder::Linear, "linear"},
                                                      {engine::PreviewDecoder::Full, "full"}};
constexpr Name<engine::PromptWeighting> kWeightings[] = {{engine::PromptWeighting::A1111, "a1111"},
                                                         {engine::PromptWeighting::ComfyUI, "comfyui"},
                                                         {engine::PromptWeighting::NoNorm, "no_norm"}};

template <typename Value, std::size_t N>
QString nameOf(const Name<Value> (&names)[N], Value value)
{
    for (const Name<Value> &name : names) {
        if (name.value == value)
            return QString::fromLatin1(name.text);
    }
    return QString::fromLatin1(names[0].text);
}

/// Seeds have 64 bits; JSON numbers of many readers have 53, ours 63.
QJsonValue seedToJson(quint64 seed)
{
    if (seed <= quint64(std::numeric_limits<qint64>::max()))
        return QJsonValue(qint64(seed));
    return QJsonValue(QString::number(seed));
}

QString pathToString(const std::filesystem::path &path)
{
    return QString::fromStdString(path.string());
}

/// Reads members of an object and remembers which were there.
class Reader
{
public:
    explicit Reader(const QJsonObject &object) : m_object(object) {}

    void text(const char *key, std::string &to)
    {
        QString read;
        if (text(key, read))
            to = read.toStdString();
    }
    bool text(const char *key, QString &to)
    {
        const QJsonValue value = m_object.value(QLatin1String(key));
        if (!value.isString())
            return false;
        to = value.toString();
        return note(key);
    }
    void path(const char *key, std::filesystem::path &to)
    {
        QString read;
        if (text(key, read))
            to = read.toStdString();
    }
    void whole(const char *key, int &to, int least, int most)
    {
        const QJsonValue value = m_object.value(QLatin1String(key));
        const double number = value.toDouble(std::numeric_limits<double>::quiet_NaN());
        if (!(number >= least && number <= most) || number != std::floor(number))
            return;
        to = int(number);
        note(key);
    }
    void number(const char *key, double &to, double least, double most)
    {
        const QJsonValue value = m_object.value(QLatin1String(key));
        const double read = value.toDouble(std::numeric_limits<double>::quiet_NaN());
        if (!(read >= least && read <= most))
            return;
        to = read;
        note(key);
    }
    void seed(const char *key, quint64 &to)
    {
        const QJsonValue value = m_object.value(QLatin1String(key));
        bool isFine = false;
        quint64 read = 0;
        if (value.isString()) {
            read = value.toString().toULongLong(&isFine);
        } else if (value.isDouble()) {
            const qint64 whole = value.toInteger(-1);
            isFine = whole >= 0;
            read = quint64(whole);
        }
        if (!isFine)
            return;
        to = read;
        note(key);
    }
    void flag(const char *key, bool &to)
    {
        const QJsonValue value = m_object.value(QLatin1String(key));
        if (!value.isBool())
            return;
        to = value.toBool();
        note(key);
    }
    template <typename Value, std::size_t N>
    void choice(const char *key, const Name<Value> (&names)[N], Value &to)
    {
        const QString read = m_object.value(QLatin1String(key)).toString();
        for (const Name<Value> &name : names) {
            if (read == QLatin1String(name.text)) {
                to = name.value;
                note(key);
            }
        }
    }

    [[nodiscard]] const QStringList &known() const { return m_known; }

private:
    bool note(const char *key)
    {
        m_known.append(QLatin1String(key));
        return true;
    }

    const QJsonObject &m_object;
    QStringList m_known;
};

constexpr int kMostPixels = 1 << 20; ///< of a side

void readSettings(Reader &in, engine::GenerateRequest &to)
{
    in.text("prompt", to.prompt);
    in.text("negative", to.negativePrompt);
    in.text("sampler", to.sampler);
    in.text("schedule", to.schedule);
    in.whole("steps", to.steps, 1, 1'000'000);
    in.number("cfg", to.guidanceScale, -1e6, 1e6);
    in.number("guidance_rescale", to.guidanceRescale, 0.0, 1.0);
    in.whole("width", to.width, 0, kMostPixels);
    in.whole("height", to.height, 0, kMostPixels);
    quint64 seed = to.seed;
    in.seed("seed", seed);
    to.seed = seed;
    in.choice("rng", kRngs, to.rng);
    in.whole("clip_skip", to.clipSkip, 1, 100);
    in.choice("weighting", kWeightings, to.weighting);
    in.number("eta", to.eta, 0.0, 100.0);
    in.number("ddim_eta", to.ddimEta, 0.0, 100.0);
    in.number("denoise", to.strength, 0.0, 1.0);
    in.path("model_path", to.model);
}

QJsonObject settingsToJson(const engine::GenerateRequest &from)
{
    return {
        {QStringLiteral("prompt"), QString::fromStdString(from.prompt)},
        {QStringLiteral("negative"), QString::fromStdString(from.negativePrompt)},
        {QStringLiteral("sampler"), QString::fromStdString(from.sampler)},
        {QStringLiteral("schedule"), QString::fromStdString(from.schedule)},
        {QStringLiteral("steps"), from.steps},
        {QStringLiteral("cfg"), from.guidanceScale},
        {QStringLiteral("guidance_rescale"), from.guidanceRescale},
        {QStringLiteral("width"), from.width},
        {QStringLiteral("height"), from.height},
        {QStringLiteral("seed"), seedToJson(from.seed)},
        {QStringLiteral("rng"), nameOf(kRngs, from.rng)},
        {QStringLiteral("clip_skip"), from.clipSkip},
        {QStringLiteral("weighting"), nameOf(kWeightings, from.weighting)},
        {QStringLiteral("eta"), from.eta},
        {QStringLiteral("ddim_eta"), from.ddimEta},
        {QStringLiteral("denoise"), from.strength},
        {QStringLiteral("model_path"), pathToString(from.model)},
    };
}

} // namespace

QString programVersion()
{
    return QStringLiteral(TINCTURE_VERSION);
}

QString modelNameOf(const std::filesystem::path &model)
{
    std::filesystem::path path = model;
    if (!path.has_filename()) // "models/starter/"
        path = path.parent_path();
    const std::string ending = path.extension().string();
    const bool isFile =
        ending == ".safetensors" || ending == ".ckpt" || ending == ".pt" || ending == ".pth" || ending == ".gguf";
    return QString::fromStdString((isFile ? path.stem() : path.filename()).string());
}

Recipe makeRecipe(const engine::GenerateRequest &request, int picture, QSize size, const Circumstances &circumstances)
{
    Recipe recipe;
    recipe.request = request;
    recipe.hasInit = !request.init.empty();
    recipe.hasMask = !request.mask.empty();
    recipe.request.init = {};
    recipe.request.mask = {};
    recipe.request.count = 1;
    recipe.request.branchFrom.reset();
    recipe.request.branchStep = 0;
    recipe.request.branchNoiseSeed.reset();
    recipe.branchStep = request.branchFrom ? request.branchStep : 0;
    if (request.branchFrom)
        recipe.branchNoiseSeed = request.branchNoiseSeed;
    recipe.request.seed = request.seed + quint64(picture);
    recipe.request.width = size.width();
    recipe.request.height = size.height();
    if (const engine::SamplerInfo *sampler = engine::findSampler(request.sampler)) {
        recipe.request.sampler = sampler->id;
        if (request.schedule.empty())
            recipe.request.schedule = sampler->defaultSchedule;
    }
    if (const engine::ScheduleInfo *schedule = engine::findSchedule(recipe.request.schedule))
        recipe.request.schedule = schedule->id;
    recipe.modelName = modelNameOf(request.model);
    recipe.modelHash = circumstances.modelHash;
    recipe.family = circumstances.family;
    recipe.picture = picture;
    recipe.jobSeed = request.seed;
    recipe.precision = circumstances.precision;
    recipe.device = circumstances.device;
    recipe.program = QStringLiteral("Tincture");
    recipe.version = programVersion();
    recipe.created = QDateTime::fromSecsSinceEpoch(QDateTime::currentSecsSinceEpoch());
    return recipe;
}

QJsonObject recipeToJson(const Recipe &recipe)
{
    QJsonObject out = settingsToJson(recipe.request);
    if (!recipe.hasInit && !recipe.known.contains(QStringLiteral("denoise")))
        out.remove(QStringLiteral("denoise"));
    out[QStringLiteral("model")] = recipe.modelName;
    out[QStringLiteral("model_hash")] = recipe.modelHash;
    out[QStringLiteral("family")] = recipe.family;
    out[QStringLiteral("picture")] = recipe.picture;
    out[QStringLiteral("job_seed")] = seedToJson(recipe.jobSeed);
    out[QStringLiteral("from_picture")] = recipe.hasInit;
    out[QStringLiteral("masked")] = recipe.hasMask;
    out[QStringLiteral("precision")] = recipe.precision;
    out[QStringLiteral("precision_asked")] = nameOf(kPrecisions, recipe.request.precision);
    out[QStringLiteral("device")] = recipe.device;
    out[QStringLiteral("program")] = recipe.program;
    out[QStringLiteral("version")] = recipe.version;
    if (recipe.created.isValid())
        out[QStringLiteral("created")] = recipe.created.toUTC().toString(Qt::ISODate);
    if (!recipe.known.isEmpty()) {
        for (const QString &key : out.keys()) {
            if (!recipe.known.contains(key))
                out.remove(key);
        }
        // Some fields only: say so, so that reading this back knows it, too.
        out[QStringLiteral("partial")] = true;
        if (!recipe.program.isEmpty())
            out[QStringLiteral("program")] = recipe.program;
    }
    if (!recipe.parent.isEmpty()) {
        out[QStringLiteral("parent")] = recipe.parent;
        out[QStringLiteral("branch_step")] = recipe.branchStep;
        if (recipe.branchNoiseSeed)
            out[QStringLiteral("branch_noise_seed")] = seedToJson(*recipe.branchNoiseSeed);
    }
    if (!recipe.plot.id.isEmpty())
        out[QStringLiteral("plot")] = plotPlaceToJson(recipe.plot);
    if (!recipe.extras.isEmpty()) {
        QJsonObject extras;
        for (auto extra = recipe.extras.cbegin(); extra != recipe.extras.cend(); ++extra)
            extras[extra.key()] = extra.value();
        out[QStringLiteral("extras")] = extras;
    }
    return out;
}

QJsonObject plotPlaceToJson(const PlotPlace &place)
{
    return {{QStringLiteral("id"), place.id},
            {QStringLiteral("x"), place.x},
            {QStringLiteral("y"), place.y},
            {QStringLiteral("x_type"), place.xType},
            {QStringLiteral("x_values"), place.xValues},
            {QStringLiteral("y_type"), place.yType},
            {QStringLiteral("y_values"), place.yValues}};
}

PlotPlace plotPlaceFromJson(const QJsonObject &object)
{
    PlotPlace place;
    Reader in(object);
    in.text("id", place.id);
    in.whole("x", place.x, 0, 1'000'000);
    in.whole("y", place.y, 0, 1'000'000);
    in.text("x_type", place.xType);
    in.text("x_values", place.xValues);
    in.text("y_type", place.yType);
    in.text("y_values", place.yValues);
    return place;
}

std::optional<Recipe> recipeFromJson(const QJsonObject &object)
{
    Recipe recipe;
    recipe.request.model.clear();
    Reader in(object);
    readSettings(in, recipe.request);
    if (in.known().isEmpty())
        return std::nullopt;
    in.text("model", recipe.modelName);
    in.text("model_hash", recipe.modelHash);
    in.text("family", recipe.family);
    in.whole("picture", recipe.picture, 0, 1'000'000);
    in.seed("job_seed", recipe.jobSeed);
    in.flag("from_picture", recipe.hasInit);
    in.flag("masked", recipe.hasMask);
    in.text("precision", recipe.precision);
    in.choice("precision_asked", kPrecisions, recipe.request.precision);
    in.text("device", recipe.device);
    in.text("program", recipe.program);
    in.text("version", recipe.version);
    QString created;
    if (in.text("created", created))
        recipe.created = QDateTime::fromString(created, Qt::ISODate).toLocalTime();
    if (in.text("parent", recipe.parent)) {
        in.whole("branch_step", recipe.branchStep, 0, 1'000'000);
        if (object.contains(QLatin1String("branch_noise_seed"))) {
            quint64 noiseSeed = 0;
            in.seed("branch_noise_seed", noiseSeed);
            recipe.branchNoiseSeed = noiseSeed;
        }
    }
    recipe.plot = plotPlaceFromJson(object.value(QLatin1String("plot")).toObject());
    const QJsonObject extras = object.value(QLatin1String("extras")).toObject();
    for (auto extra = extras.begin(); extra != extras.end(); ++extra)
        recipe.extras.insert(extra.key(), extra.value().toString());
    // Files of ours are whole: an empty list means that every field counts.
    const bool isWhole = !object.value(QLatin1String("partial")).toBool() && object.contains(QLatin1String("job_seed"));
    if (!isWhole)
        recipe.known = in.known();
    return recipe;
}

QJsonObject requestToJson(const engine::GenerateRequest &request)
{
    QJsonObject out = settingsToJson(request);
    out[QStringLiteral("count")] = request.count;
    out[QStringLiteral("precision")] = nameOf(kPrecisions, request.precision);
    out[QStringLiteral("preview")] = nameOf(kPreviews, request.preview);
    out[QStringLiteral("preview_decoder")] = nameOf(kDecoders, request.previewDecoder);
    out[QStringLiteral("noise_file")] = pathToString(request.noiseFile);
    out[QStringLiteral("latents_file")] = pathToString(request.saveLatentsFile);
    out[QStringLiteral("keep_steps")] = request.keepTrajectory;
    out[QStringLiteral("keep_words")] = request.keepAttention;
    if (request.branchStep > 0)
        out[QStringLiteral("branch_step")] = request.branchStep;
    if (request.branchNoiseSeed)
        out[QStringLiteral("branch_noise_seed")] = seedToJson(*request.branchNoiseSeed);
    return out;
}

engine::GenerateRequest requestFromJson(const QJsonObject &object)
{
    engine::GenerateRequest request;
    Reader in(object);
    readSettings(in, request);
    in.whole("count", request.count, 1, 1'000'000);
    in.choice("precision", kPrecisions, request.precision);
    in.choice("preview", kPreviews, request.preview);
    in.choice("preview_decoder", kDecoders, request.previewDecoder);
    in.path("noise_file", request.noiseFile);
    in.path("latents_file", request.saveLatentsFile);
    in.flag("keep_steps", request.keepTrajectory);
    in.flag("keep_words", request.keepAttention);
    in.whole("branch_step", request.branchStep, 0, 1'000'000);
    if (object.contains(QLatin1String("branch_noise_seed"))) {
        quint64 noiseSeed = 0;
        in.seed("branch_noise_seed", noiseSeed);
        request.branchNoiseSeed = noiseSeed;
    }
    return request;
}

} // namespace app
