#include "app/cli/arguments.h"
#include "app/cli/command.h"
#include "app/cli/model_choice.h"
#include "engine/catalog.h"
#include "engine/checkpoint/model_files.h"
#include "engine/schedule/schedules.h"

#include <QJsonArray>
#include <QJsonObject>

namespace app::cli {

namespace {

QString text(std::string_view utf8)
{
    return QString::fromUtf8(utf8.data(), qsizetype(utf8.size()));
}

QJsonArray numbers(const std::vector<double> &values)
{
    QJsonArray array;
    for (const double value : values)
        array << value;
    return array;
}

void showSchedule(const Arguments &in)
{
    const engine::ScheduleInfo *schedule = engine::findSchedule(in.text(QStringLiteral("schedule")).toStdString());
    if (schedule == nullptr)
        in.refuse(QStringLiteral("schedule"), QStringLiteral("an id that \"tincture-cli schedules\" lists"));
    const auto steps = int(in.integer(QStringLiteral("steps"), 20, 1, 1000));
    const engine::SchedulerConfig config =
        in.has(QStringLiteral("model")) ? engine::openModelFiles(findModel(in.text(QStringLiteral("model")))).scheduler
                                        : engine::SchedulerConfig();
    const engine::NoiseSchedule table(config);
    std::vector<double> sigmas, timesteps;
    if (in.has(QStringLiteral("sampler"))) {
        const engine::SamplerInfo *sampler = engine::findSampler(in.text(QStringLiteral("sampler")).toStdString());
        if (sampler == nullptr)
            in.refuse(QStringLiteral("sampler"), QStringLiteral("an id that \"tincture-cli samplers\" lists"));
        engine::SamplingPlan plan = engine::planSampling(sampler->id, schedule->id, steps, table, config);
        sigmas = std::move(plan.sigmas);
        timesteps = std::move(plan.timesteps);
    } else {
        engine::SchedulePlan plan = engine::planSchedule(schedule->id, steps, table);
        sigmas = std::move(plan.sigmas);
        timesteps = std::move(plan.timesteps);
    }
    if (in.has(QStringLiteral("json"))) {
        return printJson(QJsonObject{{QStringLiteral("schedule"), text(schedule->id)},
                                     {QStringLiteral("steps"), steps},
                                     {QStringLiteral("sigmas"), numbers(sigmas)},
                                     {QStringLiteral("timesteps"), numbers(timesteps)}});
    }
    for (std::size_t i = 0; i < sigmas.size(); ++i) {
        const QString timestep = i < timesteps.size() ? QString::number(timesteps[i], 'f', 2) : QString();
        print(QStringLiteral("%1  %2  %3").arg(i, 4).arg(sigmas[i], 12, 'f', 6).arg(timestep, 8));
    }
}

} // namespace

void runSamplers(const QStringList &arguments)
{
    Arguments in({.name = QStringLiteral("samplers"), .text = QStringLiteral("Lists the samplers by id.")});
    in.add(QStringLiteral("json"), {}, QStringLiteral("Print one JSON array."));
    in.parse(arguments);
    if (!in.has(QStringLiteral("json"))) {
        for (const engine::SamplerInfo &sampler : engine::samplers())
            print(QStringLiteral("%1%2").arg(text(sampler.id), -26).arg(text(sampler.label)));
        return;
    }
    QJsonArray list;
    for (const engine::SamplerInfo &sampler : engine::samplers()) {
        list << QJsonObject{{QStringLiteral("id"), text(sampler.id)},
                            {QStringLiteral("label"), text(sampler.label)},
                            {QStringLiteral("order"), sampler.order},
                            {QStringLiteral("stochastic"), sampler.stochastic},
                            {QStringLiteral("schedule"), text(sampler.defaultSchedule)}};
    }
    printJson(list);
}

void runSchedules(const QStringList &arguments)
{
    Arguments in(
        {.name = QStringLiteral("schedules"),
         .text = QStringLiteral("Lists the schedules by id, or shows the noise levels (sigmas, from the start to the "
                                "end) and timesteps of one.")});
    in.add(QStringLiteral("schedule"), QStringLiteral("ID"), QStringLiteral("Show this schedule."));
    in.add(QStringLiteral("steps"), QStringLiteral("N"), QStringLiteral("Its steps, 20 by default."));
    in.add(QStringLiteral("model"), QStringLiteral("PATH|NAME"),
           QStringLiteral("For the noise levels of this model. Without it: those of Stable Diffusion 1.x."));
    in.add(QStringLiteral("sampler"), QStringLiteral("ID"), QStringLiteral("As this sampler runs over it."));
    in.add(QStringLiteral("json"), {}, QStringLiteral("Print one JSON value."));
    in.parse(arguments);
    if (in.has(QStringLiteral("schedule")))
        return showSchedule(in);
    for (const char *option : {"steps", "model", "sampler"}) {
        if (in.has(QLatin1String(option)))
            throw UsageError{QStringLiteral("--%1 needs --schedule.").arg(QLatin1String(option))};
    }
    QJsonArray list;
    for (const engine::ScheduleInfo &schedule : engine::schedules()) {
        if (!in.has(QStringLiteral("json")))
            print(QStringLiteral("%1%2").arg(text(schedule.id), -20).arg(text(schedule.label)));
        list << QJsonObject{{QStringLiteral("id"), text(schedule.id)}, {QStringLiteral("label"), text(schedule.label)}};
    }
    if (in.has(QStringLiteral("json")))
        printJson(list);
}

} // namespace app::cli
