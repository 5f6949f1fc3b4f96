#include "ui/common/fact_list.h"

#include "ui/common/painting.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QHelpEvent>
#include <QMenu>
#include <QToolTip>

namespace ui {

namespace {

constexpr int kRow = 24;

} // namespace

FactList::FactList(QWidget *parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setFocusPolicy(Qt::NoFocus);
}

void FactList::setFacts(const QList<Fact> &facts)
{
    if (facts == m_facts)
        return;
    m_facts = facts;
    QStringList lines;
    for (const Fact &fact : facts)
        lines.append(QStringLiteral("%1: %2").arg(fact.name, fact.value));
    setAccessibleName(lines.join(QStringLiteral("; ")));
    updateGeometry();
    update();
}

QSize FactList::sizeHint() const
{
    return {200, int(m_facts.size()) * kRow};
}

QSize FactList::minimumSizeHint() const
{
    return {120, int(m_facts.size()) * kRow};
}

void FactList::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &t = theme();
    const QFont detail = t.font(TextStyle::Detail);
    const QFont mono = t.font(TextStyle::Mono);
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    const Qt::Alignment side = (mirrored ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter;
    for (int i = 0; i < m_facts.size(); ++i) {
        const Fact &fact = m_facts.at(i);
        const QRectF row(0, i * kRow, width(), kRow);
        const int names = m_nameWidth + 8;
        drawElided(painter,
                   mirrored ? row.adjusted(width() - m_nameWidth, 0, 0, 0) : QRectF(0, row.top(), m_nameWidth, kRow),
                   fact.name, detail, t.color(Token::Text3), side);
        QRectF rest = mirrored ? row.adjusted(0, 0, -names, 0) : row.adjusted(names, 0, 0, 0);
        const int used = drawElided(painter, rest, fact.value, fact.isMono ? mono : detail, t.color(Token::Text), side);
        if (!fact.extra.isEmpty()) {
            rest.adjust(mirrored ? 0 : used + 5, 0, mirrored ? -used - 5 : 0, 0);
            drawElided(painter, rest, fact.extra, mono, t.color(Token::Text3), side);
        }
    }
}

bool FactList::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        auto *help = static_cast<QHelpEvent *>(event);
        const int row = help->pos().y() / kRow;
        if (row >= 0 && row < m_facts.size()) {
            const Fact &fact = m_facts.at(row);
            const int room = width() - m_nameWidth - 8;
            if (QFontMetrics(theme().font(TextStyle::Detail)).horizontalAdvance(fact.value) > room)
                QToolTip::showText(help->globalPos(), fact.value, this, QRect(0, row * kRow, width(), kRow));
            return true;
        }
    }
    return QWidget::event(event);
}

void FactList::contextMenuEvent(QContextMenuEvent *event)
{
    const int row = event->pos().y() / kRow;
    if (row < 0 || row >= m_facts.size())
        return;
    QMenu menu(this);
    const Fact fact = m_facts.at(row);
    menu.addAction(tr("Copy \"%1\"").arg(fact.value), this,
                   [fact] { QGuiApplication::clipboard()->setText(fact.value); });
    if (!fact.extra.isEmpty())
        menu.addAction(tr("Copy \"%1\"").arg(fact.extra), this,
                       [fact] { QGuiApplication::clipboard()->setText(fact.extra); });
    menu.addAction(tr("Copy all"), this, [this] {
        QStringList lines;
        for (const Fact &each : m_facts)
            lines.append(QStringLiteral("%1: %2 %3").arg(each.name, each.value, each.extra).trimmed());
        QGuiApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
    });
    menu.exec(event->globalPos());
}

} // namespace ui
