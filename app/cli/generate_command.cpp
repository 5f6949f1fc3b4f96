#include "app/cli/arguments.h"
#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "app/cli/model_choice.h"
#include "app/cli/picture_output.h"
#include "app/cli/progress_line.h"
#include "app/image_file.h"
#include "app/model_hash.h"
#include "app/recipe.h"
#include "engine/catalog.h"
#include "engine/engine.h"

#include <QDir>
#include <QJsonArray>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QStandardPaths>

#include <algorithm>
#include <type_traits>

namespace app::cli {

namespace {

constexpr qint64 kLargestSeed = std::numeric_limits<qint64>::max();

void addOptions(Arguments &in)
{
    const auto add = [&in](const char *name, const char *value, const char *text) {
        in.add(QLatin1String(name), QLatin1String(value), QLatin1String(text));
    };
    add("model", "PATH|NAME", "Model folder or file, or the name of one. Without it: the model of this program.");
    add("prompt", "TEXT", "What the picture shows.");
    add("negative", "TEXT", "What it does not show.");
    add("out", "FILE|FOLDER", "Where the pictures go: FILE.png (then FILE_1.png, ...) or a folder.");
    add("steps", "N", "Steps of the sampler.");
    add("sampler", "ID", "See \"tincture-cli samplers\".");
    add("schedule", "ID", "See \"tincture-cli schedules\". Without it: what belongs to the sampler.");
    add("cfg", "X", "Guidance scale.");
    add("guidance-rescale", "X", "0 to 1: how far guidance keeps the contrast of the unguided picture.");
    add("size", "WxH", "Pixels, as 512x768. Without it: the model's own size, or that of --init.");
    add("seed", "N", "Start of the noise; picture i has N + i. Without it: random.");
    add("count", "N", "How many pictures.");
    add("rng", "cpu|nv", "Whose noise: that of LibTorch's CPU generator, or of a CUDA device.");
    add("precision", "auto|f32|bf16", "Numbers to compute with.");
    add("clip-skip", "N", "1: the last layer of the text encoder, 2: the one before it, ...");
    add("weighting", "a1111|comfyui|no-norm", "How weights like (word:1.2) are read and applied.");
    add("eta", "X", "Amount of noise that ancestral and SDE samplers add, 1 by default.");
    add("ddim-eta", "X", "Amount of noise that DDIM adds, 0 by default.");
    add("init", "FILE", "Start from this picture.");
    add("strength", "X", "0 to 1: how much of the start picture is repainted, 0.75 by default.");
    add("mask", "FILE", "Repaint only where this picture is white.");
    add("noise", "FILE", "Take noise from this .safetensors file (latents, step_noise) instead of drawing it.");
    add("save-latents", "FILE", "Write the final latents to this .safetensors file.");
    add("previews", "FOLDER", "Write what each step shows there.");
    add("preview-content", "x0|xt", "What that is: the predicted picture, or the noisy state.");
    add("preview-decoder", "linear|full", "How it is decoded: quickly and small, or by the real decoder.");
    add("threads", "N", "Processor threads. Without it: one a core.");
    add("json", "", "Print one JSON value: pictures, recipe, seconds, peak_bytes, precision.");
    add("quiet", "", "Show no progress.");
}

engine::Image readPicture(const QString &path)
{
    Failure failure;
    engine::Image image = readImage(path, &failure);
    if (image.empty())
        throw CommandFailed{failure};
    return image;
}

void readSize(const Arguments &in, engine::GenerateRequest &request)
{
    if (!in.has(QStringLiteral("size")))
        return;
    const QStringList sides = in.text(QStringLiteral("size")).toLower().split(QLatin1Char('x'));
    bool soundWidth = false, soundHeight = false;
    request.width = sides.value(0).toInt(&soundWidth);
    request.height = sides.value(1).toInt(&soundHeight);
    if (sides.size() != 2 || !soundWidth || !soundHeight || request.width <= 0 || request.height <= 0)
        in.refuse(QStringLiteral("size"), QStringLiteral("a size like 512x768"));
}

/// Sampler and schedule by any name they have; the model's own where nothing is said.
void readSampler(const Arguments &in, const engine::ModelInfo &model, engine::GenerateRequest &request)
{
    const bool hasSampler = in.has(QStringLiteral("sampler"));
    const std::string sampler = hasSampler ? in.text(QStringLiteral("sampler")).toStdString() : model.defaultSampler;
    const engine::SamplerLabel label = engine::splitSamplerLabel(sampler);
    if (label.sampler == nullptr)
        in.refuse(QStringLiteral("sampler"), QStringLiteral("an id that \"tincture-cli samplers\" lists"));
    request.sampler = label.sampler->id;
    request.schedule = hasSampler ? std::string() : model.defaultSchedule;
    if (label.schedule != nullptr)
        request.schedule = label.schedule->id;
    if (in.has(QStringLiteral("schedule"))) {
        const auto *schedule = engine::findSchedule(in.text(QStringLiteral("schedule")).toStdString());
        if (schedule == nullptr)
            in.refuse(QStringLiteral("schedule"), QStringLiteral("an id that \"tincture-cli schedules\" lists"));
        request.schedule = schedule->id;
    }
}

engine::GenerateRequest readRequest(const Arguments &in, const engine::ModelInfo &model)
{
    engine::GenerateRequest request;
    request.model = model.path;
    request.prompt = in.text(QStringLiteral("prompt")).toStdString();
    request.negativePrompt = in.text(QStringLiteral("negative")).toStdString();
    request.steps = int(in.integer(QStringLiteral("steps"), model.defaultSteps, 1, 1000));
    request.guidanceScale = in.number(QStringLiteral("cfg"), model.defaultGuidance);
    request.guidanceRescale = in.number(QStringLiteral("guidance-rescale"), request.guidanceRescale);
    request.seed = in.has(QStringLiteral("seed")) ? quint64(in.integer(QStringLiteral("seed"), 0, 0, kLargestSeed))
                                                  : QRandomGenerator::system()->generate();
    request.count = int(in.integer(QStringLiteral("count"), 1, 1, 10000));
    request.clipSkip = int(in.integer(QStringLiteral("clip-skip"), 1, 1, 12));
    request.eta = in.number(QStringLiteral("eta"), request.eta);
    request.ddimEta = in.number(QStringLiteral("ddim-eta"), request.ddimEta);
    request.strength = in.number(QStringLiteral("strength"), request.strength);
    request.noiseFile = in.path(QStringLiteral("noise"));
    request.saveLatentsFile = in.path(QStringLiteral("save-latents"));
    readSize(in, request);
    readSampler(in, model, request);
    request.rng = in.choice(QStringLiteral("rng"), engine::RngKind::Cpu,
                            {{"cpu", engine::RngKind::Cpu}, {"nv", engine::RngKind::Nv}});
    request.precision = in.choice(QStringLiteral("precision"), engine::Precision::Auto,
                                  {{"auto", engine::Precision::Auto},
                                   {"f32", engine::Precision::Float32},
                                   {"bf16", engine::Precision::BFloat16}});
    request.weighting = in.choice(QStringLiteral("weighting"), engine::PromptWeighting::A1111,
                                  {{"a1111", engine::PromptWeighting::A1111},
                                   {"comfyui", engine::PromptWeighting::ComfyUI},
                                   {"no-norm", engine::PromptWeighting::NoNorm}});
    request.preview = in.choice(QStringLiteral("preview-content"), engine::PreviewContent::PredictedX0,
                                {{"x0", engine::PreviewContent::PredictedX0}, {"xt", engine::PreviewContent::NoisyXt}});
    if (!in.has(QStringLiteral("previews")))
        request.preview = engine::PreviewContent::None;
    request.previewDecoder =
        in.choice(QStringLiteral("preview-decoder"), engine::PreviewDecoder::Linear,
                  {{"linear", engine::PreviewDecoder::Linear}, {"full", engine::PreviewDecoder::Full}});
    if (in.has(QStringLiteral("init")))
        request.init = readPicture(in.text(QStringLiteral("init")));
    if (in.has(QStringLiteral("mask"))) {
        const QImage mask = toQImage(readPicture(in.text(QStringLiteral("mask"))));
        request.mask = fromQImage(mask.convertToFormat(QImage::Format_Grayscale8));
    }
    if (const std::vector<engine::Problem> problems = engine::validate(request); !problems.empty())
        throw engine::Error(engine::ErrorKind::BadRequest, problems.front().field, problems.front().text);
    return request;
}

/// Where the window keeps hashes of models, too; empty if there is no such place.
QString hashFile()
{
    const QString folder =
        QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + QStringLiteral("/tincture");
    return QDir().mkpath(folder) ? folder + QStringLiteral("/model-hashes.json") : QString();
}

/// What happens while the engine works: pictures are written as they come, and the terminal shows how far it is.
class Session
{
public:
    Session(const engine::GenerateRequest &request, const engine::ModelInfo &model, PictureOutput output)
        : m_request(request), m_output(std::move(output)), m_hashes(hashFile())
    {
        m_circumstances.family = QString::fromStdString(model.family);
    }

