#include "app/model_catalog.h"

#include "app/attempt.h"
#include "app/recipe.h"
#include "engine/engine.h"

#include <QDir>
#include <QFileInfo>
#include <QSet>

#include <algorithm>
#include <filesystem>

namespace app {

namespace {

constexpr int kDeepest = 5; ///< folders below a model folder

/// Folders of the other programs that hold parts rather than models.
const QSet<QString> kPartFolders = {
    QStringLiteral("lora"),          QStringLiteral("loras"),
    QStringLiteral("lycoris"),       QStringLiteral("vae"),
    QStringLiteral("vae_approx"),    QStringLiteral("vae-approx"),
    QStringLiteral("controlnet"),    QStringLiteral("embeddings"),
    QStringLiteral("esrgan"),        QStringLiteral("upscale_models"),
    QStringLiteral("clip"),          QStringLiteral("clip_vision"),
    QStringLiteral("hypernetworks"), QStringLiteral("style_models"),
    QStringLiteral("text_encoders"), QStringLiteral("codeformer"),
    QStringLiteral("gfpgan"),        QStringLiteral("text_encoder"),
    QStringLiteral("realesrgan"),    QStringLiteral("swinir"),
};

bool isModelFolder(const QDir &folder)
{
    return folder.exists(QStringLiteral("model_index.json")) || folder.exists(QStringLiteral("unet/config.json")) ||
           folder.exists(QStringLiteral("config.json"));
}

/// Paths of what may be a model, in the order of their names.
void collect(const QDir &folder, int depth, QStringList &paths)
{
    if (isModelFolder(folder)) {
        paths.append(folder.absolutePath());
        return;
    }
    const QFileInfoList files =
        folder.entryInfoList({QStringLiteral("*.safetensors"), QStringLiteral("*.ckpt"), QStringLiteral("*.gguf")},
                             QDir::Files, QDir::Name | QDir::IgnoreCase);
    for (const QFileInfo &file : files)
        paths.append(file.absoluteFilePath());
    if (depth >= kDeepest)
        return;
    const QFileInfoList folders =
        folder.entryInfoList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name | QDir::IgnoreCase);
    for (const QFileInfo &inner : folders) {
        if (!kPartFolders.contains(inner.fileName().toLower()))
            collect(QDir(inner.absoluteFilePath()), depth + 1, paths);
    }
}

ModelState stateFor(engine::ErrorKind kind)
{
    switch (kind) {
    case engine::ErrorKind::UnknownFamily:
    case engine::ErrorKind::NotSupported:
    case engine::ErrorKind::BadRequest:
        return ModelState::Unsupported;
    case engine::ErrorKind::FileUnreadable:
    case engine::ErrorKind::NotACheckpoint:
    case engine::ErrorKind::WrongWeights:
    case engine::ErrorKind::OutOfMemory:
    case engine::ErrorKind::DiskFull:
    case engine::ErrorKind::Internal:
        return ModelState::Damaged;
    }
    return ModelState::Damaged;
}

bool isSame(const ModelEntry &a, const ModelEntry &b)
{
    return a.path == b.path && a.name == b.name && a.source == b.source && a.state == b.state &&
           a.failure == b.failure && a.lastUsed == b.lastUsed && a.info.bytes == b.info.bytes &&
           a.info.family == b.info.family && a.info.missing == b.info.missing;
}

std::vector<ModelEntry> look(const QString &starterFolder, const QStringList &folders, const QStringList &recent)
{
    std::vector<ModelEntry> found;
    QSet<QString> seen;
    const auto add = [&](const QString &path, ModelSource source) {
        const QString canonical = QFileInfo(path).canonicalFilePath();
        const QString key = canonical.isEmpty() ? path : canonical;
        if (seen.contains(key))
            return;
        seen.insert(key);
        ModelEntry entry = inspectEntry(path, source);
        entry.lastUsed = recent.indexOf(path) + 1;
        found.push_back(std::move(entry));
    };
    QStringList paths;
    if (!starterFolder.isEmpty() && QFileInfo(starterFolder).isDir())
        collect(QDir(starterFolder), 0, paths);
    for (const QString &path : std::as_const(paths))
        add(path, ModelSource::Starter);
    for (const QString &path : recent)
        add(path, ModelSource::Recent);
    paths.clear();
    for (const QString &folder : folders) {
        if (QFileInfo(folder).isDir())
            collect(QDir(folder), 0, paths);
    }
    for (const QString &path : std::as_const(paths))
        add(path, ModelSource::Folder);
    return found;
}

} // namespace

