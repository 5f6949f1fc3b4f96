#pragma once

#include <QPointer>
#include <QTimer>
#include <QWidget>

#include <functional>

class QLabel;

namespace ui {

class Button;
class IconButton;

/// What a toast says: a thing that was done, and what can be done about it.
struct ToastContent
{
    QString iconName = {};
    QString text = {};
    QString action = {};            ///< "Undo", "Open"; empty: none
    std::function<void()> run = {}; ///< called once if the action is chosen
};

/// One toast, 44 high. Lives in a ToastHost.
class Toast : public QWidget
{
    Q_OBJECT
public:
    Toast(const ToastContent &content, QWidget *parent);

Q_SIGNALS:
    void finished();

protected:
    void paintEvent(QPaintEvent *event) override;
    void enterEvent(QEnterEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool eventFilter(QObject *object, QEvent *event) override;

private:
    void keepOrCount();

    ToastContent m_content;
    Button *m_action = nullptr;
    IconButton *m_close;
    QTimer m_timer;
    int m_lifeMs;
};

/// Shows toasts at the bottom centre of `page`, newest instead of the older one; F8 focuses it.
class ToastHost : public QObject
{
    Q_OBJECT
public:
    explicit ToastHost(QWidget *page);
    void show(const ToastContent &content);
    void focusToast();
    [[nodiscard]] Toast *current() const { return m_toast; }

private:
    bool eventFilter(QObject *object, QEvent *event) override;
    void place();

    QWidget *m_page;
    QPointer<Toast> m_toast;
};

} // namespace ui
