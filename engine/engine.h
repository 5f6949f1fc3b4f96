#pragma once

#include "engine/event.h"
#include "engine/model_info.h"
#include "engine/request.h"
#include "engine/study.h"
#include "engine/train_request.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace engine {

/// Where a job's time and memory went.
struct GenerateReport
{
    double loadSeconds = 0.0;
    double textSeconds = 0.0;
    std::vector<double> stepSeconds = {}; ///< one entry a sampler step (of a whole batch)
    double decodeSeconds = 0.0;
    std::uint64_t peakBytes = 0; ///< resident memory of the process at most
    std::string precision = {};  ///< "float32" or "bfloat16": what was used
    std::string device = {};     ///< "cpu" or "cuda"
    std::string modelHash = {};  ///< first 10 hex digits of the SHA-256 of the weights, where known
    int width = 0;               ///< what was made, after defaults
    int height = 0;
    std::string sampler = {}; ///< resolved ids
    std::string schedule = {};
};

/// What the machine offers.
struct DeviceInfo
{
    std::string device = {}; ///< "cpu" or "cuda"
    std::string name = {};
    std::string precision = {}; ///< what Precision::Auto means here
    int threads = 0;
};

/// The diffusion engine. All calls from one thread (app runs it on its engine thread); long ones report
/// through RunContext and throw Error, or Cancelled when the context's stop token is set.
class Engine
{
public:
    virtual ~Engine() = default;

    [[nodiscard]] virtual DeviceInfo device() const = 0;
    virtual void load(const LoadRequest &request, const RunContext &context) = 0;
    virtual GenerateReport generate(const GenerateRequest &request, const RunContext &context) = 0;
    virtual void probe(const ProbeRequest &request) = 0;
    /// Loads the request's model if it is not the loaded one.
    virtual StudyResult study(const StudyRequest &request, const RunContext &context) = 0;
    virtual TrainReport train(const TrainRequest &request, const RunContext &context) = 0;
    /// Forgets the loaded model and gives its memory back.
    virtual void unload() = 0;
};

struct EngineOptions
{
    int threads = 0;                    ///< 0: as many as there are physical cores
    std::filesystem::path library = {}; ///< the shared library with the LibTorch part; empty: beside this program
};

/// Opens the LibTorch part of the engine (0.15 to 0.4 s the first time). Call it on the thread that will use it.
/// \throws Error{Internal} if the library cannot be opened.
std::unique_ptr<Engine> makeEngine(const EngineOptions &options = {});

/// Reads what a model file or folder is from its headers; no torch, a few milliseconds.
/// \throws Error{FileUnreadable, NotACheckpoint, UnknownFamily, NotSupported}
ModelInfo inspectModel(const std::filesystem::path &path);

} // namespace engine
