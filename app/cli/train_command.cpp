#include "app/cli/arguments.h"
#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "app/cli/model_choice.h"
#include "app/cli/picture_output.h"
#include "app/cli/progress_line.h"
#include "app/image_file.h"
#include "engine/engine.h"

#include <QDir>
#include <QJsonObject>

#include <memory>
#include <type_traits>

namespace app::cli {

namespace {

constexpr qint64 kMany = std::numeric_limits<qint64>::max();

void addOptions(Arguments &in)
{
    const auto add = [&in](const char *name, const char *value, const char *text) {
        in.add(QLatin1String(name), QLatin1String(value), QLatin1String(text));
    };
    add("kind", "pixel|latent|autoencoder|lora",
        "What is trained: pictures without text, pictures with text on the latents of "
        "an autoencoder, that autoencoder, or an adapter.");
    add("data", "FOLDER", "Pictures; captions from .txt files beside them, captions.jsonl or folder names.");
    add("out", "PATH", "Folder of the model that is made; for lora a .safetensors file.");
    add("checkpoints", "FOLDER", "Where training goes on from and is kept. Without it: OUT/checkpoints.");
    add("base", "PATH", "For latent: folder with the autoencoder. For lora: the model to adapt.");
    add("size", "N", "Side of the training pictures in pixels.");
    add("steps", "N", "Steps in all, earlier runs included.");
    add("batch", "N", "Pictures a batch.");
    add("accumulate", "N", "Batches a step.");
    add("lr", "X", "Learning rate. Without it: 0.0004 with Muon, 0.0002 with AdamW, 0.0001 for lora.");
    add("warmup", "N", "Steps until the learning rate is reached.");
    add("lr-schedule", "constant|cosine", "What it does then.");
    add("optimizer", "muon|adamw", "How weights follow their gradients; lora always uses adamw.");
    add("weight-decay", "X", "Of matrices and convolutions.");
    add("clip-norm", "X", "Largest norm of a step's gradient.");
    add("ema", "X", "Decay of the averaged weights.");
    add("betas", "linear|scaled_linear|cosine", "How noise grows over the timesteps.");
    add("prediction", "epsilon|v|sample", "What the network predicts.");
    add("min-snr", "X", "Gamma of the loss weights; 0: all timesteps alike.");
    add("flip", "", "Mirror half of the pictures.");
    add("caption-dropout", "X", "Share of pictures that are shown without their caption.");
    add("precision", "auto|f32|bf16", "Numbers to compute with.");
    add("seed", "N", "Of weights, order and noise.");
    add("widths", "N,N,...", "Channels of each level.");
    add("layers", "N", "Blocks a level.");
    add("vocabulary", "N", "For latent: pieces of the tokenizer.");
    add("text-width", "N", "For latent: width of the text encoder.");
    add("text-layers", "N", "For latent: layers of the text encoder.");
    add("rank", "N", "For lora.");
    add("alpha", "X", "For lora.");
    add("lora-targets", "attention|cross-attention|transformers",
        "For lora: the layers that are changed. Without it: all attentions. transformers: feed forwards and "
        "projections as well.");
    add("samples", "FOLDER", "Where sample pictures go. Without it none are drawn.");
    add("sample-every", "N", "Steps between them; 0: none.");
    add("sample-prompt", "TEXT", "What they show; may be repeated.");
    add("checkpoint-minutes", "X", "Minutes between checkpoints.");
    add("stop-after", "N", "Stop this run, with a checkpoint, after so many steps; 0: never.");
    add("threads", "N", "Processor threads. Without it: one a core.");
    add("json", "", "Print one JSON object at the end.");
    add("quiet", "", "Show no progress.");
}

std::vector<int> readWidths(const Arguments &in)
{
    std::vector<int> widths;
    if (!in.has(QStringLiteral("widths")))
        return widths;
    for (const QString &word : in.text(QStringLiteral("widths")).split(QLatin1Char(','))) {
        bool sound = false;
        widths.push_back(word.trimmed().toInt(&sound));
        if (!sound || widths.back() <= 0)
            in.refuse(QStringLiteral("widths"), QStringLiteral("numbers like 64,128,256"));
    }
    return widths;
}

engine::TrainRequest readRequest(const Arguments &in)
{
    engine::TrainRequest r;
    const auto whole = [&in](const char *name, auto &field, qint64 least) {
        using T = std::remove_reference_t<decltype(field)>;
        const qint64 most = sizeof(T) > sizeof(int) ? kMany : std::numeric_limits<int>::max();
        field = T(in.integer(QLatin1String(name), qint64(field), least, most));
    };
    const auto number = [&in](const char *name, double &field) { field = in.number(QLatin1String(name), field); };

    if (!in.has(QStringLiteral("kind")))
        throw UsageError{QStringLiteral("--kind is missing.")};
    r.kind = in.choice(QStringLiteral("kind"), r.kind,
                       {{"pixel", engine::TrainKind::Pixel},
                        {"latent", engine::TrainKind::Latent},
                        {"autoencoder", engine::TrainKind::Autoencoder},
                        {"lora", engine::TrainKind::Lora}});
    r.data = in.required(QStringLiteral("data")).toStdString();
    r.output = in.required(QStringLiteral("out")).toStdString();
    r.checkpoints = in.path(QStringLiteral("checkpoints"));
    if (in.has(QStringLiteral("base")))
        r.base = findModel(in.text(QStringLiteral("base")));
    whole("size", r.size, 1);
    whole("steps", r.steps, 1);
    whole("batch", r.batch, 1);
    whole("accumulate", r.accumulate, 1);
    whole("warmup", r.warmupSteps, 0);
    r.learningRateSchedule = in.choice(
        QStringLiteral("lr-schedule"), r.learningRateSchedule,
        {{"constant", engine::LearningRateSchedule::Constant}, {"cosine", engine::LearningRateSchedule::Cosine}});
    r.optimizer = in.choice(QStringLiteral("optimizer"), r.optimizer,
                            {{"muon", engine::OptimizerKind::Muon}, {"adamw", engine::OptimizerKind::AdamW}});
    r.learningRate = engine::usualLearningRate(r.kind, r.optimizer);
    number("lr", r.learningRate);
    number("weight-decay", r.weightDecay);
    number("clip-norm", r.clipNorm);
    number("ema", r.emaDecay);
    r.betas = in.choice(QStringLiteral("betas"), r.betas,
                        {{"linear", engine::BetaSchedule::Linear},
                         {"scaled_linear", engine::BetaSchedule::ScaledLinear},
                         {"cosine", engine::BetaSchedule::Cosine}});
    r.prediction = in.choice(QStringLiteral("prediction"), r.prediction,
                             {{"epsilon", engine::Prediction::Epsilon},
                              {"v", engine::Prediction::VPrediction},
                              {"sample", engine::Prediction::Sample}});
    number("min-snr", r.minSnrGamma);
    r.flip = in.has(QStringLiteral("flip"));
    number("caption-dropout", r.captionDropout);
    r.precision = in.choice(QStringLiteral("precision"), r.precision,
                            {{"auto", engine::Precision::Auto},
                             {"f32", engine::Precision::Float32},
                             {"bf16", engine::Precision::BFloat16}});
    r.seed = quint64(in.integer(QStringLiteral("seed"), 0, 0, kMany));
    r.widths = readWidths(in);
    whole("layers", r.layersPerBlock, 1);
    whole("vocabulary", r.vocabulary, 1);
    whole("text-width", r.textWidth, 1);
    whole("text-layers", r.textLayers, 1);
    whole("rank", r.rank, 1);
    number("alpha", r.alpha);
    r.loraTargets = in.choice(QStringLiteral("lora-targets"), r.loraTargets,
                              {{"attention", engine::LoraTargets::Attention},
                               {"cross-attention", engine::LoraTargets::CrossAttention},
                               {"transformers", engine::LoraTargets::Transformers}});
    whole("sample-every", r.sampleEvery, 0);
    const bool drawsSamples = in.has(QStringLiteral("samples"));
    const bool asksForSamples = in.has(QStringLiteral("sample-every")) && r.sampleEvery > 0;
    if (!drawsSamples && (asksForSamples || in.has(QStringLiteral("sample-prompt"))))
        throw UsageError{QStringLiteral("Sample pictures need --samples, the folder that they go to.")};
    if (!drawsSamples)
        r.sampleEvery = 0;
    for (const QString &prompt : in.texts(QStringLiteral("sample-prompt")))
        r.samplePrompts.push_back(prompt.toStdString());
    number("checkpoint-minutes", r.checkpointMinutes);
    whole("stop-after", r.stopAfterSteps, 0);
    if (const std::vector<engine::Problem> problems = engine::validate(r); !problems.empty())
        throw engine::Error(engine::ErrorKind::BadRequest, problems.front().field, problems.front().text);
    return r;
}

QString lossText(const engine::LossReported &loss)
{
    return QStringLiteral("step %1/%2  loss %3  lr %4  %5 pictures/s  %6 left")
        .arg(loss.step)
        .arg(loss.steps)
        .arg(loss.smoothedLoss, 0, 'f', 5)
        .arg(loss.learningRate, 0, 'g', 3)
        .arg(loss.picturesPerSecond, 0, 'f', 1)
        .arg(clockText(loss.secondsLeft));
}

class TrainingView
{
public:
    TrainingView(bool isQuiet, QString sampleFolder) : m_isQuiet(isQuiet), m_sampleFolder(std::move(sampleFolder))
    {
        if (!m_sampleFolder.isEmpty())
            makeFolder(m_sampleFolder);
    }

