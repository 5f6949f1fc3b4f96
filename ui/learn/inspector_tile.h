#pragma once

#include "app/trajectory_pictures.h"

#include <QImage>
#include <QWidget>

class QComboBox;
class QHBoxLayout;

namespace ui {

class ElidedLabel;
class Formula;
class Label;

/// A heat map as a picture in the colours of the design. \param top  the value that is brightest; 0: nothing is
[[nodiscard]] QImage heatPicture(const app::HeatMap &map, double top);

/// Shows a small picture as large as its place, a square: whole pixels as they are, or smoothly.
class PictureSquare : public QWidget
{
    Q_OBJECT
public:
    explicit PictureSquare(QWidget *parent = nullptr);
    void setImage(const QImage &image);
    [[nodiscard]] const QImage &image() const { return m_image; }
    /// Said where there is no picture.
    void setNote(const QString &note);
    void setWidest(int pixels);
    [[nodiscard]] QSize sizeHint() const override { return {222, 222}; }

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    QImage m_image;
    QString m_note;
    int m_widest = 320;
};

/// One way to look at a step: title or a choice of what is seen, formula, picture, a line of numbers.
class InspectorTile : public QWidget
{
    Q_OBJECT
public:
    explicit InspectorTile(QWidget *parent = nullptr);

    void setTitle(const QString &title);
    /// Instead of a title.
    void setChoices(const QStringList &choices, const QString &accessibleName);
    void setChoiceEnabled(int index, bool isEnabled, const QString &why = {});
    [[nodiscard]] int choice() const;
    void setChoice(int index);
    void setChoiceText(int index, const QString &text);
    void setFormula(const QString &source, const QString &spoken);
    void setCaption(const QString &text);
    [[nodiscard]] QString caption() const;
    /// At the right of the line of numbers.
    void addControl(QWidget *control);
    [[nodiscard]] PictureSquare *square() const { return m_square; }

Q_SIGNALS:
    void choiceChanged(int index);

private:
    QHBoxLayout *m_head;
    QHBoxLayout *m_foot;
    Label *m_title;
    QComboBox *m_choice = nullptr;
    Formula *m_formula;
    PictureSquare *m_square;
    ElidedLabel *m_caption;
};

} // namespace ui
