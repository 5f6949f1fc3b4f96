#pragma once

#include <QWidget>

class QScrollArea;
class QVBoxLayout;

namespace ui {

class SourceList;

/// Panel at the left or right edge of a page: head, body that scrolls, foot that stays. Its inner edge is dragged
/// (240 to 480); the page remembers width() and isFolded().
class SidePanel : public QWidget
{
    Q_OBJECT
public:
    enum class Side { Left, Right };

    explicit SidePanel(Side side, int width, QWidget *parent = nullptr);

    void setHead(QWidget *head);
    /// Content of the scrolling body; its margins are its own.
    void setBody(QWidget *body);
    /// Instead of a scrolling body: a widget that scrolls by itself (a list).
    void setFixedBody(QWidget *body);
    void setFoot(QWidget *foot);
    /// A foot without a line above it.
    void setFixedFoot(QWidget *foot);
    void setResizable(bool resizable);
    void setLimits(int minimum, int maximum);
    [[nodiscard]] int panelWidth() const { return m_width; }
    void setPanelWidth(int width);
    [[nodiscard]] bool isFolded() const { return m_isFolded; }
    void setFolded(bool folded);
    [[nodiscard]] QScrollArea *scrollArea() const { return m_scroll; }

Q_SIGNALS:
    void widthChanged(int width);
    void foldedChanged(bool folded);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    bool eventFilter(QObject *object, QEvent *event) override;

private:
    Side m_side;
    int m_width;
    int m_minimum = 240;
    int m_maximum = 480;
    int m_dragStart = 0;
    int m_dragWidth = 0;
    bool m_isFolded = false;
    int m_barMargin = 0; ///< what the scroll bar took of the body's margin
    QVBoxLayout *m_column;
    QScrollArea *m_scroll = nullptr;
    QWidget *m_handle;
};

/// Makes `panel` the place of the sources at the left of a page: `list` scrolls, `foot` stays (may be null).
void setSources(SidePanel &panel, SourceList &list, const QString &accessibleName, SourceList *foot = nullptr);

} // namespace ui
