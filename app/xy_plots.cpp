// The plots of the user: started, followed in the queue, kept on disk.
#include "app/image_file.h"
#include "app/job_queue.h"
#include "app/xy_plot.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QPointer>
#include <QUuid>
#include <QtDebug>

#include <algorithm>

namespace app {

namespace {

QString fileOf(const QString &folder, const QString &id)
{
    return QDir(folder).filePath(id + QStringLiteral(".json"));
}

} // namespace

XyPlots::XyPlots(JobQueue &queue, const QString &folder, QObject *parent)
    : QObject(parent), m_queue(queue), m_folder(folder)
{
    m_pool.setMaxThreadCount(1);
    connect(&queue, &JobQueue::jobStarted, this, &XyPlots::update);
    connect(&queue, &JobQueue::jobEnded, this, &XyPlots::update);
    connect(&queue, &JobQueue::jobProgressed, this, [this](JobId id) {
        if (const Found found = find(id); found.plot)
            found.plot->noteProgress(found.at);
    });
    connect(&queue, &JobQueue::pictureSaved, this, [this](JobId id, const QString &path) {
        const Found found = find(id);
        if (!found.plot)
            return;
        PlotCell cell = found.plot->cell(found.at);
        cell.file = path;
        found.plot->setCell(found.at, cell);
        save(*found.plot);
    });
    connect(&queue, &JobQueue::setHeldChanged, this, &XyPlots::plotChanged);
    // A job that is tried again from the queue waits, without a signal of its own.
    connect(&queue, &QAbstractItemModel::dataChanged, this, [this](const QModelIndex &first, const QModelIndex &last) {
        for (int row = first.row(); row <= last.row(); ++row) {
            const Job &job = m_queue.jobs()[std::size_t(row)];
            if (!job.plot.id.isEmpty() && job.state == JobState::Waiting)
                update(job.id);
        }
    });
}

XyPlots::~XyPlots()
{
    m_pool.waitForDone();
}

void XyPlots::restore()
{
    const QFileInfoList files = QDir(m_folder).entryInfoList({QStringLiteral("*.json")}, QDir::Files);
    for (const QFileInfo &info : files) {
        QFile file(info.absoluteFilePath());
        if (!file.open(QIODevice::ReadOnly))
            continue;
        const QJsonObject object = QJsonDocument::fromJson(file.readAll()).object();
        file.close();
        const std::optional<PlotDefinition> definition = plotFromJson(object);
        if (!definition) {
            qWarning("the plot in %s is damaged and was set aside", qPrintable(info.absoluteFilePath()));
            QFile::rename(info.absoluteFilePath(), info.absoluteFilePath() + QStringLiteral(".damaged"));
            continue;
        }
        auto plot = std::make_unique<XyPlot>(*definition);
        for (const QJsonValue &value : object.value(QLatin1String("cells")).toArray()) {
            const QJsonObject row = value.toObject();
            PlotCell cell;
            cell.file = row.value(QLatin1String("file")).toString();
            cell.failure.sentence = row.value(QLatin1String("failure")).toString();
            cell.failure.details = row.value(QLatin1String("details")).toString();
            cell.state = !cell.file.isEmpty()               ? PlotCellState::Finished
                         : !cell.failure.sentence.isEmpty() ? PlotCellState::Failed
                                                            : PlotCellState::Missing;
            plot->setCell({row.value(QLatin1String("x")).toInt(), row.value(QLatin1String("y")).toInt()}, cell);
        }
        follow(*plot);
        m_plots.push_back(std::move(plot));
    }
    std::stable_sort(m_plots.begin(), m_plots.end(),
                     [](const auto &a, const auto &b) { return a->definition().created > b->definition().created; });
    for (const Job &job : m_queue.jobs())
        update(job.id);
    Q_EMIT listChanged();
}

XyPlots::Started XyPlots::start(PlotDefinition definition)
{
    const int cells = definition.columns() * definition.rows();
    if (cells < 1 || cells > kMostPlotCells)
        return {.problem = tr("A plot has at most %1 pictures.").arg(kMostPlotCells)};
    definition.created = QDateTime::currentDateTime();
    definition.id = QUuid::createUuid().toString(QUuid::Id128).left(12);
    auto plot = std::make_unique<XyPlot>(definition);
    XyPlot *started = plot.get();
    follow(*started);
    m_plots.insert(m_plots.begin(), std::move(plot));
    if (const QString problem = queueCells(*started, plotOrder(definition)); !problem.isEmpty()) {
        m_plots.erase(m_plots.begin());
        return {.problem = problem};
    }
    Q_EMIT listChanged();
    return {.plot = started};
}

void XyPlots::follow(XyPlot &plot)
{
    connect(&plot, &XyPlot::cellChanged, this, [this, &plot] { Q_EMIT plotChanged(plot.definition().id); });
}

QString XyPlots::queueCells(XyPlot &plot, const QList<QPoint> &cells)
{
    std::vector<std::pair<engine::GenerateRequest, PlotPlace>> jobs;
    for (const QPoint &at : cells) {
        const PlotPlace place = plotPlace(plot.definition(), at);
        jobs.emplace_back(plotRequest(plot.definition(), at), place);
        plot.setCell(at, {.state = PlotCellState::Waiting});
    }
    save(plot); // before the first job: a crash leaves a plot with missing cells, not jobs without a plot
    const std::vector<JobQueue::Submission> taken = m_queue.submitSet(jobs);
    if (taken.size() == 1 && taken.front().id == 0) {
        for (const QPoint &at : cells)
            plot.setCell(at, {});
        save(plot);
        const engine::Problem &problem = taken.front().problems.front();
        return Failure::sentenceFor(engine::ErrorKind::BadRequest, QString::fromStdString(problem.field));
    }
    for (const JobQueue::Submission &each : taken)
        update(each.id);
    return {};
}

QString XyPlots::makeMissing(XyPlot &plot)
{
    if (plot.definition().id.isEmpty()) {
        // A sheet of pictures becomes a plot that is kept.
        PlotDefinition definition = plot.definition();
        if (definition.base.model.empty())
            return tr("The pictures do not say which model file made them.");
        definition.created = QDateTime::currentDateTime();
        definition.id = QUuid::createUuid().toString(QUuid::Id128).left(12);
        auto kept = std::make_unique<XyPlot>(definition);
        for (const QPoint &at : plotOrder(definition))
            kept->setCell(at, plot.cell(at));
        follow(*kept);
        XyPlot &made = *kept;
        m_plots.insert(m_plots.begin(), std::move(kept));
        const QString problem = makeMissing(made);
        Q_EMIT listChanged();
        return problem;
    }
    QList<QPoint> cells;
    for (const QPoint &at : plotOrder(plot.definition())) {
        const PlotCell &cell = plot.cell(at);
        if (cell.state != PlotCellState::Missing && cell.state != PlotCellState::Failed)
            continue;
        if (m_queue.find(cell.job))
            m_queue.remove(cell.job);
        cells.append(at);
    }
    return cells.isEmpty() ? QString() : queueCells(plot, cells);
}

QString XyPlots::tryAgain(XyPlot &plot, QPoint at)
{
    const PlotCell cell = plot.cell(at);
    if (cell.state != PlotCellState::Missing && cell.state != PlotCellState::Failed)
        return {};
    if (plot.definition().id.isEmpty())
        return makeMissing(plot);
    if (m_queue.find(cell.job))
        m_queue.remove(cell.job);
    return queueCells(plot, {at});
}

void XyPlots::hold(XyPlot &plot, bool isHeld)
{
    m_queue.holdSet(plot.definition().id, isHeld);
}

bool XyPlots::isHeld(const XyPlot &plot) const
{
    return m_queue.isHeld(plot.definition().id);
}

void XyPlots::stop(XyPlot &plot)
{
    m_queue.cancelSet(plot.definition().id);
    m_queue.holdSet(plot.definition().id, false);
}

void XyPlots::remove(XyPlot &plot)
{
    stop(plot);
    const QString id = plot.definition().id;
    const auto found =
        std::find_if(m_plots.begin(), m_plots.end(), [&plot](const auto &each) { return each.get() == &plot; });
    if (found == m_plots.end())
        return;
    // Views that show it are still on the stack of callers.
    found->release()->deleteLater();
    m_plots.erase(found);
    if (const auto newest = m_newest.find(id); newest != m_newest.end())
        ++*newest->second;
    m_pool.start([file = fileOf(m_folder, id)] { QFile::remove(file); });
    Q_EMIT listChanged();
}

XyPlot *XyPlots::adopt(std::unique_ptr<XyPlot> plot)
{
    if (m_sheet)
        m_sheet.release()->deleteLater();
    m_sheet = std::move(plot);
    return m_sheet.get();
}

void XyPlots::checkFiles(XyPlot &plot)
{
    QList<std::pair<QPoint, QString>> files;
    for (const QPoint &at : plotOrder(plot.definition())) {
        if (plot.cell(at).state == PlotCellState::Finished)
            files.append({at, plot.cell(at).file});
    }
    m_pool.start([this, files, plot = QPointer<XyPlot>(&plot)] {
        QList<std::pair<QPoint, QString>> gone;
        for (const auto &each : files) {
            if (!QFileInfo::exists(each.second))
                gone.append(each);
        }
        if (gone.isEmpty())
            return;
        QMetaObject::invokeMethod(
            this,
            [plot, gone] {
                for (const auto &[at, file] : gone) {
                    if (plot && plot->cell(at).file == file)
                        plot->setCell(at, {});
                }
            },
            Qt::QueuedConnection);
    });
}

QList<XyPlot *> XyPlots::plots() const
{
    QList<XyPlot *> list;
    for (const auto &plot : m_plots)
        list.append(plot.get());
    return list;
}

XyPlot *XyPlots::find(const QString &id) const
{
    for (const auto &plot : m_plots) {
        if (plot->definition().id == id)
            return plot.get();
    }
    return nullptr;
}

XyPlots::Found XyPlots::find(JobId id) const
{
    const Job *job = m_queue.find(id);
    if (job == nullptr || job->plot.id.isEmpty())
        return {};
    return {find(job->plot.id), QPoint(job->plot.x, job->plot.y)};
}

double XyPlots::secondsFor(const PlotDefinition &definition) const
{
    double seconds = 0.0;
    for (const QPoint &at : plotOrder(definition)) {
        const double one = m_queue.secondsFor(plotRequest(definition, at));
        if (one < 0.0)
            return -1.0;
        seconds += one;
    }
    return seconds;
}

double XyPlots::secondsLeft(const XyPlot &plot) const
{
    double seconds = 0.0;
    for (const QPoint &at : plotOrder(plot.definition())) {
        const PlotCell &cell = plot.cell(at);
        const Job *job = m_queue.find(cell.job);
        if (job == nullptr || job->isOver())
            continue;
        const double one = job->state == JobState::Running ? job->secondsLeft : m_queue.secondsFor(job->request);
        if (one < 0.0)
            return -1.0;
        seconds += one;
    }
    return seconds;
}

void XyPlots::update(JobId id)
{
    const Found found = find(id);
    if (!found.plot)
        return;
    const Job *job = m_queue.find(id);
    const PlotCell was = found.plot->cell(found.at);
    PlotCell cell = {.state = was.state, .job = id, .file = was.file};
    bool isOver = true;
    switch (job->state) {
    case JobState::Waiting:
        cell.state = PlotCellState::Waiting;
        isOver = false;
        break;
    case JobState::Running:
        cell.state = PlotCellState::Running;
        isOver = false;
        break;
    case JobState::Finished:
        cell.state = PlotCellState::Finished;
        break;
    case JobState::Failed:
        cell.state = PlotCellState::Failed;
        cell.failure = job->failure;
        break;
    case JobState::Cancelled:
        cell.state = cell.file.isEmpty() ? PlotCellState::Missing : PlotCellState::Finished;
        break;
    }
    if (cell.state == was.state && cell.job == was.job && cell.failure == was.failure)
        return;
    found.plot->setCell(found.at, cell);
    if (isOver)
        save(*found.plot);
}

void XyPlots::save(const XyPlot &plot)
{
    const QString id = plot.definition().id;
    if (id.isEmpty())
        return;
    QJsonArray cells;
    for (const QPoint &at : plotOrder(plot.definition())) {
        const PlotCell &cell = plot.cell(at);
        QJsonObject row = {{QStringLiteral("x"), at.x()}, {QStringLiteral("y"), at.y()}};
        if (!cell.file.isEmpty()) {
            row[QStringLiteral("file")] = cell.file;
        } else if (cell.state == PlotCellState::Failed) {
            row[QStringLiteral("failure")] = cell.failure.sentence;
            row[QStringLiteral("details")] = cell.failure.details;
        } else {
            continue;
        }
        cells.append(row);
    }
    auto &newest = m_newest[id];
    if (!newest)
        newest = std::make_shared<std::atomic<int>>(0);
    const int number = ++*newest;
    m_pool.start([path = fileOf(m_folder, id), definition = plot.definition(), cells, newest, number] {
        if (number != *newest)
            return; // a newer state follows
        QJsonObject object = plotToJson(definition);
        object[QStringLiteral("cells")] = cells;
        if (const auto failure = writeFileAtomically(path, QJsonDocument(object).toJson(QJsonDocument::Compact)))
            qWarning("a plot was not saved: %s", qPrintable(failure->details));
    });
}

} // namespace app
