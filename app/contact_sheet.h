#pragma once

#include "app/failure.h"

#include <QByteArray>
#include <QList>
#include <QString>
#include <QStringList>

#include <functional>
#include <optional>
#include <stop_token>

namespace app {

enum class SheetKind { Png, Pdf };
enum class SheetCaption { None, Name, Prompt, Settings };

/// Pictures in rows, as on a photographer's contact sheet.
struct ContactSheet
{
    QStringList files = {};
    int columns = 4;
    SheetCaption caption = SheetCaption::Name;
    QString title = {}; ///< above the pictures; empty: none
};

/// An X/Y plot as a table: headings, and a picture or a gap for every place.
struct PlotSheet
{
    QString title = {};
    QString xName = {}; ///< empty: no headings above
    QString yName = {};
    QStringList columns = {};
    QStringList rows = {};
    QStringList files = {}; ///< by rows; empty: missing
};

struct SheetResult
{
    QByteArray bytes = {}; ///< empty if nothing was made
    int pictures = 0;      ///< on the sheet
    QStringList unreadable = {};
    bool wasStopped = false;
};

using SheetProgress = std::function<void(int done)>;

/// Reads the pictures one by one; called in the pool. Needs a QGuiApplication for its fonts.
[[nodiscard]] SheetResult drawContactSheet(const ContactSheet &sheet, SheetKind kind, const SheetProgress &progress,
                                           const std::stop_token &stop);
[[nodiscard]] SheetResult drawPlotSheet(const PlotSheet &sheet, SheetKind kind, const SheetProgress &progress,
                                        const std::stop_token &stop);

} // namespace app
