#include "ui/create/facts.h"

#include "ui/create/session_model.h"
#include "ui/create/words.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QLocale>

namespace ui {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(ui::Facts)
};

/// "DPM++ 2M, Karras"
QString samplerAndSchedule(const std::string &sampler, const std::string &schedule)
{
    return Words::tr("%1, %2").arg(samplerText(sampler), scheduleText(schedule));
}

QString timeText(const QDateTime &time)
{
    return QLocale().toString(time.time(), QStringLiteral("HH:mm:ss"));
}

} // namespace

QList<Fact> factsOf(const app::Job &job, const FormingFacts &forming)
{
    const engine::GenerateRequest &request = job.request;
    const bool isRunning = job.state == app::JobState::Running;
    QList<Fact> facts;
    facts.append({Words::tr("Seed"), QString::number(request.seed + quint64(isRunning ? job.picture : 0)), {}, true});
    facts.append({Words::tr("Noise"), noiseText(request.rng)});
    facts.append({Words::tr("Model"), modelNameText(request.model)});
    facts.append({Words::tr("Sampler"), samplerAndSchedule(request.sampler, request.schedule)});
    if (!isRunning) {
        facts.append({Words::tr("Steps"), QString::number(request.steps)});
        facts.append({Words::tr("Size"), sizeText(request.width, request.height)});
        if (request.count > 1)
            facts.append({Words::tr("Pictures"), QString::number(request.count)});
    }
    facts.append({Words::tr("Guidance"), numberText(request.guidanceScale, 2)});
    if (isRunning) {
        facts.append(
            {Words::tr("σ now"), forming.sigma < 0.0 ? Words::tr("–") : QString::number(forming.sigma, 'f', 2)});
        facts.append({Words::tr("Precision"), precisionText(request.precision, forming.precision)});
        facts.append({Words::tr("Started"), timeText(forming.started)});
    } else {
        facts.append({Words::tr("Submitted"), timeText(job.submitted)});
    }
    return facts;
}

QList<Fact> factsOf(const SessionPicture &picture)
{
    const engine::GenerateRequest &request = picture.request;
    QList<Fact> facts;
    facts.append({Words::tr("Seed"), QString::number(picture.seed), {}, true});
    facts.append({Words::tr("Noise"), noiseText(request.rng)});
    facts.append({Words::tr("Model"), modelNameText(request.model), picture.modelHash});
    facts.append({Words::tr("Sampler"),
                  samplerAndSchedule(picture.sampler.isEmpty() ? request.sampler : picture.sampler.toStdString(),
                                     picture.schedule.isEmpty() ? request.schedule : picture.schedule.toStdString())});
    facts.append({Words::tr("Steps"), QString::number(request.steps)});
    facts.append({Words::tr("Guidance"), numberText(request.guidanceScale, 2)});
    facts.append({Words::tr("Size"), sizeText(request.width, request.height)});
    if (!picture.precision.isEmpty())
        facts.append({Words::tr("Precision"), picture.precision});
    if (picture.seconds > 0.0)
        facts.append({Words::tr("Took"), durationText(picture.seconds)});
    facts.append({Words::tr("Finished"), timeText(picture.finished)});
    if (!picture.file.isEmpty())
        facts.append({Words::tr("File"), QFileInfo(picture.file).fileName()});
    return facts;
}

QString factsText(const QList<Fact> &facts)
{
    QStringList lines;
    for (const Fact &fact : facts) {
        const QString value = fact.extra.isEmpty() ? fact.value : Words::tr("%1 (%2)").arg(fact.value, fact.extra);
        lines.append(QStringLiteral("%1: %2").arg(fact.name, value));
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace ui
