// What the gallery page does with the pictures that are chosen.
#include "ui/gallery/gallery_page.h"

#include "app/gallery_model.h"
#include "app/image_file.h"
#include "app/settings.h"
#include "app/studio.h"
#include "ui/common/button.h"
#include "ui/common/icon_button.h"
#include "ui/common/side_panel.h"
#include "ui/common/thumbnail_delegate.h"
#include "ui/create/canvas.h"
#include "ui/gallery/gallery_grid.h"
#include "ui/gallery/gallery_list.h"
#include "ui/gallery/marks_box.h"
#include "ui/gallery/picture_details.h"
#include "ui/gallery/picture_loader.h"
#include "ui/gallery/quick_look.h"
#include "ui/gallery/viewer.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QDesktopServices>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QImage>
#include <QKeyEvent>
#include <QMenu>
#include <QMimeData>
#include <QPointer>
#include <QStackedWidget>
#include <QThreadPool>
#include <QUrl>

#include <algorithm>

namespace ui {

namespace {

constexpr int kMostCompared = 16;

} // namespace

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
    case PictureCommand::UseSize:
        use(RecipePart::Size);
        return;
    case PictureCommand::UseAllButSeed:
        use(RecipePart::AllButSeed);
        return;
    case PictureCommand::View:
        if (isViewing())
            closeViewer();
        else
            openViewer(index);
        return;
    case PictureCommand::QuickLook:
        quickLook();
        return;
    case PictureCommand::ToggleRecipe:
        rightPanel()->setFolded(!rightPanel()->isFolded());
        return;
    case PictureCommand::Stars0:
    case PictureCommand::Stars1:
    case PictureCommand::Stars2:
    case PictureCommand::Stars3:
    case PictureCommand::Stars4:
    case PictureCommand::Stars5:
    case PictureCommand::ToggleStar:
    case PictureCommand::LabelNone:
    case PictureCommand::LabelRed:
    case PictureCommand::LabelYellow:
    case PictureCommand::LabelGreen:
    case PictureCommand::LabelBlue:
    case PictureCommand::LabelPurple:
    case PictureCommand::ToggleReject:
        mark(command);
        return;
    case PictureCommand::EditTags:
    case PictureCommand::EditNote:
        if (!index.isValid())
            return;
        rightPanel()->setFolded(false);
        if (MarksBox *marks = isViewing() ? m_viewer->marks() : m_marks; command == PictureCommand::EditTags)
            marks->startTag();
        else
            marks->startNote();
        return;
    case PictureCommand::Compare:
        compare(selectedPaths());
        return;
    case PictureCommand::Inspect:
        if (index.isValid())
            Q_EMIT inspectRequested(path);
        return;
    case PictureCommand::MoreLikeThis:
        moreLikeThis();
        return;
    case PictureCommand::CopyPicture:
        copyPictures();
        return;
    case PictureCommand::CopyPrompt:
        if (!index.isValid())
            return;
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
        trash(chosenRows());
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
    editStars(m_filter->idsOf(chosenRows()), stars);
}

void GalleryPage::mark(PictureCommand command)
{
    const QList<int> rows = chosenRows();
    const QList<qint64> ids = m_filter->idsOf(rows);
    if (ids.isEmpty())
        return;
    if (command >= PictureCommand::Stars0 && command <= PictureCommand::Stars5) {
        editStars(ids, int(command) - int(PictureCommand::Stars0));
    } else if (command == PictureCommand::ToggleStar) {
        editStars(ids, m_filter->at(shownIndex().row()).stars > 0 ? 0 : 1);
    } else if (command >= PictureCommand::LabelNone && command <= PictureCommand::LabelPurple) {
        const int label = int(command) - int(PictureCommand::LabelNone);
        // The key of the label that is set takes it away.
        const bool isSet = label > 0 && std::all_of(rows.begin(), rows.end(), [&](int row) {
                               return m_filter->thumbnailState(row).label == label;
                           });
        editLabel(ids, isSet ? 0 : label);
    } else if (command == PictureCommand::ToggleReject) {
        const bool areAll =
            std::all_of(rows.begin(), rows.end(), [&](int row) { return m_filter->thumbnailState(row).isRejected; });
        editRejected(ids, !areAll);
    }
}

