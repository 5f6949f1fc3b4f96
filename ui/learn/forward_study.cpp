#include "ui/learn/forward_study.h"

namespace ui {

ForwardStudy::ForwardStudy(app::EngineThread &engine, QObject *parent) : QObject(parent), m_engine(engine)
{
    connect(&engine, &app::EngineThread::jobStarted, this, [this](app::JobId id) {
        if (id == m_job)
            m_clock.start(); // what waited before it is no part of the answer's time
    });
    connect(&engine, &app::EngineThread::studyFinished, this, [this](app::JobId id, const engine::StudyResult &result) {
        if (const std::optional<StudyPurpose> purpose = end(id))
            Q_EMIT answered(*purpose, result, m_seconds, m_tag);
        next();
    });
    connect(&engine, &app::EngineThread::jobFailed, this, [this](app::JobId id, const app::Failure &failure) {
        if (const std::optional<StudyPurpose> purpose = end(id))
            Q_EMIT failed(*purpose, failure);
        next();
    });
    connect(&engine, &app::EngineThread::jobCancelled, this, [this](app::JobId id) {
        (void)end(id);
        next();
    });
}

ForwardStudy::~ForwardStudy()
{
    if (m_job != 0)
        m_engine.stop(m_job);
}

std::optional<StudyPurpose> ForwardStudy::end(app::JobId id)
{
    if (id != m_job || m_job == 0)
        return std::nullopt;
    m_job = 0;
    m_seconds = m_clock.isValid() ? double(m_clock.nsecsElapsed()) * 1e-9 : 0.0;
    return m_isTakenBack ? std::nullopt : std::optional(m_purpose);
}

void ForwardStudy::ask(StudyPurpose purpose, const engine::StudyRequest &request, quint64 tag)
{
    m_waitingTags[size_t(purpose)] = tag;
    m_waiting[size_t(purpose)] = request;
    next();
}

void ForwardStudy::cancel(StudyPurpose purpose)
{
    m_waiting[size_t(purpose)].reset();
    if (isRunning(purpose)) {
        m_isTakenBack = true;
        m_engine.stop(m_job);
    }
}

void ForwardStudy::cancelAll()
{
    for (int i = 0; i < kStudyPurposes; ++i)
        cancel(StudyPurpose(i));
}

bool ForwardStudy::isRunning(StudyPurpose purpose) const
{
    return m_job != 0 && m_purpose == purpose && !m_isTakenBack;
}

bool ForwardStudy::isAsked(StudyPurpose purpose) const
{
    return m_waiting[size_t(purpose)].has_value() || isRunning(purpose);
}

void ForwardStudy::next()
{
    if (m_job != 0)
        return;
    for (int i = 0; i < kStudyPurposes; ++i) {
        std::optional<engine::StudyRequest> &waiting = m_waiting[size_t(i)];
        if (!waiting)
            continue;
        m_purpose = StudyPurpose(i);
        m_tag = m_waitingTags[size_t(i)];
        m_isTakenBack = false;
        m_clock.invalidate();
        m_job = m_engine.newJobId();
        const engine::StudyRequest request = std::move(*waiting);
        waiting.reset();
        m_engine.study(m_job, request);
        return;
    }
    Q_EMIT idle();
}

} // namespace ui
