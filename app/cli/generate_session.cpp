#include "app/cli/generate_session.h"

#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "app/image_file.h"
#include "engine/trajectory.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QStandardPaths>

#include <algorithm>
#include <memory>
#include <stop_token>
#include <variant>

namespace app::cli {

namespace {

/// Where the window keeps hashes of models, too; empty if there is no such place.
QString hashFile()
{
    const QString folder =
        QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + QStringLiteral("/tincture");
    return QDir().mkpath(folder) ? folder + QStringLiteral("/model-hashes.json") : QString();
}

/// FILE.ending, FILE_1.ending, ...
QString numberedFile(const QString &file, int number)
{
    if (number == 0)
        return file;
    const QFileInfo info(file);
    const QString ending = info.suffix().isEmpty() ? QString() : QLatin1Char('.') + info.suffix();
    return info.dir().filePath(QStringLiteral("%1_%2%3").arg(info.completeBaseName()).arg(number).arg(ending));
}

} // namespace

GenerateSession::GenerateSession(const engine::GenerateRequest &request, const engine::ModelInfo &model,
                                 PictureOutput output)
    : m_request(request), m_output(std::move(output)), m_hashes(hashFile())
{
    m_circumstances.family = QString::fromStdString(model.family);
}

void GenerateSession::setDevice(const engine::DeviceInfo &device)
{
    const bool isAuto = m_request.precision == engine::Precision::Auto;
    m_circumstances.device = QString::fromStdString(device.device);
    m_circumstances.precision = isAuto ? QString::fromStdString(device.precision)
                                : m_request.precision == engine::Precision::Float32 ? QStringLiteral("float32")
                                                                                    : QStringLiteral("bfloat16");
}

void GenerateSession::take(const engine::Event &event)
{
    std::visit([this](const auto &e) { on(e); }, event);
}

void GenerateSession::on(const engine::StageStarted &stage)
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

void GenerateSession::on(const engine::StepFinished &step)
{
    // The first step of a run is slow; a running average follows what the machine does now.
    m_secondsAStep = m_secondsAStep <= 0.0 || step.step == 2 ? step.seconds : 0.8 * m_secondsAStep + 0.2 * step.seconds;
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

void GenerateSession::on(const engine::PreviewReady &preview)
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

void GenerateSession::on(const engine::TrajectoryReady &ready)
{
    if (m_trajectoryFile.isEmpty())
        return;
    const QString path = numberedFile(m_trajectoryFile, ready.picture);
    engine::writeTrajectory(*ready.trajectory, path.toStdString());
    m_trajectories << path;
}

void GenerateSession::on(const engine::ImageFinished &finished)
{
    if (m_files.isEmpty()) { // not earlier: it would slow down the steps that are being timed
        show(-1.0, QStringLiteral("Hashing the model"));
        m_circumstances.modelHash = m_hashes.hashOf(QString::fromStdString(m_request.model.string()));
    }
    const QSize size(finished.image.width, finished.image.height);
    Recipe recipe = makeRecipe(m_request, finished.picture, size, m_circumstances);
    const QString path = m_output.nextPath(finished.seed);
    if (!m_parent.isEmpty()) {
        const QFileInfo parent(m_parent);
        const bool isBeside = parent.absolutePath() == QFileInfo(path).absolutePath();
        recipe.parent = isBeside ? parent.fileName() : parent.absoluteFilePath();
    }
    if (const auto failure = writePicture(path, finished.image, recipe))
        throw CommandFailed{*failure};
    if (m_files.isEmpty())
        m_recipe = recipeToJson(recipe);
    m_files << path;
}

void GenerateSession::on(const engine::Notice &notice)
{
    if (!m_isQuiet)
        m_progress.note(QString::fromStdString(notice.text));
}

void GenerateSession::show(double fraction, const QString &text)
{
    if (!m_isQuiet)
        m_progress.show(fraction, text);
}

QJsonObject GenerateSession::answer(const engine::GenerateReport &report) const
{
    QJsonArray steps;
    for (const double seconds : report.stepSeconds)
        steps << seconds;
    QJsonObject result{{QStringLiteral("pictures"), QJsonArray::fromStringList(m_files)},
                       {QStringLiteral("recipe"), m_recipe},
                       {QStringLiteral("seconds"), QJsonObject{{QStringLiteral("load"), report.loadSeconds},
                                                               {QStringLiteral("text"), report.textSeconds},
                                                               {QStringLiteral("steps"), steps},
                                                               {QStringLiteral("decode"), report.decodeSeconds}}},
                       {QStringLiteral("peak_bytes"), double(report.peakBytes)},
                       {QStringLiteral("precision"), QString::fromStdString(report.precision)},
                       {QStringLiteral("device"), QString::fromStdString(report.device)}};
    if (!m_trajectories.isEmpty())
        result[QStringLiteral("trajectories")] = QJsonArray::fromStringList(m_trajectories);
    return result;
}

void addRunOptions(Arguments &in)
{
    const auto add = [&in](const char *name, const char *value, const char *text) {
        in.add(QLatin1String(name), QLatin1String(value), QLatin1String(text));
    };
    add("trajectory", "FILE", "Keep how the picture came out of the noise, for the inspector and for \"branch\".");
    add("attention", "", "With it: which part of the picture each word drew.");
    add("previews", "FOLDER", "Write what each step shows there.");
    add("preview-content", "x0|xt", "What that is: the predicted picture, or the noisy state.");
    add("preview-decoder", "linear|full", "How it is decoded: quickly and small, or by the real decoder.");
    add("threads", "N", "Processor threads. Without it: one a core.");
    add("json", "", "Print one JSON value: pictures, recipe, seconds, peak_bytes, precision.");
    add("quiet", "", "Show no progress.");
}

void runRequest(const Arguments &in, const engine::GenerateRequest &asked, const engine::ModelInfo &model,
                PictureOutput output)
{
    engine::GenerateRequest request = asked;
    request.keepTrajectory = in.has(QStringLiteral("trajectory"));
    request.keepAttention = in.has(QStringLiteral("attention"));
    if (request.keepAttention && !request.keepTrajectory)
        throw UsageError{QStringLiteral("--attention needs --trajectory, where it is kept.")};
    request.preview = in.choice(QStringLiteral("preview-content"), engine::PreviewContent::PredictedX0,
                                {{"x0", engine::PreviewContent::PredictedX0}, {"xt", engine::PreviewContent::NoisyXt}});
    if (!in.has(QStringLiteral("previews")))
        request.preview = engine::PreviewContent::None;
    request.previewDecoder =
        in.choice(QStringLiteral("preview-decoder"), engine::PreviewDecoder::Linear,
                  {{"linear", engine::PreviewDecoder::Linear}, {"full", engine::PreviewDecoder::Full}});
    const auto threads = int(in.integer(QStringLiteral("threads"), 0, 0, 1024));

    const Interrupt interrupt;
    GenerateSession session(request, model, std::move(output));
    const std::stop_callback stopHashing(interrupt.token(), [&session] { session.stopHashing(); });
    session.setQuiet(in.has(QStringLiteral("quiet")));
    session.setTrajectoryFile(in.text(QStringLiteral("trajectory")));
    if (request.branchFrom)
        session.setParent(in.positional().first());
    if (in.has(QStringLiteral("previews"))) {
        session.setPreviewFolder(in.text(QStringLiteral("previews")));
        makeFolder(in.text(QStringLiteral("previews")));
    }
    const std::unique_ptr<engine::Engine> engine = engine::makeEngine({.threads = threads});
    session.setDevice(engine->device());
    const engine::GenerateReport report = engine->generate(
        request, {.emit = [&session](const engine::Event &event) { session.take(event); }, .stop = interrupt.token()});
    session.finish();
    if (in.has(QStringLiteral("json")))
        return printJson(session.answer(report));
    for (const QString &file : session.files())
        print(file);
}

} // namespace app::cli
