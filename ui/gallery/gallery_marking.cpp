// What the gallery page's user gives pictures, undo and redo, and pictures that come from outside.
#include "ui/gallery/gallery_page.h"

#include "app/gallery_edits.h"
#include "app/gallery_model.h"
#include "app/settings.h"
#include "app/studio.h"
#include "ui/common/icon_button.h"
#include "ui/gallery/filter_bar.h"
#include "ui/gallery/gallery_grid.h"
#include "ui/gallery/gallery_list.h"
#include "ui/gallery/marks_box.h"
#include "ui/gallery/picture_details.h"
#include "ui/gallery/picture_loader.h"
#include "ui/gallery/viewer.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QPointer>
#include <QThreadPool>

#include <algorithm>

namespace ui {

namespace {

constexpr int kMostLookedAt = 500; ///< chosen pictures whose tags are looked at for the panel

/// `file` under a name that is free in `folder`; empty if it cannot be copied.
QString copyInto(const QString &folder, const QString &file)
{
    const QFileInfo from(file);
    QString to = QDir(folder).filePath(from.fileName());
    for (int number = 2; QFile::exists(to) && number < 10000; ++number)
        to = QDir(folder).filePath(
            QStringLiteral("%1-%2.%3").arg(from.completeBaseName()).arg(number).arg(from.suffix()));
    // Under another name first: a scan must not see half a file.
    const QString part = to + QStringLiteral(".part");
    QFile::remove(part);
    if (!QFile::copy(file, part))
        return {};
    if (!QFile::rename(part, to)) {
        QFile::remove(part);
        return {};
    }
    return to;
}

} // namespace

void GalleryPage::connectMarks(MarksBox &marks)
{
    marks.setKnownTags([this] { return knownTags(); });
    connect(&marks, &MarksBox::labelChosen, this,
            [this](int label) { editLabel(m_filter->idsOf(chosenRows()), label); });
    connect(&marks, &MarksBox::tagAdded, this,
            [this](const QString &tag) { m_edits->addTags(m_filter->idsOf(chosenRows()), {tag}); });
    connect(&marks, &MarksBox::tagRemoved, this,
            [this](const QString &tag) { m_edits->removeTags(m_filter->idsOf(chosenRows()), {tag}); });
    connect(&marks, &MarksBox::noteChanged, this, [this](const QString &note) { m_edits->setNote(m_noteIds, note); });
    connect(&marks, &MarksBox::finished, this, &GalleryPage::activate);
}

void GalleryPage::updateMarks()
{
    const QList<int> rows = chosenRows();
    MarksBox *marks = isViewing() ? m_viewer->marks() : m_marks;
    m_noteIds = m_filter->idsOf(rows);
    if (rows.isEmpty())
        return;
    QHash<QString, int> counts;
    const app::GalleryPicture first = m_filter->at(shownIndex().row());
    int label = first.label;
    bool areAllRejected = true;
    QString note = first.note;
    const int looked = int(std::min<qsizetype>(rows.size(), kMostLookedAt));
    for (int i = 0; i < looked; ++i) {
        const app::GalleryPicture picture = m_filter->at(rows.at(i));
        for (const QString &tag : picture.tags)
            ++counts[tag];
        if (picture.label != label)
            label = 0;
        areAllRejected = areAllRejected && picture.isRejected;
        if (picture.note != note)
            note.clear();
    }
    QStringList all;
    QHash<QString, int> some;
    for (auto each = counts.cbegin(); each != counts.cend(); ++each) {
        if (each.value() == looked)
            all.append(each.key());
        else
            some.insert(each.key(), each.value());
    }
    all.sort(Qt::CaseInsensitive);
    marks->setLabel(label);
    marks->setTags(all, some);
    marks->setNote(note);
    m_flag->setChecked(areAllRejected);
}

QStringList GalleryPage::knownTags() const
{
    QStringList names;
    const QList<QPair<QString, int>> tags = m_studio.store().tags();
    for (const auto &[name, count] : tags)
        names.append(name);
    return names;
}

void GalleryPage::editStars(const QList<qint64> &ids, int stars)
{
    if (!ids.isEmpty())
        m_edits->setStars(ids, stars);
}

void GalleryPage::editLabel(const QList<qint64> &ids, int label)
{
    if (!ids.isEmpty())
        m_edits->setLabel(ids, label);
}

void GalleryPage::editRejected(const QList<qint64> &ids, bool isRejected)
{
    if (!ids.isEmpty())
        m_edits->setRejected(ids, isRejected);
}

void GalleryPage::onEdited(const QString &sentence)
{
    forgetUndone();
    m_done.append(Change::Edit);
    // One picture shows its change itself; of many some lie out of sight.
    if (chosenRows().size() > 1 && !sentence.isEmpty())
        m_toasts->show(
            {.iconName = QStringLiteral("check"), .text = sentence, .action = tr("Undo"), .run = [this] { undo(); }});
    Q_EMIT undoChanged();
}

void GalleryPage::onTrashed(const QList<app::Trash::Moved> &moved)
{
    if (!m_isRedoing)
        forgetUndone();
    m_isRedoing = false;
    m_moved.append(moved);
    m_done.append(Change::Trash);
    m_inTrash += int(moved.size());
    updateSources();
    m_toasts->show({.iconName = QStringLiteral("trash"),
                    .text = tr("%n picture(s) moved to the trash", nullptr, int(moved.size())),
                    .action = tr("Undo"),
                    .run = [this] { undo(); }});
    Q_EMIT undoChanged();
}

void GalleryPage::forgetUndone()
{
    m_undone.clear();
    m_brought.clear();
}

bool GalleryPage::canUndo() const
{
    return !m_done.isEmpty() || m_edits->canUndo();
}

bool GalleryPage::canRedo() const
{
    return !m_undone.isEmpty();
}

QString GalleryPage::undoText() const
{
    if (m_done.isEmpty())
        return m_edits->undoText(); // made before this page was
    return m_done.last() == Change::Edit ? m_edits->undoText()
                                         : tr("%n picture(s) to the trash", nullptr, int(m_moved.last().size()));
}

QString GalleryPage::redoText() const
{
    if (m_undone.isEmpty())
        return {};
    return m_undone.last() == Change::Edit ? m_edits->redoText()
                                           : tr("%n picture(s) to the trash", nullptr, int(m_brought.last().size()));
}

bool GalleryPage::undo()
{
    m_marks->flush();
    if (m_done.isEmpty() && m_edits->canUndo())
        m_done.append(Change::Edit);
    if (m_done.isEmpty())
        return false;
    const Change last = m_done.takeLast();
    m_undone.append(last);
    if (last == Change::Edit) {
        const QString what = m_edits->undoText();
        m_edits->undo();
        if (!what.isEmpty())
            m_toasts->show({.iconName = QStringLiteral("undo"), .text = tr("Undone: %1").arg(what)});
    } else {
        const QList<app::Trash::Moved> moved = m_moved.takeLast();
        QList<app::GalleryPicture> pictures;
        for (const app::Trash::Moved &each : moved)
            pictures.append(each.picture);
        m_brought.append(pictures);
        m_trash->restore(moved);
    }
    Q_EMIT undoChanged();
    return true;
}

bool GalleryPage::redo()
{
    if (m_undone.isEmpty())
        return false;
    const Change last = m_undone.takeLast();
    if (last == Change::Edit) {
        const QString what = m_edits->redoText();
        m_done.append(last);
        m_edits->redo();
        if (!what.isEmpty())
            m_toasts->show({.iconName = QStringLiteral("redo"), .text = tr("Done again: %1").arg(what)});
    } else {
        QList<app::GalleryPicture> pictures;
        const QList<app::GalleryPicture> brought = m_brought.takeLast();
        for (const app::GalleryPicture &each : brought) {
            const int row = m_filter->rowOfPath(each.path); // it has another id since it came back
            pictures.append(row >= 0 ? m_filter->at(row) : each);
        }
        m_isRedoing = true;
        m_trash->move(pictures);
    }
    Q_EMIT undoChanged();
    return true;
}

void GalleryPage::addFiles(const QStringList &paths)
{
    QStringList folders = m_studio.settings().galleryFolders();
    QStringList files;
    int added = 0;
    for (const QString &path : paths) {
        const QFileInfo info(path);
        if (info.isDir()) {
            const QString folder = QDir::cleanPath(info.absoluteFilePath());
            const bool isKnown = folders.contains(folder) ||
                                 (folder + u'/').startsWith(QDir::cleanPath(m_studio.store().folder()) + u'/');
            if (isKnown) {
                m_toasts->show({.iconName = QStringLiteral("folder"),
                                .text = tr("\"%1\" is in the gallery already").arg(info.fileName())});
                continue;
            }
            folders.append(folder);
            ++added;
        } else if (info.isFile()) {
            files.append(info.absoluteFilePath());
        }
    }
    if (added > 0) {
        m_studio.settings().setGalleryFolders(folders);
        m_toasts->show({.iconName = QStringLiteral("folder"),
                        .text = tr("%n folder(s) added; pictures are read where they lie", nullptr, added)});
    }
    if (!files.isEmpty())
        importFiles(files);
}

void GalleryPage::importFiles(const QStringList &files)
{
    const QString folder = QDir(m_studio.store().folder()).filePath(QStringLiteral("Added"));
    QThreadPool::globalInstance()->start([page = QPointer<GalleryPage>(this), files, folder] {
        int copied = 0;
        QStringList failed;
        QDir().mkpath(folder);
        for (const QString &file : files) {
            if (!isPictureFile(file) || copyInto(folder, file).isEmpty())
                failed.append(QFileInfo(file).fileName());
            else
                ++copied;
        }
        QMetaObject::invokeMethod(
            qApp,
            [page, copied, failed] {
                if (!page)
                    return;
                if (copied > 0)
                    page->m_studio.store().rescan();
                if (failed.isEmpty())
                    page->m_toasts->show({.iconName = QStringLiteral("check"),
                                          .text = page->tr("%n picture(s) added to the gallery", nullptr, copied)});
                else
                    page->m_toasts->show(
                        {.iconName = QStringLiteral("warning"),
                         .text = page->tr("\"%1\" and %n other file(s) were not added: they are no pictures, or the "
                                          "folder cannot be written",
                                          nullptr, int(failed.size()) - 1)
                                     .arg(failed.first())});
            },
            Qt::QueuedConnection);
    });
}

} // namespace ui
