// What the gallery page does with the pictures that are chosen, and its filter chips.
#include "ui/gallery/gallery_page.h"

#include "app/gallery_model.h"
#include "app/settings.h"
#include "app/studio.h"
#include "engine/catalog.h"
#include "ui/common/button.h"
#include "ui/common/chip.h"
#include "ui/common/search_field.h"
#include "ui/common/side_panel.h"
#include "ui/create/canvas.h"
#include "ui/gallery/gallery_filter.h"
#include "ui/gallery/picture_details.h"
#include "ui/gallery/viewer.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QDesktopServices>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QImage>
#include <QMenu>
#include <QMimeData>
#include <QStackedWidget>
#include <QThreadPool>
#include <QUrl>

namespace ui {

void GalleryPage::command(PictureCommand command)
{
    const QModelIndex index = shownIndex();
    const QString path = index.data(app::GalleryModel::PathRole).toString();
    switch (command) {
    case PictureCommand::UseAll:
        use(RecipePart::All);
        return;
    case PictureCommand::UsePrompts:
        use(RecipePart::Prompts);
        return;
    case PictureCommand::UseSeed:
        use(RecipePart::Seed);
        return;
    case PictureCommand::UseAllButSeed:
        use(RecipePart::AllButSeed);
        return;
    case PictureCommand::View:
        if (m_viewer && m_stack->currentWidget() == m_viewer)
            closeViewer();
        else
            openViewer(index);
        return;
    case PictureCommand::ToggleRecipe:
        rightPanel()->setFolded(!rightPanel()->isFolded());
        return;
    case PictureCommand::CopyPicture: {
        if (!index.isValid())
            return;
        // The file for programs that take files; the pixels, if they are at hand, for those that take pictures.
        auto *content = new QMimeData;
        QList<QUrl> urls;
        for (const QModelIndex &each : chosenIndexes())
            urls.append(QUrl::fromLocalFile(each.data(app::GalleryModel::PathRole).toString()));
        content->setUrls(urls);
        if (m_viewer && m_stack->currentWidget() == m_viewer && m_viewer->canvas()->hasPicture())
            content->setImageData(m_viewer->canvas()->picture());
        QGuiApplication::clipboard()->setMimeData(content);
        m_toasts->show(
            {.iconName = QStringLiteral("copy"), .text = tr("%n picture(s) copied", nullptr, int(urls.size()))});
        return;
    }
    case PictureCommand::CopyPrompt:
        QGuiApplication::clipboard()->setText(index.data(app::GalleryModel::PromptRole).toString());
        m_toasts->show({.iconName = QStringLiteral("copy"), .text = tr("Prompt copied")});
        return;
    case PictureCommand::SaveCopy:
        if (index.isValid())
            saveCopy(path);
        return;
    case PictureCommand::OpenFolder:
        QDesktopServices::openUrl(
            QUrl::fromLocalFile(path.isEmpty() ? m_studio.settings().pictureFolder() : QFileInfo(path).path()));
        return;
    case PictureCommand::Trash:
        trash(chosenIndexes());
        return;
    }
}

void GalleryPage::use(RecipePart part)
{
    const QModelIndex index = shownIndex();
    if (!index.isValid())
        return;
    const QVariant recipe = index.data(app::GalleryModel::RecipeRole);
    if (!recipe.isValid()) {
        m_toasts->show({.iconName = QStringLiteral("info"), .text = tr("This file does not say how it was made.")});
        return;
    }
    Q_EMIT recipeChosen(recipe.value<app::Recipe>(), part);
}

void GalleryPage::setStars(int stars)
{
    for (const QModelIndex &index : chosenIndexes())
        m_studio.store().setStars(index.data(app::GalleryModel::IdRole).toLongLong(), stars);
}

void GalleryPage::trash(const QModelIndexList &chosen)
{
    if (chosen.isEmpty())
        return;
    QList<app::GalleryPicture> pictures;
    int first = chosen.first().row();
    for (const QModelIndex &index : chosen) {
        pictures.append(index.data(app::GalleryModel::PictureRole).value<app::GalleryPicture>());
        first = std::min(first, index.row());
    }
    // The picture after the last one that goes is chosen next, so that Delete can be pressed again.
    if (m_stack->currentWidget() == m_overview) {
        QModelIndex next;
        for (int row = first; row < m_filter->rowCount() && !next.isValid(); ++row) {
            if (!chosen.contains(m_filter->index(row, 0)))
                next = m_filter->index(row, 0);
        }
        if (!next.isValid() && first > 0)
            next = m_filter->index(first - 1, 0);
        m_grid->setCurrentIndex(next);
    }
    m_trash->move(pictures);
}

bool GalleryPage::undo()
{
    if (m_moved.isEmpty())
        return false;
    m_trash->restore(m_moved.takeLast());
    Q_EMIT undoChanged();
    return true;
}

void GalleryPage::saveCopy(const QString &path)
{
    const QString to = QFileDialog::getSaveFileName(this, tr("Save a Copy"), QFileInfo(path).fileName(),
                                                    tr("Pictures (*.%1)").arg(QFileInfo(path).suffix()));
    if (to.isEmpty() || to == path)
        return;
    // Byte for byte, so that the recipe inside goes along; large files must not hold the window up.
    QThreadPool::globalInstance()->start([page = QPointer<GalleryPage>(this), path, to] {
        QFile::remove(to);
        const bool done = QFile::copy(path, to);
        QMetaObject::invokeMethod(
            qApp,
            [page, to, done] {
                if (!page)
                    return;
                if (done)
                    page->m_toasts->show(
                        {.iconName = QStringLiteral("export"),
                         .text = tr("Saved as %1").arg(QFileInfo(to).fileName()),
                         .action = tr("Open folder"),
                         .run = [to] { QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(to).path())); }});
                else
                    page->m_toasts->show({.iconName = QStringLiteral("error"),
                                          .text = tr("Cannot write \"%1\". Check the folder and the free space.")
                                                      .arg(QFileInfo(to).fileName())});
            },
            Qt::QueuedConnection);
    });
}

