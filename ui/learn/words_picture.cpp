#include "ui/learn/words_picture.h"

#include "ui/common/painting.h"

#include <QKeyEvent>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>

namespace ui {

WordChip::WordChip(const QString &word, QWidget *parent) : QAbstractButton(parent)
{
    setText(word);
    setAccessibleName(word);
    setCheckable(true);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setProperty("focusRadius", 14);
}

void WordChip::setColor(const QColor &color)
{
    m_color = color;
    update();
}

QSize WordChip::sizeHint() const
{
    const int width = QFontMetrics(theme().font(TextStyle::Control)).horizontalAdvance(text());
    return {width + 24 + 14, 28};
}

void WordChip::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme &look = theme();
    const bool isLit = underMouse() || hasFocus();
    drawBox(painter, rect(), height() / 2.0,
            look.color(isChecked() ? Token::AccentSoft
                       : isLit     ? Token::Hover
                                   : Token::Raised),
            look.color(isChecked() ? Token::AccentLine : Token::LineButton));
    const QPointF dot(15, height() / 2.0);
    painter.setPen(QPen(look.color(isChecked() ? Token::Text : Token::Text3), 1));
    painter.setBrush(isChecked() && m_color.isValid() ? QBrush(m_color) : QBrush(Qt::NoBrush));
    painter.drawEllipse(dot, 4, 4);
    painter.setFont(look.font(TextStyle::Control));
    painter.setPen(look.color(isChecked() ? Token::AccentText : Token::Text));
    painter.drawText(rect().adjusted(26, 0, -6, 0), Qt::AlignLeft | Qt::AlignVCenter, text());
}

bool WordChip::event(QEvent *event)
{
    switch (event->type()) {
    case QEvent::Enter:
    case QEvent::FocusIn:
        Q_EMIT pointedAt(true);
        update();
        break;
    case QEvent::Leave:
    case QEvent::FocusOut:
        Q_EMIT pointedAt(false);
        update();
        break;
    default:
        break;
    }
    return QAbstractButton::event(event);
}

void WordChip::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Up:
        Q_EMIT moved(-1);
        return;
    case Qt::Key_Right:
    case Qt::Key_Down:
        Q_EMIT moved(1);
        return;
    case Qt::Key_Home:
        Q_EMIT moved(-1000);
        return;
    case Qt::Key_End:
        Q_EMIT moved(1000);
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        click();
        return;
    default:
        QAbstractButton::keyPressEvent(event);
    }
}

WordsPicture::WordsPicture(QWidget *parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void WordsPicture::setPicture(const QImage &picture)
{
    m_picture = picture;
    update();
}

void WordsPicture::setMaps(const engine::AttentionMaps &maps)
{
    m_maps = maps;
    m_layers.clear();
    makeOverlay();
}

void WordsPicture::setLayers(const QList<Layer> &layers)
{
    if (layers == m_layers)
        return;
    m_layers = layers;
    makeOverlay();
}

void WordsPicture::setOpacity(double opacity)
{
    m_opacity = opacity;
    update();
}

void WordsPicture::makeOverlay()
{
    m_overlay = {};
    const std::size_t cells = std::size_t(std::max(m_maps.rows, 0)) * std::size_t(std::max(m_maps.columns, 0));
    QList<Layer> layers;
    for (const Layer &layer : std::as_const(m_layers)) {
        if (layer.word >= 0 && layer.word < int(m_maps.words.size()) &&
            m_maps.words[std::size_t(layer.word)].values.size() == cells && cells > 0)
            layers.append(layer);
    }
    if (!layers.isEmpty()) {
        m_overlay = QImage(m_maps.columns, m_maps.rows, QImage::Format_ARGB32_Premultiplied);
        // Each word has its own scale: from its least to its most.
        std::vector<std::pair<float, float>> ranges;
        for (const Layer &layer : std::as_const(layers)) {
            const auto &values = m_maps.words[std::size_t(layer.word)].values;
            const auto [least, most] = std::minmax_element(values.begin(), values.end());
            ranges.push_back({*least, std::max(*most - *least, 1e-9F)});
        }
        for (std::size_t i = 0; i < cells; ++i) {
            QRgb pixel = 0;
            if (layers.size() == 1) {
                const double value = double(
                    (m_maps.words[std::size_t(layers.first().word)].values[i] - ranges[0].first) / ranges[0].second);
                pixel = qPremultiply(heatColor(value).rgba());
            } else {
                // The strongest word has the cell; how strong it is there is how much of its colour is seen.
                float best = 0.F;
                QColor color;
                for (qsizetype layer = 0; layer < layers.size(); ++layer) {
                    const auto &range = ranges[std::size_t(layer)];
                    const float value =
                        (m_maps.words[std::size_t(layers.at(layer).word)].values[i] - range.first) / range.second;
                    if (value > best) {
                        best = value;
                        color = layers.at(layer).color;
                    }
                }
                color.setAlphaF(std::clamp(best, 0.F, 1.F));
                pixel = qPremultiply(color.rgba());
            }
            m_overlay.setPixel(int(i % std::size_t(m_maps.columns)), int(i / std::size_t(m_maps.columns)), pixel);
        }
    }
    update();
}

QRectF WordsPicture::pictureRect() const
{
    QSizeF size = m_picture.size();
    if (m_picture.isNull())
        return {};
    size.scale(QSizeF(rect().size()), Qt::KeepAspectRatio);
    return {QRectF(rect()).center() - QPointF(size.width() / 2, size.height() / 2), size};
}

void WordsPicture::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    const QRectF box = pictureRect();
    if (box.isEmpty())
        return;
    QPainterPath clip;
    clip.addRoundedRect(box, theme().metrics().radiusPicture, theme().metrics().radiusPicture);
    painter.setClipPath(clip);
    const QSize target = (box.size() * devicePixelRatioF()).toSize();
    painter.drawImage(box, m_picture.scaled(target, Qt::IgnoreAspectRatio, Qt::SmoothTransformation));
    if (m_overlay.isNull())
        return;
    painter.setOpacity(m_opacity);
    painter.drawImage(box, m_overlay.scaled(target, Qt::IgnoreAspectRatio, Qt::SmoothTransformation));
}

} // namespace ui
