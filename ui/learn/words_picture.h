#pragma once

#include "engine/trajectory.h"
#include "ui/common/theme.h"

#include <QAbstractButton>
#include <QImage>
#include <QList>

namespace ui {

/// A word of the prompt as a pill; chosen ones have a dot in the colour of their map.
class WordChip : public QAbstractButton
{
    Q_OBJECT
public:
    explicit WordChip(const QString &word, QWidget *parent = nullptr);
    /// Of its dot while it is chosen.
    void setColor(const QColor &color);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

Q_SIGNALS:
    void pointedAt(bool isPointedAt); ///< the pointer or the focus came or went
    void moved(int direction);        ///< an arrow key: -1, 1; Home and End: -1000, 1000

protected:
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    QColor m_color;
};

/// A picture with the maps of words over it: one in the colours of heat maps, several each in a colour of its own.
class WordsPicture : public QWidget
{
    Q_OBJECT
public:
    explicit WordsPicture(QWidget *parent = nullptr);

    struct Layer
    {
        int word = 0;
        QColor color = {};
        bool operator==(const Layer &) const = default;
    };
    void setPicture(const QImage &picture);
    [[nodiscard]] const QImage &picture() const { return m_picture; }
    void setMaps(const engine::AttentionMaps &maps);
    void setLayers(const QList<Layer> &layers);
    [[nodiscard]] const QList<Layer> &layers() const { return m_layers; }
    /// \param opacity  0..1
    void setOpacity(double opacity);
    [[nodiscard]] QImage overlay() const { return m_overlay; }
    [[nodiscard]] QRectF pictureRect() const;
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 160}; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void makeOverlay();

    QImage m_picture;
    engine::AttentionMaps m_maps;
    QList<Layer> m_layers;
    double m_opacity = 0.6;
    QImage m_overlay; ///< one pixel a cell, with alpha
};

} // namespace ui
