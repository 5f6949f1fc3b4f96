#include "ui/common/banner.h"

#include "ui/common/button.h"
#include "ui/common/elided_label.h"
#include "ui/common/icon_button.h"
#include "ui/common/icons.h"
#include "ui/common/painting.h"

#include <QAccessible>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>

namespace ui {

Banner::Banner(QWidget *parent)
    : QFrame(parent)
    , m_what(new Label(QString(), TextStyle::Panel, Token::Text, this))
    , m_why(new Label(QString(), TextStyle::Detail, Token::Text2, this))
    , m_more(new Label(QString(), TextStyle::Detail, Token::Text2, this))
    , m_buttons(new QWidget(this))
    , m_buttonRow(new QHBoxLayout(m_buttons))
    , m_close(new IconButton(QStringLiteral("close"), tr("Close"), this))
{
    m_what->setWordWrap(true);
    m_why->setWordWrap(true);
    m_why->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_buttonRow->setContentsMargins(0, 4, 0, 0);
    m_buttonRow->setSpacing(theme().metrics().buttonGap);
    auto *texts = new QVBoxLayout;
    texts->setSpacing(2);
    texts->addWidget(m_what);
    texts->addWidget(m_why);
    texts->addWidget(m_buttons);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(16 + 16 + 12, 12, 12, 12); // the icon is painted left of the texts
    row->setSpacing(theme().metrics().space3);
    row->addLayout(texts, 1);
    row->addWidget(m_more, 0, Qt::AlignTop);
    row->addWidget(m_close, 0, Qt::AlignTop);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    hide();
    connect(m_close, &IconButton::clicked, this, [this] {
        if (m_queue.isEmpty())
            return;
        const int id = m_queue.takeFirst().id;
        showFirst();
        Q_EMIT dismissed(id);
    });
}

int Banner::post(const BannerContent &content)
{
    const int id = m_nextId++;
    m_queue.append({id, content});
    if (m_queue.size() == 1)
        showFirst();
    else
        m_more->setText(tr("%n more", nullptr, int(m_queue.size()) - 1));
    m_more->setVisible(m_queue.size() > 1);
    return id;
}

void Banner::withdraw(int id)
{
    for (qsizetype i = 0; i < m_queue.size(); ++i) {
        if (m_queue.at(i).id == id) {
            m_queue.removeAt(i);
            showFirst();
            return;
        }
    }
}

BannerContent Banner::current() const
{
    return m_queue.isEmpty() ? BannerContent() : m_queue.first().content;
}

void Banner::showFirst()
{
    qDeleteAll(m_buttons->findChildren<Button *>(QString(), Qt::FindDirectChildrenOnly));
    while (QLayoutItem *item = m_buttonRow->takeAt(0))
        delete item;
    setVisible(!m_queue.isEmpty());
    if (m_queue.isEmpty())
        return;
    const Entry entry = m_queue.first();
    m_what->setText(entry.content.what);
    m_why->setText(entry.content.why);
    m_why->setVisible(!entry.content.why.isEmpty());
    m_more->setText(tr("%n more", nullptr, int(m_queue.size()) - 1));
    m_more->setVisible(m_queue.size() > 1);
    for (int i = 0; i < entry.content.actions.size(); ++i) {
        auto *button = new Button(entry.content.actions.at(i), m_buttons);
        button->setControlSize(Button::Size::Small);
        m_buttonRow->addWidget(button);
        connect(button, &Button::clicked, this, [this, id = entry.id, i] { Q_EMIT actionTriggered(id, i); });
    }
    if (!entry.content.details.isEmpty()) {
        auto *copy = new Button(tr("Copy details"), Button::Kind::Ghost, m_buttons);
        copy->setControlSize(Button::Size::Small);
        copy->setIconName(QStringLiteral("copy"));
        copy->setToolTip(entry.content.details);
        m_buttonRow->addWidget(copy);
        connect(copy, &Button::clicked, this,
                [details = entry.content.details] { QGuiApplication::clipboard()->setText(details); });
    }
    m_buttonRow->addStretch(1);
    m_buttons->setVisible(m_buttonRow->count() > 1);
    setAccessibleName(entry.content.what);
    setAccessibleDescription(entry.content.why);
    QAccessibleEvent alert(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
    update();
}

void Banner::paintEvent(QPaintEvent *)
{
    if (m_queue.isEmpty())
        return;
    QPainter painter(this);
    const Theme &t = theme();
    Token fill = Token::DangerSoft;
    Token line = Token::DangerLine;
    Token ink = Token::Danger;
    QString iconName = QStringLiteral("error");
    switch (m_queue.first().content.kind) {
    case BannerKind::Danger:
        break;
    case BannerKind::Warning:
        fill = Token::WarningSoft;
        line = Token::WarningLine;
        ink = Token::Warning;
        iconName = QStringLiteral("warning");
        break;
    case BannerKind::Accent:
        fill = Token::AccentSoft;
        line = Token::AccentLine;
        ink = Token::AccentText;
        iconName = QStringLiteral("verify");
        break;
    }
    drawBox(painter, rect(), t.metrics().radiusCard, t.color(fill), t.color(line));
    const QRectF box(layoutDirection() == Qt::RightToLeft ? width() - 32 : 16, 14, 16, 16);
    drawIcon(painter, box, iconName, t.color(ink));
}

} // namespace ui
