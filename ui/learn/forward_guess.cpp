#include "ui/learn/forward_guess.h"

#include "ui/common/button.h"
#include "ui/common/chart.h"
#include "ui/common/elided_label.h"
#include "ui/common/painting.h"
#include "ui/create/words.h"
#include "ui/learn/forward_tile.h"

#include <QHBoxLayout>
#include <QLocale>
#include <QVBoxLayout>

#include <cmath>

namespace ui {

namespace {

constexpr int kSide = 152;
constexpr int kLowSide = 104;

QString sentenceFor(double psnr)
{
    if (psnr >= 35.0)
        return ForwardGuess::tr("almost the picture itself");
    if (psnr >= 25.0)
        return ForwardGuess::tr("fine detail is lost");
    if (psnr >= 17.0)
        return ForwardGuess::tr("the large shapes are right");
    return ForwardGuess::tr("hardly more than colours");
}

} // namespace

/// One small picture of the answer.
class ForwardGuess::Picture : public QWidget
{
public:
    Picture(const QString &name, QWidget *parent) : QWidget(parent)
    {
        setAccessibleName(name);
        setFixedSize(kSide, kSide);
    }
    void setImage(const QImage &image)
    {
        m_image = image;
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        if (m_image.isNull())
            drawBox(painter, rect(), theme().metrics().radiusBadge, theme().color(Token::Canvas),
                    theme().color(Token::Line));
        else
            paintPicture(painter, rect(), m_image);
    }

private:
    QImage m_image;
};

ForwardGuess::ForwardGuess(QWidget *parent)
    : QWidget(parent)
    , m_title(new Label(QString(), TextStyle::Panel, Token::Text, this))
    , m_note(new Label(QString(), TextStyle::Detail, Token::Text3, this))
    , m_ask(new Button(tr("Ask the model"), Button::Kind::Primary, this))
    , m_body(new QWidget(this))
    , m_noise(new Picture(tr("Predicted noise"), m_body))
    , m_picture(new Picture(tr("Implied picture"), m_body))
    , m_noiseText(new Label(QString(), TextStyle::Detail, Token::Text3, m_body))
    , m_pictureText(new Label(QString(), TextStyle::Detail, Token::Text3, m_body))
    , m_progress(new Label(QString(), TextStyle::Detail, Token::Text3, m_body))
    , m_chart(new Chart(m_body))
{
    setAccessibleName(tr("The model's guess"));
    m_ask->setObjectName(QStringLiteral("ask"));
    m_ask->setIconName(QStringLiteral("wand"));
    m_ask->setToolTip(tr("Ask which noise the model sees in the noisy picture; the answer follows t from then on"));
    m_title->setObjectName(QStringLiteral("guessTitle"));
    m_note->setObjectName(QStringLiteral("guessNote"));
    m_noiseText->setObjectName(QStringLiteral("noiseError"));
    m_pictureText->setObjectName(QStringLiteral("pictureError"));
    auto *head = new QHBoxLayout;
    head->setSpacing(12);
    head->addWidget(m_title);
    head->addWidget(m_note, 1);
    head->addWidget(m_ask);

    auto *row = new QHBoxLayout(m_body);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(12);
    const auto add = [&](Picture *picture, const QString &title, Label *text) {
        auto *column = new QVBoxLayout;
        column->setSpacing(4);
        column->addStretch(1);
        column->addWidget(new Label(title, TextStyle::Control, Token::Text, m_body));
        column->addWidget(text);
        column->addStretch(1);
        text->setWordWrap(true);
        text->setFixedWidth(120);
        row->addWidget(picture, 0, Qt::AlignTop);
        row->addLayout(column);
        row->addSpacing(12);
    };
    add(m_noise, tr("Predicted noise"), m_noiseText);
    add(m_picture, tr("Implied picture"), m_pictureText);
    m_chart->setObjectName(QStringLiteral("errorCurve"));
    m_chart->setAccessibleName(tr("Mean squared error over t"));
    m_chart->addCurve({.name = tr("mean squared error over t"), .color = Token::Curve3});
    m_chart->setMinimumWidth(200);
    m_chart->setLeftMargin(kSide / 4);
    auto *curve = new QVBoxLayout;
    curve->setSpacing(0);
    auto *legend = new QHBoxLayout;
    legend->setContentsMargins(34, 0, 8, 0);
    legend->addWidget(new ChartLegend(m_chart, m_body), 1);
    legend->addWidget(m_progress);
    curve->addLayout(legend);
    curve->addWidget(m_chart, 1);
    row->addLayout(curve, 1);

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(24, 12, 24, 12);
    column->setSpacing(12);
    column->addLayout(head);
    column->addWidget(m_body);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    connect(m_ask, &Button::clicked, this, &ForwardGuess::askPressed);
    connect(m_chart, &Chart::chosen, this, [this](double t) { Q_EMIT tChosen(int(std::lround(t))); });
    clearAnswer();
}

void ForwardGuess::setAnswer(const ForwardAnswer &answer)
{
    m_hasAnswer = true;
    const QLocale locale;
    m_title->setText(tr("The model's guess at t = %1").arg(answer.t));
    m_note->setText(tr("%1, %2").arg(answer.model, durationText(answer.seconds)));
    m_noise->setImage(answer.noise);
    m_picture->setImage(answer.picture);
    m_noiseText->setText(
        tr("error %1\ncorrelation %2").arg(chartNumber(answer.error, 3), locale.toString(answer.correlation, 'f', 3)));
    m_pictureText->setText(tr("PSNR %1 dB\n%2").arg(locale.toString(answer.psnr, 'f', 1), sentenceFor(answer.psnr)));
    m_body->show();
}

void ForwardGuess::clearAnswer()
{
    m_hasAnswer = false;
    m_title->setText(tr("The model's guess"));
    m_note->setText(tr("which noise it sees in the noisy picture, and the picture that remains"));
    m_noise->setImage({});
    m_picture->setImage({});
    m_noiseText->setText({});
    m_pictureText->setText({});
    m_chart->setPoints(0, {});
    m_progress->setText({});
    m_body->hide();
}

void ForwardGuess::setErrors(const QVector<QPointF> &errors, int wanted, int lastT)
{
    m_chart->setXAxis({.name = tr("t"),
                       .minimum = 0.0,
                       .maximum = double(lastT),
                       .ticks = {0, 250, 500, 750, double(lastT)},
                       .valueText = [](double t) { return QString::number(int(std::lround(t))); }});
    double least = 0.009;
    double most = 1.0;
    for (const QPointF &point : errors) {
        least = std::min(least, std::max(point.y(), 1e-6));
        most = std::max(most, std::min(point.y(), 1e4));
    }
    m_chart->setYAxis({.scale = ChartScale::Logarithmic,
                       .minimum = std::pow(10.0, std::floor(std::log10(least))),
                       .maximum = std::pow(10.0, std::ceil(std::log10(most)))});
    m_chart->setPoints(0, errors);
    m_progress->setText(errors.size() < wanted ? tr("%1 of %2").arg(errors.size()).arg(wanted) : QString());
}

void ForwardGuess::setT(int t)
{
    m_chart->setMarker(t);
}

void ForwardGuess::setBusy(const QString &text)
{
    m_ask->setBusy(text);
}

void ForwardGuess::setAskEnabled(bool isEnabled, const QString &why)
{
    m_ask->setEnabled(isEnabled);
    m_ask->setToolTip(
        isEnabled ? tr("Ask which noise the model sees in the noisy picture; the answer follows t from then on") : why);
}

void ForwardGuess::setLive(bool isLive)
{
    m_ask->setKind(isLive ? Button::Kind::Normal : Button::Kind::Primary);
    m_ask->setText(isLive ? tr("Stop asking") : tr("Ask the model"));
    m_ask->setIconName(isLive ? QStringLiteral("stop") : QStringLiteral("wand"));
}

void ForwardGuess::setNote(const QString &note)
{
    m_note->setText(note);
}

void ForwardGuess::setLow(bool isLow)
{
    const int side = isLow ? kLowSide : kSide;
    m_noise->setFixedSize(side, side);
    m_picture->setFixedSize(side, side);
    m_body->setFixedHeight(side + 16);
    updateGeometry();
}

void ForwardGuess::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    // Where it is narrow the curve goes before the numbers do.
    m_chart->setMinimumWidth(width() < 760 ? 140 : 200);
}

} // namespace ui
