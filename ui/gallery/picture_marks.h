#pragma once

#include <QHash>
#include <QStringList>
#include <QTimer>
#include <QWidget>

#include <functional>

class QLineEdit;
class QPlainTextEdit;

namespace ui {

class Chip;
class CompletionList;
class FlowLayout;

/// Five colour labels and none to click, or 6 to 9 on the keyboard; 20 high.
class LabelRow : public QWidget
{
    Q_OBJECT
public:
    explicit LabelRow(QWidget *parent = nullptr);
    void setLabel(int label);
    [[nodiscard]] int label() const { return m_label; }
    [[nodiscard]] QSize sizeHint() const override;

Q_SIGNALS:
    /// 0: none
    void chosen(int label);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool event(QEvent *event) override;

private:
    [[nodiscard]] int labelAt(const QPoint &point) const;

    int m_label = 0;
    int m_hovered = -1;
};

/// Tags as chips with a cross, and a field with completion that adds one.
class TagEdit : public QWidget
{
    Q_OBJECT
public:
    explicit TagEdit(QWidget *parent = nullptr);

    /// Tags to propose, most used first.
    void setKnownTags(std::function<QStringList()> known) { m_known = std::move(known); }
    /// \param tags   those that all chosen pictures have
    /// \param some   those that only some have, with how many
    void setTags(const QStringList &tags, const QHash<QString, int> &some = {});
    /// Opens the field.
    void startAdding();

Q_SIGNALS:
    void added(const QString &tag);
    void removed(const QString &tag);
    /// Esc or Enter on the empty field: the pictures take the focus again.
    void finished();

protected:
    bool eventFilter(QObject *object, QEvent *event) override;

private:
    void propose();
    void take();
    void stopAdding();

    std::function<QStringList()> m_known;
    QStringList m_tags;
    QHash<QString, int> m_some;
    FlowLayout *m_flow;
    Chip *m_add;
    QLineEdit *m_field;
    CompletionList *m_completions;
};

/// A note of some lines; saved when the typing pauses and when the focus leaves.
class NoteEdit : public QWidget
{
    Q_OBJECT
public:
    explicit NoteEdit(QWidget *parent = nullptr);
    void setNote(const QString &note);
    void startWriting();
    /// What was typed and not told yet is told now.
    void flush();

Q_SIGNALS:
    void noteChanged(const QString &note);
    void finished();

protected:
    bool eventFilter(QObject *object, QEvent *event) override;

private:
    void fitHeight();

    QPlainTextEdit *m_text;
    QString m_saved;
    QTimer m_pause;
};

} // namespace ui
