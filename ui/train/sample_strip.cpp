#include "ui/train/sample_strip.h"

#include "app/thumbnails.h"
#include "ui/common/focus_frame.h"
#include "ui/common/painting.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainterPath>
#include <QThreadPool>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr double kGap = 8.0;
constexpr double kHead = 20.0;
constexpr double kNames = 96.0;
constexpr double kSmallest = 40.0;
constexpr double kLargest = 128.0;
constexpr int kThumbnail = 256;

QList<qint64> stepsOf(const QList<app::SampleFile> &samples)
{
    QList<qint64> steps;
    for (const app::SampleFile &sample : samples) {
        if (steps.isEmpty() || steps.last() != sample.step)
            steps.append(sample.step);
    }
    return steps;
}

QString fileOfSample(const QList<app::SampleFile> &samples, qint64 step, int row)
{
    for (const app::SampleFile &sample : samples) {
        if (sample.step == step && sample.index == row)
            return sample.file;
    }
    return {};
}

} // namespace

SampleStrip::SampleStrip(app::Thumbnails &thumbnails, QWidget *parent) : QWidget(parent), m_thumbnails(thumbnails)
{
    setObjectName(QStringLiteral("samples"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setProperty("focusRing", false);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    connect(&thumbnails, &app::Thumbnails::ready, this, [this] { update(); });
    connect(&theme(), &Theme::changed, this, [this] { update(); });
}

void SampleStrip::setRun(const app::TrainingRun *run)
{
    m_samples = run ? run->samples : QList<app::SampleFile>();
    m_prompts = run ? run->prompts : QStringList();
    m_every = run ? run->request.sampleEvery : 0;
    m_isGrowing = run && run->isActive();
    m_steps = stepsOf(m_samples);
    m_rows = 0;
    for (const app::SampleFile &sample : m_samples)
        m_rows = std::max(m_rows, sample.index + 1);
    layOut();
}

void SampleStrip::layOut()
{
    const int rows = std::max(1, m_rows);
    m_side = std::clamp(std::floor((height() - kHead - 4.0) / rows - kGap), kSmallest, kLargest);
    const int fitting = std::max(1, int((width() - kNames) / (m_side + kGap)) - (m_isGrowing ? 1 : 0));
    const auto all = m_steps.size();
    QList<qint64> shown;
    if (all <= fitting) {
        shown = m_steps;
    } else {
        for (int i = 0; i < fitting; ++i)
            shown.append(m_steps.at(
                fitting == 1 ? all - 1 : qsizetype(std::llround(double(i) * double(all - 1) / (fitting - 1)))));
    }
    m_shown = shown;
    m_row = std::clamp(m_row, 0, rows - 1);
    if (m_column >= m_shown.size())
        m_column = -1;
    updateAccessible();
    update();
    Q_EMIT shownChanged();
}

QRectF SampleStrip::cell(int row, int column) const
{
    return {kNames + column * (m_side + kGap), kHead + row * (m_side + kGap), m_side, m_side};
}

bool SampleStrip::cellAt(const QPointF &place, int &row, int &column) const
{
    for (row = 0; row < m_rows; ++row) {
        for (column = 0; column < m_shown.size(); ++column) {
            if (cell(row, column).contains(place))
                return true;
        }
    }
    return false;
}

QString SampleStrip::fileOf(int row, int column) const
{
    return column >= 0 && column < m_shown.size() ? fileOfSample(m_samples, m_shown.at(column), row) : QString();
}

void SampleStrip::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    const Theme &t = theme();
    const QLocale locale;
    const int rows = m_rows;
    for (int column = 0; column < m_shown.size(); ++column) {
        const QRectF top = cell(0, column);
        drawElided(painter, QRectF(top.left() - kGap / 2, 0, top.width() + kGap, kHead - 4),
                   locale.toString(m_shown.at(column)), t.font(TextStyle::Caption), t.color(Token::Text3),
                   Qt::AlignCenter);
    }
    const bool hasFocus = this->hasFocus() && showsKeyboardFocus(this);
    const int current = m_column < 0 ? int(m_shown.size()) - 1 : m_column;
    for (int row = 0; row < rows; ++row) {
        const QRectF first = cell(row, 0);
        const QString prompt = m_prompts.value(row);
        drawElided(painter, QRectF(0, first.top(), kNames - 12, first.height()),
                   prompt.isEmpty() ? tr("seed %1").arg(row + 1) : prompt, t.font(TextStyle::Detail),
                   t.color(Token::Text2));
        for (int column = 0; column < m_shown.size(); ++column) {
            const QRectF place = cell(row, column);
            const QString file = fileOf(row, column);
            const QImage image = file.isEmpty() ? QImage() : m_thumbnails.get(file, kThumbnail);
            QPainterPath path;
            path.addRoundedRect(place, 6, 6);
            painter.save();
            painter.setClipPath(path);
            if (image.isNull()) {
                painter.fillRect(place, t.color(Token::Hover));
            } else {
                // Small pictures are shown as they are, not blurred.
                painter.setRenderHint(QPainter::SmoothPixmapTransform, image.width() > place.width());
                painter.drawImage(place, image);
            }
            painter.restore();
            drawBox(painter, place, 6, {}, t.color(Token::Edge));
            const bool isNewest = m_isGrowing && column == m_shown.size() - 1;
            if (hasFocus ? row == m_row && column == current : isNewest)
                drawFocusRing(painter, place, 6);
        }
        if (m_isGrowing && m_every > 0) {
            QPen pen(t.color(Token::LineField), 1, Qt::DashLine);
            painter.setPen(pen);
            painter.setBrush(Qt::NoBrush);
            painter.drawRoundedRect(cell(row, int(m_shown.size())).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
        }
    }
    if (m_shown.isEmpty())
        drawElided(painter, QRectF(0, 0, width(), 24),
                   m_isGrowing && m_every > 0
                       ? tr("The first samples come after step %1.").arg(locale.toString(m_every))
                       : tr("This run has no samples."),
                   t.font(TextStyle::Detail), t.color(Token::Text3));
}

void SampleStrip::resizeEvent(QResizeEvent *)
{
    layOut();
}

void SampleStrip::mousePressEvent(QMouseEvent *event)
{
    int row = 0;
    int column = 0;
    if (event->button() != Qt::LeftButton || !cellAt(event->position(), row, column))
        return;
    m_row = row;
    m_column = column;
    Q_EMIT enlargeRequested(m_shown.at(column), row);
}

void SampleStrip::mouseMoveEvent(QMouseEvent *event)
{
    int row = 0;
    int column = 0;
    setCursor(cellAt(event->position(), row, column) ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

void SampleStrip::keyPressEvent(QKeyEvent *event)
{
    const int count = int(m_shown.size());
    int column = m_column < 0 ? count - 1 : m_column;
    int row = m_row;
    switch (event->key()) {
    case Qt::Key_Left: // time runs to the right in every language
        --column;
        break;
    case Qt::Key_Right:
        ++column;
        break;
    case Qt::Key_Up:
        --row;
        break;
    case Qt::Key_Down:
        ++row;
        break;
    case Qt::Key_Home:
        column = 0;
        break;
    case Qt::Key_End:
        column = count - 1;
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
        if (count > 0)
            Q_EMIT enlargeRequested(m_shown.at(column), row);
        return;
    default:
        QWidget::keyPressEvent(event);
        return;
    }
    m_column = std::clamp(column, 0, std::max(0, count - 1));
    m_row = std::clamp(row, 0, std::max(0, m_rows - 1));
    updateAccessible();
    update();
}

bool SampleStrip::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        auto *help = static_cast<QHelpEvent *>(event);
        int row = 0;
        int column = 0;
        if (cellAt(help->pos(), row, column)) {
            const QString prompt = m_prompts.value(row);
            const QString step = tr("step %1").arg(QLocale().toString(m_shown.at(column)));
            QToolTip::showText(help->globalPos(), prompt.isEmpty() ? step : tr("%1, %2").arg(prompt, step), this);
        } else {
            QToolTip::hideText();
        }
        return true;
    }
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut)
        update();
    return QWidget::event(event);
}

void SampleStrip::updateAccessible()
{
    setAccessibleName(tr("Samples"));
    const int current = m_column < 0 ? int(m_shown.size()) - 1 : m_column;
    setAccessibleDescription(
        current < 0 ? tr("none yet")
                    : tr("%1, step %2")
                          .arg(m_prompts.value(m_row).isEmpty() ? tr("seed %1").arg(m_row + 1) : m_prompts.value(m_row),
                               QLocale().toString(m_shown.at(current))));
}

EnlargedSample::EnlargedSample(const app::TrainingRun &run, qint64 step, int row, QWidget *parent)
    : QWidget(parent), m_run(run), m_steps(stepsOf(run.samples)), m_row(row)
{
    setObjectName(QStringLiteral("enlargedSample"));
    setAttribute(Qt::WA_DeleteOnClose);
    setFocusPolicy(Qt::StrongFocus);
    setProperty("focusRing", false);
    setCursor(Qt::ArrowCursor);
    m_at = std::max(0, int(m_steps.indexOf(step)));
    parent->installEventFilter(this);
    setGeometry(parent->rect());
    load();
    show();
    raise();
    setFocus();
}

void EnlargedSample::load()
{
    const QString file = fileOfSample(m_run.samples, m_steps.value(m_at), m_row);
    setAccessibleName(tr("Sample of step %1").arg(QLocale().toString(m_steps.value(m_at))));
    QThreadPool::globalInstance()->start([this, file, generation = ++m_generation, self = QPointer<QWidget>(this)] {
        const QImage image(file);
        QMetaObject::invokeMethod(
            qApp,
            [this, image, generation, self] {
                if (self && generation == m_generation) {
                    m_image = image;
                    update();
                }
            },
            Qt::QueuedConnection);
    });
}

void EnlargedSample::move(int step, int row)
{
    int rows = 0;
    for (const app::SampleFile &sample : m_run.samples)
        rows = std::max(rows, sample.index + 1);
    m_at = std::clamp(m_at + step, 0, std::max(0, int(m_steps.size()) - 1));
    m_row = std::clamp(m_row + row, 0, std::max(0, rows - 1));
    load();
}

void EnlargedSample::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &t = theme();
    painter.fillRect(rect(), t.color(Token::Canvas));
    const QString prompt = m_run.prompts.value(m_row);
    const QString step = tr("step %1").arg(QLocale().toString(m_steps.value(m_at)));
    drawElided(painter, QRectF(24, height() - 44, width() - 48, 20),
               prompt.isEmpty() ? step : tr("%1, %2").arg(prompt, step), t.font(TextStyle::Control),
               t.color(Token::Text), Qt::AlignCenter);
    drawElided(painter, QRectF(24, height() - 24, width() - 48, 16),
               tr("← → other steps    ↑ ↓ other rows    Esc closes"), t.font(TextStyle::Caption), t.color(Token::Text3),
               Qt::AlignCenter);
    if (m_image.isNull())
        return;
    const QSizeF room(width() - 48.0, height() - 96.0);
    double zoom = std::min(room.width() / m_image.width(), room.height() / m_image.height());
    if (zoom > 1.0)
        zoom = std::floor(zoom);
    const QSizeF size = QSizeF(m_image.size()) * zoom;
    painter.setRenderHint(QPainter::SmoothPixmapTransform, zoom < 1.0);
    painter.drawImage(
        QRectF((width() - size.width()) / 2, 24 + (room.height() - size.height()) / 2, size.width(), size.height()),
        m_image);
}

void EnlargedSample::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Left:
        return move(-1, 0);
    case Qt::Key_Right:
        return move(1, 0);
    case Qt::Key_Up:
        return move(0, -1);
    case Qt::Key_Down:
        return move(0, 1);
    case Qt::Key_Escape:
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
        close();
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

void EnlargedSample::mousePressEvent(QMouseEvent *)
{
    close();
}

bool EnlargedSample::eventFilter(QObject *object, QEvent *event)
{
    if (event->type() == QEvent::Resize)
        setGeometry(static_cast<QWidget *>(object)->rect());
    return false;
}

} // namespace ui
