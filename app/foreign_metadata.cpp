#include "app/foreign_metadata.h"

#include "app/recipe_fields.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QSet>

#include <cmath>

namespace app {

namespace {

using Texts = QList<QPair<QString, QString>>;

QString textOf(const Texts &texts, const char *keyword)
{
    for (const auto &[name, text] : texts) {
        if (name == QLatin1String(keyword))
            return text;
    }
    return {};
}

QJsonObject objectOf(const QString &text)
{
    return text.trimmed().startsWith(QLatin1Char('{')) ? QJsonDocument::fromJson(text.toUtf8()).object()
                                                       : QJsonObject();
}

/// Fills a recipe field by field; values that are absent or of the wrong kind leave it open.
class Filler
{
public:
    explicit Filler(const char *program)
    {
        recipe.program = QLatin1String(program);
        recipe.request.schedule.clear();
        noteField(recipe, "program");
    }

    void prompt(const QJsonValue &value) { words("prompt", value, recipe.request.prompt); }
    void negative(const QJsonValue &value) { words("negative", value, recipe.request.negativePrompt); }
    void steps(const QJsonValue &value) { whole("steps", value, recipe.request.steps); }
    void width(const QJsonValue &value) { whole("width", value, recipe.request.width); }
    void height(const QJsonValue &value) { whole("height", value, recipe.request.height); }
    void clipSkip(const QJsonValue &value)
    {
        if (!value.isBool())
            whole("clip_skip", value, recipe.request.clipSkip);
    }
    void cfg(const QJsonValue &value) { number("cfg", value, recipe.request.guidanceScale); }
    void denoise(const QJsonValue &value)
    {
        number("denoise", value, recipe.request.strength);
        recipe.hasInit = recipe.request.strength < 1.0 && recipe.known.contains(QStringLiteral("denoise"));
    }
    void seed(const QJsonValue &value)
    {
        bool isFine = false;
        quint64 seed = value.toVariant().toString().toULongLong(&isFine);
        if (!isFine && value.isDouble() && value.toDouble() >= 0.0 && value.toDouble() < 1.8e19) {
            seed = quint64(value.toDouble());
            isFine = true;
        }
        if (!isFine)
            return;
        recipe.request.seed = seed;
        recipe.jobSeed = seed;
        noteField(recipe, "seed");
    }
    void model(const QJsonValue &value)
    {
        if (!value.isString() || value.toString().isEmpty())
            return;
        recipe.modelName = value.toString();
        noteField(recipe, "model");
    }
    void modelHash(const QJsonValue &value)
    {
        if (!value.isString() || value.toString().isEmpty())
            return;
        recipe.modelHash = value.toString();
        noteField(recipe, "model_hash");
    }
    void sampler(const QJsonValue &value)
    {
        if (value.isString() && !value.toString().isEmpty())
            setSampler(recipe, value.toString());
    }
    void schedule(const QJsonValue &value)
    {
        if (value.isString())
            setSchedule(recipe, value.toString());
    }
    /// "512x640" or "(1152, 896)"
    void size(const QString &text)
    {
        static const QRegularExpression pattern(QStringLiteral("(\\d+)\\D+(\\d+)"));
        const QRegularExpressionMatch match = pattern.match(text);
        if (!match.hasMatch())
            return;
        width(match.captured(1));
        height(match.captured(2));
    }

    /// The recipe, if anything that matters was found.
    [[nodiscard]] std::optional<Recipe> result() const
    {
        const bool isAny =
            recipe.known.contains(QStringLiteral("prompt")) || recipe.known.contains(QStringLiteral("seed"));
        return isAny ? std::optional<Recipe>(recipe) : std::nullopt;
    }

    Recipe recipe;

private:
    void words(const char *field, const QJsonValue &value, std::string &to)
    {
        if (!value.isString())
            return;
        to = value.toString().toStdString();
        noteField(recipe, field);
    }
    void whole(const char *field, const QJsonValue &value, int &to)
    {
        bool isFine = false;
        const double read = value.toVariant().toDouble(&isFine);
        if (!isFine || !(read >= 1.0 && read <= 1e6) || read != std::floor(read))
            return;
        to = int(read);
        noteField(recipe, field);
    }
    void number(const char *field, const QJsonValue &value, double &to)
    {
        bool isFine = false;
        const double read = value.toVariant().toDouble(&isFine);
        if (!isFine || !std::isfinite(read))
            return;
        to = read;
        noteField(recipe, field);
    }
};

/// Walks the executed graph that ComfyUI keeps: nodes by id, links as [id, output].
class ComfyGraph
{
public:
    explicit ComfyGraph(const QJsonObject &nodes) : m_nodes(nodes) {}

