#pragma once

#include "app/failure.h"
#include "app/recipe.h"
#include "engine/event.h"
#include "engine/request.h"

#include <QDateTime>
#include <QImage>
#include <QStringList>

#include <memory>

namespace app {

/// Names one piece of work of the engine thread: unique in a run of the program, never 0.
using JobId = quint64;

enum class JobState { Waiting, Running, Finished, Failed, Cancelled };

/// One row of the queue.
struct Job
{
    JobId id = 0;
    engine::GenerateRequest request = {};
    JobState state = JobState::Waiting;
    QDateTime submitted = {};
    engine::Stage stage = engine::Stage::LoadingModel; ///< of the running job
    double stageFraction = -1.0;                       ///< 0..1, negative where unknown
    int picture = 0;                                   ///< index of the picture that forms
    int step = 0;                                      ///< steps done of that picture
    int steps = 0;                                     ///< of one picture; the request's until the engine says more
    double secondsPerStep = 0.0;                       ///< running average; 0 until a step was measured
    double secondsLeft = -1.0;                         ///< of the job; negative where unknown
    int picturesFinished = 0;
    QImage preview = {};    ///< newest; the picture itself once it is finished
    QStringList files = {}; ///< pictures that are on disk
    PlotPlace plot = {};    ///< of a job of an X/Y plot, whose jobs are one set
    QString parent = {};    ///< of a branch: path of the picture that it was branched from
    std::weak_ptr<const engine::Trajectory> parentSteps = {}; ///< of a finished branch: what it went on from
    Failure failure = {};                                     ///< of a failed job

    [[nodiscard]] double progress() const; ///< 0..1 of the whole job
    [[nodiscard]] bool isOver() const { return state != JobState::Waiting && state != JobState::Running; }
};

} // namespace app

Q_DECLARE_METATYPE(app::Job)
Q_DECLARE_METATYPE(app::JobState)
