#include "app/gallery_store.h"

#include "app/gallery_writer.h"
#include "app/image_file.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QHash>
#include <QJsonDocument>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QtDebug>

#include <algorithm>

namespace app {

namespace {

constexpr int kVersion = 1; ///< of the newest file in resources/schema

bool runScript(QSqlDatabase &db, const QString &resource)
{
    QFile file(resource);
    if (!file.open(QIODevice::ReadOnly))
        return false;
    QString script;
    const QStringList lines = QString::fromUtf8(file.readAll()).split(QLatin1Char('\n'));
    for (const QString &line : lines)
        script += line.section(QStringLiteral("--"), 0, 0) + QLatin1Char('\n');
    db.transaction();
    const QStringList statements = script.split(QLatin1Char(';'));
    for (const QString &statement : statements) {
        QSqlQuery query(db);
        if (!statement.trimmed().isEmpty() && !query.exec(statement)) {
            qWarning("gallery index: %s", qPrintable(query.lastError().text()));
            db.rollback();
            return false;
        }
    }
    return db.commit();
}

} // namespace

GalleryPicture galleryPictureFrom(const PictureInfo &info)
{
    GalleryPicture picture;
    picture.path = info.path;
    picture.bytes = info.bytes;
    picture.modifiedMs = info.modifiedMs;
    picture.size = info.size;
    picture.created = QDateTime::fromMSecsSinceEpoch(info.modifiedMs);
    if (!info.recipe)
        return picture;
    const Recipe &recipe = *info.recipe;
    if (recipe.created.isValid())
        picture.created = recipe.created;
    picture.prompt = QString::fromStdString(recipe.request.prompt);
    picture.negative = QString::fromStdString(recipe.request.negativePrompt);
    picture.model = recipe.modelName;
    picture.sampler =
        recipe.has(QStringLiteral("sampler")) ? QString::fromStdString(recipe.request.sampler) : QString();
    picture.schedule =
        recipe.has(QStringLiteral("schedule")) ? QString::fromStdString(recipe.request.schedule) : QString();
    picture.steps = recipe.has(QStringLiteral("steps")) ? recipe.request.steps : 0;
    picture.cfg = recipe.has(QStringLiteral("cfg")) ? recipe.request.guidanceScale : 0.0;
    picture.seed = recipe.request.seed;
    picture.recipe = QJsonDocument(recipeToJson(recipe)).toJson(QJsonDocument::Compact);
    return picture;
}

GalleryStore::GalleryStore(const QString &database, const QString &folder, QObject *parent)
    : QObject(parent)
    , m_database(database)
    , m_folder(QFileInfo(folder).absoluteFilePath())
    , m_reader(QStringLiteral("gallery-reader-%1").arg(quintptr(this), 0, 16))
    , m_writer(std::make_unique<Writer>(*this, database))
{
    m_pool.setMaxThreadCount(1);
    m_pool.setExpiryTimeout(-1); // the connection belongs to the thread
}

GalleryStore::~GalleryStore()
{
    m_writer->stop();
    m_pool.start([this] { m_writer->close(); });
    m_pool.waitForDone();
    QSqlDatabase::database(m_reader, false).close();
    QSqlDatabase::removeDatabase(m_reader);
}

void GalleryStore::open()
{
    QDir().mkpath(QFileInfo(m_database).absolutePath());
    const bool isSound = openReader();
    if (!isSound) {
        setAside();
        openReader();
    }
    m_pool.start([this] { m_writer->open(); });
    if (!isSound) {
        Q_EMIT notice(tr("The index of the gallery was damaged. It is being made again from the pictures."));
        rescan();
    }
}

bool GalleryStore::openReader()
{
    QSqlDatabase db = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), m_reader);
    db.setDatabaseName(m_database);
    db.setConnectOptions(QStringLiteral("QSQLITE_BUSY_TIMEOUT=5000"));
    if (!db.open())
        return false;
    QSqlQuery query(db);
    if (!query.exec(QStringLiteral("PRAGMA journal_mode = WAL")) ||
        !query.exec(QStringLiteral("PRAGMA user_version")) || !query.next())
        return false;
    const int version = query.value(0).toInt();
    query.finish();
    if (version > kVersion) // of a newer program: it keeps its file, this one makes its own
        return false;
    for (int next = version + 1; next <= kVersion; ++next) {
        if (!runScript(db, QStringLiteral(":/schema/%1.sql").arg(next, 3, 10, QLatin1Char('0'))))
            return false;
    }
    return query.exec(QStringLiteral("SELECT count(*) FROM pictures"));
}

