#pragma once

#include "ui/common/theme.h"

#include <QLabel>

namespace ui {

/// Label in a style and colour of the theme; follows its changes.
class Label : public QLabel
{
    Q_OBJECT
public:
    explicit Label(const QString &text, TextStyle style = TextStyle::Body, Token color = Token::Text,
                   QWidget *parent = nullptr);
    void setTextStyle(TextStyle style);
    void setColor(Token color);
    /// Text of several lines, with the line height of the style. Call instead of setText.
    void setParagraph(const QString &plainText);
    /// The same for text that is HTML already.
    void setParagraphHtml(const QString &html);
    /// Keeps the width of this text, so that changing numbers move nothing.
    void reserve(const QString &widest);

private:
    void apply();

    TextStyle m_style;
    Token m_color;
};

/// Label that elides at the right and then has its text as tool tip.
class ElidedLabel : public QWidget
{
    Q_OBJECT
public:
    explicit ElidedLabel(const QString &text = {}, TextStyle style = TextStyle::Body, Token color = Token::Text,
                         QWidget *parent = nullptr);
    void setText(const QString &text);
    [[nodiscard]] QString text() const { return m_text; }
    void setColor(Token color);
    void setAlignment(Qt::Alignment alignment);
    void setElideMode(Qt::TextElideMode mode);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    QString m_text;
    TextStyle m_style;
    Token m_color;
    Qt::Alignment m_alignment = Qt::AlignLeft | Qt::AlignVCenter;
    Qt::TextElideMode m_mode = Qt::ElideRight;
};

/// Row of a form: label at the left (its buddy gets the focus), caption at the right, 16 high, 6 above its field.
class FieldLabel : public QWidget
{
    Q_OBJECT
public:
    explicit FieldLabel(const QString &text, QWidget *buddy = nullptr, QWidget *parent = nullptr);
    void setCaption(const QString &text, Token color = Token::Text3);
    void setText(const QString &text);
    [[nodiscard]] Label *caption() const { return m_caption; }

private:
    Label *m_label;
    Label *m_caption;
};

} // namespace ui
