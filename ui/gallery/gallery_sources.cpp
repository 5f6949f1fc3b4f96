// The gallery page's sources: collections, saved searches, folders, the trash.
#include "ui/gallery/gallery_page.h"

#include "app/gallery_edits.h"
#include "app/settings.h"
#include "app/studio.h"
#include "ui/common/banner.h"
#include "ui/common/search_field.h"
#include "ui/common/side_panel.h"
#include "ui/common/source_list.h"
#include "ui/gallery/filter_bar.h"
#include "ui/gallery/gallery_grid.h"
#include "ui/gallery/search_terms.h"

#include <QDesktopServices>
#include <QDir>
#include <QFileDialog>
#include <QLocale>
#include <QMenu>
#include <QStandardPaths>
#include <QUrl>

#include <algorithm>

namespace ui {

namespace {

constexpr int kCollectionsHeading = -1;
constexpr int kSavedHeading = -2;
constexpr int kFoldersHeading = -3;
constexpr int kFirstCollection = 100;
constexpr int kFirstFolder = 100'000;
constexpr int kTrash = 1;
constexpr int kCountDelayMs = 250;

/// "Pictures/Tincture" for a folder in the home, else the last two parts of the path.
QString shortFolder(const QString &folder)
{
    const QString home = QDir::homePath() + QLatin1Char('/');
    const QString rest = folder.startsWith(home) ? folder.mid(home.size()) : folder;
    return rest.section(u'/', -2);
}

QString trashFolder()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + QStringLiteral("/Trash/files");
}

} // namespace

void GalleryPage::makeSources()
{
    setSources(*m_left, *m_sources, tr("Sources"), m_trashRow);
    m_left->setFolded(m_studio.settings().isPanelFolded(QStringLiteral("gallery/left")));
    m_sources->setObjectName(QStringLiteral("sources"));
    m_trashRow->setObjectName(QStringLiteral("trashRow"));
    m_trashRow->setAccessibleName(tr("Trash"));
    m_trashRow->setCurrent(-1);
}

void GalleryPage::connectSources()
{
    connect(m_sources, &SourceList::chosen, this, &GalleryPage::chooseSource);
    connect(m_sources, &SourceList::menuRequested, this, &GalleryPage::showSourceMenu);
    connect(m_sources, &SourceList::addRequested, this, &GalleryPage::addSource);
    connect(m_sources, &SourceList::removeRequested, this, &GalleryPage::removeSource);
    connect(m_sources, &SourceList::filesDropped, this, &GalleryPage::dropOnSource);
    connect(m_sources, &SourceList::renamed, this, [this](int id, const QString &name) {
        if (const app::GalleryCollection *collection = collectionOf(id))
            m_edits->renameCollection(collection->id, name);
    });
    connect(m_trashRow, &SourceList::chosen, this, [this] {
        m_trashRow->setCurrent(-1);
        showTrashMenu();
    });
    app::GalleryStore &store = m_studio.store();
    connect(&store, &app::GalleryStore::collectionsChanged, this, [this] {
        m_countDelay.start();
        updateSources();
    });
    connect(&store, &app::GalleryStore::foldersChanged, this, &GalleryPage::updateSources);
    connect(&store, &app::GalleryStore::folderVanished, this, &GalleryPage::onFolderVanished);
    connect(&store, &app::GalleryStore::folderReturned, this, [this](const QString &path) {
        for (auto each = m_bannerFolders.begin(); each != m_bannerFolders.end(); ++each) {
            if (each.value() == path) {
                m_banner->withdraw(each.key());
                m_bannerFolders.erase(each);
                break;
            }
        }
        updateSources();
    });
    connect(&store, &app::GalleryStore::notice, this, [this](const QString &sentence) {
        m_banner->post({.kind = BannerKind::Warning, .what = tr("The gallery was repaired"), .why = sentence});
    });
    connect(m_banner, &Banner::actionTriggered, this, [this](int id, int action) {
        const QString folder = m_bannerFolders.take(id);
        if (folder.isEmpty())
            return;
        if (action == 0)
            findFolder(folder);
        else
            removeFolder(folder);
        m_banner->withdraw(id);
    });
    connect(m_banner, &Banner::dismissed, this, [this](int id) { m_bannerFolders.remove(id); });
    // Counting asks each smart collection anew: when things have come to rest.
    m_countDelay.setSingleShot(true);
    m_countDelay.setInterval(kCountDelayMs);
    connect(&m_countDelay, &QTimer::timeout, this, &GalleryPage::countCollections);
    connect(m_filter, &GalleryFilter::countsChanged, &m_countDelay, qOverload<>(&QTimer::start));
    m_countDelay.start();
    const QList<app::GalleryFolder> folders = store.folders();
    for (const app::GalleryFolder &folder : folders) {
        if (folder.state == app::GalleryFolder::State::Gone)
            onFolderVanished(folder.path);
    }
}

