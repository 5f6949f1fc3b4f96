#include "app/xy_plot.h"

#include "app/image_file.h"

#include <QCoreApplication>
#include <QJsonArray>

#include <algorithm>
#include <set>
#include <utility>

namespace app {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(app::XyPlot)
};

QJsonObject axisToJson(const PlotAxis &axis)
{
    return {{QStringLiteral("setting"), plotSettingId(axis.setting)},
            {QStringLiteral("values"), QJsonArray::fromStringList(axis.values)}};
}

PlotAxis axisFromJson(const QJsonObject &object)
{
    PlotAxis axis;
    axis.setting = plotSettingFromId(object.value(QLatin1String("setting")).toString());
    for (const QJsonValue &value : object.value(QLatin1String("values")).toArray())
        axis.values.append(value.toString());
    if (axis.values.isEmpty())
        axis.setting = PlotSetting::None;
    return axis;
}

QString packed(const engine::Image &image)
{
    return image.empty() ? QString() : QString::fromLatin1(encodePicture(image, std::nullopt).toBase64());
}

engine::Image unpacked(const QJsonValue &value)
{
    return fromQImage(QImage::fromData(QByteArray::fromBase64(value.toString().toLatin1()), "PNG"));
}

} // namespace

engine::GenerateRequest plotRequest(const PlotDefinition &plot, QPoint cell)
{
    engine::GenerateRequest request = plot.base;
    request.count = 1;
    if (plot.variesSeeds)
        request.seed += std::uint64_t(cell.y()) * std::uint64_t(plot.columns()) + std::uint64_t(cell.x());
    applyPlotValue(plot.x, cell.x(), request);
    applyPlotValue(plot.y, cell.y(), request);
    return request;
}

PlotPlace plotPlace(const PlotDefinition &plot, QPoint cell)
{
    PlotPlace place = {.id = plot.id, .x = cell.x(), .y = cell.y()};
    if (plot.x.setting != PlotSetting::None) {
        place.xType = plotSettingA1111(plot.x.setting);
        place.xValues = joinPlotValues(plot.x.setting, plot.x.values);
    }
    if (plot.y.setting != PlotSetting::None) {
        place.yType = plotSettingA1111(plot.y.setting);
        place.yValues = joinPlotValues(plot.y.setting, plot.y.values);
    }
    return place;
}

QList<QPoint> plotOrder(const PlotDefinition &plot)
{
    QList<QPoint> order;
    if (plotSettingCost(plot.x.setting) > plotSettingCost(plot.y.setting)) {
        for (int x = 0; x < plot.columns(); ++x) {
            for (int y = 0; y < plot.rows(); ++y)
                order.append({x, y});
        }
        return order;
    }
    for (int y = 0; y < plot.rows(); ++y) {
        for (int x = 0; x < plot.columns(); ++x)
            order.append({x, y});
    }
    return order;
}

QJsonObject plotToJson(const PlotDefinition &plot)
{
    QJsonObject object = {{QStringLiteral("version"), 1},
                          {QStringLiteral("id"), plot.id},
                          {QStringLiteral("created"), plot.created.toUTC().toString(Qt::ISODate)},
                          {QStringLiteral("base"), requestToJson(plot.base)},
                          {QStringLiteral("x"), axisToJson(plot.x)},
                          {QStringLiteral("y"), axisToJson(plot.y)},
                          {QStringLiteral("vary_seeds"), plot.variesSeeds}};
    if (!plot.base.init.empty())
        object[QStringLiteral("init")] = packed(plot.base.init);
    if (!plot.base.mask.empty())
        object[QStringLiteral("mask")] = packed(plot.base.mask);
    return object;
}

std::optional<PlotDefinition> plotFromJson(const QJsonObject &object)
{
    PlotDefinition plot;
    plot.id = object.value(QLatin1String("id")).toString();
    plot.created = QDateTime::fromString(object.value(QLatin1String("created")).toString(), Qt::ISODate).toLocalTime();
    plot.base = requestFromJson(object.value(QLatin1String("base")).toObject());
    plot.base.init = unpacked(object.value(QLatin1String("init")));
    plot.base.mask = unpacked(object.value(QLatin1String("mask")));
    plot.x = axisFromJson(object.value(QLatin1String("x")).toObject());
    plot.y = axisFromJson(object.value(QLatin1String("y")).toObject());
    plot.variesSeeds = object.value(QLatin1String("vary_seeds")).toBool();
    if (plot.id.isEmpty() || plot.columns() > kMostPlotCells || plot.rows() > kMostPlotCells ||
        plot.columns() * plot.rows() > kMostPlotCells)
        return std::nullopt;
    return plot;
}

