#pragma once

#include "ui/common/icons.h"
#include "ui/common/theme.h"

#include <QPainter>
#include <QWidget>

namespace ui {

/// An icon beside words, in a colour of the theme.
class Glyph : public QWidget
{
    Q_OBJECT
public:
    Glyph(const QString &name, Token color, int size, QWidget *parent) : QWidget(parent), m_name(name), m_color(color)
    {
        setFixedSize(size, size);
        setAttribute(Qt::WA_TransparentForMouseEvents);
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        drawIcon(painter, QRectF(rect()), m_name, theme().color(m_color));
    }

private:
    QString m_name;
    Token m_color;
};

} // namespace ui
