#include "app/xy_values.h"

#include "engine/catalog.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QRandomGenerator>
#include <QRegularExpression>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

namespace app {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(app::PlotValues)
};

enum class Kind { Nothing, Whole, Number, Text, Choice, Size };

struct Row
{
    PlotSetting setting;
    const char *id;
    const char *a1111;
    const char *text;
    Kind kind;
    double least = 0.0;
    double most = 0.0;
    int cost = 0;
    const char *example = "";
};

constexpr double kLargestSeed = 9.0e15; // of a range: numbers up to here are exact

constexpr Row kRows[] = {
    {PlotSetting::None, "none", "Nothing", QT_TRANSLATE_NOOP("app::PlotValues", "Nothing"), Kind::Nothing},
    {PlotSetting::Seed, "seed", "Seed", QT_TRANSLATE_NOOP("app::PlotValues", "Seed"), Kind::Whole, -1, kLargestSeed, 0,
     "1, 2, 3"},
    {PlotSetting::Steps, "steps", "Steps", QT_TRANSLATE_NOOP("app::PlotValues", "Steps"), Kind::Whole, 1, 1000, 0,
     "10, 20, 30"},
    {PlotSetting::Guidance, "cfg", "CFG Scale", QT_TRANSLATE_NOOP("app::PlotValues", "Guidance"), Kind::Number, 0, 100,
     0, "1-9 [5]"},
    {PlotSetting::GuidanceRescale, "guidance_rescale", "CFG Rescale phi",
     QT_TRANSLATE_NOOP("app::PlotValues", "Guidance rescale"), Kind::Number, 0, 1, 0, "0-1 [3]"},
    {PlotSetting::PromptReplace, "prompt_replace", "Prompt S/R",
     QT_TRANSLATE_NOOP("app::PlotValues", "Words of the prompt"), Kind::Text, 0, 0, 1, "cat, dog, fox"},
    {PlotSetting::PromptOrder, "prompt_order", "Prompt order",
     QT_TRANSLATE_NOOP("app::PlotValues", "Order of the prompt"), Kind::Text, 0, 0, 1, "red, round"},
    {PlotSetting::Prompt, "prompt", "Prompt", QT_TRANSLATE_NOOP("app::PlotValues", "Whole prompt"), Kind::Text, 0, 0, 1,
     "\"a cat, sitting\", \"a dog, running\""},
    {PlotSetting::Sampler, "sampler", "Sampler", QT_TRANSLATE_NOOP("app::PlotValues", "Sampler"), Kind::Choice},
    {PlotSetting::Schedule, "schedule", "Schedule type", QT_TRANSLATE_NOOP("app::PlotValues", "Schedule"),
     Kind::Choice},
    {PlotSetting::Eta, "eta", "Eta", QT_TRANSLATE_NOOP("app::PlotValues", "Eta"), Kind::Number, 0, 10, 0, "0-1 [3]"},
    {PlotSetting::DdimEta, "ddim_eta", "Eta DDIM", QT_TRANSLATE_NOOP("app::PlotValues", "Eta of DDIM"), Kind::Number, 0,
     1, 0, "0-1 [3]"},
    {PlotSetting::ClipSkip, "clip_skip", "Clip skip", QT_TRANSLATE_NOOP("app::PlotValues", "Clip skip"), Kind::Whole, 1,
     12, 1, "1, 2"},
    {PlotSetting::Strength, "denoise", "Denoising", QT_TRANSLATE_NOOP("app::PlotValues", "Strength"), Kind::Number, 0,
     1, 0, "0.2-1 [5]"},
    {PlotSetting::Model, "model", "Checkpoint name", QT_TRANSLATE_NOOP("app::PlotValues", "Model"), Kind::Choice, 0, 0,
     100},
    {PlotSetting::Size, "size", "Size", QT_TRANSLATE_NOOP("app::PlotValues", "Size"), Kind::Size, 8, 8192, 10,
     "512x512, 512x768"},
    {PlotSetting::Rng, "rng", "RNG source", QT_TRANSLATE_NOOP("app::PlotValues", "Source of noise"), Kind::Choice},
    {PlotSetting::Weighting, "weighting", "Emphasis", QT_TRANSLATE_NOOP("app::PlotValues", "Weights of words"),
     Kind::Choice, 0, 0, 1},
};