ModelEntry inspectEntry(const QString &path, ModelSource source)
{
    ModelEntry entry;
    entry.path = path;
    entry.source = source;
    entry.name = modelNameOf(std::filesystem::path(path.toStdString()));
    const QFileInfo file(path);
    if (!file.exists()) {
        entry.state = ModelState::Missing;
        entry.failure =
            Failure::fromError(engine::Error(engine::ErrorKind::FileUnreadable, path.toStdString(), "does not exist"));
        return entry;
    }
    const Outcome outcome = attempt([&] { entry.info = engine::inspectModel(path.toStdString()); });
    if (const Failure *failure = std::get_if<Failure>(&outcome)) {
        entry.state = stateFor(failure->kind);
        entry.failure = *failure;
    } else if (!entry.info.missing.empty()) {
        std::string parts;
        for (const std::string &part : entry.info.missing)
            parts += (parts.empty() ? "" : ", ") + part;
        entry.state = ModelState::Damaged;
        entry.failure =
            Failure::fromError(engine::Error(engine::ErrorKind::WrongWeights, path.toStdString(), "has no " + parts));
    }
    if (!entry.info.name.empty())
        entry.name = QString::fromStdString(entry.info.name);
    return entry;
}

ModelCatalog::ModelCatalog(const QString &starterFolder, QObject *parent)
    : QAbstractListModel(parent), m_starterFolder(starterFolder)
{
    m_pool.setMaxThreadCount(1);
}

ModelCatalog::~ModelCatalog()
{
    m_pool.clear();
    m_pool.waitForDone();
}

void ModelCatalog::setFolders(const QStringList &folders)
{
    if (folders == m_folders)
        return;
    m_folders = folders;
    if (m_hasStarted)
        rescan();
}

void ModelCatalog::setRecent(const QStringList &paths)
{
    if (paths == m_recent)
        return;
    m_recent = paths;
    if (m_hasStarted)
        rescan();
}

void ModelCatalog::rescan()
{
    m_hasStarted = true;
    ++m_scansRunning;
    m_pool.start([this, starter = m_starterFolder, folders = m_folders, recent = m_recent] {
        std::vector<ModelEntry> found = look(starter, folders, recent);
        QMetaObject::invokeMethod(
            this,
            [this, found = std::move(found)] {
                --m_scansRunning;
                if (m_scansRunning > 0)
                    return; // a newer one follows
                apply(found);
                Q_EMIT scanned();
            },
            Qt::QueuedConnection);
    });
}

void ModelCatalog::apply(std::vector<ModelEntry> found)
{
    const auto has = [&found](const QString &path) {
        return std::any_of(found.begin(), found.end(), [&path](const ModelEntry &entry) { return entry.path == path; });
    };
    for (int at = int(m_entries.size()) - 1; at >= 0; --at) {
        if (has(m_entries[std::size_t(at)].path))
            continue;
        beginRemoveRows({}, at, at);
        m_entries.erase(m_entries.begin() + at);
        endRemoveRows();
    }
    for (int at = 0; at < int(found.size()); ++at) {
        ModelEntry &entry = found[std::size_t(at)];
        const int old = row(entry.path);
        if (old < 0) {
            beginInsertRows({}, at, at);
            m_entries.insert(m_entries.begin() + at, std::move(entry));
            endInsertRows();
            continue;
        }
        if (old != at) { // rows before `at` are in place already, so old > at
            beginMoveRows({}, old, old, {}, at);
            std::rotate(m_entries.begin() + at, m_entries.begin() + old, m_entries.begin() + old + 1);
            endMoveRows();
        }
        if (!isSame(m_entries[std::size_t(at)], entry)) {
            m_entries[std::size_t(at)] = std::move(entry);
            Q_EMIT dataChanged(index(at), index(at));
        }
    }
}

int ModelCatalog::row(const QString &path) const
{
    const auto found = std::find_if(m_entries.begin(), m_entries.end(),
                                    [&path](const ModelEntry &entry) { return entry.path == path; });
    return found == m_entries.end() ? -1 : int(found - m_entries.begin());
}

const ModelEntry *ModelCatalog::find(const QString &path) const
{
    const int at = row(path);
    return at < 0 ? nullptr : &m_entries[std::size_t(at)];
}

const ModelEntry *ModelCatalog::starter() const
{
    for (const ModelEntry &entry : m_entries) {
        if (entry.source == ModelSource::Starter && entry.state == ModelState::Ready && entry.info.takesPrompt)
            return &entry;
    }
    return nullptr;
}

int ModelCatalog::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_entries.size());
}

QVariant ModelCatalog::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const ModelEntry &entry = m_entries[std::size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole:
    case NameRole:
        return entry.name;
    case Qt::ToolTipRole:
    case PathRole:
        return entry.path;
    case StateRole:
        return int(entry.state);
    case SourceRole:
        return int(entry.source);
    case FailureSentenceRole:
        return entry.failure.sentence;
    case FamilyLabelRole:
        return QString::fromStdString(entry.info.familyLabel);
    case BytesRole:
        return qint64(entry.info.bytes);
    case TakesPromptRole:
        return entry.info.takesPrompt;
    case EntryRole:
        return QVariant::fromValue(entry);
    default:
        return {};
    }
}

QHash<int, QByteArray> ModelCatalog::roleNames() const
{
    return {{PathRole, "path"},
            {NameRole, "name"},
            {StateRole, "state"},
            {SourceRole, "source"},
            {FailureSentenceRole, "failureSentence"},
            {FamilyLabelRole, "familyLabel"},
            {BytesRole, "bytes"},
            {TakesPromptRole, "takesPrompt"},
            {EntryRole, "entry"}};
}

} // namespace app