    void setDevice(const engine::DeviceInfo &device)
    {
        const bool isAuto = m_request.precision == engine::Precision::Auto;
        m_circumstances.device = QString::fromStdString(device.device);
        m_circumstances.precision = isAuto ? QString::fromStdString(device.precision)
                                    : m_request.precision == engine::Precision::Float32 ? QStringLiteral("float32")
                                                                                        : QStringLiteral("bfloat16");
    }
    void setPreviewFolder(const QString &folder) { m_previewFolder = folder; }
    void setQuiet(bool isQuiet) { m_isQuiet = isQuiet; }

    /// Hashing a large model takes seconds. Called on any thread.
    void stopHashing() { m_hashes.stop(); }

    void take(const engine::Event &event)
    {
        std::visit([this](const auto &e) { on(e); }, event);
    }
    void finish() { m_progress.clear(); }

    [[nodiscard]] const QStringList &files() const { return m_files; }
    [[nodiscard]] const QJsonObject &recipe() const { return m_recipe; }

private:
    void on(const engine::StageStarted &stage)
    {
        switch (stage.stage) {
        case engine::Stage::LoadingModel:
            return show(stage.fraction, QStringLiteral("Loading the model"));
        case engine::Stage::EncodingPrompt:
            return show(stage.fraction, QStringLiteral("Reading the prompt"));
        case engine::Stage::EncodingPicture:
            return show(stage.fraction, QStringLiteral("Reading the picture"));
        case engine::Stage::Sampling:
            return show(stage.fraction, QStringLiteral("Sampling"));
        case engine::Stage::Decoding:
            return show(stage.fraction, QStringLiteral("Decoding"));
        case engine::Stage::Training:
            return;
        }
    }

