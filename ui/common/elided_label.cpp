#include "ui/common/elided_label.h"

#include "ui/common/painting.h"

#include <QHBoxLayout>
#include <QStyle>

namespace ui {

Label::Label(const QString &text, TextStyle style, Token color, QWidget *parent)
    : QLabel(text, parent), m_style(style), m_color(color)
{
    apply();
    connect(&theme(), &Theme::changed, this, &Label::apply);
}

void Label::setTextStyle(TextStyle style)
{
    m_style = style;
    apply();
}

void Label::setColor(Token color)
{
    if (color == m_color)
        return;
    m_color = color;
    apply();
}

void Label::setParagraph(const QString &plainText)
{
    setParagraphHtml(plainText.toHtmlEscaped().replace(QLatin1Char('\n'), QLatin1String("<br>")));
    setAccessibleName(plainText);
}

void Label::setParagraphHtml(const QString &html)
{
    setWordWrap(true);
    setTextFormat(Qt::RichText);
    const int line = theme().lineHeight(m_style);
    setText(html.isEmpty() ? QString()
                           : QStringLiteral("<p style=\"margin:0; line-height:%1px\">%2</p>").arg(line).arg(html));
}

void Label::reserve(const QString &widest)
{
    setMinimumWidth(QFontMetrics(theme().font(m_style)).horizontalAdvance(widest) + 2);
}

void Label::apply()
{
    setFont(theme().font(m_style));
    QPalette own = palette();
    own.setColor(QPalette::WindowText, theme().color(m_color));
    own.setColor(QPalette::Text, theme().color(m_color));
    setPalette(own);
    const int line = theme().lineHeight(m_style);
    if (!wordWrap() && minimumHeight() < line)
        setMinimumHeight(line);
}

ElidedLabel::ElidedLabel(const QString &text, TextStyle style, Token color, QWidget *parent)
    : QWidget(parent), m_style(style), m_color(color)
{
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setText(text);
}

void ElidedLabel::setText(const QString &text)
{
    if (text == m_text && !text.isEmpty())
        return;
    m_text = text;
    setAccessibleName(text);
    updateGeometry();
    resizeEvent(nullptr);
    update();
}

void ElidedLabel::setColor(Token color)
{
    m_color = color;
    update();
}

void ElidedLabel::setAlignment(Qt::Alignment alignment)
{
    m_alignment = alignment;
    update();
}

void ElidedLabel::setElideMode(Qt::TextElideMode mode)
{
    m_mode = mode;
    update();
}

QSize ElidedLabel::sizeHint() const
{
    return {QFontMetrics(theme().font(m_style)).horizontalAdvance(m_text) + 2, theme().lineHeight(m_style)};
}

QSize ElidedLabel::minimumSizeHint() const
{
    return {std::min(sizeHint().width(), 24), theme().lineHeight(m_style)};
}

void ElidedLabel::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const QFont font = theme().font(m_style);
    painter.setFont(font);
    painter.setPen(theme().color(isEnabled() ? m_color : Token::Disabled));
    painter.drawText(rect(), int(QStyle::visualAlignment(layoutDirection(), m_alignment)) | Qt::TextSingleLine,
                     QFontMetrics(font).elidedText(m_text, m_mode, width()));
}

void ElidedLabel::resizeEvent(QResizeEvent *)
{
    const bool isCut = QFontMetrics(theme().font(m_style)).horizontalAdvance(m_text) > width();
    setToolTip(isCut && isVisible() ? m_text : QString());
}

FieldLabel::FieldLabel(const QString &text, QWidget *buddy, QWidget *parent)
    : QWidget(parent)
    , m_label(new Label(text, TextStyle::Label, Token::Text2, this))
    , m_caption(new Label(QString(), TextStyle::Detail, Token::Text3, this))
{
    m_label->setBuddy(buddy);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme().metrics().space2);
    row->addWidget(m_label);
    row->addStretch(1);
    row->addWidget(m_caption);
    setFixedHeight(theme().lineHeight(TextStyle::Label));
}

void FieldLabel::setCaption(const QString &text, Token color)
{
    m_caption->setText(text);
    m_caption->setColor(color);
}

void FieldLabel::setText(const QString &text)
{
    m_label->setText(text);
}

} // namespace ui