void GalleryPage::openViewer(const QModelIndex &index)
{
    if (!index.isValid())
        return;
    if (!m_viewer) {
        m_viewer = new Viewer(*m_filter, m_studio.settings(), m_stack);
        m_viewer->setCompact(m_isNarrow, false);
        m_stack->addWidget(m_viewer);
        connect(m_viewer, &Viewer::closed, this, &GalleryPage::closeViewer);
        connect(m_viewer, &Viewer::commandGiven, this, &GalleryPage::command);
        connect(m_viewer, &Viewer::fullScreenRequested, this, &GalleryPage::fullScreenRequested);
        connect(m_viewer, &Viewer::currentChanged, this, &GalleryPage::statusChanged);
        connect(m_viewer, &Viewer::starsChosen, this, [this](const QModelIndex &picture, int stars) {
            m_studio.store().setStars(picture.data(app::GalleryModel::IdRole).toLongLong(), stars);
        });
    }
    m_stack->setCurrentWidget(m_viewer);
    m_viewer->show(index);
    m_viewer->canvas()->setFocus(Qt::OtherFocusReason);
    Q_EMIT statusChanged();
}

void GalleryPage::closeViewer()
{
    const QModelIndex index = m_viewer->current();
    m_stack->setCurrentWidget(m_overview);
    if (index.isValid()) {
        m_grid->setCurrentIndex(index);
        m_grid->scrollTo(index);
    }
    m_grid->setFocus(Qt::OtherFocusReason);
    updatePanel();
    if (window()->isFullScreen())
        Q_EMIT fullScreenRequested(); // the full screen was the picture's
}

void GalleryPage::showFile(const QString &path)
{
    int row = m_filter->rowOfPath(path);
    if (row < 0) {
        m_clear->click(); // a search may hide it
        row = m_filter->rowOfPath(path);
    }
    if (row < 0)
        return;
    m_grid->setCurrentIndex(m_filter->index(row, 0));
    openViewer(m_filter->index(row, 0));
}

