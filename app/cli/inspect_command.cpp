#include "app/cli/arguments.h"
#include "app/cli/command.h"
#include "app/cli/model_choice.h"
#include "app/image_file.h"
#include "app/recipe.h"
#include "engine/engine.h"

#include <QFileInfo>
#include <QJsonArray>
#include <QJsonObject>
#include <QLocale>

#include <map>

namespace app::cli {

namespace {

QString text(const std::string &utf8)
{
    return QString::fromStdString(utf8);
}

const char *predictionName(engine::Prediction prediction)
{
    switch (prediction) {
    case engine::Prediction::Epsilon:
        return "epsilon";
    case engine::Prediction::VPrediction:
        return "v_prediction";
    case engine::Prediction::Sample:
        return "sample";
    }
    return "";
}

/// The type of most weights.
QString precisionOf(const engine::ModelInfo &model)
{
    std::map<std::string, std::int64_t> parameters;
    for (const engine::PartInfo &part : model.parts)
        parameters[part.dtype] += part.parameters;
    std::string most;
    for (const auto &[dtype, count] : parameters) {
        if (most.empty() || count > parameters[most])
            most = dtype;
    }
    return text(most);
}

QJsonArray textList(const std::vector<std::string> &list)
{
    QJsonArray array;
    for (const std::string &entry : list)
        array << text(entry);
    return array;
}

QJsonObject modelToJson(const engine::ModelInfo &model)
{
    QJsonArray parts;
    qint64 tensors = 0;
    for (const engine::PartInfo &part : model.parts) {
        tensors += part.tensors;
        parts << QJsonObject{{QStringLiteral("name"), text(part.name)},
                             {QStringLiteral("class"), text(part.className)},
                             {QStringLiteral("precision"), text(part.dtype)},
                             {QStringLiteral("tensors"), qint64(part.tensors)},
                             {QStringLiteral("parameters"), qint64(part.parameters)},
                             {QStringLiteral("bytes"), qint64(part.bytes)}};
    }
    return {{QStringLiteral("kind"), QStringLiteral("model")},
            {QStringLiteral("path"), text(model.path.string())},
            {QStringLiteral("name"), text(model.name)},
            {QStringLiteral("family"), text(model.family)},
            {QStringLiteral("family_label"), text(model.familyLabel)},
            {QStringLiteral("layout"), text(model.layout)},
            {QStringLiteral("precision"), precisionOf(model)},
            {QStringLiteral("tensors"), tensors},
            {QStringLiteral("parts"), parts},
            {QStringLiteral("missing"), textList(model.missing)},
            {QStringLiteral("takes_prompt"), model.takesPrompt},
            {QStringLiteral("latent"), model.isLatent},
            {QStringLiteral("inpaint"), model.isInpaint},
            {QStringLiteral("prediction"), QLatin1String(predictionName(model.prediction))},
            {QStringLiteral("native_width"), model.nativeWidth},
            {QStringLiteral("native_height"), model.nativeHeight},
            {QStringLiteral("size_multiple"), model.sizeMultiple},
            {QStringLiteral("max_tokens"), model.maxTokens},
            {QStringLiteral("defaults"), QJsonObject{{QStringLiteral("sampler"), text(model.defaultSampler)},
                                                     {QStringLiteral("schedule"), text(model.defaultSchedule)},
                                                     {QStringLiteral("steps"), model.defaultSteps},
                                                     {QStringLiteral("cfg"), model.defaultGuidance}}},
            {QStringLiteral("bytes"), qint64(model.bytes)}};
}

QString bytesText(quint64 bytes)
{
    return QLocale::c().formattedDataSize(qint64(bytes), 1, QLocale::DataSizeIecFormat);
}

void printModel(const engine::ModelInfo &model)
{
    print(QStringLiteral("%1: %2, %3, %4")
              .arg(text(model.path.string()), text(model.familyLabel),
                   text(model.layout).replace(QLatin1Char('_'), QLatin1Char(' ')), bytesText(model.bytes)));
    for (const engine::PartInfo &part : model.parts) {
        const QString weights = part.tensors == 0 ? QString()
                                                  : QStringLiteral("%1 %2 parameters in %3 tensors, %4")
                                                        .arg(text(part.dtype), -5)
                                                        .arg(part.parameters)
                                                        .arg(part.tensors)
                                                        .arg(bytesText(part.bytes));
        print(QStringLiteral("  %1 %2 %3")
                  .arg(text(part.name), -16)
                  .arg(text(part.className), -28)
                  .arg(weights)
                  .trimmed()
                  .prepend(QStringLiteral("  ")));
    }
    for (const std::string &name : model.missing)
        print(QStringLiteral("  missing: %1").arg(text(name)));
    print(QStringLiteral("  own size %1x%2, prediction %3%4")
              .arg(model.nativeWidth)
              .arg(model.nativeHeight)
              .arg(QLatin1String(predictionName(model.prediction)),
                   model.takesPrompt ? QString() : QStringLiteral(", takes no prompt")));
}

QJsonObject pictureToJson(const PictureInfo &picture)
{
    QJsonObject texts;
    for (const auto &[keyword, value] : picture.texts)
        texts[keyword] = value;
    return {{QStringLiteral("kind"), QStringLiteral("picture")},
            {QStringLiteral("path"), picture.path},
            {QStringLiteral("format"), picture.format},
            {QStringLiteral("width"), picture.size.width()},
            {QStringLiteral("height"), picture.size.height()},
            {QStringLiteral("bytes"), picture.bytes},
            {QStringLiteral("recipe"), picture.recipe ? QJsonValue(recipeToJson(*picture.recipe)) : QJsonValue()},
            {QStringLiteral("texts"), texts},
            {QStringLiteral("fault"), picture.fault.isEmpty() ? QJsonValue() : QJsonValue(picture.fault)}};
}

void printPicture(const PictureInfo &picture)
{
    print(QStringLiteral("%1: %2 picture, %3x%4")
              .arg(picture.path, picture.format.toUpper())
              .arg(picture.size.width())
              .arg(picture.size.height()));
    if (!picture.fault.isEmpty())
        print(QStringLiteral("  fault: %1").arg(picture.fault));
    if (!picture.recipe)
        return print(QStringLiteral("  no recipe was found in it"));
    const QJsonObject recipe = recipeToJson(*picture.recipe);
    for (auto field = recipe.begin(); field != recipe.end(); ++field) {
        if (!field->isObject() && !field->isNull())
            print(
                QStringLiteral("  %1 %2").arg(field.key() + QLatin1Char(':'), -18).arg(field->toVariant().toString()));
    }
}

} // namespace

void runInspect(const QStringList &arguments)
{
    Arguments in(
        {.name = QStringLiteral("inspect"),
         .positional = QStringLiteral("FILE|FOLDER"),
         .text = QStringLiteral("Tells what a model is and holds, or how a picture was made. Reads headers only.")});
    in.add(QStringLiteral("json"), {}, QStringLiteral("Print one JSON object."));
    in.parse(arguments);
    if (in.positional().size() != 1)
        throw UsageError{QStringLiteral("One file or folder is to be named.")};
    const QString path = in.positional().first();
    const bool asJson = in.has(QStringLiteral("json"));
    if (QFileInfo(path).isFile()) {
        PictureInfo picture = readPictureInfo(path);
        if (!picture.format.isEmpty()) {
            if (!picture.recipe)
                picture.recipe = readHiddenRecipe(path);
            if (asJson)
                return printJson(pictureToJson(picture));
            return printPicture(picture);
        }
    }
    const engine::ModelInfo model = engine::inspectModel(findModel(path));
    if (asJson)
        return printJson(modelToJson(model));
    printModel(model);
}

} // namespace app::cli