    void on(const engine::StepFinished &step)
    {
        // The first step of a run is slow; a running average follows what the machine does now.
        m_secondsAStep =
            m_secondsAStep <= 0.0 || step.step == 2 ? step.seconds : 0.8 * m_secondsAStep + 0.2 * step.seconds;
        const int steps = std::max(step.steps, 1);
        const double left = m_secondsAStep * (steps - step.step + double(m_request.count - 1 - step.picture) * steps);
        QString text = QStringLiteral("step %1/%2  %3 s/step  %4 left")
                           .arg(step.step)
                           .arg(steps)
                           .arg(m_secondsAStep, 0, 'f', 2)
                           .arg(clockText(left));
        if (m_request.count > 1)
            text.prepend(QStringLiteral("picture %1/%2  ").arg(step.picture + 1).arg(m_request.count));
        show((step.picture + double(step.step) / steps) / m_request.count, text);
    }

    void on(const engine::PreviewReady &preview)
    {
        if (m_previewFolder.isEmpty() || preview.image.empty())
            return;
        const QString name =
            QStringLiteral("picture_%1-step_%2.png").arg(preview.picture).arg(preview.step, 3, 10, QLatin1Char('0'));
        const auto failure =
            writeFileAtomically(QDir(m_previewFolder).filePath(name), encodePicture(preview.image, std::nullopt));
        if (failure)
            throw CommandFailed{*failure};
    }