const Row &rowOf(PlotSetting setting)
{
    for (const Row &row : kRows) {
        if (row.setting == setting)
            return row;
    }
    return kRows[0];
}

QString text(std::string_view utf8)
{
    return QString::fromUtf8(utf8.data(), qsizetype(utf8.size()));
}

QString numberText(double value)
{
    constexpr double kExact = 9007199254740992.0; // 2^53: whole numbers below it are what they say
    if (value == std::floor(value) && std::abs(value) < kExact)
        return QString::number(qint64(value));
    return QString::number(value, 'g', 15);
}

/// One value between commas, and whether it was in quotes: then it is no range.
struct Piece
{
    QString text;
    bool isQuoted = false;
};

/// \return false: a quote is not closed
bool splitCsv(const QString &line, QList<Piece> &pieces)
{
    Piece piece;
    bool isInQuotes = false;
    const auto finish = [&] {
        if (!piece.isQuoted)
            piece.text = piece.text.trimmed();
        if (!piece.text.isEmpty() || piece.isQuoted)
            pieces.append(piece);
        piece = {};
    };
    for (qsizetype i = 0; i < line.size(); ++i) {
        const QChar c = line[i];
        if (isInQuotes) {
            if (c != QLatin1Char('"'))
                piece.text += c;
            else if (i + 1 < line.size() && line[i + 1] == QLatin1Char('"'))
                piece.text += line[++i];
            else
                isInQuotes = false;
        } else if (c == QLatin1Char('"') && piece.text.trimmed().isEmpty()) {
            piece.text.clear();
            piece.isQuoted = true;
            isInQuotes = true;
        } else if (c == QLatin1Char(',') || c == QLatin1Char('\n')) {
            finish();
        } else if (!piece.isQuoted || !c.isSpace()) {
            piece.text += c;
        }
    }
    finish();
    return !isInQuotes;
}

/// `1-5`, `1-5 (+2)`, `1-10 [5]`; nothing if the text is no range.
std::optional<QList<double>> rangeOf(const QString &text, bool isWhole, QString &problem)
{
    static const QString number = QStringLiteral("([+-]?\\s*\\d*\\.?\\d+)");
    static const QRegularExpression range(
        QStringLiteral("^\\s*%1\\s*-\\s*%1\\s*(?:\\(\\s*%1\\s*\\)|\\[\\s*(\\d+)\\s*\\])?\\s*$").arg(number));
    const QRegularExpressionMatch match = range.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    const auto value = [&match](int group) { return match.captured(group).remove(QLatin1Char(' ')).toDouble(); };
    const double first = value(1);
    const double last = value(2);
    QList<double> values;
    if (!match.captured(4).isEmpty()) {
        const int count = match.captured(4).toInt();
        if (count < 1 || count > kMostPlotValues) {
            problem = Words::tr("A range has 1 to %1 values.").arg(kMostPlotValues);
            return values;
        }
        for (int i = 0; i < count; ++i) {
            const double at = count == 1 ? first : first + (last - first) * i / (count - 1);
            values.append(isWhole ? std::trunc(at + 1e-9) : at);
        }
        return values;
    }
    const double step = match.captured(3).isEmpty() ? (first <= last ? 1.0 : -1.0) : value(3);
    if (step == 0.0 || (last - first) * step < 0.0) {
        problem = Words::tr("The range \"%1\" does not reach its end.").arg(text.trimmed());
        return values;
    }
    const double steps = std::floor((last - first) / step + 1e-9);
    if (steps >= kMostPlotValues) {
        problem = Words::tr("A range has 1 to %1 values.").arg(kMostPlotValues);
        return values;
    }
    for (int i = 0; i <= int(steps); ++i)
        values.append(first + step * i);
    return values;
}