void GalleryPage::trash(const QList<int> &rows)
{
    if (rows.isEmpty())
        return;
    QList<app::GalleryPicture> pictures;
    pictures.reserve(rows.size());
    for (const int row : rows) {
        const app::GalleryPicture picture = m_filter->at(row);
        if (picture.id != 0)
            pictures.append(picture);
    }
    // The picture after the first that goes is chosen next, so that Delete can be pressed again.
    if (!isViewing()) {
        int next = -1;
        for (int row = rows.first(); row < m_filter->rowCount() && next < 0; ++row) {
            if (!std::binary_search(rows.begin(), rows.end(), row))
                next = row;
        }
        if (next < 0)
            next = rows.first() - 1;
        if (next >= 0)
            m_grid->setCurrentIndex(m_filter->index(next, 0));
    }
    m_trash->move(pictures);
}

void GalleryPage::copyPictures()
{
    // The file for programs that take files; the pixels for those that take pictures.
    const QStringList paths = selectedPaths();
    if (paths.isEmpty())
        return;
    QList<QUrl> urls;
    urls.reserve(paths.size());
    for (const QString &path : paths)
        urls.append(QUrl::fromLocalFile(path));
    const auto put = [urls](const QImage &image) {
        auto *content = new QMimeData;
        content->setUrls(urls);
        if (!image.isNull())
            content->setImageData(image);
        QGuiApplication::clipboard()->setMimeData(content);
    };
    put(isViewing() ? m_viewer->canvas()->picture() : QImage());
    m_toasts->show({.iconName = QStringLiteral("copy"), .text = tr("%n picture(s) copied", nullptr, int(urls.size()))});
    if (paths.size() > 1 || isViewing())
        return;
    // The pixels of one follow when they are read, if nothing else was copied meanwhile.
    QThreadPool::globalInstance()->start([page = QPointer<GalleryPage>(this), path = paths.first(), urls, put] {
        const QImage image(path);
        QMetaObject::invokeMethod(
            qApp,
            [page, image, urls, put] {
                const QMimeData *now = QGuiApplication::clipboard()->mimeData();
                if (page && !image.isNull() && now && now->urls() == urls)
                    put(image);
            },
            Qt::QueuedConnection);
    });
}

