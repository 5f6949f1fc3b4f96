#pragma once

#include "app/training_run.h"

#include <QWidget>

namespace app {
class Thumbnails;
}

namespace ui {

/// Sample pictures of a run: rows of the same seed and prompt over the steps. As many steps as fit, the first and the
/// newest among them. One stop of Tab; arrows move, Enter or a click enlarges.
class SampleStrip : public QWidget
{
    Q_OBJECT
public:
    explicit SampleStrip(app::Thumbnails &thumbnails, QWidget *parent = nullptr);

    void setRun(const app::TrainingRun *run);
    [[nodiscard]] int shownSteps() const { return int(m_shown.size()); }
    [[nodiscard]] int allSteps() const { return int(m_steps.size()); }
    [[nodiscard]] QSize minimumSizeHint() const override { return {240, 120}; }
    [[nodiscard]] QSize sizeHint() const override { return {600, 320}; }

Q_SIGNALS:
    void shownChanged();
    void enlargeRequested(qint64 step, int row);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool event(QEvent *event) override;

private:
    void layOut();
    [[nodiscard]] QRectF cell(int row, int column) const;
    [[nodiscard]] bool cellAt(const QPointF &place, int &row, int &column) const;
    [[nodiscard]] QString fileOf(int row, int column) const;
    void updateAccessible();

    app::Thumbnails &m_thumbnails;
    QList<app::SampleFile> m_samples;
    QStringList m_prompts;
    QList<qint64> m_steps;
    QList<qint64> m_shown;
    qint64 m_every = 0;
    bool m_isGrowing = false;
    int m_rows = 0;
    double m_side = 86.0;
    int m_row = 0;
    int m_column = -1; ///< that the keyboard is on; -1: the newest
};

/// One sample as large as the page allows, in whole-number zoom. Arrows go to other steps and rows, Esc closes.
class EnlargedSample : public QWidget
{
    Q_OBJECT
public:
    EnlargedSample(const app::TrainingRun &run, qint64 step, int row, QWidget *parent);

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    bool eventFilter(QObject *object, QEvent *event) override;

private:
    void load();
    void move(int step, int row);

    app::TrainingRun m_run;
    QList<qint64> m_steps;
    int m_at = 0;
    int m_row = 0;
    QImage m_image;
    int m_generation = 0;
};

} // namespace ui