void GalleryStore::setAside()
{
    {
        QSqlDatabase db = QSqlDatabase::database(m_reader, false);
        db.close();
    }
    QSqlDatabase::removeDatabase(m_reader);
    for (const QString &ending : {QString(), QStringLiteral("-wal"), QStringLiteral("-shm")}) {
        const QString aside = m_database + QStringLiteral(".damaged") + ending;
        QFile::remove(aside);
        QFile::rename(m_database + ending, aside);
    }
}

void GalleryStore::rebuild()
{
    if (m_isRebuilding)
        return;
    m_isRebuilding = true; // once a run: a second time the disk is to blame
    qWarning("the gallery index %s is damaged and is made again", qPrintable(m_database));
    m_pool.clear();
    m_pool.start([this] { m_writer->close(); });
    m_pool.waitForDone();
    setAside();
    openReader();
    m_pool.start([this] { m_writer->open(); });
    Q_EMIT notice(tr("The index of the gallery was damaged. It is being made again from the pictures."));
    Q_EMIT reset();
    rescan();
}

void GalleryStore::rescan()
{
    m_pool.start([this, folder = m_folder] { m_writer->rescan(folder); });
}

void GalleryStore::setFolder(const QString &folder)
{
    m_folder = QFileInfo(folder).absoluteFilePath();
    rescan();
}

void GalleryStore::add(const GalleryPicture &picture)
{
    m_pool.start([this, picture] { m_writer->add(picture); });
}

void GalleryStore::setStars(qint64 id, int stars)
{
    m_pool.start(
        [this, id, stars = std::clamp(stars, 0, 5), folder = m_folder] { m_writer->setStars(id, stars, folder); });
}

void GalleryStore::remove(qint64 id)
{
    m_pool.start([this, id] { m_writer->remove(id); });
}

QList<qint64> GalleryStore::ids() const
{
    QList<qint64> ids;
    const QSqlDatabase db = QSqlDatabase::database(m_reader, false);
    if (!db.isOpen())
        return {}; // the window is there before open()
    QSqlQuery query(db);
    query.setForwardOnly(true);
    query.exec(QStringLiteral("SELECT id FROM pictures ORDER BY created_ms DESC, id DESC"));
    while (query.next())
        ids.append(query.value(0).toLongLong());
    return ids;
}

QList<GalleryPicture> GalleryStore::pictures(const QList<qint64> &ids) const
{
    QStringList numbers;
    numbers.reserve(ids.size());
    for (const qint64 id : ids)
        numbers.append(QString::number(id));
    const QSqlDatabase db = QSqlDatabase::database(m_reader, false);
    if (!db.isOpen())
        return {}; // the window is there before open()
    QSqlQuery query(db);
    query.setForwardOnly(true);
    query.exec(QStringLiteral("SELECT %1 FROM pictures WHERE id IN (%2)")
                   .arg(QLatin1String(kPictureColumns), numbers.join(QLatin1Char(','))));
    QHash<qint64, GalleryPicture> rows;
    while (query.next()) {
        GalleryPicture picture = galleryPictureFrom(query);
        rows.insert(picture.id, std::move(picture));
    }
    QList<GalleryPicture> found;
    for (const qint64 id : ids) {
        const auto row = rows.constFind(id);
        if (row != rows.constEnd())
            found.append(*row);
    }
    return found;
}

qint64 GalleryStore::idOf(const QString &path) const
{
    const QSqlDatabase db = QSqlDatabase::database(m_reader, false);
    if (!db.isOpen())
        return 0; // the window is there before open()
    QSqlQuery query(db);
    query.prepare(QStringLiteral("SELECT id FROM pictures WHERE path = ?"));
    query.addBindValue(path);
    return query.exec() && query.next() ? query.value(0).toLongLong() : 0;
}

int GalleryStore::count() const
{
    const QSqlDatabase db = QSqlDatabase::database(m_reader, false);
    if (!db.isOpen())
        return 0; // the window is there before open()
    QSqlQuery query(db);
    return query.exec(QStringLiteral("SELECT count(*) FROM pictures")) && query.next() ? query.value(0).toInt() : 0;
}

void GalleryStore::finish()
{
    m_pool.waitForDone();
}

} // namespace app
