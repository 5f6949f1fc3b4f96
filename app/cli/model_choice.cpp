#include "app/cli/model_choice.h"

#include "app/cli/command.h"
#include "app/settings.h"
#include "engine/resources.h"

#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>

namespace app::cli {

namespace {

QString configFile()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) +
           QStringLiteral("/tincture/tincture.ini");
}

/// The entry of `folder` of that name, complete or without its ending; empty if there is none.
QString entryOf(const QString &folder, const QString &name)
{
    const QFileInfoList entries =
        QDir(folder).entryInfoList(QDir::Files | QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name | QDir::IgnoreCase);
    for (const QFileInfo &entry : entries) {
        if (entry.fileName() == name || entry.completeBaseName().compare(name, Qt::CaseInsensitive) == 0)
            return entry.absoluteFilePath();
    }
    return {};
}

/// What is used where no model is named. Others come with the program too, and not all of them take a prompt.
QString defaultModel(const QString &folder)
{
    const QStringList names = QDir(folder).entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name);
    if (names.isEmpty()) {
        throw CommandFailed{{.kind = engine::ErrorKind::FileUnreadable,
                             .sentence = QStringLiteral("No model came with this program. Name one with --model."),
                             .details = folder}};
    }
    const QString starter = QStringLiteral("starter");
    return QDir(folder).filePath(names.contains(starter) ? starter : names.first());
}

} // namespace

std::filesystem::path findModel(const QString &pathOrName)
{
    const QString own = QString::fromStdString((engine::resourceFolder() / "models").string());
    if (pathOrName.isEmpty())
        return defaultModel(own).toStdString();
    if (QFileInfo::exists(pathOrName))
        return pathOrName.toStdString();
    if (!pathOrName.contains(QLatin1Char('/'))) {
        for (const QString &folder : QStringList(own) + Settings(configFile()).modelFolders()) {
            if (const QString found = entryOf(folder, pathOrName); !found.isEmpty())
                return found.toStdString();
        }
    }
    throw CommandFailed{
        {.kind = engine::ErrorKind::FileUnreadable,
         .sentence = QStringLiteral("There is no model \"%1\".").arg(pathOrName),
         .details = QStringLiteral("It is no path, and neither in %1 nor in your model folders.").arg(own)}};
}

} // namespace app::cli
