#include "app/zip_writer.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <archive.h>
#include <archive_entry.h>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace app {

struct ZipWriter::Parts
{
    QByteArray part; ///< name while it grows
    int file = -1;
    archive *zip = nullptr;
    bool isOpen = false;
};

ZipWriter::ZipWriter(const QString &path) : m_path(path), m_parts(std::make_unique<Parts>())
{
    const QFileInfo info(path);
    QDir().mkpath(info.absolutePath());
    m_parts->part = QFile::encodeName(
        QStringLiteral("%1/.%2.%3.tincture-part").arg(info.absolutePath(), info.fileName()).arg(::getpid()));
    m_parts->file = ::open(m_parts->part.constData(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (m_parts->file < 0)
        return;
    m_parts->zip = archive_write_new();
    archive_write_set_format_zip(m_parts->zip);
    archive_write_set_options(m_parts->zip, "zip:compression=store,zip:hdrcharset=UTF-8");
    archive_write_set_bytes_per_block(m_parts->zip, 1 << 16);
    archive_write_set_bytes_in_last_block(m_parts->zip, 1);
    m_parts->isOpen = archive_write_open_fd(m_parts->zip, m_parts->file) == ARCHIVE_OK;
}

ZipWriter::~ZipWriter()
{
    if (m_parts->zip)
        archive_write_free(m_parts->zip);
    if (m_parts->file >= 0) {
        ::close(m_parts->file);
        ::unlink(m_parts->part.constData());
    }
}

Failure ZipWriter::fault(const char *what) const
{
    const char *said = m_parts->zip ? archive_error_string(m_parts->zip) : nullptr;
    return {.kind = engine::ErrorKind::DiskFull,
            .sentence = Failure::sentenceFor(engine::ErrorKind::DiskFull, m_path),
            .details =
                QStringLiteral("%1: %2: %3")
                    .arg(m_path, QLatin1String(what), QString::fromLocal8Bit(said ? said : std::strerror(errno)))};
}

std::optional<Failure> ZipWriter::add(const QString &name, const QByteArray &bytes, const QDateTime &modified)
{
    if (!m_parts->isOpen)
        return fault("cannot make a file beside it");
    archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname_utf8(entry, name.toUtf8().constData());
    archive_entry_set_size(entry, bytes.size());
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_mtime(entry, modified.toSecsSinceEpoch(), 0);
    const bool isWritten =
        archive_write_header(m_parts->zip, entry) == ARCHIVE_OK &&
        archive_write_data(m_parts->zip, bytes.constData(), std::size_t(bytes.size())) == bytes.size();
    archive_entry_free(entry);
    if (!isWritten)
        return fault("cannot write");
    return std::nullopt;
}

std::optional<Failure> ZipWriter::finish()
{
    if (!m_parts->isOpen)
        return fault("cannot make a file beside it");
    if (archive_write_close(m_parts->zip) != ARCHIVE_OK)
        return fault("cannot write");
    if (::fsync(m_parts->file) != 0)
        return fault("cannot flush to the disk");
    if (::rename(m_parts->part.constData(), QFile::encodeName(QFileInfo(m_path).absoluteFilePath()).constData()) != 0)
        return fault("cannot rename");
    ::close(m_parts->file);
    m_parts->file = -1;
    return std::nullopt;
}

} // namespace app
