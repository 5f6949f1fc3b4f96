#pragma once

#include "engine/event.h"

#include <torch/torch.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>

namespace engine {

/// Where a run stands, beside its tensors. Every draw of a run (pictures, captions, noise, time steps) is a function
/// of its seed and the step, so the step says how far all random numbers and the data order have come.
struct TrainingState
{
    std::int64_t step = 0;
    double elapsedSeconds = 0.0;
    std::string settings = {}; ///< what must not change between the parts of a run; compared on continuing
};

/// The file that checkpoints of a run are kept in.
std::filesystem::path checkpointFile(const std::filesystem::path &folder);

/// Writes the checkpoint whole or not at all. While the disk is full it waits for space, saying so once.
/// \throws Error{DiskFull} if the caller asks to stop meanwhile; Error{FileUnreadable} if the folder cannot be written.
void saveCheckpoint(const std::filesystem::path &folder, const TrainingState &state,
                    const std::map<std::string, torch::Tensor> &tensors, const RunContext &context);

/// For looking before the long work that comes before training.
/// \throws Error{BadRequest} if there is a checkpoint in `folder` and it belongs to a run with other settings;
///         Error{NotACheckpoint, FileUnreadable}.
void refuseOtherCheckpoint(const std::filesystem::path &folder, const std::string &settings);

/// Removes what programs left in the folder of checkpoints that were killed while they wrote a .safetensors file.
void removeTornCheckpoints(const std::filesystem::path &folder);

/// Copies a checkpoint into the tensors of a run. \return false if there is none.
/// \throws Error{BadRequest} if the checkpoint belongs to a run with other settings; Error{NotACheckpoint,
/// FileUnreadable}.
bool loadCheckpoint(const std::filesystem::path &folder, TrainingState &state,
                    const std::map<std::string, torch::Tensor> &tensors);

} // namespace engine
