#include "app/cli/picture_output.h"

#include "app/cli/command.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>

namespace app::cli {

void makeFolder(const QString &path)
{
    if (!QDir().mkpath(path)) {
        throw CommandFailed{{.kind = engine::ErrorKind::DiskFull,
                             .sentence = Failure::sentenceFor(engine::ErrorKind::DiskFull, path),
                             .details = QStringLiteral("The folder %1 cannot be made.").arg(path)}};
    }
}

PictureOutput::PictureOutput(const QString &out)
{
    const QFileInfo info(out);
    if (!info.isDir() && !out.endsWith(QLatin1Char('/')) && !info.suffix().isEmpty()) {
        if (info.suffix().compare(QLatin1String("png"), Qt::CaseInsensitive) != 0)
            throw UsageError{QStringLiteral("--out is \"%1\", but pictures are written as .png.").arg(out)};
        m_file = out;
        makeFolder(info.absolutePath());
        return;
    }
    m_folder = out;
    makeFolder(out);
    const QStringList names = QDir(out).entryList({QStringLiteral("*.png")}, QDir::Files);
    for (const QString &name : names) {
        bool isNumber = false;
        const int number = name.section(QLatin1Char('-'), 0, 0).toInt(&isNumber);
        if (isNumber && name.contains(QLatin1Char('-')))
            m_next = std::max(m_next, number + 1);
    }
    m_next = std::max(m_next, 1);
}

QString PictureOutput::nextPath(quint64 seed)
{
    const int number = m_next++;
    if (!m_folder.isEmpty())
        return QDir(m_folder).filePath(QStringLiteral("%1-%2.png").arg(number, 5, 10, QLatin1Char('0')).arg(seed));
    if (number == 0)
        return m_file;
    const QFileInfo info(m_file);
    return QDir(info.path())
        .filePath(QStringLiteral("%1_%2.%3").arg(info.completeBaseName()).arg(number).arg(info.suffix()));
}

} // namespace app::cli
