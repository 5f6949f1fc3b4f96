#include "ui/learn/inspector_tile.h"

#include "ui/common/elided_label.h"
#include "ui/common/formula.h"
#include "ui/common/painting.h"
#include "ui/common/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QPainter>
#include <QPainterPath>
#include <QStandardItemModel>
#include <QVBoxLayout>

#include <array>
#include <cmath>

namespace ui {

QImage heatPicture(const app::HeatMap &map, double top)
{
    static const std::array<QRgb, 256> colours = [] {
        std::array<QRgb, 256> table = {};
        for (std::size_t i = 0; i < table.size(); ++i)
            table[i] = heatColor(double(i) / 255.0).rgb();
        return table;
    }();
    if (map.isEmpty())
        return {};
    QImage image(map.width, map.height, QImage::Format_RGB32);
    const float scale = top > 0.0 ? float(255.0 / top) : 0.F;
    for (int y = 0; y < map.height; ++y) {
        auto *row = reinterpret_cast<QRgb *>(image.scanLine(y));
        for (int x = 0; x < map.width; ++x) {
            const float value = map.values[std::size_t(y * map.width + x)] * scale;
            row[x] = colours[std::size_t(value > 0.F ? std::min(value, 255.F) : 0.F)];
        }
    }
    return image;
}

PictureSquare::PictureSquare(QWidget *parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setMinimumWidth(96);
    setMaximumWidth(m_widest);
}

void PictureSquare::setWidest(int pixels)
{
    m_widest = pixels;
    setMaximumWidth(pixels);
}

void PictureSquare::setImage(const QImage &image)
{
    m_image = image;
    update();
}

void PictureSquare::setNote(const QString &note)
{
    m_note = note;
    setAccessibleDescription(note);
    update();
}

void PictureSquare::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    if (height() != width())
        setFixedHeight(width());
}

void PictureSquare::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    const Theme &look = theme();
    QRectF box = rect();
    if (m_image.isNull()) {
        drawBox(painter, box, look.metrics().radiusPicture, look.color(Token::Canvas), look.color(Token::Line));
        painter.setFont(look.font(TextStyle::Detail));
        painter.setPen(look.color(Token::Text3));
        painter.drawText(box.adjusted(12, 12, -12, -12), Qt::AlignCenter | Qt::TextWordWrap, m_note);
        return;
    }
    QSizeF size = m_image.size();
    size.scale(box.size(), Qt::KeepAspectRatio);
    box = QRectF(box.center() - QPointF(size.width() / 2, size.height() / 2), size);
    painter.fillRect(rect(), look.color(Token::Canvas));
    QPainterPath clip;
    clip.addRoundedRect(box, look.metrics().radiusPicture, look.metrics().radiusPicture);
    painter.setClipPath(clip);
    // Grown by Qt's smooth scaling, which unlike the painter's does not stripe at large factors.
    const QSize target = (size * devicePixelRatioF()).toSize();
    painter.drawImage(box, m_image.scaled(target, Qt::IgnoreAspectRatio, Qt::SmoothTransformation));
}

InspectorTile::InspectorTile(QWidget *parent)
    : QWidget(parent)
    , m_head(new QHBoxLayout)
    , m_foot(new QHBoxLayout)
    , m_title(new Label(QString(), TextStyle::Panel, Token::Text, this))
    , m_formula(new Formula({}, {}, this))
    , m_square(new PictureSquare(this))
    , m_caption(new ElidedLabel(QString(), TextStyle::Detail, Token::Text3, this))
{
    m_formula->setPixelSize(14);
    m_formula->setColor(Token::Text2);
    m_title->setMinimumWidth(1);
    m_head->setSpacing(6);
    m_head->addWidget(m_title);
    m_head->addStretch(1);
    m_head->addWidget(m_formula);
    m_foot->setSpacing(6);
    m_foot->addWidget(m_caption, 1);
    auto *head = new QWidget(this);
    head->setFixedHeight(28);
    head->setLayout(m_head);
    m_head->setContentsMargins(0, 0, 0, 0);
    auto *foot = new QWidget(this);
    foot->setFixedHeight(28);
    foot->setLayout(m_foot);
    m_foot->setContentsMargins(0, 0, 0, 0);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addWidget(head);
    column->addWidget(m_square);
    column->addWidget(foot);
    column->addStretch(1);
}

void InspectorTile::setTitle(const QString &title)
{
    m_title->setText(title);
    m_square->setAccessibleName(title);
}

void InspectorTile::setChoices(const QStringList &choices, const QString &accessibleName)
{
    if (!m_choice) {
        m_choice = new QComboBox(this);
        m_choice->setMinimumWidth(96);
        m_choice->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        m_choice->setMinimumContentsLength(10);
        m_choice->setFixedHeight(28);
        m_choice->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        m_head->insertWidget(0, m_choice, 100);
        m_title->hide();
        connect(m_choice, &QComboBox::currentIndexChanged, this, &InspectorTile::choiceChanged);
    }
    m_choice->setAccessibleName(accessibleName);
    m_square->setAccessibleName(accessibleName);
    const QSignalBlocker blocker(m_choice);
    m_choice->clear();
    m_choice->addItems(choices);
}

void InspectorTile::setChoiceEnabled(int index, bool isEnabled, const QString &why)
{
    if (auto *model = qobject_cast<QStandardItemModel *>(m_choice->model()); model && model->item(index)) {
        model->item(index)->setEnabled(isEnabled);
        model->item(index)->setToolTip(isEnabled ? QString() : why);
    }
    if (!isEnabled && m_choice->currentIndex() == index)
        m_choice->setCurrentIndex(0);
}

int InspectorTile::choice() const
{
    return m_choice ? m_choice->currentIndex() : 0;
}

void InspectorTile::setChoice(int index)
{
    m_choice->setCurrentIndex(index);
}

void InspectorTile::setChoiceText(int index, const QString &text)
{
    m_choice->setItemText(index, text);
}

void InspectorTile::setFormula(const QString &source, const QString &spoken)
{
    m_formula->setSource(source, spoken);
    m_formula->setVisible(!source.isEmpty());
}

void InspectorTile::setCaption(const QString &text)
{
    m_caption->setText(text);
    m_square->setAccessibleDescription(text);
}

QString InspectorTile::caption() const
{
    return m_caption->text();
}

void InspectorTile::addControl(QWidget *control)
{
    m_foot->addWidget(control);
}

} // namespace ui
