#include "engine/checkpoint/json_text.h"
#include "engine/checkpoint/safetensors.h"
#include "engine/error.h"
#include "engine/request_json.h"
#include "engine/trajectory.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace engine {

namespace {

using nlohmann::json;

// A .safetensors file. "__metadata__" holds "format" and, under "trajectory", JSON with all that is not an array of
// numbers. Arrays of the same kind lie in one tensor, one row an array: x, eps, x0, eps_cond, eps_uncond (F16), calls
// and starts (F32) are [rows, C, H, W]. A step names its rows; where its picture is the answer of a call, rounded, it
// has no row of its own.
constexpr const char *kFormat = "tincture-trajectory-1";
constexpr int kNone = -1;
constexpr std::int64_t kMostRows = 100000;

/// Arrays that are written as one tensor.
template <typename Number>
class Rows
{
public:
    /// \return the row of it; kNone of an empty array
    int add(const std::vector<Number> &values)
    {
        if (values.empty())
            return kNone;
        m_numbers.insert(m_numbers.end(), values.begin(), values.end());
        return m_count++;
    }

    void write(const std::string &name, DType dtype, const LatentArray &shape, std::vector<TensorToWrite> &out) const
    {
        if (m_count > 0)
            out.push_back({.name = name,
                           .dtype = dtype,
                           .shape = {m_count, shape.channels, shape.height, shape.width},
                           .bytes = std::as_bytes(std::span(m_numbers))});
    }

private:
    std::vector<Number> m_numbers;
    int m_count = 0;
};

[[noreturn]] void refuse(const std::filesystem::path &file, const std::string &what)
{
    throw Error(ErrorKind::NotACheckpoint, file.string(), what);
}

/// The arrays of one tensor of a file.
class StoredRows
{
public:
    StoredRows(const SafetensorsFile &file, const char *name, DType dtype) : m_path(file.path()), m_name(name)
    {
        const TensorEntry *entry = file.find(name);
        if (!entry)
            return;
        if (entry->dtype != dtype || entry->shape.size() != 4)
            refuse(m_path, std::string("the array \"") + name + "\" is not of the expected kind");
        m_shape = entry->shape;
        m_bytes = file.data(*entry);
        m_rowBytes = m_shape[0] > 0 ? m_bytes.size() / std::size_t(m_shape[0]) : 0;
    }

    template <typename Array>
    [[nodiscard]] Array row(std::int64_t index) const
    {
        Array array;
        if (index == kNone)
            return array;
        if (m_shape.empty() || index < 0 || index >= m_shape[0])
            refuse(m_path, std::string("a row of the array \"") + m_name + "\" is missing");
        array.channels = int(m_shape[1]);
        array.height = int(m_shape[2]);
        array.width = int(m_shape[3]);
        array.values.resize(m_rowBytes / sizeof(array.values[0]));
        std::memcpy(array.values.data(), m_bytes.data() + std::size_t(index) * m_rowBytes, m_rowBytes);
        return array;
    }

