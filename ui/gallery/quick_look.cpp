#include "ui/gallery/quick_look.h"

#include "app/gallery_store.h"
#include "ui/common/painting.h"
#include "ui/common/thumbnail_delegate.h"
#include "ui/create/canvas.h"
#include "ui/gallery/gallery_filter.h"
#include "ui/gallery/picture_loader.h"

#include <QFileInfo>
#include <QKeyEvent>

namespace ui {

namespace {

constexpr int kMargin = 32;
constexpr int kFoot = 40;

} // namespace

QuickLook::QuickLook(GalleryFilter &filter, PictureLoader &loader, QWidget *page)
    : QWidget(page), m_filter(filter), m_loader(loader)
{
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setProperty("focusRing", false);
    setAccessibleName(tr("Quick look"));
    hide();
    page->installEventFilter(this);
    connect(&loader, &PictureLoader::loaded, this, [this](const QString &path, const QImage &image) {
        if (path != m_path || !isVisible())
            return;
        m_image = image;
        m_isStandIn = false;
        m_scaled = {};
        update();
    });
    connect(&loader, &PictureLoader::failed, this, [this](const QString &path, const QString &sentence) {
        if (path != m_path || !isVisible())
            return;
        m_problem = sentence;
        update();
    });
    connect(&filter, &QAbstractItemModel::dataChanged, this, qOverload<>(&QWidget::update));
    connect(&filter, &QAbstractItemModel::modelReset, this, &QuickLook::close);
    connect(&filter, &QAbstractItemModel::rowsRemoved, this, [this] {
        if (isVisible() && !m_current.isValid())
            close();
    });
}

void QuickLook::show(const QModelIndex &index)
{
    if (!index.isValid())
        return;
    m_current = index;
    setGeometry(parentWidget()->rect());
    raise();
    QWidget::show();
    setFocus(Qt::OtherFocusReason);
    take();
    Q_EMIT currentChanged(index);
}

void QuickLook::take()
{
    const app::GalleryPicture picture = m_filter.at(m_current.row());
    if (picture.id == 0)
        return;
    m_path = picture.path;
    m_problem.clear();
    m_scaled = {};
    setAccessibleDescription(picture.prompt.isEmpty() ? QFileInfo(m_path).fileName() : picture.prompt);
    m_image = m_loader.load(m_path);
    m_isStandIn = m_image.isNull();
    if (m_isStandIn)
        m_image = m_filter.thumbnailState(m_current.row()).image;
    QStringList neighbours;
    for (const int by : {1, -1}) {
        neighbours.append(m_filter.at(m_current.row() + by).path);
    }
    m_loader.prefetch(neighbours);
    update();
}

void QuickLook::close()
{
    if (!isVisible())
        return;
    hide();
    m_image = {};
    m_scaled = {};
    m_path.clear();
    Q_EMIT closed();
}

void QuickLook::paintEvent(QPaintEvent *)
{
    const Theme &t = theme();
    QPainter painter(this);
    painter.fillRect(rect(), t.color(Token::Canvas));
    const app::GalleryPicture picture = m_filter.at(m_current.row());
    if (picture.id == 0)
        return;
    const QRectF area = QRectF(rect()).adjusted(kMargin, kMargin, -kMargin, -kMargin - kFoot);
    if (!m_problem.isEmpty()) {
        painter.setFont(t.font(TextStyle::Body));
        painter.setPen(t.color(Token::Text2));
        painter.drawText(area, Qt::AlignCenter | Qt::TextWordWrap, m_problem);
    } else if (!m_image.isNull()) {
        const QSize nominal = picture.size.isEmpty() ? m_image.size() : picture.size;
        const double zoom = Canvas::fittingZoom(nominal, area.size());
        QRectF target(QPointF(), QSizeF(nominal) * zoom);
        target.moveCenter(area.center());
        target.moveTopLeft(target.topLeft().toPoint());
        const QSize wanted = (target.size() * devicePixelRatioF()).toSize().expandedTo({1, 1});
        if (m_scaled.size() != wanted)
            m_scaled = m_image.scaled(wanted, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
        painter.drawImage(target, m_scaled);
    }
    QRectF foot(kMargin, height() - kMargin - kFoot / 2.0, width() - 2 * kMargin, 24);
    const QString words = picture.prompt.isEmpty() ? QFileInfo(picture.path).fileName() : picture.prompt.simplified();
    if (picture.stars > 0) {
        paintStars(painter, foot.topLeft() + QPointF(0, 5), 14, picture.stars, picture.stars, t.color(Token::Star),
                   t.color(Token::Text3));
        foot.setLeft(foot.left() + picture.stars * 14 + 10);
    }
    drawElided(painter, foot, words, t.font(TextStyle::Body), t.color(Token::Text));
}

void QuickLook::keyPressEvent(QKeyEvent *event)
{
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    int by = 0;
    switch (event->key()) {
    case Qt::Key_Space:
    case Qt::Key_Escape:
        close();
        return;
    case Qt::Key_Left:
    case Qt::Key_Right:
        by = (event->key() == Qt::Key_Right) != mirrored ? 1 : -1;
        break;
    case Qt::Key_Up:
        by = -1;
        break;
    case Qt::Key_Down:
        by = 1;
        break;
    default:
        Q_EMIT keyUnused(event);
        return;
    }
    const QModelIndex next = m_filter.index(m_current.row() + by, 0);
    if (next.isValid()) {
        m_current = next;
        take();
        Q_EMIT currentChanged(next);
    }
}

void QuickLook::mousePressEvent(QMouseEvent *)
{
    close();
}

void QuickLook::resizeEvent(QResizeEvent *)
{
    m_scaled = {};
}

bool QuickLook::eventFilter(QObject *object, QEvent *event)
{
    if (object == parentWidget() && event->type() == QEvent::Resize && isVisible())
        setGeometry(parentWidget()->rect());
    return QWidget::eventFilter(object, event);
}

} // namespace ui
