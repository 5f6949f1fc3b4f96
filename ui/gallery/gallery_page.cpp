#include "ui/gallery/gallery_page.h"

#include "app/gallery_edits.h"
#include "app/gallery_model.h"
#include "app/settings.h"
#include "app/studio.h"
#include "app/thumbnails.h"
#include "ui/common/banner.h"
#include "ui/common/button.h"
#include "ui/common/elided_label.h"
#include "ui/common/empty_state.h"
#include "ui/common/free_space.h"
#include "ui/common/hair_line.h"
#include "ui/common/icon_button.h"
#include "ui/common/search_field.h"
#include "ui/common/segmented_control.h"
#include "ui/common/side_panel.h"
#include "ui/common/source_list.h"
#include "ui/common/tool_bar.h"
#include "ui/common/value_slider.h"
#include "ui/create/canvas.h"
#include "ui/create/filmstrip.h"
#include "ui/gallery/filter_bar.h"
#include "ui/gallery/gallery_grid.h"
#include "ui/gallery/gallery_list.h"
#include "ui/gallery/marks_box.h"
#include "ui/gallery/picture_details.h"
#include "ui/gallery/picture_loader.h"
#include "ui/gallery/preview_box.h"
#include "ui/gallery/viewer.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLocale>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace ui {

namespace {

constexpr auto kRightPanel = "gallery/right";
constexpr auto kLeftPanel = "gallery/left";
constexpr int kPanelDelayMs = 30; ///< while the current picture runs along, its recipe need not

} // namespace

GalleryPage::GalleryPage(app::Studio &studio, QWidget *parent)
    : Page(parent)
    , m_studio(studio)
    , m_filter(new GalleryFilter(studio.store(), studio.thumbnails(), this))
    , m_trash(new app::Trash(studio.store(), this))
    , m_loader(new PictureLoader(this))
    , m_stack(new QStackedWidget(this))
    , m_overview(new QWidget(m_stack))
    , m_left(new SidePanel(SidePanel::Side::Left, theme().metrics().sources, m_overview))
    , m_right(new SidePanel(SidePanel::Side::Right, theme().metrics().sidePanel, m_overview))
    , m_sources(new SourceList(m_left))
    , m_trashRow(new SourceList(m_left))
    , m_grid(new GalleryGrid(*m_filter, m_overview))
    , m_list(new GalleryList(*m_filter, m_overview))
    , m_middle(new QStackedWidget(m_overview))
    , m_empty(new EmptyState(tr("Pictures you make appear here"),
                             tr("They are saved in %1, each with its recipe.").arg(studio.settings().pictureFolder()),
                             m_middle))
    , m_noHits(new EmptyState(tr("No pictures found"), QString(), m_middle))
    , m_banner(new Banner(m_overview))
    , m_toasts(new ToastHost(this))
    , m_free(new FreeSpace(this))
    , m_edits(&studio.edits())
{
    setAccessibleName(tr("Gallery"));
    setSurface(m_middle, Token::Canvas);
    makeSources();
    makePanel();

    connect(m_empty->addButton(tr("Create"), QStringLiteral("create"), true), &Button::clicked, this,
            &GalleryPage::createRequested);
    connect(m_empty->addButton(tr("Add a folder…"), QStringLiteral("folder")), &Button::clicked, this,
            &GalleryPage::addFolder);
    connect(m_noHits->addButton(tr("Clear")), &Button::clicked, this, &GalleryPage::clearSearch);
    m_list->setSelectionModel(m_grid->selectionModel());
    m_middle->addWidget(m_grid);
    m_middle->addWidget(m_list);
    m_middle->addWidget(m_empty);
    m_middle->addWidget(m_noHits);

    auto *centre = new QVBoxLayout;
    centre->setSpacing(0);
    centre->addWidget(makeToolbar());
    centre->addWidget(m_bar);
    auto *banner = new QVBoxLayout;
    banner->setContentsMargins(0, 0, 0, 0);
    banner->addWidget(m_banner);
    centre->addLayout(banner);
    centre->addWidget(m_middle, 1);
    auto *row = new QHBoxLayout(m_overview);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_left);
    row->addLayout(centre, 1);
    row->addWidget(m_right);
    m_stack->addWidget(m_overview);
    auto *whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->addWidget(m_stack);

    connectViews();
    connectParts();
    connectSources();
    connectSearch();
    const QVariant state = m_studio.settings().viewState(QStringLiteral("gallery/list"), false);
    m_list->setColumnState(m_studio.settings().viewState(QStringLiteral("gallery/columns")).toByteArray());
    m_viewKind->setCurrentIndex(state.toBool() ? 1 : 0);
    updateSources();
    updateEmpty();
    updatePanel();
    updateActions();
}

