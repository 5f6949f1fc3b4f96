#pragma once

#include <QList>
#include <QString>
#include <QWidget>

class QMenu;

namespace ui {

class SidePanel;

/// What the status line shows for a page, beside the engine's state.
struct PageStatus
{
    QString left = {};  ///< "3,184 pictures, 41 MB"
    QString right = {}; ///< "Saved to Pictures/Tincture"
    bool operator==(const PageStatus &) const = default;
};

/// A page of the window: a row of the table in main_window.cpp makes and places it.
class Page : public QWidget
{
    Q_OBJECT
public:
    explicit Page(QWidget *parent = nullptr) : QWidget(parent) {}

    /// Panels that F9 and Shift+F9 fold; may be null.
    [[nodiscard]] virtual SidePanel *leftPanel() const { return nullptr; }
    [[nodiscard]] virtual SidePanel *rightPanel() const { return nullptr; }
    /// Parts that F6 goes through, in order (each the widget that takes the focus).
    [[nodiscard]] virtual QList<QWidget *> parts() const { return {}; }
    /// What takes the focus in one of them.
    [[nodiscard]] virtual QWidget *focusOf(QWidget *part) const { return part; }
    [[nodiscard]] virtual PageStatus status() const { return {}; }
    /// The window is under 1200 wide (narrow), under 800 high (low).
    virtual void setCompact(bool narrow, bool low)
    {
        Q_UNUSED(narrow)
        Q_UNUSED(low)
    }
    /// The page came to the front; what should have the focus gets it.
    virtual void activate() {}

Q_SIGNALS:
    void statusChanged();
};

} // namespace ui
