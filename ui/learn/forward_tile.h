#pragma once

#include <QImage>
#include <QWidget>

namespace ui {

/// A picture with its name and formula above and a line of numbers below. The picture is as large as `side` on its
/// longer side.
class ForwardTile : public QWidget
{
    Q_OBJECT
public:
    ForwardTile(const QString &title, const QString &formula, const QString &spoken, QWidget *parent = nullptr);

    void setImage(const QImage &image);
    [[nodiscard]] const QImage &image() const { return m_image; }
    void setCaption(const QString &caption);
    [[nodiscard]] QString caption() const { return m_caption; }
    /// What is said in place of a picture.
    void setEmptyText(const QString &text);
    /// Pixels on the screen of the picture's longer side.
    void setSide(int side);
    /// What the tile adds to the picture's height.
    [[nodiscard]] static int extraHeight() { return 48; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_title;
    QString m_formula;
    QString m_caption;
    QString m_empty;
    QImage m_image;
    int m_side = 296;
};

/// The picture with a hairline's radius, centred in `box`, whole pixels where it is enlarged a lot.
void paintPicture(QPainter &painter, const QRectF &box, const QImage &image);

} // namespace ui