    [[nodiscard]] std::optional<Recipe> recipe() const
    {
        const QJsonObject sampler = samplerNode();
        if (sampler.isEmpty())
            return std::nullopt;
        Filler to("ComfyUI");
        const QJsonObject in = inputs(sampler);
        if (in.contains(QLatin1String("guider")))
            readCustom(in, to);
        else
            readPlain(in, to);
        const QJsonObject latent = upstream(in.value(QLatin1String("latent_image")), {"width", "height"},
                                            {"samples", "latent", "latent_image"});
        to.width(value(latent, "width"));
        to.height(value(latent, "height"));
        return to.result();
    }

private:
    static QJsonObject inputs(const QJsonObject &node) { return node.value(QLatin1String("inputs")).toObject(); }

    QJsonObject node(const QJsonValue &link) const
    {
        const QJsonArray pair = link.toArray();
        return pair.isEmpty() ? QJsonObject() : m_nodes.value(pair[0].toVariant().toString()).toObject();
    }

    /// An input's value; a linked one is looked up in the node it comes from.
    QJsonValue value(const QJsonObject &in, const char *name) const
    {
        QJsonValue found = in.value(QLatin1String(name));
        for (int depth = 0; found.isArray() && depth < kDeepest; ++depth) {
            const QJsonObject from = inputs(node(found));
            found = QJsonValue();
            for (const char *key : {"value", "text", "string", "int", "float", "seed", "noise_seed", name}) {
                if (from.contains(QLatin1String(key))) {
                    found = from.value(QLatin1String(key));
                    break;
                }
            }
        }
        return found;
    }

    /// Inputs of the nearest node up a link that has all of `wanted`, going through the inputs named in `ways`.
    QJsonObject upstream(const QJsonValue &link, std::initializer_list<const char *> wanted,
                         std::initializer_list<const char *> ways) const
    {
        QList<QJsonValue> open = {link};
        QSet<QString> seen;
        while (!open.isEmpty()) {
            const QJsonValue next = open.takeFirst();
            const QString id = next.toArray().isEmpty() ? QString() : next.toArray()[0].toVariant().toString();
            if (id.isEmpty() || seen.contains(id))
                continue;
            seen.insert(id);
            const QJsonObject in = inputs(node(next));
            bool hasAll = true;
            for (const char *name : wanted)
                hasAll = hasAll && in.contains(QLatin1String(name));
            if (hasAll)
                return in;
            for (const char *name : ways) {
                if (in.value(QLatin1String(name)).isArray())
                    open.append(in.value(QLatin1String(name)));
            }
        }
        return {};
    }

    /// The sampler that made the saved picture: the last one of several.
    QJsonObject samplerNode() const
    {
        const auto isSampler = [](const QJsonObject &candidate) {
            const QJsonObject in = inputs(candidate);
            return (in.contains(QLatin1String("positive")) && in.contains(QLatin1String("sampler_name"))) ||
                   in.contains(QLatin1String("guider"));
        };
        QList<QJsonObject> open;
        for (const QJsonValue &candidate : m_nodes) {
            if (candidate.toObject().value(QLatin1String("class_type")).toString().contains(QLatin1String("Save")))
                open.append(candidate.toObject());
        }
        QSet<QString> seen;
        while (!open.isEmpty()) {
            const QJsonObject next = open.takeFirst();
            if (isSampler(next))
                return next;
            for (const QJsonValue &input : inputs(next)) {
                const QString id = input.toArray().isEmpty() ? QString() : input.toArray()[0].toVariant().toString();
                if (id.isEmpty() || seen.contains(id))
                    continue;
                seen.insert(id);
                open.append(node(input));
            }
        }
        for (const QJsonValue &candidate : m_nodes) {
            if (isSampler(candidate.toObject()))
                return candidate.toObject();
        }
        return {};
    }

