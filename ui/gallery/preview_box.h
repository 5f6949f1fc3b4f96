#pragma once

#include "app/gallery_store.h"

#include <QImage>
#include <QWidget>

namespace app {
class Thumbnails;
}

namespace ui {

/// The chosen picture at the top of the recipe panel: as wide as the panel, at most as high as wide.
class PreviewBox : public QWidget
{
    Q_OBJECT
public:
    explicit PreviewBox(app::Thumbnails &thumbnails, QWidget *parent = nullptr);
    void setPicture(const app::GalleryPicture &picture);
    /// What stands in place of a picture that cannot be shown, in two words; empty: "file missing".
    void setProblem(const QString &words);
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;
    [[nodiscard]] QSize sizeHint() const override { return {272, 272}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {64, 64}; }

Q_SIGNALS:
    void activated();

protected:
    void paintEvent(QPaintEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;

private:
    void refresh();

    app::Thumbnails &m_thumbnails;
    app::GalleryPicture m_picture;
    QImage m_image;
    QString m_problem;
};

} // namespace ui
