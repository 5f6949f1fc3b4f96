#include "ui/compare/compare_view.h"

#include "app/picture_metrics.h"
#include "ui/common/theme.h"
#include "ui/create/canvas.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace ui {

namespace {

constexpr int kMargin = 16;
constexpr int kGap = 8;
constexpr int kGrip = 16; ///< how near to the divider the pointer takes hold of it
constexpr std::array kZooms = {0.0625, 0.125, 0.25, 1.0 / 3.0, 0.5, 2.0 / 3.0, 0.75, 1.0,  1.5,  2.0,
                               3.0,    4.0,   5.0,  6.0,       8.0, 10.0,      12.0, 16.0, 24.0, 32.0};

} // namespace

CompareView::CompareView(QWidget *parent) : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAcceptDrops(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    m_flicker.setInterval(500);
    connect(&m_flicker, &QTimer::timeout, this, &CompareView::flickOnce);
}

void CompareView::setPictures(const QList<ComparePicture> &pictures, QSize frame)
{
    const bool isOther = pictures.size() != m_pictures.size() || frame != m_frame;
    m_pictures = pictures;
    m_frame = frame;
    while (m_ports.size() < std::max<qsizetype>(1, m_pictures.size()))
        m_ports.append(m_ports.first());
    m_first = std::clamp(m_first, 0, std::max(0, int(m_pictures.size()) - 1));
    m_second = std::clamp(m_second, 0, std::max(0, int(m_pictures.size()) - 1));
    updateFlicker();
    if (isOther)
        changed();
    update();
}

void CompareView::setPair(int first, int second)
{
    if (first == m_first && second == m_second)
        return;
    m_first = first;
    m_second = second;
    changed();
}

void CompareView::setMode(CompareMode mode)
{
    if (mode == m_mode)
        return;
    m_mode = mode;
    m_drag = Drag::None;
    m_shown = m_first;
    updateFlicker();
    changed();
}

void CompareView::setDifference(const PictureLevels &map, int white)
{
    m_difference = map;
    m_white = white;
    update();
}

void CompareView::setDivider(double share)
{
    share = std::clamp(share, 0.0, 1.0);
    if (share == m_divider)
        return;
    m_divider = share;
    update();
    Q_EMIT dividerMoved(share);
}

void CompareView::setUpright(bool isUpright)
{
    m_isUpright = isUpright;
    update();
}

void CompareView::setFlickerMs(int ms)
{
    m_flicker.setInterval(std::clamp(ms, 200, 3000));
}

void CompareView::setFlickering(bool isOn)
{
    m_isFlickering = isOn;
    updateFlicker();
}

void CompareView::updateFlicker()
{
    const bool runs = m_mode == CompareMode::Flicker && m_isFlickering && isVisible() && m_pictures.size() > 1;
    if (runs && !m_flicker.isActive())
        m_flicker.start();
    else if (!runs)
        m_flicker.stop();
    if (!has(m_shown))
        m_shown = 0;
}

void CompareView::flickOnce()
{
    m_shown = m_shown == m_first ? m_second : m_first;
    update();
    Q_EMIT flickered(m_shown);
}

void CompareView::setOpacity(double opacity)
{
    m_opacity = std::clamp(opacity, 0.0, 1.0);
    update();
}

void CompareView::setColumns(int columns)
{
    m_columns = columns;
    changed();
}

void CompareView::setSmooth(bool isSmooth)
{
    m_isSmooth = isSmooth;
    update();
}

void CompareView::setNamesShown(bool isShown)
{
    m_hasNames = isShown;
    update();
}

void CompareView::setLinked(bool isLinked)
{
    if (isLinked == m_isLinked)
        return;
    // Each begins where all were; linked again, all go where the first one is.
    if (!isLinked)
        m_ports.fill(m_ports.first());
    m_isLinked = isLinked;
    changed();
}