    void readPlain(const QJsonObject &in, Filler &to) const
    {
        to.seed(value(in, in.contains(QLatin1String("noise_seed")) ? "noise_seed" : "seed"));
        to.steps(value(in, "steps"));
        to.cfg(value(in, "cfg"));
        to.sampler(value(in, "sampler_name"));
        to.schedule(value(in, "scheduler"));
        to.denoise(value(in, "denoise"));
        readText(in.value(QLatin1String("positive")), &Filler::prompt, to);
        readText(in.value(QLatin1String("negative")), &Filler::negative, to);
        readModel(in.value(QLatin1String("model")), to);
    }

    /// SamplerCustomAdvanced: seed, steps, guidance and text each in a node of their own.
    void readCustom(const QJsonObject &in, Filler &to) const
    {
        to.seed(value(inputs(node(in.value(QLatin1String("noise")))), "noise_seed"));
        to.sampler(value(inputs(node(in.value(QLatin1String("sampler")))), "sampler_name"));
        const QJsonObject sigmas = upstream(in.value(QLatin1String("sigmas")), {"scheduler", "steps"}, {"sigmas"});
        to.steps(value(sigmas, "steps"));
        to.schedule(value(sigmas, "scheduler"));
        to.denoise(value(sigmas, "denoise"));
        const QJsonObject guider = inputs(node(in.value(QLatin1String("guider"))));
        to.cfg(value(guider, "cfg"));
        const QJsonValue positive =
            guider.value(QLatin1String(guider.contains(QLatin1String("positive")) ? "positive" : "conditioning"));
        to.cfg(value(upstream(positive, {"guidance"}, {"conditioning"}), "guidance"));
        readText(positive, &Filler::prompt, to);
        readText(guider.value(QLatin1String("negative")), &Filler::negative, to);
        readModel(guider.value(QLatin1String("model")), to);
    }

    void readText(const QJsonValue &link, void (Filler::*take)(const QJsonValue &), Filler &to) const
    {
        for (const char *field : {"text", "text_g", "t5xxl", "clip_l"}) {
            const QJsonObject encoder =
                upstream(link, {field}, {"conditioning", "conditioning_1", "conditioning_to", "positive", "negative"});
            if (encoder.isEmpty())
                continue;
            (to.*take)(value(encoder, field));
            const QJsonObject layer = upstream(encoder.value(QLatin1String("clip")), {"stop_at_clip_layer"}, {"clip"});
            const int stop = layer.value(QLatin1String("stop_at_clip_layer")).toInt();
            if (stop < -1)
                to.clipSkip(-stop);
            return;
        }
    }

    void readModel(const QJsonValue &link, Filler &to) const
    {
        for (const char *field : {"ckpt_name", "unet_name"}) {
            const QJsonObject loader = upstream(link, {field}, {"model"});
            to.model(loader.value(QLatin1String(field)));
        }
    }

