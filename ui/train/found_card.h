#pragma once

#include "app/training_folder.h"

#include <QWidget>

namespace ui {

class Button;
class FactList;
class Label;

/// What was found in a folder of pictures: some of them, how many, their captions and sizes, and what was left out.
class FoundCard : public QWidget
{
    Q_OBJECT
public:
    explicit FoundCard(QWidget *parent = nullptr);
    void show(const app::TrainingFolderContents &contents, bool isLooking);

Q_SIGNALS:
    void showBrokenRequested();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    class Examples;
    Examples *m_examples;
    FactList *m_facts;
    QWidget *m_brokenRow;
    Label *m_broken;
    Button *m_showBroken;
    Label *m_note;
};

/// The pictures that cannot be used, each with the reason.
void showBrokenPictures(const QList<app::BrokenPicture> &broken, QWidget *parent);

} // namespace ui
