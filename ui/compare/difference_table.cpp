#include "ui/compare/difference_table.h"

#include "ui/common/focus_frame.h"
#include "ui/common/painting.h"
#include "ui/common/theme.h"
#include "ui/common/thumbnail_delegate.h"
#include "ui/gallery/picture_details.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>

namespace ui {

namespace {

constexpr int kRow = 30;
constexpr int kHead = 30;
constexpr int kName = 94;
constexpr int kLeastColumn = 92;
constexpr int kEdge = 16;

int applyWidth()
{
    return QFontMetrics(theme().font(TextStyle::Label)).horizontalAdvance(DifferenceTable::tr("Apply")) + 8;
}

/// Letters over the columns, as badges.
class LetterHeader : public QHeaderView
{
public:
    explicit LetterHeader(QWidget *parent) : QHeaderView(Qt::Horizontal, parent) {}

protected:
    void paintSection(QPainter *painter, const QRect &rect, int section) const override
    {
        const Theme &look = theme();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->fillRect(QRectF(rect.left(), rect.bottom(), rect.width(), 1), look.color(Token::Line));
        if (section > 0) {
            const QRectF badge(rect.left() + 4, rect.center().y() - 9, 20, 18);
            const bool isA = section == 1;
            drawBox(*painter, badge, look.metrics().radiusBadge, look.color(isA ? Token::Accent : Token::Hover),
                    isA ? QColor() : look.color(Token::Line));
            painter->setFont(look.font(TextStyle::Label));
            painter->setPen(look.color(isA ? Token::OnAccent : Token::Text));
            painter->drawText(badge, Qt::AlignCenter,
                              model()->headerData(section, Qt::Horizontal, Qt::DisplayRole).toString());
        }
        painter->restore();
    }
};

class CellDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const auto *table = static_cast<const DifferenceTable *>(option.widget);
        const Theme &look = theme();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const QRectF cell(option.rect);
        const bool isHeading = index.data(DifferenceModel::HeadingRole).toBool();
        painter->fillRect(QRectF(cell.left(), cell.bottom() - 1, cell.width(), 1), look.color(Token::Line));
        const double left = cell.left() + (index.column() == 0 ? kEdge : 4);
        const bool hasApply = table->showsApply(index);
        const double right = cell.right() - 4 - (hasApply ? applyWidth() : 0);
        const QString text = index.data(Qt::DisplayRole).toString();
        const int stars = index.data(DifferenceModel::StarsRole).toInt();
        if (index.column() > 0 && stars >= 0 && !isHeading) {
            paintStars(*painter, QPointF(left, cell.center().y() - 7), 14, stars, 5, look.color(Token::Star),
                       look.color(Token::Text3));
        } else {
            const bool isKnown = !text.isEmpty();
            const QString shown = isKnown || index.column() == 0 || isHeading ? text : QStringLiteral("–");
            const QColor ink = look.color(index.column() == 0 ? (isHeading ? Token::Text2 : Token::Text3)
                                          : isKnown           ? Token::Text
                                                              : Token::Text3);
            drawElided(*painter, QRectF(left, cell.top(), right - left, cell.height()), shown,
                       look.font(isHeading ? TextStyle::Label : TextStyle::Detail), ink);
        }
        if (hasApply)
            drawElided(*painter, QRectF(table->applyRect(index)), DifferenceTable::tr("Apply"),
                       look.font(TextStyle::Label), look.color(Token::AccentText), Qt::AlignRight | Qt::AlignVCenter);
        if (table->currentIndex() == index && showsKeyboardFocus(table)) {
            painter->setPen(QPen(look.color(Token::Accent), 2));
            painter->setBrush(Qt::NoBrush);
            painter->drawRoundedRect(cell.adjusted(1, 2, -1, -3), 4, 4);
        }
        painter->restore();
    }
};

} // namespace

DifferenceModel::DifferenceModel(const CompareModel &pictures, QObject *parent)
    : QAbstractTableModel(parent), m_pictures(pictures)
{
}

void DifferenceModel::setOnlyDifferent(bool isOnly)
{
    m_isOnly = isOnly;
    refresh();
}

