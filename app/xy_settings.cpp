// Values of an X/Y plot into a request, and out of a recipe.
#include "app/xy_values.h"

#include <algorithm>
#include <utility>

namespace app {

namespace {

QString numberText(double value)
{
    return QString::number(value, 'g', 15);
}

/// The words of `value` stand, in this order, where words of it stood.
void applyOrder(const QString &value, engine::GenerateRequest &request)
{
    const QStringList words = parsePlotValues(PlotSetting::Prompt, value, {}).values;
    QString prompt = QString::fromStdString(request.prompt);
    QList<std::pair<qsizetype, qsizetype>> places; // position, length
    for (const QString &word : words) {
        const qsizetype at = prompt.indexOf(word);
        if (at >= 0)
            places.append({at, word.size()});
    }
    std::sort(places.begin(), places.end());
    if (places.size() != words.size())
        return;
    QString out;
    qsizetype at = 0;
    for (qsizetype i = 0; i < places.size(); ++i) {
        if (places[i].first < at)
            return; // one word lies in another
        out += prompt.mid(at, places[i].first - at) + words[i];
        at = places[i].first + places[i].second;
    }
    request.prompt = (out + prompt.mid(at)).toStdString();
}

} // namespace

void applyPlotValue(const PlotAxis &axis, int index, engine::GenerateRequest &request)
{
    if (index < 0 || index >= axis.values.size())
        return;
    const QString &value = axis.values.at(index);
    switch (axis.setting) {
    case PlotSetting::None:
        return;
    case PlotSetting::Seed:
        request.seed = value.toULongLong();
        return;
    case PlotSetting::Steps:
        request.steps = value.toInt();
        return;
    case PlotSetting::Guidance:
        request.guidanceScale = value.toDouble();
        return;
    case PlotSetting::GuidanceRescale:
        request.guidanceRescale = value.toDouble();
        return;
    case PlotSetting::PromptReplace: {
        const auto replaced = [&](const std::string &prompt) {
            return QString::fromStdString(prompt).replace(axis.values.first(), value).toStdString();
        };
        request.prompt = replaced(request.prompt);
        request.negativePrompt = replaced(request.negativePrompt);
        return;
    }
    case PlotSetting::PromptOrder:
        applyOrder(value, request);
        return;
    case PlotSetting::Prompt:
        request.prompt = value.toStdString();
        return;
    case PlotSetting::Sampler:
        request.sampler = value.toStdString();
        return;
    case PlotSetting::Schedule:
        request.schedule = value == QLatin1String("automatic") ? std::string() : value.toStdString();
        return;
    case PlotSetting::Eta:
        request.eta = value.toDouble();
        return;
    case PlotSetting::DdimEta:
        request.ddimEta = value.toDouble();
        return;
    case PlotSetting::ClipSkip:
        request.clipSkip = value.toInt();
        return;
    case PlotSetting::Strength:
        request.strength = value.toDouble();
        return;
    case PlotSetting::Model:
        request.model = value.toStdString();
        return;
    case PlotSetting::Size:
        request.width = value.section(QLatin1Char('x'), 0, 0).toInt();
        request.height = value.section(QLatin1Char('x'), 1, 1).toInt();
        return;
    case PlotSetting::Rng:
        request.rng = value == QLatin1String("nv") ? engine::RngKind::Nv : engine::RngKind::Cpu;
        return;
    case PlotSetting::Weighting:
        request.weighting = value == QLatin1String("comfyui")   ? engine::PromptWeighting::ComfyUI
                            : value == QLatin1String("no_norm") ? engine::PromptWeighting::NoNorm
                                                                : engine::PromptWeighting::A1111;
        return;
    }
}

QString plotValueOf(PlotSetting setting, const Recipe &recipe)
{
    const engine::GenerateRequest &from = recipe.request;
    const auto known = [&recipe](const char *field, const QString &value) {
        return recipe.has(QLatin1String(field)) ? value : QString();
    };
    switch (setting) {
    case PlotSetting::None:
    case PlotSetting::PromptReplace:
    case PlotSetting::PromptOrder:
        return {};
    case PlotSetting::Seed:
        return known("seed", QString::number(from.seed));
    case PlotSetting::Steps:
        return known("steps", QString::number(from.steps));
    case PlotSetting::Guidance:
        return known("cfg", numberText(from.guidanceScale));
    case PlotSetting::GuidanceRescale:
        return known("guidance_rescale", numberText(from.guidanceRescale));
    case PlotSetting::Prompt:
        return known("prompt", QString::fromStdString(from.prompt));
    case PlotSetting::Sampler:
        return known("sampler", QString::fromStdString(from.sampler));
    case PlotSetting::Schedule:
        return known("schedule",
                     from.schedule.empty() ? QStringLiteral("automatic") : QString::fromStdString(from.schedule));
    case PlotSetting::Eta:
        return known("eta", numberText(from.eta));
    case PlotSetting::DdimEta:
        return known("ddim_eta", numberText(from.ddimEta));
    case PlotSetting::ClipSkip:
        return known("clip_skip", QString::number(from.clipSkip));
    case PlotSetting::Strength:
        return recipe.hasInit ? known("denoise", numberText(from.strength)) : QString();
    case PlotSetting::Model:
        // The path if it is known, so that what is missing can be made; else the name.
        return from.model.empty() ? known("model", recipe.modelName) : QString::fromStdString(from.model.string());
    case PlotSetting::Size:
        return known("width", QStringLiteral("%1x%2").arg(from.width).arg(from.height));
    case PlotSetting::Rng:
        return known("rng", from.rng == engine::RngKind::Nv ? QStringLiteral("nv") : QStringLiteral("cpu"));
    case PlotSetting::Weighting:
        return known("weighting", from.weighting == engine::PromptWeighting::ComfyUI  ? QStringLiteral("comfyui")
                                  : from.weighting == engine::PromptWeighting::NoNorm ? QStringLiteral("no_norm")
                                                                                      : QStringLiteral("a1111"));
    }
    return {};
}

} // namespace app
