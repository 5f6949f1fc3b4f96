#pragma once

#include <QImage>
#include <QPointF>
#include <QVector>
#include <QWidget>

namespace ui {

class Button;
class Chart;
class Label;

/// What the model says about one noisy picture.
struct ForwardAnswer
{
    int t = 0;
    QString model = {};
    double seconds = 0.0;
    QImage noise = {};        ///< predicted
    QImage picture = {};      ///< that it implies
    double error = 0.0;       ///< mean square of predicted minus true noise
    double correlation = 0.0; ///< of the two
    double psnr = 0.0;        ///< of the implied picture, dB
};

/// "Ask the model": the button, the answer, and the curve of its error over t.
class ForwardGuess : public QWidget
{
    Q_OBJECT
public:
    explicit ForwardGuess(QWidget *parent = nullptr);

    void setAnswer(const ForwardAnswer &answer);
    /// The answer is no longer of this picture, schedule or noise.
    void clearAnswer();
    [[nodiscard]] bool hasAnswer() const { return m_hasAnswer; }
    /// Points of the error that are known, rising t; `wanted`: how many there will be.
    void setErrors(const QVector<QPointF> &errors, int wanted, int lastT);
    void setT(int t);
    /// What happens instead of the button's label; empty: it can be pressed.
    void setBusy(const QString &text);
    void setAskEnabled(bool isEnabled, const QString &why);
    /// Pressed: every answer is followed by another as t moves.
    void setLive(bool isLive);
    /// A sentence beside the title ("Waits for the picture that is being made").
    void setNote(const QString &note);
    void setLow(bool isLow);
    [[nodiscard]] Chart *chart() const { return m_chart; }

Q_SIGNALS:
    void askPressed();
    void tChosen(int t);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    class Picture;

    Label *m_title;
    Label *m_note;
    Button *m_ask;
    QWidget *m_body;
    Picture *m_noise;
    Picture *m_picture;
    Label *m_noiseText;
    Label *m_pictureText;
    Label *m_progress;
    Chart *m_chart;
    bool m_hasAnswer = false;
};

} // namespace ui
