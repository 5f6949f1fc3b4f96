// "tincture-cli verify": makes a picture again and says whether it is the same.
#include "app/cli/arguments.h"
#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "app/cli/progress_line.h"
#include "app/model_hash.h"
#include "app/settings.h"
#include "app/verify.h"
#include "engine/resources.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonObject>
#include <QStandardPaths>

namespace app::cli {

namespace {

/// Models that came with the program and those of the user's folders, by name.
QList<PlotModel> knownModels()
{
    const QString config = QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) +
                           QStringLiteral("/tincture/tincture.ini");
    QStringList folders = {QString::fromStdString((engine::resourceFolder() / "models").string())};
    folders += Settings(config).modelFolders();
    QList<PlotModel> models;
    for (const QString &folder : std::as_const(folders)) {
        const QFileInfoList entries = QDir(folder).entryInfoList(QDir::Files | QDir::Dirs | QDir::NoDotAndDotDot);
        for (const QFileInfo &entry : entries)
            models.append({entry.absoluteFilePath(), modelNameOf(entry.absoluteFilePath().toStdString())});
    }
    return models;
}

} // namespace

void runVerify(const QStringList &arguments)
{
    Arguments in(
        {.name = QStringLiteral("verify"),
         .positional = QStringLiteral("FILE"),
         .text = QStringLiteral("Makes a picture again from the recipe in its file and says whether every pixel "
                                "is the same. Status 0: identical, 1: different.")});
    in.add(QStringLiteral("model"), QStringLiteral("PATH"),
           QStringLiteral("This model instead of the one that the recipe names."));
    in.add(QStringLiteral("difference"), QStringLiteral("FILE.png"),
           QStringLiteral("Write a map of the differences, if there are any."));
    in.add(QStringLiteral("threads"), QStringLiteral("N"),
           QStringLiteral("Processor threads. Without it: one a core."));
    in.add(QStringLiteral("json"), {}, QStringLiteral("Print one JSON object: verdict, sentence, reasons, psnr."));
    in.add(QStringLiteral("quiet"), {}, QStringLiteral("Show no progress."));
    in.parse(arguments);
    if (in.positional().size() != 1)
        throw UsageError{QStringLiteral("One picture is to be named.")};
    const QString file = in.positional().first();
    const Interrupt interrupt;
    ProgressLine line;
    const bool isQuiet = in.has(QStringLiteral("quiet"));
    const auto threads = int(in.integer(QStringLiteral("threads"), 0, 0, 1024));

    PictureInfo picture = readPictureInfo(file);
    if (picture.recipe && in.has(QStringLiteral("model"))) {
        picture.recipe->request.model = in.path(QStringLiteral("model"));
        picture.recipe->modelName = modelNameOf(picture.recipe->request.model);
    }
    ModelHashes hashes(QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) +
                       QStringLiteral("/tincture/model-hashes.json"));
    const std::stop_callback stopHashing(interrupt.token(), [&hashes] { hashes.stop(); });
    const auto hashOf = [&hashes](const QString &model) { return hashes.hashOf(model); };
    // What cannot work is said before the engine is opened.
    if (const VerifyPlan early = planVerify(picture, knownModels(), std::nullopt, hashOf); !early.problem.isEmpty())
        throw CommandFailed{{.kind = engine::ErrorKind::FileUnreadable, .sentence = early.problem, .details = file}};

    const std::unique_ptr<engine::Engine> engine = engine::makeEngine({.threads = threads});
    const VerifyPlan plan = planVerify(picture, knownModels(), engine->device(), hashOf);
    engine::Image made;
    QStringList reasons = plan.reasons;
    (void)engine->generate(plan.request,
                           {.emit =
                                [&](const engine::Event &event) {
                                    if (const auto *image = std::get_if<engine::ImageFinished>(&event))
                                        made = image->image;
                                    else if (const auto *note = std::get_if<engine::Notice>(&event))
                                        reasons.append(QString::fromStdString(note->text));
                                    const auto *step = std::get_if<engine::StepFinished>(&event);
                                    if (step && !isQuiet)
                                        line.show(double(step->step) / std::max(1, step->steps),
                                                  QStringLiteral("step %1/%2").arg(step->step).arg(step->steps));
                                },
                            .stop = interrupt.token()});
    line.clear();
    const VerifyResult result = judge(file, made, reasons);
    if (result.record.verdict == Verdict::NotPossible)
        throw CommandFailed{result.failure};
    if (in.has(QStringLiteral("difference")) && result.record.verdict == Verdict::Different) {
        const auto failure = writeFileAtomically(in.text(QStringLiteral("difference")),
                                                 encodePicture(fromQImage(result.difference), std::nullopt));
        if (failure)
            throw CommandFailed{*failure};
    }
    if (in.has(QStringLiteral("json"))) {
        printJson(verifyRecordToJson(result.record));
    } else {
        print(result.record.sentence);
        for (const QString &reason : result.record.reasons)
            print(QStringLiteral("  ") + reason);
    }
    if (result.record.verdict == Verdict::Different)
        throw EndWith{1};
}

} // namespace app::cli
