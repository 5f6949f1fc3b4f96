#pragma once

#include <QPersistentModelIndex>
#include <QWidget>

namespace ui {

class GalleryFilter;
class PictureLoader;

/// One picture over the page, for as long as it is looked at: Space or Esc closes it, arrows go on to neighbours.
class QuickLook : public QWidget
{
    Q_OBJECT
public:
    QuickLook(GalleryFilter &filter, PictureLoader &loader, QWidget *page);

    void show(const QModelIndex &index);
    [[nodiscard]] QModelIndex current() const { return m_current; }

Q_SIGNALS:
    void currentChanged(const QModelIndex &index);
    /// A key that it does not know itself: the grid may.
    void keyUnused(QKeyEvent *event);
    void closed();

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    bool eventFilter(QObject *object, QEvent *event) override;

public Q_SLOTS:
    void close();

private:
    void take();

    GalleryFilter &m_filter;
    PictureLoader &m_loader;
    QPersistentModelIndex m_current;
    QImage m_image;
    QImage m_scaled; ///< as large as it is shown
    QString m_path;
    QString m_problem;
    bool m_isStandIn = false; ///< the thumbnail, until the picture is read
};

} // namespace ui
