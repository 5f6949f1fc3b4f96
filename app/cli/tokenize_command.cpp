#include "app/cli/arguments.h"
#include "app/cli/command.h"
#include "app/cli/model_choice.h"
#include "engine/text/tokenizer.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>

namespace app::cli {

namespace {

QJsonArray idsOf(const engine::Tokenizer &tokenizer, const QString &text)
{
    QJsonArray ids;
    for (const std::int64_t id : tokenizer.encodeWithSpecials(text.toStdString()))
        ids << qint64(id);
    return ids;
}

QStringList stringsOf(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        throw engine::Error(engine::ErrorKind::FileUnreadable, path.toStdString(), file.errorString().toStdString());
    const QJsonDocument document = QJsonDocument::fromJson(file.readAll());
    QStringList strings;
    const QJsonArray entries = document.array();
    for (const QJsonValue &entry : entries) {
        if (entry.isString())
            strings << entry.toString();
    }
    if (!document.isArray() || strings.size() != entries.size()) {
        throw CommandFailed{{.kind = engine::ErrorKind::BadRequest,
                             .sentence = QStringLiteral("\"%1\" is not a JSON array of strings.").arg(path)}};
    }
    return strings;
}

} // namespace

void runTokenize(const QStringList &arguments)
{
    Arguments in(
        {.name = QStringLiteral("tokenize"),
         .positional = QStringLiteral("[TEXT]"),
         .text = QStringLiteral("Shows token ids as a JSON array, start and end included, neither padded nor cut.")});
    in.add(QStringLiteral("model"), QStringLiteral("PATH|NAME"),
           QStringLiteral("Model, or the folder of a tokenizer. Without it: the model of this program."));
    in.add(QStringLiteral("file"), QStringLiteral("FILE"),
           QStringLiteral("JSON array of strings: one array of ids for each."));
    in.add(QStringLiteral("part"), QStringLiteral("NAME"), QStringLiteral("tokenizer (by default), tokenizer_2, ..."));
    in.add(QStringLiteral("json"), {}, QStringLiteral("Understood; the answer is always one JSON array."));
    in.parse(arguments);
    const bool hasFile = in.has(QStringLiteral("file"));
    if (in.positional().size() != (hasFile ? 0 : 1))
        throw UsageError{QStringLiteral("Either one text or --file is to be given.")};
    const QString part = in.has(QStringLiteral("part")) ? in.text(QStringLiteral("part")) : QStringLiteral("tokenizer");
    const auto tokenizer = engine::makeTokenizer(findModel(in.text(QStringLiteral("model"))), part.toStdString());
    if (!hasFile)
        return printJson(idsOf(*tokenizer, in.positional().first()));
    QJsonArray answers;
    for (const QString &text : stringsOf(in.text(QStringLiteral("file"))))
        answers << idsOf(*tokenizer, text);
    printJson(answers);
}

} // namespace app::cli