GalleryPage::~GalleryPage() = default;

QWidget *GalleryPage::makeToolbar()
{
    auto *bar = new ToolBar(theme().metrics().toolbarWide, m_overview);
    QWidget *search = makeSearch();
    m_viewKind = new SegmentedControl(bar);
    m_viewKind->setObjectName(QStringLiteral("viewKind"));
    m_viewKind->addChoice(QString(), QStringLiteral("gallery"), tr("Grid"));
    m_viewKind->addChoice(QString(), QStringLiteral("list"), tr("List"));
    m_viewKind->setAccessibleName(tr("Grid or list"));
    m_group = new QComboBox(bar);
    m_group->setObjectName(QStringLiteral("group"));
    m_group->setProperty("prefix", tr("Group"));
    m_group->addItem(tr("By day"), int(app::GalleryGrouping::Day));
    m_group->addItem(tr("By batch"), int(app::GalleryGrouping::Batch));
    m_group->addItem(tr("By model"), int(app::GalleryGrouping::Model));
    m_group->addItem(tr("None"), int(app::GalleryGrouping::None));
    m_group->setFixedWidth(152);
    m_group->setAccessibleName(tr("Group"));
    m_sort = new IconButton(QStringLiteral("sort"), tr("Sort"), IconButton::Shape::Boxed, bar);
    m_sort->setObjectName(QStringLiteral("sort"));
    m_size = new PlainSlider(bar);
    m_size->setRange(64, 512, 16);
    m_size->setValue(m_studio.settings().thumbnailSize());
    m_size->setAccessibleName(tr("Size of the thumbnails"));
    m_size->setToolTip(tr("Size of the thumbnails (Ctrl+wheel)"));
    m_panelButton = new IconButton(QStringLiteral("panel-right"), tr("Recipe"), bar);
    m_panelButton->setName(tr("Recipe"), QStringLiteral("F9"));
    m_panelButton->setCheckable(true);
    m_panelButton->setChecked(!m_right->isFolded());
    QHBoxLayout *row = bar->row();
    row->addWidget(search, 100); // up to its own maximum; the rest is the gap's
    row->addStretch(1);
    row->addWidget(m_viewKind);
    row->addWidget(m_group);
    row->addWidget(m_sort);
    row->addWidget(m_size);
    row->addWidget(m_panelButton);
    m_grid->setThumbnailSize(m_size->value());
    return bar;
}

void GalleryPage::makePanel()
{
    m_right->setPanelWidth(m_studio.settings().panelWidth(QLatin1String(kRightPanel), theme().metrics().sidePanel));
    auto *body = new QWidget(m_right);
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(12);
    m_preview = new PreviewBox(m_studio.thumbnails(), body);
    connect(m_preview, &PreviewBox::activated, this, [this] { command(PictureCommand::View); });
    m_stars = new StarRow(body);
    m_tools = new QWidget(body);
    auto *tools = new QHBoxLayout(m_tools);
    tools->setContentsMargins(0, 0, 0, 0);
    tools->setSpacing(4);
    tools->addWidget(m_stars);
    tools->addStretch(1);
    const auto tool = [&](const QString &icon, const QString &name, PictureCommand what) {
        auto *button = new IconButton(icon, name, m_tools);
        button->setName(name, pictureKeyText(what));
        tools->addWidget(button);
        connect(button, &IconButton::clicked, this, [this, what] { command(what); });
        return button;
    };
    m_flag = tool(QStringLiteral("flag"), tr("Reject"), PictureCommand::ToggleReject);
    m_flag->setCheckable(true);
    m_flag->setObjectName(QStringLiteral("reject"));
    tool(QStringLiteral("tag"), tr("Tags"), PictureCommand::EditTags);
    tool(QStringLiteral("copy"), tr("Copy picture"), PictureCommand::CopyPicture);
    tool(QStringLiteral("trash"), tr("Move to trash"), PictureCommand::Trash);
    m_several = new Label(QString(), TextStyle::Detail, Token::Text3, body);
    m_several->setWordWrap(true);
    m_details = new PictureDetails(PictureDetails::Layout::Brief, body);
    m_marks = new MarksBox(body);
    column->addWidget(m_preview);
    column->addWidget(m_tools);
    m_toolsLine = new HairLine(body);
    column->addWidget(m_toolsLine);
    column->addWidget(m_several);
    column->addWidget(m_details);
    column->addWidget(m_marks);
    column->addStretch(1);
    m_right->setBody(body);
    m_use = new UseButtons(UseButtons::Layout::Gallery, m_right);
    m_right->setFoot(m_use);
    m_right->setFolded(m_studio.settings().isPanelFolded(QLatin1String(kRightPanel)));
}