void GalleryPage::saveCopy(const QString &path)
{
    const QString to = QFileDialog::getSaveFileName(this, tr("Save a Copy"), QFileInfo(path).fileName(),
                                                    tr("Pictures (*.%1)").arg(QFileInfo(path).suffix()));
    if (to.isEmpty())
        return;
    QThreadPool::globalInstance()->start([page = QPointer<GalleryPage>(this), path, to] {
        const bool done = app::copyFile(path, to); // the dialog asked whether to replace what is there
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

void GalleryPage::compare(const QStringList &paths)
{
    if (paths.size() < 2) {
        m_toasts->show({.iconName = QStringLiteral("compare"),
                        .text = tr("Choose 2 to 16 pictures to compare: Ctrl+click adds one")});
        return;
    }
    if (paths.size() > kMostCompared)
        m_toasts->show({.iconName = QStringLiteral("compare"),
                        .text = tr("The first %n picture(s) of the chosen are compared", nullptr, kMostCompared)});
    Q_EMIT compareRequested(paths.mid(0, kMostCompared));
}

void GalleryPage::quickLook()
{
    const QModelIndex index = shownIndex();
    if (!index.isValid() || isViewing())
        return;
    if (!m_quickLook) {
        m_quickLook = new QuickLook(*m_filter, *m_loader, m_overview);
        connect(m_quickLook, &QuickLook::currentChanged, this, [this](const QModelIndex &picture) {
            if (m_grid->currentIndex() != picture)
                m_grid->setCurrentIndex(picture);
            m_grid->scrollTo(picture);
        });
        connect(m_quickLook, &QuickLook::closed, this, &GalleryPage::activate);
        connect(m_quickLook, &QuickLook::keyUnused, this, [this](QKeyEvent *event) {
            const std::optional<PictureCommand> known = pictureCommandOf(*event);
            // Marks are seen here, too; all else leads away.
            const bool isMark =
                known && ((*known >= PictureCommand::Stars0 && *known <= PictureCommand::ToggleReject) ||
                          *known == PictureCommand::Trash || *known == PictureCommand::CopyPicture);
            if (known && !isMark)
                m_quickLook->close();
            if (known)
                command(*known);
            else
                useKey(event);
        });
    }
    m_quickLook->show(index);
}

void GalleryPage::openViewer(const QModelIndex &index)
{
    if (!index.isValid())
        return;
    if (m_quickLook && m_quickLook->isVisible())
        m_quickLook->hide();
    if (!m_viewer) {
        m_viewer = new Viewer(*m_filter, *m_loader, m_studio.settings(), m_stack);
        m_viewer->setCompact(m_isNarrow, false);
        m_stack->addWidget(m_viewer);
        connect(m_viewer, &Viewer::closed, this, &GalleryPage::closeViewer);
        connect(m_viewer, &Viewer::commandGiven, this, &GalleryPage::command);
        connect(m_viewer, &Viewer::keyUnused, this, &GalleryPage::useKey);
        connect(m_viewer, &Viewer::fullScreenRequested, this, &GalleryPage::fullScreenRequested);
        connect(m_viewer, &Viewer::currentChanged, &m_panelDelay, qOverload<>(&QTimer::start));
        connect(m_viewer, &Viewer::currentChanged, this, &GalleryPage::statusChanged);
        connect(m_viewer, &Viewer::starsChosen, this,
                [this](const QModelIndex &picture, int stars) { editStars({m_filter->idAt(picture.row())}, stars); });
        connectMarks(*m_viewer->marks());
        m_viewer->details()->setHistory(m_history);
        const QList<PictureAction> known = m_actions;
        for (const PictureAction &action : known)
            addActionButtons(action, true);
    }
    m_stack->setCurrentWidget(m_viewer);
    m_viewer->show(index);
    m_viewer->canvas()->setFocus(Qt::OtherFocusReason);
    updatePanel();
}

void GalleryPage::closeViewer()
{
    const QModelIndex index = m_viewer->current();
    updatePanel(); // a note that was typed is saved
    m_stack->setCurrentWidget(m_overview);
    if (index.isValid()) {
        m_grid->setCurrentIndex(index);
        m_grid->scrollTo(index);
        m_list->scrollTo(index);
    }
    view()->setFocus(Qt::OtherFocusReason);
    updatePanel();
    if (window()->isFullScreen())
        Q_EMIT fullScreenRequested(); // the full screen was the picture's
}

void GalleryPage::showFile(const QString &path)
{
    int row = m_filter->rowOfPath(path);
    if (row < 0) {
        clearSearch(); // a search may hide it
        row = m_filter->rowOfPath(path);
    }
    if (row < 0)
        return;
    m_grid->setCurrentIndex(m_filter->index(row, 0));
    openViewer(m_filter->index(row, 0));
}

void GalleryPage::addPictureAction(const PictureAction &action)
{
    m_actions.append(action);
    addActionButtons(action, false);
    if (m_viewer)
        addActionButtons(action, true);
    updateActions();
}

void GalleryPage::addActionButtons(const PictureAction &action, bool isViewer)
{
    const QString key = action.key.toString(QKeySequence::NativeText);
    QAbstractButton *button = nullptr;
    if (isViewer && action.place != PictureAction::Place::Menu) {
        button = m_viewer->addTool(action.iconName, action.text, key); // its foot is full of settings
    } else if (action.place == PictureAction::Place::Tools) {
        auto *tool = new IconButton(action.iconName, action.text, m_tools);
        tool->setName(action.text, key);
        auto *row = static_cast<QHBoxLayout *>(m_tools->layout());
        row->insertWidget(row->count() - 1, tool); // the trash stays last
        button = tool;
    } else if (action.place == PictureAction::Place::Foot) {
        button = m_use->addButton(action.buttonText.isEmpty() ? action.text : action.buttonText, action.iconName);
    }
    if (!button)
        return;
    button->setObjectName(action.id);
    connect(button, &QAbstractButton::clicked, this, [this, id = action.id] {
        for (const PictureAction &each : std::as_const(m_actions)) {
            if (each.id == id)
                return runAction(each);
        }
    });
    m_actionButtons.append({action.id, button});
}

void GalleryPage::runAction(const PictureAction &action)
{
    const QStringList paths = selectedPaths();
    if (paths.size() >= action.fewest && (action.most == 0 || paths.size() <= action.most) && action.run)
        action.run(paths);
}

void GalleryPage::useKey(QKeyEvent *event)
{
    const QKeySequence pressed(event->keyCombination());
    for (const PictureAction &action : std::as_const(m_actions)) {
        if (!action.key.isEmpty() && action.key == pressed) {
            event->accept();
            runAction(action);
            return;
        }
    }
}

void GalleryPage::updateActions()
{
    const qsizetype count = chosenRows().size();
    for (const auto &[id, button] : std::as_const(m_actionButtons)) {
        for (const PictureAction &action : std::as_const(m_actions)) {
            if (action.id == id)
                button->setEnabled(count >= action.fewest && (action.most == 0 || count <= action.most));
        }
    }
    if (Button *button = m_use->compareButton()) {
        button->setEnabled(count >= 2 && count <= kMostCompared);
        button->setToolTip(button->isEnabled() ? QString() : tr("Choose 2 to 16 pictures to compare."));
    }
}

void GalleryPage::setHistory(std::function<QList<Fact>(const app::GalleryPicture &)> more)
{
    m_history = std::move(more);
    if (m_viewer)
        m_viewer->details()->setHistory(m_history);
}

void GalleryPage::contextMenuEvent(QContextMenuEvent *event)
{
    const QWidget *under = childAt(event->pos());
    const bool isOnPictures = under && (view()->isAncestorOf(under) || under == view() ||
                                        (m_viewer && isViewing() && m_viewer->canvas() == under));
    if (!hasPicture() || !isOnPictures)
        return;
    const qsizetype count = chosenRows().size();
    QMenu menu(this);
    const auto add = [&](QMenu *to, const QString &text, PictureCommand what) {
        // The key is shown only: it acts in the grid and the viewer, never while something is typed.
        const QString key = pictureKeyText(what);
        return to->addAction(key.isEmpty() ? text : text + QLatin1Char('\t') + key, this,
                             [this, what] { command(what); });
    };
    add(&menu, tr("View"), PictureCommand::View);
    add(&menu, tr("Quick Look"), PictureCommand::QuickLook);
    QAction *both = add(&menu, tr("Compare"), PictureCommand::Compare);
    both->setEnabled(count >= 2);
    add(&menu, tr("See How It Formed"), PictureCommand::Inspect);
    fillAlikeMenu(*menu.addMenu(tr("More Like This")));
    menu.addSeparator();
    add(&menu, tr("Use These Settings"), PictureCommand::UseAll);
    add(&menu, tr("Use Prompts"), PictureCommand::UsePrompts);
    add(&menu, tr("Use Seed"), PictureCommand::UseSeed);
    add(&menu, tr("Use All but Seed"), PictureCommand::UseAllButSeed);
    add(&menu, tr("Use Size"), PictureCommand::UseSize);
    menu.addSeparator();
    QMenu *stars = menu.addMenu(tr("Stars"));
    for (int i = 0; i <= 5; ++i)
        add(stars, i == 0 ? tr("None") : tr("%n star(s)", nullptr, i), PictureCommand(int(PictureCommand::Stars0) + i));
    QMenu *labels = menu.addMenu(tr("Label"));
    for (int i = 0; i <= kLabels; ++i)
        add(labels, labelName(i), PictureCommand(int(PictureCommand::LabelNone) + i));
    add(&menu, tr("Reject"), PictureCommand::ToggleReject);
    add(&menu, tr("Tags…"), PictureCommand::EditTags);
    add(&menu, tr("Note…"), PictureCommand::EditNote);
    fillCollectionMenu(*menu.addMenu(tr("Add to Collection")));
    menu.addSeparator();
    add(&menu, tr("Copy Picture"), PictureCommand::CopyPicture);
    add(&menu, tr("Copy Prompt"), PictureCommand::CopyPrompt);
    add(&menu, tr("Save a Copy…"), PictureCommand::SaveCopy);
    add(&menu, tr("Open Folder"), PictureCommand::OpenFolder);
    for (const PictureAction &action : std::as_const(m_actions)) {
        const QString key = action.key.toString(QKeySequence::NativeText);
        QAction *made = menu.addAction(key.isEmpty() ? action.text : action.text + QLatin1Char('\t') + key, this,
                                       [this, action] { runAction(action); });
        made->setEnabled(count >= action.fewest && (action.most == 0 || count <= action.most));
    }
    menu.addSeparator();
    add(&menu, tr("Move to Trash"), PictureCommand::Trash);
    menu.exec(event->globalPos());
}

} // namespace ui
