#include "ui/train/run_list.h"

#include "app/training_runs.h"
#include "ui/common/focus_frame.h"
#include "ui/common/icons.h"
#include "ui/common/painting.h"
#include "ui/train/train_words.h"

#include <QKeyEvent>
#include <QMouseEvent>

namespace ui {

namespace {

constexpr int kRow = 56;
constexpr int kMark = 16;

QRect markOf(const QRect &row)
{
    return {row.left() + 16, row.center().y() - kMark / 2, kMark, kMark};
}

class RunDelegate : public QStyledItemDelegate
{
public:
    RunDelegate(const app::TrainingRuns &runs, const RunList *list) : m_runs(runs), m_list(list) {}

    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override
    {
        return {200, kRow};
    }

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Theme &t = theme();
        const app::TrainingRun *run = m_runs.find(index.data(app::TrainingRuns::IdRole).toString());
        if (!run)
            return;
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const QRectF row(option.rect);
        if (option.state & QStyle::State_Selected)
            painter->fillRect(row, t.color(Token::AccentSoft));
        else if (option.state & QStyle::State_MouseOver)
            painter->fillRect(row, t.color(Token::Hover));
        painter->fillRect(QRectF(row.left(), row.bottom() - 1, row.width(), 1), t.color(Token::Line));
        if ((option.state & QStyle::State_HasFocus) && option.widget && showsKeyboardFocus(option.widget))
            drawBox(*painter, row.adjusted(2, 2, -2, -3), 4, {}, t.color(Token::Accent), 2);
        const bool isOn = m_list->isCompared(run->id);
        const QRectF mark(markOf(option.rect));
        drawBox(*painter, mark, 4, t.color(isOn ? Token::Accent : Token::Field),
                t.color(isOn ? Token::Accent : Token::LineField));
        if (isOn)
            drawIcon(*painter, mark.adjusted(1, 1, -1, -1), QStringLiteral("check"), t.color(Token::OnAccent));
        const RunBadge badge = runBadge(*run);
        const int width = badgeWidth(badge.text);
        const double left = mark.right() + 13;
        drawElided(*painter, QRectF(left, row.top() + 8, row.right() - left - width - 24, 20), run->name,
                   t.font(TextStyle::Control), t.color(Token::Text));
        drawBadge(*painter, QPointF(row.right() - width - 12, row.top() + 18), badge.text, badge.kind);
        drawElided(*painter, QRectF(left, row.top() + 30, row.right() - left - 12, 16), runLine(*run),
                   t.font(TextStyle::Caption), t.color(Token::Text3));
        painter->restore();
    }

private:
    const app::TrainingRuns &m_runs;
    const RunList *m_list;
};

} // namespace

RunList::RunList(app::TrainingRuns &runs, QWidget *parent) : QListView(parent), m_runs(runs)
{
    setObjectName(QStringLiteral("runs"));
    setAccessibleName(tr("Runs"));
    setModel(&runs);
    auto *delegate = new RunDelegate(runs, this);
    delegate->setParent(this);
    setItemDelegate(delegate);
    setUniformItemSizes(true);
    setMouseTracking(true);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setProperty("focusRing", false);
    connect(selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex &index) {
        if (index.isValid())
            Q_EMIT chosen(index.data(app::TrainingRuns::IdRole).toString());
    });
    connect(&runs, &app::TrainingRuns::runRemoved, this, [this](const QString &id) { setCompared(id, false); });
}

QStringList RunList::compared() const
{
    QStringList ids;
    for (const app::TrainingRun &run : m_runs.runs()) { // in the order of the list
        if (m_compared.contains(run.id))
            ids.append(run.id);
    }
    return ids;
}

void RunList::setCompared(const QString &id, bool isCompared)
{
    if (m_compared.contains(id) == isCompared)
        return;
    if (isCompared)
        m_compared.insert(id);
    else
        m_compared.remove(id);
    viewport()->update();
    Q_EMIT comparedChanged();
}

QString RunList::currentId() const
{
    return currentIndex().data(app::TrainingRuns::IdRole).toString();
}

void RunList::setCurrentId(const QString &id)
{
    const int row = m_runs.row(id);
    if (row >= 0)
        setCurrentIndex(m_runs.index(row));
}

void RunList::mousePressEvent(QMouseEvent *event)
{
    const QModelIndex at = indexAt(event->pos());
    if (at.isValid() && markOf(visualRect(at)).adjusted(-8, -8, 8, 8).contains(event->pos())) {
        const QString id = at.data(app::TrainingRuns::IdRole).toString();
        setCompared(id, !isCompared(id));
        return;
    }
    QListView::mousePressEvent(event);
}

void RunList::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Space && !currentId().isEmpty())
        setCompared(currentId(), !isCompared(currentId()));
    else if (event->key() == Qt::Key_Delete && !currentId().isEmpty())
        Q_EMIT removeRequested(currentId());
    else
        QListView::keyPressEvent(event);
}

} // namespace ui
