#pragma once

#include "app/engine_thread.h"
#include "app/trajectory_store.h"

#include <QImage>
#include <QObject>

#include <map>
#include <utility>
#include <vector>

namespace ui {

enum class DecodedPart { Noisy, Predicted };

/// Pictures of steps by the model's real decoder. One is asked for at a time; what is wanted last comes next, and what
/// came is kept.
class StepDecoder : public QObject
{
    Q_OBJECT
public:
    explicit StepDecoder(app::EngineThread &engine, QObject *parent = nullptr);

    /// Another picture: forgets what was decoded.
    void setTrajectory(const app::TrajectoryPtr &trajectory);
    /// What is looked at now; decoded() follows for what is not there yet.
    void want(int step);
    void stop();
    [[nodiscard]] QImage image(int step, DecodedPart part) const; ///< null: not there
    [[nodiscard]] bool isBusy() const { return m_job != 0; }

Q_SIGNALS:
    void decoded(int step, ui::DecodedPart part, double seconds);
    void failed(const app::Failure &failure);

private:
    using Key = std::pair<int, DecodedPart>;
    void next();

    app::EngineThread &m_engine;
    app::TrajectoryPtr m_trajectory;
    std::map<Key, QImage> m_images;
    std::vector<Key> m_wanted; ///< next last
    app::JobId m_job = 0;
    bool m_isStale = false; ///< what runs belongs to another picture
    Key m_running = {};
    qint64 m_startedMs = 0;
};

} // namespace ui