    static constexpr int kDeepest = 16;
    QJsonObject m_nodes;
};

std::optional<Recipe> readComfyUi(const Texts &texts)
{
    return ComfyGraph(objectOf(textOf(texts, "prompt"))).recipe();
}

std::optional<Recipe> readInvokeAi(const Texts &texts)
{
    const QJsonObject in = objectOf(textOf(texts, "invokeai_metadata"));
    if (in.isEmpty())
        return std::nullopt;
    Filler to("InvokeAI");
    to.prompt(in.value(QLatin1String("positive_prompt")));
    to.negative(in.value(QLatin1String("negative_prompt")));
    to.width(in.value(QLatin1String("width")));
    to.height(in.value(QLatin1String("height")));
    to.seed(in.value(QLatin1String("seed")));
    to.cfg(in.value(QLatin1String("cfg_scale")));
    to.steps(in.value(QLatin1String("steps")));
    QString sampler = in.value(QLatin1String("scheduler")).toString();
    if (sampler.endsWith(QLatin1String("_k"))) { // Karras
        sampler.chop(2);
        to.schedule(QStringLiteral("karras"));
    }
    to.sampler(sampler);
    const QJsonValue model = in.value(QLatin1String("model"));
    to.model(model.isObject() ? model.toObject().contains(QLatin1String("name"))
                                    ? model.toObject().value(QLatin1String("name"))
                                    : model.toObject().value(QLatin1String("model_name"))
                              : model);
    to.clipSkip(in.value(QLatin1String("clip_skip")).toInt() + 1);
    return to.result();
}

std::optional<Recipe> readInvokeAi2(const Texts &texts)
{
    const QJsonObject all = objectOf(textOf(texts, "sd-metadata"));
    const QJsonObject in = all.value(QLatin1String("image")).toObject();
    if (in.isEmpty())
        return std::nullopt;
    Filler to("InvokeAI");
    const QJsonValue given = in.value(QLatin1String("prompt"));
    const QString both =
        given.isArray() ? given.toArray()[0].toObject().value(QLatin1String("prompt")).toString() : given.toString();
    // The negative prompt stands in square brackets at the end.
    static const QRegularExpression pattern(QStringLiteral("^(.*?)\\s*\\[([^\\[\\]]*)\\]\\s*$"),
                                            QRegularExpression::DotMatchesEverythingOption);
    const QRegularExpressionMatch match = pattern.match(both);
    to.prompt(match.hasMatch() ? match.captured(1) : both);
    to.negative(match.hasMatch() ? match.captured(2) : QString());
    to.steps(in.value(QLatin1String("steps")));
    to.cfg(in.value(QLatin1String("cfg_scale")));
    to.seed(in.value(QLatin1String("seed")));
    to.width(in.value(QLatin1String("width")));
    to.height(in.value(QLatin1String("height")));
    to.sampler(in.value(QLatin1String("sampler")));
    to.model(all.value(QLatin1String("model_weights")));
    return to.result();
}

std::optional<Recipe> readNovelAi(const Texts &texts)
{
    if (textOf(texts, "Software") != QLatin1String("NovelAI"))
        return std::nullopt;
    const QJsonObject in = objectOf(textOf(texts, "Comment"));
    Filler to("NovelAI");
    to.prompt(in.contains(QLatin1String("prompt")) ? in.value(QLatin1String("prompt"))
                                                   : QJsonValue(textOf(texts, "Description")));
    to.negative(in.value(QLatin1String("uc")));
    to.steps(in.value(QLatin1String("steps")));
    to.cfg(in.value(QLatin1String("scale")));
    to.seed(in.value(QLatin1String("seed")));
    to.width(in.value(QLatin1String("width")));
    to.height(in.value(QLatin1String("height")));
    to.sampler(in.value(QLatin1String("sampler")));
    const QString schedule = in.value(QLatin1String("noise_schedule")).toString();
    if (schedule != QLatin1String("native"))
        to.schedule(schedule);
    return to.result();
}

std::optional<Recipe> readFooocus(const Texts &texts)
{
    const QJsonObject in = objectOf(textOf(texts, "parameters"));
    if (in.value(QLatin1String("metadata_scheme")).toString() != QLatin1String("fooocus") &&
        textOf(texts, "fooocus_scheme") != QLatin1String("fooocus"))
        return std::nullopt;
    Filler to("Fooocus");
    to.prompt(in.value(QLatin1String("prompt")));
    to.negative(in.value(QLatin1String("negative_prompt")));
    to.steps(in.value(QLatin1String("steps")));
    to.cfg(in.value(QLatin1String("guidance_scale")));
    to.seed(in.value(QLatin1String("seed")));
    to.size(in.value(QLatin1String("resolution")).toString());
    to.sampler(in.value(QLatin1String("sampler")));
    to.schedule(in.value(QLatin1String("scheduler")));
    to.model(in.value(QLatin1String("base_model")));
    to.modelHash(in.value(QLatin1String("base_model_hash")));
    to.clipSkip(in.value(QLatin1String("clip_skip")));
    return to.result();
}

std::optional<Recipe> readSwarmUi(const Texts &texts)
{
    for (const char *keyword : {"parameters", "UserComment"}) {
        const QJsonObject in = objectOf(textOf(texts, keyword)).value(QLatin1String("sui_image_params")).toObject();
        if (in.isEmpty())
            continue;
        Filler to("SwarmUI");
        to.prompt(in.value(QLatin1String("prompt")));
        to.negative(in.value(QLatin1String("negativeprompt")));
        to.steps(in.value(QLatin1String("steps")));
        to.cfg(in.value(QLatin1String("cfgscale")));
        to.seed(in.value(QLatin1String("seed")));
        to.width(in.value(QLatin1String("width")));
        to.height(in.value(QLatin1String("height")));
        to.sampler(in.value(QLatin1String("sampler")));
        to.schedule(in.value(QLatin1String("scheduler")));
        to.model(in.value(QLatin1String("model")));
        return to.result();
    }
    return std::nullopt;
}

std::optional<Recipe> readDrawThings(const Texts &texts)
{
    QString json = textOf(texts, "UserComment");
    if (!objectOf(json).contains(QLatin1String("uc"))) {
        // In XMP the comment is the text of a list item.
        static const QRegularExpression item(QStringLiteral("<exif:UserComment>.*?<rdf:li[^>]*>(.*?)</rdf:li>"),
                                             QRegularExpression::DotMatchesEverythingOption);
        json = item.match(textOf(texts, "XML:com.adobe.xmp")).captured(1);
        json.replace(QLatin1String("&lt;"), QLatin1String("<")).replace(QLatin1String("&gt;"), QLatin1String(">"));
        json.replace(QLatin1String("&quot;"), QLatin1String("\""))
            .replace(QLatin1String("&#xA;"), QLatin1String("\\n"));
        json.replace(QLatin1String("&apos;"), QLatin1String("'")).replace(QLatin1String("&amp;"), QLatin1String("&"));
    }
    const QJsonObject in = objectOf(json);
    if (!in.contains(QLatin1String("uc")) || !in.contains(QLatin1String("c")))
        return std::nullopt;
    Filler to("Draw Things");
    to.prompt(in.value(QLatin1String("c")));
    to.negative(in.value(QLatin1String("uc")));
    to.steps(in.value(QLatin1String("steps")));
    to.cfg(in.value(QLatin1String("scale")));
    to.seed(in.value(QLatin1String("seed")));
    to.size(in.value(QLatin1String("size")).toString());
    to.sampler(in.value(QLatin1String("sampler")));
    to.denoise(in.value(QLatin1String("strength")));
    to.model(in.value(QLatin1String("model")));
    return to.result();
}

std::optional<Recipe> readEasyDiffusion(const Texts &texts)
{
    QJsonObject in = objectOf(textOf(texts, "UserComment"));
    if (in.isEmpty()) {
        for (const auto &[keyword, text] : texts)
            in[keyword] = text;
    }
    if (!in.contains(QLatin1String("num_inference_steps")))
        return std::nullopt;
    Filler to("Easy Diffusion");
    to.prompt(in.value(QLatin1String("prompt")));
    to.negative(in.value(QLatin1String("negative_prompt")));
    to.steps(in.value(QLatin1String("num_inference_steps")));
    to.cfg(in.value(QLatin1String("guidance_scale")));
    to.seed(in.value(QLatin1String("seed")));
    to.width(in.value(QLatin1String("width")));
    to.height(in.value(QLatin1String("height")));
    to.sampler(in.value(QLatin1String("sampler_name")));
    to.model(in.value(QLatin1String("use_stable_diffusion_model")));
    return to.result();
}

/// "Include in Image: a fox; Exclude from Image: blur; Steps: 20; ..."
std::optional<Recipe> readMochi(const Texts &texts)
{
    for (const auto &[keyword, text] : texts) {
        if (!text.contains(QLatin1String("Include in Image:")))
            continue;
        Filler to("Mochi Diffusion");
        for (const QString &pair : text.split(QStringLiteral("; "))) {
            const qsizetype colon = pair.indexOf(QLatin1Char(':'));
            const QString key = pair.left(colon).trimmed();
            const QString value = pair.mid(colon + 1).trimmed();
            if (key.endsWith(QLatin1String("Include in Image")))
                to.prompt(value);
            else if (key == QLatin1String("Exclude from Image"))
                to.negative(value);
            else if (key == QLatin1String("Steps"))
                to.steps(value);
            else if (key == QLatin1String("Guidance Scale"))
                to.cfg(value);
            else if (key == QLatin1String("Seed"))
                to.seed(value);
            else if (key == QLatin1String("Size"))
                to.size(value);
            else if (key == QLatin1String("Scheduler"))
                to.sampler(value);
            else if (key == QLatin1String("Model"))
                to.model(value);
        }
        return to.result();
    }
    return std::nullopt;
}

/// One row a program: the first that recognises the texts reads them.
using Reader = std::optional<Recipe> (*)(const Texts &);
constexpr Reader kReaders[] = {readSwarmUi, readFooocus,    readInvokeAi,      readInvokeAi2, readNovelAi,
                               readComfyUi, readDrawThings, readEasyDiffusion, readMochi};

} // namespace

std::optional<Recipe> recipeFromForeign(const QList<QPair<QString, QString>> &texts)
{
    for (const Reader reader : kReaders) {
        if (std::optional<Recipe> recipe = reader(texts))
            return recipe;
    }
    return std::nullopt;
}

} // namespace app
