#include "app/recipe_difference.h"

#include "engine/catalog.h"

#include <algorithm>
#include <vector>

namespace app {

namespace {

constexpr RecipeSetting kSettings[] = {
    RecipeSetting::Prompt,   RecipeSetting::Negative, RecipeSetting::Model,        RecipeSetting::Sampler,
    RecipeSetting::Schedule, RecipeSetting::Steps,    RecipeSetting::Guidance,     RecipeSetting::GuidanceRescale,
    RecipeSetting::Seed,     RecipeSetting::Size,     RecipeSetting::ClipSkip,     RecipeSetting::Weighting,
    RecipeSetting::Eta,      RecipeSetting::DdimEta,  RecipeSetting::StartPicture, RecipeSetting::Strength,
    RecipeSetting::Mask,     RecipeSetting::Noise,    RecipeSetting::Precision};

/// Words compared one with each other at most; beyond, the middle counts as changed as a whole.
constexpr qsizetype kMostPairs = 4'000'000;

QString labelText(const engine::SamplerInfo *info, const std::string &id)
{
    return info != nullptr ? QString::fromUtf8(info->label.data(), qsizetype(info->label.size()))
                           : QString::fromStdString(id);
}

QString number(double value)
{
    return QString::number(value, 'g', 12);
}

/// A word with the spaces behind it.
struct Word
{
    QString word;
    QString spaces;
};

bool standsAlone(QChar c)
{
    return QStringView(u",;.:()[]{}<>|").contains(c);
}

QList<Word> wordsOf(const QString &text)
{
    QList<Word> words;
    qsizetype at = 0;
    while (at < text.size()) {
        qsizetype end = at;
        if (text.at(at).isSpace()) { // only at the very start
            words.append({QString(), QString()});
        } else if (standsAlone(text.at(at))) {
            ++end;
        } else {
            while (end < text.size() && !text.at(end).isSpace() && !standsAlone(text.at(end)))
                ++end;
            // A number keeps its point: "1.2".
            while (end + 1 < text.size() && text.at(end) == QLatin1Char('.') && end > at &&
                   text.at(end - 1).isDigit() && text.at(end + 1).isDigit()) {
                ++end;
                while (end < text.size() && !text.at(end).isSpace() && !standsAlone(text.at(end)))
                    ++end;
            }
        }
        qsizetype next = end;
        while (next < text.size() && text.at(next).isSpace())
            ++next;
        if (end > at)
            words.append({text.mid(at, end - at), text.mid(end, next - end)});
        else
            words.last().spaces = text.mid(end, next - end);
        at = next;
    }
    return words;
}

void append(QList<WordRun> &runs, WordRun::Kind kind, const QString &text)
{
    if (text.isEmpty())
        return;
    if (!runs.isEmpty() && runs.last().kind == kind)
        runs.last().text += text;
    else
        runs.append({kind, text});
}

} // namespace

std::span<const RecipeSetting> RecipeDifference::settings()
{
    return kSettings;
}

QString RecipeDifference::name(RecipeSetting setting)
{
    switch (setting) {
    case RecipeSetting::Prompt:
        return tr("Prompt");
    case RecipeSetting::Negative:
        return tr("Negative");
    case RecipeSetting::Model:
        return tr("Model");
    case RecipeSetting::Sampler:
        return tr("Sampler");
    case RecipeSetting::Schedule:
        return tr("Schedule");
    case RecipeSetting::Steps:
        return tr("Steps");
    case RecipeSetting::Guidance:
        return tr("Guidance");
    case RecipeSetting::GuidanceRescale:
        return tr("Rescale");
    case RecipeSetting::Seed:
        return tr("Seed");
    case RecipeSetting::Size:
        return tr("Size");
    case RecipeSetting::ClipSkip:
        return tr("Clip skip");
    case RecipeSetting::Weighting:
        return tr("Weighting");
    case RecipeSetting::Eta:
        return tr("Eta");
    case RecipeSetting::DdimEta:
        return tr("DDIM eta");
    case RecipeSetting::StartPicture:
        return tr("Start from");
    case RecipeSetting::Strength:
        return tr("Strength");
    case RecipeSetting::Mask:
        return tr("Mask");
    case RecipeSetting::Noise:
        return tr("Noise");
    case RecipeSetting::Precision:
        return tr("Precision");
    }
    return {};
}

bool RecipeDifference::canApply(RecipeSetting setting)
{
    switch (setting) {
    case RecipeSetting::StartPicture:
    case RecipeSetting::Mask:
        return false; // the picture itself is not kept
    default:
        return true;
    }
}

QString RecipeDifference::text(const Recipe &recipe, RecipeSetting setting)
{
    const engine::GenerateRequest &request = recipe.request;
    const auto known = [&recipe](const char *field, const QString &value) {
        return recipe.has(QLatin1String(field)) ? value : QString();
    };
    switch (setting) {
    case RecipeSetting::Prompt:
        return known("prompt", QString::fromStdString(request.prompt));
    case RecipeSetting::Negative:
        return known("negative", QString::fromStdString(request.negativePrompt));
    case RecipeSetting::Model:
        return known("model", recipe.modelName.isEmpty() ? modelNameOf(request.model) : recipe.modelName);
    case RecipeSetting::Sampler:
        return known("sampler", labelText(engine::findSampler(request.sampler), request.sampler));
    case RecipeSetting::Schedule: {
        if (request.schedule.empty())
            return known("schedule", tr("Automatic"));
        const engine::ScheduleInfo *info = engine::findSchedule(request.schedule);
        return known("schedule", info != nullptr ? QString::fromUtf8(info->label.data(), qsizetype(info->label.size()))
                                                 : QString::fromStdString(request.schedule));
    }
    case RecipeSetting::Steps:
        return known("steps", QString::number(request.steps));
    case RecipeSetting::Guidance:
        return known("cfg", number(request.guidanceScale));
    case RecipeSetting::GuidanceRescale:
        return known("guidance_rescale", number(request.guidanceRescale));
    case RecipeSetting::Seed:
        return known("seed", QString::number(request.seed));
    case RecipeSetting::Size:
        return request.width > 0 ? known("width", QStringLiteral("%1 × %2").arg(request.width).arg(request.height))
                                 : QString();
    case RecipeSetting::ClipSkip:
        return known("clip_skip", QString::number(request.clipSkip));
    case RecipeSetting::Weighting:
        return known("weighting", request.weighting == engine::PromptWeighting::ComfyUI  ? QStringLiteral("ComfyUI")
                                  : request.weighting == engine::PromptWeighting::NoNorm ? tr("No norm")
                                                                                         : QStringLiteral("A1111"));
    case RecipeSetting::Eta:
        return known("eta", number(request.eta));
    case RecipeSetting::DdimEta:
        return known("ddim_eta", number(request.ddimEta));
    case RecipeSetting::StartPicture:
        return recipe.hasInit ? tr("a picture") : known("from_picture", tr("noise"));
    case RecipeSetting::Strength:
        return recipe.hasInit ? known("denoise", number(request.strength)) : QString();
    case RecipeSetting::Mask:
        return recipe.hasMask ? tr("yes") : known("masked", tr("none"));
    case RecipeSetting::Noise:
        return known("rng", request.rng == engine::RngKind::Nv ? QStringLiteral("NV") : QStringLiteral("CPU"));
    case RecipeSetting::Precision:
        return recipe.precision;
    }
    return {};
}

QList<SettingRow> RecipeDifference::compare(const QList<std::optional<Recipe>> &recipes)
{
    QList<SettingRow> rows;
    for (const RecipeSetting setting : settings()) {
        SettingRow row{.setting = setting, .name = name(setting), .canApply = canApply(setting)};
        const bool isText = setting == RecipeSetting::Prompt || setting == RecipeSetting::Negative;
        std::optional<QString> first;
        bool isSaid = false;
        for (const std::optional<Recipe> &recipe : recipes) {
            const QString value = recipe ? text(*recipe, setting) : QString();
            row.values.append(value);
            // An empty prompt is a value, a recipe that names no seed has none.
            const bool says = recipe && (!value.isEmpty() || (isText && recipe->known.isEmpty()));
            if (!says)
                continue;
            isSaid = isSaid || !value.isEmpty();
            if (!first)
                first = value;
            else if (*first != value)
                row.differs = true;
        }
        if (isSaid)
            rows.append(row);
    }
    return rows;
}

QList<WordRun> RecipeDifference::words(const QString &from, const QString &to)
{
    QList<WordRun> runs;
    if (from == to) {
        append(runs, WordRun::Kind::Same, from);
        return runs;
    }
    const QList<Word> a = wordsOf(from);
    const QList<Word> b = wordsOf(to);
    const auto isSame = [](const Word &x, const Word &y) { return x.word == y.word; };
    qsizetype head = 0;
    while (head < a.size() && head < b.size() && isSame(a[head], b[head]))
        ++head;
    qsizetype tail = 0;
    while (tail < a.size() - head && tail < b.size() - head && isSame(a[a.size() - 1 - tail], b[b.size() - 1 - tail]))
        ++tail;
    const qsizetype n = a.size() - head - tail;
    const qsizetype m = b.size() - head - tail;
    const auto whole = [](const Word &word) { return word.word + word.spaces; };
    const auto shared = [](const Word &x, const Word &y) {
        return x.word + (x.spaces.size() > y.spaces.size() ? x.spaces : y.spaces);
    };
    for (qsizetype k = 0; k < head; ++k)
        append(runs, WordRun::Kind::Same, shared(a[k], b[k]));

    // Longest common subsequence of what is left between the same beginning and end.
    std::vector<int> table;
    const bool isSmall = n * m <= kMostPairs;
    const auto at = [&](qsizetype i, qsizetype j) -> int & { return table[size_t(i * (m + 1) + j)]; };
    if (isSmall) {
        table.assign(size_t((n + 1) * (m + 1)), 0);
        for (qsizetype i = n - 1; i >= 0; --i) {
            for (qsizetype j = m - 1; j >= 0; --j)
                at(i, j) =
                    isSame(a[head + i], b[head + j]) ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
        }
    }
    qsizetype i = 0;
    qsizetype j = 0;
    QString removed;
    QString inserted;
    const auto flush = [&] {
        append(runs, WordRun::Kind::Removed, removed);
        append(runs, WordRun::Kind::Inserted, inserted);
        removed.clear();
        inserted.clear();
    };
    while (i < n || j < m) {
        if (isSmall && i < n && j < m && isSame(a[head + i], b[head + j])) {
            flush();
            append(runs, WordRun::Kind::Same, shared(a[head + i], b[head + j]));
            ++i;
            ++j;
        } else if (j >= m || (i < n && (!isSmall || at(i + 1, j) >= at(i, j + 1)))) {
            removed += whole(a[head + i++]);
        } else {
            inserted += whole(b[head + j++]);
        }
    }
    flush();
    for (qsizetype k = tail; k > 0; --k)
        append(runs, WordRun::Kind::Same, shared(a[a.size() - k], b[b.size() - k]));
    return runs;
}

void applySetting(const Recipe &recipe, RecipeSetting setting, engine::GenerateRequest &to)
{
    const engine::GenerateRequest &from = recipe.request;
    switch (setting) {
    case RecipeSetting::Prompt:
        to.prompt = from.prompt;
        return;
    case RecipeSetting::Negative:
        to.negativePrompt = from.negativePrompt;
        return;
    case RecipeSetting::Sampler:
        to.sampler = from.sampler;
        return;
    case RecipeSetting::Schedule:
        to.schedule = from.schedule;
        return;
    case RecipeSetting::Steps:
        to.steps = from.steps;
        return;
    case RecipeSetting::Guidance:
        to.guidanceScale = from.guidanceScale;
        return;
    case RecipeSetting::GuidanceRescale:
        to.guidanceRescale = from.guidanceRescale;
        return;
    case RecipeSetting::Seed:
        to.seed = from.seed;
        return;
    case RecipeSetting::Size:
        to.width = from.width;
        to.height = from.height;
        return;
    case RecipeSetting::ClipSkip:
        to.clipSkip = from.clipSkip;
        return;
    case RecipeSetting::Weighting:
        to.weighting = from.weighting;
        return;
    case RecipeSetting::Eta:
        to.eta = from.eta;
        return;
    case RecipeSetting::DdimEta:
        to.ddimEta = from.ddimEta;
        return;
    case RecipeSetting::Strength:
        to.strength = from.strength;
        return;
    case RecipeSetting::Noise:
        to.rng = from.rng;
        return;
    case RecipeSetting::Precision:
        to.precision = recipe.precision == QLatin1String("bfloat16")  ? engine::Precision::BFloat16
                       : recipe.precision == QLatin1String("float32") ? engine::Precision::Float32
                                                                      : engine::Precision::Auto;
        return;
    case RecipeSetting::Model:
    case RecipeSetting::StartPicture:
    case RecipeSetting::Mask:
        return;
    }
}

} // namespace app
