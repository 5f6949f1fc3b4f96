#pragma once

#include <QWidget>

class QMenu;

namespace ui {

class Button;

/// Main action, 40 high, with a key cap, and an arrow that opens a menu of its relatives.
class SplitButton : public QWidget
{
    Q_OBJECT
public:
    explicit SplitButton(const QString &text, QWidget *parent = nullptr);

    void setText(const QString &text);
    [[nodiscard]] QString text() const;
    void setKeyHint(const QString &key);
    void setBusy(const QString &text);
    /// Disabled with the reason as tool tip; an empty reason enables it again.
    void setDisabledReason(const QString &reason);
    /// Menu of the arrow; fill it with actions. Owned by this widget.
    [[nodiscard]] QMenu *menu() const { return m_menu; }
    [[nodiscard]] Button *button() const { return m_main; }

Q_SIGNALS:
    void clicked();

private:
    Button *m_main;
    Button *m_arrow;
    QMenu *m_menu;
};

} // namespace ui
