#include "app/cli/arguments.h"
#include "app/cli/command.h"
#include "app/cli/generate_session.h"
#include "app/cli/model_choice.h"
#include "app/cli/picture_output.h"
#include "app/image_file.h"
#include "engine/catalog.h"
#include "engine/engine.h"
#include "engine/trajectory.h"

#include <QImage>
#include <QRandomGenerator>

#include <array>
#include <initializer_list>
#include <limits>
#include <memory>

namespace app::cli {

namespace {

constexpr qint64 kLargestSeed = std::numeric_limits<qint64>::max();

void addAll(Arguments &in, std::initializer_list<std::array<const char *, 3>> options)
{
    for (const auto &[name, value, text] : options)
        in.add(QLatin1String(name), QLatin1String(value), QLatin1String(text));
}

/// What decides about a picture from any of its steps on.
void addSettings(Arguments &in)
{
    addAll(in, {
                   {"model", "PATH|NAME", "Model folder or file, or the name of one."},
                   {"prompt", "TEXT", "What the picture shows."},
                   {"negative", "TEXT", "What it does not show."},
                   {"out", "FILE|FOLDER", "Where the pictures go: FILE.png (then FILE_1.png, ...) or a folder."},
                   {"steps", "N", "Steps of the sampler."},
                   {"sampler", "ID", "See \"tincture-cli samplers\"."},
                   {"schedule", "ID", "See \"tincture-cli schedules\"."},
                   {"cfg", "X", "Guidance scale."},
                   {"guidance-rescale", "X", "0 to 1: how far guidance keeps the contrast of the unguided picture."},
                   {"precision", "auto|f32|bf16", "Numbers to compute with."},
                   {"clip-skip", "N", "1: the last layer of the text encoder, 2: the one before it, ..."},
                   {"weighting", "a1111|comfyui|no-norm", "How weights like (word:1.2) are read and applied."},
                   {"eta", "X", "Amount of noise that ancestral and SDE samplers add, 1 by default."},
                   {"ddim-eta", "X", "Amount of noise that DDIM adds, 0 by default."},
                   {"save-latents", "FILE", "Write the final latents to this .safetensors file."},
               });
}

/// What decides about the start.
void addStart(Arguments &in)
{
    addAll(in,
           {
               {"size", "WxH", "Pixels, as 512x768. Without it: the model's own size, or that of --init."},
               {"seed", "N", "Start of the noise; picture i has N + i. Without it: random."},
               {"count", "N", "How many pictures."},
               {"rng", "cpu|nv", "Whose noise: that of LibTorch's CPU generator, or of a CUDA device."},
               {"init", "FILE", "Start from this picture."},
               {"strength", "X", "0 to 1: how much of the start picture is repainted, 0.75 by default."},
               {"mask", "FILE", "Repaint only where this picture is white."},
               {"noise", "FILE", "Take noise from this .safetensors file (latents, step_noise) instead of drawing it."},
           });
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

/// Sampler and schedule by any name they have; what the request holds where nothing is said.
void readSampler(const Arguments &in, engine::GenerateRequest &request)
{
    if (in.has(QStringLiteral("sampler"))) {
        const engine::SamplerLabel label = engine::splitSamplerLabel(in.text(QStringLiteral("sampler")).toStdString());
        if (label.sampler == nullptr)
            in.refuse(QStringLiteral("sampler"), QStringLiteral("an id that \"tincture-cli samplers\" lists"));
        request.sampler = label.sampler->id;
        if (label.schedule != nullptr)
            request.schedule = label.schedule->id;
    }
    if (in.has(QStringLiteral("schedule"))) {
        const auto *schedule = engine::findSchedule(in.text(QStringLiteral("schedule")).toStdString());
        if (schedule == nullptr)
            in.refuse(QStringLiteral("schedule"), QStringLiteral("an id that \"tincture-cli schedules\" lists"));
        request.schedule = schedule->id;
    }
}

/// addSettings()' options; what the request holds where nothing is said.
void readSettings(const Arguments &in, engine::GenerateRequest &request)
{
    if (in.has(QStringLiteral("prompt")))
        request.prompt = in.text(QStringLiteral("prompt")).toStdString();
    if (in.has(QStringLiteral("negative")))
        request.negativePrompt = in.text(QStringLiteral("negative")).toStdString();
    request.steps = int(in.integer(QStringLiteral("steps"), request.steps, 1, 1000));
    request.guidanceScale = in.number(QStringLiteral("cfg"), request.guidanceScale);
    request.guidanceRescale = in.number(QStringLiteral("guidance-rescale"), request.guidanceRescale);
    request.clipSkip = int(in.integer(QStringLiteral("clip-skip"), request.clipSkip, 1, 12));
    request.eta = in.number(QStringLiteral("eta"), request.eta);
    request.ddimEta = in.number(QStringLiteral("ddim-eta"), request.ddimEta);
    request.saveLatentsFile = in.path(QStringLiteral("save-latents"));
    readSampler(in, request);
    request.precision = in.choice(QStringLiteral("precision"), request.precision,
                                  {{"auto", engine::Precision::Auto},
                                   {"f32", engine::Precision::Float32},
                                   {"bf16", engine::Precision::BFloat16}});
    request.weighting = in.choice(QStringLiteral("weighting"), request.weighting,
                                  {{"a1111", engine::PromptWeighting::A1111},
                                   {"comfyui", engine::PromptWeighting::ComfyUI},
                                   {"no-norm", engine::PromptWeighting::NoNorm}});
}

void refuseProblems(const engine::GenerateRequest &request)
{
    if (const std::vector<engine::Problem> problems = engine::validate(request); !problems.empty())
        throw engine::Error(engine::ErrorKind::BadRequest, problems.front().field, problems.front().text);
}

engine::GenerateRequest readRequest(const Arguments &in, const engine::ModelInfo &model)
{
    engine::GenerateRequest request;
    request.model = model.path;
    request.steps = model.defaultSteps;
    request.guidanceScale = model.defaultGuidance;
    request.sampler = model.defaultSampler;
    // A sampler that was asked for brings its own schedule.
    request.schedule = in.has(QStringLiteral("sampler")) ? std::string() : model.defaultSchedule;
    readSettings(in, request);
    request.seed = in.has(QStringLiteral("seed")) ? quint64(in.integer(QStringLiteral("seed"), 0, 0, kLargestSeed))
                                                  : QRandomGenerator::system()->generate();
    request.count = int(in.integer(QStringLiteral("count"), 1, 1, 10000));
    request.strength = in.number(QStringLiteral("strength"), request.strength);
    request.noiseFile = in.path(QStringLiteral("noise"));
    readSize(in, request);
    request.rng = in.choice(QStringLiteral("rng"), engine::RngKind::Cpu,
                            {{"cpu", engine::RngKind::Cpu}, {"nv", engine::RngKind::Nv}});
    if (in.has(QStringLiteral("init")))
        request.init = readPicture(in.text(QStringLiteral("init")));
    if (in.has(QStringLiteral("mask"))) {
        const QImage mask = toQImage(readPicture(in.text(QStringLiteral("mask"))));
        request.mask = fromQImage(mask.convertToFormat(QImage::Format_Grayscale8));
    }
    refuseProblems(request);
    return request;
}

} // namespace

void runGenerate(const QStringList &arguments)
{
    Arguments in(
        {.name = QStringLiteral("generate"),
         .text = QStringLiteral("Makes pictures from a prompt, or from noise where a model takes no prompt. Without "
                                "--model it takes the model of this program, without --schedule what belongs to the "
                                "sampler.")});
    addSettings(in);
    addStart(in);
    addRunOptions(in);
    in.parse(arguments);
    PictureOutput output(in.required(QStringLiteral("out")));
    const engine::ModelInfo model = engine::inspectModel(findModel(in.text(QStringLiteral("model"))));
    runRequest(in, readRequest(in, model), model, std::move(output));
}

void runBranch(const QStringList &arguments)
{
    Arguments in({.name = QStringLiteral("branch"),
                  .positional = QStringLiteral("TRAJECTORY"),
                  .text = QStringLiteral(
                      "Makes a picture again from one of its steps on. TRAJECTORY is what \"generate --trajectory\" "
                      "wrote. The steps before --step stay as they were; the options count from there on, and what is "
                      "not said stays as it was. With nothing said the picture is the same, byte for byte.")});
    addAll(in, {{"step", "K", "Steps that stay as they were: 0 for none."},
                {"noise-seed", "N", "Draw the noise of the remaining steps from this seed."}});
    addSettings(in);
    addRunOptions(in);
    in.parse(arguments);
    if (in.positional().size() != 1)
        throw UsageError{QStringLiteral("One trajectory must be named.")};
    PictureOutput output(in.required(QStringLiteral("out")));
    Q_UNUSED(in.required(QStringLiteral("step")))

    auto parent = std::make_shared<engine::Trajectory>(engine::readTrajectory(in.positional().first().toStdString()));
    engine::GenerateRequest request = parent->request;
    if (in.has(QStringLiteral("model")))
        request.model = findModel(in.text(QStringLiteral("model")));
    readSettings(in, request);
    request.branchStep = int(in.integer(QStringLiteral("step"), 0, 0, 1000));
    if (in.has(QStringLiteral("noise-seed")))
        request.branchNoiseSeed = quint64(in.integer(QStringLiteral("noise-seed"), 0, 0, kLargestSeed));
    request.branchFrom = std::move(parent);
    refuseProblems(request);
    const engine::ModelInfo model = engine::inspectModel(request.model);
    runRequest(in, request, model, std::move(output));
}

} // namespace app::cli
