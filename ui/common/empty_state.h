#pragma once

#include <QWidget>

class QHBoxLayout;

namespace ui {

class Button;
class Label;

/// What belongs here, how to get it, and the buttons that do it.
class EmptyState : public QWidget
{
    Q_OBJECT
public:
    enum class Size { Page, Panel };

    explicit EmptyState(const QString &title, const QString &text, QWidget *parent = nullptr);
    /// \param iconName 40 px icon above (panels)
    EmptyState(Size size, const QString &iconName, const QString &title, const QString &text,
               QWidget *parent = nullptr);
    void setTitle(const QString &title);
    void setText(const QString &text);
    Button *addButton(const QString &text, const QString &iconName = {}, bool isPrimary = false);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void fitText();

    int m_widest = 480;
    Label *m_title;
    Label *m_text;
    QHBoxLayout *m_buttons;
};

} // namespace ui
