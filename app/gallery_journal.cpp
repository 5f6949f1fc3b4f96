#include "app/gallery_journal.h"

#include "app/image_file.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtDebug>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace app {

namespace {

constexpr qint64 kLongestLine = 1 << 20;
constexpr qsizetype kSpareLines = 1000; ///< overwritten ones before the file is written anew
const QString kOldJournal = QStringLiteral(".tincture-stars.jsonl");
const QStringList kKinds = {QStringLiteral("ordinary"), QStringLiteral("smart"), QStringLiteral("search")};

QStringList stringsOf(const QJsonValue &value)
{
    QStringList strings;
    for (const QJsonValue &each : value.toArray()) {
        if (each.isString() && !each.toString().isEmpty())
            strings.append(each.toString());
    }
    return strings;
}

QByteArray toJson(const GalleryJournal::Line &line)
{
    QJsonObject object = {{QStringLiteral("file"), line.file},
                          {QStringLiteral("hash"), QString::fromLatin1(line.hash.toHex())},
                          {QStringLiteral("ms"), line.ms}};
    const PictureMarks &marks = line.marks;
    if (marks.stars != 0)
        object[QStringLiteral("stars")] = marks.stars;
    if (marks.label > 0 && marks.label <= labelNames().size())
        object[QStringLiteral("label")] = labelNames()[marks.label - 1];
    if (marks.isRejected)
        object[QStringLiteral("rejected")] = true;
    if (!marks.tags.isEmpty())
        object[QStringLiteral("tags")] = QJsonArray::fromStringList(marks.tags);
    if (!marks.note.isEmpty())
        object[QStringLiteral("note")] = marks.note;
    if (!marks.collections.isEmpty())
        object[QStringLiteral("collections")] = QJsonArray::fromStringList(marks.collections);
    if (line.isGone)
        object[QStringLiteral("gone")] = true;
    return QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
}

GalleryJournal::Line lineFrom(const QJsonObject &object)
{
    GalleryJournal::Line line;
    line.file = object.value(QLatin1String("file")).toString();
    line.hash = QByteArray::fromHex(object.value(QLatin1String("hash")).toString().toLatin1());
    line.ms = object.value(QLatin1String("ms")).toInteger();
    line.isGone = object.value(QLatin1String("gone")).toBool();
    line.marks.stars = std::clamp(object.value(QLatin1String("stars")).toInt(), 0, 5);
    line.marks.label = int(labelNames().indexOf(object.value(QLatin1String("label")).toString())) + 1;
    line.marks.isRejected = object.value(QLatin1String("rejected")).toBool();
    line.marks.tags = stringsOf(object.value(QLatin1String("tags")));
    line.marks.note = object.value(QLatin1String("note")).toString();
    line.marks.collections = stringsOf(object.value(QLatin1String("collections")));
    return line;
}

QByteArray toJson(const QList<GalleryCollection> &collections, qint64 ms)
{
    QJsonArray all;
    for (const GalleryCollection &each : collections)
        all.append(QJsonObject({{QStringLiteral("id"), each.id},
                                {QStringLiteral("name"), each.name},
                                {QStringLiteral("kind"), kKinds[int(each.kind)]},
                                {QStringLiteral("query"), each.query}}));
    return QJsonDocument(QJsonObject({{QStringLiteral("all_collections"), all}, {QStringLiteral("ms"), ms}}))
               .toJson(QJsonDocument::Compact) +
           '\n';
}

QList<GalleryCollection> collectionsFrom(const QJsonArray &all)
{
    QList<GalleryCollection> collections;
    for (const QJsonValue &value : all) {
        const QJsonObject each = value.toObject();
        const QString id = each.value(QLatin1String("id")).toString();
        if (id.isEmpty())
            continue;
        const auto kind = std::max<qsizetype>(kKinds.indexOf(each.value(QLatin1String("kind")).toString()), 0);
        collections.append({.id = id,
                            .name = each.value(QLatin1String("name")).toString(),
                            .kind = CollectionKind(kind),
                            .query = each.value(QLatin1String("query")).toString()});
    }
    return collections;
}

QString reason()
{
    return QString::fromLocal8Bit(std::strerror(errno));
}

/// A journal that nobody else writes meanwhile.
class LockedFile
{
public:
    explicit LockedFile(const QString &path) : m_folder(QFileInfo(path).path())
    {
        const QByteArray name = QFile::encodeName(path);
        for (int attempt = 0; attempt < 10; ++attempt) {
            m_file = ::open(name.constData(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
            if (m_file < 0)
                return;
            struct stat opened = {};
            struct stat named = {};
            // Somebody may have put a compacted one in its place while we waited.
            if (::flock(m_file, LOCK_EX) == 0 && ::fstat(m_file, &opened) == 0 &&
                ::stat(name.constData(), &named) == 0 && opened.st_ino == named.st_ino) {
                m_size = opened.st_size;
                return;
            }
            ::close(m_file);
            m_file = -1;
        }
    }
    ~LockedFile()
    {
        if (m_file >= 0)
            ::close(m_file);
    }
    LockedFile(const LockedFile &) = delete;
    LockedFile &operator=(const LockedFile &) = delete;

    [[nodiscard]] bool isOpen() const { return m_file >= 0; }
    [[nodiscard]] qint64 size() const { return m_size; }
    /// All of it and on the disk, or nothing.
    [[nodiscard]] bool append(QByteArray bytes) const
    {
        char last = '\n';
        if (m_size > 0 && ::pread(m_file, &last, 1, m_size - 1) == 1 && last != '\n')
            bytes.prepend('\n'); // behind the half line of a kill
        qsizetype done = 0;
        while (done < bytes.size()) {
            const ssize_t written = ::write(m_file, bytes.constData() + done, std::size_t(bytes.size() - done));
            if (written < 0 && errno == EINTR)
                continue;
            if (written <= 0)
                break;
            done += written;
        }
        if (done == bytes.size() && ::fsync(m_file) == 0) {
            if (m_size == 0)
                flushFolder(); // a new name is on the disk only when its folder is
            return true;
        }
        const int error = errno;
        (void)!::ftruncate(m_file, m_size);
        errno = error;
        return false;
    }

private:
    void flushFolder() const
    {
        const int folder = ::open(QFile::encodeName(m_folder).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (folder >= 0) {
            ::fsync(folder);
            ::close(folder);
        }
    }

    QString m_folder;
    int m_file = -1;
    qint64 m_size = 0;
};

} // namespace

GalleryJournal::GalleryJournal(QString folder, const QString &ownFolder) : m_folder(std::move(folder))
{
    if (!ownFolder.isEmpty()) {
        const QByteArray name = QCryptographicHash::hash(m_folder.toUtf8(), QCryptographicHash::Md5).toHex();
        m_ownPath = QDir(ownFolder).filePath(QString::fromLatin1(name) + QStringLiteral(".jsonl"));
    }
}

QString GalleryJournal::homePath() const
{
    return QDir(m_folder).filePath(fileName());
}

QString GalleryJournal::relative(const QString &path) const
{
    return path.startsWith(m_folder + u'/') ? path.mid(m_folder.size() + 1) : QDir(m_folder).relativeFilePath(path);
}

QString GalleryJournal::absolute(const QString &file) const
{
    return m_folder + u'/' + file;
}

void GalleryJournal::take(const Line &line)
{
    const auto known = m_lines.constFind(line.file);
    if (known != m_lines.constEnd()) {
        if (known->ms > line.ms)
            return;
        if (known->isGone && m_gone.value(known->hash) == line.file)
            m_gone.remove(known->hash);
    }
    m_lines.insert(line.file, line);
    if (line.isGone && !line.hash.isEmpty())
        m_gone.insert(line.hash, line.file);
}

qsizetype GalleryJournal::read(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    qsizetype count = 0;
    while (!file.atEnd()) {
        const QByteArray text = file.readLine(kLongestLine);
        const QJsonObject object = QJsonDocument::fromJson(text).object(); // half lines are no JSON
        ++count;
        if (object.contains(QLatin1String("all_collections"))) {
            const qint64 ms = object.value(QLatin1String("ms")).toInteger();
            if (ms >= m_collectionsMs) {
                m_collectionsMs = ms;
                m_collections = collectionsFrom(object.value(QLatin1String("all_collections")).toArray());
            }
            continue;
        }
        const Line line = lineFrom(object);
        if (!line.file.isEmpty())
            take(line);
    }
    return count;
}

void GalleryJournal::readStars()
{
    QFile file(QDir(m_folder).filePath(kOldJournal));
    if (!file.open(QIODevice::ReadOnly))
        return;
    while (!file.atEnd()) {
        Line line = lineFrom(QJsonDocument::fromJson(file.readLine(kLongestLine)).object());
        line.ms = 0; // whatever is in the new journal counts more
        if (!line.file.isEmpty() && m_lines.value(line.file).ms == 0)
            m_lines.insert(line.file, line);
    }
}

void GalleryJournal::load()
{
    readStars();
    m_homeLines = read(homePath());
    if (!m_ownPath.isEmpty())
        m_ownLines = read(m_ownPath);
    m_isReadOnly = QFileInfo::exists(m_folder) && ::access(QFile::encodeName(m_folder).constData(), W_OK) != 0;
}

void GalleryJournal::merge(const GalleryJournal &other)
{
    for (const Line &line : other.m_lines)
        take(line);
    if (other.m_collectionsMs > m_collectionsMs) {
        m_collectionsMs = other.m_collectionsMs;
        m_collections = other.m_collections;
    }
    m_homeLines = std::max(m_homeLines, other.m_homeLines);
    m_ownLines = std::max(m_ownLines, other.m_ownLines);
    m_isReadOnly = other.m_isReadOnly;
    m_place = other.m_place;
}

void GalleryJournal::bringHome()
{
    if (m_isReadOnly || m_ownPath.isEmpty() || m_ownLines == 0 || !QFileInfo::exists(m_folder))
        return;
    GalleryJournal home(m_folder, QString{});
    home.load();
    QByteArray bytes;
    qsizetype count = 0;
    for (const Line &line : std::as_const(m_lines)) {
        const Line *there = home.byFile(line.file);
        if (line.ms > 0 && (!there || there->ms < line.ms)) {
            bytes += toJson(line);
            ++count;
        }
    }
    if (count == 0)
        return;
    const LockedFile file(homePath());
    if (file.isOpen() && file.append(bytes))
        m_homeLines += count;
}

const GalleryJournal::Line *GalleryJournal::byFile(const QString &file) const
{
    const auto line = m_lines.constFind(file);
    return line == m_lines.constEnd() ? nullptr : &*line;
}

const GalleryJournal::Line *GalleryJournal::byHash(const QByteArray &hash) const
{
    const auto file = m_gone.constFind(hash);
    return file == m_gone.constEnd() ? nullptr : byFile(*file);
}

const GalleryJournal::Line *GalleryJournal::find(const QString &file, const QByteArray &hash) const
{
    const Line *line = byFile(file);
    if (line && (line->hash.isEmpty() || line->hash == hash))
        return line;
    if (const Line *gone = byHash(hash))
        return gone;
    return line && !line->isGone ? line : nullptr; // changed in its place
}

QString GalleryJournal::append(const QList<Line> &lines)
{
    QByteArray bytes;
    QList<Line> stamped = lines;
    for (Line &line : stamped) {
        const Line *old = byFile(line.file);
        line.ms = std::max(QDateTime::currentMSecsSinceEpoch(), old ? old->ms + 1 : 0); // a clock may go back
        bytes += toJson(line);
    }
    const QString fault = write(bytes, stamped.size());
    if (fault.isEmpty()) {
        for (const Line &line : std::as_const(stamped))
            take(line);
    }
    return fault;
}

QString GalleryJournal::setCollections(const QList<GalleryCollection> &collections)
{
    const qint64 ms = std::max(QDateTime::currentMSecsSinceEpoch(), m_collectionsMs + 1);
    const QString fault = write(toJson(collections, ms), 1);
    if (fault.isEmpty()) {
        m_collections = collections;
        m_collectionsMs = ms;
    }
    return fault;
}

QString GalleryJournal::write(const QByteArray &bytes, qsizetype lines)
{
    QString fault;
    if (m_place == Place::BesidePictures && QDir().mkpath(m_folder)) {
        const QString path = homePath();
        {
            const LockedFile file(path);
            if (file.isOpen() && file.append(bytes)) {
                m_homeLines += lines;
                m_isReadOnly = false;
            } else {
                fault = QStringLiteral("%1: %2").arg(path, reason());
                m_isReadOnly = m_isReadOnly || errno == EACCES || errno == EROFS || errno == EPERM;
            }
        }
        if (fault.isEmpty()) {
            compactIfWorthIt(path, &m_homeLines);
            return {};
        }
    }
    if (m_ownPath.isEmpty())
        return fault.isEmpty() ? QStringLiteral("%1: cannot be made").arg(m_folder) : fault;
    QDir().mkpath(QFileInfo(m_ownPath).path());
    {
        const LockedFile file(m_ownPath);
        if (!file.isOpen() || !file.append(bytes))
            return QStringLiteral("%1; %2: %3").arg(fault, m_ownPath, reason());
        m_ownLines += lines;
    }
    compactIfWorthIt(m_ownPath, &m_ownLines);
    return {};
}

void GalleryJournal::compactIfWorthIt(const QString &path, qsizetype *lines)
{
    if (*lines < 2 * m_lines.size() + kSpareLines)
        return;
    const LockedFile lock(path); // nobody appends until the new one is in its place
    if (!lock.isOpen())
        return;
    // What another program appended since we read it is in the file alone.
    GalleryJournal all(m_folder, QString{});
    all.readStars();
    all.read(path);
    all.merge(*this);
    QByteArray bytes;
    qsizetype count = 0;
    for (const Line &line : std::as_const(all.m_lines)) {
        if (line.marks.isEmpty() && line.isGone)
            continue;
        bytes += toJson(line);
        ++count;
    }
    if (all.m_collectionsMs > 0) {
        bytes += toJson(all.m_collections, all.m_collectionsMs);
        ++count;
    }
    if (const std::optional<Failure> failure = writeFileAtomically(path, bytes))
        qWarning("journal: %s", qPrintable(failure->details)); // the long one still holds everything
    else
        *lines = count;
}

} // namespace app
