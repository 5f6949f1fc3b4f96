#include "ui/train/train_words.h"

#include "ui/create/words.h"

#include <QCoreApplication>
#include <QLocale>

#include <cmath>

namespace ui {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("ui::TrainPage", text);
}

} // namespace

RunBadge runBadge(const app::TrainingRun &run)
{
    switch (run.state) {
    case app::TrainingState::Preparing:
        return {tr("Preparing"), BadgeKind::Accent};
    case app::TrainingState::Running:
        return run.isWaiting ? RunBadge{tr("Disk full"), BadgeKind::Warning}
                             : RunBadge{tr("Training"), BadgeKind::Accent};
    case app::TrainingState::Pausing:
        return {tr("Pausing"), BadgeKind::Accent};
    case app::TrainingState::Keeping:
        return {tr("Stopping"), BadgeKind::Accent};
    case app::TrainingState::Paused:
        return {tr("Paused"), run.failure.sentence.isEmpty() ? BadgeKind::Neutral : BadgeKind::Warning};
    case app::TrainingState::Kept:
        return {tr("Stopped, kept"), BadgeKind::Neutral};
    case app::TrainingState::Finished:
        return {tr("Finished"), BadgeKind::Neutral};
    case app::TrainingState::Failed:
        return {tr("Failed"), BadgeKind::Danger};
    }
    return {};
}

QString runLine(const app::TrainingRun &run)
{
    const QLocale locale;
    if (run.step == 0)
        return tr("no step yet, %1 to do").arg(locale.toString(qlonglong(run.request.steps)));
    return tr("step %1 of %2, loss %3")
        .arg(locale.toString(run.step), locale.toString(qlonglong(run.request.steps)),
             locale.toString(run.loss, 'g', 3));
}

QString trainingText(const app::TrainingRun &run)
{
    const QLocale locale;
    if (run.isWaiting)
        return tr("Training waits for space on the disk");
    if (run.state != app::TrainingState::Preparing)
        return tr("Training, step %1 of %2")
            .arg(locale.toString(run.step), locale.toString(qlonglong(run.request.steps)));
    const QString share =
        run.stageFraction >= 0.0 ? tr(", %1 %").arg(std::lround(100.0 * run.stageFraction)) : QString();
    switch (run.stage) {
    case engine::Stage::EncodingPicture:
        return tr("Encoding pictures for training%1").arg(share);
    case engine::Stage::EncodingPrompt:
        return tr("Encoding captions for training%1").arg(share);
    default:
        return tr("Reading pictures for training%1").arg(share);
    }
}

QString kindText(engine::TrainKind kind)
{
    switch (kind) {
    case engine::TrainKind::Pixel:
        return tr("Pixel model, no prompt");
    case engine::TrainKind::Latent:
        return tr("Latent model with prompts");
    case engine::TrainKind::Autoencoder:
        return tr("Autoencoder");
    case engine::TrainKind::Lora:
        return tr("LoRA for the loaded model");
    }
    return {};
}

QString powerHtml(double value)
{
    const QLocale locale;
    if (value == 0.0)
        return QStringLiteral("0");
    const int power = int(std::floor(std::log10(std::abs(value))));
    if (power >= -2 && power <= 3)
        return locale.toString(value, 'g', 3);
    return QStringLiteral("%1 × 10<sup style=\"font-size:13px\">%2%3</sup>")
        .arg(locale.toString(value / std::pow(10.0, power), 'f', 2), power < 0 ? QStringLiteral("−") : QString())
        .arg(std::abs(power));
}

QString estimateText(const app::TrainingEstimate &estimate)
{
    const QLocale locale;
    const QString time = durationText(estimate.seconds);
    const QString speed = locale.toString(estimate.picturesPerSecond, 'g', 3);
    switch (estimate.source) {
    case app::TrainingEstimate::Source::Measuring:
        return tr("Measuring how fast this machine trains it…");
    case app::TrainingEstimate::Source::Measured:
        return tr("About %1: %2 pictures a second, measured on this machine.").arg(time, speed);
    case app::TrainingEstimate::Source::Estimated:
        return tr("About %1: %2 pictures a second, estimated from another run on this machine.").arg(time, speed);
    case app::TrainingEstimate::Source::Unknown:
        return estimate.fault.isEmpty() ? tr("The time is not known yet.") : estimate.fault;
    }
    return {};
}

QString sizeOfBytes(quint64 bytes)
{
    const QLocale locale;
    if (bytes >= 1'000'000'000)
        return tr("%1 GB").arg(locale.toString(double(bytes) / 1e9, 'f', 1));
    return tr("%1 MB").arg(locale.toString(std::max(1.0, std::ceil(double(bytes) / 1e6)), 'f', 0));
}

} // namespace ui
