#include "app/verify.h"

#include "app/picture_metrics.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonObject>
#include <QRegularExpression>

#include <algorithm>
#include <array>
#include <cmath>

namespace app {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(app::Verify)
};

bool isOurs(const Recipe &recipe)
{
    return recipe.program.compare(QLatin1String("Tincture"), Qt::CaseInsensitive) == 0;
}

/// The model file: where it was, or one of its name; one with the right hash before others.
QString findModelOf(const Recipe &recipe, const QList<PlotModel> &models,
                    const std::function<QString(const QString &)> &hashOf)
{
    QStringList candidates;
    const QString path = QString::fromStdString(recipe.request.model.string());
    if (!path.isEmpty() && QFileInfo::exists(path))
        candidates.append(path);
    const QString name = recipe.modelName.isEmpty() ? modelNameOf(recipe.request.model) : recipe.modelName;
    for (const PlotModel &model : models) {
        const bool isNamed = !name.isEmpty() && (model.name.compare(name, Qt::CaseInsensitive) == 0 ||
                                                 modelNameOf(model.path.toStdString()) == name);
        if (isNamed && !candidates.contains(model.path))
            candidates.append(model.path);
    }
    if (!recipe.modelHash.isEmpty()) {
        for (const QString &candidate : std::as_const(candidates)) {
            if (hashOf(candidate) == recipe.modelHash)
                return candidate;
        }
    }
    return candidates.value(0);
}

QString missingFields(const Recipe &recipe)
{
    static const std::array<std::pair<const char *, const char *>, 4> needed = {
        {{"steps", QT_TRANSLATE_NOOP("app::Verify", "steps")},
         {"seed", QT_TRANSLATE_NOOP("app::Verify", "seed")},
         {"sampler", QT_TRANSLATE_NOOP("app::Verify", "sampler")},
         {"width", QT_TRANSLATE_NOOP("app::Verify", "size")}}};
    QStringList missing;
    for (const auto &[field, word] : needed) {
        if (!recipe.has(QLatin1String(field)))
            missing.append(Words::tr(word));
    }
    return missing.join(QLatin1String(", "));
}

/// Colours of the design's difference maps at 0, 1/4, 1/2, 3/4, 1.
QRgb heat(double value)
{
    static constexpr std::array<std::array<int, 3>, 5> kStops = {
        {{0x0e, 0x0f, 0x12}, {0x3a, 0x1c, 0x5c}, {0xb2, 0x34, 0x5c}, {0xf8, 0x96, 0x3c}, {0xff, 0xf6, 0xd6}}};
    const double at = std::clamp(value, 0.0, 1.0) * 4.0;
    const auto below = std::min<std::size_t>(3, std::size_t(at));
    const double share = at - double(below);
    std::array<int, 3> color{};
    for (std::size_t i = 0; i < 3; ++i)
        color[i] = int(std::lround(kStops[below][i] + (kStops[below + 1][i] - kStops[below][i]) * share));
    return qRgb(color[0], color[1], color[2]);
}

/// The largest amplification of 1, 2, 4, ... 64 that does not burn out.
int amplification(int largest)
{
    int factor = 1;
    while (factor < 64 && largest * factor * 2 <= 255)
        factor *= 2;
    return factor;
}

