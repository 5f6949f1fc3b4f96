#pragma once

#include "engine/forward_process.h"
#include "ui/learn/forward_picture.h"
#include "ui/learn/forward_study.h"
#include "ui/learn/learn_view.h"

#include <QElapsedTimer>
#include <QImage>
#include <QTimer>
#include <QVector>

#include <memory>
#include <vector>

class QScrollArea;
class QStackedWidget;

namespace app {
class Studio;
struct ModelEntry;
} // namespace app

namespace ui {

class Banner;
class Button;
class ElidedLabel;
class EmptyState;
class ForwardControls;
class ForwardCurves;
class ForwardGuess;
class ForwardTile;
class IconButton;
class Label;
class ToastHost;
class ValueSlider;

/// Forward diffusion: a picture, what is left of it at each t, and what the model sees in that.
class ForwardView : public LearnView
{
    Q_OBJECT
public:
    explicit ForwardView(app::Studio &studio, QWidget *parent = nullptr);
    ~ForwardView() override;

    /// Loads a picture in the background.
    void open(const QString &path);
    [[nodiscard]] const ForwardPicture &picture() const { return m_picture; }
    [[nodiscard]] int t() const { return m_t; }
    void setT(int t);
    [[nodiscard]] const engine::ForwardProcess &process() const { return *m_process; }
    /// Milliseconds that the newest frame took to compute.
    [[nodiscard]] double frameMs() const { return m_frameMs; }

    [[nodiscard]] QWidget *toolbarPart() override { return m_toolbar; }
    [[nodiscard]] SidePanel *rightPanel() const override;
    [[nodiscard]] QList<QWidget *> parts() const override;
    [[nodiscard]] PageStatus status() const override;
    void setCompact(bool narrow, bool low) override;
    void activate() override;
    void deactivate() override;

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    bool eventFilter(QObject *object, QEvent *event) override;

private:
    /// The picture as the model works on it: latents, or pixels at its size.
    struct ModelSpace
    {
        QString model = {}; ///< path; empty: not known yet
        engine::LatentArray clean = {};
        engine::LatentArray noise = {};
        engine::LatentMap map = {};
        QImage picture = {};                    ///< what was encoded
        engine::LatentArray pictureValues = {}; ///< the same in -1..1

        [[nodiscard]] bool isEmpty() const { return model.isEmpty(); }
    };

    // forward_stage.cpp
    void makeToolbar();
    QWidget *makeStage();
    void setBarPicture(const QImage &image);

    void connectParts();
    void useNewestPicture();
    void setPicture(const ForwardPicture &picture);
    void fail(const QString &what, const QString &details = {});
    void changeProcess();
    void changeSpace();
    void drawNoise();
    void redraw();
    void redrawLatent();
    void layOutTiles();
    void togglePlay(bool plays);
    void playOn();
    void exportPicture();
    [[nodiscard]] bool isLatent() const;
    [[nodiscard]] const app::ModelEntry *model() const; ///< that would be asked; nullptr: there is none
    void updateModel();

    // forward_asking.cpp
    void askEncode();
    void pressAsk();
    void askGuess();
    void askCurve();
    void dropAnswers();
    void stopAsking();
    void onAnswer(StudyPurpose purpose, const engine::StudyResult &result, double seconds, quint64 tag);
    void takeEncoded(const engine::EncodeResult &result);
    void takeGuess(const engine::PredictNoiseResult &result, double seconds);
    void takeErrors(const engine::PredictNoiseResult &result, double seconds);
    void onFailure(StudyPurpose purpose, const app::Failure &failure);
    void updateAsking();
    [[nodiscard]] engine::Image pictureForModel(const app::ModelEntry &entry) const;
    [[nodiscard]] QImage mapped(const engine::LatentArray &values) const;

    app::Studio &m_studio;
    ForwardPictureLoader *m_loader;
    ForwardStudy *m_study;
    std::unique_ptr<engine::ForwardProcess> m_process;
    ForwardPicture m_picture;
    engine::LatentArray m_noise;
    engine::PairMoments m_moments;
    ModelSpace m_space;
    QString m_encodeModel; ///< path, that was asked for m_space last
    engine::PairMoments m_latentMoments;
    engine::LatentArray m_noisyLatent;
    quint64 m_seed = 1;
    int m_t = 300;
    double m_frameMs = 0.0;
    QImage m_frame;
    std::vector<double> m_density;
    std::vector<double> m_cleanDensity;

    bool m_isLive = false; ///< asking follows t
    QVector<QPointF> m_errors;
    QVector<int> m_curveLeft; ///< timesteps that are not known yet, coarse to fine
    double m_secondsPerGuess = 0.0;

    QWidget *m_toolbar;
    QWidget *m_thumbnail;
    ElidedLabel *m_name;
    Button *m_choose;
    Button *m_export;
    QStackedWidget *m_stack;
    EmptyState *m_empty;
    QScrollArea *m_scroll;
    Banner *m_banner;
    ForwardControls *m_controls;
    QWidget *m_canvas;
    ForwardTile *m_cleanTile;
    ForwardTile *m_noisyTile;
    ForwardTile *m_noiseTile;
    QWidget *m_timeBar;
    IconButton *m_play;
    Label *m_tLabel;
    ValueSlider *m_slider;
    ForwardGuess *m_guess;
    ForwardCurves *m_curves;
    ToastHost *m_toasts;
    QTimer m_playTimer;
    QTimer m_retry; ///< of a curve that waits for the queue
    bool m_isActive = false;
};

} // namespace ui
