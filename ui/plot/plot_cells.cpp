// What the X/Y plot page does with a cell and with the whole sheet.
#include "app/image_file.h"
#include "app/picture_export.h"
#include "app/settings.h"
#include "app/studio.h"
#include "ui/common/toast.h"
#include "ui/plot/plot_canvas.h"
#include "ui/plot/plot_view.h"

#include <QDesktopServices>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QUrl>

namespace ui {

void PlotView::say(const QString &problem)
{
    if (!problem.isEmpty())
        m_toasts->show({.iconName = QStringLiteral("error"), .text = problem});
}

app::Recipe PlotView::recipeOf(QPoint cell) const
{
    const app::XyPlot *plot = shown();
    if (!plot)
        return {};
    for (const app::PlotPicture &picture : m_pictures) {
        if (picture.file == plot->cell(cell).file && !picture.file.isEmpty())
            return picture.recipe;
    }
    app::Recipe recipe;
    recipe.request = app::plotRequest(plot->definition(), cell);
    recipe.modelName = app::modelNameOf(recipe.request.model);
    return recipe;
}

QStringList PlotView::files() const
{
    QStringList list;
    const app::XyPlot *plot = shown();
    for (int y = 0; plot && y < plot->rows(); ++y) {
        for (int x = 0; x < plot->columns(); ++x) {
            if (plot->cell({x, y}).state == app::PlotCellState::Finished)
                list.append(plot->cell({x, y}).file);
        }
    }
    return list;
}

void PlotView::openCell(QPoint cell)
{
    const app::XyPlot *plot = shown();
    if (!plot)
        return;
    switch (plot->cell(cell).state) {
    case app::PlotCellState::Finished:
        Q_EMIT fileOpened(plot->cell(cell).file);
        return;
    case app::PlotCellState::Failed:
        if (m_kept)
            say(m_studio.plots().tryAgain(*m_kept, cell));
        return;
    case app::PlotCellState::Missing:
    case app::PlotCellState::Waiting:
    case app::PlotCellState::Running:
        return;
    }
}

void PlotView::useCell(QPoint cell, RecipePart part)
{
    Q_EMIT recipeChosen(recipeOf(cell), part);
}

void PlotView::showMenu(QPoint cell, const QPoint &at)
{
    const app::XyPlot *plot = shown();
    if (!plot)
        return;
    const app::PlotCell state = plot->cell(cell);
    const bool isThere = state.state == app::PlotCellState::Finished;
    QMenu menu(this);
    menu.addAction(tr("View"), this, [this, cell] { openCell(cell); })->setEnabled(isThere);
    // With the first picture of its row, or of its column.
    QStringList row;
    for (int x = 0; x < plot->columns() && row.size() < 16; ++x) {
        if (plot->cell({x, cell.y()}).state == app::PlotCellState::Finished)
            row.append(plot->cell({x, cell.y()}).file);
    }
    QStringList column;
    for (int y = 0; y < plot->rows() && column.size() < 16; ++y) {
        if (plot->cell({cell.x(), y}).state == app::PlotCellState::Finished)
            column.append(plot->cell({cell.x(), y}).file);
    }
    menu.addAction(tr("Compare Its Row"), this, [this, row] { Q_EMIT compareRequested(row); })
        ->setEnabled(row.size() > 1);
    menu.addAction(tr("Compare Its Column"), this, [this, column] { Q_EMIT compareRequested(column); })
        ->setEnabled(column.size() > 1);
    menu.addSeparator();
    menu.addAction(tr("Use These Settings"), this, [this, cell] { useCell(cell, RecipePart::All); });
    menu.addAction(tr("Use All but Seed"), this, [this, cell] { useCell(cell, RecipePart::AllButSeed); });
    menu.addSeparator();
    const bool canBeMade =
        m_kept && (state.state == app::PlotCellState::Failed || state.state == app::PlotCellState::Missing);
    menu.addAction(tr("Try Again"), this,
                   [this, cell] {
                       if (m_kept)
                           say(m_studio.plots().tryAgain(*m_kept, cell));
                   })
        ->setEnabled(canBeMade);
    menu.addAction(tr("Open Its Folder"), this,
                   [file = state.file] { QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(file).path())); })
        ->setEnabled(isThere);
    menu.exec(at);
}

void PlotView::saveSheet(bool isPdf)
{
    const app::XyPlot *plot = shown();
    if (!plot)
        return;
    const QString ending = isPdf ? QStringLiteral("pdf") : QStringLiteral("png");
    QString name = plot->title();
    name.replace(QLatin1Char('/'), QLatin1Char('-'));
    const QString path = QFileDialog::getSaveFileName(this, tr("Save the Sheet"),
                                                      QDir(QDir::homePath()).filePath(name + QLatin1Char('.') + ending),
                                                      isPdf ? tr("PDF (*.pdf)") : tr("Pictures (*.png)"));
    if (path.isEmpty())
        return;
    const app::PlotDefinition &definition = plot->definition();
    app::PlotSheet sheet;
    sheet.title = QString::fromStdString(definition.base.prompt).simplified();
    if (sheet.title.isEmpty())
        sheet.title = plot->title();
    if (definition.x.setting != app::PlotSetting::None)
        sheet.xName = app::plotSettingText(definition.x.setting);
    if (definition.y.setting != app::PlotSetting::None)
        sheet.yName = app::plotSettingText(definition.y.setting);
    for (int x = 0; x < plot->columns(); ++x)
        sheet.columns.append(plot->columnTitle(x));
    for (int y = 0; y < plot->rows(); ++y) {
        sheet.rows.append(plot->rowTitle(y));
        for (int x = 0; x < plot->columns(); ++x)
            sheet.files.append(plot->cell({x, y}).file);
    }
    QFileInfo info(path);
    const QString whole = info.suffix().isEmpty() ? path + QLatin1Char('.') + ending : path;
    app::PictureExporter &exporter = m_studio.exporter();
    m_order = exporter.startSheet(sheet, isPdf ? app::SheetKind::Pdf : app::SheetKind::Png, whole);
    auto *waiting = new QObject(this); // for this answer only
    connect(&exporter, &app::PictureExporter::finished, waiting,
            [this, waiting, order = m_order](int each, const app::ExportResult &result) {
                if (each != order)
                    return;
                waiting->deleteLater();
                if (result.written.isEmpty())
                    return say(app::exportSentence(result));
                const QString file = result.written.first();
                m_toasts->show(
                    {.iconName = QStringLiteral("export"),
                     .text = tr("Saved as %1").arg(QFileInfo(file).fileName()),
                     .action = tr("Open folder"),
                     .run = [file] { QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(file).path())); }});
            });
}

} // namespace ui
