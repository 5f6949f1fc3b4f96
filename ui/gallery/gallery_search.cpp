// The gallery page's search: the field with its proposals, chips, order, groups, pictures alike.
#include "ui/gallery/gallery_page.h"

#include "app/gallery_model.h"
#include "app/settings.h"
#include "app/studio.h"
#include "ui/common/button.h"
#include "ui/common/empty_state.h"
#include "ui/common/icon_button.h"
#include "ui/common/search_field.h"
#include "ui/common/source_list.h"
#include "ui/gallery/completion_list.h"
#include "ui/gallery/filter_bar.h"
#include "ui/gallery/gallery_grid.h"
#include "ui/gallery/gallery_list.h"
#include "ui/gallery/picture_details.h"
#include "ui/gallery/search_terms.h"
#include "ui/gallery/viewer.h"

#include <QComboBox>
#include <QFileInfo>
#include <QKeyEvent>
#include <QLocale>
#include <QMenu>

namespace ui {

namespace {

constexpr int kMostKept = 200;     ///< chosen pictures that are looked for in another order
constexpr int kSearchDelayMs = 40; ///< typing goes on faster than this only by machine

} // namespace

QWidget *GalleryPage::makeSearch()
{
    m_search = new SearchField(tr("Search, or steps:>20 stars:>=3"), m_overview);
    m_search->setObjectName(QStringLiteral("gallerySearch"));
    m_search->setKeyHint(QStringLiteral("Ctrl+F"));
    m_search->setMaximumWidth(352);
    m_search->setMinimumWidth(160);
    m_completions = new CompletionList(m_search);
    m_bar = new FilterBar({.models = [this] { return m_filter->models(); }, .tags = [this] { return knownTags(); }},
                          m_overview);
    return m_search;
}

void GalleryPage::connectSearch()
{
    m_searchDelay.setSingleShot(true);
    m_searchDelay.setInterval(kSearchDelayMs);
    connect(&m_searchDelay, &QTimer::timeout, this, &GalleryPage::updateSearch);
    connect(m_search, &QLineEdit::textChanged, this, &GalleryPage::onSearchEdited);
    connect(m_search, &QLineEdit::textEdited, this, &GalleryPage::proposeCompletions);
    connect(m_search, &QLineEdit::returnPressed, this, [this] {
        takeTypedTerms();
        updateSearch();
        if (m_filter->problem().isEmpty() && m_filter->rowCount() > 0)
            activate();
    });
    m_search->installEventFilter(this);
    connect(m_completions, &CompletionList::chosen, this, &GalleryPage::takeCompletion);
    connect(m_bar, &FilterBar::changed, this, &GalleryPage::updateSearch);
    connect(m_bar, &FilterBar::clearRequested, this, &GalleryPage::clearSearch);
    connect(m_bar, &FilterBar::alikeRemoved, this, [this] {
        m_bar->setAlike(QString());
        m_filter->clearAlike();
    });
    connect(m_bar, &FilterBar::editRequested, this, [this](const QString &term) {
        const QString rest = m_search->text().trimmed();
        m_search->setText(rest.isEmpty() ? term : rest + QLatin1Char(' ') + term);
        m_search->setFocus(Qt::OtherFocusReason);
        updateSearch();
    });
    connect(m_group, &QComboBox::currentIndexChanged, this, [this](int index) {
        keepChosen([&] { m_filter->setGrouping(app::GalleryGrouping(m_group->itemData(index).toInt())); });
        m_studio.settings().setViewState(QStringLiteral("gallery/group"), index);
    });
    connect(m_sort, &IconButton::clicked, this, &GalleryPage::showSortMenu);
    const app::Settings &settings = m_studio.settings();
    const int sort = settings.viewState(QStringLiteral("gallery/sort"), 0).toInt();
    const bool falls = settings.viewState(QStringLiteral("gallery/falls"), true).toBool();
    if (sort >= 0 && sort <= int(app::GallerySort::Random) && (sort != 0 || !falls))
        setSort(app::GallerySort(sort), falls ? Qt::DescendingOrder : Qt::AscendingOrder);
    m_group->setCurrentIndex(std::clamp(settings.viewState(QStringLiteral("gallery/group"), 0).toInt(), 0, 3));
}

bool GalleryPage::eventFilter(QObject *object, QEvent *event)
{
    if (object == m_search && event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->key() == Qt::Key_Backspace && m_search->text().isEmpty()) {
            const QString last = m_bar->takeLast();
            if (!last.isEmpty()) {
                m_search->setText(last);
                updateSearch();
                return true;
            }
        }
        if (key->key() == Qt::Key_Down && !m_completions->isVisible()) {
            activate();
            return true;
        }
    }
    return Page::eventFilter(object, event);
}

