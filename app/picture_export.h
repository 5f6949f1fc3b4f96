#pragma once

#include "app/contact_sheet.h"
#include "app/failure.h"
#include "app/recipe.h"

#include <QObject>
#include <QSize>
#include <QStringList>
#include <QThreadPool>

#include <functional>
#include <optional>
#include <stop_token>

namespace app {

enum class ExportAs { Files, Zip, SheetPdf, SheetPng };
enum class ExportFormat { Png, Jpeg, Webp };
enum class ExportSize { Original, LongestSide, Percent };

/// How pictures leave the gallery.
struct ExportOptions
{
    ExportAs as = ExportAs::Files;
    ExportFormat format = ExportFormat::Png;
    int quality = 90;        ///< of JPEG and WebP, 1..100
    bool isLossless = false; ///< of WebP
    ExportSize size = ExportSize::Original;
    int longestSide = 2048; ///< pixels; smaller pictures stay as they are
    double percent = 50.0;
    bool keepsMetadata = true;
    QString pattern = QStringLiteral("[name]"); ///< tokens of pictureFileName() and [name], the old name
    QString folder = {};
    QString bundleName = {}; ///< of a zip or a sheet, without ending; empty: a name with the date
    int columns = 4;         ///< of a contact sheet
    SheetCaption caption = SheetCaption::Name;

    bool operator==(const ExportOptions &) const = default;
};

struct ExportResult
{
    QStringList written = {}; ///< files
    int pictures = 0;         ///< in them
    int asked = 0;
    QList<Failure> failures = {};        ///< one a picture that could not be taken along
    std::optional<Failure> stopped = {}; ///< what ended it before its end
    bool wasCancelled = false;

    [[nodiscard]] bool isWhole() const { return pictures == asked && !stopped && !wasCancelled; }
};

/// The name a picture gets, without ending. A picture that does not say how it was made keeps its own.
[[nodiscard]] QString exportName(const QString &pattern, const QString &file, const std::optional<Recipe> &recipe,
                                 int sequence);
/// The tokens that a pattern may hold, "[seed]", ...
[[nodiscard]] QStringList exportTokens();
/// ".png", ".jpg", ".webp", ".zip", ".pdf"
[[nodiscard]] QString exportEnding(const ExportOptions &options);
/// One sentence: how it went.
[[nodiscard]] QString exportSentence(const ExportResult &result);

/// The picture in another format or size. Empty and a failure if it cannot be read or written so.
[[nodiscard]] QByteArray encodeForExport(const QString &file, const ExportOptions &options, Failure *failure);

/// Does it; existing files are never overwritten, a number joins the name. Called in the pool.
[[nodiscard]] ExportResult exportPictures(const QStringList &files, const ExportOptions &options,
                                          const std::function<void(int done)> &progressed, const std::stop_token &stop);
/// A plot as a picture or a PDF, at `path`; a number joins the name if there is such a file.
[[nodiscard]] ExportResult exportPlotSheet(const PlotSheet &sheet, SheetKind kind, const QString &path,
                                           const std::function<void(int done)> &progressed,
                                           const std::stop_token &stop);

/// Exports in the background, one order after the other.
class PictureExporter : public QObject
{
    Q_OBJECT

public:
    explicit PictureExporter(QObject *parent = nullptr);
    ~PictureExporter() override; ///< stops what runs

    /// \return number of the order; progressed() and finished() name it
    int start(const QStringList &files, const ExportOptions &options);
    int startSheet(const PlotSheet &sheet, SheetKind kind, const QString &path);
    void cancel(int order);
    [[nodiscard]] bool isBusy() const { return !m_stops.isEmpty(); }

Q_SIGNALS:
    void progressed(int order, int done, int total);
    void finished(int order, const app::ExportResult &result);

private:
    using Work = std::function<ExportResult(const std::function<void(int)> &, const std::stop_token &)>;
    int run(int total, Work work);

    QHash<int, std::shared_ptr<std::stop_source>> m_stops;
    int m_last = 0;
    QThreadPool m_pool; ///< one thread; last: ends first
};

} // namespace app

Q_DECLARE_METATYPE(app::ExportResult)