void GalleryPage::connectViews()
{
    const auto both = [this](auto *each) {
        using View = std::remove_pointer_t<decltype(each)>;
        connect(each, &View::commandGiven, this, &GalleryPage::command);
        connect(each, &View::keyUnused, this, &GalleryPage::useKey);
        connect(each, &View::starsChosen, this, [this](const QModelIndex &index, int stars) {
            // One of several that are chosen stands for them all.
            if (m_grid->selectionModel()->isSelected(index.siblingAtColumn(0)))
                setStars(stars);
            else
                editStars({m_filter->idAt(index.row())}, stars);
        });
        connect(each, &View::compareWith, this, [this](const QModelIndex &index) {
            compare(m_filter->pathsOf({m_grid->currentIndex().row(), index.row()}));
        });
    };
    both(m_grid);
    both(m_list);
    connect(m_grid, &GalleryGrid::chosenChanged, &m_panelDelay, qOverload<>(&QTimer::start));
    connect(m_grid, &GalleryGrid::filesDropped, this, &GalleryPage::addFiles);
    connect(m_grid, &GalleryGrid::thumbnailSizeWanted, m_size, &PlainSlider::setValue);
    connect(m_list, &GalleryList::columnStateChanged, this,
            [this] { m_studio.settings().setViewState(QStringLiteral("gallery/columns"), m_list->columnState()); });
    connect(m_list, &GalleryList::sortWanted, this, [this](int column) {
        const std::optional<app::GallerySort> sort = GalleryFilter::sortOfColumn(column);
        const app::GalleryOrder &order = m_filter->order();
        const bool isAgain = sort && order.sort == *sort;
        if (isAgain)
            setSort(*sort, order.direction == Qt::AscendingOrder ? Qt::DescendingOrder : Qt::AscendingOrder);
        else if (sort)
            setSort(*sort, GalleryFilter::usualDirection(*sort));
        m_list->showSort();
    });
    connect(m_viewKind, &SegmentedControl::currentChanged, this, [this](int kind) { showAsList(kind == 1); });
    connect(m_size, &PlainSlider::valueChanged, this, [this](int pixels) {
        m_grid->setThumbnailSize(pixels);
        m_studio.settings().setThumbnailSize(pixels);
    });
    m_panelDelay.setSingleShot(true);
    m_panelDelay.setInterval(kPanelDelayMs);
    connect(&m_panelDelay, &QTimer::timeout, this, &GalleryPage::updatePanel);
    connect(m_filter, &QAbstractItemModel::dataChanged, this,
            [this](const QModelIndex &first, const QModelIndex &last, const QList<int> &roles) {
                const int row = shownIndex().row();
                const bool isThumbnail = roles.contains(app::GalleryModel::ThumbnailRole);
                if (!isThumbnail && row >= first.row() && row <= last.row())
                    m_panelDelay.start();
                else if (isThumbnail && row >= first.row() && row <= last.row())
                    m_details->setProblem(m_filter->reasonOf(m_filter->at(row)));
            });
}

