#pragma once

#include <QFocusFrame>
#include <QPointer>

namespace ui {

/// The focus ring of the whole program: follows the focus, shows itself only after the keyboard moved it.
/// A widget that paints its own ring, or is a text field, has the property "focusRing" false; "focusRadius" (int)
/// changes the radius.
class FocusFrame : public QObject
{
    Q_OBJECT
public:
    explicit FocusFrame(QObject *parent = nullptr);
    ~FocusFrame() override;

private:
    bool eventFilter(QObject *object, QEvent *event) override;
    void follow(QWidget *widget);

    class Ring;
    QPointer<Ring> m_ring;
};

/// True if the last thing that moved the focus was the keyboard: painted widgets draw their own ring then.
bool showsKeyboardFocus(const QWidget *widget);

} // namespace ui