void GalleryPage::onSearchEdited()
{
    // A field with its value is whole once a space follows it: it becomes a chip.
    if (m_search->text().endsWith(u' ') && m_search->cursorPosition() == m_search->text().size())
        takeTypedTerms();
    m_bar->setFieldFilled(!m_search->text().isEmpty());
    m_searchDelay.start();
}

void GalleryPage::takeTypedTerms()
{
    QStringList fields;
    QStringList words;
    const QStringList terms = searchTerms(m_search->text());
    if (terms.contains(QLatin1String("OR")) || terms.contains(QLatin1String("|")))
        return; // it stands between two terms: they stay together
    for (const QString &term : terms) {
        const bool isWhole = isFieldTerm(term) && app::GalleryQuery(term).problem().isEmpty();
        (isWhole ? fields : words).append(term);
    }
    if (fields.isEmpty())
        return;
    m_bar->addTyped(fields);
    const QSignalBlocker quiet(m_search);
    m_search->setText(words.isEmpty() ? QString() : words.join(QLatin1Char(' ')) + QLatin1Char(' '));
    m_searchDelay.start();
}

void GalleryPage::proposeCompletions()
{
    QList<Completion> found;
    const QString typed = m_search->text().left(m_search->cursorPosition());
    if (termStart(typed, int(typed.size())) < typed.size()) {
        const QList<app::GallerySuggestion> known = m_studio.store().suggestions(typed);
        for (const app::GallerySuggestion &each : known)
            found.append(
                {.text = each.text, .note = each.detail, .insert = each.isWhole ? each.text + u' ' : each.text});
    }
    m_completions->setCompletions(found);
}

void GalleryPage::takeCompletion(const QString &term)
{
    const QString text = m_search->text();
    const int cursor = m_search->cursorPosition();
    const int start = termStart(text, cursor);
    m_search->setText(text.left(start) + term + text.mid(cursor).trimmed());
    m_search->setCursorPosition(start + int(term.size()));
    m_search->setFocus(Qt::OtherFocusReason);
    if (term.endsWith(u' '))
        takeTypedTerms();
    else
        proposeCompletions(); // its value
    updateSearch();
}

void GalleryPage::updateSearch()
{
    m_searchDelay.stop();
    const QString text = QStringLiteral("%1 %2").arg(m_bar->query(), m_search->text()).trimmed();
    if (text != m_filter->searchText())
        m_filter->setSearch(text);
    // A field whose value is still being typed is no mistake yet; one with a value is told at once.
    m_bar->setProblem(m_filter->problem());
    m_bar->setFieldFilled(!m_search->text().isEmpty());
    m_search->setProperty("invalid", !m_filter->problem().isEmpty());
    m_search->setAccessibleDescription(m_filter->problem());
    updateSources();
}

void GalleryPage::clearSearch()
{
    {
        const QSignalBlocker quiet(m_search);
        m_search->clear();
    }
    m_bar->clear();
    m_filter->clearAlike();
    m_filter->setSource(GalleryFilter::Source::All);
    updateSearch();
    updateEmpty();
}

void GalleryPage::showSearch(const QString &text)
{
    {
        const QSignalBlocker quiet(m_search);
        m_search->clear();
    }
    m_bar->clear();
    m_filter->clearAlike();
    m_filter->setSource(GalleryFilter::Source::All);
    m_bar->setTyped(searchTerms(text));
    updateSearch();
}

void GalleryPage::sayNoHits()
{
    const QString asked = m_filter->searchText();
    if (asked.isEmpty() && m_filter->source() == GalleryFilter::Source::Collection)
        m_noHits->setText(tr("This collection is empty. Drag pictures onto its name."));
    else if (asked.isEmpty())
        m_noHits->setText(tr("There is nothing here yet."));
    else
        m_noHits->setText(tr("Nothing matches \"%1\".").arg(asked));
}

