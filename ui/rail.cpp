#include "ui/rail.h"

#include "ui/common/icons.h"
#include "ui/common/painting.h"

#include <QAbstractButton>
#include <QKeyEvent>
#include <QVBoxLayout>

namespace ui {

class RailButton : public QAbstractButton
{
public:
    RailButton(const RailItem &item, Rail *rail) : QAbstractButton(rail), m_item(item)
    {
        setText(item.title);
        setObjectName(QStringLiteral("rail-") + item.id);
        setCheckable(true);
        setAttribute(Qt::WA_Hover);
        setFocusPolicy(Qt::NoFocus); // the one that is chosen takes Tab, see setChosen
        setProperty("focusRadius", 8);
        setAccessibleName(item.title);
        updateTip();
    }

    [[nodiscard]] const RailItem &item() const { return m_item; }

    void setChosen(bool chosen)
    {
        setChecked(chosen);
        setFocusPolicy(chosen ? Qt::StrongFocus : Qt::NoFocus);
    }

    void setCount(int count)
    {
        m_count = count;
        //: Accessible description of the rail's Create button
        setAccessibleDescription(count > 0 ? Rail::tr("%n waiting", nullptr, count) : QString());
        update();
    }

    void setProgress(double fraction)
    {
        m_progress = fraction;
        update();
    }

    void setCompact(bool compact)
    {
        m_isCompact = compact;
        setFixedSize(compact ? QSize(44, 44) : QSize(64, 56));
        updateTip();
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        const Theme &t = theme();
        const bool on = isChecked();
        QColor fill;
        if (on)
            fill = t.color(Token::AccentSoft);
        else if (isDown())
            fill = t.color(Token::Pressed);
        else if (underMouse())
            fill = t.color(Token::Hover);
        drawBox(painter, rect(), t.metrics().radiusCard, fill,
                on && t.isHighContrast() ? t.color(Token::AccentLine) : QColor());
        const QColor ink = t.color(on ? Token::AccentText : underMouse() ? Token::Text : Token::Text2);
        const double top = m_isCompact ? (height() - 24) / 2.0 : 7;
        drawIcon(painter, QRectF((width() - 24) / 2.0, top, 24, 24), m_item.iconName, ink);
        if (!m_isCompact) {
            QFont font = t.font(TextStyle::Caption);
            font.setWeight(QFont::Medium);
            drawElided(painter, QRectF(1, 35, width() - 2, 14), text(), font, ink, Qt::AlignCenter);
        }
        if (m_count > 0) {
            QFont font = t.font(TextStyle::Caption);
            font.setPixelSize(10);
            font.setWeight(QFont::DemiBold);
            const QString number = m_count > 99 ? QStringLiteral("99+") : QString::number(m_count);
            const int w = std::max(16, QFontMetrics(font).horizontalAdvance(number) + 8);
            const QRectF badge(width() - w - (m_isCompact ? 4 : 8), m_isCompact ? 2 : 4, w, 16);
            drawBox(painter, badge, 8, t.color(Token::Accent));
            painter.setFont(font);
            painter.setPen(t.color(Token::OnAccent));
            painter.drawText(badge, Qt::AlignCenter, number);
        }
        if (m_progress >= 0.0)
            drawMeter(painter, QRectF(12, height() - 6, width() - 24, 3), m_progress);
    }

private:
    void updateTip()
    {
        setToolTip(m_item.key.isEmpty() ? m_item.title : QStringLiteral("%1 (%2)").arg(m_item.title, m_item.key));
    }

    RailItem m_item;
    int m_count = 0;
    double m_progress = -1.0;
    bool m_isCompact = false;
};

Rail::Rail(QWidget *parent) : QWidget(parent), m_column(new QVBoxLayout(this))
{
    setAccessibleName(tr("Pages"));
    m_column->setSpacing(theme().metrics().space1);
    m_column->addStretch(1);
    setCompact(false);
}

Rail::~Rail() = default;

void Rail::addItem(const RailItem &item)
{
    auto *button = new RailButton(item, this);
    button->setCompact(width() < theme().metrics().rail);
    int stretch = 0;
    while (!m_column->itemAt(stretch)->spacerItem())
        ++stretch;
    m_column->insertWidget(item.isAtFoot ? m_column->count() : stretch, button, 0, Qt::AlignHCenter);
    m_buttons.append(button);
    connect(button, &QAbstractButton::clicked, this, [this, id = item.id] {
        setCurrent(m_current); // stays until the window follows
        Q_EMIT chosen(id);
    });
}

RailButton *Rail::find(const QString &id) const
{
    for (RailButton *button : m_buttons) {
        if (button->item().id == id)
            return button;
    }
    return nullptr;
}

void Rail::setCurrent(const QString &id)
{
    m_current = id;
    for (RailButton *button : m_buttons) {
        button->setChosen(button->item().id == id);
        if (button->item().id == id)
            setFocusProxy(button);
    }
    update();
}

void Rail::setCount(const QString &id, int count)
{
    if (RailButton *button = find(id))
        button->setCount(count);
}

void Rail::setProgress(const QString &id, double fraction)
{
    if (RailButton *button = find(id))
        button->setProgress(fraction);
}

void Rail::setCompact(bool isCompact)
{
    const Metrics &m = theme().metrics();
    setFixedWidth(isCompact ? m.railCompact : m.rail);
    m_column->setContentsMargins(0, m.space2, 1, m.space2);
    for (RailButton *button : m_buttons)
        button->setCompact(isCompact);
}

QStringList Rail::ids() const
{
    QStringList result;
    for (const RailButton *button : m_buttons)
        result.append(button->item().id);
    return result;
}

void Rail::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme().color(Token::Panel));
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    painter.fillRect(mirrored ? 0 : width() - 1, 0, 1, height(), theme().color(Token::Line));
    for (const RailButton *button : m_buttons) {
        if (!button->isChecked())
            continue;
        // The bar at the window's edge; its outer corners lie outside.
        const QRectF bar(mirrored ? width() - 3 : -3, button->y() + 12, 6, button->height() - 24);
        drawBox(painter, bar, 3, theme().color(Token::Accent));
    }
}

void Rail::keyPressEvent(QKeyEvent *event)
{
    const int step = event->key() == Qt::Key_Down ? 1 : event->key() == Qt::Key_Up ? -1 : 0;
    if (step == 0) {
        QWidget::keyPressEvent(event);
        return;
    }
    for (int i = 0; i < m_buttons.size(); ++i) {
        if (m_buttons.at(i)->item().id != m_current)
            continue;
        const int next = i + step;
        if (next >= 0 && next < m_buttons.size()) {
            Q_EMIT chosen(m_buttons.at(next)->item().id);
            m_buttons.at(next)->setFocus(Qt::TabFocusReason);
        }
        return;
    }
}

} // namespace ui
