#pragma once

#include <QFrame>
#include <QList>
#include <QStringList>

class QHBoxLayout;
class QLabel;

namespace ui {

class IconButton;

enum class BannerKind { Danger, Warning, Accent };

/// What a banner says.
struct BannerContent
{
    BannerKind kind = BannerKind::Danger;
    QString what = {};        ///< bold
    QString why = {};         ///< with names and numbers
    QString details = {};     ///< for Copy details; empty: no such button
    QStringList actions = {}; ///< ways out, as buttons
};

/// Banner at the top of a canvas; pushes the content down and is hidden while there is nothing to say.
/// One at a time: others wait, with "2 more".
class Banner : public QFrame
{
    Q_OBJECT
public:
    explicit Banner(QWidget *parent = nullptr);

    /// Shows, or queues if one is shown. \return an id for actionTriggered and withdraw
    int post(const BannerContent &content);
    void withdraw(int id);
    [[nodiscard]] bool isEmpty() const { return m_queue.isEmpty(); }
    [[nodiscard]] BannerContent current() const;

Q_SIGNALS:
    void actionTriggered(int id, int action);
    void dismissed(int id);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    struct Entry
    {
        int id = 0;
        BannerContent content;
    };
    void showFirst();

    QList<Entry> m_queue;
    int m_nextId = 1;
    QLabel *m_what;
    QLabel *m_why;
    QLabel *m_more;
    QWidget *m_buttons;
    QHBoxLayout *m_buttonRow;
    IconButton *m_close;
};

} // namespace ui