QList<CompareView::Cell> CompareView::gridCells(const QList<int> &pictures, int columns) const
{
    const int count = int(pictures.size());
    const QRectF room = QRectF(rect()).adjusted(kMargin, kMargin, -kMargin, -kMargin);
    if (count == 0 || m_frame.isEmpty())
        return {};
    const auto cellSize = [&](int across) {
        const int down = (count + across - 1) / across;
        return QSizeF((room.width() - (across - 1) * kGap) / across, (room.height() - (down - 1) * kGap) / down);
    };
    if (columns <= 0) {
        double best = 0.0;
        for (int across = 1; across <= count; ++across) {
            const QSizeF fitted = QSizeF(m_frame).scaled(cellSize(across), Qt::KeepAspectRatio);
            if (fitted.width() > best * 1.001) {
                best = fitted.width();
                columns = across;
            }
        }
    }
    columns = std::clamp(columns, 1, count);
    // Cells have the shape of the frame, so that they stand close together.
    const QSizeF room1 = cellSize(columns);
    const QSizeF size = m_mode == CompareMode::Grid ? QSizeF(m_frame).scaled(room1, Qt::KeepAspectRatio) : room1;
    const int down = (count + columns - 1) / columns;
    const QSizeF all(columns * size.width() + (columns - 1) * kGap, down * size.height() + (down - 1) * kGap);
    const QPointF from(std::round(room.center().x() - all.width() / 2),
                       std::round(room.center().y() - all.height() / 2));
    QList<Cell> cells;
    for (int i = 0; i < count; ++i) {
        const QPointF at(std::round(from.x() + (i % columns) * (size.width() + kGap)),
                         std::round(from.y() + (i / columns) * (size.height() + kGap)));
        cells.append({pictures.at(i), QRectF(at, QSizeF(std::floor(size.width()), std::floor(size.height())))});
    }
    return cells;
}

QList<CompareView::Cell> CompareView::cells() const
{
    if (m_pictures.isEmpty())
        return {};
    if (m_mode == CompareMode::Grid) {
        QList<int> all;
        for (int i = 0; i < m_pictures.size(); ++i)
            all.append(i);
        return gridCells(all, m_columns);
    }
    if (m_mode == CompareMode::SideBySide && m_first != m_second)
        return gridCells({m_first, m_second}, 0);
    return {{m_first, QRectF(rect()).adjusted(kMargin, kMargin, -kMargin, -kMargin)}};
}

double CompareView::zoomIn(const Cell &cell) const
{
    const Port &view = port(cell.picture);
    if (view.zoom > 0.0)
        return view.zoom;
    if (m_frame.isEmpty())
        return 1.0;
    // A whole number, unless much of the room would be left.
    const double exact = std::min(cell.area.width() / m_frame.width(), cell.area.height() / m_frame.height());
    const double whole = Canvas::fittingZoom(m_frame, cell.area.size().toSize());
    return m_mode == CompareMode::Grid || exact > 1.25 * whole ? exact : whole;
}

double CompareView::zoom() const
{
    const QList<Cell> all = cells();
    return all.isEmpty() ? 1.0 : zoomIn(all.first());
}

QRectF CompareView::target(const Cell &cell) const
{
    const QSizeF size = QSizeF(m_frame) * zoomIn(cell);
    const QPointF centre = port(cell.picture).zoom > 0.0 ? port(cell.picture).centre : QPointF(0.5, 0.5);
    const QPointF middle = cell.area.center();
    // On whole pixels of the screen, or one would be as wide as two.
    return {QPointF(std::round(middle.x() - centre.x() * size.width()),
                    std::round(middle.y() - centre.y() * size.height())),
            size};
}

QRectF CompareView::seen(const Cell &cell) const
{
    return target(cell).intersected(cell.area);
}

QRectF CompareView::placeOf(int picture, const QRectF &target) const
{
    const ComparePicture &shown = m_pictures.at(picture);
    const QSize size = shown.size.isEmpty() ? shown.picture.size() : shown.size;
    const QRect part = app::fittedRect(size, m_frame);
    if (m_frame.isEmpty() || part.isEmpty())
        return target;
    const double perX = target.width() / m_frame.width();
    const double perY = target.height() / m_frame.height();
    return {target.left() + part.left() * perX, target.top() + part.top() * perY, part.width() * perX,
            part.height() * perY};
}

QRectF CompareView::targetOf(int index) const
{
    for (const Cell &cell : cells()) {
        if (cell.picture == index || isPair())
            return target(cell);
    }
    return {};
}

QRectF CompareView::cellOf(int index) const
{
    for (const Cell &cell : cells()) {
        if (cell.picture == index || isPair())
            return cell.area;
    }
    return {};
}

int CompareView::cellAt(const QPointF &position) const
{
    const QList<Cell> all = cells();
    for (int i = 0; i < all.size(); ++i) {
        if (all.at(i).area.contains(position))
            return i;
    }
    return -1;
}

