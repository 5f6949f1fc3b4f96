#include "ui/common/toast.h"

#include "ui/common/button.h"
#include "ui/common/elided_label.h"
#include "ui/common/icon_button.h"
#include "ui/common/icons.h"
#include "ui/common/painting.h"

#include <QAccessible>
#include <QApplication>
#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPropertyAnimation>

namespace ui {

namespace {

constexpr int kHeight = 44;
constexpr int kBottom = 24;
constexpr int kLifeMs = 6000;
constexpr int kLifeWithActionMs = 10000;

/// Only paints the shadow: clicks go through it.
class ToastShadow : public QWidget
{
public:
    explicit ToastShadow(QWidget *parent) : QWidget(parent) { setAttribute(Qt::WA_TransparentForMouseEvents); }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        drawShadow(painter, QRectF(rect()).adjusted(kShadowMargin, kShadowMargin, -kShadowMargin, -kShadowMargin),
                   theme().metrics().radiusCard);
    }
};

} // namespace

Toast::Toast(const ToastContent &content, QWidget *parent)
    : QWidget(parent)
    , m_content(content)
    , m_close(new IconButton(QStringLiteral("close"), tr("Close"), this))
    , m_lifeMs(content.action.isEmpty() ? kLifeMs : kLifeWithActionMs)
{
    setObjectName(QStringLiteral("toast"));
    setAccessibleName(content.text);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(content.iconName.isEmpty() ? 16 : 44, 0, 8, 0);
    row->setSpacing(theme().metrics().space3);
    auto *text = new Label(content.text, TextStyle::Body, Token::Text, this);
    row->addWidget(text, 1);
    if (!content.action.isEmpty()) {
        m_action = new Button(content.action, Button::Kind::Link, this);
        m_action->setControlSize(Button::Size::Small);
        row->addWidget(m_action);
        connect(m_action, &Button::clicked, this, [this] {
            const auto run = std::exchange(m_content.run, {});
            Q_EMIT finished();
            if (run)
                run();
        });
        m_action->installEventFilter(this);
        setFocusProxy(m_action);
    } else {
        setFocusProxy(m_close);
    }
    row->addWidget(m_close);
    m_close->installEventFilter(this);
    connect(m_close, &IconButton::clicked, this, &Toast::finished);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &Toast::finished);
    m_timer.start(m_lifeMs);
    resize(std::max(280, sizeHint().width()), kHeight);
}

void Toast::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &t = theme();
    drawBox(painter, rect(), t.metrics().radiusCard, t.color(Token::Raised), t.color(Token::LineField));
    if (!m_content.iconName.isEmpty())
        drawIcon(painter, QRectF(16, height() / 2.0 - 8, 16, 16), m_content.iconName, t.color(Token::Text));
}

void Toast::keepOrCount()
{
    const bool keeps = underMouse() || m_close->hasFocus() || (m_action && m_action->hasFocus());
    if (keeps)
        m_timer.stop();
    else if (!m_timer.isActive())
        m_timer.start(m_lifeMs);
}

void Toast::enterEvent(QEnterEvent *event)
{
    QWidget::enterEvent(event);
    m_timer.stop();
}

void Toast::leaveEvent(QEvent *event)
{
    QWidget::leaveEvent(event);
    keepOrCount();
}

void Toast::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape) {
        Q_EMIT finished();
        return;
    }
    QWidget::keyPressEvent(event);
}

bool Toast::eventFilter(QObject *, QEvent *event)
{
    if (event->type() == QEvent::FocusIn)
        m_timer.stop();
    else if (event->type() == QEvent::FocusOut)
        QTimer::singleShot(0, this, &Toast::keepOrCount);
    return false;
}

ToastHost::ToastHost(QWidget *page) : QObject(page), m_page(page)
{
    page->installEventFilter(this);
}

void ToastHost::show(const ToastContent &content)
{
    if (m_toast)
        Q_EMIT m_toast->finished();
    auto *shadow = new ToastShadow(m_page);
    auto *toast = new Toast(content, m_page);
    m_toast = toast;
    connect(toast, &QObject::destroyed, shadow, &QObject::deleteLater);
    connect(toast, &Toast::finished, toast, [toast] {
        toast->hide();
        toast->deleteLater();
    });
    shadow->setObjectName(QStringLiteral("toastShadow"));
    place();
    shadow->show();
    toast->show();
    const int ms = theme().metrics().foldMs;
    if (ms > 0) {
        auto *slide = new QPropertyAnimation(toast, "pos", toast);
        slide->setDuration(ms);
        slide->setEasingCurve(QEasingCurve::OutCubic);
        slide->setStartValue(toast->pos() + QPoint(0, 12));
        slide->setEndValue(toast->pos());
        slide->start(QAbstractAnimation::DeleteWhenStopped);
    }
    QAccessibleEvent alert(toast, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

void ToastHost::focusToast()
{
    if (m_toast)
        m_toast->setFocus(Qt::ShortcutFocusReason);
}

bool ToastHost::eventFilter(QObject *, QEvent *event)
{
    if (event->type() == QEvent::Resize)
        place();
    return false;
}

void ToastHost::place()
{
    if (!m_toast)
        return;
    const int width = std::min(m_toast->width(), m_page->width() - 32);
    m_toast->setGeometry((m_page->width() - width) / 2, m_page->height() - kBottom - kHeight, width, kHeight);
    const auto shadows = m_page->findChildren<QWidget *>(QStringLiteral("toastShadow"), Qt::FindDirectChildrenOnly);
    if (!shadows.isEmpty())
        shadows.last()->setGeometry(
            m_toast->geometry().adjusted(-kShadowMargin, -kShadowMargin, kShadowMargin, kShadowMargin));
    if (!shadows.isEmpty())
        shadows.last()->raise();
    m_toast->raise();
}

} // namespace ui
