#pragma once

#include "app/cli/arguments.h"
#include "app/cli/picture_output.h"
#include "app/cli/progress_line.h"
#include "app/model_hash.h"
#include "app/recipe.h"
#include "engine/engine.h"

#include <QJsonObject>
#include <QString>
#include <QStringList>

namespace app::cli {

/// What happens while the engine works: pictures are written as they come, and the terminal shows how far it is.
class GenerateSession
{
public:
    GenerateSession(const engine::GenerateRequest &request, const engine::ModelInfo &model, PictureOutput output);

    void setDevice(const engine::DeviceInfo &device);
    void setPreviewFolder(const QString &folder) { m_previewFolder = folder; }
    /// Where records go of how the pictures came to be: FILE, then FILE_1, ... before its ending. Empty: nowhere.
    void setTrajectoryFile(const QString &file) { m_trajectoryFile = file; }
    /// File of the trajectory that the pictures go on from; empty: they are no branches.
    void setParent(const QString &file) { m_parent = file; }
    void setQuiet(bool isQuiet) { m_isQuiet = isQuiet; }

    /// Hashing a large model takes seconds. Called on any thread.
    void stopHashing() { m_hashes.stop(); }

    /// \throws CommandFailed if a file cannot be written
    void take(const engine::Event &event);
    void finish() { m_progress.clear(); }

    [[nodiscard]] const QStringList &files() const { return m_files; }
    /// What --json prints.
    [[nodiscard]] QJsonObject answer(const engine::GenerateReport &report) const;

private:
    void on(const engine::StageStarted &stage);
    void on(const engine::StepFinished &step);
    void on(const engine::PreviewReady &preview);
    void on(const engine::TrajectoryReady &ready);
    void on(const engine::ImageFinished &finished);
    void on(const engine::Notice &notice);
    template <typename OfOtherWork>
    void on(const OfOtherWork &)
    {
    }
    void show(double fraction, const QString &text);

    const engine::GenerateRequest &m_request;
    PictureOutput m_output;
    ModelHashes m_hashes;
    Circumstances m_circumstances;
    QString m_previewFolder;
    QString m_trajectoryFile;
    QString m_parent;
    bool m_isQuiet = false;
    ProgressLine m_progress;
    double m_secondsAStep = 0.0;
    QStringList m_files;
    QStringList m_trajectories;
    QJsonObject m_recipe;
};

/// Makes the pictures of a request, with the options that "generate" and "branch" share (previews, trajectory, threads,
/// json, quiet), and prints what came of it.
void runRequest(const Arguments &in, const engine::GenerateRequest &request, const engine::ModelInfo &model,
                PictureOutput output);
/// Adds those options.
void addRunOptions(Arguments &in);

} // namespace app::cli
