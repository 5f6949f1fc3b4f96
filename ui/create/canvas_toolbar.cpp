#include "ui/create/canvas_toolbar.h"

#include "ui/common/elided_label.h"
#include "ui/common/icon_button.h"
#include "ui/common/segmented_control.h"
#include "ui/common/theme.h"
#include "ui/create/more_section.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QPainter>

#include <cmath>

namespace ui {

namespace {

/// Vertical hairline between groups of a toolbar.
class Divider : public QWidget
{
public:
    explicit Divider(QWidget *parent) : QWidget(parent) { setFixedSize(9, 20); }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.fillRect(4, 0, 1, height(), theme().color(Token::Line));
    }
};

} // namespace

CanvasToolbar::CanvasToolbar(QWidget *parent) : QWidget(parent)
{
    const Metrics &metrics = theme().metrics();
    setFixedHeight(metrics.toolbar);
    setAccessibleName(tr("Picture tools"));
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(metrics.panelPadding, 0, metrics.panelPadding, 1);
    row->setSpacing(metrics.space2);

    m_title = new Label({}, TextStyle::Panel, Token::Text, this);
    m_size = new ElidedLabel({}, TextStyle::Detail, Token::Text3, this);
    row->addWidget(m_title);
    row->addWidget(m_size, 1);

    m_controls = new QWidget(this);
    auto *controls = new QHBoxLayout(m_controls);
    controls->setContentsMargins(0, 0, 0, 0);
    controls->setSpacing(metrics.space2);
    m_previewLabel = new Label(tr("Preview"), TextStyle::Detail, Token::Text2, m_controls);
    m_content = new SegmentedControl(m_controls);
    m_content->setObjectName(QStringLiteral("previewContent"));
    m_content->setAccessibleName(tr("What the preview shows"));
    m_content->addChoice(tr("Picture"), {}, tr("The picture as the model predicts it at each step"));
    m_content->addChoice(tr("Noisy"), {}, tr("The noisy state that the sampler works on"));
    m_decoder = makeCombo(tr("Decoder of the preview"), m_controls);
    m_decoder->setObjectName(QStringLiteral("previewDecoder"));
    m_decoder->setProperty("small", true);
    m_decoder->addItem(tr("Linear"));
    m_decoder->addItem(tr("Full decoder"));
    m_decoder->setItemData(0, tr("Costs nothing; colours are approximate"), Qt::ToolTipRole);
    m_decoder->setItemData(1, tr("As the finished picture; costs time at each step"), Qt::ToolTipRole);
    m_decoder->setFixedSize(124, metrics.controlSmall);
    m_zoomOut = new IconButton(QStringLiteral("zoom-out"), tr("Smaller"), m_controls);
    m_zoomOut->setName(tr("Zoom out"), tr("Ctrl+-"));
    m_zoomIn = new IconButton(QStringLiteral("zoom-in"), tr("Larger"), m_controls);
    m_zoomIn->setName(tr("Zoom in"), tr("Ctrl++"));
    m_fit = new IconButton(QStringLiteral("fit"), tr("Fit"), m_controls);
    m_fit->setName(tr("Fit the picture"), tr("Ctrl+0"));
    m_zoom = new Label({}, TextStyle::Detail, Token::Text2, m_controls);
    m_zoom->setObjectName(QStringLiteral("zoom"));
    m_zoom->setAlignment(Qt::AlignCenter);
    m_zoom->setFixedWidth(48);
    controls->addWidget(m_previewLabel);
    controls->addWidget(m_content);
    controls->addWidget(m_decoder);
    controls->addWidget(new Divider(m_controls));
    controls->addWidget(m_zoomOut);
    controls->addWidget(m_zoom);
    controls->addWidget(m_zoomIn);
    controls->addWidget(m_fit);
    row->addWidget(m_controls);

    m_panel = new IconButton(QStringLiteral("panel-right"), tr("Queue and picture"), this);
    m_panel->setObjectName(QStringLiteral("togglePanel"));
    m_panel->setName(tr("Queue and picture facts"), tr("F9"));
    m_panel->setCheckable(true);
    m_panel->setChecked(true);
    row->addWidget(m_panel);

    connect(m_content, &SegmentedControl::currentChanged, this, &CanvasToolbar::choose);
    connect(m_decoder, &QComboBox::activated, this, &CanvasToolbar::choose);
    connect(m_zoomIn, &IconButton::clicked, this, &CanvasToolbar::zoomInWanted);
    connect(m_zoomOut, &IconButton::clicked, this, &CanvasToolbar::zoomOutWanted);
    connect(m_fit, &IconButton::clicked, this, &CanvasToolbar::fitWanted);
    connect(m_panel, &IconButton::clicked, this, &CanvasToolbar::panelToggled);
}

void CanvasToolbar::setTitle(const QString &title, const QString &size)
{
    m_title->setText(title);
    m_size->setText(size);
}

void CanvasToolbar::setPreview(engine::PreviewContent content, engine::PreviewDecoder decoder)
{
    const QSignalBlocker blocker(m_content);
    m_content->setCurrentIndex(content == engine::PreviewContent::NoisyXt ? 1 : 0);
    m_decoder->setCurrentIndex(decoder == engine::PreviewDecoder::Full ? 1 : 0);
}

void CanvasToolbar::choose()
{
    Q_EMIT previewChosen(
        m_content->currentIndex() == 1 ? engine::PreviewContent::NoisyXt : engine::PreviewContent::PredictedX0,
        m_decoder->currentIndex() == 1 ? engine::PreviewDecoder::Full : engine::PreviewDecoder::Linear);
}

void CanvasToolbar::setZoom(double zoom)
{
    const double percent = zoom * 100.0;
    m_zoom->setText(
        tr("%1 %").arg(percent < 10.0 ? QString::number(percent, 'f', 1) : QString::number(std::lround(percent))));
}

void CanvasToolbar::setPictureControlsVisible(bool visible)
{
    m_controls->setVisible(visible);
}
void CanvasToolbar::setPanelOpen(bool isOpen)
{
    m_panel->setChecked(isOpen);
}
void CanvasToolbar::resizeEvent(QResizeEvent *)
{
    // What is said elsewhere, too, goes first.
    m_previewLabel->setVisible(width() >= 680);
    m_size->setVisible(width() >= 640);
    m_zoom->setVisible(width() >= 580);
}

QList<QWidget *> CanvasToolbar::tabOrder() const
{
    return {m_content, m_decoder, m_zoomOut, m_zoomIn, m_fit, m_panel};
}

void CanvasToolbar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme().color(Token::Window));
    painter.fillRect(0, height() - 1, width(), 1, theme().color(Token::Line));
}

} // namespace ui
