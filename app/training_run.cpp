#include "app/training_run.h"

#include "app/image_file.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QtDebug>
#include <QtEndian>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace app {

namespace {

constexpr qsizetype kRecord = 16; ///< step, loss, smoothed loss, learning rate: four bytes each

template <typename T>
using Names = std::initializer_list<std::pair<T, const char *>>;

const Names<engine::TrainKind> kKinds = {{engine::TrainKind::Pixel, "pixel"},
                                         {engine::TrainKind::Latent, "latent"},
                                         {engine::TrainKind::Autoencoder, "autoencoder"},
                                         {engine::TrainKind::Lora, "lora"}};
const Names<engine::BetaSchedule> kBetas = {{engine::BetaSchedule::Linear, "linear"},
                                            {engine::BetaSchedule::ScaledLinear, "scaled_linear"},
                                            {engine::BetaSchedule::Cosine, "cosine"}};
const Names<engine::LearningRateSchedule> kCurves = {{engine::LearningRateSchedule::Constant, "constant"},
                                                     {engine::LearningRateSchedule::Cosine, "cosine"}};
const Names<engine::OptimizerKind> kOptimizers = {{engine::OptimizerKind::AdamW, "adamw"},
                                                  {engine::OptimizerKind::Muon, "muon"}};
const Names<engine::LoraTargets> kLoraTargets = {{engine::LoraTargets::Attention, "attention"},
                                                 {engine::LoraTargets::CrossAttention, "cross_attention"},
                                                 {engine::LoraTargets::Transformers, "transformers"}};
const Names<engine::Prediction> kPredictions = {{engine::Prediction::Epsilon, "epsilon"},
                                                {engine::Prediction::VPrediction, "v"},
                                                {engine::Prediction::Sample, "sample"}};
const Names<engine::Precision> kPrecisions = {{engine::Precision::Auto, "auto"},
                                              {engine::Precision::Float32, "float32"},
                                              {engine::Precision::BFloat16, "bfloat16"}};
const Names<TrainingState> kStates = {{TrainingState::Preparing, "running"}, {TrainingState::Running, "running"},
                                      {TrainingState::Pausing, "running"},   {TrainingState::Keeping, "running"},
                                      {TrainingState::Paused, "paused"},     {TrainingState::Kept, "kept"},
                                      {TrainingState::Finished, "finished"}, {TrainingState::Failed, "failed"}};

template <typename T>
QString nameOf(T value, const Names<T> &names)
{
    for (const auto &[each, name] : names) {
        if (each == value)
            return QString::fromLatin1(name);
    }
    return {};
}

template <typename T>
T valueOf(const QJsonValue &json, const Names<T> &names, T otherwise)
{
    for (const auto &[each, name] : names) {
        if (json.toString() == QLatin1String(name))
            return each;
    }
    return otherwise;
}

QString text(const std::filesystem::path &path)
{
    return QString::fromStdString(path.string());
}

/// What both directions of the conversion share: fields of plain types.
template <typename Request, typename Visit>
void visitFields(Request &r, const Visit &visit)
{
    visit("data", r.data);
    visit("output", r.output);
    visit("checkpoints", r.checkpoints);
    visit("base", r.base);
    visit("size", r.size);
    visit("steps", r.steps);
    visit("batch", r.batch);
    visit("accumulate", r.accumulate);
    visit("learning_rate", r.learningRate);
    visit("warmup_steps", r.warmupSteps);
    visit("weight_decay", r.weightDecay);
    visit("clip_norm", r.clipNorm);
    visit("ema_decay", r.emaDecay);
    visit("min_snr_gamma", r.minSnrGamma);
    visit("flip", r.flip);
    visit("caption_dropout", r.captionDropout);
    visit("layers_per_block", r.layersPerBlock);
    visit("vocabulary", r.vocabulary);
    visit("text_width", r.textWidth);
    visit("text_layers", r.textLayers);
    visit("rank", r.rank);
    visit("alpha", r.alpha);
    visit("sample_every", r.sampleEvery);
    visit("checkpoint_minutes", r.checkpointMinutes);
}

struct ToJson
{
    QJsonObject &object;
    void operator()(const char *name, const std::filesystem::path &path) const
    {
        object[QLatin1String(name)] = text(path);
    }
    template <typename T>
    void operator()(const char *name, T value) const
    {
        if constexpr (std::is_same_v<T, std::int64_t>)
            object[QLatin1String(name)] = qint64(value);
        else
            object[QLatin1String(name)] = value;
    }
};

struct FromJson
{
    const QJsonObject &object;
    void operator()(const char *name, std::filesystem::path &path) const
    {
        path = object.value(QLatin1String(name)).toString().toStdString();
    }
    template <typename T>
    void operator()(const char *name, T &value) const
    {
        const QJsonValue json = object.value(QLatin1String(name));
        if constexpr (std::is_same_v<T, bool>)
            value = json.toBool(value);
        else if constexpr (std::is_floating_point_v<T>)
            value = json.toDouble(value);
        else
            value = T(json.toInteger(qint64(value)));
    }
};

} // namespace

