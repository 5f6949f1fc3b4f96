#include "ui/gallery/marks_box.h"

#include "ui/common/elided_label.h"
#include "ui/common/theme.h"
#include "ui/gallery/picture_marks.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace ui {

MarksBox::MarksBox(QWidget *parent)
    : QWidget(parent), m_label(new LabelRow(this)), m_tags(new TagEdit(this)), m_note(new NoteEdit(this))
{
    auto *label = new QHBoxLayout;
    label->setContentsMargins(0, 0, 0, 0);
    auto *caption = new Label(tr("Label"), TextStyle::Detail, Token::Text3, this);
    caption->setFixedWidth(96); // as the names of the facts above
    label->addWidget(caption);
    label->addWidget(m_label);
    label->addStretch(1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme().metrics().space3);
    column->addLayout(label);
    column->addWidget(m_tags);
    column->addWidget(m_note);
    connect(m_label, &LabelRow::chosen, this, &MarksBox::labelChosen);
    connect(m_tags, &TagEdit::added, this, &MarksBox::tagAdded);
    connect(m_tags, &TagEdit::removed, this, &MarksBox::tagRemoved);
    connect(m_tags, &TagEdit::finished, this, &MarksBox::finished);
    connect(m_note, &NoteEdit::noteChanged, this, &MarksBox::noteChanged);
    connect(m_note, &NoteEdit::finished, this, &MarksBox::finished);
}

void MarksBox::setKnownTags(std::function<QStringList()> known)
{
    m_tags->setKnownTags(std::move(known));
}

void MarksBox::setLabel(int label)
{
    m_label->setLabel(label);
}

void MarksBox::setTags(const QStringList &tags, const QHash<QString, int> &some)
{
    m_tags->setTags(tags, some);
}

void MarksBox::setNote(const QString &note)
{
    m_note->setNote(note);
}

void MarksBox::flush()
{
    m_note->flush();
}

void MarksBox::startTag()
{
    m_tags->startAdding();
}

void MarksBox::startNote()
{
    m_note->startWriting();
}

} // namespace ui
