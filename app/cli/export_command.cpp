// "tincture-cli export": pictures in other formats and sizes, as files, a zip or a contact sheet.
#include "app/cli/arguments.h"
#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "app/cli/progress_line.h"
#include "app/picture_export.h"

#include <QFileInfo>
#include <QJsonArray>
#include <QJsonObject>

namespace app::cli {

namespace {

void readSize(const Arguments &in, ExportOptions &options)
{
    if (!in.has(QStringLiteral("size")))
        return;
    QString text = in.text(QStringLiteral("size"));
    bool isFine = false;
    if (text.endsWith(QLatin1Char('%'))) {
        text.chop(1);
        options.size = ExportSize::Percent;
        options.percent = text.toDouble(&isFine);
        isFine = isFine && options.percent >= 1.0 && options.percent <= 400.0;
    } else {
        options.size = ExportSize::LongestSide;
        options.longestSide = text.toInt(&isFine);
        isFine = isFine && options.longestSide >= 1 && options.longestSide <= 32768;
    }
    if (!isFine)
        in.refuse(QStringLiteral("size"), QStringLiteral("a longest side like 1024, or a share like 50%"));
}

ExportOptions readOptions(const Arguments &in)
{
    ExportOptions options;
    options.folder = in.required(QStringLiteral("to"));
    options.format = in.choice(QStringLiteral("format"), ExportFormat::Png,
                               {{"png", ExportFormat::Png},
                                {"jpeg", ExportFormat::Jpeg},
                                {"jpg", ExportFormat::Jpeg},
                                {"webp", ExportFormat::Webp}});
    options.as = in.choice(QStringLiteral("as"), ExportAs::Files,
                           {{"files", ExportAs::Files},
                            {"zip", ExportAs::Zip},
                            {"sheet-pdf", ExportAs::SheetPdf},
                            {"sheet-png", ExportAs::SheetPng}});
    options.quality = int(in.integer(QStringLiteral("quality"), options.quality, 1, 100));
    options.isLossless = in.has(QStringLiteral("lossless"));
    options.keepsMetadata = !in.has(QStringLiteral("strip"));
    options.columns = int(in.integer(QStringLiteral("columns"), options.columns, 1, 20));
    options.caption = in.choice(QStringLiteral("caption"), SheetCaption::Name,
                                {{"none", SheetCaption::None},
                                 {"name", SheetCaption::Name},
                                 {"prompt", SheetCaption::Prompt},
                                 {"settings", SheetCaption::Settings}});
    if (in.has(QStringLiteral("name"))) {
        // One name for one file; a pattern for many.
        (options.as == ExportAs::Files ? options.pattern : options.bundleName) = in.text(QStringLiteral("name"));
    }
    readSize(in, options);
    return options;
}

} // namespace

void runExport(const QStringList &arguments)
{
    Arguments in({.name = QStringLiteral("export"),
                  .positional = QStringLiteral("FILES..."),
                  .text = QStringLiteral("Writes pictures in another format, size or place. Nothing is overwritten: a "
                                         "number joins a name that is taken.")});
    const auto add = [&in](const char *name, const char *value, const char *text) {
        in.add(QLatin1String(name), QLatin1String(value), QLatin1String(text));
    };
    add("to", "FOLDER", "Where they go.");
    add("format", "png|jpeg|webp", "PNG without it.");
    add("as", "files|zip|sheet-pdf|sheet-png", "One file a picture, one zip, or a contact sheet.");
    add("quality", "N", "Of JPEG and WebP, 1 to 100; 90 without it.");
    add("lossless", "", "WebP without loss.");
    add("size", "N|N%", "Longest side in pixels, or percent.");
    add("name", "PATTERN", "Names, as \"[seq]-[seed]\"; of a zip or sheet its own name.");
    add("strip", "", "Leave out how the pictures were made.");
    add("columns", "N", "Of a contact sheet; 4 without it.");
    add("caption", "none|name|prompt|settings", "Below the pictures of a contact sheet.");
    add("json", "", "Print one JSON value: files, pictures, failures.");
    add("quiet", "", "Show no progress.");
    in.parse(arguments);
    if (in.positional().isEmpty())
        throw UsageError{QStringLiteral("At least one picture is to be named.")};
    const ExportOptions options = readOptions(in);
    const Interrupt interrupt;
    ProgressLine line;
    const int total = int(in.positional().size());
    const bool isQuiet = in.has(QStringLiteral("quiet"));
    const ExportResult result = exportPictures(
        in.positional(), options,
        [&](int done) {
            if (!isQuiet)
                line.show(double(done) / total, QStringLiteral("%1 of %2").arg(done).arg(total));
        },
        interrupt.token());
    line.clear();
    if (result.wasCancelled)
        throw engine::Cancelled();
    if (result.stopped)
        throw CommandFailed{
            {.kind = result.stopped->kind, .sentence = exportSentence(result), .details = result.stopped->details}};
    if (result.pictures == 0 && !result.failures.isEmpty())
        throw CommandFailed{result.failures.first()};
    if (in.has(QStringLiteral("json"))) {
        QJsonArray failures;
        for (const Failure &failure : result.failures)
            failures << QJsonObject{{QStringLiteral("message"), failure.sentence},
                                    {QStringLiteral("details"), failure.details}};
        return printJson(QJsonObject{{QStringLiteral("files"), QJsonArray::fromStringList(result.written)},
                                     {QStringLiteral("pictures"), result.pictures},
                                     {QStringLiteral("failures"), failures}});
    }
    for (const Failure &failure : result.failures)
        line.note(failure.sentence);
    for (const QString &file : result.written)
        print(file);
}

} // namespace app::cli