void CompareView::clamp(int picture)
{
    for (const Cell &cell : cells()) {
        if (!m_isLinked && cell.picture != picture)
            continue;
        Port &view = port(cell.picture);
        const QSizeF size = QSizeF(m_frame) * zoomIn(cell);
        const auto within = [](double centre, double whole, double room) {
            const double half = whole > 0.0 ? std::min(0.5, room / whole / 2.0) : 0.5;
            return std::clamp(centre, half, 1.0 - half);
        };
        view.centre = {within(view.centre.x(), size.width(), cell.area.width()),
                       within(view.centre.y(), size.height(), cell.area.height())};
        return;
    }
}

void CompareView::zoomAbout(double zoom, const QPointF &anchor)
{
    const QList<Cell> all = cells();
    if (all.isEmpty())
        return;
    const Cell cell = all.at(std::max(0, cellAt(anchor)));
    const QRectF before = target(cell);
    Port &view = port(cell.picture);
    // The point under the pointer stays where it is.
    const QPointF inside((anchor.x() - before.left()) / before.width(), (anchor.y() - before.top()) / before.height());
    view.zoom = std::clamp(zoom, kZooms.front(), kZooms.back());
    const QSizeF size = QSizeF(m_frame) * view.zoom;
    const QPointF middle = cell.area.center();
    view.centre = {inside.x() + (middle.x() - anchor.x()) / size.width(),
                   inside.y() + (middle.y() - anchor.y()) / size.height()};
    clamp(cell.picture);
    changed();
}

void CompareView::stepZoom(int direction, const QPointF &anchor)
{
    const QList<Cell> all = cells();
    if (all.isEmpty())
        return;
    const double now = zoomIn(all.at(std::max(0, cellAt(anchor))));
    double next = now;
    if (direction > 0) {
        const auto above = std::find_if(kZooms.begin(), kZooms.end(), [now](double z) { return z > now * 1.001; });
        next = above == kZooms.end() ? kZooms.back() : *above;
    } else {
        const auto below = std::find_if(kZooms.rbegin(), kZooms.rend(), [now](double z) { return z < now * 0.999; });
        next = below == kZooms.rend() ? kZooms.front() : *below;
    }
    zoomAbout(next, anchor);
}

void CompareView::setZoom(double zoom)
{
    zoomAbout(zoom, QRectF(rect()).center());
}

void CompareView::fit()
{
    m_ports.fill(Port());
    changed();
}

QRectF CompareView::shownPart() const
{
    const QList<Cell> all = cells();
    if (all.isEmpty())
        return {0, 0, 1, 1};
    const QRectF whole = target(all.first());
    const QRectF part = seen(all.first());
    return {(part.left() - whole.left()) / whole.width(), (part.top() - whole.top()) / whole.height(),
            part.width() / whole.width(), part.height() / whole.height()};
}

void CompareView::centreOn(QPointF point)
{
    const QList<Cell> all = cells();
    if (all.isEmpty() || isFitted())
        return;
    port(all.first().picture).centre = point;
    clamp(all.first().picture);
    changed();
}

void CompareView::changed()
{
    update();
    Q_EMIT zoomChanged(zoom());
    Q_EMIT partChanged();
}

double CompareView::dividerPosition(const Cell &cell) const
{
    const QRectF part = seen(cell);
    return m_isUpright ? std::round(part.left() + m_divider * part.width())
                       : std::round(part.top() + m_divider * part.height());
}

bool CompareView::isOnDivider(const QPointF &position) const
{
    const QList<Cell> all = cells();
    if (m_mode != CompareMode::Slider || all.isEmpty() || m_pictures.size() < 2)
        return false;
    const double at = dividerPosition(all.first());
    return std::abs((m_isUpright ? position.x() : position.y()) - at) <= kGrip;
}

void CompareView::moveDivider(const QPointF &position)
{
    const QList<Cell> all = cells();
    if (all.isEmpty())
        return;
    const QRectF part = seen(all.first());
    setDivider(m_isUpright ? (position.x() - part.left()) / std::max(1.0, part.width())
                           : (position.y() - part.top()) / std::max(1.0, part.height()));
}

void CompareView::resizeEvent(QResizeEvent *)
{
    for (int i = 0; i < m_pictures.size(); ++i)
        clamp(i);
    changed();
}

} // namespace ui