void GalleryPage::countCollections()
{
    m_collectionCounts.clear();
    for (const app::GalleryCollection &collection : std::as_const(m_collections))
        m_collectionCounts.insert(collection.id, m_studio.store().countIn(collection.id));
    updateSources();
}

const app::GalleryCollection *GalleryPage::collectionOf(int id) const
{
    const int at = id - kFirstCollection;
    return id >= kFirstCollection && at < m_collections.size() ? &m_collections.at(at) : nullptr;
}

void GalleryPage::updateSources()
{
    const GalleryFilter::Counts counts = m_filter->counts();
    const QLocale locale;
    QList<SourceItem> items = {
        {.id = int(GalleryFilter::Source::All),
         .iconName = QStringLiteral("gallery"),
         .text = tr("All pictures"),
         .number = locale.toString(counts.all)},
        {.id = int(GalleryFilter::Source::Starred),
         .iconName = QStringLiteral("star"),
         .text = tr("Starred"),
         .number = locale.toString(counts.starred)},
        {.id = int(GalleryFilter::Source::Session),
         .iconName = QStringLiteral("clock"),
         .text = tr("This session"),
         .number = locale.toString(counts.session)},
        {.id = int(GalleryFilter::Source::Rejected),
         .iconName = QStringLiteral("flag"),
         .text = tr("Rejected"),
         .number = locale.toString(counts.rejected)},
    };
    int current = int(m_filter->source());
    m_collections = m_studio.store().collections();
    const auto addKind = [&](const QString &heading, int headingId, const QString &addText, bool isSaved) {
        items.append({.id = headingId, .text = heading, .isHeading = true, .addText = addText});
        for (int i = 0; i < m_collections.size(); ++i) {
            const app::GalleryCollection &each = m_collections.at(i);
            const bool isOrdinary = each.kind == app::CollectionKind::Ordinary;
            if ((each.kind == app::CollectionKind::SavedSearch) != isSaved)
                continue;
            items.append({.id = kFirstCollection + i,
                          .iconName = isSaved      ? QStringLiteral("search")
                                      : isOrdinary ? QStringLiteral("folder")
                                                   : QStringLiteral("filter"),
                          .text = each.name,
                          .number = m_collectionCounts.contains(each.id)
                                        ? locale.toString(m_collectionCounts.value(each.id))
                                        : QString(),
                          .toolTip = isOrdinary ? tr("Drop pictures here") : each.query,
                          .takesFiles = isOrdinary,
                          .isRenamable = true,
                          .isRemovable = true});
            if (m_filter->source() == GalleryFilter::Source::Collection && m_sourceId == each.id)
                current = kFirstCollection + i;
        }
    };
    addKind(tr("Collections"), kCollectionsHeading, tr("New collection"), false);
    addKind(tr("Saved searches"), kSavedHeading, tr("Save this search"), true);
    items.append({.id = kFoldersHeading, .text = tr("Folders"), .isHeading = true, .addText = tr("Add a folder…")});
    const QList<app::GalleryFolder> folders = m_studio.store().folders();
    for (int i = 0; i < folders.size(); ++i) {
        const app::GalleryFolder &folder = folders.at(i);
        const bool isGone =
            folder.state != app::GalleryFolder::State::Ready && folder.state != app::GalleryFolder::State::Scanning;
        QString toolTip = folder.path;
        if (folder.state == app::GalleryFolder::State::Gone)
            toolTip = tr("%1 is not there").arg(folder.path);
        else if (folder.state == app::GalleryFolder::State::NotAnswering)
            toolTip = tr("%1 does not answer").arg(folder.path);
        else if (folder.state == app::GalleryFolder::State::NotReadable)
            toolTip = tr("You may not read %1").arg(folder.path);
        items.append({.id = kFirstFolder + i,
                      .iconName = QStringLiteral("folder"),
                      .text = shortFolder(folder.path),
                      .number = locale.toString(folder.pictures),
                      .toolTip = toolTip,
                      .isMissing = isGone,
                      .isRemovable = !folder.isMain});
        if (m_filter->source() == GalleryFilter::Source::Folder && m_sourceId == folder.path)
            current = kFirstFolder + i;
    }
    if (items != m_sources->items())
        m_sources->setItems(items);
    m_sources->setCurrent(current);
    m_trashRow->setItems({{.id = kTrash,
                           .iconName = QStringLiteral("trash"),
                           .text = tr("Trash"),
                           .number = m_inTrash > 0 ? locale.toString(m_inTrash) : QString(),
                           .toolTip = tr("What was moved there in this session can be brought back")}});
}

