#pragma once

#include <QLabel>
#include <QPainter>

namespace ui {

enum class BadgeKind { Neutral, Accent, Warning, Danger };

/// Draws a badge, 18 high, with its left edge and centre at `leftCentre`; returns its width.
int drawBadge(QPainter &painter, const QPointF &leftCentre, const QString &text, BadgeKind kind);
int badgeWidth(const QString &text);

/// State of a model or run in one or two words, 18 high.
class Badge : public QWidget
{
    Q_OBJECT
public:
    explicit Badge(const QString &text = {}, BadgeKind kind = BadgeKind::Neutral, QWidget *parent = nullptr);
    void setText(const QString &text, BadgeKind kind);
    [[nodiscard]] QString text() const { return m_text; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_text;
    BadgeKind m_kind;
};

} // namespace ui
