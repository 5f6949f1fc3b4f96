#include "ui/create/words.h"

#include "engine/catalog.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(ui::Words)
};

} // namespace

QString durationText(double seconds)
{
    if (seconds < 9.95)
        return Words::tr("%1 s").arg(std::max(0.0, seconds), 0, 'f', 1);
    const auto whole = qint64(std::llround(seconds));
    if (whole < 60)
        return Words::tr("%1 s").arg(whole);
    if (whole < 3600)
        return Words::tr("%1 min %2 s").arg(whole / 60).arg(whole % 60);
    return Words::tr("%1 h %2 min").arg(whole / 3600).arg(whole % 3600 / 60);
}

QString stepTimeText(double seconds)
{
    if (seconds < 0.01)
        return Words::tr("%1 ms").arg(seconds * 1000.0, 0, 'f', 1);
    return seconds < 9.995 ? Words::tr("%1 s").arg(seconds, 0, 'f', 2) : durationText(seconds);
}

QString sizeText(int width, int height)
{
    return QStringLiteral("%1 × %2").arg(width).arg(height);
}

// Two strings rather than one "picture(s)": the program's own language has no translation file.
QString picturesText(int count)
{
    return count == 1 ? Words::tr("1 picture") : Words::tr("%n pictures", nullptr, count);
}

QString stepsText(int count)
{
    return count == 1 ? Words::tr("1 step") : Words::tr("%n steps", nullptr, count);
}

QString jobsText(int count)
{
    return count == 1 ? Words::tr("1 job") : Words::tr("%n jobs", nullptr, count);
}

QString numberText(double value, int decimals)
{
    QString text = QString::number(value, 'f', decimals);
    if (decimals > 0) {
        while (text.endsWith(QLatin1Char('0')))
            text.chop(1);
        if (text.endsWith(QLatin1Char('.')))
            text.chop(1);
    }
    return text;
}

QString samplerText(const std::string &id)
{
    const engine::SamplerInfo *info = engine::findSampler(id);
    return info != nullptr ? QString::fromUtf8(info->label.data(), qsizetype(info->label.size()))
                           : QString::fromStdString(id);
}

QString scheduleText(const std::string &id)
{
    if (id.empty())
        return Words::tr("Automatic");
    const engine::ScheduleInfo *info = engine::findSchedule(id);
    return info != nullptr ? QString::fromUtf8(info->label.data(), qsizetype(info->label.size()))
                           : QString::fromStdString(id);
}

QString pathText(const std::filesystem::path &path)
{
    return QString::fromStdString(path.string());
}
std::filesystem::path pathFrom(const QString &text)
{
    return {text.toStdString()};
}

QString modelNameText(const std::filesystem::path &model)
{
    std::filesystem::path path = model;
    if (!path.has_filename())
        path = path.parent_path();
    const std::string extension = path.extension().string();
    const bool isFile =
        extension == ".safetensors" || extension == ".ckpt" || extension == ".gguf" || extension == ".pt";
    QString name = pathText(isFile ? path.stem() : path.filename());
    if (name == QLatin1String("starter"))
        name = Words::tr("Starter");
    else if (name == QLatin1String("animals"))
        name = Words::tr("Animals");
    return name;
}

QString workText(const app::Job &job)
{
    switch (job.stage) {
    case engine::Stage::LoadingModel:
        return Words::tr("Loading %1").arg(modelNameText(job.request.model));
    case engine::Stage::EncodingPrompt:
        return Words::tr("Reading the prompt");
    case engine::Stage::EncodingPicture:
        return Words::tr("Reading the start picture");
    case engine::Stage::Decoding:
        return Words::tr("Decoding");
    case engine::Stage::Sampling:
    case engine::Stage::Training:
        break;
    }
    return Words::tr("Step %1 of %2").arg(job.step).arg(job.steps);
}

QString precisionText(engine::Precision precision, const QString &automatic)
{
    switch (precision) {
    case engine::Precision::Float32:
        return QStringLiteral("float32");
    case engine::Precision::BFloat16:
        return QStringLiteral("bfloat16");
    case engine::Precision::Auto:
        break;
    }
    return automatic.isEmpty() ? Words::tr("automatic") : automatic;
}

QString noiseText(engine::RngKind kind)
{
    return kind == engine::RngKind::Cpu ? Words::tr("CPU, seed + index") : Words::tr("NV, seed + index");
}

} // namespace ui
