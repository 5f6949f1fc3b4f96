#include "ui/gallery/picture_loader.h"

#include <QImageReader>

namespace ui {

PictureLoader::PictureLoader(QObject *parent) : QObject(parent), m_newest(std::make_shared<std::atomic<int>>(0))
{
    m_pool.setMaxThreadCount(1);
}

PictureLoader::~PictureLoader()
{
    ++*m_newest;
    m_pool.waitForDone();
}

void PictureLoader::load(const QString &path)
{
    const int number = ++*m_newest;
    m_pool.clear();
    m_pool.start([this, path, number, newest = m_newest] {
        if (*newest != number)
            return;
        QImageReader reader(path);
        reader.setAutoTransform(true);
        const QImage image = reader.read();
        QMetaObject::invokeMethod(
            this,
            [this, path, number, image] {
                if (*m_newest == number)
                    Q_EMIT loaded(path, image);
            },
            Qt::QueuedConnection);
    });
}

} // namespace ui