QString matchedChoice(PlotSetting setting, const QString &name, const PlotContext &context)
{
    if (setting == PlotSetting::Sampler) {
        const engine::SamplerInfo *info = engine::findSampler(name.toStdString());
        return info ? text(info->id) : QString();
    }
    if (setting == PlotSetting::Schedule && name.compare(QLatin1String("automatic"), Qt::CaseInsensitive) != 0) {
        const engine::ScheduleInfo *info = engine::findSchedule(name.toStdString());
        return info ? text(info->id) : QString();
    }
    for (const PlotChoice &choice : plotChoices(setting, context)) {
        const bool isSame = choice.text.compare(name, Qt::CaseInsensitive) == 0 ||
                            choice.value.compare(name, Qt::CaseInsensitive) == 0 ||
                            (setting == PlotSetting::Model && QFileInfo(choice.value).fileName() == name);
        if (isSame)
            return choice.value;
    }
    return {};
}

QString sizeProblem(const QString &name)
{
    return Words::tr("\"%1\" is no size; sizes are written like 512x768.").arg(name);
}

void readOne(const Row &row, const Piece &piece, const PlotContext &context, PlotValues &to)
{
    if (row.setting == PlotSetting::Seed) {
        // Not every seed has a place among the doubles.
        bool isSeed = false;
        const quint64 seed = piece.text.toULongLong(&isSeed);
        if (isSeed) {
            to.values.append(QString::number(seed));
            return;
        }
    }
    const bool isNumber = row.kind == Kind::Whole || row.kind == Kind::Number;
    if (isNumber) {
        QList<double> numbers;
        bool isFine = false;
        // A number of its own first: "-1" and "1e-3" are none ranges.
        const double single = piece.text.toDouble(&isFine);
        if (isFine) {
            numbers.append(single);
        } else if (const auto range = rangeOf(piece.text, row.kind == Kind::Whole, to.problem)) {
            numbers = *range;
        } else {
            to.problem = Words::tr("\"%1\" is no number and no range.").arg(piece.text);
        }
        for (const double number : numbers) {
            if (row.kind == Kind::Whole && number != std::floor(number))
                to.problem = Words::tr("\"%1\" is no whole number.").arg(numberText(number));
            else if (!(number >= row.least && number <= row.most))
                to.problem = Words::tr("%1 is out of range: %2 takes %3 to %4.")
                                 .arg(numberText(number), plotSettingText(row.setting), numberText(row.least),
                                      numberText(row.most));
            if (!to.problem.isEmpty())
                return;
            if (row.setting == PlotSetting::Seed && number < 0)
                to.values.append(QString::number(QRandomGenerator::global()->bounded(4294967294U)));
            else
                to.values.append(numberText(number));
        }
        return;
    }
    if (row.kind == Kind::Choice) {
        const QString value = matchedChoice(row.setting, piece.text, context);
        if (value.isEmpty())
            to.problem = row.setting == PlotSetting::Model
                             ? Words::tr("There is no model \"%1\" in your folders.").arg(piece.text)
                             : Words::tr("%1 has no value \"%2\".").arg(plotSettingText(row.setting), piece.text);
        else
            to.values.append(value);
        return;
    }
    if (row.kind == Kind::Size) {
        static const QRegularExpression size(QStringLiteral("^(\\d+)\\s*[x×X*]\\s*(\\d+)$"));
        const QRegularExpressionMatch match = size.match(piece.text);
        const int width = match.captured(1).toInt();
        const int height = match.captured(2).toInt();
        if (!match.hasMatch())
            to.problem = sizeProblem(piece.text);
        else if (width % 8 != 0 || height % 8 != 0 || width < 8 || height < 8 || width > 8192 || height > 8192)
            to.problem = Words::tr("The sides of \"%1\" must be multiples of 8 up to 8192.").arg(piece.text);
        else
            to.values.append(QStringLiteral("%1x%2").arg(width).arg(height));
        return;
    }
    to.values.append(piece.text);
}

