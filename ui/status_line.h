#pragma once

#include <QTimer>
#include <QWidget>

class QHBoxLayout;

namespace ui {

class StatusPart;
class ProgressMeter;

/// State of the engine, as the dot shows it.
enum class EngineState { Ready, Running, Failed };

/// Memory of this program and of the machine, in bytes; 0 where the system does not say.
struct MemoryUse
{
    quint64 used = 0;
    quint64 total = 0;
};
MemoryUse memoryUse();

/// The line at the window's foot, 28 high. Each part is a button that opens its place.
class StatusLine : public QWidget
{
    Q_OBJECT
public:
    explicit StatusLine(QWidget *parent = nullptr);

    void setState(EngineState state, const QString &text);
    /// What the page says at the left ("Starter, CPU bfloat16, 2 threads").
    void setPageText(const QString &text);
    void setQueueText(const QString &text);
    /// Background work with a meter; empty: none.
    void setWork(const QString &text, double fraction = -1.0);
    /// What the page says at the right ("Saved to Pictures/Tincture").
    void setRightText(const QString &text);
    void setCompact(bool isCompact);
    [[nodiscard]] QString stateText() const;

Q_SIGNALS:
    void stateClicked();
    void pageTextClicked();
    void memoryClicked();
    void queueClicked();
    void rightClicked();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    StatusPart *addPart(const QString &name);
    void updateMemory();

    QHBoxLayout *m_row;
    StatusPart *m_state;
    StatusPart *m_page;
    StatusPart *m_memory;
    StatusPart *m_work;
    StatusPart *m_queue;
    StatusPart *m_right;
    QTimer m_timer;
};

} // namespace ui
