#include "ui/create/picture_panel.h"

#include "ui/common/button.h"
#include "ui/common/icon_button.h"
#include "ui/common/panel_head.h"
#include "ui/common/theme.h"

#include <QFrame>
#include <QHBoxLayout>

namespace ui {

PicturePanel::PicturePanel(QWidget *parent)
    : QWidget(parent)
    , m_head(new PanelHead(tr("Picture"), this))
    , m_copy(m_head->addButton(QStringLiteral("copy"), tr("Copy these facts")))
    , m_facts(new FactList(this))
    , m_line(new QFrame(this))
    , m_inspect(new Button(tr("Inspect steps"), this))
    , m_compare(new Button(tr("Compare"), this))
{
    const Metrics &metrics = theme().metrics();
    setObjectName(QStringLiteral("picture"));
    setAccessibleName(tr("Picture"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_head);
    auto *body = new QVBoxLayout;
    body->setContentsMargins(metrics.panelPadding, metrics.space3, metrics.panelPadding, metrics.panelPadding);
    body->setSpacing(metrics.space3);
    m_facts->setAccessibleName(tr("Facts of this picture"));
    body->addWidget(m_facts);
    m_line->setProperty("role", QStringLiteral("line"));
    m_line->setFixedHeight(1);
    body->addWidget(m_line);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(metrics.buttonGap);
    m_inspect->setIconName(QStringLiteral("learn"));
    m_compare->setIconName(QStringLiteral("compare"));
    for (Button *button : {m_inspect, m_compare}) {
        button->setControlSize(Button::Size::Small);
        button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        buttons->addWidget(button, 1);
    }
    body->addLayout(buttons);
    column->addLayout(body);
    connect(m_copy, &IconButton::clicked, this, &PicturePanel::copyRequested);
    connect(m_inspect, &Button::clicked, this, &PicturePanel::inspectRequested);
    connect(m_compare, &Button::clicked, this, &PicturePanel::compareRequested);
    setHasFile(false);
}

void PicturePanel::setTitle(const QString &title)
{
    m_head->setTitle(title);
}
void PicturePanel::setFacts(const QList<Fact> &facts)
{
    m_facts->setFacts(facts);
}

void PicturePanel::setButtonsVisible(bool canInspect, bool canCompare)
{
    m_inspect->setVisible(canInspect);
    m_compare->setVisible(canCompare);
    m_line->setVisible(canInspect || canCompare);
}

void PicturePanel::setHasFile(bool hasFile)
{
    m_inspect->setEnabled(hasFile);
    m_compare->setEnabled(hasFile);
    const QString why = hasFile ? QString() : tr("Possible once the picture is finished and saved");
    m_inspect->setToolTip(why);
    m_compare->setToolTip(why);
}

QList<QWidget *> PicturePanel::tabOrder() const
{
    return {m_copy, m_inspect, m_compare};
}

} // namespace ui
