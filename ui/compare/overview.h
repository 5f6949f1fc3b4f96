#pragma once

#include <QImage>
#include <QWidget>

namespace ui {

/// The whole picture, small, with a frame round the part that is seen; a click or drag moves it.
class Overview : public QWidget
{
    Q_OBJECT
public:
    explicit Overview(QWidget *parent = nullptr);
    void setPicture(const QImage &picture);
    void setPart(const QRectF &part); ///< 0..1
    [[nodiscard]] QSize sizeHint() const override { return {96, 96}; }

Q_SIGNALS:
    void centreWanted(const QPointF &point); ///< 0..1

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;

private:
    [[nodiscard]] QRectF pictureRect() const;
    void ask(const QPointF &position);

    QImage m_picture;
    QRectF m_part{0, 0, 1, 1};
};

} // namespace ui
