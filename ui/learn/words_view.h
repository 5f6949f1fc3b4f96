#pragma once

#include "app/trajectory_store.h"
#include "ui/learn/learn_view.h"

#include <QList>

class QStackedWidget;

namespace app {
class Studio;
}

namespace ui {

class Banner;
class Button;
class EmptyState;
class FlowLayout;
class Label;
class PictureBar;
class ValueSlider;
class WordChip;
class WordsPicture;

/// Words and picture: which word of the prompt drew which part of the picture.
class WordsView : public LearnView
{
    Q_OBJECT
public:
    explicit WordsView(app::Studio &studio, QWidget *parent = nullptr);
    ~WordsView() override;

    void open(const QString &picture);
    [[nodiscard]] QString picture() const { return m_picture; }

    [[nodiscard]] QWidget *toolbarPart() override;
    [[nodiscard]] QList<QWidget *> parts() const override;
    [[nodiscard]] QWidget *focusOf(QWidget *part) const override;
    [[nodiscard]] PageStatus status() const override;
    void setCompact(bool narrow, bool low) override;
    void activate() override;

Q_SIGNALS:
    void createRequested();

protected:
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    void show(const QString &picture, const app::TrajectoryPtr &trajectory);
    void showNothing(const QString &title, const QString &text, bool canMakeAgain);
    void makeChips(const engine::Trajectory &trajectory);
    void updateLayers();
    void readPicture();
    void makeAgain();
    [[nodiscard]] QColor colorOf(int place) const;

    app::Studio &m_studio;
    PictureBar *m_bar;
    QStackedWidget *m_stack;
    QWidget *m_page;
    EmptyState *m_empty;
    Button *m_emptyMake;
    Button *m_emptyAgain;
    Banner *m_banner;
    QWidget *m_words;
    FlowLayout *m_flow;
    WordsPicture *m_view;
    ValueSlider *m_opacity;
    Button *m_none;
    Label *m_hint;

    struct Word
    {
        WordChip *chip = nullptr;
        int map = 0; ///< index into the maps
    };
    QList<Word> m_chips;
    int m_pointed = -1;
    QString m_picture;
    QString m_awaited;
    app::TrajectoryPtr m_trajectory;
    app::JobId m_again = 0;
};

} // namespace ui
