#include "ui/common/empty_state.h"

#include "ui/common/button.h"
#include "ui/common/elided_label.h"
#include "ui/common/icons.h"
#include "ui/common/painting.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

namespace {

class Sign : public QWidget
{
public:
    Sign(const QString &name, QWidget *parent) : QWidget(parent), m_name(name) { setFixedSize(40, 40); }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        drawIcon(painter, rect(), m_name, theme().color(Token::Text3));
    }

private:
    QString m_name;
};

} // namespace

EmptyState::EmptyState(const QString &title, const QString &text, QWidget *parent)
    : EmptyState(Size::Page, QString(), title, text, parent)
{
}

EmptyState::EmptyState(Size size, const QString &iconName, const QString &title, const QString &text, QWidget *parent)
    : QWidget(parent)
    , m_title(new Label(title, size == Size::Page ? TextStyle::Title : TextStyle::Control,
                        size == Size::Page ? Token::Text : Token::Text2, this))
    , m_text(new Label(QString(), size == Size::Page ? TextStyle::Body : TextStyle::Detail,
                       size == Size::Page ? Token::Text2 : Token::Text3, this))
    , m_buttons(new QHBoxLayout)
{
    m_title->setAlignment(Qt::AlignCenter);
    m_title->setWordWrap(true);
    m_text->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    m_text->setParagraph(text);
    m_widest = size == Size::Page ? 480 : 260;
    m_buttons->setSpacing(theme().metrics().buttonGap);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(24, 24, 24, 24);
    column->setSpacing(theme().metrics().space2);
    column->addStretch(1);
    if (!iconName.isEmpty()) {
        column->addWidget(new Sign(iconName, this), 0, Qt::AlignHCenter);
        column->addSpacing(8);
    }
    column->addWidget(m_title);
    column->addWidget(m_text, 0, Qt::AlignHCenter);
    column->addSpacing(size == Size::Page ? 16 : 0);
    auto *row = new QHBoxLayout;
    row->addStretch(1);
    row->addLayout(m_buttons);
    row->addStretch(1);
    column->addLayout(row);
    column->addStretch(1);
}

void EmptyState::setTitle(const QString &title)
{
    m_title->setText(title);
}

void EmptyState::setText(const QString &text)
{
    m_text->setParagraph(text);
    fitText();
}

/// The layout gives an aligned label the height of one line unless it is told better.
void EmptyState::fitText()
{
    const int width = std::clamp(this->width() - 48, 80, m_widest);
    m_text->setMinimumHeight(0); // counts as the least that it needs
    m_text->setFixedWidth(width);
    m_text->setMinimumHeight(std::max(0, m_text->heightForWidth(width)));
}

void EmptyState::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    fitText();
}

Button *EmptyState::addButton(const QString &text, const QString &iconName, bool isPrimary)
{
    auto *button = new Button(text, isPrimary ? Button::Kind::Primary : Button::Kind::Normal, this);
    button->setIconName(iconName);
    m_buttons->addWidget(button);
    return button;
}

} // namespace ui