    [[nodiscard]] bool isLike(const LatentArray &array) const
    {
        return m_shape.empty() ||
               (m_shape[1] == array.channels && m_shape[2] == array.height && m_shape[3] == array.width);
    }

private:
    std::filesystem::path m_path;
    const char *m_name;
    std::vector<std::int64_t> m_shape;
    std::span<const std::byte> m_bytes;
    std::size_t m_rowBytes = 0;
};

std::vector<double> numbersOf(const json &object, const char *key, const std::filesystem::path &file)
{
    std::vector<double> result;
    const auto found = object.find(key);
    if (found == object.end() || !found->is_array())
        refuse(file, std::string("the list \"") + key + "\" is missing");
    for (const json &each : *found) {
        if (!each.is_number() || !std::isfinite(each.get<double>()))
            refuse(file, std::string("the list \"") + key + "\" holds something that is no number");
        result.push_back(each.get<double>());
    }
    return result;
}

/// The objects of a list; refuses what is no such list.
const json &objectsOf(const json &object, const char *key, const std::filesystem::path &file)
{
    const auto found = object.find(key);
    if (found == object.end() || !found->is_array() || found->size() > std::size_t(kMostRows) ||
        !std::all_of(found->begin(), found->end(), [](const json &each) { return each.is_object(); }))
        refuse(file, std::string("the list \"") + key + "\" is missing");
    return *found;
}

/// The call whose answer, rounded, is the step's picture.
int sameCall(const Trajectory &trajectory, const TrajectoryStep &step)
{
    for (std::size_t i = 0; i < trajectory.calls.size(); ++i) {
        const DenoiseCall &call = trajectory.calls[i];
        if (std::abs(call.step - step.index) <= 1 && call.denoised.values.size() == step.x0.values.size() &&
            toHalf(call.denoised) == step.x0)
            return int(i);
    }
    return kNone;
}

void addPicture(const Image &image, const char *name, std::vector<TensorToWrite> &tensors)
{
    if (!image.empty())
        tensors.push_back({.name = name,
                           .dtype = DType::U8,
                           .shape = {image.height, image.width, image.channels},
                           .bytes = std::as_bytes(std::span(image.pixels))});
}

Image pictureOf(const SafetensorsFile &file, const char *name)
{
    const TensorEntry *entry = file.find(name);
    if (!entry)
        return {};
    if (entry->dtype != DType::U8 || entry->shape.size() != 3 || entry->shape[2] < 1 || entry->shape[2] > 4)
        refuse(file.path(), std::string("the picture \"") + name + "\" is not of the expected kind");
    const std::span<const std::byte> bytes = file.data(*entry);
    Image image{.width = int(entry->shape[1]), .height = int(entry->shape[0]), .channels = int(entry->shape[2])};
    image.pixels.resize(bytes.size());
    std::memcpy(image.pixels.data(), bytes.data(), bytes.size());
    return image;
}

void readSteps(const json &object, const SafetensorsFile &file, Trajectory &trajectory)
{
    const StoredRows x(file, "x", DType::F16);
    const StoredRows eps(file, "eps", DType::F16);
    const StoredRows x0(file, "x0", DType::F16);
    const StoredRows conditional(file, "eps_cond", DType::F16);
    const StoredRows unconditional(file, "eps_uncond", DType::F16);
    for (const StoredRows *rows : {&x, &eps, &x0, &conditional, &unconditional}) {
        if (!rows->isLike(trajectory.start))
            refuse(file.path(), "its arrays differ in size");
    }
    for (const json &each : objectsOf(object, "steps", file.path())) {
        TrajectoryStep step{.index = int(trajectory.steps.size()),
                            .timestep = numberOr(each, "t", 0.0),
                            .sigma = numberOr(each, "sigma", 0.0),
                            .sigmaNext = numberOr(each, "sigma_next", 0.0),
                            .seconds = numberOr(each, "seconds", 0.0),
                            .xNorm = numberOr(each, "x_norm", 0.0),
                            .epsNorm = numberOr(each, "eps_norm", 0.0),
                            .guidance = numberOr(each, "guidance", 0.0)};
        step.x = x.row<HalfArray>(integerOr(each, "x", kNone));
        step.eps = eps.row<HalfArray>(integerOr(each, "eps", kNone));
        step.epsCond = conditional.row<HalfArray>(integerOr(each, "eps_cond", kNone));
        step.epsUncond = unconditional.row<HalfArray>(integerOr(each, "eps_uncond", kNone));
        const std::int64_t call = integerOr(each, "x0_call", kNone);
        if (call >= 0 && call < std::int64_t(trajectory.calls.size()))
            step.x0 = toHalf(trajectory.calls[std::size_t(call)].denoised);
        else
            step.x0 = x0.row<HalfArray>(integerOr(each, "x0", kNone));
        trajectory.steps.push_back(std::move(step));
    }
}

void readCalls(const json &object, const SafetensorsFile &file, Trajectory &trajectory)
{
    const StoredRows rows(file, "calls", DType::F32);
    if (!rows.isLike(trajectory.start))
        refuse(file.path(), "its arrays differ in size");
    std::int64_t row = 0;
    for (const json &each : objectsOf(object, "calls", file.path())) {
        trajectory.calls.push_back({.step = int(integerOr(each, "step", 0)),
                                    .sigma = numberOr(each, "sigma", 0.0),
                                    .denoised = rows.row<LatentArray>(row++)});
    }
}

void readSegments(const json &object, const SafetensorsFile &file, const StoredRows &starts, Trajectory &trajectory)
{
    for (const json &each : objectsOf(object, "segments", file.path())) {
        TrajectorySegment segment{.step = int(integerOr(each, "step", 0)),
                                  .sampler = textOr(each, "sampler"),
                                  .schedule = textOr(each, "schedule"),
                                  .eta = numberOr(each, "eta", 1.0),
                                  .ddimEta = numberOr(each, "ddim_eta", 0.0),
                                  .isTimestepForm = flagOr(each, "timestep_form", false),
                                  .sigmas = numbersOf(each, "sigmas", file.path()),
                                  .timesteps = numbersOf(each, "timesteps", file.path())};
        if (segment.sigmas.size() != segment.timesteps.size() + 1)
            refuse(file.path(), "a part of its schedule is missing");
        segment.start = starts.row<LatentArray>(integerOr(each, "start", kNone));
        trajectory.segments.push_back(std::move(segment));
    }
    for (const json &each : objectsOf(object, "noise", file.path())) {
        NoiseOrigin origin{.step = int(integerOr(each, "step", 0)),
                           .skip = int(integerOr(each, "skip", 0)),
                           .fileRow = int(integerOr(each, "file_row", -1))};
        try {
            origin.seed = std::stoull(textOr(each, "seed", "0"));
        } catch (const std::exception &) {
            refuse(file.path(), "a seed of its noise is no number");
        }
        if (origin.skip < 0 || origin.skip > kMostRows)
            refuse(file.path(), "the place in its noise is out of range");
        trajectory.noise.push_back(origin);
    }
}

void readAttention(const json &object, const SafetensorsFile &file, Trajectory &trajectory)
{
    const auto found = object.find("attention");
    const TensorEntry *entry = file.find("attention");
    if (found == object.end() || !found->is_object() || !entry)
        return;
    if (entry->dtype != DType::F32 || entry->shape.size() != 3)
        refuse(file.path(), "the attention maps are not of the expected kind");
    const json &words = objectsOf(*found, "words", file.path());
    if (words.size() != std::size_t(entry->shape[0]))
        refuse(file.path(), "an attention map is missing");
    trajectory.attention = {.rows = int(entry->shape[1]), .columns = int(entry->shape[2])};
    const auto size = std::size_t(entry->shape[1]) * std::size_t(entry->shape[2]);
    const std::byte *at = file.data(*entry).data();
    for (const json &each : words) {
        AttentionMap map{.text = textOr(each, "text"),
                         .begin = int(integerOr(each, "begin", 0)),
                         .end = int(integerOr(each, "end", 0))};
        map.values.resize(size);
        std::memcpy(map.values.data(), at, size * sizeof(float));
        at += size * sizeof(float);
        trajectory.attention.words.push_back(std::move(map));
    }
}

/// What branching and showing rely on.
void check(const Trajectory &trajectory, const std::filesystem::path &file)
{
    const std::size_t numbers = trajectory.start.values.size();
    if (trajectory.steps.empty() || trajectory.segments.empty() || trajectory.noise.empty() || numbers == 0)
        refuse(file, "it holds no steps");
    for (const TrajectoryStep &step : trajectory.steps) {
        if (step.x.values.size() != numbers || step.eps.values.size() != numbers || step.x0.values.size() != numbers ||
            step.epsCond.values.size() != step.epsUncond.values.size())
            refuse(file, "a step is not complete");
    }
    int last = 0;
    for (const DenoiseCall &call : trajectory.calls) {
        if (call.step < last || call.step >= int(trajectory.steps.size()))
            refuse(file, "the answers of its network are out of order");
        last = call.step;
    }
    if (trajectory.segments.front().step != 0 || trajectory.noise.front().step != 0)
        refuse(file, "its beginning is missing");
}

} // namespace

