#pragma once

class QImage;
class QWidget;

namespace ui {

/// Paints a picture over the whole of a small widget of a toolbar, cut to its shape, with round corners.
void paintBarPicture(QWidget *widget, const QImage &image);

} // namespace ui
