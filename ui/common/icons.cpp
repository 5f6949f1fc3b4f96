#include "ui/common/icons.h"

#include "ui/common/theme.h"

#include <QFile>
#include <QGuiApplication>
#include <QHash>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSet>
#include <QSvgRenderer>

#include <cmath>

namespace ui {

namespace {

QByteArray svgSource(const QString &name)
{
    static QHash<QString, QByteArray> sources; // 64 small files, read once each, UI thread only
    const auto found = sources.constFind(name);
    if (found != sources.constEnd())
        return *found;
    theme(); // makes sure that the resources are there
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    const QByteArray source = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    sources.insert(name, source);
    return source;
}

bool isMirrored(const QString &name)
{
    static const QSet<QString> names = {QStringLiteral("chevron-left"), QStringLiteral("chevron-right"),
                                        QStringLiteral("undo"),         QStringLiteral("redo"),
                                        QStringLiteral("queue"),        QStringLiteral("list"),
                                        QStringLiteral("panel-right")};
    return QGuiApplication::layoutDirection() == Qt::RightToLeft && names.contains(name);
}

QColor roleColor(IconRole role, QIcon::Mode mode, QIcon::State state)
{
    const Theme &t = theme();
    if (mode == QIcon::Disabled)
        return t.color(Token::Disabled);
    switch (role) {
    case IconRole::Auto:
        if (state == QIcon::On || mode == QIcon::Selected)
            return t.color(Token::AccentText);
        return t.color(mode == QIcon::Active ? Token::Text : Token::Text2);
    case IconRole::Text:
        return t.color(Token::Text);
    case IconRole::Text2:
        return t.color(Token::Text2);
    case IconRole::Text3:
        return t.color(Token::Text3);
    case IconRole::OnAccent:
        return t.color(Token::OnAccent);
    case IconRole::AccentText:
        return t.color(Token::AccentText);
    case IconRole::Danger:
        return t.color(Token::Danger);
    case IconRole::Warning:
        return t.color(Token::Warning);
    case IconRole::Success:
        return t.color(Token::Success);
    case IconRole::Star:
        return t.color(Token::Star);
    case IconRole::White:
        return Qt::white;
    }
    return t.color(Token::Text2);
}

/// Draws an icon in the theme's colours of the moment.
class ThemedIconEngine : public QIconEngine
{
public:
    ThemedIconEngine(QString name, IconRole role) : m_name(std::move(name)), m_role(role) {}

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State state) override
    {
        drawIcon(*painter, rect, m_name, roleColor(m_role, mode, state));
    }

    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override
    {
        return iconPixmap(m_name, roleColor(m_role, mode, state), std::min(size.width(), size.height()), 1.0);
    }

    QPixmap scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State state, qreal) override
    {
        return pixmap(size, mode, state);
    }

    [[nodiscard]] QIconEngine *clone() const override { return new ThemedIconEngine(m_name, m_role); }
    QString iconName() override { return m_name; }
    bool isNull() override { return false; }

private:
    QString m_name;
    IconRole m_role;
};

} // namespace

QIcon icon(const QString &name, IconRole role)
{
    return QIcon(new ThemedIconEngine(name, role));
}

bool hasIcon(const QString &name)
{
    return !svgSource(name).isEmpty();
}

QPixmap iconPixmap(const QString &name, const QColor &color, int size, qreal ratio)
{
    const int pixels = std::max(1, int(std::lround(size * ratio)));
    const bool mirrored = isMirrored(name);
    const QString key =
        QStringLiteral("tincture-icon/%1/%2/%3/%4").arg(name, color.name(QColor::HexArgb)).arg(pixels).arg(mirrored);
    QPixmap pixmap;
    if (!QPixmapCache::find(key, &pixmap)) {
        QByteArray source = svgSource(name);
        source.replace("currentColor", color.name(QColor::HexRgb).toLatin1());
        if (size <= 12) // small crosses and chevrons keep their weight
            source.replace("stroke-width=\"1.75\"", "stroke-width=\"2.25\"");
        else if (size >= 40)
            source.replace("stroke-width=\"1.75\"", "stroke-width=\"1.25\"");
        QImage image(pixels, pixels, QImage::Format_ARGB32_Premultiplied);
        image.fill(Qt::transparent);
        QPainter painter(&image);
        if (mirrored) {
            painter.translate(pixels, 0);
            painter.scale(-1, 1);
        }
        QSvgRenderer renderer(source);
        if (renderer.isValid())
            renderer.render(&painter, QRectF(0, 0, pixels, pixels));
        painter.end();
        pixmap = QPixmap::fromImage(image);
        QPixmapCache::insert(key, pixmap);
    }
    pixmap.setDevicePixelRatio(ratio);
    return pixmap;
}

void drawIcon(QPainter &painter, const QRectF &rect, const QString &name, const QColor &color)
{
    const qreal ratio = painter.device() ? painter.device()->devicePixelRatioF() : 1.0;
    const int size = int(std::lround(std::min(rect.width(), rect.height())));
    QColor opaque = color;
    opaque.setAlpha(255);
    const QPixmap pixmap = iconPixmap(name, opaque, size, ratio);
    // On whole device pixels, or the lines blur.
    QPointF at = rect.center() - QPointF(size / 2.0, size / 2.0);
    at = QPointF(std::round(at.x() * ratio) / ratio, std::round(at.y() * ratio) / ratio);
    if (color.alpha() == 255) {
        painter.drawPixmap(at, pixmap);
        return;
    }
    const qreal opacity = painter.opacity();
    painter.setOpacity(opacity * color.alphaF());
    painter.drawPixmap(at, pixmap);
    painter.setOpacity(opacity);
}

} // namespace ui
