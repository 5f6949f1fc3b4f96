#include "ui/status_line.h"

#include "ui/common/icons.h"
#include "ui/common/painting.h"

#include <QAbstractButton>
#include <QFile>
#include <QHBoxLayout>
#include <QLocale>

#ifdef Q_OS_UNIX
#include <unistd.h>
#endif

namespace ui {

MemoryUse memoryUse()
{
    MemoryUse use;
#ifdef Q_OS_UNIX
    const auto page = quint64(sysconf(_SC_PAGESIZE));
    QFile statm(QStringLiteral("/proc/self/statm"));
    if (statm.open(QIODevice::ReadOnly))
        use.used = statm.readAll().split(' ').value(1).toULongLong() * page;
    use.total = quint64(sysconf(_SC_PHYS_PAGES)) * page;
#endif
    return use;
}

/// Flat text with an optional dot, icon and meter.
class StatusPart : public QAbstractButton
{
public:
    explicit StatusPart(QWidget *parent) : QAbstractButton(parent)
    {
        setAttribute(Qt::WA_Hover);
        setFocusPolicy(Qt::TabFocus);
        setProperty("focusRadius", 2);
        setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Expanding);
    }

    void setContent(const QString &text)
    {
        if (text == this->text())
            return;
        setText(text);
        setAccessibleName(text);
        setVisible(!text.isEmpty());
        updateGeometry();
        update();
    }

    void setDot(const QColor &color)
    {
        m_dot = color;
        update();
    }
    void setIconName(const QString &name) { m_icon = name; }
    void setMeter(double fraction, bool shown)
    {
        m_hasMeter = shown;
        m_fraction = fraction;
        updateGeometry();
        update();
    }
    /// Width of the widest text, so that numbers move nothing.
    void reserve(const QString &text)
    {
        m_reserved = QFontMetrics(theme().font(TextStyle::Detail)).horizontalAdvance(text);
    }

