#pragma once

#include <QDialog>
#include <QTimer>

class QListView;

namespace app {
class Studio;
}

namespace ui {

class GalleryFilter;
class Label;
class SearchField;

/// Chooses one or several pictures of the gallery, by search.
class GalleryChooser : public QDialog
{
    Q_OBJECT
public:
    /// \param most  how many may be chosen
    GalleryChooser(app::Studio &studio, int most, QWidget *parent = nullptr);
    [[nodiscard]] QStringList chosen() const;

private:
    void selectFirst();
    void updateWords();

    app::Studio &m_studio;
    int m_most;
    GalleryFilter *m_filter;
    SearchField *m_search;
    Label *m_words;
    QListView *m_list;
    class Button *m_take;
    QTimer m_delay;
};

} // namespace ui
