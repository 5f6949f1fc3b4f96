#include "ui/create/filmstrip.h"

#include "ui/common/elided_label.h"
#include "ui/common/focus_frame.h"
#include "ui/common/icons.h"
#include "ui/common/painting.h"
#include "ui/common/theme.h"
#include "ui/common/thumbnail_delegate.h"
#include "ui/create/session_model.h"
#include "ui/create/words.h"

#include <QAbstractButton>
#include <QDrag>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QMenu>
#include <QMimeData>
#include <QPainter>
#include <QScrollBar>
#include <QUrl>

#include <cmath>

namespace ui {

namespace {

constexpr int kRing = 3; ///< the ring of the current thumbnail lies so far outside

/// Dimmed words with a chevron that open a menu.
class WordButton : public QAbstractButton
{
public:
    explicit WordButton(QWidget *parent) : QAbstractButton(parent)
    {
        setCursor(Qt::PointingHandCursor);
        setFocusPolicy(Qt::TabFocus);
        setProperty("focusRing", false); // it would be cut off by the heading
    }

    QSize sizeHint() const override
    {
        const QFontMetrics metrics(theme().font(TextStyle::Detail));
        return {metrics.horizontalAdvance(text()) + 32, 20};
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const QColor color = theme().color(underMouse() || hasFocus() ? Token::Text : Token::Text3);
        if (showsKeyboardFocus(this))
            drawBox(painter, QRectF(rect()), 4, {}, theme().color(Token::Accent), 2.0);
        drawElided(painter, QRectF(4, 0, width() - 26, height()), text(), theme().font(TextStyle::Detail), color);
        drawIcon(painter, QRectF(width() - 19, (height() - 16) / 2.0, 16, 16), QStringLiteral("chevron-down"), color);
    }
};

/// Leaves room for the ring at the left of the first thumbnail.
class FilmDelegate : public ThumbnailDelegate
{
public:
    using ThumbnailDelegate::ThumbnailDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        QStyleOptionViewItem moved = option;
        moved.rect.translate(option.direction == Qt::RightToLeft ? -kRing : kRing, 0);
        ThumbnailDelegate::paint(painter, moved, index);
    }
};

} // namespace

FilmList::FilmList(QWidget *parent) : QListView(parent)
{
    setObjectName(QStringLiteral("filmstrip"));
    setFlow(QListView::LeftToRight);
    setWrapping(false);
    setUniformItemSizes(true);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFrameShape(QFrame::NoFrame);
    setMouseTracking(true);
    setDragEnabled(true);
    setDragDropMode(QAbstractItemView::DragOnly);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setAccessibleName(tr("Pictures of this session"));
    setSurface(this, Token::Panel);
    setSurface(viewport(), Token::Panel);
}

void FilmList::setCell(int pixels, int gap)
{
    m_cell = pixels;
    m_gap = gap;
    setFixedHeight(pixels + 8); // as high as an item: nothing scrolls up
    scheduleDelayedItemsLayout();
}

void FilmList::paintEvent(QPaintEvent *event)
{
    QListView::paintEvent(event);
    if (model() == nullptr || model()->rowCount() > 0)
        return;
    QPainter painter(viewport());
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme().color(Token::Line), 1, Qt::DashLine));
    for (int x = kRing; x < viewport()->width(); x += m_cell + m_gap)
        painter.drawRoundedRect(QRectF(x + 0.5, kRing + 0.5, m_cell - 1, m_cell - 1), 6, 6);
}

void FilmList::wheelEvent(QWheelEvent *event)
{
    const QPoint turned = event->pixelDelta().isNull() ? event->angleDelta() : event->pixelDelta() * 2;
    const int by = std::abs(turned.x()) > std::abs(turned.y()) ? turned.x() : turned.y();
    horizontalScrollBar()->setValue(horizontalScrollBar()->value() - by);
    event->accept();
}

void FilmList::keyPressEvent(QKeyEvent *event)
{
    const QModelIndex index = currentIndex();
    const Qt::KeyboardModifiers modifiers = event->modifiers() & ~Qt::KeypadModifier;
    if (index.isValid() && modifiers == Qt::NoModifier) {
        if (event->key() >= Qt::Key_0 && event->key() <= Qt::Key_5)
            return Q_EMIT starsChosen(index, event->key() - Qt::Key_0);
        switch (event->key()) {
        case Qt::Key_A:
            return Q_EMIT keyChosen(index, PictureKey::UseAll);
        case Qt::Key_P:
            return Q_EMIT keyChosen(index, PictureKey::UsePrompts);
        case Qt::Key_S:
            return Q_EMIT keyChosen(index, PictureKey::UseSeed);
        case Qt::Key_R:
            return Q_EMIT keyChosen(index, PictureKey::UseAllButSeed);
        case Qt::Key_I:
            return Q_EMIT keyChosen(index, PictureKey::ShowRecipe);
        case Qt::Key_Z:
            return Q_EMIT keyChosen(index, PictureKey::Compare);
        case Qt::Key_Return:
        case Qt::Key_Enter:
            return Q_EMIT keyChosen(index, PictureKey::OpenViewer);
        default:
            break;
        }
    }
    if (index.isValid() && event->matches(QKeySequence::Save))
        return Q_EMIT keyChosen(index, PictureKey::SaveCopy);
    QListView::keyPressEvent(event);
}