    void on(const engine::ImageFinished &finished)
    {
        if (m_files.isEmpty()) { // not earlier: it would slow down the steps that are being timed
            show(-1.0, QStringLiteral("Hashing the model"));
            m_circumstances.modelHash = m_hashes.hashOf(QString::fromStdString(m_request.model.string()));
        }
        const QSize size(finished.image.width, finished.image.height);
        const Recipe recipe = makeRecipe(m_request, finished.picture, size, m_circumstances);
        const QString path = m_output.nextPath(finished.seed);
        if (const auto failure = writePicture(path, finished.image, recipe))
            throw CommandFailed{*failure};
        if (m_files.isEmpty())
            m_recipe = recipeToJson(recipe);
        m_files << path;
    }

    void on(const engine::Notice &notice)
    {
        if (!m_isQuiet)
            m_progress.note(QString::fromStdString(notice.text));
    }

    template <typename OfOtherWork>
    void on(const OfOtherWork &)
    {
    }

    void show(double fraction, const QString &text)
    {
        if (!m_isQuiet)
            m_progress.show(fraction, text);
    }

    const engine::GenerateRequest &m_request;
    PictureOutput m_output;
    ModelHashes m_hashes;
    Circumstances m_circumstances;
    QString m_previewFolder;
    bool m_isQuiet = false;
    ProgressLine m_progress;
    double m_secondsAStep = 0.0;
    QStringList m_files;
    QJsonObject m_recipe;
};

QJsonObject answer(const Session &session, const engine::GenerateReport &report)
{
    QJsonArray steps;
    for (const double seconds : report.stepSeconds)
        steps << seconds;
    return {{QStringLiteral("pictures"), QJsonArray::fromStringList(session.files())},
            {QStringLiteral("recipe"), session.recipe()},
            {QStringLiteral("seconds"), QJsonObject{{QStringLiteral("load"), report.loadSeconds},
                                                    {QStringLiteral("text"), report.textSeconds},
                                                    {QStringLiteral("steps"), steps},
                                                    {QStringLiteral("decode"), report.decodeSeconds}}},
            {QStringLiteral("peak_bytes"), double(report.peakBytes)},
            {QStringLiteral("precision"), QString::fromStdString(report.precision)},
            {QStringLiteral("device"), QString::fromStdString(report.device)}};
}

} // namespace

void runGenerate(const QStringList &arguments)
{
    Arguments in(
        {.name = QStringLiteral("generate"),
         .text = QStringLiteral("Makes pictures from a prompt, or from noise where a model takes no prompt.")});
    addOptions(in);
    in.parse(arguments);
    PictureOutput output(in.required(QStringLiteral("out")));
    const Interrupt interrupt;
    const engine::ModelInfo model = engine::inspectModel(findModel(in.text(QStringLiteral("model"))));
    const engine::GenerateRequest request = readRequest(in, model);

    Session session(request, model, std::move(output));
    const std::stop_callback stopHashing(interrupt.token(), [&session] { session.stopHashing(); });
    session.setQuiet(in.has(QStringLiteral("quiet")));
    if (in.has(QStringLiteral("previews"))) {
        session.setPreviewFolder(in.text(QStringLiteral("previews")));
        makeFolder(in.text(QStringLiteral("previews")));
    }
    const auto threads = int(in.integer(QStringLiteral("threads"), 0, 0, 1024));
    const std::unique_ptr<engine::Engine> engine = engine::makeEngine({.threads = threads});
    session.setDevice(engine->device());
    const engine::GenerateReport report = engine->generate(
        request, {.emit = [&session](const engine::Event &event) { session.take(event); }, .stop = interrupt.token()});
    session.finish();
    if (in.has(QStringLiteral("json")))
        return printJson(answer(session, report));
    for (const QString &file : session.files())
        print(file);
}

} // namespace app::cli