void compare(const QImage &a, const QImage &b, VerifyResult &result)
{
    QImage map(a.size(), QImage::Format_RGB32);
    QImage worst(a.size(), QImage::Format_Grayscale8);
    for (int y = 0; y < a.height(); ++y) {
        const auto *left = reinterpret_cast<const QRgb *>(a.constScanLine(y));
        const auto *right = reinterpret_cast<const QRgb *>(b.constScanLine(y));
        uchar *most = worst.scanLine(y);
        for (int x = 0; x < a.width(); ++x) {
            const std::array<int, 4> by = {
                std::abs(qRed(left[x]) - qRed(right[x])), std::abs(qGreen(left[x]) - qGreen(right[x])),
                std::abs(qBlue(left[x]) - qBlue(right[x])), std::abs(qAlpha(left[x]) - qAlpha(right[x]))};
            const int largest = *std::max_element(by.begin(), by.end());
            most[x] = uchar(largest);
            result.record.largest = std::max(result.record.largest, largest);
            result.record.pixels += largest > 0;
        }
    }
    result.record.psnr = result.record.pixels > 0 ? psnr(a, b) : 0.0;
    result.amplified = amplification(result.record.largest);
    for (int y = 0; y < a.height(); ++y) {
        auto *line = reinterpret_cast<QRgb *>(map.scanLine(y));
        const uchar *most = worst.constScanLine(y);
        for (int x = 0; x < a.width(); ++x)
            line[x] = heat(most[x] * result.amplified / 255.0);
    }
    result.difference = map;
}

} // namespace

VerifyPlan planVerify(const PictureInfo &picture, const QList<PlotModel> &models,
                      const std::optional<engine::DeviceInfo> &device,
                      const std::function<QString(const QString &)> &hashOf)
{
    VerifyPlan plan;
    if (picture.format.isEmpty()) {
        plan.problem = Failure::sentenceFor(engine::ErrorKind::FileUnreadable, picture.path);
        return plan;
    }
    if (!picture.recipe) {
        plan.problem = Words::tr("This file does not say how it was made.");
        return plan;
    }
    const Recipe &recipe = *picture.recipe;
    if (recipe.hasInit || recipe.hasMask) {
        plan.problem = Words::tr(
            "This picture started from another picture, which the file does not hold; it cannot be made again.");
        return plan;
    }
    if (!recipe.parent.isEmpty()) {
        //: %1 is a file name
        plan.problem = Words::tr("This picture goes on from step %2 of \"%1\", whose steps the file does not hold; it "
                                 "cannot be made again from its recipe.")
                           .arg(QFileInfo(recipe.parent).fileName())
                           .arg(recipe.branchStep);
        return plan;
    }
    if (const QString missing = missingFields(recipe); !missing.isEmpty()) {
        //: %1 is a list like "steps, seed"
        plan.problem = Words::tr("The recipe in this file is not complete; it lacks %1.").arg(missing);
        return plan;
    }
    const QString model = findModelOf(recipe, models, hashOf);
    if (model.isEmpty()) {
        const QString name = recipe.modelName.isEmpty() ? modelNameOf(recipe.request.model) : recipe.modelName;
        plan.problem =
            name.isEmpty() ? Words::tr("The recipe does not say which model made this picture.")
            : recipe.modelHash.isEmpty()
                ? Words::tr("The model \"%1\" is not here. Add its folder under Models, then verify again.").arg(name)
                : Words::tr("The model \"%1\" (%2) is not here. Add its folder under Models, then verify again.")
                      .arg(name, recipe.modelHash);
        return plan;
    }
    plan.request = recipe.request;
    plan.request.model = model.toStdString();
    plan.request.count = 1;
    plan.request.preview = engine::PreviewContent::None;
    plan.request.keepTrajectory = false;
    plan.request.keepAttention = false;
    if (recipe.precision == QLatin1String("float32"))
        plan.request.precision = engine::Precision::Float32;
    else if (recipe.precision == QLatin1String("bfloat16"))
        plan.request.precision = engine::Precision::BFloat16;

    if (const QString hash = hashOf(model); !recipe.modelHash.isEmpty() && !hash.isEmpty() && hash != recipe.modelHash)
        plan.reasons.append(
            Words::tr("The model file is another one: its hash was %1 and is %2.").arg(recipe.modelHash, hash));
    static const QRegularExpression lora(QStringLiteral("<lora:([^:>]+)"));
    for (auto match = lora.globalMatch(QString::fromStdString(recipe.request.prompt)); match.hasNext();)
        plan.reasons.append(Words::tr("The LoRA \"%1\" is not used here.").arg(match.next().captured(1)));
    if (!isOurs(recipe)) {
        const QString program = recipe.program.isEmpty() ? Words::tr("Another program") : recipe.program;
        plan.reasons.append(
            Words::tr("%1 made this picture: it draws noise and rounds numbers in its own way, so the pixels cannot be "
                      "the same.")
                .arg(program));
    } else if (recipe.version != programVersion()) {
        plan.reasons.append(Words::tr("Tincture %1 made it, this is %2.").arg(recipe.version, programVersion()));
    }
    if (device && !recipe.device.isEmpty() && recipe.device != QString::fromStdString(device->device))
        plan.reasons.append(Words::tr("It was made on %1, this is %2; they round differently.")
                                .arg(recipe.device.toUpper(), QString::fromStdString(device->device).toUpper()));
    if (recipe.precision.isEmpty() && isOurs(recipe))
        plan.reasons.append(Words::tr("The recipe does not say in which precision it was computed."));
    if (picture.format == QLatin1String("jpeg") || picture.format == QLatin1String("webp"))
        plan.reasons.append(
            Words::tr("The file is %1, which changes pixels when a picture is saved.")
                .arg(picture.format == QLatin1String("jpeg") ? QStringLiteral("JPEG") : QStringLiteral("WebP")));
    const QSize made(recipe.request.width, recipe.request.height);
    if (!made.isEmpty() && picture.size.isValid() && picture.size != made)
        plan.reasons.append(
            Words::tr("The picture was resized from %1 × %2 after it was made.").arg(made.width()).arg(made.height()));
    return plan;
}