void writeTrajectory(const Trajectory &trajectory, const std::filesystem::path &file)
{
    const LatentArray &shape = trajectory.start;
    Rows<std::uint16_t> x, eps, x0, conditional, unconditional;
    Rows<float> calls, starts;
    json steps = json::array();
    for (const TrajectoryStep &step : trajectory.steps) {
        json row = {{"t", step.timestep},           {"sigma", step.sigma},       {"seconds", step.seconds},
                    {"sigma_next", step.sigmaNext}, {"x_norm", step.xNorm},      {"eps_norm", step.epsNorm},
                    {"guidance", step.guidance},    {"x", x.add(step.x.values)}, {"eps", eps.add(step.eps.values)}};
        if (const int call = sameCall(trajectory, step); call != kNone)
            row["x0_call"] = call;
        else
            row["x0"] = x0.add(step.x0.values);
        if (!step.epsCond.values.empty()) {
            row["eps_cond"] = conditional.add(step.epsCond.values);
            row["eps_uncond"] = unconditional.add(step.epsUncond.values);
        }
        steps.push_back(std::move(row));
    }
    json callList = json::array();
    for (const DenoiseCall &call : trajectory.calls) {
        calls.add(call.denoised.values);
        callList.push_back({{"step", call.step}, {"sigma", call.sigma}});
    }
    starts.add(trajectory.start.values);
    json segments = json::array();
    for (const TrajectorySegment &segment : trajectory.segments) {
        segments.push_back({{"step", segment.step},
                            {"sampler", segment.sampler},
                            {"schedule", segment.schedule},
                            {"eta", segment.eta},
                            {"ddim_eta", segment.ddimEta},
                            {"timestep_form", segment.isTimestepForm},
                            {"sigmas", segment.sigmas},
                            {"timesteps", segment.timesteps},
                            {"start", starts.add(segment.start.values)}});
    }
    json noise = json::array();
    for (const NoiseOrigin &origin : trajectory.noise) {
        noise.push_back({{"step", origin.step},
                         {"seed", std::to_string(origin.seed)},
                         {"skip", origin.skip},
                         {"file_row", origin.fileRow}});
    }
    json words = json::array();
    std::vector<float> maps;
    for (const AttentionMap &word : trajectory.attention.words) {
        words.push_back({{"text", word.text}, {"begin", word.begin}, {"end", word.end}});
        maps.insert(maps.end(), word.values.begin(), word.values.end());
    }
    const json all = {{"request", toJson(trajectory.request)},
                      {"family", trajectory.family},
                      {"sampler", trajectory.sampler},
                      {"schedule", trajectory.schedule},
                      {"sigmas", trajectory.sigmas},
                      {"branch_step", trajectory.branchStep},
                      {"latent_scale", trajectory.map.scale},
                      {"latent_factors", trajectory.map.factors},
                      {"latent_bias", trajectory.map.bias},
                      {"steps", std::move(steps)},
                      {"calls", std::move(callList)},
                      {"segments", std::move(segments)},
                      {"noise", std::move(noise)},
                      {"attention", {{"words", std::move(words)}}}};

    std::vector<TensorToWrite> tensors;
    x.write("x", DType::F16, shape, tensors);
    eps.write("eps", DType::F16, shape, tensors);
    x0.write("x0", DType::F16, shape, tensors);
    conditional.write("eps_cond", DType::F16, shape, tensors);
    unconditional.write("eps_uncond", DType::F16, shape, tensors);
    calls.write("calls", DType::F32, shape, tensors);
    starts.write("starts", DType::F32, shape, tensors);
    if (!maps.empty())
        tensors.push_back({.name = "attention",
                           .dtype = DType::F32,
                           .shape = {std::int64_t(trajectory.attention.words.size()), trajectory.attention.rows,
                                     trajectory.attention.columns},
                           .bytes = std::as_bytes(std::span(maps))});
    addPicture(trajectory.request.init, "init", tensors);
    addPicture(trajectory.request.mask, "mask", tensors);
    writeSafetensors(file, tensors,
                     {{"format", kFormat}, {"trajectory", all.dump(-1, ' ', false, json::error_handler_t::replace)}});
}

