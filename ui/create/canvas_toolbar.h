#pragma once

#include "engine/request.h"

#include <QWidget>

class QComboBox;

namespace ui {

class ElidedLabel;
class IconButton;
class Label;
class SegmentedControl;

/// Above the canvas: which picture, what the preview shows and how it is decoded, zoom, and the right panel's button.
class CanvasToolbar : public QWidget
{
    Q_OBJECT
public:
    explicit CanvasToolbar(QWidget *parent = nullptr);

    void setTitle(const QString &title, const QString &size);
    void setPreview(engine::PreviewContent content, engine::PreviewDecoder decoder);
    void setZoom(double zoom);
    void setPictureControlsVisible(bool visible);
    void setPanelOpen(bool isOpen);
    [[nodiscard]] QList<QWidget *> tabOrder() const;

Q_SIGNALS:
    void previewChosen(engine::PreviewContent content, engine::PreviewDecoder decoder);
    void zoomInWanted();
    void zoomOutWanted();
    void fitWanted();
    void panelToggled(bool isOpen);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void choose();

    Label *m_title;
    ElidedLabel *m_size;
    QWidget *m_controls;
    Label *m_previewLabel;
    SegmentedControl *m_content;
    QComboBox *m_decoder;
    Label *m_zoom;
    IconButton *m_zoomOut;
    IconButton *m_zoomIn;
    IconButton *m_fit;
    IconButton *m_panel;
};

} // namespace ui
