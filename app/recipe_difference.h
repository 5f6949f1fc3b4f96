#pragma once

#include "app/recipe.h"

#include <QCoreApplication>
#include <QList>
#include <QString>

#include <optional>
#include <span>

namespace app {

/// A setting of a recipe as people compare it.
enum class RecipeSetting {
    Prompt,
    Negative,
    Model,
    Sampler,
    Schedule,
    Steps,
    Guidance,
    GuidanceRescale,
    Seed,
    Size,
    ClipSkip,
    Weighting,
    Eta,
    DdimEta,
    StartPicture,
    Strength,
    Mask,
    Noise,
    Precision
};

/// One setting of several pictures.
struct SettingRow
{
    RecipeSetting setting = RecipeSetting::Prompt;
    QString name = {};       ///< translated
    QStringList values = {}; ///< one a picture, for people; empty: the picture does not say
    bool differs = false;    ///< two pictures that say it say different things
    bool canApply = true;    ///< the Create page has a field for it

    bool operator==(const SettingRow &) const = default;
};

/// A run of words of two texts.
struct WordRun
{
    enum class Kind { Same, Removed, Inserted };
    Kind kind = Kind::Same;
    QString text = {};

    bool operator==(const WordRun &) const = default;
};

/// What is different between recipes.
class RecipeDifference
{
    Q_DECLARE_TR_FUNCTIONS(app::RecipeDifference)

public:
    [[nodiscard]] static std::span<const RecipeSetting> settings(); ///< in the order they are shown
    [[nodiscard]] static QString name(RecipeSetting setting);
    /// The value for people ("DPM++ 2M", "512 × 512"); empty: the recipe does not say.
    [[nodiscard]] static QString text(const Recipe &recipe, RecipeSetting setting);
    [[nodiscard]] static bool canApply(RecipeSetting setting);

    /// Every setting that at least one picture says, in the order they are shown. nullopt: a picture without recipe.
    [[nodiscard]] static QList<SettingRow> compare(const QList<std::optional<Recipe>> &recipes);

    /// Words of `to` against those of `from`, with as few changed words as there can be; what is removed comes before
    /// what stands in its place. Commas and brackets are words; spaces go with the word before them and make no
    /// difference.
    [[nodiscard]] static QList<WordRun> words(const QString &from, const QString &to);
};

/// Takes one setting of a recipe over into a request; the model is left to the caller.
void applySetting(const Recipe &recipe, RecipeSetting setting, engine::GenerateRequest &request);

} // namespace app

Q_DECLARE_METATYPE(app::RecipeSetting)
