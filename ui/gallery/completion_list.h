#pragma once

#include <QList>
#include <QPointer>
#include <QString>
#include <QWidget>

class QLineEdit;

namespace ui {

/// One proposal under a field.
struct Completion
{
    QString text = {};   ///< as it is shown
    QString note = {};   ///< dimmed, at the right
    QString insert = {}; ///< what it stands for; empty: text
};

/// Proposals under a line edit, over everything else in the window. The field keeps the focus: Up and Down move, Tab
/// and Enter take, Esc hides.
class CompletionList : public QWidget
{
    Q_OBJECT
public:
    explicit CompletionList(QLineEdit *field);

    /// Shows them under the field, or hides if there are none. Nothing is chosen before a key or the pointer chooses.
    void setCompletions(const QList<Completion> &completions);
    [[nodiscard]] const QList<Completion> &completions() const { return m_completions; }
    [[nodiscard]] int current() const { return m_current; }

Q_SIGNALS:
    void chosen(const QString &insert);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    bool eventFilter(QObject *object, QEvent *event) override;

private:
    void place();
    void setCurrent(int row);
    void take(int row);
    [[nodiscard]] int rowAt(const QPoint &point) const;

    QPointer<QLineEdit> m_field;
    QList<Completion> m_completions;
    int m_current = -1;
};

} // namespace ui