void DifferenceModel::refresh()
{
    QList<std::optional<app::Recipe>> recipes;
    for (const CompareSlot &slot : m_pictures.all())
        recipes.append(slot.recipe);
    const QList<app::SettingRow> all = app::RecipeDifference::compare(recipes);
    QList<Row> rows;
    QStringList same;
    m_differing = 0;
    m_settings = int(all.size());
    for (const app::SettingRow &row : all) {
        m_differing += row.differs ? 1 : 0;
        const bool isText = row.setting == app::RecipeSetting::Prompt || row.setting == app::RecipeSetting::Negative;
        if (!row.differs && !isText) {
            const QString value = *std::find_if(row.values.begin(), row.values.end(),
                                                [](const QString &text) { return !text.isEmpty(); });
            same.append(QStringLiteral("%1 %2").arg(row.name, value));
        }
        if (row.differs || !m_isOnly)
            rows.append(
                {.name = row.name, .values = row.values, .setting = int(row.setting), .canApply = row.canApply});
    }
    m_same = same.join(QStringLiteral(", "));

    // What came of it.
    Row psnr{.name = tr("PSNR to A")};
    Row ssim{.name = tr("SSIM to A")};
    Row stars{.name = tr("Stars")};
    Row size{.name = tr("Pixels")};
    Row made{.name = tr("Made")};
    bool hasLikeness = false;
    bool hasStars = false;
    for (const CompareSlot &slot : m_pictures.all()) {
        const app::PictureLikeness &likeness = slot.likeness;
        hasLikeness = hasLikeness || likeness.isValid;
        hasStars = hasStars || slot.galleryId != 0;
        psnr.values.append(!likeness.isValid   ? QString()
                           : likeness.isSame() ? tr("identical")
                                               : tr("%1 dB").arg(likeness.psnr, 0, 'f', 1));
        ssim.values.append(likeness.isValid ? QString::number(likeness.ssim, 'f', 3) : QString());
        stars.values.append(slot.galleryId != 0 ? QString::number(slot.stars) : QString());
        stars.stars.append(slot.galleryId != 0 ? slot.stars : -1);
        size.values.append(
            slot.size.isEmpty() ? QString() : QStringLiteral("%1 × %2").arg(slot.size.width()).arg(slot.size.height()));
        made.values.append(slot.made.isValid() ? madeText(slot.made.toLocalTime()) : QString());
    }
    const int count = m_pictures.count();
    if (count > 0) {
        rows.append({.name = tr("Result"), .isHeading = true});
        if (hasLikeness) {
            psnr.values[0] = tr("reference");
            rows.append(psnr);
            rows.append(ssim);
        }
        if (hasStars)
            rows.append(stars);
        const bool isOneSize = std::all_of(size.values.begin(), size.values.end(),
                                           [&size](const QString &text) { return text == size.values.first(); });
        if (!isOneSize || !m_isOnly)
            rows.append(size);
        rows.append(made);
    }
    if (rows == m_rows && m_columns == count + 1)
        return;
    const bool isSameShape = rows.size() == m_rows.size() && m_columns == count + 1;
    if (!isSameShape)
        beginResetModel();
    m_rows = rows;
    m_columns = count + 1;
    if (!isSameShape)
        endResetModel();
    else
        Q_EMIT dataChanged(index(0, 0), index(int(m_rows.size()) - 1, m_columns - 1));
}

int DifferenceModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int DifferenceModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : m_columns;
}

QVariant DifferenceModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= m_rows.size())
        return {};
    const Row &row = m_rows.at(index.row());
    const QString value = index.column() == 0 ? row.name : row.values.value(index.column() - 1);
    switch (role) {
    case Qt::DisplayRole:
        return value;
    case Qt::ToolTipRole:
        return value.size() > 12 ? value : QString();
    case Qt::AccessibleTextRole:
        return index.column() == 0 ? row.name
                                   : tr("%1 of %2: %3")
                                         .arg(row.name, CompareModel::letter(index.column() - 1),
                                              value.isEmpty() ? tr("not known") : value);
    case CanApplyRole:
        return index.column() > 0 && row.canApply && !value.isEmpty();
    case SettingRole:
        return row.setting;
    case HeadingRole:
        return row.isHeading;
    case StarsRole:
        return index.column() > 0 ? row.stars.value(index.column() - 1, -1) : -1;
    default:
        return {};
    }
}