/// Every order of the words; they are kept as one value, quoted like CSV.
void permute(const PlotContext &context, PlotValues &read)
{
    constexpr int kMostWords = 5; // 120 orders
    const QString prompt = QString::fromStdString(context.base.prompt);
    if (read.values.size() < 2 || read.values.size() > kMostWords) {
        read.problem = Words::tr("The order needs 2 to %1 words of the prompt.").arg(kMostWords);
        return;
    }
    for (const QString &word : std::as_const(read.values)) {
        if (word.isEmpty() || !prompt.contains(word))
            read.problem = Words::tr("\"%1\" is not in the prompt.").arg(word);
        else if (read.values.count(word) > 1)
            read.problem = Words::tr("\"%1\" is there twice.").arg(word);
    }
    if (!read.problem.isEmpty())
        return;
    QList<int> order(read.values.size());
    std::iota(order.begin(), order.end(), 0);
    QStringList orders;
    do {
        QStringList words;
        for (const int at : std::as_const(order))
            words.append(read.values.at(at));
        orders.append(joinPlotValues(PlotSetting::PromptReplace, words));
    } while (std::next_permutation(order.begin(), order.end()));
    read.values = orders;
}

} // namespace

std::span<const PlotSetting> plotSettings()
{
    static const auto list = [] {
        std::vector<PlotSetting> settings;
        for (const Row &row : kRows)
            settings.push_back(row.setting);
        return settings;
    }();
    return list;
}

QString plotSettingId(PlotSetting setting)
{
    return QLatin1String(rowOf(setting).id);
}

PlotSetting plotSettingFromId(const QString &id)
{
    for (const Row &row : kRows) {
        if (id == QLatin1String(row.id))
            return row.setting;
    }
    return PlotSetting::None;
}

PlotSetting plotSettingFromA1111(const QString &name)
{
    for (const Row &row : kRows) {
        if (name == QLatin1String(row.a1111))
            return row.setting;
    }
    return PlotSetting::None;
}

QString plotSettingText(PlotSetting setting)
{
    return Words::tr(rowOf(setting).text);
}

QString plotSettingA1111(PlotSetting setting)
{
    return QLatin1String(rowOf(setting).a1111);
}

int plotSettingCost(PlotSetting setting)
{
    return rowOf(setting).cost;
}

bool plotSettingIsChoice(PlotSetting setting)
{
    return rowOf(setting).kind == Kind::Choice;
}

QString plotSettingExample(PlotSetting setting)
{
    return QLatin1String(rowOf(setting).example);
}

PlotValues parsePlotValues(PlotSetting setting, const QString &typed, const PlotContext &context)
{
    PlotValues read;
    const Row &row = rowOf(setting);
    if (row.kind == Kind::Nothing)
        return read;
    QList<Piece> pieces;
    if (!splitCsv(typed, pieces)) {
        read.problem = Words::tr("A quotation mark is not closed.");
        return read;
    }
    for (const Piece &piece : std::as_const(pieces)) {
        readOne(row, piece, context, read);
        if (read.problem.isEmpty() && read.values.size() > kMostPlotValues)
            read.problem = Words::tr("An axis has at most %1 values.").arg(kMostPlotValues);
        if (!read.problem.isEmpty())
            break;
    }
    read.values.removeDuplicates();
    if (read.problem.isEmpty() && read.values.isEmpty())
        read.problem = Words::tr("Values are missing.");
    if (read.problem.isEmpty() && setting == PlotSetting::PromptReplace) {
        const QString &wanted = read.values.first();
        const bool isThere =
            !wanted.isEmpty() && (QString::fromStdString(context.base.prompt).contains(wanted) ||
                                  QString::fromStdString(context.base.negativePrompt).contains(wanted));
        if (!isThere)
            read.problem =
                Words::tr("\"%1\" is not in the prompt; the first value is the text to replace.").arg(wanted);
    }
    if (read.problem.isEmpty() && setting == PlotSetting::PromptOrder)
        permute(context, read);
    if (read.problem.isEmpty() && setting == PlotSetting::Strength && context.base.init.empty())
        read.problem = Words::tr("Strength needs a start picture.");
    if (!read.problem.isEmpty())
        read.values.clear();
    return read;
}

