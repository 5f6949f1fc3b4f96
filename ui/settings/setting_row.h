#pragma once

#include <QWidget>

namespace ui {

class Label;

/// A row of a card: what it is, what it costs, and the control at the right, 264 wide.
class SettingRow : public QWidget
{
    Q_OBJECT
public:
    SettingRow(const QString &title, const QString &text, QWidget *control, QWidget *parent = nullptr);
    void setText(const QString &text);
    [[nodiscard]] bool matches(const QString &words) const;
    void setHighlighted(bool highlighted);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_titleText;
    Label *m_text;
    bool m_isHighlighted = false;
};

} // namespace ui
