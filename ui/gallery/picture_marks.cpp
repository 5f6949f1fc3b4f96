#include "ui/gallery/picture_marks.h"

#include "ui/common/chip.h"
#include "ui/common/flow_layout.h"
#include "ui/common/icons.h"
#include "ui/common/painting.h"
#include "ui/common/thumbnail_delegate.h"
#include "ui/gallery/completion_list.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMouseEvent>
#include <QPlainTextEdit>
#include <QToolTip>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

namespace {

constexpr int kStep = 22;
constexpr int kShape = 12;
constexpr int kPauseMs = 900;

} // namespace

LabelRow::LabelRow(QWidget *parent) : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setProperty("focusRadius", 4);
    setAccessibleName(tr("Colour label"));
    setLabel(0);
}

QSize LabelRow::sizeHint() const
{
    return {kLabels * kStep + 2, 20};
}

void LabelRow::setLabel(int label)
{
    m_label = label;
    setAccessibleDescription(labelName(label));
    update();
}

int LabelRow::labelAt(const QPoint &point) const
{
    const int x = layoutDirection() == Qt::RightToLeft ? width() - 1 - point.x() : point.x();
    return x >= 0 && x < kLabels * kStep ? x / kStep + 1 : -1;
}

void LabelRow::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &t = theme();
    for (int label = 1; label <= kLabels; ++label) {
        QRectF place((label - 1) * kStep + 1, 0, 20, 20);
        if (layoutDirection() == Qt::RightToLeft)
            place.moveRight(width() - 1 - (label - 1) * kStep);
        if (label == m_label)
            drawBox(painter, place, 4, t.color(Token::AccentSoft), t.color(Token::AccentLine));
        else if (label == m_hovered)
            drawBox(painter, place, 4, t.color(Token::Hover));
        QRectF shape(0, 0, kShape, kShape);
        shape.moveCenter(place.center());
        QColor color = labelColor(label);
        if (label != m_label && label != m_hovered)
            color = mix(color, t.color(Token::Panel), 0.35);
        paintLabel(painter, shape, label, color);
    }
}

void LabelRow::mousePressEvent(QMouseEvent *event)
{
    const int label = labelAt(event->pos());
    if (label > 0)
        Q_EMIT chosen(label == m_label ? 0 : label);
}

void LabelRow::mouseMoveEvent(QMouseEvent *event)
{
    m_hovered = labelAt(event->pos());
    update();
}

void LabelRow::leaveEvent(QEvent *)
{
    m_hovered = -1;
    update();
}

void LabelRow::keyPressEvent(QKeyEvent *event)
{
    if (event->key() >= Qt::Key_6 && event->key() <= Qt::Key_9)
        Q_EMIT chosen(event->key() - Qt::Key_5);
    else if (event->key() == Qt::Key_0 || event->key() == Qt::Key_Delete)
        Q_EMIT chosen(0);
    else if (event->key() == Qt::Key_Left || event->key() == Qt::Key_Right)
        Q_EMIT chosen(std::clamp(m_label + (event->key() == Qt::Key_Right ? 1 : -1), 0, kLabels));
    else
        QWidget::keyPressEvent(event);
}

bool LabelRow::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        auto *help = static_cast<QHelpEvent *>(event);
        const int label = labelAt(help->pos());
        if (label > 0)
            QToolTip::showText(help->globalPos(),
                               label < kLabels ? tr("%1 (%2)").arg(labelName(label)).arg(label + 5) : labelName(label),
                               this);
        return true;
    }
    return QWidget::event(event);
}

TagEdit::TagEdit(QWidget *parent)
    : QWidget(parent)
    , m_flow(new FlowLayout(this, 6))
    , m_add(new Chip(tr("Add tag…"), this))
    , m_field(new QLineEdit(this))
    , m_completions(new CompletionList(m_field))
{
    m_flow->setContentsMargins(0, 0, 0, 0);
    m_add->setObjectName(QStringLiteral("addTag"));
    m_add->setToolTip(tr("Add tag (T)"));
    m_field->setObjectName(QStringLiteral("tagField"));
    m_field->setProperty("small", true);
    m_field->setPlaceholderText(tr("Tag"));
    m_field->setAccessibleName(tr("New tag"));
    m_field->setFixedWidth(132);
    m_field->hide();
    m_field->installEventFilter(this);
    connect(m_add, &Chip::clicked, this, &TagEdit::startAdding);
    connect(m_field, &QLineEdit::textEdited, this, &TagEdit::propose);
    connect(m_field, &QLineEdit::returnPressed, this, &TagEdit::take);
    connect(m_completions, &CompletionList::chosen, this, [this](const QString &tag) {
        m_field->setText(tag);
        take();
    });
    setTags({});
}

