#include "ui/common/focus_frame.h"

#include "ui/common/painting.h"

#include <QAbstractScrollArea>
#include <QApplication>
#include <QEvent>
#include <QFocusEvent>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTextEdit>

namespace ui {

namespace {

constexpr auto kKeyboardFocus = "tinctureKeyboardFocus";

bool isKeyboardReason(Qt::FocusReason reason)
{
    return reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason || reason == Qt::ShortcutFocusReason;
}

bool drawsItsOwn(const QWidget *widget)
{
    const QVariant wish = widget->property("focusRing");
    if (wish.isValid())
        return !wish.toBool();
    return qobject_cast<const QLineEdit *>(widget) || qobject_cast<const QAbstractScrollArea *>(widget) ||
           widget->isWindow();
}

} // namespace

class FocusFrame::Ring : public QFocusFrame
{
public:
    using QFocusFrame::QFocusFrame;

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        const QWidget *target = widget();
        const QVariant wish = target ? target->property("focusRadius") : QVariant();
        const double radius = wish.isValid() ? wish.toDouble() : theme().metrics().radiusControl;
        drawBox(painter, QRectF(rect()), radius + 4, {}, theme().color(Token::Accent), theme().metrics().focusWidth);
    }
};

FocusFrame::FocusFrame(QObject *parent) : QObject(parent)
{
    qApp->installEventFilter(this);
}

FocusFrame::~FocusFrame()
{
    delete m_ring;
}

bool FocusFrame::eventFilter(QObject *object, QEvent *event)
{
    switch (event->type()) {
    case QEvent::FocusIn: {
        auto *widget = qobject_cast<QWidget *>(object);
        if (!widget)
            break;
        const auto reason = static_cast<QFocusEvent *>(event)->reason();
        // A window coming to the front keeps what was shown before.
        if (reason != Qt::ActiveWindowFocusReason && reason != Qt::PopupFocusReason)
            qApp->setProperty(kKeyboardFocus, isKeyboardReason(reason));
        follow(widget);
        break;
    }
    case QEvent::FocusOut:
        if (m_ring && m_ring->widget() == object)
            m_ring->setWidget(nullptr);
        break;
    case QEvent::KeyPress:
        // Arrow keys on something that was clicked: from now on the ring helps.
        if (auto *widget = qobject_cast<QWidget *>(object);
            widget && widget == QApplication::focusWidget() && !qApp->property(kKeyboardFocus).toBool()) {
            const int key = static_cast<QKeyEvent *>(event)->key();
            if (key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Up || key == Qt::Key_Down) {
                qApp->setProperty(kKeyboardFocus, true);
                follow(widget);
                widget->update();
            }
        }
        break;
    default:
        break;
    }
    return false;
}

void FocusFrame::follow(QWidget *widget)
{
    const bool shows = qApp->property(kKeyboardFocus).toBool() && !drawsItsOwn(widget);
    if (!m_ring) {
        if (!shows)
            return;
        m_ring = new Ring(widget->window());
    }
    m_ring->setWidget(shows ? widget : nullptr);
}

bool showsKeyboardFocus(const QWidget *widget)
{
    return widget->hasFocus() && qApp->property(kKeyboardFocus).toBool();
}

} // namespace ui