    [[nodiscard]] QSize sizeHint() const override
    {
        int width = std::max(m_reserved, QFontMetrics(theme().font(TextStyle::Detail)).horizontalAdvance(text())) + 2;
        if (m_dot.isValid())
            width += 16;
        if (!m_icon.isEmpty())
            width += 24;
        if (m_hasMeter)
            width += 72;
        return {width, 27};
    }
    [[nodiscard]] QSize minimumSizeHint() const override { return {std::min(60, sizeHint().width()), 27}; }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        const Theme &t = theme();
        const bool mirrored = layoutDirection() == Qt::RightToLeft;
        const QColor ink = t.color(underMouse() ? Token::Text : Token::Text2);
        QRectF rest(rect());
        const auto take = [&](double w, double gap) {
            const QRectF part(mirrored ? rest.right() - w : rest.left(), 0, w, height());
            rest.adjust(mirrored ? 0 : w + gap, 0, mirrored ? -w - gap : 0, 0);
            return part;
        };
        if (m_dot.isValid()) {
            QRectF dot(0, 0, 8, 8);
            dot.moveCenter(take(8, 8).center());
            drawBox(painter, dot, 4, m_dot);
        }
        if (!m_icon.isEmpty())
            drawIcon(painter, take(16, 8), m_icon, ink);
        if (m_hasMeter) {
            const QRectF area(mirrored ? rest.left() : rest.right() - 64, (height() - 4) / 2.0, 64, 4);
            drawMeter(painter, area, m_fraction);
            rest.adjust(mirrored ? 72 : 0, 0, mirrored ? 0 : -72, 0);
        }
        drawElided(painter, rest, text(), t.font(TextStyle::Detail), ink,
                   (mirrored ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }

private:
    QColor m_dot;
    QString m_icon;
    bool m_hasMeter = false;
    double m_fraction = 0.0;
    int m_reserved = 0;
};

StatusLine::StatusLine(QWidget *parent)
    : QWidget(parent)
    , m_row(new QHBoxLayout(this))
    , m_state(addPart(QStringLiteral("statusState")))
    , m_page(addPart(QStringLiteral("statusPage")))
    , m_memory(addPart(QStringLiteral("statusMemory")))
    , m_work(addPart(QStringLiteral("statusWork")))
    , m_queue(addPart(QStringLiteral("statusQueue")))
    , m_right(addPart(QStringLiteral("statusRight")))
{
    setAccessibleName(tr("Status"));
    setFixedHeight(theme().metrics().statusLine);
    m_row->setContentsMargins(16, 1, 16, 0);
    m_row->setSpacing(33); // a hairline stands in the middle of it
    m_row->insertStretch(3, 1);
    m_memory->setIconName(QStringLiteral("memory"));
    m_memory->setToolTip(tr("Memory that Tincture uses, of the memory of this computer"));
    setFocusProxy(m_state);
    connect(m_state, &QAbstractButton::clicked, this, &StatusLine::stateClicked);
    connect(m_page, &QAbstractButton::clicked, this, &StatusLine::pageTextClicked);
    connect(m_memory, &QAbstractButton::clicked, this, &StatusLine::memoryClicked);
    connect(m_queue, &QAbstractButton::clicked, this, &StatusLine::queueClicked);
    connect(m_right, &QAbstractButton::clicked, this, &StatusLine::rightClicked);
    connect(&m_timer, &QTimer::timeout, this, &StatusLine::updateMemory);
    m_timer.start(2000);
    updateMemory();
}

StatusPart *StatusLine::addPart(const QString &name)
{
    auto *part = new StatusPart(this);
    part->setObjectName(name);
    part->hide();
    m_row->addWidget(part);
    return part;
}

void StatusLine::setState(EngineState state, const QString &text)
{
    const Token token = state == EngineState::Running  ? Token::Accent
                        : state == EngineState::Failed ? Token::Danger
                                                       : Token::Text3;
    m_state->setDot(theme().color(token));
    m_state->setContent(text);
}

QString StatusLine::stateText() const
{
    return m_state->text();
}

void StatusLine::setPageText(const QString &text)
{
    m_page->setContent(text);
    update();
}

void StatusLine::setQueueText(const QString &text)
{
    m_queue->setContent(text);
    update();
}

void StatusLine::setWork(const QString &text, double fraction)
{
    m_work->setMeter(fraction, !text.isEmpty() && fraction >= 0.0);
    m_work->setContent(text);
    update();
}

void StatusLine::setRightText(const QString &text)
{
    m_right->setContent(text);
    update();
}

void StatusLine::setCompact(bool isCompact)
{
    m_page->setMaximumWidth(isCompact ? 260 : QWIDGETSIZE_MAX);
    m_right->setMaximumWidth(isCompact ? 200 : QWIDGETSIZE_MAX);
}

void StatusLine::updateMemory()
{
    const MemoryUse use = memoryUse();
    if (use.total == 0) {
        m_memory->hide();
        return;
    }
    const QLocale locale;
    const QString total = locale.toString(double(use.total) / 1e9, 'f', 1);
    m_memory->reserve(tr("%1 of %2 GB").arg(total, total));
    m_memory->setMeter(double(use.used) / double(use.total), true);
    m_memory->setContent(tr("%1 of %2 GB").arg(locale.toString(double(use.used) / 1e9, 'f', 1), total));
}

void StatusLine::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &t = theme();
    painter.fillRect(rect(), t.color(Token::Panel));
    painter.fillRect(0, 0, width(), 1, t.color(Token::Line));
    // Hairlines between parts that stand side by side.
    QList<QWidget *> shown;
    for (QWidget *part :
         {static_cast<QWidget *>(m_state), static_cast<QWidget *>(m_page), static_cast<QWidget *>(m_memory),
          static_cast<QWidget *>(m_work), static_cast<QWidget *>(m_queue), static_cast<QWidget *>(m_right)}) {
        if (part->isVisible())
            shown.append(part);
    }
    for (qsizetype i = 1; i < shown.size(); ++i) {
        const QRect a = shown.at(i - 1)->geometry();
        const QRect b = shown.at(i)->geometry();
        const int gap = std::max(a.left(), b.left()) - std::min(a.right(), b.right()) - 1;
        if (gap <= 40)
            painter.fillRect(std::min(a.right(), b.right()) + gap / 2 + 1, (height() - 12) / 2 + 1, 1, 12,
                             t.color(Token::Line));
    }
}

} // namespace ui
