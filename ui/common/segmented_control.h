#pragma once

#include <QVector>
#include <QWidget>

namespace ui {

/// 2 to 5 exclusive choices; arrow keys move.
class SegmentedControl : public QWidget
{
    Q_OBJECT
public:
    explicit SegmentedControl(QWidget *parent = nullptr);

    /// \return index of the new choice
    int addChoice(const QString &text, const QString &iconName = {}, const QString &toolTip = {});
    void setChoiceText(int index, const QString &text);
    [[nodiscard]] int currentIndex() const { return m_current; }
    /// Emits currentChanged if it differs.
    void setCurrentIndex(int index);
    /// Shares the width evenly and fills what it is given.
    void setStretched(bool stretched);
    [[nodiscard]] int count() const { return int(m_choices.size()); }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

Q_SIGNALS:
    void currentChanged(int index);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool event(QEvent *event) override;

private:
    struct Choice
    {
        QString text;
        QString iconName;
        QString toolTip;
    };
    [[nodiscard]] QRect choiceRect(int index) const;
    [[nodiscard]] int widthOf(const Choice &choice) const;
    [[nodiscard]] int choiceAt(const QPoint &position) const;
    void updateAccessible();

    QVector<Choice> m_choices;
    int m_current = 0;
    int m_hovered = -1;
    bool m_isStretched = false;
};

} // namespace ui
