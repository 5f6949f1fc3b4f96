// The text under "parameters" as AUTOMATIC1111's web UI and its descendants write and read it.
#include "app/recipe.h"

#include "app/recipe_fields.h"
#include "engine/catalog.h"

#include <QJsonDocument>
#include <QRegularExpression>

#include <utility>
#include <vector>

namespace app {

namespace {

const QString kNegative = QStringLiteral("Negative prompt:");

QString jsonQuoted(const QString &text)
{
    QString out = QStringLiteral("\"");
    for (const QChar c : text) {
        switch (c.unicode()) {
        case '"':
            out += QLatin1String("\\\"");
            break;
        case '\\':
            out += QLatin1String("\\\\");
            break;
        case '\n':
            out += QLatin1String("\\n");
            break;
        case '\r':
            out += QLatin1String("\\r");
            break;
        case '\t':
            out += QLatin1String("\\t");
            break;
        default:
            if (c.unicode() < 0x20)
                out += QStringLiteral("\\u%1").arg(c.unicode(), 4, 16, QLatin1Char('0'));
            else
                out += c;
        }
    }
    return out + QLatin1Char('"');
}

QString quotedIfNeeded(const QString &value)
{
    const bool needsIt =
        value.contains(QLatin1Char(',')) || value.contains(QLatin1Char(':')) || value.contains(QLatin1Char('\n'));
    return needsIt ? jsonQuoted(value) : value;
}

QString unquoted(const QString &value)
{
    if (value.size() < 2 || !value.startsWith(QLatin1Char('"')) || !value.endsWith(QLatin1Char('"')))
        return value;
    const QJsonDocument read = QJsonDocument::fromJson("[" + value.toUtf8() + "]");
    return read.isArray() && read[0].isString() ? read[0].toString() : value;
}

QString number(double value)
{
    return QString::number(value, 'g', 12);
}

QString labelOfSampler(const std::string &id)
{
    const engine::SamplerInfo *info = engine::findSampler(id);
    if (!info || info->label.empty() || info->label == "-")
        return QString::fromStdString(id);
    return QString::fromUtf8(info->label.data(), qsizetype(info->label.size()));
}

QString labelOfSchedule(const std::string &id)
{
    const engine::ScheduleInfo *info = engine::findSchedule(id);
    if (!info || info->label.empty() || info->label == "-")
        return QString::fromStdString(id);
    return QString::fromUtf8(info->label.data(), qsizetype(info->label.size()));
}

using Pairs = std::vector<std::pair<QString, QString>>;

/// Where the JSON object or list that begins at `from` ends (one behind); -1 if it does not.
qsizetype endOfJson(const QString &line, qsizetype from)
{
    int depth = 0;
    bool isString = false;
    for (qsizetype i = from; i < line.size(); ++i) {
        const QChar c = line[i];
        if (isString) {
            if (c == QLatin1Char('\\'))
                ++i;
            else if (c == QLatin1Char('"'))
                isString = false;
        } else if (c == QLatin1Char('"')) {
            isString = true;
        } else if (c == QLatin1Char('{') || c == QLatin1Char('[')) {
            ++depth;
        } else if ((c == QLatin1Char('}') || c == QLatin1Char(']')) && --depth == 0) {
            return i + 1;
        }
    }
    return -1;
}

/// `Key: value, Key: "quoted, value", Key: {json}`. Unquoted.
Pairs pairsOf(const QString &line)
{
    static const QRegularExpression key(QStringLiteral("\\s*(\\w[\\w \\-/]*):\\s*"),
                                        QRegularExpression::UseUnicodePropertiesOption);
    static const QRegularExpression quoted(QStringLiteral("\"(?:\\\\.|[^\\\\\"])*\""));
    Pairs pairs;
    qsizetype at = 0;
    while (at < line.size()) {
        const QRegularExpressionMatch name =
            key.match(line, at, QRegularExpression::NormalMatch, QRegularExpression::AnchorAtOffsetMatchOption);
        if (!name.hasMatch()) { // not a pair: on behind the next comma
            const qsizetype comma = line.indexOf(QLatin1Char(','), at);
            if (comma < 0)
                break;
            at = comma + 1;
            continue;
        }
        at = name.capturedEnd();
        qsizetype end = -1;
        if (at < line.size() && line[at] == QLatin1Char('"')) {
            const QRegularExpressionMatch value =
                quoted.match(line, at, QRegularExpression::NormalMatch, QRegularExpression::AnchorAtOffsetMatchOption);
            if (value.hasMatch())
                end = value.capturedEnd();
        } else if (at < line.size() && line[at] == QLatin1Char('{')) {
            end = endOfJson(line, at);
        }
        if (end < 0) {
            end = line.indexOf(QLatin1Char(','), at);
            if (end < 0)
                end = line.size();
        }
        pairs.emplace_back(name.captured(1), unquoted(line.mid(at, end - at).trimmed()));
        const qsizetype comma = line.indexOf(QLatin1Char(','), end);
        at = comma < 0 ? line.size() : comma + 1;
    }
    return pairs;
}

/// One pair into its field. \return false: no field of ours, or not a value for it
bool readPair(const QString &key, const QString &value, Recipe &recipe)
{
    engine::GenerateRequest &to = recipe.request;
    bool isFine = false;
    const auto known = [&recipe](const char *field) {
        recipe.known.append(QLatin1String(field));
        return true;
    };
    if (key == QLatin1String("Steps")) {
        const int steps = value.toInt(&isFine);
        return isFine && steps > 0 && (to.steps = steps, known("steps"));
    }
    if (key == QLatin1String("Sampler")) {
        setSampler(recipe, value);
        return true;
    }
    if (key == QLatin1String("Schedule type")) {
        setSchedule(recipe, value);
        return true;
    }
    if (key == QLatin1String("CFG scale")) {
        const double cfg = value.toDouble(&isFine);
        return isFine && (to.guidanceScale = cfg, known("cfg"));
    }
    if (key == QLatin1String("Seed")) {
        const quint64 seed = value.toULongLong(&isFine);
        return isFine && (to.seed = seed, known("seed"));
    }
    if (key == QLatin1String("Size")) {
        const QStringList sides = value.split(QLatin1Char('x'));
        bool isAlsoFine = false;
        const int width = sides.size() == 2 ? sides[0].toInt(&isFine) : 0;
        const int height = sides.size() == 2 ? sides[1].toInt(&isAlsoFine) : 0;
        if (!isFine || !isAlsoFine || width < 1 || height < 1)
            return false;
        to.width = width;
        to.height = height;
        return known("width") && known("height");
    }
    if (key == QLatin1String("Model hash")) {
        recipe.modelHash = value;
        return known("model_hash");
    }
    if (key == QLatin1String("Model")) {
        recipe.modelName = value;
        return known("model");
    }
    if (key == QLatin1String("Denoising strength")) {
        const double strength = value.toDouble(&isFine);
        return isFine && strength >= 0.0 && strength <= 1.0 && (to.strength = strength, known("denoise"));
    }
    if (key == QLatin1String("Clip skip")) {
        const int skip = value.toInt(&isFine);
        return isFine && skip >= 1 && skip <= 100 && (to.clipSkip = skip, known("clip_skip"));
    }
    if (key == QLatin1String("RNG")) {
        const QString kind = value.toUpper();
        if (kind != QLatin1String("CPU") && kind != QLatin1String("NV"))
            return false;
        to.rng = kind == QLatin1String("NV") ? engine::RngKind::Nv : engine::RngKind::Cpu;
        return known("rng");
    }
    if (key == QLatin1String("CFG Rescale phi")) {
        const double phi = value.toDouble(&isFine);
        return isFine && phi >= 0.0 && phi <= 1.0 && (to.guidanceRescale = phi, known("guidance_rescale"));
    }
    if (key == QLatin1String("Eta")) {
        const double eta = value.toDouble(&isFine);
        return isFine && eta >= 0.0 && (to.eta = eta, known("eta"));
    }
    if (key == QLatin1String("Eta DDIM")) {
        const double eta = value.toDouble(&isFine);
        return isFine && eta >= 0.0 && (to.ddimEta = eta, known("ddim_eta"));
    }
    if (key == QLatin1String("Emphasis")) {
        if (value == QLatin1String("ComfyUI"))
            to.weighting = engine::PromptWeighting::ComfyUI;
        else if (value == QLatin1String("No norm"))
            to.weighting = engine::PromptWeighting::NoNorm;
        else if (value != QLatin1String("Original"))
            return false;
        return known("weighting");
    }
    if (key == QLatin1String("Version")) {
        recipe.version = value;
        return known("version");
    }
    return false;
}

} // namespace

void noteField(Recipe &recipe, const char *field)
{
    if (!recipe.known.contains(QLatin1String(field)))
        recipe.known.append(QLatin1String(field));
}

void setSampler(Recipe &recipe, const QString &name)
{
    noteField(recipe, "sampler");
    QString label = name.trimmed();
    const auto take = [&recipe](const QString &candidate) {
        const engine::SamplerInfo *info = engine::findSampler(candidate.toStdString());
        if (info)
            recipe.request.sampler = info->id;
        return info != nullptr;
    };
    if (take(label))
        return;
    if (label.endsWith(QLatin1String("_gpu"))) {
        label.chop(4);
        if (take(label))
            return;
    }
    if (label.startsWith(QLatin1String("k_")) && take(label.mid(2)))
        return;
    for (qsizetype space = label.indexOf(QLatin1Char(' ')); space > 0;
         space = label.indexOf(QLatin1Char(' '), space + 1)) {
        const engine::ScheduleInfo *schedule = engine::findSchedule(label.mid(space + 1).trimmed().toStdString());
        if (!schedule || !take(label.left(space)))
            continue;
        if (!recipe.known.contains(QStringLiteral("schedule"))) {
            recipe.request.schedule = schedule->id;
            noteField(recipe, "schedule");
        }
        return;
    }
    recipe.request.sampler = label.toStdString(); // kept as it is: the user sees what was meant
}

void setSchedule(Recipe &recipe, const QString &name)
{
    const QString label = name.trimmed();
    if (label.isEmpty() || label.compare(QLatin1String("Automatic"), Qt::CaseInsensitive) == 0)
        return;
    const engine::ScheduleInfo *info = engine::findSchedule(label.toStdString());
    recipe.request.schedule = info ? std::string(info->id) : label.toStdString();
    noteField(recipe, "schedule");
}

QString recipeToParameters(const Recipe &recipe)
{
    const engine::GenerateRequest &from = recipe.request;
    QStringList pairs;
    const auto add = [&pairs](const char *key, const QString &value) {
        pairs.append(QStringLiteral("%1: %2").arg(QLatin1String(key), quotedIfNeeded(value)));
    };
    // Order as the web UI has it.
    add("Steps", QString::number(from.steps));
    add("Sampler", labelOfSampler(from.sampler));
    if (!from.schedule.empty())
        add("Schedule type", labelOfSchedule(from.schedule));
    add("CFG scale", number(from.guidanceScale));
    add("Seed", QString::number(from.seed));
    add("Size", QStringLiteral("%1x%2").arg(from.width).arg(from.height));
    if (!recipe.modelHash.isEmpty())
        add("Model hash", recipe.modelHash);
    if (!recipe.modelName.isEmpty())
        add("Model", recipe.modelName);
    if (recipe.hasInit)
        add("Denoising strength", number(from.strength));
    if (from.clipSkip > 1)
        add("Clip skip", QString::number(from.clipSkip));
    add("RNG", from.rng == engine::RngKind::Nv ? QStringLiteral("NV") : QStringLiteral("CPU"));
    if (from.eta != 1.0)
        add("Eta", number(from.eta));
    if (from.ddimEta != 0.0)
        add("Eta DDIM", number(from.ddimEta));
    if (from.guidanceRescale != 0.0)
        add("CFG Rescale phi", number(from.guidanceRescale));
    if (from.weighting == engine::PromptWeighting::NoNorm)
        add("Emphasis", QStringLiteral("No norm"));
    else if (from.weighting == engine::PromptWeighting::ComfyUI)
        add("Emphasis", QStringLiteral("ComfyUI"));
    if (!recipe.plot.id.isEmpty()) {
        add("Script", QStringLiteral("X/Y/Z plot"));
        if (!recipe.plot.xType.isEmpty()) {
            add("X Type", recipe.plot.xType);
            add("X Values", recipe.plot.xValues);
        }
        if (!recipe.plot.yType.isEmpty()) {
            add("Y Type", recipe.plot.yType);
            add("Y Values", recipe.plot.yValues);
        }
    }
    if (!recipe.version.isEmpty())
        add("Version", recipe.program.isEmpty() ? recipe.version : recipe.program + QLatin1Char(' ') + recipe.version);

    QString text = QString::fromStdString(from.prompt);
    if (!from.negativePrompt.empty())
        text += QLatin1Char('\n') + kNegative + QLatin1Char(' ') + QString::fromStdString(from.negativePrompt);
    return text + QLatin1Char('\n') + pairs.join(QLatin1String(", "));
}

std::optional<Recipe> recipeFromParameters(const QString &text)
{
    QStringList lines = text.trimmed().split(QLatin1Char('\n'));
    const Pairs pairs = pairsOf(lines.last().trimmed());
    if (pairs.size() < 3)
        return std::nullopt;
    lines.removeLast();

    Recipe recipe;
    recipe.request.schedule.clear(); // "Automatic" unless said
    recipe.known = {QStringLiteral("prompt"), QStringLiteral("negative")};
    QStringList prompt;
    QStringList negative;
    bool isNegative = false;
    for (QString line : lines) {
        if (line.endsWith(QLatin1Char('\r')))
            line.chop(1);
        if (!isNegative && line.startsWith(kNegative)) {
            isNegative = true;
            line = line.mid(kNegative.size()).trimmed();
        }
        (isNegative ? negative : prompt).append(line);
    }
    recipe.request.prompt = prompt.join(QLatin1Char('\n')).trimmed().toStdString();
    recipe.request.negativePrompt = negative.join(QLatin1Char('\n')).trimmed().toStdString();
    for (const auto &[key, value] : pairs) {
        if (!readPair(key, value, recipe))
            recipe.extras.insert(key, value);
    }
    recipe.known.removeDuplicates();
    recipe.jobSeed = recipe.request.seed;
    recipe.hasInit = recipe.known.contains(QStringLiteral("denoise"));
    return recipe;
}

} // namespace app
