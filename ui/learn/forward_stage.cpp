#include "ui/common/button.h"
#include "ui/common/elided_label.h"
#include "ui/common/formula.h"
#include "ui/common/hair_line.h"
#include "ui/common/icon_button.h"
#include "ui/common/painting.h"
#include "ui/learn/bar_picture.h"
#include "ui/common/value_slider.h"
#include "ui/learn/forward_controls.h"
#include "ui/learn/forward_guess.h"
#include "ui/learn/forward_tile.h"
#include "ui/learn/forward_view.h"

#include <QHBoxLayout>
#include <QPainterPath>
#include <QScrollArea>
#include <QVBoxLayout>

namespace ui {

namespace {

/// The picture in the toolbar.
class BarPicture : public QWidget
{
public:
    explicit BarPicture(QWidget *parent) : QWidget(parent) { setFixedSize(28, 28); }
    void setImage(const QImage &image)
    {
        m_image = image;
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override { paintBarPicture(this, m_image); }

private:
    QImage m_image;
};

} // namespace

void ForwardView::makeToolbar()
{
    m_thumbnail = new BarPicture(m_toolbar);
    m_name = new ElidedLabel(QString(), TextStyle::Control, Token::Text, m_toolbar);
    m_name->setObjectName(QStringLiteral("forwardName"));
    m_choose = new Button(tr("Choose a picture…"), m_toolbar);
    m_choose->setObjectName(QStringLiteral("forwardChoose"));
    m_choose->setIconName(QStringLiteral("image"));
    m_export = new Button(tr("Export…"), m_toolbar);
    m_export->setObjectName(QStringLiteral("forwardExport"));
    m_export->setIconName(QStringLiteral("export"));
    m_export->setToolTip(tr("Save the noisy picture as it is shown"));
    auto *row = new QHBoxLayout(m_toolbar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(new HairLine(m_toolbar, Qt::Vertical, 24));
    row->addSpacing(4);
    row->addWidget(m_thumbnail);
    row->addWidget(m_name, 1);
    row->addWidget(m_choose);
    row->addWidget(m_export);
    m_thumbnail->hide();
}

QWidget *ForwardView::makeStage()
{
    auto *stage = new QWidget(m_scroll);
    m_controls = new ForwardControls(stage);
    m_canvas = new QWidget(stage);
    setSurface(m_canvas, Token::Canvas);
    m_cleanTile = new ForwardTile(tr("Picture"), QStringLiteral("x_0"), tr("x 0: the picture"), m_canvas);
    m_noisyTile =
        new ForwardTile(tr("Noisy picture"), QStringLiteral("x_t"), tr("x t: what is left of it at t"), m_canvas);
    m_noiseTile = new ForwardTile(tr("Noise added"), QStringLiteral("\\epsilon"), tr("epsilon: the noise"), m_canvas);
    m_cleanTile->setObjectName(QStringLiteral("cleanTile"));
    m_noisyTile->setObjectName(QStringLiteral("noisyTile"));
    m_noiseTile->setObjectName(QStringLiteral("noiseTile"));
    auto *tiles = new QHBoxLayout(m_canvas);
    tiles->setContentsMargins(24, 10, 24, 12);
    tiles->setSpacing(24);
    tiles->addStretch(1);
    for (ForwardTile *tile : {m_cleanTile, m_noisyTile, m_noiseTile})
        tiles->addWidget(tile, 0, Qt::AlignVCenter);
    tiles->addStretch(1);

    m_timeBar = new QWidget(stage);
    m_timeBar->setAccessibleName(tr("Time"));
    m_play = new IconButton(QStringLiteral("play"), tr("Play"), IconButton::Shape::Boxed, m_timeBar);
    m_play->setObjectName(QStringLiteral("play"));
    m_play->setName(tr("Play"), tr("Space"));
    m_play->setCheckable(true);
    m_play->setCheckedIconName(QStringLiteral("pause"));
    m_tLabel = new Label(QString(), TextStyle::Heading, Token::Text, m_timeBar);
    m_tLabel->reserve(QStringLiteral("t = 9999"));
    m_slider = new ValueSlider(m_timeBar);
    m_slider->setObjectName(QStringLiteral("t"));
    m_slider->setAccessibleLabel(tr("t"));
    m_slider->setRange(0, 999);
    m_slider->setSingleStep(1);
    m_slider->setDefaultValue(300);
    auto *formula = new Formula(
        QStringLiteral("x_t = \\sqrt{\\bar\\alpha_t} \\, x_0 + \\sqrt{1 - \\bar\\alpha_t} \\, \\epsilon"),
        tr("x t is the square root of alpha bar t times the picture, plus the square root of one minus alpha bar t "
           "times the noise"),
        m_timeBar);
    formula->setPixelSize(16);
    auto *time = new QHBoxLayout(m_timeBar);
    time->setContentsMargins(24, 12, 24, 12);
    time->setSpacing(12);
    time->addWidget(m_play);
    time->addWidget(m_tLabel);
    time->addWidget(m_slider, 1);
    time->addSpacing(4);
    time->addWidget(formula);
    m_guess = new ForwardGuess(stage);

    auto *column = new QVBoxLayout(stage);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_controls);
    column->addWidget(new HairLine(stage));
    column->addWidget(m_canvas, 1);
    column->addWidget(new HairLine(stage));
    column->addWidget(m_timeBar);
    column->addWidget(new HairLine(stage));
    column->addWidget(m_guess);
    return stage;
}

void ForwardView::setBarPicture(const QImage &image)
{
    static_cast<BarPicture *>(m_thumbnail)->setImage(image);
    m_thumbnail->show();
}

} // namespace ui
