#pragma once

#include "engine/request.h"

#include <QByteArray>
#include <QObject>
#include <QString>
#include <QStringList>
#include <QVariant>

#include <memory>

class QSettings;

namespace app {

enum class Theme { System, Dark, Light, HighContrast };

/// What the user has set, typed; kept in an INI file and saved as it changes.
class Settings : public QObject
{
    Q_OBJECT

public:
    /// \param file an INI file; made when something is set
    explicit Settings(const QString &file, QObject *parent = nullptr);
    ~Settings() override;

    [[nodiscard]] Theme theme() const;
    void setTheme(Theme theme);
    [[nodiscard]] QString language() const; ///< "de", "en", ...; empty: the system's
    void setLanguage(const QString &language);

    [[nodiscard]] QString pictureFolder() const; ///< Pictures/Tincture unless set
    void setPictureFolder(const QString &folder);
    [[nodiscard]] QString namePattern() const; ///< "[seq]-[seed]" unless set; ".png" is added
    void setNamePattern(const QString &pattern);

    [[nodiscard]] QStringList galleryFolders() const; ///< read in place, besides pictureFolder()
    void setGalleryFolders(const QStringList &folders);
    [[nodiscard]] QStringList modelFolders() const;
    void setModelFolders(const QStringList &folders);
    [[nodiscard]] QString lastModel() const;        ///< path; empty: none yet
    [[nodiscard]] QStringList recentModels() const; ///< newest first, at most 8
    void useModel(const QString &path);             ///< sets both

    [[nodiscard]] engine::PreviewContent previewContent() const;
    void setPreviewContent(engine::PreviewContent content);
    [[nodiscard]] engine::PreviewDecoder previewDecoder() const;
    void setPreviewDecoder(engine::PreviewDecoder decoder);
    [[nodiscard]] bool showsNewest() const; ///< the canvas goes to a picture when it is finished
    void setShowsNewest(bool shows);
    [[nodiscard]] bool keepsSteps() const; ///< of every picture of the session, for the inspector
    void setKeepsSteps(bool keeps);
    [[nodiscard]] bool keepsWords() const; ///< and which parts its words drew
    void setKeepsWords(bool keeps);
    [[nodiscard]] bool savesSteps() const; ///< beside the pictures
    void setSavesSteps(bool saves);
    [[nodiscard]] int stepsMemory() const; ///< MiB that kept steps may take
    void setStepsMemory(int mebibytes);
    [[nodiscard]] int threads() const; ///< 0: as many as there are cores
    void setThreads(int threads);

    [[nodiscard]] QByteArray windowGeometry() const;
    void setWindowGeometry(const QByteArray &geometry);
    [[nodiscard]] int panelWidth(const QString &panel, int otherwise) const; ///< "create/left", ...
    void setPanelWidth(const QString &panel, int width);
    [[nodiscard]] bool isPanelFolded(const QString &panel) const;
    void setPanelFolded(const QString &panel, bool isFolded);
    [[nodiscard]] int thumbnailSize() const; ///< of the gallery, 64..512
    void setThumbnailSize(int pixels);
    /// How a view was left ("gallery/sort", "gallery/columns").
    [[nodiscard]] QVariant viewState(const QString &view, const QVariant &otherwise = {}) const;
    void setViewState(const QString &view, const QVariant &state);
    [[nodiscard]] QString exportOptions() const; ///< JSON of the export dialog; empty: never used
    void setExportOptions(const QString &json);
    [[nodiscard]] QString lastPage() const;
    void setLastPage(const QString &page);

Q_SIGNALS:
    void themeChanged(app::Theme theme);
    void languageChanged(const QString &language);
    void pictureFolderChanged(const QString &folder);
    void galleryFoldersChanged(const QStringList &folders);
    void modelFoldersChanged(const QStringList &folders);
    void recentModelsChanged(const QStringList &paths);
    void previewChanged();
    void stepsChanged(); ///< what is kept of the steps

private:
    [[nodiscard]] QVariant value(const QString &key, const QVariant &otherwise) const;
    bool store(const QString &key, const QVariant &value); ///< true if it was different

    std::unique_ptr<QSettings> m_file;
};

} // namespace app

Q_DECLARE_METATYPE(app::Theme)