void GalleryPage::keepChosen(const std::function<void()> &change)
{
    const QList<int> rows = chosenRows();
    const QList<qint64> ids = m_filter->idsOf(rows.mid(0, kMostKept));
    const qint64 current = m_filter->idAt(m_grid->currentIndex().row());
    change();
    if (ids.isEmpty() || rows.size() > kMostKept)
        return;
    const int row = m_filter->rowOfId(current);
    if (row >= 0)
        m_grid->setCurrentIndex(m_filter->index(row, 0));
    QItemSelection chosen;
    for (const qint64 id : ids) {
        const QModelIndex index = m_filter->index(m_filter->rowOfId(id), 0);
        if (index.isValid())
            chosen.select(index, index);
    }
    m_grid->selectionModel()->select(chosen, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    m_grid->scrollTo(m_grid->currentIndex());
}

void GalleryPage::setSort(app::GallerySort sort, Qt::SortOrder direction)
{
    keepChosen([&] { m_filter->setSort(sort, direction); });
    m_list->showSort();
    m_studio.settings().setViewState(QStringLiteral("gallery/sort"), int(sort));
    m_studio.settings().setViewState(QStringLiteral("gallery/falls"), direction == Qt::DescendingOrder);
}

void GalleryPage::showSortMenu()
{
    QMenu menu(this);
    const app::GalleryOrder order = m_filter->order();
    const auto add = [&](const QString &text, app::GallerySort sort) {
        QAction *action =
            menu.addAction(text, this, [this, sort] { setSort(sort, GalleryFilter::usualDirection(sort)); });
        action->setCheckable(true);
        action->setChecked(order.sort == sort);
    };
    add(tr("By Date"), app::GallerySort::Date);
    add(tr("By Stars"), app::GallerySort::Stars);
    add(tr("By Seed"), app::GallerySort::Seed);
    add(tr("By Model"), app::GallerySort::Model);
    add(tr("By Size"), app::GallerySort::Size);
    add(tr("By File Name"), app::GallerySort::Name);
    add(order.sort == app::GallerySort::Random ? tr("Another Random Order") : tr("Random"), app::GallerySort::Random);
    menu.addSeparator();
    const bool isRandom = order.sort == app::GallerySort::Random;
    const auto direction = [&](const QString &text, Qt::SortOrder way) {
        QAction *action = menu.addAction(text, this, [this, way] { setSort(m_filter->order().sort, way); });
        action->setCheckable(true);
        action->setEnabled(!isRandom);
        action->setChecked(!isRandom && order.direction == way);
    };
    direction(tr("Newest or Largest First"), Qt::DescendingOrder);
    direction(tr("Oldest or Smallest First"), Qt::AscendingOrder);
    menu.exec(m_sort->mapToGlobal(QPoint(0, m_sort->height() + 4)));
}

void GalleryPage::fillAlikeMenu(QMenu &menu)
{
    const auto add = [&](const QString &text, app::Likeness likeness) {
        menu.addAction(text, this, [this, likeness] { showAlike(likeness); });
    };
    add(tr("Words of the Prompt"), app::Likeness::Prompt);
    add(tr("Same Seed"), app::Likeness::Seed);
    add(tr("Same Batch"), app::Likeness::Batch);
    add(tr("Colours and Composition"), app::Likeness::Look);
}

void GalleryPage::moreLikeThis()
{
    if (!hasPicture())
        return;
    QMenu menu(this);
    fillAlikeMenu(menu);
    QWidget *under = isViewing() ? static_cast<QWidget *>(m_viewer->buttons()->alikeButton()) : view();
    const QPoint at =
        isViewing() ? QPoint(0, -menu.sizeHint().height() - 4) : m_grid->visualRect(m_grid->currentIndex()).center();
    menu.exec(under->mapToGlobal(at));
}

void GalleryPage::showAlike(app::Likeness likeness)
{
    const QModelIndex index = shownIndex();
    if (!index.isValid())
        return;
    const app::GalleryPicture picture = m_filter->at(index.row());
    if (isViewing())
        closeViewer();
    clearSearch();
    const QString name = QFileInfo(picture.path).completeBaseName();
    switch (likeness) {
    case app::Likeness::Prompt:
        m_bar->setAlike(tr("Words like %1").arg(name));
        break;
    case app::Likeness::Seed:
        m_bar->setAlike(tr("Seed of %1").arg(name));
        break;
    case app::Likeness::Batch:
        m_bar->setAlike(tr("Batch of %1").arg(name));
        break;
    case app::Likeness::Look:
        m_bar->setAlike(tr("Looks like %1").arg(name));
        break;
    }
    m_filter->setAlike(picture.id, likeness);
    const int row = m_filter->rowOfId(picture.id);
    if (row >= 0)
        m_grid->setCurrentIndex(m_filter->index(row, 0));
    activate();
}

void GalleryPage::focusSearch()
{
    if (isViewing())
        closeViewer();
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

} // namespace ui
