#include "ui/keys_dialog.h"

#include "ui/common/button.h"
#include "ui/common/elided_label.h"
#include "ui/common/painting.h"

#include <QScrollArea>
#include <QVBoxLayout>

namespace ui {

namespace {

struct KeyRow
{
    const char *keys; ///< separated by spaces; empty: the text is a heading
    const char *text;
};

constexpr KeyRow kRows[] = {
    {"", QT_TRANSLATE_NOOP("ui::KeysDialog", "Everywhere")},
    {"Ctrl+1 Ctrl+2 Ctrl+3 Ctrl+6", QT_TRANSLATE_NOOP("ui::KeysDialog", "Create, Gallery, Compare, Models")},
    {"Ctrl+,", QT_TRANSLATE_NOOP("ui::KeysDialog", "Settings")},
    {"F6 Shift+F6", QT_TRANSLATE_NOOP("ui::KeysDialog", "Next and previous part of the window")},
    {"F9 Shift+F9", QT_TRANSLATE_NOOP("ui::KeysDialog", "Fold the right and the left panel")},
    {"F8", QT_TRANSLATE_NOOP("ui::KeysDialog", "Go to the message at the bottom")},
    {"F11", QT_TRANSLATE_NOOP("ui::KeysDialog", "Full screen")},
    {"Ctrl+F", QT_TRANSLATE_NOOP("ui::KeysDialog", "Find pictures")},
    {"Ctrl+Z", QT_TRANSLATE_NOOP("ui::KeysDialog", "Undo")},
    {"Ctrl+Shift+Z Ctrl+Y", QT_TRANSLATE_NOOP("ui::KeysDialog", "Do again what was undone")},
    {"", QT_TRANSLATE_NOOP("ui::KeysDialog", "Create")},
    {"Ctrl+Enter", QT_TRANSLATE_NOOP("ui::KeysDialog", "Generate, or add to the queue")},
    {"Ctrl+Shift+Enter", QT_TRANSLATE_NOOP("ui::KeysDialog", "Put first in the queue")},
    {"Esc", QT_TRANSLATE_NOOP("ui::KeysDialog", "Stop; twice within a second: all jobs")},
    {"Alt+Enter", QT_TRANSLATE_NOOP("ui::KeysDialog", "Stop and keep what is finished")},
    {"Ctrl+Up Ctrl+Down", QT_TRANSLATE_NOOP("ui::KeysDialog", "Weight of the word or selection")},
    {"Alt+Left Alt+Right", QT_TRANSLATE_NOOP("ui::KeysDialog", "Move the phrase")},
    {"Alt+Up Alt+Down", QT_TRANSLATE_NOOP("ui::KeysDialog", "Earlier and later prompts")},
    {"Alt+S", QT_TRANSLATE_NOOP("ui::KeysDialog", "New seed at every start")},
    {"Ctrl+O", QT_TRANSLATE_NOOP("ui::KeysDialog", "Open a model")},
    {"Ctrl++ Ctrl+- Ctrl+0", QT_TRANSLATE_NOOP("ui::KeysDialog", "Zoom in, zoom out, fit")},
    {"", QT_TRANSLATE_NOOP("ui::KeysDialog", "With pictures in focus")},
    {"0 1 2 3 4 5", QT_TRANSLATE_NOOP("ui::KeysDialog", "Stars")},
    {".", QT_TRANSLATE_NOOP("ui::KeysDialog", "One star, or none")},
    {"6 7 8 9", QT_TRANSLATE_NOOP("ui::KeysDialog", "Label red, yellow, green, blue; again: none")},
    {"X", QT_TRANSLATE_NOOP("ui::KeysDialog", "Reject, and take it back")},
    {"T", QT_TRANSLATE_NOOP("ui::KeysDialog", "Add a tag")},
    {"N", QT_TRANSLATE_NOOP("ui::KeysDialog", "Write a note")},
    {"Space", QT_TRANSLATE_NOOP("ui::KeysDialog", "Quick look, and back")},
    {"Enter", QT_TRANSLATE_NOOP("ui::KeysDialog", "View, and back")},
    {"Z Alt+Click", QT_TRANSLATE_NOOP("ui::KeysDialog", "Compare the chosen; the current with another")},
    {"L", QT_TRANSLATE_NOOP("ui::KeysDialog", "See how it formed, step by step")},
    {"M", QT_TRANSLATE_NOOP("ui::KeysDialog", "More like this")},
    {"E V", QT_TRANSLATE_NOOP("ui::KeysDialog", "Export; verify")},
    {"Ctrl+A", QT_TRANSLATE_NOOP("ui::KeysDialog", "Choose all")},
    {"A", QT_TRANSLATE_NOOP("ui::KeysDialog", "Use all its settings")},
    {"P", QT_TRANSLATE_NOOP("ui::KeysDialog", "Use its prompts")},
    {"S", QT_TRANSLATE_NOOP("ui::KeysDialog", "Use its seed")},
    {"R", QT_TRANSLATE_NOOP("ui::KeysDialog", "Use all but its seed")},
    {"D", QT_TRANSLATE_NOOP("ui::KeysDialog", "Use its size")},
    {"I", QT_TRANSLATE_NOOP("ui::KeysDialog", "Show or fold the recipe")},
    {"Ctrl+C", QT_TRANSLATE_NOOP("ui::KeysDialog", "Copy the picture")},
    {"Ctrl+S", QT_TRANSLATE_NOOP("ui::KeysDialog", "Save a copy")},
    {"Del", QT_TRANSLATE_NOOP("ui::KeysDialog", "Move to the trash")},
    {"", QT_TRANSLATE_NOOP("ui::KeysDialog", "Compare")},
    {"M", QT_TRANSLATE_NOOP("ui::KeysDialog", "Next way of comparing")},
    {"C", QT_TRANSLATE_NOOP("ui::KeysDialog", "Swap A and the other")},
    {"Page Up Page Down", QT_TRANSLATE_NOOP("ui::KeysDialog", "Another picture against A")},
    {"Left Right Shift", QT_TRANSLATE_NOOP("ui::KeysDialog", "Divider by 1, with Shift by 10")},
    {"V", QT_TRANSLATE_NOOP("ui::KeysDialog", "Divider upright or lying")},
    {"Space .", QT_TRANSLATE_NOOP("ui::KeysDialog", "Flicker: pause; one change")},
    {"[ ]", QT_TRANSLATE_NOOP("ui::KeysDialog", "Slower or faster, see-through, amplification")},
    {"L N E", QT_TRANSLATE_NOOP("ui::KeysDialog", "Linked, names, exact pixels")},
    {"Ctrl+0 Alt+0", QT_TRANSLATE_NOOP("ui::KeysDialog", "Fit, original size")},
    {"K", QT_TRANSLATE_NOOP("ui::KeysDialog", "Pick a winner: Left, Right, Down skips, Z undoes")},
    {"", QT_TRANSLATE_NOOP("ui::KeysDialog", "Numbers")},
    {"Up Down", QT_TRANSLATE_NOOP("ui::KeysDialog", "One step; Page Up and Page Down: ten")},
};

/// Text at the left, key caps at the right.
class KeyLine : public QWidget
{
public:
    KeyLine(const QString &text, const QStringList &keys, QWidget *parent) : QWidget(parent), m_text(text), m_keys(keys)
    {
        setFixedHeight(28);
        setAccessibleName(QStringLiteral("%1: %2").arg(text, keys.join(QStringLiteral(", "))));
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        const Theme &t = theme();
        double x = width();
        for (auto key = m_keys.crbegin(); key != m_keys.crend(); ++key) {
            x -= keyCapWidth(*key);
            drawKeyCap(painter, QPointF(x, height() / 2.0), *key, t.color(Token::Text2), t.color(Token::LineField));
            x -= 6;
        }
        drawElided(painter, QRectF(0, 0, x - 8, height()), m_text, t.font(TextStyle::Body), t.color(Token::Text));
    }

private:
    QString m_text;
    QStringList m_keys;
};

} // namespace

KeysDialog::KeysDialog(QWidget *parent) : QDialog(parent)
{
    setWindowTitle(tr("Keys"));
    auto *list = new QWidget;
    auto *rows = new QVBoxLayout(list);
    rows->setContentsMargins(24, 16, 24, 16);
    rows->setSpacing(0);
    for (const KeyRow &row : kRows) {
        const QString text = tr(row.text);
        if (*row.keys == '\0') {
            rows->addSpacing(rows->count() > 0 ? 16 : 0);
            rows->addWidget(new Label(text, TextStyle::Panel, Token::Text, list));
            continue;
        }
        rows->addWidget(new KeyLine(text, QString::fromLatin1(row.keys).split(QLatin1Char(' ')), list));
    }
    list->setProperty("scrollbody", true);
    auto *scroll = new QScrollArea(this);
    scroll->setWidget(list);
    scroll->setWidgetResizable(true);
    scroll->setAccessibleName(tr("Keys"));
    auto *close = new Button(tr("Close"), Button::Kind::Primary, this);
    close->setDefault(true);
    connect(close, &Button::clicked, this, &QDialog::accept);
    auto *foot = new QHBoxLayout;
    foot->setContentsMargins(24, 12, 24, 16);
    foot->addStretch(1);
    foot->addWidget(close);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(scroll, 1);
    column->addLayout(foot);
    resize(560, 640);
    setSurface(this, Token::Panel);
    close->setFocus();
}

} // namespace ui
