#pragma once

#include "engine/request.h"

#include <QDateTime>
#include <QJsonObject>
#include <QMap>
#include <QSize>
#include <QString>
#include <QStringList>

#include <optional>

namespace app {

/// Where a picture stands in the X/Y plot that it was made for. Types and values as AUTOMATIC1111 writes them.
struct PlotPlace
{
    QString id = {}; ///< of the plot; empty: the picture was made for none
    int x = 0;       ///< column, from 0
    int y = 0;       ///< row
    QString xType = {};
    QString xValues = {}; ///< all of the axis, "10, 20, 30"
    QString yType = {};
    QString yValues = {};

    bool operator==(const PlotPlace &) const = default;
};

/// How one picture was made: what was used, not what was typed.
struct Recipe
{
    engine::GenerateRequest request = {}; ///< seed is that of this picture; width and height are those of it
    QString modelName = {};               ///< file or folder name without ending
    QString modelHash = {};               ///< first 10 hex digits of the SHA-256 of the weights; empty: unknown
    QString family = {};                  ///< engine::ModelInfo::family
    int picture = 0;                      ///< index within its job
    quint64 jobSeed = 0;                  ///< seed of the job's first picture
    bool hasInit = false;                 ///< made from a picture (the picture itself is not kept)
    bool hasMask = false;
    QString precision = {}; ///< "float32", "bfloat16"
    QString device = {};
    QString program = {}; ///< "Tincture", or the program that wrote the picture
    QString version = {};
    QDateTime created = {};
    PlotPlace plot = {};
    QString parent = {}; ///< picture that it was branched from: file name, with its folder if that is another one
    int branchStep = 0;  ///< of a branch: steps that are the parent's
    std::optional<quint64> branchNoiseSeed = {}; ///< of the noise of the remaining steps; empty: the parent's
    QMap<QString, QString> extras = {}; ///< what other programs wrote and we have no field for

    /// JSON names of the fields that were read (a picture of another program may lack many); empty: all of them.
    QStringList known = {};
    [[nodiscard]] bool has(const QString &field) const { return known.isEmpty() || known.contains(field); }

    bool operator==(const Recipe &) const = default;
};

/// What a request does not say about the making of a picture.
struct Circumstances
{
    QString modelHash = {};
    QString family = {};
    QString precision = {}; ///< that was used
    QString device = {};
};

/// The recipe of picture `picture` (from 0) of a job, made just now. Ids of sampler and schedule are resolved.
[[nodiscard]] Recipe makeRecipe(const engine::GenerateRequest &request, int picture, QSize size,
                                const Circumstances &circumstances);

/// "dreamshaper_8" for /models/dreamshaper_8.safetensors, the folder's name for a folder.
[[nodiscard]] QString modelNameOf(const std::filesystem::path &model);

/// Version of this program, as CMake knows it.
[[nodiscard]] QString programVersion();

/// Flat JSON with the field names prompt, negative, steps, sampler, schedule, cfg, seed, width, height, model,
/// model_hash, clip_skip, denoise, ... Only fields that are known.
[[nodiscard]] QJsonObject recipeToJson(const Recipe &recipe);
/// nullopt if the object is no recipe. Values out of range are left out, wrong types too.
[[nodiscard]] std::optional<Recipe> recipeFromJson(const QJsonObject &object);

/// The text that AUTOMATIC1111 keeps under "parameters".
[[nodiscard]] QString recipeToParameters(const Recipe &recipe);
/// Reads such a text, of this or of the programs that took the format over. nullopt if it is none.
[[nodiscard]] std::optional<Recipe> recipeFromParameters(const QString &text);

[[nodiscard]] QJsonObject plotPlaceToJson(const PlotPlace &place);
[[nodiscard]] PlotPlace plotPlaceFromJson(const QJsonObject &object);

/// A request without its pictures, for queue and drafts.
[[nodiscard]] QJsonObject requestToJson(const engine::GenerateRequest &request);
[[nodiscard]] engine::GenerateRequest requestFromJson(const QJsonObject &object);

} // namespace app

Q_DECLARE_METATYPE(app::Recipe)
