#pragma once

#include "ui/common/page.h"

#include <QList>
#include <QWidget>

namespace ui {

/// One tab of the Learn page. It fills the page below the toolbar and the explanation; what it puts into the toolbar
/// and what the page asks of it is below, all of it optional.
class LearnView : public QWidget
{
    Q_OBJECT
public:
    explicit LearnView(QWidget *parent = nullptr) : QWidget(parent) {}

    /// Placed in the page's toolbar while this tab is shown, right of the tabs; may be null.
    [[nodiscard]] virtual QWidget *toolbarPart() { return nullptr; }
    /// Panels at the right edge of the page, from top to bottom of it, while this tab is shown; may be null.
    [[nodiscard]] virtual SidePanel *rightPanel() const { return nullptr; }
    [[nodiscard]] virtual QList<QWidget *> parts() const { return {}; }
    [[nodiscard]] virtual QWidget *focusOf(QWidget *part) const { return part; }
    [[nodiscard]] virtual PageStatus status() const { return {}; }
    virtual void setCompact(bool narrow, bool low)
    {
        Q_UNUSED(narrow)
        Q_UNUSED(low)
    }
    /// The tab came to the front.
    virtual void activate() {}
    /// The tab is no longer looked at: what runs only for the eye should stop.
    virtual void deactivate() {}

Q_SIGNALS:
    void statusChanged();
};

} // namespace ui
