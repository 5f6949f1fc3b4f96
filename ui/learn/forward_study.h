#pragma once

#include "app/engine_thread.h"

#include <QElapsedTimer>
#include <QObject>

#include <array>
#include <optional>

namespace ui {

/// What is asked, most urgent first.
enum class StudyPurpose { Encode, Guess, Decode, Curve };
inline constexpr int kStudyPurposes = 4;

/// Hands questions to the engine one at a time, so that the newest of each kind wins: an older one that still waits is
/// forgotten.
class ForwardStudy : public QObject
{
    Q_OBJECT
public:
    explicit ForwardStudy(app::EngineThread &engine, QObject *parent = nullptr);
    ~ForwardStudy() override;

    /// \param tag  told with the answer: what it is about
    void ask(StudyPurpose purpose, const engine::StudyRequest &request, quint64 tag = 0);
    /// Takes it back; what runs is stopped and not answered.
    void cancel(StudyPurpose purpose);
    void cancelAll();
    [[nodiscard]] bool isAsked(StudyPurpose purpose) const; ///< waits or runs
    [[nodiscard]] bool isRunning(StudyPurpose purpose) const;
    [[nodiscard]] bool isIdle() const { return m_job == 0; }

Q_SIGNALS:
    void answered(ui::StudyPurpose purpose, const engine::StudyResult &result, double seconds, quint64 tag);
    void failed(ui::StudyPurpose purpose, const app::Failure &failure);
    void idle();

private:
    void next();
    /// \return the purpose, if `id` is ours and was not taken back
    std::optional<StudyPurpose> end(app::JobId id);

    app::EngineThread &m_engine;
    std::array<std::optional<engine::StudyRequest>, kStudyPurposes> m_waiting;
    app::JobId m_job = 0;
    std::array<quint64, kStudyPurposes> m_waitingTags = {};
    StudyPurpose m_purpose = StudyPurpose::Encode;
    quint64 m_tag = 0;
    bool m_isTakenBack = false;
    double m_seconds = 0.0;
    QElapsedTimer m_clock;
};

} // namespace ui