QJsonObject trainRequestToJson(const engine::TrainRequest &request)
{
    QJsonObject object = {
        {QStringLiteral("kind"), nameOf(request.kind, kKinds)},
        {QStringLiteral("betas"), nameOf(request.betas, kBetas)},
        {QStringLiteral("curve"), nameOf(request.learningRateSchedule, kCurves)},
        {QStringLiteral("optimizer"), nameOf(request.optimizer, kOptimizers)},
        {QStringLiteral("lora_targets"), nameOf(request.loraTargets, kLoraTargets)},
        {QStringLiteral("prediction"), nameOf(request.prediction, kPredictions)},
        {QStringLiteral("precision"), nameOf(request.precision, kPrecisions)},
        {QStringLiteral("seed"), QString::number(request.seed)}, // does not fit a double
    };
    QJsonArray widths;
    for (const int width : request.widths)
        widths.append(width);
    object[QStringLiteral("widths")] = widths;
    QJsonArray prompts;
    for (const std::string &prompt : request.samplePrompts)
        prompts.append(QString::fromStdString(prompt));
    object[QStringLiteral("sample_prompts")] = prompts;
    visitFields(request, ToJson{object});
    return object;
}

engine::TrainRequest trainRequestFromJson(const QJsonObject &object)
{
    engine::TrainRequest request;
    const auto value = [&object](const char *name) { return object.value(QLatin1String(name)); };
    request.kind = valueOf(value("kind"), kKinds, request.kind);
    request.betas = valueOf(value("betas"), kBetas, request.betas);
    request.learningRateSchedule = valueOf(value("curve"), kCurves, request.learningRateSchedule);
    // Runs from before there was a choice were trained with AdamW.
    request.optimizer = valueOf(value("optimizer"), kOptimizers, engine::OptimizerKind::AdamW);
    request.loraTargets = valueOf(value("lora_targets"), kLoraTargets, request.loraTargets);
    request.prediction = valueOf(value("prediction"), kPredictions, request.prediction);
    request.precision = valueOf(value("precision"), kPrecisions, request.precision);
    request.seed = value("seed").toString().toULongLong();
    for (const QJsonValue &width : value("widths").toArray())
        request.widths.push_back(width.toInt());
    for (const QJsonValue &prompt : value("sample_prompts").toArray())
        request.samplePrompts.push_back(prompt.toString().toStdString());
    visitFields(request, FromJson{object});
    return request;
}

QString TrainingRunFiles::runFile() const
{
    return QDir(m_folder).filePath(QStringLiteral("run.json"));
}

QString TrainingRunFiles::lossFile() const
{
    return QDir(m_folder).filePath(QStringLiteral("loss.bin"));
}

QString TrainingRunFiles::sampleFile(qint64 step, int index) const
{
    return QDir(m_folder).filePath(QStringLiteral("samples/%1-%2.png").arg(step, 9, 10, QLatin1Char('0')).arg(index));
}

QString TrainingRunFiles::checkpointFolder() const
{
    return QDir(m_folder).filePath(QStringLiteral("checkpoint"));
}

bool TrainingRunFiles::hasCheckpoint() const
{
    return QFileInfo::exists(QDir(checkpointFolder()).filePath(QStringLiteral("training.safetensors")));
}

void TrainingRunFiles::write(const TrainingRun &run) const
{
    const QJsonObject object = {
        {QStringLiteral("version"), 1},
        {QStringLiteral("name"), run.name},
        {QStringLiteral("state"), nameOf(run.state, kStates)},
        {QStringLiteral("started"), run.started.toUTC().toString(Qt::ISODate)},
        {QStringLiteral("step"), run.step},
        {QStringLiteral("loss"), run.loss},
        {QStringLiteral("learning_rate"), run.learningRate},
        {QStringLiteral("pictures_per_second"), run.picturesPerSecond},
        {QStringLiteral("pictures"), run.pictures},
        {QStringLiteral("prompts"), QJsonArray::fromStringList(run.prompts)},
        {QStringLiteral("failure"), run.failure.sentence},
        {QStringLiteral("details"), run.failure.details},
        {QStringLiteral("failure_kind"), int(run.failure.kind)},
        {QStringLiteral("request"), trainRequestToJson(run.request)},
    };
    QDir().mkpath(m_folder);
    if (const auto failure = writeFileAtomically(runFile(), QJsonDocument(object).toJson()))
        qWarning("the training run in %s was not saved: %s", qPrintable(m_folder), qPrintable(failure->details));
}