QList<PlotChoice> plotChoices(PlotSetting setting, const PlotContext &context)
{
    QList<PlotChoice> choices;
    if (setting == PlotSetting::Sampler) {
        for (const engine::SamplerInfo &info : engine::samplers())
            choices.append({text(info.id), text(info.label)});
    } else if (setting == PlotSetting::Schedule) {
        choices.append({QStringLiteral("automatic"), Words::tr("Automatic")});
        for (const engine::ScheduleInfo &info : engine::schedules())
            choices.append({text(info.id), text(info.label)});
    } else if (setting == PlotSetting::Model) {
        for (const PlotModel &model : context.models)
            choices.append({model.path, model.name});
    } else if (setting == PlotSetting::Rng) {
        choices = {{QStringLiteral("cpu"), QStringLiteral("CPU")}, {QStringLiteral("nv"), QStringLiteral("NV")}};
    } else if (setting == PlotSetting::Weighting) {
        choices = {{QStringLiteral("a1111"), QStringLiteral("A1111")},
                   {QStringLiteral("comfyui"), QStringLiteral("ComfyUI")},
                   {QStringLiteral("no_norm"), Words::tr("No norm")}};
    }
    return choices;
}

QString plotValueText(PlotSetting setting, const QString &value)
{
    if (setting == PlotSetting::Sampler) {
        const engine::SamplerInfo *info = engine::findSampler(value.toStdString());
        return info ? text(info->label) : value;
    }
    if (setting == PlotSetting::Schedule) {
        if (value.isEmpty() || value == QLatin1String("automatic"))
            return Words::tr("Automatic");
        const engine::ScheduleInfo *info = engine::findSchedule(value.toStdString());
        return info ? text(info->label) : value;
    }
    if (setting == PlotSetting::Model)
        return modelNameOf(value.toStdString());
    if (setting == PlotSetting::Size)
        return QString(value).replace(QLatin1Char('x'), QStringLiteral(" × "));
    if (setting == PlotSetting::Rng || setting == PlotSetting::Weighting) {
        for (const PlotChoice &choice : plotChoices(setting, {})) {
            if (choice.value == value)
                return choice.text;
        }
    }
    return value;
}

QString joinPlotValues(PlotSetting setting, const QStringList &values)
{
    QStringList texts;
    for (const QString &value : values) {
        QString shown =
            setting == PlotSetting::Model || setting == PlotSetting::Sampler || setting == PlotSetting::Schedule
                ? plotValueText(setting, value)
                : value;
        const bool needsQuotes = shown.contains(QLatin1Char(',')) || shown.contains(QLatin1Char('"')) ||
                                 shown.contains(QLatin1Char('\n')) || shown != shown.trimmed() || shown.isEmpty();
        if (needsQuotes)
            shown = QLatin1Char('"') + shown.replace(QLatin1Char('"'), QLatin1String("\"\"")) + QLatin1Char('"');
        texts.append(shown);
    }
    return texts.join(QLatin1String(", "));
}

QStringList sortedPlotValues(PlotSetting setting, QStringList values)
{
    values.removeDuplicates();
    const Kind kind = rowOf(setting).kind;
    if (kind == Kind::Whole || kind == Kind::Number) {
        std::stable_sort(values.begin(), values.end(),
                         [](const QString &a, const QString &b) { return a.toDouble() < b.toDouble(); });
    } else if (kind == Kind::Size) {
        const auto area = [](const QString &size) {
            return size.section(QLatin1Char('x'), 0, 0).toDouble() * size.section(QLatin1Char('x'), 1, 1).toDouble();
        };
        std::stable_sort(values.begin(), values.end(),
                         [&area](const QString &a, const QString &b) { return area(a) < area(b); });
    } else if (kind == Kind::Choice && setting != PlotSetting::Model) {
        QStringList order;
        for (const PlotChoice &choice : plotChoices(setting, {}))
            order.append(choice.value);
        std::stable_sort(values.begin(), values.end(), [&order](const QString &a, const QString &b) {
            const auto place = [&order](const QString &value) {
                const qsizetype at = order.indexOf(value);
                return at < 0 ? order.size() : at;
            };
            return place(a) < place(b);
        });
    }
    return values;
}

} // namespace app
