#pragma once

#include <QImage>
#include <QPainter>
#include <QString>
#include <QStyledItemDelegate>

namespace ui {

/// All that a thumbnail can show.
struct ThumbnailState
{
    QImage image = {}; ///< null: still loading
    int stars = 0;
    int hoverStars = -1;     ///< under the pointer: number of stars the pointer stands for; -1: not hovered
    double forming = -1.0;   ///< 0..1: meter at the foot
    bool isCurrent = false;  ///< ring
    bool isSelected = false; ///< ring
    bool hasCheck = false;   ///< check mark: one of several selected
    bool isRejected = false;
    bool isMissing = false;
    QString missingText = {}; ///< what is said of a missing picture; empty: "file missing"
    int label = 0;            ///< colour label 1..5; 0: none
    bool isTight = false;     ///< ring 1 px outside instead of 2 (strips)
    bool fillsCell = true;    ///< crop to the cell instead of showing the whole picture
};

/// Paints one thumbnail into `rect` (the ring lies outside it).
void paintThumbnail(QPainter &painter, const QRectF &rect, const ThumbnailState &state);
/// Only the ring and the check mark of one.
void paintThumbnailRing(QPainter &painter, const QRectF &rect, const ThumbnailState &state);
/// 0 to 5 stars drawn from `left`, `size` px each; filled ones in `filled`.
void paintStars(QPainter &painter, const QPointF &topLeft, int size, int stars, int of, const QColor &filled,
                const QColor &empty);
inline constexpr int kLabels = 5;           ///< red, yellow, green, blue, purple
[[nodiscard]] QString labelName(int label); ///< "Red"; 0: "None"
/// On the surfaces of the theme.
[[nodiscard]] QColor labelColor(int label);
/// A label's shape in its colour: circle, triangle, square, diamond, pentagon, so that colour is not all that tells.
void paintLabel(QPainter &painter, const QRectF &rect, int label, const QColor &color);
/// Which star (1..5) a point at `x` px from the left of a thumbnail's foot stands for; 0: left of the first.
int starAt(double x);

/// Which roles of the item model say what.
struct ThumbnailRoles
{
    int image = Qt::DecorationRole; ///< QImage or QPixmap
    int stars = -1;                 ///< int
    int rejected = -1;              ///< bool
    int missing = -1;               ///< bool
    int forming = -1;               ///< double, negative: finished
};

/// Thumbnails for strips (filmstrip): square cells of setCellSize with a gap, ring on the current one.
class ThumbnailDelegate : public QStyledItemDelegate
{
    Q_OBJECT
public:
    explicit ThumbnailDelegate(const ThumbnailRoles &roles, QObject *parent = nullptr);
    void setCellSize(int pixels) { m_cell = pixels; }
    void setGap(int pixels) { m_gap = pixels; }
    [[nodiscard]] int cellSize() const { return m_cell; }
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    ThumbnailRoles m_roles;
    int m_cell = 60;
    int m_gap = 8;
};

} // namespace ui