QList<PlotAxis> varyingSettings(const QList<PlotPicture> &pictures)
{
    QList<PlotAxis> varying;
    for (const PlotSetting setting : plotSettings()) {
        QStringList values;
        for (const PlotPicture &picture : pictures)
            values.append(plotValueOf(setting, picture.recipe));
        values.removeAll(QString());
        values = sortedPlotValues(setting, values);
        if (values.size() > 1)
            varying.append({setting, values});
    }
    return varying;
}

std::pair<PlotSetting, PlotSetting> suggestedAxes(const QList<PlotPicture> &pictures)
{
    const QList<PlotAxis> varying = varyingSettings(pictures);
    if (varying.isEmpty())
        return {PlotSetting::None, PlotSetting::None};
    struct Choice
    {
        qsizetype score = -1'000'000'000;
        PlotAxis x = {};
        PlotAxis y = {};
    } best;
    for (qsizetype first = 0; first < varying.size(); ++first) {
        for (qsizetype second = first; second < varying.size(); ++second) {
            const PlotAxis none;
            PlotAxis x = varying[first];
            PlotAxis y = second == first ? none : varying[second];
            if (x.count() < y.count())
                std::swap(x, y);
            if (qsizetype(x.count()) * y.count() > kMostPlotCells)
                continue;
            std::set<std::pair<QString, QString>> places;
            for (const PlotPicture &picture : pictures)
                places.emplace(plotValueOf(x.setting, picture.recipe), plotValueOf(y.setting, picture.recipe));
            // Full sheets first; seeds tell little where something else differs as well.
            qsizetype score = qsizetype(places.size()) * 1000 - qsizetype(x.count()) * y.count();
            score -= x.setting == PlotSetting::Seed || y.setting == PlotSetting::Seed ? 1 : 0;
            if (score > best.score)
                best = {score, x, y};
        }
    }
    return {best.x.setting, best.y.setting};
}

XyPlot::XyPlot(PlotDefinition definition, QObject *parent) : QObject(parent), m_definition(std::move(definition))
{
    m_cells.resize(std::size_t(columns()) * std::size_t(rows()));
}

std::unique_ptr<XyPlot> XyPlot::fromPictures(const QList<PlotPicture> &pictures, PlotSetting x, PlotSetting y)
{
    PlotDefinition definition;
    definition.created = QDateTime::currentDateTime();
    if (!pictures.isEmpty())
        definition.base = pictures.first().recipe.request;
    for (const PlotAxis &axis : varyingSettings(pictures)) {
        if (axis.setting == x)
            definition.x = axis;
        else if (axis.setting == y)
            definition.y = axis;
    }
    auto plot = std::make_unique<XyPlot>(definition);
    for (const PlotPicture &picture : pictures) {
        const auto place = [&picture](const PlotAxis &axis) {
            return axis.setting == PlotSetting::None
                       ? 0
                       : int(axis.values.indexOf(plotValueOf(axis.setting, picture.recipe)));
        };
        const QPoint at(place(definition.x), place(definition.y));
        const bool isFree = at.x() >= 0 && at.y() >= 0 && plot->cell(at).file.isEmpty();
        if (isFree)
            plot->setCell(at, {.state = PlotCellState::Finished, .file = picture.file});
        else
            ++plot->m_leftOut;
    }
    return plot;
}

const PlotCell &XyPlot::cell(QPoint at) const
{
    static const PlotCell none;
    if (at.x() < 0 || at.y() < 0 || at.x() >= columns() || at.y() >= rows())
        return none;
    return m_cells[std::size_t(at.y()) * std::size_t(columns()) + std::size_t(at.x())];
}

void XyPlot::setCell(QPoint at, const PlotCell &cell)
{
    if (at.x() < 0 || at.y() < 0 || at.x() >= columns() || at.y() >= rows())
        return;
    m_cells[std::size_t(at.y()) * std::size_t(columns()) + std::size_t(at.x())] = cell;
    Q_EMIT cellChanged(at);
}

QString XyPlot::columnTitle(int x) const
{
    return plotValueText(m_definition.x.setting, m_definition.x.values.value(x));
}

QString XyPlot::rowTitle(int y) const
{
    return plotValueText(m_definition.y.setting, m_definition.y.values.value(y));
}

QString XyPlot::title() const
{
    const PlotSetting x = m_definition.x.setting;
    const PlotSetting y = m_definition.y.setting;
    if (x == PlotSetting::None)
        return y == PlotSetting::None ? Words::tr("One picture") : plotSettingText(y);
    return y == PlotSetting::None ? plotSettingText(x)
                                  : QStringLiteral("%1 × %2").arg(plotSettingText(x), plotSettingText(y));
}

int XyPlot::count(PlotCellState state) const
{
    return int(
        std::count_if(m_cells.begin(), m_cells.end(), [state](const PlotCell &each) { return each.state == state; }));
}

bool XyPlot::isOpen() const
{
    return std::any_of(m_cells.begin(), m_cells.end(), [](const PlotCell &each) {
        return each.state == PlotCellState::Waiting || each.state == PlotCellState::Running;
    });
}

} // namespace app
