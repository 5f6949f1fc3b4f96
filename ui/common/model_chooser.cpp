#include "ui/common/model_chooser.h"

#include "ui/common/button.h"
#include "ui/common/icons.h"
#include "ui/common/painting.h"
#include "ui/common/search_field.h"

#include <QKeyEvent>
#include <QListView>
#include <QMouseEvent>
#include <QPainterPath>
#include <QPixmap>
#include <QScreen>
#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

namespace ui {

namespace {

constexpr int kPopupWidth = 480;
constexpr int kRowHeight = 48;

class RowDelegate : public QStyledItemDelegate
{
public:
    RowDelegate(const ModelRoles &roles, QObject *parent) : QStyledItemDelegate(parent), m_roles(roles) {}

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const QRectF rect(option.rect);
        if (option.state & QStyle::State_Selected)
            drawBox(*painter, rect, 6, theme().color(Token::AccentSoft),
                    theme().isHighContrast() ? theme().color(Token::AccentLine) : QColor());
        else if (option.state & QStyle::State_MouseOver)
            drawBox(*painter, rect, 6, theme().color(Token::Hover));
        paintModelRow(*painter, rect.adjusted(6, 0, -10, 0), modelRow(index, m_roles));
    }

    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override
    {
        return {kPopupWidth - 24, kRowHeight};
    }

private:
    ModelRoles m_roles;
};

/// Search field over the list of models.
class ModelPopup : public QFrame
{
public:
    ModelPopup(QAbstractItemModel *model, const ModelRoles &roles, const QModelIndex &current, const QString &foot,
               ModelChooser *chooser)
        : QFrame(chooser, Qt::Popup)
        , m_search(new SearchField(ModelChooser::tr("Search by name, family, word"), this))
        , m_list(new QListView(this))
        , m_proxy(new QSortFilterProxyModel(this))
        , m_chooser(chooser)
    {
        setAttribute(Qt::WA_DeleteOnClose);
        setObjectName(QStringLiteral("modelPopup"));
        setSurface(this, Token::Raised);
        m_proxy->setSourceModel(model);
        m_proxy->setFilterCaseSensitivity(Qt::CaseInsensitive);
        m_proxy->setFilterRole(roles.name);
        m_list->setModel(m_proxy);
        m_list->setItemDelegate(new RowDelegate(roles, m_list));
        m_list->setMouseTracking(true);
        m_list->setUniformItemSizes(true);
        m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
        m_list->setFocusPolicy(Qt::NoFocus);
        m_list->setAccessibleName(ModelChooser::tr("Models"));
        auto *column = new QVBoxLayout(this);
        column->setContentsMargins(8, 8, 8, 8);
        column->setSpacing(8);
        column->addWidget(m_search);
        column->addWidget(m_list, 1);
        int height = 8 + 32 + 8 + std::min(8, std::max(1, model->rowCount())) * kRowHeight + 8;
        if (!foot.isEmpty()) {
            auto *button = new Button(foot, Button::Kind::Ghost, this);
            button->setIconName(QStringLiteral("folder"));
            column->addWidget(button);
            QObject::connect(button, &Button::clicked, this, [this] {
                close();
                Q_EMIT m_chooser->footActivated();
            });
            height += 40;
        }
        resize(kPopupWidth, height + 2);
        m_list->setCurrentIndex(m_proxy->mapFromSource(current));
        m_search->installEventFilter(this);
        QObject::connect(m_search, &QLineEdit::textChanged, this, [this](const QString &text) {
            m_proxy->setFilterFixedString(text.trimmed());
            if (!m_list->currentIndex().isValid())
                m_list->setCurrentIndex(m_proxy->index(0, 0));
        });
        QObject::connect(m_list, &QListView::clicked, this, [this](const QModelIndex &index) { choose(index); });
        m_search->setFocus(Qt::PopupFocusReason);
    }

protected:
    bool eventFilter(QObject *object, QEvent *event) override
    {
        if (object == m_search && event->type() == QEvent::KeyPress) {
            const int key = static_cast<QKeyEvent *>(event)->key();
            if (key == Qt::Key_Down || key == Qt::Key_Up || key == Qt::Key_PageDown || key == Qt::Key_PageUp) {
                const int by = key == Qt::Key_Down ? 1 : key == Qt::Key_Up ? -1 : key == Qt::Key_PageDown ? 8 : -8;
                const int last = m_proxy->rowCount() - 1;
                m_list->setCurrentIndex(
                    m_proxy->index(std::clamp(m_list->currentIndex().row() + by, 0, std::max(0, last)), 0));
                return true;
            }
            if (key == Qt::Key_Return || key == Qt::Key_Enter) {
                choose(m_list->currentIndex());
                return true;
            }
            if (key == Qt::Key_Escape) {
                close();
                return true;
            }
        }
        return QFrame::eventFilter(object, event);
    }

    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.fillRect(rect(), theme().color(Token::Raised));
        painter.setPen(theme().color(Token::LineField));
        painter.drawRect(rect().adjusted(0, 0, -1, -1));
    }

private:
    void choose(const QModelIndex &index)
    {
        if (!index.isValid())
            return;
        const int row = m_proxy->mapToSource(index).row();
        close();
        m_chooser->setFocus(Qt::PopupFocusReason);
        m_chooser->setCurrentRow(row);
        Q_EMIT m_chooser->activated(row);
    }