void FilmList::startDrag(Qt::DropActions)
{
    const QString file = currentIndex().data(SessionModel::FileRole).toString();
    if (file.isEmpty())
        return;
    auto *content = new QMimeData;
    content->setUrls({QUrl::fromLocalFile(file)});
    auto *drag = new QDrag(this);
    drag->setMimeData(content);
    const QImage image = currentIndex().data(SessionModel::ImageRole).value<QImage>();
    drag->setPixmap(QPixmap::fromImage(image.scaled(64, 64, Qt::KeepAspectRatio, Qt::SmoothTransformation)));
    drag->exec(Qt::CopyAction);
}

Filmstrip::Filmstrip(SessionModel &model, QWidget *parent)
    : QWidget(parent)
    , m_model(model)
    , m_heading(new QWidget(this))
    , m_list(new FilmList(this))
    , m_delegate(new FilmDelegate(
          {.image = SessionModel::ImageRole, .stars = SessionModel::StarsRole, .forming = SessionModel::FormingRole},
          this))
{
    const Metrics &metrics = theme().metrics();
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(metrics.panelPadding - kRing, 0, metrics.panelPadding - kRing, 0);
    column->setSpacing(0);
    auto *row = new QHBoxLayout(m_heading);
    row->setContentsMargins(kRing, 0, kRing, 0);
    row->setSpacing(metrics.space2);
    m_heading->setFixedHeight(20);
    row->addWidget(new Label(tr("This session"), TextStyle::Label, Token::Text2, m_heading));
    m_count = new Label({}, TextStyle::Detail, Token::Text3, m_heading);
    row->addWidget(m_count);
    row->addStretch(1);
    auto *order = new WordButton(m_heading);
    order->setText(tr("Newest first"));
    order->setAccessibleName(tr("Order of the pictures"));
    m_order = order;
    row->addWidget(order);
    auto *menu = new QMenu(this);
    const auto addOrder = [this, menu, order](const QString &text, bool isNewestFirst) {
        connect(menu->addAction(text), &QAction::triggered, this, [this, order, text, isNewestFirst] {
            order->setText(text);
            order->updateGeometry();
            m_model.setNewestFirst(isNewestFirst);
        });
    };
    addOrder(tr("Newest first"), true);
    addOrder(tr("Oldest first"), false);
    connect(order, &QAbstractButton::clicked, this, [menu, order] {
        const QSize size = menu->sizeHint();
        menu->popup(order->mapToGlobal(QPoint(order->width() - size.width(), -size.height() - 4)));
    });

    m_list->setModel(&model);
    m_list->setItemDelegate(m_delegate);
    column->addSpacing(6);
    column->addWidget(m_heading);
    column->addSpacing(3);
    column->addWidget(m_list);
    column->addStretch(1);
    setCompact(false);

    connect(&model, &QAbstractItemModel::rowsInserted, this, &Filmstrip::updateCount);
    connect(&model, &QAbstractItemModel::rowsRemoved, this, &Filmstrip::updateCount);
    connect(&model, &QAbstractItemModel::modelReset, this, &Filmstrip::updateCount);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, &Filmstrip::onCurrent);
    connect(m_list, &QListView::clicked, this, &Filmstrip::onCurrent);
    connect(m_list, &QListView::doubleClicked, this, [this](const QModelIndex &index) {
        if (const SessionPicture *picture = m_model.at(index))
            Q_EMIT pictureActivated(picture->number);
    });
    updateCount();
}

void Filmstrip::setCompact(bool isCompact)
{
    const Metrics &metrics = theme().metrics();
    m_isCompact = isCompact;
    m_heading->setVisible(!isCompact);
    setFixedHeight(isCompact ? metrics.filmstripCompact : metrics.filmstrip);
    const int cell = isCompact ? 44 : 60;
    m_delegate->setCellSize(cell);
    m_delegate->setGap(metrics.space2);
    m_list->setCell(cell, metrics.space2);
    static_cast<QVBoxLayout *>(layout())->itemAt(2)->spacerItem()->changeSize(0, isCompact ? 0 : 3);
    layout()->invalidate();
}

void Filmstrip::updateCount()
{
    const int pictures = m_model.pictures();
    m_count->setText(pictures == 0 ? QString() : picturesText(pictures));
    m_list->viewport()->update();
}

QList<QWidget *> Filmstrip::tabOrder() const
{
    return {m_order, m_list};
}

void Filmstrip::setCurrent(const QModelIndex &index)
{
    if (m_list->currentIndex() == index)
        return;
    m_isSetting = true;
    m_list->selectionModel()->setCurrentIndex(index, QItemSelectionModel::ClearAndSelect);
    m_isSetting = false;
    if (index.isValid())
        m_list->scrollTo(index);
}

void Filmstrip::onCurrent(const QModelIndex &index)
{
    // Only what a person does: rows that come and go move the current index, too.
    if (m_isSetting || !index.isValid() || !(m_list->hasFocus() || m_list->underMouse()))
        return;
    const SessionPicture *picture = m_model.at(index);
    Q_EMIT pictureChosen(picture != nullptr ? picture->number : -1);
}

void Filmstrip::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme().color(Token::Panel));
    painter.fillRect(0, 0, width(), 1, theme().color(Token::Line));
}

} // namespace ui
