#include "engine/pipeline/torch_engine.h"

#include "engine/models/probe.h"
#include "engine/pipeline/generate.h"
#include "engine/pipeline/study.h"
#include "engine/training/run_training.h"

#include <chrono>

namespace engine {

namespace {

/// Runs `work`; what LibTorch or the C++ library throws becomes an Error about `subject`.
template <typename Work>
auto translated(const std::string &subject, Work work)
{
    try {
        return work();
    } catch (const Error &) {
        throw;
    } catch (const std::exception &e) {
        if (isOutOfMemory(e))
            throw Error(ErrorKind::OutOfMemory, subject, "not enough memory");
        const auto *torchError = dynamic_cast<const c10::Error *>(&e);
        throw Error(ErrorKind::Internal, subject, torchError ? torchError->what_without_backtrace() : e.what());
    }
}

} // namespace

TorchEngine::TorchEngine(const EngineOptions &options) : m_devices(options), m_models(m_devices) {}

DeviceInfo TorchEngine::device() const
{
    return m_devices.info();
}

void TorchEngine::load(const LoadRequest &request, const RunContext &context)
{
    translated(request.model.string(), [&] { m_models.ensure(request, context); });
}

GenerateReport TorchEngine::generate(const GenerateRequest &request, const RunContext &context)
{
    return translated(request.model.string(), [&] {
        if (const std::vector<Problem> problems = validate(request); !problems.empty())
            throw Error(ErrorKind::BadRequest, problems.front().field, problems.front().text);
        const auto start = std::chrono::steady_clock::now();
        LoadedModel &model = m_models.ensure({.model = request.model, .precision = request.precision}, context);
        const double loadSeconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        const torch::InferenceMode inference;
        GenerateReport report = generatePictures(model, request, context);
        report.loadSeconds = loadSeconds;
        report.device = m_devices.info().device;
        report.peakBytes = peakResidentBytes();
        return report;
    });
}

void TorchEngine::probe(const ProbeRequest &request)
{
    translated(request.model.string(), [&] { runProbe(request, m_devices); });
}

StudyResult TorchEngine::study(const StudyRequest &request, const RunContext &context)
{
    const LoadRequest load = std::visit(
        [](const auto &each) { return LoadRequest{.model = each.model, .precision = each.precision}; }, request);
    return translated(load.model.string(), [&] {
        LoadedModel &model = m_models.ensure(load, context);
        const torch::InferenceMode inference;
        return answerStudy(model, request, context);
    });
}

TrainReport TorchEngine::train(const TrainRequest &request, const RunContext &context)
{
    m_models.unload(); // training wants the memory, and may overwrite the very model
    return translated(request.data.string(), [&] { return runTraining(request, m_devices, context); });
}

void TorchEngine::unload()
{
    m_models.unload();
}

} // namespace engine