Trajectory readTrajectory(const std::filesystem::path &file)
{
    const SafetensorsFile stored(file);
    const auto format = stored.metadata().find("format");
    const auto text = stored.metadata().find("trajectory");
    if (format == stored.metadata().end() || format->second != kFormat || text == stored.metadata().end())
        refuse(file, "it is not a trajectory of this program");
    const json object = parseJson(text->second, file.string());
    if (!object.is_object())
        refuse(file, "it is not a trajectory of this program");

    Trajectory result;
    result.request = requestFromJson(object.value("request", json::object()));
    result.request.init = pictureOf(stored, "init");
    result.request.mask = pictureOf(stored, "mask");
    result.family = textOr(object, "family");
    result.sampler = textOr(object, "sampler");
    result.schedule = textOr(object, "schedule");
    result.sigmas = numbersOf(object, "sigmas", file);
    result.branchStep = int(integerOr(object, "branch_step", -1));
    const StoredRows starts(stored, "starts", DType::F32);
    result.start = starts.row<LatentArray>(0);
    result.map.scale = int(std::clamp<std::int64_t>(integerOr(object, "latent_scale", 8), 1, 1024));
    for (const double value : numbersOf(object, "latent_factors", file))
        result.map.factors.push_back(float(value));
    for (const double value : numbersOf(object, "latent_bias", file))
        result.map.bias.push_back(float(value));
    readCalls(object, stored, result);
    readSteps(object, stored, result);
    readSegments(object, stored, starts, result);
    readAttention(object, stored, result);
    check(result, file);
    return result;
}

} // namespace engine
