#pragma once

#include <QHash>
#include <QStringList>
#include <QWidget>

#include <functional>

namespace ui {

class LabelRow;
class NoteEdit;
class TagEdit;

/// What people write on pictures, under the facts of a panel: colour label, tags, note.
class MarksBox : public QWidget
{
    Q_OBJECT
public:
    explicit MarksBox(QWidget *parent = nullptr);

    void setKnownTags(std::function<QStringList()> known);
    void setLabel(int label);
    void setTags(const QStringList &tags, const QHash<QString, int> &some = {});
    void setNote(const QString &note);
    /// A note that was typed and not told yet is told now: before another picture is shown.
    void flush();
    void startTag();
    void startNote();

Q_SIGNALS:
    void labelChosen(int label);
    void tagAdded(const QString &tag);
    void tagRemoved(const QString &tag);
    void noteChanged(const QString &note);
    /// The pictures take the focus again.
    void finished();

private:
    LabelRow *m_label;
    TagEdit *m_tags;
    NoteEdit *m_note;
};

} // namespace ui
