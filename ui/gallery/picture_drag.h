#pragma once

#include <QList>

class QWidget;

namespace ui {

class GalleryFilter;

/// Drags the files of these rows to wherever they are dropped; the thumbnail of `shown` stands for them.
void dragPictures(QWidget *from, const GalleryFilter &filter, const QList<int> &rows, int shown);

} // namespace ui