void GalleryPage::chooseSource(int id)
{
    m_bar->setAlike(QString());
    if (id < kFirstCollection) {
        m_sourceId.clear();
        m_filter->setSource(GalleryFilter::Source(id));
    } else if (const app::GalleryCollection *collection = id < kFirstFolder ? collectionOf(id) : nullptr) {
        const app::GalleryCollection chosen = *collection;
        if (chosen.kind == app::CollectionKind::SavedSearch) {
            showSearch(chosen.query); // its terms are there to be changed
            return;
        }
        m_sourceId = chosen.id;
        m_filter->setSource(GalleryFilter::Source::Collection,
                            chosen.kind == app::CollectionKind::Smart
                                ? chosen.query
                                : fieldTerm(QStringLiteral("collection"), chosen.id));
    } else {
        const QList<app::GalleryFolder> folders = m_studio.store().folders();
        const int at = id - kFirstFolder;
        if (at >= 0 && at < folders.size()) {
            m_sourceId = folders.at(at).path;
            m_filter->setSource(GalleryFilter::Source::Folder, fieldTerm(QStringLiteral("folder"), m_sourceId));
        }
    }
    m_grid->setCurrentIndex(m_filter->index(0, 0));
    updateSources();
}

void GalleryPage::addSource(int heading)
{
    if (heading == kFoldersHeading) {
        addFolder();
    } else if (heading == kSavedHeading) {
        saveSearch(app::CollectionKind::SavedSearch);
    } else {
        QMenu menu(this);
        const QList<qint64> chosen = m_filter->idsOf(chosenRows());
        menu.addAction(tr("New Collection"), this, [this] { newCollection({}); });
        QAction *with = menu.addAction(tr("New Collection of the %n Chosen Picture(s)", nullptr, int(chosen.size())),
                                       this, [this, chosen] { newCollection(chosen); });
        with->setEnabled(!chosen.isEmpty());
        QAction *smart = menu.addAction(tr("Smart Collection of This Search"), this,
                                        [this] { saveSearch(app::CollectionKind::Smart); });
        smart->setEnabled(!m_filter->searchText().isEmpty());
        menu.exec(QCursor::pos());
    }
}

void GalleryPage::newCollection(const QList<qint64> &ids)
{
    QString name = tr("New collection");
    const auto isTaken = [this](const QString &wanted) {
        return std::any_of(m_collections.cbegin(), m_collections.cend(),
                           [&](const app::GalleryCollection &each) { return each.name == wanted; });
    };
    for (int number = 2; isTaken(name); ++number)
        name = tr("New collection %1").arg(number);
    const QString id = m_edits->createCollection(name, ids);
    m_left->setFolded(false);
    updateSources();
    for (int i = 0; i < m_collections.size(); ++i) {
        if (m_collections.at(i).id == id)
            m_sources->edit(kFirstCollection + i); // its name is typed at once
    }
}

void GalleryPage::saveSearch(app::CollectionKind kind)
{
    const QString query = m_filter->searchText();
    if (query.isEmpty()) {
        m_toasts->show({.iconName = QStringLiteral("search"), .text = tr("Type a search first, then save it")});
        m_search->setFocus(Qt::OtherFocusReason);
        return;
    }
    if (!m_filter->problem().isEmpty()) {
        m_toasts->show({.iconName = QStringLiteral("search"), .text = m_filter->problem()});
        return;
    }
    const QString id = m_edits->createSmartCollection(query, query, kind);
    updateSources();
    for (int i = 0; i < m_collections.size(); ++i) {
        if (m_collections.at(i).id == id && kind == app::CollectionKind::Smart)
            m_sources->edit(kFirstCollection + i);
    }
}

