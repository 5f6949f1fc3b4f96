#include "ui/common/collapsible.h"

#include "ui/common/icons.h"
#include "ui/common/painting.h"

#include <QAbstractButton>
#include <QVBoxLayout>

namespace ui {

class Collapsible::Head : public QAbstractButton
{
public:
    Head(const QString &title, const QString &note, QWidget *parent) : QAbstractButton(parent)
    {
        setText(title);
        setNote(note);
        setCheckable(true);
        setAttribute(Qt::WA_Hover);
        setFocusPolicy(Qt::StrongFocus);
        setFixedHeight(theme().metrics().space5);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        setAccessibleName(title);
    }

    void setNote(const QString &note)
    {
        m_note = note;
        setAccessibleDescription(note);
        update();
    }

    [[nodiscard]] QSize sizeHint() const override { return {200, theme().metrics().space5}; }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        const Theme &t = theme();
        const QColor ink = t.color(underMouse() ? Token::Text : Token::Text2);
        const bool mirrored = layoutDirection() == Qt::RightToLeft;
        const QRectF box(mirrored ? width() - 16 : 0, (height() - 16) / 2.0, 16, 16);
        drawIcon(painter, box, isChecked() ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right"), ink);
        QRectF rest = QRectF(rect()).adjusted(mirrored ? 0 : 24, 0, mirrored ? -24 : 0, 0);
        const Qt::Alignment side = mirrored ? Qt::AlignRight : Qt::AlignLeft;
        const int used = drawElided(painter, rest, text(), t.font(TextStyle::Control), ink, side | Qt::AlignVCenter);
        if (isChecked())
            return;
        rest.adjust(mirrored ? 0 : used + 8, 0, mirrored ? -used - 8 : 0, 0);
        drawElided(painter, rest, m_note, t.font(TextStyle::Detail), t.color(Token::Text3), side | Qt::AlignVCenter);
    }

private:
    QString m_note;
};

Collapsible::Collapsible(const QString &title, const QString &note, QWidget *parent)
    : QWidget(parent), m_head(new Head(title, note, this))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme().metrics().space3);
    column->addWidget(m_head);
    setFocusProxy(m_head);
    connect(m_head, &QAbstractButton::toggled, this, &Collapsible::setOpen);
}

void Collapsible::setContent(QWidget *content)
{
    m_content = content;
    layout()->addWidget(content);
    content->setVisible(m_isOpen);
}

void Collapsible::setOpen(bool open)
{
    m_head->setChecked(open);
    if (open == m_isOpen)
        return;
    m_isOpen = open;
    if (m_content)
        m_content->setVisible(open);
    Q_EMIT toggled(open);
}

void Collapsible::setNote(const QString &note)
{
    m_head->setNote(note);
}

} // namespace ui
