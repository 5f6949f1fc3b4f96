// How the pictures that are compared are drawn.
#include "ui/common/focus_frame.h"
#include "ui/common/icons.h"
#include "ui/common/painting.h"
#include "ui/common/theme.h"
#include "ui/common/thumbnail_delegate.h"
#include "ui/compare/compare_view.h"

#include <QPainter>

#include <cmath>

namespace ui {

namespace {

constexpr double kHandle = 32.0;
constexpr double kInset = 8.0;

} // namespace

void CompareView::paintMessage(QPainter &painter, const QRectF &area, int picture) const
{
    const ComparePicture &shown = m_pictures.at(picture);
    const Theme &look = theme();
    drawBox(painter, area, look.metrics().radiusCard, look.color(Token::Window), look.color(Token::Line));
    const bool isFault = !shown.problem.isEmpty();
    const QString text = isFault ? shown.problem : shown.message;
    const QRectF icon(area.center().x() - 12, area.center().y() - 40, 24, 24);
    drawIcon(painter, icon, isFault ? QStringLiteral("warning") : QStringLiteral("clock"),
             look.color(isFault ? Token::Warning : Token::Text3));
    painter.setFont(look.font(TextStyle::Body));
    painter.setPen(look.color(Token::Text2));
    painter.drawText(QRectF(area.left() + 24, icon.bottom() + 8, area.width() - 48, area.bottom() - icon.bottom() - 8),
                     int(Qt::AlignHCenter | Qt::AlignTop) | Qt::TextWordWrap, text);
}

void CompareView::paintPicture(QPainter &painter, const Cell &cell, int picture) const
{
    const ComparePicture &shown = m_pictures.at(picture);
    if (shown.picture.isNull()) {
        paintMessage(painter, m_mode == CompareMode::Grid ? cell.area : seen(cell), picture);
        return;
    }
    const QRectF place = placeOf(picture, target(cell));
    if (shown.picture.picture().hasAlphaChannel())
        painter.fillRect(place.intersected(cell.area), theme().color(Token::Checker));
    shown.picture.draw(painter, place, cell.area, m_isSmooth);
}

void CompareView::paintLetter(QPainter &painter, const QRectF &seenRect, int picture, Qt::Alignment side) const
{
    const ComparePicture &shown = m_pictures.at(picture);
    const Theme &look = theme();
    const QFont font = look.font(TextStyle::Label);
    const bool hasName = m_hasNames && !shown.name.isEmpty();
    const double most = seenRect.width() * (isPair() ? 0.46 : 1.0) - 2 * kInset - 44;
    const double nameWidth =
        hasName ? std::min(std::max(0.0, most), std::ceil(QFontMetricsF(font).horizontalAdvance(shown.name))) : 0.0;
    const double width = 28.0 + (nameWidth > 24.0 ? nameWidth + 12.0 : 0.0);
    if (seenRect.width() < 40 || seenRect.height() < 40)
        return;
    QRectF box(seenRect.left() + kInset, seenRect.top() + kInset, width, 28);
    if (side & Qt::AlignRight)
        box.moveRight(seenRect.right() - kInset);
    drawBox(painter, box, look.metrics().radiusBadge, look.color(Token::Scrim));
    // A is filled with the accent and framed; the others are plain: the letter says it too.
    const QRectF badge(box.left() + 4, box.top() + 4, 20, 20);
    const bool isA = picture == 0;
    drawBox(painter, badge, look.metrics().radiusBadge, isA ? look.color(Token::Accent) : QColor(255, 255, 255, 36));
    painter.setFont(font);
    painter.setPen(isA ? look.color(Token::OnAccent) : QColor(Qt::white));
    painter.drawText(badge, Qt::AlignCenter, shown.letter);
    if (nameWidth > 24.0)
        drawElided(painter, QRectF(badge.right() + 8, box.top(), nameWidth, box.height()), shown.name, font, Qt::white);
}

void CompareView::paintFigures(QPainter &painter, const QRectF &seenRect, const QString &text) const
{
    if (text.isEmpty() || !m_hasNames)
        return;
    const auto fits = [&seenRect](const QString &words) {
        return QFontMetricsF(theme().font(TextStyle::Detail)).horizontalAdvance(words) + 16 + 2 * kInset <=
               seenRect.width();
    };
    const QString brief = text.section(QStringLiteral(", "), 0, 0); // without the second figure
    if (!fits(brief) || seenRect.height() < 80)
        return;
    drawOverlayText(painter, QPointF(seenRect.right() - kInset, seenRect.bottom() - kInset - 24),
                    fits(text) ? text : brief, TextStyle::Detail, Qt::AlignRight);
}

void CompareView::paintDivider(QPainter &painter, const Cell &cell) const
{
    const Theme &look = theme();
    const double at = dividerPosition(cell);
    const QRectF part = seen(cell);
    const QRectF line = m_isUpright ? QRectF(at - 1, cell.area.top(), 2, cell.area.height())
                                    : QRectF(cell.area.left(), at - 1, cell.area.width(), 2);
    painter.fillRect(line, look.color(Token::Accent));
    const QPointF middle = m_isUpright ? QPointF(at, part.center().y()) : QPointF(part.center().x(), at);
    const QRectF handle(middle.x() - kHandle / 2, middle.y() - kHandle / 2, kHandle, kHandle);
    painter.setPen(Qt::NoPen);
    painter.setBrush(look.color(Token::Accent));
    painter.drawEllipse(handle);
    painter.save();
    painter.translate(middle);
    if (!m_isUpright)
        painter.rotate(90);
    drawIcon(painter, QRectF(-8, -8, 16, 16), QStringLiteral("swap"), look.color(Token::OnAccent));
    painter.restore();
}

void CompareView::paintSlider(QPainter &painter, const Cell &cell) const
{
    const bool isTwo = has(m_second) && m_first != m_second;
    const double at = isTwo ? dividerPosition(cell) : (m_isUpright ? cell.area.right() : cell.area.bottom());
    const QRectF before = m_isUpright
                              ? QRectF(cell.area.left(), cell.area.top(), at - cell.area.left(), cell.area.height())
                              : QRectF(cell.area.left(), cell.area.top(), cell.area.width(), at - cell.area.top());
    painter.save();
    painter.setClipRect(before);
    if (m_pictures.at(m_first).picture.isNull())
        paintMessage(painter, seen(cell).intersected(before), m_first);
    else
        paintPicture(painter, cell, m_first);
    painter.restore();
    if (!isTwo) {
        paintLetter(painter, seen(cell), m_first, Qt::AlignLeft);
        return;
    }
    const QRectF after = m_isUpright ? QRectF(at, cell.area.top(), cell.area.right() - at, cell.area.height())
                                     : QRectF(cell.area.left(), at, cell.area.width(), cell.area.bottom() - at);
    painter.save();
    painter.setClipRect(after);
    const QRectF part = seen(cell);
    if (m_pictures.at(m_second).picture.isNull())
        paintMessage(painter, part.intersected(after), m_second);
    else
        paintPicture(painter, cell, m_second);
    painter.restore();
    const QRectF firstPart = part.intersected(before);
    const QRectF secondPart = part.intersected(after);
    paintLetter(painter, m_isUpright ? part : firstPart, m_first, Qt::AlignLeft);
    paintLetter(painter, m_isUpright ? part : secondPart, m_second, m_isUpright ? Qt::AlignRight : Qt::AlignLeft);
    paintFigures(painter, part, m_pictures.at(m_second).figures);
    paintDivider(painter, cell);
}

void CompareView::paintLegend(QPainter &painter, const QRectF &area) const
{
    const Theme &look = theme();
    const QFont font = look.font(TextStyle::Detail);
    const QString white = tr("%1 of 255").arg(m_white);
    const double textWidth = QFontMetricsF(font).horizontalAdvance(white) + 1;
    const double barWidth = std::min(180.0, area.width() - textWidth - 80);
    if (barWidth < 40 || area.height() < 100)
        return;
    const QRectF box(area.left() + kInset, area.bottom() - kInset - 24, barWidth + textWidth + 44, 24);
    drawBox(painter, box, look.metrics().radiusBadge, look.color(Token::Scrim));
    const QRectF bar(box.left() + 22, box.center().y() - 4, barWidth, 8);
    QLinearGradient colours(bar.topLeft(), bar.topRight());
    for (int i = 0; i <= 4; ++i)
        colours.setColorAt(i / 4.0, heatColor(i / 4.0));
    painter.setPen(QPen(QColor(255, 255, 255, 90), 1));
    painter.setBrush(colours);
    painter.drawRect(bar);
    drawElided(painter, QRectF(box.left() + 8, box.top(), 14, 24), QStringLiteral("0"), font, Qt::white);
    drawElided(painter, QRectF(bar.right() + 8, box.top(), textWidth, 24), white, font, Qt::white);
}

void CompareView::paintDifference(QPainter &painter, const Cell &cell) const
{
    const QRectF part = seen(cell);
    if (m_difference.isNull()) {
        const int faulty = has(m_second) && m_pictures.at(m_second).picture.isNull() ? m_second : m_first;
        if (m_pictures.at(faulty).picture.isNull()) {
            paintMessage(painter, part, faulty);
        } else {
            painter.setFont(theme().font(TextStyle::Body));
            painter.setPen(theme().color(Token::Text3));
            painter.drawText(cell.area, int(Qt::AlignCenter) | Qt::TextWordWrap,
                             m_first == m_second ? tr("Add a second picture to see the difference")
                                                 : tr("Working out the difference"));
        }
        return;
    }
    m_difference.draw(painter, target(cell), cell.area, m_isSmooth);
    const QString text = tr("%1 − %2").arg(m_pictures.at(m_second).letter, m_pictures.at(m_first).letter);
    if (m_hasNames && part.width() > 100 && part.height() > 80)
        drawOverlayText(painter, part.topLeft() + QPointF(kInset, kInset), text, TextStyle::Label);
    paintFigures(painter, part, m_pictures.at(m_second).figures);
    paintLegend(painter, part);
}

void CompareView::paintEvent(QPaintEvent *)
{
    const Theme &look = theme();
    QPainter painter(this);
    painter.fillRect(rect(), look.color(Token::Canvas));
    painter.setRenderHint(QPainter::Antialiasing);
    const QList<Cell> all = cells();
    for (const Cell &cell : all) {
        switch (m_mode) {
        case CompareMode::Slider:
            paintSlider(painter, cell);
            break;
        case CompareMode::Flicker: {
            const int shown = has(m_shown) ? m_shown : m_first;
            paintPicture(painter, cell, shown);
            paintLetter(painter, placeOf(shown, target(cell)).intersected(cell.area), shown, Qt::AlignLeft);
            break;
        }
        case CompareMode::Difference:
            paintDifference(painter, cell);
            break;
        case CompareMode::Overlay:
            paintPicture(painter, cell, m_first);
            if (has(m_second) && m_first != m_second) {
                painter.setOpacity(m_opacity);
                paintPicture(painter, cell, m_second);
                painter.setOpacity(1.0);
                paintLetter(painter, seen(cell), m_second, Qt::AlignRight);
            }
            paintLetter(painter, seen(cell), m_first, Qt::AlignLeft);
            break;
        case CompareMode::SideBySide:
        case CompareMode::Grid: {
            paintPicture(painter, cell, cell.picture);
            const QRectF part = m_pictures.at(cell.picture).picture.isNull()
                                    ? cell.area
                                    : placeOf(cell.picture, target(cell)).intersected(cell.area);
            paintLetter(painter, part, cell.picture, Qt::AlignLeft);
            paintFigures(painter, part, m_pictures.at(cell.picture).figures);
            if (m_pictures.at(cell.picture).stars > 0) {
                const QRectF foot(part.left() + kInset, part.bottom() - kInset - 24, 5 * 18 + 12, 24);
                drawBox(painter, foot, look.metrics().radiusBadge, look.color(Token::Scrim));
                paintStars(painter, foot.topLeft() + QPointF(7, 4), 16, m_pictures.at(cell.picture).stars, 5,
                           QColor(0xF3, 0xC5, 0x64), QColor(255, 255, 255, 120));
            }
            const bool isChosen = m_mode == CompareMode::Grid && cell.picture == m_second && m_second != 0;
            if (cell.picture == 0 || isChosen) {
                painter.setBrush(Qt::NoBrush);
                painter.setPen(QPen(look.color(cell.picture == 0 ? Token::Accent : Token::Text2), 2,
                                    cell.picture == 0 ? Qt::SolidLine : Qt::DotLine));
                painter.drawRoundedRect(part.adjusted(-3, -3, 3, 3), 4, 4);
            }
            break;
        }
        }
    }
    if (showsKeyboardFocus(this)) {
        painter.setPen(QPen(look.color(Token::Accent), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(3, 3, -3, -3), 6, 6);
    }
    if (m_isDropWelcome) {
        painter.setPen(QPen(look.color(Token::Accent), 2, Qt::DashLine));
        painter.setBrush(look.color(Token::Scrim));
        painter.drawRoundedRect(QRectF(rect()).adjusted(8, 8, -8, -8), 8, 8);
        painter.setPen(Qt::white);
        painter.setFont(look.font(TextStyle::Heading));
        painter.drawText(rect(), Qt::AlignCenter, tr("Drop to compare"));
    }
}

} // namespace ui
