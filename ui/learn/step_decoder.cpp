#include "ui/learn/step_decoder.h"

#include "app/image_file.h"

#include <QDeadlineTimer>

namespace ui {

namespace {

constexpr std::size_t kMostImages = 96; ///< 75 MiB at 512x512

qint64 nowMs()
{
    return QDeadlineTimer::current().deadline();
}

} // namespace

StepDecoder::StepDecoder(app::EngineThread &engine, QObject *parent) : QObject(parent), m_engine(engine)
{
    connect(&engine, &app::EngineThread::studyFinished, this, [this](app::JobId id, const engine::StudyResult &result) {
        if (id != m_job)
            return;
        m_job = 0;
        const auto *decode = std::get_if<engine::DecodeResult>(&result);
        if (decode && !m_isStale) {
            if (m_images.size() >= kMostImages)
                m_images.erase(m_images.begin());
            m_images[m_running] = app::toQImage(decode->image);
            Q_EMIT decoded(m_running.first, m_running.second, double(nowMs() - m_startedMs) / 1000.0);
        }
        next();
    });
    connect(&engine, &app::EngineThread::jobFailed, this, [this](app::JobId id, const app::Failure &failure) {
        if (id != m_job)
            return;
        m_job = 0;
        m_wanted.clear();
        if (!m_isStale)
            Q_EMIT failed(failure);
    });
    connect(&engine, &app::EngineThread::jobCancelled, this, [this](app::JobId id) {
        if (id != m_job)
            return;
        m_job = 0;
        next();
    });
}

void StepDecoder::setTrajectory(const app::TrajectoryPtr &trajectory)
{
    stop();
    m_isStale = m_job != 0;
    m_trajectory = trajectory;
    m_images.clear();
}

void StepDecoder::stop()
{
    m_wanted.clear();
    if (m_job != 0)
        m_engine.stop(m_job);
}

QImage StepDecoder::image(int step, DecodedPart part) const
{
    const auto found = m_images.find({step, part});
    return found == m_images.end() ? QImage() : found->second;
}

void StepDecoder::want(int step)
{
    m_wanted.clear();
    for (const DecodedPart part : {DecodedPart::Noisy, DecodedPart::Predicted}) {
        if (image(step, part).isNull())
            m_wanted.push_back({step, part});
    }
    next();
}

void StepDecoder::next()
{
    if (m_job != 0 || m_wanted.empty() || !m_trajectory)
        return;
    m_isStale = false;
    m_running = m_wanted.back();
    m_wanted.pop_back();
    const auto &step = m_trajectory->steps[std::size_t(m_running.first)];
    engine::DecodeRequest request = {.model = m_trajectory->request.model,
                                     .latent =
                                         engine::toFloat(m_running.second == DecodedPart::Noisy ? step.x : step.x0),
                                     .precision = m_trajectory->request.precision};
    m_job = m_engine.newJobId();
    m_startedMs = nowMs();
    m_engine.study(m_job, request);
}

} // namespace ui
