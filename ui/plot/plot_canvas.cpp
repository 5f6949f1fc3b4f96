#include "ui/plot/plot_canvas.h"

#include "app/job_queue.h"
#include "app/thumbnails.h"
#include "ui/common/icons.h"
#include "ui/common/painting.h"
#include "ui/common/theme.h"
#include "ui/common/thumbnail_delegate.h"
#include "ui/create/words.h"

#include <QAccessible>
#include <QImageReader>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr double kGap = 8;
constexpr double kMargin = 16;
constexpr double kHeadHeight = 56;
constexpr double kNameHeight = 24;
constexpr double kWidestHead = 200;
constexpr double kSmallestCell = 32;  ///< screen pixels
constexpr double kLargestCell = 2048; ///< screen pixels
constexpr int kThumbnail = 512;
constexpr int kLargeStep = 256; ///< device pixels; sizes of the pictures that are kept

} // namespace

PlotCanvas::PlotCanvas(app::JobQueue &queue, app::Thumbnails &thumbnails, QWidget *parent)
    : QWidget(parent), m_queue(queue), m_thumbnails(thumbnails), m_large(256 * 1024)
{
    setObjectName(QStringLiteral("plotCanvas"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAccessibleName(tr("X/Y plot"));
    setMinimumSize(160, 120);
    m_pool.setMaxThreadCount(1);
    connect(&thumbnails, &app::Thumbnails::ready, this, qOverload<>(&QWidget::update));
    connect(&theme(), &Theme::changed, this, &PlotCanvas::measure);
}

PlotCanvas::~PlotCanvas()
{
    m_pool.clear();
    m_pool.waitForDone();
}

void PlotCanvas::setPlot(app::XyPlot *plot)
{
    if (m_plot)
        m_plot->disconnect(this);
    const bool isAlike = m_plot && plot && m_plot->columns() == plot->columns() && m_plot->rows() == plot->rows();
    m_plot = plot;
    if (plot) {
        connect(plot, &app::XyPlot::cellChanged, this, [this](QPoint cell) {
            update(cellRect(cell).adjusted(-6, -6, 6, 6).toAlignedRect());
            if (cell == m_current)
                setAccessibleDescription(cellText(cell));
        });
    }
    if (!isAlike)
        m_current = {0, 0};
    measure();
    if (!isAlike || m_isFitted)
        fit();
    setAccessibleDescription(plot ? cellText(m_current) : QString());
    update();
}

void PlotCanvas::measure()
{
    m_headWidth = 0.0;
    m_pictureSize = QSizeF(64, 64);
    if (!m_plot)
        return;
    const app::PlotDefinition &definition = m_plot->definition();
    if (definition.y.setting != app::PlotSetting::None) {
        const QFontMetricsF titles(theme().font(TextStyle::Control));
        const QFontMetricsF names(theme().font(TextStyle::Caption));
        m_headWidth = names.horizontalAdvance(app::plotSettingText(definition.y.setting));
        for (int y = 0; y < m_plot->rows(); ++y)
            m_headWidth = std::max(m_headWidth, titles.horizontalAdvance(m_plot->rowTitle(y)));
        m_headWidth = std::min(m_headWidth, kWidestHead) + 2 * kMargin;
    }
    // Cells are as large as the largest picture asked for; what a model makes by itself is taken as 512.
    QSizeF largest;
    for (const QPoint &cell : {QPoint(0, 0), QPoint(m_plot->columns() - 1, m_plot->rows() - 1)}) {
        const engine::GenerateRequest request = app::plotRequest(definition, cell);
        if (request.width > 0 && request.height > 0)
            largest = largest.expandedTo(QSizeF(request.width, request.height));
    }
    m_pictureSize = largest.isEmpty() ? QSizeF(512, 512) : largest;
}

QSizeF PlotCanvas::pictureSize() const
{
    return m_pictureSize;
}

QSizeF PlotCanvas::cellSize() const
{
    return m_pictureSize * m_zoom;
}

double PlotCanvas::headWidth() const
{
    return m_headWidth;
}

double PlotCanvas::headHeight() const
{
    const bool hasColumns = m_plot && m_plot->definition().x.setting != app::PlotSetting::None;
    const bool hasRows = m_plot && m_plot->definition().y.setting != app::PlotSetting::None;
    return hasColumns ? kHeadHeight : hasRows ? kNameHeight + 8 : 0.0;
}

QRectF PlotCanvas::body() const
{
    return QRectF(rect()).adjusted(headWidth(), headHeight(), 0, 0);
}

QSizeF PlotCanvas::contentSize() const
{
    if (!m_plot)
        return {};
    const QSizeF cell = cellSize();
    return {m_plot->columns() * (cell.width() + kGap) - kGap, m_plot->rows() * (cell.height() + kGap) - kGap};
}

QRectF PlotCanvas::cellRect(QPoint cell) const
{
    const QSizeF size = cellSize();
    const QPointF first = body().topLeft() + m_offset;
    // Whole pixels, so that edges and pictures are sharp.
    const QPointF corner(std::round(first.x() + cell.x() * (size.width() + kGap)),
                         std::round(first.y() + cell.y() * (size.height() + kGap)));
    return {corner, QSizeF(std::round(size.width()), std::round(size.height()))};
}

QPoint PlotCanvas::cellAt(const QPointF &position) const
{
    if (!m_plot || !body().contains(position))
        return {-1, -1};
    const QPointF inside = position - body().topLeft() - m_offset;
    const QSizeF step = cellSize() + QSizeF(kGap, kGap);
    const QPoint cell(int(std::floor(inside.x() / step.width())), int(std::floor(inside.y() / step.height())));
    const bool isThere = cell.x() >= 0 && cell.y() >= 0 && cell.x() < m_plot->columns() && cell.y() < m_plot->rows() &&
                         cellRect(cell).contains(position);
    return isThere ? cell : QPoint(-1, -1);
}

QRectF PlotCanvas::retryRect(const QRectF &cell) const
{
    const double width = QFontMetricsF(theme().font(TextStyle::Label)).horizontalAdvance(tr("Try again")) + 16;
    if (cell.width() < width + 8 || cell.height() < 64)
        return {};
    return {cell.center().x() - width / 2, cell.bottom() - 32, width, 24};
}

QString PlotCanvas::cellText(QPoint cell) const
{
    if (!m_plot)
        return {};
    const app::PlotDefinition &definition = m_plot->definition();
    QStringList words;
    if (definition.x.setting != app::PlotSetting::None)
        words.append(
            QStringLiteral("%1 %2").arg(app::plotSettingText(definition.x.setting), m_plot->columnTitle(cell.x())));
    if (definition.y.setting != app::PlotSetting::None)
        words.append(
            QStringLiteral("%1 %2").arg(app::plotSettingText(definition.y.setting), m_plot->rowTitle(cell.y())));
    QString state;
    const app::PlotCell &at = m_plot->cell(cell);
    switch (at.state) {
    case app::PlotCellState::Missing:
        state = tr("missing");
        break;
    case app::PlotCellState::Waiting:
        state = tr("waiting");
        break;
    case app::PlotCellState::Running:
        state = tr("being made");
        break;
    case app::PlotCellState::Finished:
        state = tr("finished");
        break;
    case app::PlotCellState::Failed:
        state = at.failure.sentence;
        break;
    }
    //: %1 is "Steps 20, Sampler Euler", %2 "finished" or a sentence
    return tr("%1: %2").arg(words.join(QLatin1String(", ")), state);
}

void PlotCanvas::setCurrent(QPoint cell)
{
    if (!m_plot || cell == m_current || cell.x() < 0 || cell.y() < 0 || cell.x() >= m_plot->columns() ||
        cell.y() >= m_plot->rows())
        return;
    m_current = cell;
    // The cell comes into view.
    const QRectF inner = body().adjusted(kGap, kGap, -kGap, -kGap);
    const QRectF rect = cellRect(cell);
    const auto shift = [](double low, double high, double from, double to) {
        if (high - low > to - from || low < from)
            return from - low;
        return high > to ? to - high : 0.0;
    };
    if (!inner.contains(rect)) {
        m_offset += QPointF(shift(rect.left(), rect.right(), inner.left(), inner.right()),
                            shift(rect.top(), rect.bottom(), inner.top(), inner.bottom()));
        clampOffset();
    }
    setAccessibleDescription(cellText(cell));
    QAccessibleEvent told(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&told);
    update();
    Q_EMIT currentChanged(cell);
}

void PlotCanvas::fit()
{
    m_isFitted = true;
    if (!m_plot)
        return;
    const QSizeF room = body().size() - QSizeF(2 * kMargin, 2 * kMargin);
    const double across = (room.width() - (m_plot->columns() - 1) * kGap) / m_plot->columns() / pictureSize().width();
    const double down = (room.height() - (m_plot->rows() - 1) * kGap) / m_plot->rows() / pictureSize().height();
    const double smallest = kSmallestCell / std::max(pictureSize().width(), pictureSize().height());
    // Small pictures are not blown up more than fourfold to fill the window.
    m_zoom = std::clamp(std::min(across, down), smallest, 4.0);
    clampOffset();
    update();
    Q_EMIT zoomChanged(m_zoom);
}

void PlotCanvas::zoomIn()
{
    zoomAbout(m_zoom * 1.25, body().center());
}

void PlotCanvas::zoomOut()
{
    zoomAbout(m_zoom / 1.25, body().center());
}

void PlotCanvas::zoomAbout(double zoom, const QPointF &anchor)
{
    const double largest = std::max(pictureSize().width(), pictureSize().height());
    const double wanted = std::clamp(zoom, kSmallestCell / largest, kLargestCell / largest);
    if (!m_plot || wanted == m_zoom)
        return;
    // What lies under the pointer stays there; gaps do not grow.
    const QPointF inside = anchor - body().topLeft() - m_offset;
    const QSizeF before = cellSize();
    m_zoom = wanted;
    m_isFitted = false;
    const QSizeF after = cellSize();
    const auto moved = [](double at, double was, double is) {
        const double cell = std::floor(at / (was + kGap));
        const double share = std::min((at - cell * (was + kGap)) / was, 1.0);
        return cell * (is + kGap) + share * is;
    };
    m_offset =
        anchor - body().topLeft() -
        QPointF(moved(inside.x(), before.width(), after.width()), moved(inside.y(), before.height(), after.height()));
    clampOffset();
    update();
    Q_EMIT zoomChanged(m_zoom);
}

void PlotCanvas::clampOffset()
{
    const QSizeF content = contentSize();
    const QSizeF room = body().size();
    const auto clamped = [](double offset, double size, double view) {
        if (size + 2 * kMargin <= view)
            return (view - size) / 2; // centred
        return std::clamp(offset, view - size - kMargin, kMargin);
    };
    m_offset = {clamped(m_offset.x(), content.width(), room.width()),
                clamped(m_offset.y(), content.height(), room.height())};
}

QImage PlotCanvas::imageOf(const QString &file, const QSizeF &size)
{
    const double ratio = devicePixelRatioF();
    const double side = std::max(size.width(), size.height()) * ratio;
    if (side > kThumbnail) {
        const Large *large = m_large.object(file);
        const bool isEnough =
            large && (large->isWhole || std::max(large->image.width(), large->image.height()) >= side);
        const QImage image = large ? large->image : QImage();
        if (!isEnough) // in steps, so that zooming does not read it again and again
            load(file, int(std::ceil(side / kLargeStep)) * kLargeStep);
        if (!image.isNull())
            return image;
    }
    return m_thumbnails.get(file, kThumbnail);
}

/// No larger than `side`: what the window shows fits into the cache then, however large the pictures are.
void PlotCanvas::load(const QString &file, int side)
{
    if (m_loading.contains(file))
        return;
    m_loading.insert(file);
    m_pool.start([this, file, side] {
        QImageReader reader(file);
        reader.setDecideFormatFromContent(true);
        reader.setAutoTransform(true);
        QImage image = reader.read();
        const bool isWhole = std::max(image.width(), image.height()) <= side;
        if (!image.isNull() && !isWhole)
            image = image.scaled(image.size().scaled(side, side, Qt::KeepAspectRatio).expandedTo({1, 1}),
                                 Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
        image = image.convertToFormat(QImage::Format_ARGB32_Premultiplied);
        QMetaObject::invokeMethod(
            this,
            [this, file, image, isWhole] {
                m_loading.remove(file);
                if (image.isNull())
                    return;
                m_large.insert(file, new Large{image, isWhole}, std::max(1, int(image.sizeInBytes() / 1024)));
                update();
            },
            Qt::QueuedConnection);
    });
}

void PlotCanvas::drawCell(QPainter &painter, QPoint at, const QRectF &rect)
{
    const Theme &look = theme();
    const app::PlotCell &cell = m_plot->cell(at);
    const double radius = look.metrics().radiusControl;
    const auto words = [&](const QString &text, Token color, const QRectF &where) {
        if (rect.width() >= 64 && rect.height() >= 40)
            drawElided(painter, where, text, look.font(TextStyle::Caption), look.color(color), Qt::AlignCenter);
    };
    QImage image;
    if (cell.state == app::PlotCellState::Finished)
        image = imageOf(cell.file, rect.size());
    else if (cell.state == app::PlotCellState::Running)
        if (const app::Job *job = m_queue.find(cell.job))
            image = job->preview;

    switch (cell.state) {
    case app::PlotCellState::Missing:
        painter.setPen(QPen(look.color(Token::LineField), 1, Qt::DashLine));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
        if (!m_plot->definition().id.isEmpty() || m_plot->count(app::PlotCellState::Finished) > 0)
            words(tr("missing"), Token::Text3, rect);
        break;
    case app::PlotCellState::Waiting:
        drawBox(painter, rect, radius, look.color(Token::Hover), look.color(Token::Edge));
        if (rect.width() >= 24)
            drawIcon(painter, QRectF(rect.center() - QPointF(8, 8), QSizeF(16, 16)), QStringLiteral("clock"),
                     look.color(Token::Text3));
        break;
    case app::PlotCellState::Failed: {
        drawBox(painter, rect, radius, look.color(Token::DangerSoft), look.color(Token::DangerLine));
        const QRectF retry = retryRect(rect);
        const bool hasWords = rect.width() >= 96 && rect.height() >= 96;
        const QPointF top = hasWords ? QPointF(rect.center().x(), rect.top() + 20) : rect.center();
        drawIcon(painter, QRectF(top - QPointF(8, 8), QSizeF(16, 16)), QStringLiteral("error"),
                 look.color(Token::Danger));
        if (hasWords) {
            painter.setPen(look.color(Token::Text2));
            painter.setFont(look.font(TextStyle::Caption));
            painter.save();
            const QRectF where = rect.adjusted(8, 36, -8, retry.isEmpty() ? -8 : -36);
            painter.setClipRect(where, Qt::IntersectClip);
            painter.drawText(where, Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap, cell.failure.sentence);
            painter.restore();
        }
        if (!retry.isEmpty()) {
            painter.setPen(look.color(Token::AccentText));
            painter.setFont(look.font(TextStyle::Label));
            painter.drawText(retry, Qt::AlignCenter, tr("Try again"));
        }
        break;
    }
    case app::PlotCellState::Running:
    case app::PlotCellState::Finished: {
        if (image.isNull()) {
            drawBox(painter, rect, radius, look.color(Token::Hover), look.color(Token::Edge));
            if (cell.state == app::PlotCellState::Finished && m_thumbnails.hasFailed(cell.file))
                words(tr("file missing"), Token::Text3, rect);
        } else {
            const QSizeF fitted = QSizeF(image.size()).scaled(rect.size(), Qt::KeepAspectRatio);
            QRectF target(QPointF(), fitted);
            target.moveCenter(rect.center());
            painter.setRenderHint(QPainter::SmoothPixmapTransform);
            painter.drawImage(target, image);
            drawBox(painter, target, look.metrics().radiusPicture, QColor(), look.color(Token::Edge));
        }
        if (cell.state == app::PlotCellState::Running) {
            const app::Job *job = m_queue.find(cell.job);
            const QRectF meter(rect.left() + 8, rect.bottom() - 12, rect.width() - 16, 4);
            if (job && rect.width() >= 32)
                drawMeter(painter, meter, job->progress());
            const QFontMetricsF caption(look.font(TextStyle::Caption));
            if (job && rect.height() >= 80 && caption.horizontalAdvance(workText(*job)) + 32 <= rect.width())
                drawOverlayText(painter, rect.topLeft() + QPointF(8, 8), workText(*job), TextStyle::Caption);
        }
        break;
    }
    }
    if (at == m_current) {
        painter.setPen(QPen(look.color(hasFocus() ? Token::Accent : Token::AccentLine), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(rect.adjusted(-3, -3, 3, 3), radius + 2, radius + 2);
    }
}

void PlotCanvas::drawHeadings(QPainter &painter)
{
    const Theme &look = theme();
    const app::PlotDefinition &definition = m_plot->definition();
    const QRectF inner = body();
    const auto line = [&](const QRectF &where) { painter.fillRect(where, look.color(Token::Line)); };
    if (headHeight() > 0) {
        painter.fillRect(QRectF(0, 0, width(), headHeight()), look.color(Token::Window));
        line({0, headHeight() - 1, double(width()), 1});
    }
    if (headWidth() > 0) {
        painter.fillRect(QRectF(0, 0, headWidth(), height()), look.color(Token::Window));
        line({headWidth() - 1, 0, 1, double(height())});
        line({0, headHeight() - 1, headWidth(), 1});
    }
    if (definition.x.setting != app::PlotSetting::None) {
        drawElided(painter, QRectF(inner.left() + kMargin, 4, inner.width() - 2 * kMargin, kNameHeight),
                   app::plotSettingText(definition.x.setting), look.font(TextStyle::Caption), look.color(Token::Text3));
        painter.save();
        painter.setClipRect(QRectF(inner.left(), 0, inner.width(), headHeight()));
        for (int x = 0; x < m_plot->columns(); ++x) {
            const QRectF cell = cellRect({x, 0});
            if (cell.right() < inner.left() || cell.left() > inner.right())
                continue;
            drawElided(painter, QRectF(cell.left(), kNameHeight, cell.width(), headHeight() - kNameHeight - 4),
                       m_plot->columnTitle(x), look.font(TextStyle::Control),
                       look.color(x == m_current.x() ? Token::AccentText : Token::Text), Qt::AlignCenter);
        }
        painter.restore();
    }
    if (definition.y.setting != app::PlotSetting::None) {
        drawElided(painter, QRectF(kMargin, headHeight() - kNameHeight - 4, headWidth() - 2 * kMargin, kNameHeight),
                   app::plotSettingText(definition.y.setting), look.font(TextStyle::Caption), look.color(Token::Text3));
        painter.save();
        painter.setClipRect(QRectF(0, inner.top(), headWidth(), inner.height()));
        for (int y = 0; y < m_plot->rows(); ++y) {
            const QRectF cell = cellRect({0, y});
            if (cell.bottom() < inner.top() || cell.top() > inner.bottom())
                continue;
            drawElided(painter, QRectF(kMargin, cell.top(), headWidth() - 2 * kMargin, cell.height()),
                       m_plot->rowTitle(y), look.font(TextStyle::Control),
                       look.color(y == m_current.y() ? Token::AccentText : Token::Text),
                       Qt::AlignRight | Qt::AlignVCenter);
        }
        painter.restore();
    }
}

void PlotCanvas::paintEvent(QPaintEvent *event)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), theme().color(Token::Canvas));
    if (!m_plot)
        return;
    const QRectF inner = body();
    const QSizeF step = cellSize() + QSizeF(kGap, kGap);
    const int firstX = std::max(0, int(std::floor(-m_offset.x() / step.width())));
    const int firstY = std::max(0, int(std::floor(-m_offset.y() / step.height())));
    painter.save();
    painter.setClipRect(inner);
    for (int y = firstY; y < m_plot->rows() && cellRect({0, y}).top() < inner.bottom(); ++y) {
        for (int x = firstX; x < m_plot->columns() && cellRect({x, 0}).left() < inner.right(); ++x) {
            const QRectF cell = cellRect({x, y});
            if (cell.adjusted(-6, -6, 6, 6).intersects(QRectF(event->rect())))
                drawCell(painter, {x, y}, cell);
        }
    }
    painter.restore();
    drawHeadings(painter);
}

} // namespace ui
