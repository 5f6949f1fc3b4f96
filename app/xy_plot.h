#pragma once

#include "app/job.h"
#include "app/xy_values.h"

#include <QDateTime>
#include <QHash>
#include <QObject>
#include <QPoint>
#include <QThreadPool>

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace app {

class JobQueue;

inline constexpr int kMostPlotCells = 1000;

/// What an X/Y plot is made of: enough to make every one of its pictures.
struct PlotDefinition
{
    QString id = {};                   ///< given by XyPlots; empty: made of pictures that were there
    engine::GenerateRequest base = {}; ///< what no axis varies; its seed is that of every cell
    PlotAxis x = {};                   ///< columns
    PlotAxis y = {};                   ///< rows
    bool variesSeeds = false;          ///< cell i has seed + i
    QDateTime created = {};

    [[nodiscard]] int columns() const { return x.count(); }
    [[nodiscard]] int rows() const { return y.count(); }
};

[[nodiscard]] engine::GenerateRequest plotRequest(const PlotDefinition &plot, QPoint cell);
[[nodiscard]] PlotPlace plotPlace(const PlotDefinition &plot, QPoint cell);
/// Cells in the order of work: the dearest axis changes least often.
[[nodiscard]] QList<QPoint> plotOrder(const PlotDefinition &plot);
[[nodiscard]] QJsonObject plotToJson(const PlotDefinition &plot);
[[nodiscard]] std::optional<PlotDefinition> plotFromJson(const QJsonObject &object);

/// A picture that may stand in a plot.
struct PlotPicture
{
    QString file = {};
    Recipe recipe = {};
};

/// Settings that differ between the pictures, with their values in order.
[[nodiscard]] QList<PlotAxis> varyingSettings(const QList<PlotPicture> &pictures);
/// The two of them that give most pictures a place of their own; y may have no setting.
[[nodiscard]] std::pair<PlotSetting, PlotSetting> suggestedAxes(const QList<PlotPicture> &pictures);

enum class PlotCellState { Missing, Waiting, Running, Finished, Failed };

struct PlotCell
{
    PlotCellState state = PlotCellState::Missing;
    JobId job = 0;     ///< 0: none in the queue
    QString file = {}; ///< of a finished one
    Failure failure = {};
};

/// A plot with what became of its cells. Lives on the UI thread.
class XyPlot : public QObject
{
    Q_OBJECT

public:
    explicit XyPlot(PlotDefinition definition, QObject *parent = nullptr);
    /// A sheet of pictures that are there; the first that fits a place takes it.
    static std::unique_ptr<XyPlot> fromPictures(const QList<PlotPicture> &pictures, PlotSetting x, PlotSetting y);

    [[nodiscard]] const PlotDefinition &definition() const { return m_definition; }
    [[nodiscard]] int columns() const { return m_definition.columns(); }
    [[nodiscard]] int rows() const { return m_definition.rows(); }
    [[nodiscard]] const PlotCell &cell(QPoint at) const;
    void setCell(QPoint at, const PlotCell &cell); ///< cellChanged() follows if it differs
    void noteProgress(QPoint at) { Q_EMIT cellChanged(at); }
    [[nodiscard]] QString columnTitle(int x) const;
    [[nodiscard]] QString rowTitle(int y) const;
    [[nodiscard]] QString title() const; ///< "Steps × Guidance"
    [[nodiscard]] int count(PlotCellState state) const;
    [[nodiscard]] int cells() const { return columns() * rows(); }
    /// Something waits or runs.
    [[nodiscard]] bool isOpen() const;
    [[nodiscard]] int leftOut() const { return m_leftOut; } ///< pictures without a place of their own

Q_SIGNALS:
    void cellChanged(QPoint at);

private:
    PlotDefinition m_definition;
    std::vector<PlotCell> m_cells; ///< by rows
    int m_leftOut = 0;
};

/// The plots of the user: each is a file, kept until it is removed; what of them waits is in the queue.
class XyPlots : public QObject
{
    Q_OBJECT

public:
    /// \param folder one JSON file a plot
    XyPlots(JobQueue &queue, const QString &folder, QObject *parent = nullptr);
    ~XyPlots() override;

    /// Reads the plots of earlier runs and finds their jobs in the queue, which was restored before.
    void restore();

    struct Started
    {
        XyPlot *plot = nullptr;
        QString problem = {}; ///< one sentence where there is no plot
    };
    /// Queues every cell. The definition's id and date are given here.
    Started start(PlotDefinition definition);
    /// Queues what is missing or failed. A plot made of pictures becomes one that is kept. \return a problem
    QString makeMissing(XyPlot &plot);
    QString tryAgain(XyPlot &plot, QPoint at);
    void hold(XyPlot &plot, bool isHeld); ///< its waiting jobs are passed over until it goes on
    [[nodiscard]] bool isHeld(const XyPlot &plot) const;
    void stop(XyPlot &plot);   ///< what waits or runs becomes missing
    void remove(XyPlot &plot); ///< forgets the plot; its pictures stay
    /// Shows a sheet that is not kept; the one shown before is forgotten.
    XyPlot *adopt(std::unique_ptr<XyPlot> plot);
    /// Cells whose file is gone become missing.
    void checkFiles(XyPlot &plot);

    [[nodiscard]] QList<XyPlot *> plots() const; ///< kept ones, newest first
    [[nodiscard]] XyPlot *find(const QString &id) const;
    /// What the plot's pictures will take; negative where nothing was measured.
    [[nodiscard]] double secondsFor(const PlotDefinition &definition) const;
    [[nodiscard]] double secondsLeft(const XyPlot &plot) const;

Q_SIGNALS:
    void listChanged();
    void plotChanged(const QString &id); ///< a cell, or whether it is held

private:
    struct Found
    {
        XyPlot *plot = nullptr;
        QPoint at = {};
    };
    [[nodiscard]] Found find(JobId id) const;
    QString queueCells(XyPlot &plot, const QList<QPoint> &cells);
    void follow(XyPlot &plot);
    void update(JobId id);
    void save(const XyPlot &plot);

    JobQueue &m_queue;
    QString m_folder;
    std::vector<std::unique_ptr<XyPlot>> m_plots;                  ///< newest first
    std::unique_ptr<XyPlot> m_sheet;                               ///< not kept
    std::map<QString, std::shared_ptr<std::atomic<int>>> m_newest; ///< number of the newest state of each file
    QThreadPool m_pool;                                            ///< one thread; last: ends first
};

} // namespace app
