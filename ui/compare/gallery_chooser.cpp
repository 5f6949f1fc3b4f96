#include "ui/compare/gallery_chooser.h"

#include "app/gallery_model.h"
#include "app/studio.h"
#include "ui/common/button.h"
#include "ui/common/elided_label.h"
#include "ui/common/search_field.h"
#include "ui/common/thumbnail_delegate.h"
#include "ui/gallery/gallery_filter.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QListView>
#include <QVBoxLayout>

namespace ui {

namespace {

constexpr int kCell = 96;

} // namespace

GalleryChooser::GalleryChooser(app::Studio &studio, int most, QWidget *parent)
    : QDialog(parent)
    , m_studio(studio)
    , m_most(std::max(1, most))
    , m_filter(new GalleryFilter(studio.store(), studio.thumbnails(), this))
    , m_search(new SearchField(tr("Search"), this))
    , m_words(new Label(QString(), TextStyle::Detail, Token::Text3, this))
    , m_list(new QListView(this))
    , m_take(new Button(tr("Compare"), Button::Kind::Primary, this))
{
    setObjectName(QStringLiteral("galleryChooser"));
    setWindowTitle(tr("Choose from the Gallery"));
    resize(560, 520);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(24, 24, 24, 24);
    column->setSpacing(12);
    column->addWidget(new Label(tr("Choose from the gallery"), TextStyle::Title, Token::Text, this));
    m_search->setAccessibleName(tr("Search the gallery"));
    column->addWidget(m_search);
    auto *delegate = new ThumbnailDelegate(
        {.image = app::GalleryModel::ThumbnailRole, .missing = app::GalleryModel::ThumbnailFailedRole}, this);
    delegate->setCellSize(kCell);
    delegate->setGap(8);
    m_list->setItemDelegate(delegate);
    m_list->setViewMode(QListView::IconMode);
    m_list->setResizeMode(QListView::Adjust);
    m_list->setMovement(QListView::Static);
    m_list->setUniformItemSizes(true);
    m_list->setSelectionMode(m_most > 1 ? QAbstractItemView::ExtendedSelection : QAbstractItemView::SingleSelection);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setAccessibleName(tr("Pictures of the gallery"));
    m_list->setModel(m_filter);
    column->addWidget(m_list, 1);
    m_words->setWordWrap(true);
    auto *foot = new QHBoxLayout;
    foot->setSpacing(8);
    foot->addWidget(m_words, 1);
    auto *cancel = new Button(tr("Cancel"), this);
    cancel->setAutoDefault(false);
    foot->addWidget(cancel);
    foot->addWidget(m_take);
    m_take->setDefault(true);
    column->addLayout(foot);

    m_delay.setSingleShot(true);
    m_delay.setInterval(100);
    connect(&m_delay, &QTimer::timeout, this, [this] {
        m_filter->setSearch(m_search->text());
        selectFirst();
    });
    connect(m_filter, &GalleryFilter::searched, this, &GalleryChooser::selectFirst);
    connect(m_filter, &QAbstractItemModel::modelReset, this, &GalleryChooser::selectFirst);
    connect(m_search, &SearchField::textChanged, &m_delay, qOverload<>(&QTimer::start));
    connect(cancel, &Button::clicked, this, &QDialog::reject);
    connect(m_take, &Button::clicked, this, &QDialog::accept);
    connect(m_list, &QListView::doubleClicked, this, &QDialog::accept);
    connect(m_list->selectionModel(), &QItemSelectionModel::selectionChanged, this, &GalleryChooser::updateWords);
    m_search->setFocus();
    updateWords();
}

QStringList GalleryChooser::chosen() const
{
    QModelIndexList rows = m_list->selectionModel()->selectedIndexes();
    std::sort(rows.begin(), rows.end(), [](const QModelIndex &a, const QModelIndex &b) { return a.row() < b.row(); });
    QStringList paths;
    for (const QModelIndex &row : std::as_const(rows)) {
        if (paths.size() < m_most)
            paths.append(row.data(app::GalleryModel::PathRole).toString());
    }
    return paths;
}

void GalleryChooser::selectFirst()
{
    // Enter takes the first that was found.
    if (!m_search->text().isEmpty() && m_filter->rowCount() > 0 && !m_list->selectionModel()->hasSelection())
        m_list->setCurrentIndex(m_filter->index(0, 0));
    updateWords();
}

void GalleryChooser::updateWords()
{
    const int count = int(m_list->selectionModel()->selectedIndexes().size());
    m_take->setEnabled(count > 0);
    m_take->setToolTip(count > 0 ? QString() : tr("Choose a picture first"));
    if (!m_filter->problem().isEmpty())
        m_words->setText(m_filter->problem());
    else if (m_filter->rowCount() == 0)
        m_words->setText(m_search->text().isEmpty() ? tr("The gallery is empty")
                                                    : tr("Nothing found for \"%1\"").arg(m_search->text()));
    else if (count > m_most)
        m_words->setText(tr("The first %n will be taken", nullptr, m_most));
    else if (count > 0)
        m_words->setText(tr("%n picture(s) chosen", nullptr, count));
    else
        m_words->setText(tr("%n picture(s)", nullptr, m_filter->rowCount()));
}

} // namespace ui