QVariant DifferenceModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == 0 ? tr("Setting") : CompareModel::letter(section - 1);
}

Qt::ItemFlags DifferenceModel::flags(const QModelIndex &index) const
{
    return index.isValid() ? Qt::ItemIsEnabled | Qt::ItemIsSelectable : Qt::NoItemFlags;
}

DifferenceTable::DifferenceTable(DifferenceModel &model, QWidget *parent) : QTableView(parent), m_model(model)
{
    setObjectName(QStringLiteral("differences"));
    setAccessibleName(tr("What differs"));
    setAccessibleDescription(tr("Enter takes the value of a cell into the Create page"));
    setHorizontalHeader(new LetterHeader(this));
    horizontalHeader()->setFixedHeight(kHead);
    horizontalHeader()->setSectionsClickable(false);
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(kRow);
    setItemDelegate(new CellDelegate(this));
    setModel(&model);
    setShowGrid(false);
    setMouseTracking(true);
    setSelectionMode(QAbstractItemView::NoSelection);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    setTabKeyNavigation(false);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&model, &QAbstractItemModel::modelReset, this, &DifferenceTable::fit);
    connect(this, &QTableView::doubleClicked, this, &DifferenceTable::apply);
}

QSize DifferenceTable::sizeHint() const
{
    const int wide = kName + (m_model.columnCount() - 1) * kLeastColumn;
    const int bar = wide > viewport()->width() ? 10 : 0;
    return {240, kHead + m_model.rowCount() * kRow + bar};
}

void DifferenceTable::fit()
{
    const int columns = m_model.columnCount();
    if (columns > 1) {
        const int each = std::max(kLeastColumn, (viewport()->width() - kName - kEdge + 8) / (columns - 1));
        setColumnWidth(0, kName);
        for (int column = 1; column < columns; ++column)
            setColumnWidth(column, each);
    }
    updateGeometry();
}

void DifferenceTable::resizeEvent(QResizeEvent *event)
{
    QTableView::resizeEvent(event);
    fit();
}

bool DifferenceTable::showsApply(const QModelIndex &index) const
{
    if (!index.data(DifferenceModel::CanApplyRole).toBool())
        return false;
    // Of two pictures the second's is always there; else where the pointer or the keyboard is.
    const bool isOfTwo = m_model.columnCount() == 3 && index.column() == 2;
    return isOfTwo || index == m_hovered || (index == currentIndex() && hasFocus());
}

QRect DifferenceTable::applyRect(const QModelIndex &index) const
{
    const QRect cell = visualRect(index);
    return {cell.right() - applyWidth(), cell.top(), applyWidth() - 2, cell.height()};
}

void DifferenceTable::apply(const QModelIndex &index)
{
    if (index.data(DifferenceModel::CanApplyRole).toBool())
        Q_EMIT applyRequested(index.column() - 1, app::RecipeSetting(index.data(DifferenceModel::SettingRole).toInt()));
}

void DifferenceTable::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        apply(currentIndex());
        return;
    }
    if (!event->text().isEmpty() && event->text().at(0).isPrint()) {
        event->ignore(); // letters are keys of the page
        return;
    }
    QTableView::keyPressEvent(event);
}

void DifferenceTable::mouseReleaseEvent(QMouseEvent *event)
{
    QTableView::mouseReleaseEvent(event);
    const QModelIndex index = indexAt(event->pos());
    if (event->button() == Qt::LeftButton && showsApply(index) && applyRect(index).contains(event->pos()))
        apply(index);
}

void DifferenceTable::mouseMoveEvent(QMouseEvent *event)
{
    QTableView::mouseMoveEvent(event);
    const QModelIndex index = indexAt(event->pos());
    if (index != m_hovered) {
        m_hovered = index;
        viewport()->update();
    }
    setCursor(showsApply(index) && applyRect(index).contains(event->pos()) ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

void DifferenceTable::leaveEvent(QEvent *event)
{
    QTableView::leaveEvent(event);
    m_hovered = QModelIndex();
    viewport()->update();
}

} // namespace ui
