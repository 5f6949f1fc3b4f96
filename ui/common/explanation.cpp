#include "ui/common/explanation.h"

#include "ui/common/elided_label.h"
#include "ui/common/formula.h"
#include "ui/common/hair_line.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace ui {

Explanation::Explanation(QWidget *parent)
    : QWidget(parent)
    , m_text(new Label(QString(), TextStyle::Body, Token::Text2, this))
    , m_formula(new Formula({}, {}, this))
{
    setSurface(this, Token::Panel);
    m_text->setObjectName(QStringLiteral("explanation"));
    m_text->setWordWrap(true);
    m_formula->setPixelSize(18);
    auto *row = new QHBoxLayout;
    row->setContentsMargins(24, 10, 24, 10);
    row->setSpacing(32);
    row->addWidget(m_text, 1);
    row->addWidget(m_formula, 0, Qt::AlignVCenter);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(row);
    column->addWidget(new HairLine(this));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
}

void Explanation::setContent(const QString &text, const QString &formula, const QString &spoken)
{
    m_text->setParagraph(text);
    m_formula->setSource(formula, spoken);
    m_formula->setVisible(!formula.isEmpty());
}

} // namespace ui
