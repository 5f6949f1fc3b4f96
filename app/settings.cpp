#include "app/settings.h"

#include <QDir>
#include <QSettings>
#include <QStandardPaths>

#include <algorithm>

namespace app {

namespace {

constexpr int kRecentModels = 8;
const QStringList kThemes = {QStringLiteral("system"), QStringLiteral("dark"), QStringLiteral("light"),
                             QStringLiteral("contrast")};
const QStringList kPreviews = {QStringLiteral("none"), QStringLiteral("x0"), QStringLiteral("xt")};
const QStringList kDecoders = {QStringLiteral("linear"), QStringLiteral("full")};

/// A file may hold anything: unknown words mean `otherwise`.
int choice(const QStringList &words, const QVariant &value, int otherwise)
{
    const qsizetype at = words.indexOf(value.toString());
    return at < 0 ? otherwise : int(at);
}

} // namespace

Settings::Settings(const QString &file, QObject *parent)
    : QObject(parent), m_file(std::make_unique<QSettings>(file, QSettings::IniFormat))
{
}

Settings::~Settings() = default;

QVariant Settings::value(const QString &key, const QVariant &otherwise) const
{
    return m_file->value(key, otherwise);
}

bool Settings::store(const QString &key, const QVariant &value)
{
    if (m_file->contains(key) && m_file->value(key).toString() == value.toString() && m_file->value(key) == value)
        return false;
    m_file->setValue(key, value); // QSettings writes soon, on its own, atomically
    return true;
}

Theme Settings::theme() const
{
    return Theme(choice(kThemes, value(QStringLiteral("look/theme"), {}), int(Theme::System)));
}

void Settings::setTheme(Theme theme)
{
    if (store(QStringLiteral("look/theme"), kThemes[int(theme)]))
        Q_EMIT themeChanged(theme);
}

QString Settings::language() const
{
    return value(QStringLiteral("look/language"), QString()).toString();
}

void Settings::setLanguage(const QString &language)
{
    if (store(QStringLiteral("look/language"), language))
        Q_EMIT languageChanged(language);
}

QString Settings::pictureFolder() const
{
    const QString set = value(QStringLiteral("files/pictures"), QString()).toString();
    if (!set.isEmpty())
        return set;
    QString pictures = QStandardPaths::writableLocation(QStandardPaths::PicturesLocation);
    if (pictures.isEmpty())
        pictures = QDir::homePath();
    return QDir(pictures).filePath(QStringLiteral("Tincture"));
}

void Settings::setPictureFolder(const QString &folder)
{
    if (store(QStringLiteral("files/pictures"), folder))
        Q_EMIT pictureFolderChanged(pictureFolder());
}

QString Settings::namePattern() const
{
    const QString set = value(QStringLiteral("files/namePattern"), QString()).toString().trimmed();
    return set.isEmpty() ? QStringLiteral("[seq]-[seed]") : set;
}

void Settings::setNamePattern(const QString &pattern)
{
    store(QStringLiteral("files/namePattern"), pattern);
}

QStringList Settings::galleryFolders() const
{
    return value(QStringLiteral("files/folders"), QStringList()).toStringList();
}

void Settings::setGalleryFolders(const QStringList &folders)
{
    if (folders == galleryFolders())
        return;
    m_file->setValue(QStringLiteral("files/folders"), folders);
    Q_EMIT galleryFoldersChanged(folders);
}

QStringList Settings::modelFolders() const
{
    return value(QStringLiteral("models/folders"), QStringList()).toStringList();
}

void Settings::setModelFolders(const QStringList &folders)
{
    if (folders == modelFolders())
        return;
    m_file->setValue(QStringLiteral("models/folders"), folders);
    Q_EMIT modelFoldersChanged(folders);
}

QString Settings::lastModel() const
{
    return value(QStringLiteral("models/last"), QString()).toString();
}

QStringList Settings::recentModels() const
{
    return value(QStringLiteral("models/recent"), QStringList()).toStringList();
}

void Settings::useModel(const QString &path)
{
    store(QStringLiteral("models/last"), path);
    QStringList recent = recentModels();
    if (!recent.isEmpty() && recent.first() == path)
        return;
    recent.removeAll(path);
    recent.prepend(path);
    m_file->setValue(QStringLiteral("models/recent"), recent.mid(0, kRecentModels));
    Q_EMIT recentModelsChanged(recentModels());
}

engine::PreviewContent Settings::previewContent() const
{
    return engine::PreviewContent(
        choice(kPreviews, value(QStringLiteral("create/preview"), {}), int(engine::PreviewContent::PredictedX0)));
}

void Settings::setPreviewContent(engine::PreviewContent content)
{
    if (store(QStringLiteral("create/preview"), kPreviews[int(content)]))
        Q_EMIT previewChanged();
}

engine::PreviewDecoder Settings::previewDecoder() const
{
    return engine::PreviewDecoder(
        choice(kDecoders, value(QStringLiteral("create/previewDecoder"), {}), int(engine::PreviewDecoder::Linear)));
}

void Settings::setPreviewDecoder(engine::PreviewDecoder decoder)
{
    if (store(QStringLiteral("create/previewDecoder"), kDecoders[int(decoder)]))
        Q_EMIT previewChanged();
}

bool Settings::showsNewest() const
{
    return value(QStringLiteral("create/showsNewest"), true).toBool();
}

void Settings::setShowsNewest(bool shows)
{
    store(QStringLiteral("create/showsNewest"), shows);
}

bool Settings::keepsSteps() const
{
    return value(QStringLiteral("steps/keep"), true).toBool();
}

void Settings::setKeepsSteps(bool keeps)
{
    if (store(QStringLiteral("steps/keep"), keeps))
        Q_EMIT stepsChanged();
}

bool Settings::keepsWords() const
{
    return value(QStringLiteral("steps/words"), false).toBool();
}

void Settings::setKeepsWords(bool keeps)
{
    if (store(QStringLiteral("steps/words"), keeps))
        Q_EMIT stepsChanged();
}

bool Settings::savesSteps() const
{
    return value(QStringLiteral("steps/save"), false).toBool();
}

void Settings::setSavesSteps(bool saves)
{
    if (store(QStringLiteral("steps/save"), saves))
        Q_EMIT stepsChanged();
}

int Settings::stepsMemory() const
{
    return std::clamp(value(QStringLiteral("steps/memory"), 512).toInt(), 16, 1 << 20);
}

void Settings::setStepsMemory(int mebibytes)
{
    if (store(QStringLiteral("steps/memory"), mebibytes))
        Q_EMIT stepsChanged();
}

int Settings::threads() const
{
    return std::clamp(value(QStringLiteral("engine/threads"), 0).toInt(), 0, 1024);
}

void Settings::setThreads(int threads)
{
    store(QStringLiteral("engine/threads"), threads);
}

QByteArray Settings::windowGeometry() const
{
    return value(QStringLiteral("window/geometry"), QByteArray()).toByteArray();
}

void Settings::setWindowGeometry(const QByteArray &geometry)
{
    m_file->setValue(QStringLiteral("window/geometry"), geometry);
}

int Settings::panelWidth(const QString &panel, int otherwise) const
{
    return std::clamp(value(QStringLiteral("panels/%1/width").arg(panel), otherwise).toInt(), 0, 10000);
}

void Settings::setPanelWidth(const QString &panel, int width)
{
    store(QStringLiteral("panels/%1/width").arg(panel), width);
}

bool Settings::isPanelFolded(const QString &panel) const
{
    return value(QStringLiteral("panels/%1/folded").arg(panel), false).toBool();
}

void Settings::setPanelFolded(const QString &panel, bool isFolded)
{
    store(QStringLiteral("panels/%1/folded").arg(panel), isFolded);
}

int Settings::thumbnailSize() const
{
    return std::clamp(value(QStringLiteral("gallery/thumbnailSize"), 128).toInt(), 64, 512);
}

void Settings::setThumbnailSize(int pixels)
{
    store(QStringLiteral("gallery/thumbnailSize"), pixels);
}

QVariant Settings::viewState(const QString &view, const QVariant &otherwise) const
{
    return value(QStringLiteral("views/") + view, otherwise);
}

void Settings::setViewState(const QString &view, const QVariant &state)
{
    store(QStringLiteral("views/") + view, state);
}

QString Settings::exportOptions() const
{
    return value(QStringLiteral("export/options"), QString()).toString();
}

void Settings::setExportOptions(const QString &json)
{
    store(QStringLiteral("export/options"), json);
}

QString Settings::lastPage() const
{
    return value(QStringLiteral("window/page"), QString()).toString();
}

void Settings::setLastPage(const QString &page)
{
    store(QStringLiteral("window/page"), page);
}

} // namespace app
