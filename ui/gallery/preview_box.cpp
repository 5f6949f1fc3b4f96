#include "ui/gallery/preview_box.h"

#include "app/thumbnails.h"
#include "ui/common/painting.h"
#include "ui/common/thumbnail_delegate.h"

namespace ui {

PreviewBox::PreviewBox(app::Thumbnails &thumbnails, QWidget *parent) : QWidget(parent), m_thumbnails(thumbnails)
{
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setAccessibleName(tr("Chosen picture"));
    const auto onThumbnail = [this](const QString &path) {
        if (path == m_picture.path)
            refresh();
    };
    connect(&thumbnails, &app::Thumbnails::ready, this, onThumbnail);
    connect(&thumbnails, &app::Thumbnails::failed, this, onThumbnail);
}

void PreviewBox::setPicture(const app::GalleryPicture &picture)
{
    if (picture.path != m_picture.path)
        m_problem.clear();
    m_picture = picture;
    setAccessibleDescription(picture.prompt);
    updateGeometry();
    refresh();
}

void PreviewBox::setProblem(const QString &words)
{
    m_problem = words;
    update();
}

void PreviewBox::refresh()
{
    m_image = m_thumbnails.get(m_picture.path, 512);
    if (m_image.isNull())
        m_image = m_thumbnails.peek(m_picture.path, 256);
    update();
}

int PreviewBox::heightForWidth(int width) const
{
    const QSize size = m_picture.size;
    if (!size.isValid() || size.isEmpty())
        return width;
    return std::min(width, std::max(64, width * size.height() / size.width()));
}

void PreviewBox::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    ThumbnailState state;
    state.image = m_image;
    state.fillsCell = false;
    state.isMissing = m_image.isNull() && (m_thumbnails.hasFailed(m_picture.path) || !m_problem.isEmpty());
    state.missingText = m_problem;
    QRectF box(rect());
    const QSize size = m_picture.size;
    if (size.isValid() && !size.isEmpty() && size.height() > size.width()) {
        box.setWidth(box.height() * size.width() / size.height());
        box.moveCenter(QRectF(rect()).center());
    }
    paintThumbnail(painter, box, state);
}

void PreviewBox::mouseDoubleClickEvent(QMouseEvent *)
{
    Q_EMIT activated();
}

} // namespace ui
