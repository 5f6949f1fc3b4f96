#include "ui/common/free_space.h"

#include <QCoreApplication>
#include <QDir>
#include <QLocale>
#include <QPointer>
#include <QStorageInfo>
#include <QThreadPool>

namespace ui {

FreeSpace::FreeSpace(QObject *parent) : QObject(parent)
{
    connect(&m_timer, &QTimer::timeout, this, &FreeSpace::ask);
    m_timer.start(30000);
}

void FreeSpace::setFolder(const QString &folder)
{
    m_folder = folder;
    ask();
}

void FreeSpace::ask()
{
    QThreadPool::globalInstance()->start([space = QPointer<FreeSpace>(this), folder = m_folder] {
        // The folder itself is made with the first picture: the nearest one that exists says it.
        QString place = folder;
        while (!place.isEmpty() && !QDir(place).exists())
            place = place.section(QLatin1Char('/'), 0, -2);
        const QStorageInfo disk(place.isEmpty() ? QStringLiteral("/") : place);
        const qint64 bytes = disk.isValid() ? disk.bytesAvailable() : -1;
        QMetaObject::invokeMethod(
            qApp,
            [space, bytes] {
                if (!space)
                    return;
                const QString text =
                    bytes < 0 ? QString()
                              : tr("%1 free").arg(QLocale().formattedDataSize(bytes, 0, QLocale::DataSizeSIFormat));
                if (text == space->m_text)
                    return;
                space->m_text = text;
                Q_EMIT space->changed();
            },
            Qt::QueuedConnection);
    });
}

} // namespace ui