void GalleryPage::removeSource(int id)
{
    if (id >= kFirstFolder) {
        const QList<app::GalleryFolder> folders = m_studio.store().folders();
        if (id - kFirstFolder < folders.size())
            removeFolder(folders.at(id - kFirstFolder).path);
        return;
    }
    const app::GalleryCollection *collection = collectionOf(id);
    if (!collection)
        return;
    const app::GalleryCollection gone = *collection;
    if (m_sourceId == gone.id)
        chooseSource(int(GalleryFilter::Source::All));
    m_edits->deleteCollection(gone.id);
    m_toasts->show({.iconName = QStringLiteral("trash"),
                    .text = tr("\"%1\" deleted; its pictures stay").arg(gone.name),
                    .action = tr("Undo"),
                    .run = [this] { undo(); }});
}

void GalleryPage::dropOnSource(int id, const QStringList &paths)
{
    const app::GalleryCollection *collection = collectionOf(id);
    if (!collection)
        return;
    QList<qint64> ids;
    QStringList others;
    for (const QString &path : paths) {
        const qint64 known = m_studio.store().idOf(path);
        if (known != 0)
            ids.append(known);
        else
            others.append(path);
    }
    const QString name = collection->name;
    if (!ids.isEmpty()) {
        m_edits->addToCollection(ids, collection->id);
        m_toasts->show({.iconName = QStringLiteral("folder"),
                        .text = tr("%n picture(s) added to \"%1\"", nullptr, int(ids.size())).arg(name),
                        .action = tr("Undo"),
                        .run = [this] { undo(); }});
    }
    if (!others.isEmpty())
        addFiles(others);
}

void GalleryPage::fillCollectionMenu(QMenu &menu)
{
    const QList<qint64> ids = m_filter->idsOf(chosenRows());
    menu.addAction(tr("New Collection"), this, [this, ids] { newCollection(ids); });
    menu.addSeparator();
    const app::GalleryPicture shown = m_filter->at(shownIndex().row());
    for (const app::GalleryCollection &collection : std::as_const(m_collections)) {
        if (collection.kind != app::CollectionKind::Ordinary)
            continue;
        const bool isIn = shown.collections.contains(collection.id);
        QAction *action = menu.addAction(collection.name, this, [this, ids, isIn, id = collection.id] {
            if (isIn)
                m_edits->removeFromCollection(ids, id);
            else
                m_edits->addToCollection(ids, id);
        });
        action->setCheckable(true);
        action->setChecked(isIn);
    }
}

void GalleryPage::showSourceMenu(int id, const QPoint &position)
{
    QMenu menu(this);
    if (id >= kFirstFolder) {
        const QList<app::GalleryFolder> folders = m_studio.store().folders();
        if (id - kFirstFolder >= folders.size())
            return;
        const app::GalleryFolder folder = folders.at(id - kFirstFolder);
        const bool isGone = folder.state == app::GalleryFolder::State::Gone;
        menu.addAction(tr("Open Folder"), this,
                       [folder] { QDesktopServices::openUrl(QUrl::fromLocalFile(folder.path)); })
            ->setEnabled(!isGone);
        menu.addAction(tr("Look for New Pictures"), &m_studio.store(), &app::GalleryStore::rescan);
        menu.addAction(tr("Find It…"), this, [this, folder] { findFolder(folder.path); })->setEnabled(isGone);
        menu.addSeparator();
        menu.addAction(tr("Add a Folder…"), this, &GalleryPage::addFolder);
        menu.addAction(tr("Remove from the Gallery"), this, [this, folder] { removeFolder(folder.path); })
            ->setEnabled(!folder.isMain);
    } else if (const app::GalleryCollection *found = collectionOf(id)) {
        const app::GalleryCollection collection = *found;
        if (collection.kind != app::CollectionKind::Ordinary) {
            menu.addAction(tr("Show Its Terms"), this, [this, collection] { showSearch(collection.query); });
            QAction *take = menu.addAction(tr("Change to the Present Search"), this, [this, collection] {
                m_edits->setCollectionQuery(collection.id, m_filter->searchText());
            });
            take->setEnabled(!m_filter->searchText().isEmpty() && m_filter->problem().isEmpty());
        } else {
            const QList<qint64> ids = m_filter->idsOf(chosenRows());
            menu.addAction(tr("Add the %n Chosen Picture(s)", nullptr, int(ids.size())), this,
                           [this, ids, collection] { m_edits->addToCollection(ids, collection.id); })
                ->setEnabled(!ids.isEmpty());
            menu.addAction(tr("Take the %n Chosen Picture(s) Out", nullptr, int(ids.size())), this,
                           [this, ids, collection] { m_edits->removeFromCollection(ids, collection.id); })
                ->setEnabled(!ids.isEmpty());
        }
        menu.addSeparator();
        menu.addAction(tr("Rename") + QStringLiteral("\tF2"), this, [this, id] { m_sources->edit(id); });
        menu.addAction(tr("Delete") + QLatin1Char('\t') + tr("Del"), this, [this, id] { removeSource(id); });
    } else {
        menu.addAction(tr("New Collection"), this, [this] { newCollection({}); });
        menu.addAction(tr("Save This Search"), this, [this] { saveSearch(app::CollectionKind::SavedSearch); });
        menu.addAction(tr("Add a Folder…"), this, &GalleryPage::addFolder);
    }
    menu.exec(position);
}