    SearchField *m_search;
    QListView *m_list;
    QSortFilterProxyModel *m_proxy;
    ModelChooser *m_chooser;
};

} // namespace

ModelRow modelRow(const QModelIndex &index, const ModelRoles &roles)
{
    ModelRow row;
    row.name = index.data(roles.name).toString();
    row.detail = index.data(roles.detail).toString();
    if (roles.state >= 0)
        row.state = ModelState(index.data(roles.state).toInt());
    const QVariant picture = index.data(roles.picture);
    if (picture.typeId() == QMetaType::QPixmap)
        row.picture = picture.value<QPixmap>().toImage();
    else if (picture.typeId() == QMetaType::QImage)
        row.picture = picture.value<QImage>();
    return row;
}

void paintModelPicture(QPainter &painter, const QRectF &square, const ModelRow &row)
{
    const Theme &t = theme();
    const double radius = t.metrics().radiusControl;
    const bool isFaulty = row.state == ModelState::Damaged || row.state == ModelState::Missing;
    QRectF sign(0, 0, 20, 20);
    sign.moveCenter(square.center());
    if (isFaulty) {
        drawBox(painter, square, radius, t.color(Token::DangerSoft), t.color(Token::DangerLine));
        drawIcon(painter, sign, row.state == ModelState::Missing ? QStringLiteral("search") : QStringLiteral("error"),
                 t.color(Token::Danger));
        return;
    }
    if (row.picture.isNull()) {
        drawBox(painter, square, radius, t.color(Token::Raised), t.color(Token::Edge));
        drawIcon(painter, sign, QStringLiteral("models"), t.color(Token::Text3));
        return;
    }
    painter.save();
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    QPainterPath clip;
    clip.addRoundedRect(square, radius, radius);
    painter.setClipPath(clip);
    const QSizeF size = QSizeF(row.picture.size()).scaled(square.size(), Qt::KeepAspectRatioByExpanding);
    QRectF target(QPointF(), size);
    target.moveCenter(square.center());
    painter.drawImage(target, row.picture);
    painter.restore();
    drawBox(painter, square, radius, {}, t.color(Token::Edge));
}

void paintModelRow(QPainter &painter, const QRectF &rect, const ModelRow &row, bool isEnabled)
{
    const Theme &t = theme();
    const bool isFaulty = row.state == ModelState::Damaged || row.state == ModelState::Missing;
    const QRectF square(rect.left(), rect.center().y() - 18, 36, 36);
    paintModelPicture(painter, square, row);
    const QRectF text = rect.adjusted(46, 0, 0, 0);
    const double top = rect.center().y() - 17;
    drawElided(painter, QRectF(text.left(), top, text.width(), 18), row.name, t.font(TextStyle::Control),
               t.color(isEnabled ? Token::Text : Token::Disabled));
    if (row.loading >= 0.0) {
        drawMeter(painter, QRectF(text.left(), top + 25, std::min(160.0, text.width()), 4), row.loading);
        return;
    }
    drawElided(painter, QRectF(text.left(), top + 18, text.width(), 16), row.detail, t.font(TextStyle::Caption),
               t.color(isFaulty    ? Token::Danger
                       : isEnabled ? Token::Text3
                                   : Token::Disabled));
}