void GalleryPage::connectParts()
{
    connect(m_free, &FreeSpace::changed, this, &GalleryPage::statusChanged);
    m_free->setFolder(m_studio.settings().pictureFolder());
    connect(m_panelButton, &IconButton::clicked, this, [this](bool on) { m_right->setFolded(!on); });
    connect(m_right, &SidePanel::foldedChanged, this, &GalleryPage::fitToolbar);
    connect(m_left, &SidePanel::foldedChanged, this, &GalleryPage::fitToolbar);
    connect(m_right, &SidePanel::foldedChanged, this, [this](bool folded) {
        m_panelButton->setChecked(!folded);
        if (!m_isNarrow)
            m_studio.settings().setPanelFolded(QLatin1String(kRightPanel), folded);
    });
    connect(m_right, &SidePanel::widthChanged, this,
            [this](int width) { m_studio.settings().setPanelWidth(QLatin1String(kRightPanel), width); });
    connect(m_left, &SidePanel::foldedChanged, this,
            [this](bool folded) { m_studio.settings().setPanelFolded(QLatin1String(kLeftPanel), folded); });
    connect(m_filter, &GalleryFilter::countsChanged, this, &GalleryPage::updateSources);
    connect(m_filter, &GalleryFilter::searched, this, &GalleryPage::updateEmpty);
    connect(m_filter, &QAbstractItemModel::modelReset, this, &GalleryPage::updateEmpty);
    connect(m_filter, &QAbstractItemModel::layoutChanged, this, &GalleryPage::updateEmpty);
    connect(m_filter, &QAbstractItemModel::rowsInserted, this, &GalleryPage::updateEmpty);
    connect(m_filter, &QAbstractItemModel::rowsRemoved, this, &GalleryPage::updateEmpty);
    connect(m_stars, &StarRow::chosen, this, &GalleryPage::setStars);
    connectMarks(*m_marks);
    connect(m_details, &PictureDetails::commandGiven, this, &GalleryPage::command);
    connect(m_use, &UseButtons::commandGiven, this, &GalleryPage::command);
    connect(m_trash, &app::Trash::moved, this, &GalleryPage::onTrashed);
    connect(m_trash, &app::Trash::failed, this, [this](const QString &sentence) {
        m_toasts->show({.iconName = QStringLiteral("error"), .text = sentence});
    });
    connect(m_edits, &app::GalleryEdits::done, this, &GalleryPage::onEdited);
    connect(m_edits, &app::GalleryEdits::stateChanged, this, &GalleryPage::undoChanged);
    connect(m_trash, &app::Trash::restored, this, [this](const QStringList &paths) {
        m_inTrash = std::max(0, m_inTrash - int(paths.size()));
        updateSources();
        m_toasts->show(
            {.iconName = QStringLiteral("undo"), .text = tr("%n picture(s) brought back", nullptr, int(paths.size()))});
    });
    connect(&m_studio.settings(), &app::Settings::pictureFolderChanged, this, [this](const QString &folder) {
        m_free->setFolder(folder);
        m_empty->setText(tr("They are saved in %1, each with its recipe.").arg(folder));
        updateSources();
        updateEmpty();
    });
}

void GalleryPage::showAsList(bool isList)
{
    m_studio.settings().setViewState(QStringLiteral("gallery/list"), isList);
    const bool hadFocus = m_grid->hasFocus() || m_list->hasFocus();
    updateEmpty();
    fitToolbar();
    if (view()->isVisible() && m_grid->currentIndex().isValid()) {
        m_grid->scrollTo(m_grid->currentIndex());
        m_list->scrollTo(m_grid->currentIndex());
    }
    if (hadFocus)
        view()->setFocus(Qt::OtherFocusReason);
}

QWidget *GalleryPage::view() const
{
    return m_viewKind->currentIndex() == 1 ? static_cast<QWidget *>(m_list) : m_grid;
}

bool GalleryPage::isViewing() const
{
    return m_viewer && m_stack->currentWidget() == m_viewer;
}

void GalleryPage::updateEmpty()
{
    if (m_filter->rowCount() > 0) {
        const bool wasEmpty = m_middle->currentWidget() == m_empty;
        m_middle->setCurrentWidget(view());
        // The pictures came after the page: the focus had nowhere better to go.
        const QWidget *focus = window()->focusWidget();
        if (wasEmpty && isVisible() && (!focus || focus == m_sources || m_empty->isAncestorOf(focus)))
            activate();
    } else if (m_filter->counts().all == 0) {
        m_middle->setCurrentWidget(m_empty);
    } else {
        sayNoHits();
        m_middle->setCurrentWidget(m_noHits);
    }
    m_panelDelay.start();
    Q_EMIT statusChanged();
}

QModelIndex GalleryPage::shownIndex() const
{
    if (isViewing())
        return m_viewer->current();
    const QItemSelectionModel *selection = m_grid->selectionModel();
    const QModelIndex current = m_grid->currentIndex().siblingAtColumn(0);
    if (current.isValid() && selection->isSelected(current))
        return current;
    const QItemSelection chosen = selection->selection();
    return chosen.isEmpty() ? QModelIndex() : m_filter->index(chosen.first().top(), 0);
}

QList<int> GalleryPage::chosenRows() const
{
    if (isViewing())
        return m_viewer->current().isValid() ? QList<int>{m_viewer->current().row()} : QList<int>();
    return GalleryFilter::rowsOf(m_grid->selectionModel()->selection());
}

QStringList GalleryPage::selectedPaths() const
{
    return m_filter->pathsOf(chosenRows());
}

