#include "engine/training/checkpointing.h"

#include "engine/core/tensor_file.h"

#include <cerrno>
#include <charconv>
#include <chrono>
#include <thread>
#include <vector>

#include <signal.h>
#include <unistd.h>

namespace engine {

namespace {

using Metadata = std::map<std::string, std::string>;

/// A double with all its bits, so that nothing is lost in writing.
std::string exactly(double value)
{
    char text[40];
    const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::hex).ptr;
    return {text, end};
}

double exactly(const Metadata &metadata, const std::string &key)
{
    double value = 0.0;
    if (const auto found = metadata.find(key); found != metadata.end())
        std::from_chars(found->second.data(), found->second.data() + found->second.size(), value,
                        std::chars_format::hex);
    return value;
}

std::uint64_t bytesOf(const std::map<std::string, torch::Tensor> &tensors)
{
    std::uint64_t bytes = 0;
    for (const auto &[name, tensor] : tensors)
        bytes += tensor.nbytes();
    return bytes;
}

bool isRunning(int process)
{
    // One that may not be signalled runs, too. Our own writes nothing while this is asked.
    return process != ::getpid() && (::kill(process, 0) == 0 || errno != ESRCH);
}

/// \throws Error, see refuseOtherCheckpoint()
void checkSettings(const SafetensorsFile &file, const std::string &settings)
{
    const Metadata &metadata = file.metadata();
    const auto found = metadata.find("settings");
    if (found == metadata.end() || !metadata.contains("step"))
        throw Error(ErrorKind::NotACheckpoint, file.path().string(), "this is no checkpoint of a training run.");
    if (found->second != settings)
        throw Error(ErrorKind::BadRequest, "checkpoints",
                    "the checkpoint in " + file.path().string() +
                        " belongs to a run with other settings: " + found->second + " instead of " + settings + ".");
}

} // namespace

std::filesystem::path checkpointFile(const std::filesystem::path &folder)
{
    return folder / "training.safetensors";
}

void saveCheckpoint(const std::filesystem::path &folder, const TrainingState &state,
                    const std::map<std::string, torch::Tensor> &tensors, const RunContext &context)
{
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    if (failed && failed != std::errc::no_space_on_device)
        throw Error(ErrorKind::FileUnreadable, folder.string(), "cannot make this folder: " + failed.message());
    const Metadata metadata = {{"step", std::to_string(state.step)},
                               {"elapsed_seconds", exactly(state.elapsedSeconds)},
                               {"settings", state.settings}};
    for (bool hasSaidSo = false;; hasSaidSo = true) {
        try {
            std::filesystem::create_directories(folder, failed);
            writeTensors(checkpointFile(folder), tensors, metadata);
            return;
        } catch (const Error &error) {
            if (error.kind != ErrorKind::DiskFull)
                throw;
            if (!hasSaidSo)
                context.emit(WaitingForSpace{folder, bytesOf(tensors)});
            for (int i = 0; i < 50; ++i) {
                if (context.stop.stop_requested() || context.stopAfterPicture.stop_requested())
                    throw;
                context.betweenSteps();
                std::this_thread::sleep_for(std::chrono::milliseconds(100));
            }
        }
    }
}

void refuseOtherCheckpoint(const std::filesystem::path &folder, const std::string &settings)
{
    if (const std::filesystem::path path = checkpointFile(folder); std::filesystem::exists(path))
        checkSettings(SafetensorsFile(path), settings);
}

void removeTornCheckpoints(const std::filesystem::path &folder)
{
    // writeTensors() writes into NAME.partPROCESS-NUMBER first.
    const std::string mark = checkpointFile(folder).extension().string() + ".part";
    std::error_code failed;
    std::vector<std::filesystem::path> torn;
    for (const auto &entry : std::filesystem::directory_iterator(folder, failed)) {
        const std::string name = entry.path().filename().string();
        const std::size_t found = name.find(mark);
        if (found == std::string::npos)
            continue;
        int process = 0;
        std::from_chars(name.data() + found + mark.size(), name.data() + name.size(), process);
        if (process > 0 && !isRunning(process))
            torn.push_back(entry.path());
    }
    for (const std::filesystem::path &file : torn)
        std::filesystem::remove(file, failed);
}

bool loadCheckpoint(const std::filesystem::path &folder, TrainingState &state,
                    const std::map<std::string, torch::Tensor> &tensors)
{
    const std::filesystem::path path = checkpointFile(folder);
    if (!std::filesystem::exists(path))
        return false;
    const auto file = std::make_shared<const SafetensorsFile>(path);
    const Metadata &metadata = file->metadata();
    checkSettings(*file, state.settings);
    const torch::NoGradGuard noGrad;
    for (const auto &[name, tensor] : tensors) {
        const TensorEntry *entry = file->find(name);
        if (!entry || torch::IntArrayRef(entry->shape) != tensor.sizes())
            throw Error(ErrorKind::NotACheckpoint, path.string(),
                        "the tensor \"" + name + "\" is missing or has another shape.");
        torch::Tensor target = tensor;
        target.copy_(toTensor(file, *entry));
    }
    const std::string &step = metadata.at("step");
    std::from_chars(step.data(), step.data() + step.size(), state.step);
    state.elapsedSeconds = exactly(metadata, "elapsed_seconds");
    return true;
}

} // namespace engine
