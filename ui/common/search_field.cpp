#include "ui/common/search_field.h"

#include "ui/common/icon_button.h"
#include "ui/common/icons.h"
#include "ui/common/painting.h"

#include <QKeyEvent>
#include <QWidgetAction>

namespace ui {

SearchField::SearchField(const QString &placeholder, QWidget *parent) : QLineEdit(parent)
{
    setPlaceholderText(placeholder);
    setAccessibleName(placeholder);
    setTextMargins(24, 0, 22, 0);
    auto *clear = new IconButton(QStringLiteral("close"), tr("Clear"), this);
    clear->setObjectName(QStringLiteral("clear"));
    clear->setIconPixels(12);
    clear->setFixedSize(24, 24);
    clear->setFocusPolicy(Qt::NoFocus);
    clear->setCursor(Qt::ArrowCursor);
    clear->hide();
    connect(clear, &IconButton::clicked, this, [this] {
        QLineEdit::clear();
        setFocus();
    });
    connect(this, &QLineEdit::textChanged, this, [this, clear](const QString &text) {
        clear->setVisible(!text.isEmpty());
        clear->move(layoutDirection() == Qt::RightToLeft ? 4 : width() - 28, (height() - 24) / 2);
        update();
    });
}

void SearchField::setKeyHint(const QString &key)
{
    m_keyHint = key;
    update();
}

void SearchField::paintEvent(QPaintEvent *event)
{
    QLineEdit::paintEvent(event);
    QPainter painter(this);
    const Theme &t = theme();
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    drawIcon(painter, QRectF(mirrored ? width() - 26 : 10, height() / 2.0 - 8, 16, 16), QStringLiteral("search"),
             t.color(Token::Text2));
    if (!m_keyHint.isEmpty() && text().isEmpty()) {
        const int cap = keyCapWidth(m_keyHint);
        const int room = width() - cap - 60 - QFontMetrics(font()).horizontalAdvance(placeholderText());
        if (room >= 0)
            drawKeyCap(painter, QPointF(mirrored ? 10 : width() - cap - 10, height() / 2.0), m_keyHint,
                       t.color(Token::Text2), t.color(Token::LineField));
    }
}

void SearchField::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape && !text().isEmpty()) {
        clear();
        event->accept();
        return;
    }
    QLineEdit::keyPressEvent(event);
}

} // namespace ui
