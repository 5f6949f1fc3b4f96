#include "ui/gallery/picture_drag.h"

#include "app/gallery_store.h"
#include "ui/common/painting.h"
#include "ui/common/thumbnail_delegate.h"
#include "ui/gallery/gallery_filter.h"

#include <QDrag>
#include <QLocale>
#include <QMimeData>
#include <QPixmap>
#include <QUrl>

namespace ui {

void dragPictures(QWidget *from, const GalleryFilter &filter, const QList<int> &rows, int shown)
{
    const QStringList paths = filter.pathsOf(rows);
    if (paths.isEmpty())
        return;
    QList<QUrl> urls;
    urls.reserve(paths.size());
    for (const QString &path : paths)
        urls.append(QUrl::fromLocalFile(path));
    auto *content = new QMimeData;
    content->setUrls(urls);
    constexpr int kSide = 96;
    const double ratio = from->devicePixelRatioF();
    QPixmap pixmap(QSize(kSide, kSide) * ratio);
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    ThumbnailState state = filter.thumbnailState(shown >= 0 ? shown : rows.first());
    state.stars = 0;
    state.label = 0;
    paintThumbnail(painter, QRectF(0, 0, kSide, kSide), state);
    if (paths.size() > 1)
        drawOverlayText(painter, QPointF(6, 6), QLocale().toString(paths.size()), TextStyle::Label);
    painter.end();
    auto *drag = new QDrag(from);
    drag->setMimeData(content);
    drag->setPixmap(pixmap);
    drag->exec(Qt::CopyAction);
}

} // namespace ui