void TagEdit::setTags(const QStringList &tags, const QHash<QString, int> &some)
{
    if (tags == m_tags && some == m_some && m_flow->count() > 0)
        return;
    m_tags = tags;
    m_some = some;
    while (QLayoutItem *item = m_flow->takeAt(0)) {
        QWidget *widget = item->widget();
        if (widget && widget != m_add && widget != m_field) {
            widget->hide();
            widget->deleteLater();
        }
        delete item;
    }
    const auto addChip = [this](const QString &tag, const QString &text, const QString &toolTip) {
        auto *chip = new Chip(text, this);
        chip->setRemovable(true);
        chip->setToolTip(toolTip);
        m_flow->addWidget(chip);
        chip->show();
        connect(chip, &Chip::removed, this, [this, tag] { Q_EMIT removed(tag); });
        return chip;
    };
    for (const QString &tag : tags)
        addChip(tag, tag, {});
    QStringList partial = some.keys();
    partial.sort(Qt::CaseInsensitive);
    for (const QString &tag : std::as_const(partial)) {
        Chip *chip = addChip(tag, tr("%1 (%2)").arg(tag).arg(some.value(tag)), tr("Click to give it to all chosen"));
        connect(chip, &Chip::clicked, this, [this, tag] { Q_EMIT added(tag); });
    }
    m_flow->addWidget(m_add);
    m_flow->addWidget(m_field);
    updateGeometry();
}

void TagEdit::startAdding()
{
    m_add->hide();
    m_field->show();
    m_field->setFocus(Qt::OtherFocusReason);
    m_flow->invalidate();
    updateGeometry();
    propose();
}

void TagEdit::stopAdding()
{
    m_field->clear();
    m_field->hide();
    m_add->show();
    m_flow->invalidate();
    updateGeometry();
}

void TagEdit::propose()
{
    QList<Completion> found;
    const QString typed = m_field->text().trimmed();
    const QStringList known = m_known ? m_known() : QStringList();
    for (const QString &tag : known) {
        const bool isHere = m_tags.contains(tag, Qt::CaseInsensitive);
        if (!isHere && tag != typed && tag.startsWith(typed, Qt::CaseInsensitive))
            found.append({.text = tag});
    }
    m_completions->setCompletions(found);
}

void TagEdit::take()
{
    // Several at once, as they are typed elsewhere: "owl, night".
    const QStringList tags = m_field->text().split(u',', Qt::SkipEmptyParts);
    bool isAny = false;
    for (const QString &each : tags) {
        const QString tag = each.simplified();
        if (tag.isEmpty())
            continue;
        isAny = true;
        Q_EMIT added(tag);
    }
    m_field->clear();
    if (!isAny) {
        stopAdding();
        Q_EMIT finished();
    } else {
        propose();
    }
}

bool TagEdit::eventFilter(QObject *object, QEvent *event)
{
    if (object == m_field && event->type() == QEvent::KeyPress && !m_completions->isVisible() &&
        static_cast<QKeyEvent *>(event)->key() == Qt::Key_Escape) {
        stopAdding();
        Q_EMIT finished();
        return true;
    }
    if (object == m_field && event->type() == QEvent::FocusOut) {
        const QString typed = m_field->text().simplified();
        stopAdding();
        if (!typed.isEmpty())
            Q_EMIT added(typed); // a word that was typed is not thrown away
    }
    return QWidget::eventFilter(object, event);
}

NoteEdit::NoteEdit(QWidget *parent) : QWidget(parent), m_text(new QPlainTextEdit(this))
{
    m_text->setObjectName(QStringLiteral("note"));
    m_text->setPlaceholderText(tr("Add a note"));
    m_text->setAccessibleName(tr("Note"));
    m_text->setTabChangesFocus(true);
    m_text->setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    m_text->installEventFilter(this);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_text);
    m_pause.setSingleShot(true);
    m_pause.setInterval(kPauseMs);
    connect(&m_pause, &QTimer::timeout, this, &NoteEdit::flush);
    connect(m_text, &QPlainTextEdit::textChanged, this, [this] {
        fitHeight();
        if (m_text->toPlainText() != m_saved)
            m_pause.start();
    });
    fitHeight();
}

void NoteEdit::setNote(const QString &note)
{
    if (note == m_saved)
        return;
    m_saved = note;
    m_pause.stop();
    if (m_text->toPlainText() != note)
        m_text->setPlainText(note);
}

void NoteEdit::startWriting()
{
    m_text->setFocus(Qt::OtherFocusReason);
    m_text->moveCursor(QTextCursor::End);
}

void NoteEdit::flush()
{
    m_pause.stop();
    const QString note = m_text->toPlainText();
    if (note == m_saved)
        return;
    m_saved = note;
    Q_EMIT noteChanged(note);
}

void NoteEdit::fitHeight()
{
    const int lines = std::clamp(m_text->document()->blockCount(), 1, 5);
    m_text->setFixedHeight(lines * QFontMetrics(m_text->font()).lineSpacing() + 18);
}

bool NoteEdit::eventFilter(QObject *object, QEvent *event)
{
    if (event->type() == QEvent::FocusOut)
        flush();
    if (event->type() == QEvent::KeyPress && static_cast<QKeyEvent *>(event)->key() == Qt::Key_Escape) {
        flush();
        Q_EMIT finished();
        return true;
    }
    return QWidget::eventFilter(object, event);
}

} // namespace ui
