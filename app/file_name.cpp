#include "app/file_name.h"

#include <QCryptographicHash>
#include <QDirIterator>
#include <QRegularExpression>

#include <algorithm>

namespace app {

namespace {

constexpr int kSequenceDigits = 5;
constexpr int kMostBytes = 200; ///< of a name; file systems take 255 with the ending
constexpr int kPromptWords = 8;

QString firstWords(const QString &prompt)
{
    static const QRegularExpression noWord(QStringLiteral("[^\\w]+"), QRegularExpression::UseUnicodePropertiesOption);
    return prompt.split(noWord, Qt::SkipEmptyParts).mid(0, kPromptWords).join(QLatin1Char(' '));
}

QString valueOf(const QString &token, const QString &format, const Recipe &recipe, int sequence)
{
    const engine::GenerateRequest &request = recipe.request;
    const QDateTime created = recipe.created.isValid() ? recipe.created : QDateTime::currentDateTime();
    if (token == QLatin1String("seq") || token == QLatin1String("generation_number"))
        return QString::number(sequence).rightJustified(kSequenceDigits, QLatin1Char('0'));
    if (token == QLatin1String("seed"))
        return QString::number(request.seed);
    if (token == QLatin1String("steps"))
        return QString::number(request.steps);
    if (token == QLatin1String("cfg"))
        return QString::number(request.guidanceScale);
    if (token == QLatin1String("width"))
        return QString::number(request.width);
    if (token == QLatin1String("height"))
        return QString::number(request.height);
    if (token == QLatin1String("sampler"))
        return QString::fromStdString(request.sampler);
    if (token == QLatin1String("scheduler"))
        return QString::fromStdString(request.schedule);
    if (token == QLatin1String("model_name"))
        return recipe.modelName;
    if (token == QLatin1String("model_hash"))
        return recipe.modelHash;
    if (token == QLatin1String("date"))
        return created.toString(QStringLiteral("yyyy-MM-dd"));
    if (token == QLatin1String("datetime"))
        return created.toString(format.isEmpty() ? QStringLiteral("yyyyMMddHHmmss") : format);
    if (token == QLatin1String("prompt_words"))
        return firstWords(QString::fromStdString(request.prompt));
    if (token == QLatin1String("prompt_hash"))
        return QString::fromLatin1(
            QCryptographicHash::hash(QByteArray::fromStdString(request.prompt), QCryptographicHash::Sha256)
                .toHex()
                .left(8));
    if (token == QLatin1String("batch_number"))
        return QString::number(recipe.picture + 1);
    if (token == QLatin1String("clip_skip"))
        return QString::number(request.clipSkip);
    if (token == QLatin1String("denoising"))
        return QString::number(request.strength);
    return {};
}

} // namespace

QString pictureFileName(const QString &pattern, const Recipe &recipe, int sequence)
{
    static const QRegularExpression token(
        QStringLiteral("\\[(seq|seed|steps|cfg|width|height|sampler|scheduler|model_name|model_hash|date|"
                       "datetime|prompt_words|prompt_hash|batch_number|generation_number|clip_skip|"
                       "denoising)(?:<([^>]*)>)?\\]"));
    QString name;
    qsizetype at = 0;
    for (auto matches = token.globalMatch(pattern); matches.hasNext();) {
        const QRegularExpressionMatch match = matches.next();
        name += pattern.mid(at, match.capturedStart() - at);
        name += valueOf(match.captured(1), match.captured(2), recipe, sequence);
        at = match.capturedEnd();
    }
    name += pattern.mid(at);
    // No path, nothing that other systems refuse, no hidden file.
    static const QRegularExpression forbidden(QStringLiteral("[\\x00-\\x1f/\\\\:*?\"<>|]"));
    name.replace(forbidden, QStringLiteral("_"));
    while (name.toUtf8().size() > kMostBytes)
        name.chop(1);
    name = name.trimmed();
    while (name.startsWith(QLatin1Char('.')))
        name.remove(0, 1);
    return name.isEmpty() ? QString::number(sequence).rightJustified(kSequenceDigits, QLatin1Char('0')) : name;
}

int nextSequence(const QString &folder)
{
    static const QRegularExpression number(QStringLiteral("^(\\d{1,9})(?:\\D|$)"));
    int next = 0;
    QDirIterator files(folder, QDir::Files);
    while (files.hasNext()) {
        files.next();
        const QRegularExpressionMatch match = number.match(files.fileName());
        if (match.hasMatch())
            next = std::max(next, match.captured(1).toInt() + 1);
    }
    return next;
}

} // namespace app