ModelChooser::ModelChooser(QWidget *parent) : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    updateAccessible();
}

void ModelChooser::setModel(QAbstractItemModel *model, const ModelRoles &roles)
{
    m_model = model;
    m_roles = roles;
    m_current = QModelIndex();
    const auto refresh = [this] {
        updateAccessible();
        update();
    };
    connect(model, &QAbstractItemModel::dataChanged, this, refresh);
    connect(model, &QAbstractItemModel::rowsRemoved, this, refresh);
    connect(model, &QAbstractItemModel::modelReset, this, refresh);
    updateAccessible();
    update();
}

void ModelChooser::setCurrentRow(int row)
{
    m_current = m_model && row >= 0 ? m_model->index(row, 0) : QModelIndex();
    updateAccessible();
    update();
}

void ModelChooser::setMissing(const QString &name)
{
    m_missing = name;
    updateAccessible();
    update();
}

void ModelChooser::setLoading(double fraction)
{
    m_loading = fraction;
    update();
}

void ModelChooser::setFootText(const QString &text)
{
    m_foot = text;
}

ModelRow ModelChooser::shownRow() const
{
    if (m_current.isValid()) {
        ModelRow row = modelRow(m_current, m_roles);
        row.loading = m_loading;
        return row;
    }
    if (!m_missing.isEmpty())
        return {.name = m_missing, .detail = tr("missing"), .state = ModelState::Missing};
    return {.name = tr("Choose a model"), .detail = m_model && m_model->rowCount() > 0 ? QString() : tr("none found")};
}

void ModelChooser::updateAccessible()
{
    const ModelRow row = shownRow();
    setAccessibleName(tr("Model: %1").arg(row.name));
    setAccessibleDescription(row.detail);
}

QSize ModelChooser::sizeHint() const
{
    return {280, theme().metrics().modelChooser};
}

QSize ModelChooser::minimumSizeHint() const
{
    return {140, theme().metrics().modelChooser};
}

void ModelChooser::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &t = theme();
    const ModelRow row = shownRow();
    const bool isFaulty = row.state == ModelState::Damaged || row.state == ModelState::Missing;
    QColor line = t.color(isFaulty ? Token::Danger : underMouse() ? Token::Text3 : Token::LineField);
    if (!isEnabled())
        line = t.color(Token::Line);
    drawBox(painter, rect(), t.metrics().radiusControl, isEnabled() ? t.color(Token::Field) : QColor(), line);
    paintModelRow(painter, QRectF(rect()).adjusted(6, 0, -34, 0), row, isEnabled());
    drawIcon(painter, QRectF(width() - 26, height() / 2.0 - 8, 16, 16), QStringLiteral("chevron-down"),
             t.color(isEnabled() ? Token::Text3 : Token::Disabled));
}

void ModelChooser::mousePressEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton)
        openPopup();
}

void ModelChooser::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Space:
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_F4:
        openPopup();
        return;
    case Qt::Key_Down:
    case Qt::Key_Up: {
        if (event->modifiers() & Qt::AltModifier) {
            openPopup();
            return;
        }
        if (!m_model || m_model->rowCount() == 0)
            return;
        const int row = std::clamp(currentRow() + (event->key() == Qt::Key_Down ? 1 : -1), 0, m_model->rowCount() - 1);
        if (row != currentRow()) {
            setCurrentRow(row);
            Q_EMIT activated(row);
        }
        return;
    }
    default:
        QWidget::keyPressEvent(event);
    }
}

void ModelChooser::enterEvent(QEnterEvent *event)
{
    QWidget::enterEvent(event);
    update();
}

void ModelChooser::leaveEvent(QEvent *event)
{
    QWidget::leaveEvent(event);
    update();
}

void ModelChooser::openPopup()
{
    if (!m_model)
        return;
    auto *popup = new ModelPopup(m_model, m_roles, m_current, m_foot, this);
    QPoint at = mapToGlobal(QPoint(0, height() + 4));
    const QRect available = screen()->availableGeometry();
    if (at.y() + popup->height() > available.bottom())
        at.setY(std::max(available.top(), mapToGlobal(QPoint(0, -4)).y() - popup->height()));
    at.setX(std::clamp(at.x(), available.left(), std::max(available.left(), available.right() - popup->width())));
    popup->move(at);
    popup->show();
}

} // namespace ui
