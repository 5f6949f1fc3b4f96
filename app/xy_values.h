#pragma once

#include "app/recipe.h"
#include "engine/request.h"

#include <QList>
#include <QString>
#include <QStringList>

#include <span>

namespace app {

/// What an axis of an X/Y plot may vary.
enum class PlotSetting {
    None,
    Seed,
    Steps,
    Guidance,
    GuidanceRescale,
    PromptReplace, ///< the first value is looked for in the prompts and replaced by each
    PromptOrder,   ///< the values are words of the prompt, in every order
    Prompt,        ///< the whole prompt
    Sampler,
    Schedule,
    Eta,
    DdimEta,
    ClipSkip,
    Strength,
    Model,
    Size,
    Rng,
    Weighting
};

/// Every setting that an axis may have, in the order of menus.
[[nodiscard]] std::span<const PlotSetting> plotSettings();
[[nodiscard]] QString plotSettingId(PlotSetting setting); ///< for files: never renamed
[[nodiscard]] PlotSetting plotSettingFromId(const QString &id);
[[nodiscard]] PlotSetting plotSettingFromA1111(const QString &name);
[[nodiscard]] QString plotSettingText(PlotSetting setting);    ///< translated
[[nodiscard]] QString plotSettingA1111(PlotSetting setting);   ///< as the web UI names it
[[nodiscard]] int plotSettingCost(PlotSetting setting);        ///< what changing it costs: the dearest changes least
[[nodiscard]] bool plotSettingIsChoice(PlotSetting setting);   ///< has a list of values to tick
[[nodiscard]] QString plotSettingExample(PlotSetting setting); ///< shown in the empty field

struct PlotModel
{
    QString path = {};
    QString name = {};
};

/// What values are judged by: the recipe that the plot varies, and the models that may be used.
struct PlotContext
{
    engine::GenerateRequest base = {};
    QList<PlotModel> models = {};
};

/// Values in the form that is kept in files: ids, paths, plain numbers.
struct PlotAxis
{
    PlotSetting setting = PlotSetting::None;
    QStringList values = {};

    /// An axis without a setting has one place.
    [[nodiscard]] int count() const { return setting == PlotSetting::None ? 1 : int(values.size()); }
    bool operator==(const PlotAxis &) const = default;
};

struct PlotValues
{
    QStringList values = {}; ///< empty if there is a problem
    QString problem = {};    ///< one sentence; empty: fine
};

struct PlotChoice
{
    QString value = {};
    QString text = {};
};

inline constexpr int kMostPlotValues = 200;

/// Reads what a user typed: values by comma (quotes as in CSV), ranges `1-5`, `1-5 (+2)`, `1-10 [5]`.
[[nodiscard]] PlotValues parsePlotValues(PlotSetting setting, const QString &text, const PlotContext &context);
/// The values of a setting that has a list of them.
[[nodiscard]] QList<PlotChoice> plotChoices(PlotSetting setting, const PlotContext &context);
/// A value as it is shown in a heading.
[[nodiscard]] QString plotValueText(PlotSetting setting, const QString &value);
/// Values as a user would type them: quoted where they hold a comma.
[[nodiscard]] QString joinPlotValues(PlotSetting setting, const QStringList &values);
/// Changes the request to what place `index` of the axis says. Seeds are those of the axis.
void applyPlotValue(const PlotAxis &axis, int index, engine::GenerateRequest &request);
/// The value that a picture has; empty where its recipe does not say.
[[nodiscard]] QString plotValueOf(PlotSetting setting, const Recipe &recipe);
/// Distinct values in the order of an axis: numbers by size, ids as in the catalog, texts as they come.
[[nodiscard]] QStringList sortedPlotValues(PlotSetting setting, QStringList values);

} // namespace app