std::optional<TrainingRun> TrainingRunFiles::read() const
{
    QFile file(runFile());
    if (!file.open(QIODevice::ReadOnly))
        return std::nullopt;
    const QJsonObject object = QJsonDocument::fromJson(file.readAll()).object();
    if (!object.contains(QLatin1String("request"))) {
        qWarning("the training run in %s is damaged", qPrintable(m_folder));
        return std::nullopt;
    }
    const auto value = [&object](const char *name) { return object.value(QLatin1String(name)); };
    TrainingRun run;
    run.id = QDir(m_folder).dirName();
    run.name = value("name").toString();
    run.started = QDateTime::fromString(value("started").toString(), Qt::ISODate).toLocalTime();
    run.step = value("step").toInteger();
    run.loss = value("loss").toDouble();
    run.learningRate = value("learning_rate").toDouble();
    run.picturesPerSecond = value("pictures_per_second").toDouble();
    run.pictures = value("pictures").toInt();
    for (const QJsonValue &prompt : value("prompts").toArray())
        run.prompts.append(prompt.toString());
    run.failure.sentence = value("failure").toString();
    run.failure.details = value("details").toString();
    run.failure.kind = engine::ErrorKind(std::clamp(value("failure_kind").toInt(), int(engine::ErrorKind::BadRequest),
                                                    int(engine::ErrorKind::Internal)));
    run.request = trainRequestFromJson(value("request").toObject());
    run.state = TrainingState::Paused; // "running" too: the program ended while it was
    for (const TrainingState state : {TrainingState::Kept, TrainingState::Finished, TrainingState::Failed}) {
        if (value("state").toString() == nameOf(state, kStates))
            run.state = state;
    }
    static const QRegularExpression pattern(QStringLiteral("^(\\d{9,})-(\\d+)\\.png$"));
    const QDir samples(QDir(m_folder).filePath(QStringLiteral("samples")));
    for (const QString &name : samples.entryList(QDir::Files, QDir::Name)) {
        if (const auto match = pattern.match(name); match.hasMatch())
            run.samples.append({match.captured(1).toLongLong(), match.captured(2).toInt(), samples.filePath(name)});
    }
    run.hasCheckpoint = hasCheckpoint();
    return run;
}

void TrainingRunFiles::append(const TrainingPoint &point) const
{
    std::array<quint32, 4> record = {quint32(point.step), 0, 0, 0};
    const std::array<float, 3> values = {point.loss, point.smoothedLoss, point.learningRate};
    std::memcpy(&record[1], values.data(), sizeof values);
    for (quint32 &word : record)
        word = qToLittleEndian(word);
    QFile file(lossFile());
    if (!file.open(QIODevice::Append))
        return;
    if (const qint64 cut = file.size() % kRecord; cut != 0) // a crash in the middle of a record
        file.resize(file.size() - cut);
    file.write(reinterpret_cast<const char *>(record.data()), kRecord);
}

TrainingHistory TrainingRunFiles::history() const
{
    QFile file(lossFile());
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray bytes = file.readAll();
    TrainingHistory points;
    points.reserve(std::size_t(bytes.size() / kRecord));
    for (qsizetype at = 0; at + kRecord <= bytes.size(); at += kRecord) {
        std::array<quint32, 4> record = {};
        std::memcpy(record.data(), bytes.constData() + at, kRecord);
        for (quint32 &word : record)
            word = qFromLittleEndian(word);
        std::array<float, 3> values = {};
        std::memcpy(values.data(), &record[1], sizeof values);
        points.push_back({qint64(record[0]), values[0], values[1], values[2]});
    }
    return points;
}

void TrainingRunFiles::forgetFrom(qint64 step) const
{
    TrainingHistory points = history();
    const auto first =
        std::find_if(points.begin(), points.end(), [step](const TrainingPoint &point) { return point.step >= step; });
    if (first == points.end())
        return;
    QFile file(lossFile());
    if (file.open(QIODevice::ReadWrite))
        file.resize(kRecord * (first - points.begin()));
}

} // namespace app