void GalleryPage::focusSearch()
{
    if (m_viewer && m_stack->currentWidget() == m_viewer)
        closeViewer();
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

void GalleryPage::setFilterChip(const QString &key, const QString &term, const QString &label)
{
    Chip *chip = m_chips.value(key);
    if (term.isEmpty())
        m_terms.remove(key);
    else
        m_terms.insert(key, term);
    chip->setText(term.isEmpty() ? chip->property("off").toString() : label);
    chip->setAccessibleName(chip->text());
    chip->setOn(!term.isEmpty());
    updateSearch();
}

void GalleryPage::popupUnder(QMenu &menu, QWidget *widget)
{
    menu.exec(widget->mapToGlobal(QPoint(0, widget->height() + 4)));
}

void GalleryPage::showStarsMenu()
{
    QMenu menu(this);
    for (int stars = 1; stars <= 5; ++stars) {
        const QString text = stars == 5 ? tr("5 stars") : tr("%n star(s) or more", nullptr, stars);
        menu.addAction(text, this, [this, stars, text] {
            setFilterChip(QStringLiteral("stars"), QStringLiteral("stars:>=%1").arg(stars), text);
        });
    }
    menu.addAction(tr("Without stars"), this,
                   [this] { setFilterChip(QStringLiteral("stars"), QStringLiteral("stars:=0"), tr("Without stars")); });
    popupUnder(menu, m_chips.value(QStringLiteral("stars")));
}

void GalleryPage::showModelMenu()
{
    QMenu menu(this);
    const QStringList models = m_filter->models();
    for (const QString &model : models) {
        menu.addAction(model, this, [this, model] {
            setFilterChip(QStringLiteral("model"), QStringLiteral("\"model:%1\"").arg(model),
                          tr("Model: %1").arg(model));
        });
    }
    if (models.isEmpty())
        menu.addAction(tr("No picture names its model"))->setEnabled(false);
    popupUnder(menu, m_chips.value(QStringLiteral("model")));
}

void GalleryPage::showSamplerMenu()
{
    QMenu menu(this);
    for (const engine::SamplerInfo &sampler : engine::samplers()) {
        const QString id = QString::fromUtf8(sampler.id.data(), qsizetype(sampler.id.size()));
        const QString label = QString::fromUtf8(sampler.label.data(), qsizetype(sampler.label.size()));
        menu.addAction(label, this, [this, id, label] {
            setFilterChip(QStringLiteral("sampler"), QStringLiteral("sampler:%1").arg(id),
                          tr("Sampler: %1").arg(label));
        });
    }
    popupUnder(menu, m_chips.value(QStringLiteral("sampler")));
}

void GalleryPage::showMadeMenu()
{
    QMenu menu(this);
    const QDate today = QDate::currentDate();
    const auto since = [&](const QString &text, const QDate &day) {
        menu.addAction(text, this, [this, text, day] {
            setFilterChip(QStringLiteral("made"), QStringLiteral("since:%1").arg(day.toString(Qt::ISODate)), text);
        });
    };
    since(tr("Today"), today);
    since(tr("Since yesterday"), today.addDays(-1));
    since(tr("Last 7 days"), today.addDays(-6));
    since(tr("Last 30 days"), today.addDays(-29));
    since(tr("This year"), QDate(today.year(), 1, 1));
    popupUnder(menu, m_chips.value(QStringLiteral("made")));
}

void GalleryPage::contextMenuEvent(QContextMenuEvent *event)
{
    if (!hasPicture())
        return;
    QMenu menu(this);
    const auto add = [&](const QString &text, const QString &key, PictureCommand what) {
        // The key is shown only: it acts in the grid and the viewer, never while something is typed.
        menu.addAction(key.isEmpty() ? text : text + QLatin1Char('\t') + key, this, [this, what] { command(what); });
    };
    add(tr("View"), tr("Enter"), PictureCommand::View);
    menu.addSeparator();
    add(tr("Use These Settings"), QStringLiteral("A"), PictureCommand::UseAll);
    add(tr("Use Prompts"), QStringLiteral("P"), PictureCommand::UsePrompts);
    add(tr("Use Seed"), QStringLiteral("S"), PictureCommand::UseSeed);
    add(tr("Use All but Seed"), QStringLiteral("R"), PictureCommand::UseAllButSeed);
    menu.addSeparator();
    add(tr("Copy Picture"), QStringLiteral("Ctrl+C"), PictureCommand::CopyPicture);
    add(tr("Copy Prompt"), {}, PictureCommand::CopyPrompt);
    add(tr("Save a Copy…"), QStringLiteral("Ctrl+S"), PictureCommand::SaveCopy);
    add(tr("Open Folder"), {}, PictureCommand::OpenFolder);
    menu.addSeparator();
    add(tr("Move to Trash"), tr("Del"), PictureCommand::Trash);
    menu.exec(event->globalPos());
}

} // namespace ui
