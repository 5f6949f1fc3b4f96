#include "ui/create/prompt_edit.h"

#include "ui/common/painting.h"
#include "ui/common/theme.h"
#include "ui/create/prompt_editing.h"
#include "ui/create/prompt_highlighter.h"

#include <QAbstractTextDocumentLayout>
#include <QKeyEvent>

#include <algorithm>
#include <cmath>

namespace ui {

PromptEdit::PromptEdit(int lowest, int highest, QWidget *parent)
    : QPlainTextEdit(parent)
    , m_highlighter(new PromptHighlighter(document()))
    , m_lowest(lowest)
    , m_highest(highest)
    , m_height(lowest)
{
    setTabChangesFocus(true);
    setLineWrapMode(QPlainTextEdit::WidgetWidth);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setFrameShape(QFrame::NoFrame);
    document()->setDocumentMargin(6);
    updateColours();
    connect(this, &QPlainTextEdit::textChanged, this, [this] {
        adjustHeight();
        if (!m_isShowingHistory)
            m_historyIndex = -1;
    });
}

void PromptEdit::setHistory(const QStringList &history)
{
    m_history = history;
    m_historyIndex = -1;
}

void PromptEdit::setKnownNames(const QSet<QString> &names)
{
    m_highlighter->setKnownNames(names);
}

void PromptEdit::replaceText(const QString &text)
{
    if (text == toPlainText())
        return;
    QTextCursor cursor(document());
    cursor.beginEditBlock();
    cursor.select(QTextCursor::Document);
    cursor.insertText(text);
    cursor.endEditBlock();
    moveCursor(QTextCursor::End);
}

void PromptEdit::apply(const PromptEditResult &result)
{
    if (!result.changed)
        return;
    QTextCursor cursor = textCursor();
    cursor.beginEditBlock();
    cursor.select(QTextCursor::Document);
    cursor.insertText(result.text);
    cursor.endEditBlock();
    cursor.setPosition(result.start);
    cursor.setPosition(result.end, QTextCursor::KeepAnchor);
    setTextCursor(cursor);
}

void PromptEdit::changeSelectedWeight(double delta)
{
    const QTextCursor cursor = textCursor();
    apply(changeWeight(toPlainText(), cursor.selectionStart(), cursor.selectionEnd(), delta));
}

void PromptEdit::moveSelectedPhrase(int direction)
{
    const QTextCursor cursor = textCursor();
    apply(movePhrase(toPlainText(), cursor.selectionStart(), cursor.selectionEnd(), direction));
}

void PromptEdit::showHistory(int direction)
{
    const int index = std::clamp(m_historyIndex + direction, -1, int(m_history.size()) - 1);
    if (index == m_historyIndex)
        return;
    if (m_historyIndex == -1)
        m_typed = toPlainText();
    m_isShowingHistory = true;
    replaceText(index == -1 ? m_typed : m_history.at(index));
    m_isShowingHistory = false;
    m_historyIndex = index;
}

bool PromptEdit::isOwnKey(const QKeyEvent &event) const
{
    const bool isUpDown = event.key() == Qt::Key_Up || event.key() == Qt::Key_Down;
    const bool isLeftRight = event.key() == Qt::Key_Left || event.key() == Qt::Key_Right;
    const Qt::KeyboardModifiers modifiers = event.modifiers() & ~Qt::KeypadModifier;
    return (modifiers == Qt::ControlModifier && isUpDown) ||
           (modifiers == Qt::AltModifier && (isUpDown || isLeftRight));
}

bool PromptEdit::event(QEvent *event)
{
    if (event->type() == QEvent::ShortcutOverride && isOwnKey(*static_cast<QKeyEvent *>(event))) {
        event->accept();
        return true;
    }
    return QPlainTextEdit::event(event);
}

void PromptEdit::keyPressEvent(QKeyEvent *event)
{
    if (!isOwnKey(*event)) {
        // Ctrl+Enter belongs to the page: a text field would break the line.
        const bool isEnter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
        if (isEnter && (event->modifiers() & (Qt::ControlModifier | Qt::AltModifier)) != 0)
            event->ignore();
        else
            QPlainTextEdit::keyPressEvent(event);
        return;
    }
    const int direction = event->key() == Qt::Key_Up || event->key() == Qt::Key_Right ? 1 : -1;
    if ((event->modifiers() & Qt::ControlModifier) != 0)
        changeSelectedWeight(0.1 * direction);
    else if (event->key() == Qt::Key_Up || event->key() == Qt::Key_Down)
        showHistory(direction);
    else
        moveSelectedPhrase(direction);
    event->accept();
}

void PromptEdit::resizeEvent(QResizeEvent *event)
{
    QPlainTextEdit::resizeEvent(event);
    if (event->size().width() != event->oldSize().width())
        adjustHeight();
}

void PromptEdit::changeEvent(QEvent *event)
{
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange)
        updateColours();
    if (event->type() == QEvent::FontChange)
        adjustHeight();
}

void PromptEdit::updateColours()
{
    m_highlighter->setColours(theme().color(Token::AccentText), theme().color(Token::Danger),
                              theme().color(Token::Text2));
    // A selection under coloured words: their colour must stay readable on it.
    const QString sheet = QStringLiteral("QPlainTextEdit { selection-background-color: %1; selection-color: %2; }")
                              .arg(mix(theme().color(Token::AccentSoft), theme().color(Token::AccentLine), 0.3).name(),
                                   theme().color(Token::Text).name());
    if (sheet != styleSheet())
        setStyleSheet(sheet);
}

void PromptEdit::adjustHeight()
{
    // A plain text layout counts its size in lines.
    const int lines = std::max(1, int(std::ceil(document()->documentLayout()->documentSize().height())));
    const int around = height() - viewport()->height();
    const int wanted = int(std::ceil(lines * fontMetrics().lineSpacing() + 2 * document()->documentMargin())) + around;
    const int clamped = std::clamp(wanted, m_lowest, m_highest);
    if (clamped == m_height)
        return;
    m_height = clamped;
    updateGeometry();
}

QSize PromptEdit::sizeHint() const
{
    return {200, m_height};
}
QSize PromptEdit::minimumSizeHint() const
{
    return {80, m_height};
}

} // namespace ui