    void take(const engine::Event &event)
    {
        if (const auto *sample = std::get_if<engine::SampleReady>(&event))
            write(*sample);
        if (const auto *full = std::get_if<engine::WaitingForSpace>(&event)) {
            m_progress.note(QStringLiteral("The disk is full, and training waits until there are %1 MB for its "
                                           "checkpoint in %2; nothing is lost.")
                                .arg((full->bytes + 999'999) / 1'000'000)
                                .arg(QString::fromStdString(full->folder.string())));
        }
        if (m_isQuiet)
            return;
        if (const auto *loss = std::get_if<engine::LossReported>(&event)) {
            const double fraction = loss->steps > 0 ? double(loss->step) / double(loss->steps) : -1.0;
            m_progress.showOrLog(fraction, lossText(*loss), 30);
        } else if (const auto *notice = std::get_if<engine::Notice>(&event)) {
            m_progress.note(QString::fromStdString(notice->text));
        } else if (const auto *stage = std::get_if<engine::StageStarted>(&event)) {
            const bool isTraining = stage->stage == engine::Stage::Training;
            m_progress.show(stage->fraction, isTraining ? QStringLiteral("Training") : QStringLiteral("Preparing"));
        }
    }

    void finish() { m_progress.clear(); }

private:
    /// Training is worth more than its samples: one that cannot be written is said once and does not end it.
    void write(const engine::SampleReady &sample)
    {
        if (m_sampleFolder.isEmpty() || sample.image.empty())
            return;
        const QString path =
            QDir(m_sampleFolder)
                .filePath(QStringLiteral("step_%1-%2.png").arg(sample.step, 7, 10, QLatin1Char('0')).arg(sample.index));
        if (!writeFileAtomically(path, encodePicture(sample.image, std::nullopt)) || m_hasToldOfSamples)
            return;
        m_hasToldOfSamples = true;
        m_progress.note(QStringLiteral("Cannot write the sample picture \"%1\"; training goes on, but check that there "
                                       "is space left and that you may write there.")
                            .arg(path));
    }

    bool m_isQuiet;
    bool m_hasToldOfSamples = false;
    QString m_sampleFolder;
    ProgressLine m_progress;
};

} // namespace

void runTrain(const QStringList &arguments)
{
    Arguments in({.name = QStringLiteral("train"),
                  .text = QStringLiteral(
                      "Trains a model on a folder of pictures. A run that was stopped goes on from its last "
                      "checkpoint when it is started again. Ctrl+C stops it with a checkpoint and the model as "
                      "it is by then.")});
    addOptions(in);
    in.parse(arguments);
    const engine::TrainRequest request = readRequest(in);
    const Interrupt interrupt;
    TrainingView view(in.has(QStringLiteral("quiet")), in.text(QStringLiteral("samples")));
    const auto threads = int(in.integer(QStringLiteral("threads"), 0, 0, 1024));
    const std::unique_ptr<engine::Engine> engine = engine::makeEngine({.threads = threads});
    const engine::TrainReport report = engine->train(
        request, {.emit = [&view](const engine::Event &event) { view.take(event); }, .stop = interrupt.token()});
    view.finish();
    if (in.has(QStringLiteral("json"))) {
        printJson(QJsonObject{{QStringLiteral("out"), QString::fromStdString(request.output.string())},
                              {QStringLiteral("steps"), qint64(report.steps)},
                              {QStringLiteral("loss"), report.loss},
                              {QStringLiteral("pictures_per_second"), report.picturesPerSecond},
                              {QStringLiteral("pictures"), report.pictures},
                              {QStringLiteral("skipped"), report.skipped},
                              {QStringLiteral("finished"), report.finished}});
    } else {
        print(QStringLiteral("%1 after %2 steps, loss %3, %4 pictures (%5 unreadable)")
                  .arg(report.finished ? QStringLiteral("Finished") : QStringLiteral("Stopped"))
                  .arg(report.steps)
                  .arg(report.loss, 0, 'f', 5)
                  .arg(report.pictures)
                  .arg(report.skipped));
    }
    if (!report.finished && interrupt.wasAsked())
        throw EndWith{int(ExitCode::Interrupted)};
}

} // namespace app::cli
