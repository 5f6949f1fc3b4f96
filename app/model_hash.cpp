#include "app/model_hash.h"

#include "app/image_file.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>

namespace app {

namespace {

/// The file that tells models apart: the model itself, or the denoiser's weights of a folder.
QString weightsOf(const QString &model)
{
    if (!QFileInfo(model).isDir())
        return model;
    for (const char *part : {"unet", "transformer", "."}) {
        const QDir folder(QDir(model).filePath(QLatin1String(part)));
        const QFileInfoList files = folder.entryInfoList({QStringLiteral("*.safetensors")}, QDir::Files, QDir::Name);
        if (!files.isEmpty())
            return files.first().absoluteFilePath();
    }
    return {};
}

} // namespace

ModelHashes::ModelHashes(const QString &file) : m_file(file) {}

QString ModelHashes::hashOf(const QString &model, const std::stop_token &stop)
{
    const std::lock_guard lock(m_mutex);
    if (!m_isRead)
        read();
    const QFileInfo info(weightsOf(model));
    QFile file(info.absoluteFilePath());
    if (info.filePath().isEmpty() || !file.open(QIODevice::ReadOnly))
        return {};
    const QString key = QStringLiteral("%1|%2|%3")
                            .arg(info.absoluteFilePath())
                            .arg(info.size())
                            .arg(info.lastModified().toMSecsSinceEpoch());
    const auto kept = m_hashes.constFind(key);
    if (kept != m_hashes.constEnd())
        return *kept;
    QCryptographicHash hash(QCryptographicHash::Sha256);
    const auto isStopped = [&] { return m_isStopped || stop.stop_requested(); };
    while (!isStopped() && !file.atEnd())
        hash.addData(file.read(4 << 20));
    if (isStopped())
        return {};
    const QString result = QString::fromLatin1(hash.result().toHex().left(10));
    m_hashes.insert(key, result);
    write();
    return result;
}

void ModelHashes::read()
{
    m_isRead = true;
    QFile file(m_file);
    if (m_file.isEmpty() || !file.open(QIODevice::ReadOnly))
        return;
    const QJsonObject json = QJsonDocument::fromJson(file.readAll()).object();
    for (auto entry = json.begin(); entry != json.end(); ++entry)
        m_hashes.insert(entry.key(), entry.value().toString());
}

void ModelHashes::write() const
{
    if (m_file.isEmpty())
        return;
    QJsonObject json;
    for (auto entry = m_hashes.cbegin(); entry != m_hashes.cend(); ++entry)
        json[entry.key()] = entry.value();
    if (const auto failure = writeFileAtomically(m_file, QJsonDocument(json).toJson()))
        qWarning("hashes of models were not saved: %s", qPrintable(failure->details));
}

} // namespace app
