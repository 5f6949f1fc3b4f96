#pragma once

#include <QAbstractItemView>
#include <QVector>

namespace ui {

class GalleryFilter;

/// What a key or menu asks for about the pictures that are chosen.
enum class PictureCommand {
    UseAll,
    UsePrompts,
    UseSeed,
    UseAllButSeed,
    View,
    ToggleRecipe,
    CopyPicture,
    CopyPrompt,
    SaveCopy,
    OpenFolder,
    Trash
};

/// Thumbnails by day, newest first, in rows that end flush; headings stick to the top. Only what is on the screen is
/// laid out, painted and read, so that 100,000 pictures scroll as well as ten.
class GalleryGrid : public QAbstractItemView
{
    Q_OBJECT
public:
    explicit GalleryGrid(GalleryFilter &filter, QWidget *parent = nullptr);

    /// About how large a thumbnail is, 64 to 512; cells are fitted to the width.
    void setThumbnailSize(int pixels);
    /// Headings by day, or one row after the other.
    void setGrouped(bool grouped);

    [[nodiscard]] QRect visualRect(const QModelIndex &index) const override;
    void scrollTo(const QModelIndex &index, ScrollHint hint = EnsureVisible) override;
    [[nodiscard]] QModelIndex indexAt(const QPoint &point) const override;
    void reset() override;
    [[nodiscard]] int columns() const { return m_columns; }

Q_SIGNALS:
    void commandGiven(ui::PictureCommand command);
    void starsChosen(const QModelIndex &index, int stars);
    void chosenChanged();

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void startDrag(Qt::DropActions actions) override;
    void scrollContentsBy(int dx, int dy) override;
    QModelIndex moveCursor(CursorAction action, Qt::KeyboardModifiers modifiers) override;
    [[nodiscard]] int horizontalOffset() const override { return 0; }
    [[nodiscard]] int verticalOffset() const override;
    [[nodiscard]] bool isIndexHidden(const QModelIndex &) const override { return false; }
    void setSelection(const QRect &rect, QItemSelectionModel::SelectionFlags flags) override;
    [[nodiscard]] QRegion visualRegionForSelection(const QItemSelection &selection) const override;
    void updateGeometries() override;
    void selectionChanged(const QItemSelection &selected, const QItemSelection &deselected) override;
    void currentChanged(const QModelIndex &current, const QModelIndex &previous) override;

private:
    struct Section
    {
        int first = 0;
        int count = 0;
        qint64 day = 0;
        int top = 0;   ///< of its heading, in the content
        int cells = 0; ///< top of its cells
        int end = 0;
    };
    void relayout();
    void keepAnchor();
    void tellVisible();
    void scheduleRelayout();
    [[nodiscard]] int sectionOf(int row) const;
    [[nodiscard]] QRect cellRect(int row) const; ///< in the content
    [[nodiscard]] int rowAt(const QPoint &point, bool exactly) const;
    [[nodiscard]] int starUnder(const QPoint &point, const QModelIndex &index) const;
    [[nodiscard]] QString heading(const Section &section) const;
    void paintHeading(QPainter &painter, const Section &section, int y) const;

    GalleryFilter &m_filter;
    QVector<Section> m_sections;
    QPersistentModelIndex m_anchor;
    int m_anchorOffset = 0;
    int m_size = 128;
    int m_cell = 128;
    int m_columns = 1;
    int m_height = 0;
    bool m_isGrouped = true;
    bool m_isPending = false;
    QPersistentModelIndex m_hovered;
    int m_hoverStar = 0;
};

} // namespace ui