void GalleryPage::showTrashMenu()
{
    QMenu menu(this);
    const int last = m_moved.isEmpty() ? 0 : int(m_moved.last().size());
    QAction *back = menu.addAction(tr("Bring Back the Last %n Picture(s)", nullptr, last), this, [this] {
        // Out of its turn: what was done since stays.
        const qsizetype at = m_done.lastIndexOf(Change::Trash);
        if (at < 0)
            return;
        m_done.removeAt(at);
        m_trash->restore(m_moved.takeLast());
        Q_EMIT undoChanged();
    });
    back->setEnabled(last > 0);
    menu.addAction(tr("Open the Trash"), this, [] {
        const QString folder = trashFolder();
        QDesktopServices::openUrl(QFileInfo::exists(folder) ? QUrl::fromLocalFile(folder)
                                                            : QUrl(QStringLiteral("trash:///")));
    });
    const QPoint at = m_trashRow->mapToGlobal(QPoint(0, 0));
    menu.exec(at - QPoint(0, menu.sizeHint().height() + 4));
}

void GalleryPage::addFolder()
{
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Add a Folder of Pictures"), QDir::homePath());
    if (!folder.isEmpty())
        addFiles({folder});
}

void GalleryPage::removeFolder(const QString &path)
{
    QStringList folders = m_studio.settings().galleryFolders();
    if (!folders.removeOne(path))
        return;
    if (m_sourceId == path)
        chooseSource(int(GalleryFilter::Source::All));
    m_studio.settings().setGalleryFolders(folders);
    m_toasts->show({.iconName = QStringLiteral("folder"),
                    .text = tr("\"%1\" is no longer shown; its files stay where they are").arg(shortFolder(path)),
                    .action = tr("Undo"),
                    .run = [this, path] {
                        QStringList again = m_studio.settings().galleryFolders();
                        if (!again.contains(path))
                            m_studio.settings().setGalleryFolders(again << path);
                    }});
}

void GalleryPage::findFolder(const QString &path)
{
    const QString found = QFileDialog::getExistingDirectory(this, tr("Where is \"%1\" now?").arg(shortFolder(path)),
                                                            QFileInfo(path).path());
    if (found.isEmpty())
        return;
    m_studio.store().replaceFolder(path, found);
    QStringList folders = m_studio.settings().galleryFolders();
    const qsizetype at = folders.indexOf(path);
    if (at >= 0) {
        folders.replace(at, found);
        m_studio.settings().setGalleryFolders(folders);
    } else if (path == m_studio.settings().pictureFolder()) {
        m_studio.settings().setPictureFolder(found);
    }
}

void GalleryPage::onFolderVanished(const QString &path)
{
    if (m_bannerFolders.values().contains(path))
        return;
    const bool isMain = path == m_studio.settings().pictureFolder();
    QStringList actions = {tr("Find it…")};
    if (!isMain)
        actions.append(tr("Remove from the gallery"));
    const int id = m_banner->post(
        {.kind = BannerKind::Warning,
         .what = tr("A folder is gone"),
         .why =
             tr("%1 is not there any more. Its pictures keep their stars and tags until it is found again.").arg(path),
         .actions = actions});
    m_bannerFolders.insert(id, path);
    updateSources();
}

} // namespace ui