void GalleryPage::updatePanel()
{
    m_panelDelay.stop();
    m_marks->flush(); // what was typed belongs to the picture that was shown
    if (m_viewer)
        m_viewer->marks()->flush();
    const QModelIndex index = shownIndex();
    const qsizetype count = chosenRows().size();
    const bool has = index.isValid();
    m_preview->setVisible(has);
    m_tools->setVisible(has);
    m_toolsLine->setVisible(has);
    m_details->setVisible(has);
    m_marks->setVisible(has);
    m_several->setVisible(!has || count > 1);
    if (!has)
        m_several->setText(m_filter->rowCount() > 0 ? tr("Choose a picture to see how it was made.") : QString());
    else if (count > 1)
        m_several->setText(
            tr("%n picture(s) chosen; the settings are those of the newest click.", nullptr, int(count)));
    if (has) {
        const app::GalleryPicture picture = m_filter->at(index.row());
        m_preview->setPicture(picture);
        m_preview->setProblem(m_filter->thumbnailState(index.row()).missingText);
        m_stars->setStars(picture.stars);
        m_details->setPicture(picture);
        m_details->setProblem(m_filter->reasonOf(picture));
        m_use->setHasRecipe(!picture.recipe.isEmpty());
    } else {
        m_use->setHasRecipe(false);
    }
    updateMarks();
    updateActions();
    Q_EMIT statusChanged();
}

SidePanel *GalleryPage::leftPanel() const
{
    return isViewing() ? nullptr : m_left;
}

SidePanel *GalleryPage::rightPanel() const
{
    return isViewing() ? m_viewer->panel() : m_right;
}

QList<QWidget *> GalleryPage::parts() const
{
    if (isViewing())
        return {m_viewer->canvas(), m_viewer->strip(), m_viewer->panel()};
    QWidget *middle = m_middle->currentWidget();
    return {m_sources, m_search, m_bar, middle, m_right};
}

PageStatus GalleryPage::status() const
{
    const QLocale locale;
    PageStatus status;
    if (isViewing() && m_viewer->current().isValid()) {
        const QModelIndex index = m_viewer->current();
        status.left = tr("Picture %1 of %2, %3, %4")
                          .arg(locale.toString(index.row() + 1), locale.toString(m_filter->rowCount()),
                               index.data(app::GalleryModel::PathRole).toString().section(u'/', -1),
                               locale.formattedDataSize(index.data(app::GalleryModel::BytesRole).toLongLong(), 0,
                                                        QLocale::DataSizeSIFormat));
        status.right = tr("← → previous, next    0 – 5 stars    F11 full screen");
        return status;
    }
    const qsizetype chosen = chosenRows().size();
    status.left = tr("%Ln picture(s)", nullptr, m_filter->rowCount());
    if (m_filter->rowCount() > 0 && m_filter->rowCount() == m_filter->counts().all)
        status.left = QStringLiteral("%1, %2").arg(
            status.left, locale.formattedDataSize(m_filter->counts().bytes, 0, QLocale::DataSizeSIFormat));
    if (chosen > 0)
        status.left = tr("%1, %2 selected").arg(status.left, locale.toString(chosen));
    status.right = m_free->text();
    return status;
}

void GalleryPage::setCompact(bool narrow, bool low)
{
    if (narrow != m_isNarrow) {
        m_isNarrow = narrow;
        m_right->setFolded(narrow || m_studio.settings().isPanelFolded(QLatin1String(kRightPanel)));
    }
    const int wide = window()->width() >= 1920 ? theme().metrics().sidePanelWide : theme().metrics().sidePanel;
    m_right->setPanelWidth(m_studio.settings().panelWidth(QLatin1String(kRightPanel), wide));
    if (m_viewer)
        m_viewer->setCompact(narrow, low);
}

void GalleryPage::resizeEvent(QResizeEvent *event)
{
    Page::resizeEvent(event);
    fitToolbar();
}

void GalleryPage::fitToolbar()
{
    const int panels =
        (m_left->isFolded() ? 0 : m_left->panelWidth()) + (m_right->isFolded() ? 0 : m_right->panelWidth());
    const int room = width() - panels;
    const bool isGrid = m_viewKind->currentIndex() == 0;
    m_group->setVisible(room >= 660);
    // The list has no sizes; its place stays free, so that the switch does not move under the pointer.
    QSizePolicy policy = m_size->sizePolicy();
    policy.setRetainSizeWhenHidden(room >= 480);
    m_size->setSizePolicy(policy);
    m_size->setVisible(isGrid && room >= 480);
    m_sort->setVisible(room >= 420);
}

void GalleryPage::activate()
{
    if (isViewing()) {
        m_viewer->canvas()->setFocus(Qt::OtherFocusReason);
        return;
    }
    if (m_filter->rowCount() > 0 && !m_grid->currentIndex().isValid())
        m_grid->setCurrentIndex(m_filter->index(0, 0));
    view()->setFocus(Qt::OtherFocusReason);
}

} // namespace ui