VerifyResult judge(const QString &file, const engine::Image &made, const QStringList &reasons)
{
    VerifyResult result;
    result.file = file;
    result.made = made;
    result.record.when = QDateTime::currentDateTime();
    Failure failure;
    result.picture = readImage(file, &failure);
    if (result.picture.empty()) {
        result.record.sentence = failure.sentence;
        result.failure = failure;
        return result;
    }
    const QImage was = toQImage(result.picture).convertToFormat(QImage::Format_ARGB32);
    QImage now = toQImage(made).convertToFormat(QImage::Format_ARGB32);
    const bool isSameSize = was.size() == now.size();
    if (!isSameSize)
        now = now.scaled(was.size(), Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
    compare(was, now, result);
    VerifyRecord &record = result.record;
    if (isSameSize && record.pixels == 0) {
        record.verdict = Verdict::Identical;
        record.psnr = 0.0;
        record.sentence = Words::tr("Identical: every pixel is the same.");
        return result;
    }
    record.verdict = Verdict::Different;
    const double share = 100.0 * double(record.pixels) / std::max(1, was.width() * was.height());
    record.sentence = record.pixels == 0
                          ? Words::tr("Different: only the size.")
                          : Words::tr("Different: %1 % of the pixels, by %2 of 255 at most (PSNR %3 dB).")
                                .arg(share < 0.1 ? QString::number(share, 'g', 1) : QString::number(share, 'f', 1))
                                .arg(record.largest)
                                .arg(record.psnr, 0, 'f', 1);
    record.reasons = reasons;
    if (record.reasons.isEmpty())
        record.reasons.append(
            Words::tr("Nothing in the recipe says why: another processor or number of threads rounds differently."));
    return result;
}

QJsonObject verifyRecordToJson(const VerifyRecord &record)
{
    const char *verdict = record.verdict == Verdict::Identical   ? "identical"
                          : record.verdict == Verdict::Different ? "different"
                                                                 : "not_possible";
    return {{QStringLiteral("verdict"), QLatin1String(verdict)},
            {QStringLiteral("sentence"), record.sentence},
            {QStringLiteral("reasons"), QJsonArray::fromStringList(record.reasons)},
            {QStringLiteral("psnr"), record.psnr},
            {QStringLiteral("largest"), record.largest},
            {QStringLiteral("pixels"), record.pixels},
            {QStringLiteral("when"), record.when.toUTC().toString(Qt::ISODate)}};
}

} // namespace app
