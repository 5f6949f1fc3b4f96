#include "ui/common/split_button.h"

#include "ui/common/button.h"

#include <QHBoxLayout>
#include <QMenu>

namespace ui {

SplitButton::SplitButton(const QString &text, QWidget *parent)
    : QWidget(parent)
    , m_main(new Button(text, Button::Kind::Primary, this))
    , m_arrow(new Button(QString(), Button::Kind::Primary, this))
    , m_menu(new QMenu(this))
{
    for (Button *button : {m_main, m_arrow})
        button->setControlSize(Button::Size::Main);
    m_main->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_main->setProperty("half", QStringLiteral("left"));
    m_main->setProperty("focusRadius", 8);
    m_arrow->setProperty("half", QStringLiteral("right"));
    m_arrow->setProperty("focusRadius", 8);
    m_arrow->setIconName(QStringLiteral("chevron-down"));
    m_arrow->setFixedWidth(40);
    m_arrow->setAccessibleName(tr("More ways to start"));
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_main);
    row->addWidget(m_arrow);
    setFocusProxy(m_main);
    connect(m_main, &Button::clicked, this, &SplitButton::clicked);
    connect(m_arrow, &Button::clicked, this, [this] {
        const QSize size = m_menu->sizeHint();
        const QPoint corner = mapToGlobal(QPoint(width() - size.width(), -size.height() - 4));
        m_menu->popup(corner);
    });
}

void SplitButton::setText(const QString &text)
{
    m_main->setText(text);
}

QString SplitButton::text() const
{
    return m_main->text();
}

void SplitButton::setKeyHint(const QString &key)
{
    m_main->setKeyHint(key);
}

void SplitButton::setBusy(const QString &text)
{
    m_main->setBusy(text);
}

void SplitButton::setDisabledReason(const QString &reason)
{
    m_main->setEnabled(reason.isEmpty());
    m_arrow->setEnabled(reason.isEmpty());
    setToolTip(reason);
    m_main->setAccessibleDescription(reason);
}

} // namespace ui
