#include "ui/gallery/gallery_page.h"

#include "app/gallery_model.h"
#include "app/settings.h"
#include "app/studio.h"
#include "app/thumbnails.h"
#include "ui/common/button.h"
#include "ui/common/chip.h"
#include "ui/common/elided_label.h"
#include "ui/common/empty_state.h"
#include "ui/common/free_space.h"
#include "ui/common/hair_line.h"
#include "ui/common/icon_button.h"
#include "ui/common/search_field.h"
#include "ui/common/side_panel.h"
#include "ui/common/source_list.h"
#include "ui/common/tool_bar.h"
#include "ui/common/value_slider.h"
#include "ui/create/canvas.h"
#include "ui/create/filmstrip.h"
#include "ui/gallery/gallery_filter.h"
#include "ui/gallery/picture_details.h"
#include "ui/gallery/preview_box.h"
#include "ui/gallery/viewer.h"

#include <QComboBox>
#include <QDir>
#include <QHBoxLayout>
#include <QLocale>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace ui {

namespace {

constexpr auto kRightPanel = "gallery/right";
constexpr auto kLeftPanel = "gallery/left";
constexpr int kFolderItem = 10;

HairLine *line(QWidget *parent)
{
    return new HairLine(parent);
}

} // namespace

GalleryPage::GalleryPage(app::Studio &studio, QWidget *parent)
    : Page(parent)
    , m_studio(studio)
    , m_filter(new GalleryFilter(studio.gallery(), studio.store(), this))
    , m_trash(new app::Trash(studio.store(), this))
    , m_stack(new QStackedWidget(this))
    , m_overview(new QWidget(m_stack))
    , m_left(new SidePanel(SidePanel::Side::Left, theme().metrics().sources, m_overview))
    , m_right(new SidePanel(SidePanel::Side::Right, theme().metrics().sidePanel, m_overview))
    , m_sources(new SourceList(m_left))
    , m_grid(new GalleryGrid(*m_filter, m_overview))
    , m_middle(new QStackedWidget(m_overview))
    , m_empty(new EmptyState(tr("Pictures you make appear here"),
                             tr("They are saved in %1, each with its recipe.").arg(studio.settings().pictureFolder()),
                             m_middle))
    , m_noHits(new EmptyState(tr("No pictures found"), QString(), m_middle))
    , m_toasts(new ToastHost(this))
    , m_free(new FreeSpace(this))
{
    setAccessibleName(tr("Gallery"));
    setSurface(m_middle, Token::Canvas);
    makeSources();
    makePanel();

    connect(m_empty->addButton(tr("Create"), QStringLiteral("create"), true), &Button::clicked, this,
            &GalleryPage::createRequested);
    connect(m_noHits->addButton(tr("Clear")), &Button::clicked, this, [this] { m_clear->click(); });
    m_middle->addWidget(m_grid);
    m_middle->addWidget(m_empty);
    m_middle->addWidget(m_noHits);

    auto *centre = new QVBoxLayout;
    centre->setSpacing(0);
    centre->addWidget(makeToolbar());
    centre->addWidget(makeChips());
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

    connectParts();
    updateSources();
    updateEmpty();
    updatePanel();
}

GalleryPage::~GalleryPage() = default;

void GalleryPage::makeSources()
{
    m_left->setResizable(false);
    m_left->setLimits(200, 280);
    m_left->setPanelWidth(theme().metrics().sources);
    m_left->setFolded(m_studio.settings().isPanelFolded(QLatin1String(kLeftPanel)));
    m_sources->setAccessibleName(tr("Sources"));
    auto *body = new QWidget(m_left);
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(8, 12, 8, 12);
    column->addWidget(m_sources);
    column->addStretch(1);
    m_left->setFixedBody(body);
}

QWidget *GalleryPage::makeToolbar()
{
    auto *bar = new ToolBar(theme().metrics().toolbarWide, m_overview);
    m_search = new SearchField(tr("Search, or steps:>20 stars:>=3"), bar);
    m_search->setObjectName(QStringLiteral("gallerySearch"));
    m_search->setKeyHint(QStringLiteral("Ctrl+F"));
    m_search->setMaximumWidth(352);
    m_search->setMinimumWidth(160);
    m_group = new QComboBox(bar);
    m_group->setProperty("prefix", tr("Group"));
    m_group->addItem(tr("By day"));
    m_group->addItem(tr("None"));
    m_group->setFixedWidth(152);
    m_group->setAccessibleName(tr("Group"));
    m_size = new PlainSlider(bar);
    m_size->setRange(64, 512, 16);
    m_size->setValue(m_studio.settings().thumbnailSize());
    m_size->setAccessibleName(tr("Size of the thumbnails"));
    m_size->setToolTip(tr("Size of the thumbnails"));
    m_panelButton = new IconButton(QStringLiteral("panel-right"), tr("Recipe"), bar);
    m_panelButton->setName(tr("Recipe"), QStringLiteral("F9"));
    m_panelButton->setCheckable(true);
    m_panelButton->setChecked(!m_right->isFolded());
    QHBoxLayout *row = bar->row();
    row->addWidget(m_search, 100); // up to its own maximum; the rest is the gap's
    row->addStretch(1);
    row->addWidget(m_group);
    row->addWidget(m_size);
    row->addWidget(m_panelButton);
    m_grid->setThumbnailSize(m_size->value());
    return bar;
}

QWidget *GalleryPage::makeChips()
{
    auto *bar = new ToolBar(40, m_overview);
    QHBoxLayout *row = bar->row();
    const auto add = [&](const QString &key, const QString &text, void (GalleryPage::*menu)()) {
        auto *chip = new Chip(text, bar);
        chip->setProperty("off", text);
        m_chips.insert(key, chip);
        row->addWidget(chip);
        connect(chip, &Chip::clicked, this, menu);
        connect(chip, &Chip::removed, this, [this, key] { setFilterChip(key, {}, {}); });
    };
    add(QStringLiteral("made"), tr("Made"), &GalleryPage::showMadeMenu);
    add(QStringLiteral("stars"), tr("Stars"), &GalleryPage::showStarsMenu);
    add(QStringLiteral("model"), tr("Model"), &GalleryPage::showModelMenu);
    add(QStringLiteral("sampler"), tr("Sampler"), &GalleryPage::showSamplerMenu);
    m_problem = new ElidedLabel(QString(), TextStyle::Detail, Token::Danger, bar);
    row->addWidget(m_problem, 1);
    m_clear = new Button(tr("Clear all"), Button::Kind::Link, bar);
    m_clear->setControlSize(Button::Size::Small);
    m_clear->setVisible(false);
    row->addWidget(m_clear);
    return bar;
}

void GalleryPage::makePanel()
{
    m_right->setPanelWidth(m_studio.settings().panelWidth(QLatin1String(kRightPanel), theme().metrics().sidePanel));
    auto *body = new QWidget(m_right);
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(12);
    auto *preview = new PreviewBox(m_studio.thumbnails(), body);
    m_preview = preview;
    connect(preview, &PreviewBox::activated, this, [this] { command(PictureCommand::View); });
    m_stars = new StarRow(body);
    m_tools = new QWidget(body);
    auto *tools = new QHBoxLayout(m_tools);
    tools->setContentsMargins(0, 0, 0, 0);
    tools->setSpacing(4);
    tools->addWidget(m_stars);
    tools->addStretch(1);
    const auto tool = [&](const QString &icon, const QString &name, const QString &key, PictureCommand what) {
        auto *button = new IconButton(icon, name, m_tools);
        button->setName(name, key);
        tools->addWidget(button);
        connect(button, &IconButton::clicked, this, [this, what] { command(what); });
    };
    tool(QStringLiteral("folder"), tr("Open folder"), {}, PictureCommand::OpenFolder);
    tool(QStringLiteral("copy"), tr("Copy picture"), QStringLiteral("Ctrl+C"), PictureCommand::CopyPicture);
    tool(QStringLiteral("export"), tr("Save a copy…"), QStringLiteral("Ctrl+S"), PictureCommand::SaveCopy);
    tool(QStringLiteral("trash"), tr("Move to trash"), QStringLiteral("Del"), PictureCommand::Trash);
    m_several = new Label(QString(), TextStyle::Detail, Token::Text3, body);
    m_several->setWordWrap(true);
    m_details = new PictureDetails(PictureDetails::Layout::Brief, body);
    column->addWidget(m_preview);
    column->addWidget(m_tools);
    m_toolsLine = line(body);
    column->addWidget(m_toolsLine);
    column->addWidget(m_several);
    column->addWidget(m_details);
    column->addStretch(1);
    m_right->setBody(body);
    m_use = new UseButtons(m_right);
    m_right->setFoot(m_use);
    m_right->setFolded(m_studio.settings().isPanelFolded(QLatin1String(kRightPanel)));
}

void GalleryPage::connectParts()
{
    connect(m_free, &FreeSpace::changed, this, &GalleryPage::statusChanged);
    m_free->setFolder(m_studio.settings().pictureFolder());
    m_searchDelay.setSingleShot(true);
    m_searchDelay.setInterval(150);
    connect(&m_searchDelay, &QTimer::timeout, this, &GalleryPage::updateSearch);
    connect(m_search, &QLineEdit::textChanged, &m_searchDelay, qOverload<>(&QTimer::start));
    connect(m_search, &QLineEdit::returnPressed, this, [this] {
        updateSearch();
        m_grid->setFocus(Qt::TabFocusReason);
    });
    connect(m_clear, &Button::clicked, this, [this] {
        m_terms.clear();
        m_search->clear();
        for (Chip *chip : std::as_const(m_chips)) {
            chip->setOn(false);
            chip->setText(chip->property("off").toString());
        }
        m_filter->setSource(GalleryFilter::Source::All);
        m_sources->setCurrent(int(GalleryFilter::Source::All));
        updateSearch();
    });
    connect(m_group, &QComboBox::currentIndexChanged, this, [this](int index) { m_grid->setGrouped(index == 0); });
    connect(m_size, &PlainSlider::valueChanged, this, [this](int pixels) {
        m_grid->setThumbnailSize(pixels);
        m_studio.settings().setThumbnailSize(pixels);
    });
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
    connect(m_sources, &SourceList::chosen, this, [this](int id) {
        if (id == kFolderItem) {
            command(PictureCommand::OpenFolder);
            m_sources->setCurrent(int(m_filter->source()));
            return;
        }
        m_filter->setSource(GalleryFilter::Source(id));
    });
    connect(m_filter, &GalleryFilter::countsChanged, this, [this] {
        updateSources();
        updateEmpty();
    });
    connect(m_filter, &GalleryFilter::searched, this, &GalleryPage::updateEmpty);
    connect(m_filter, &QAbstractItemModel::modelReset, this, &GalleryPage::updateEmpty);
    connect(m_filter, &QAbstractItemModel::rowsInserted, this, &GalleryPage::updateEmpty);
    connect(m_filter, &QAbstractItemModel::rowsRemoved, this, &GalleryPage::updateEmpty);
    connect(m_filter, &QAbstractItemModel::dataChanged, this,
            [this](const QModelIndex &first, const QModelIndex &last, const QList<int> &roles) {
                const QModelIndex shown = shownIndex();
                if (!roles.contains(app::GalleryModel::ThumbnailRole) && shown.isValid() &&
                    first.row() <= shown.row() && shown.row() <= last.row())
                    updatePanel();
            });
    connect(m_grid, &GalleryGrid::commandGiven, this, &GalleryPage::command);
    connect(m_grid, &GalleryGrid::chosenChanged, this, &GalleryPage::updatePanel);
    connect(m_grid, &GalleryGrid::starsChosen, this, [this](const QModelIndex &index, int stars) {
        m_studio.store().setStars(index.data(app::GalleryModel::IdRole).toLongLong(), stars);
    });
    connect(m_stars, &StarRow::chosen, this, &GalleryPage::setStars);
    connect(m_details, &PictureDetails::commandGiven, this, &GalleryPage::command);
    connect(m_use, &UseButtons::commandGiven, this, &GalleryPage::command);
    connect(m_trash, &app::Trash::moved, this, [this](const QList<app::Trash::Moved> &moved) {
        m_moved.append(moved);
        m_toasts->show({.iconName = QStringLiteral("trash"),
                        .text = tr("%n picture(s) moved to the trash", nullptr, int(moved.size())),
                        .action = tr("Undo"),
                        .run = [this] { undo(); }});
        Q_EMIT undoChanged();
    });
    connect(m_trash, &app::Trash::failed, this, [this](const QString &sentence) {
        m_toasts->show({.iconName = QStringLiteral("error"), .text = sentence});
    });
    connect(m_trash, &app::Trash::restored, this, [this](const QStringList &paths) {
        m_toasts->show(
            {.iconName = QStringLiteral("undo"), .text = tr("%n picture(s) brought back", nullptr, int(paths.size()))});
    });
    connect(&m_studio.settings(), &app::Settings::pictureFolderChanged, this, [this](const QString &folder) {
        m_free->setFolder(folder);
        updateSources();
        updateEmpty();
    });
}

void GalleryPage::updateSources()
{
    const GalleryFilter::Counts counts = m_filter->counts();
    const QLocale locale;
    QString folder = m_studio.settings().pictureFolder();
    const QString home = QDir::homePath() + QLatin1Char('/');
    const QString shortFolder = folder.startsWith(home) ? folder.mid(home.size()) : folder;
    m_sources->setItems({
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
        {.text = tr("Folder"), .isHeading = true},
        {.id = kFolderItem,
         .iconName = QStringLiteral("folder"),
         .text = shortFolder,
         .toolTip = tr("Open %1").arg(folder)},
    });
    m_sources->setCurrent(int(m_filter->source()));
}

void GalleryPage::updateEmpty()
{
    if (m_filter->rowCount() > 0) {
        const bool wasEmpty = m_middle->currentWidget() == m_empty;
        m_middle->setCurrentWidget(m_grid);
        // The pictures came after the page: the focus had nowhere better to go.
        if (wasEmpty && isVisible() && (m_sources->hasFocus() || m_empty->isAncestorOf(window()->focusWidget())))
            activate();
    } else if (m_studio.gallery().rowCount() == 0) {
        m_middle->setCurrentWidget(m_empty);
    } else {
        const QString asked = m_search->text().trimmed();
        m_noHits->setText(asked.isEmpty() ? tr("There is nothing here yet.")
                                          : tr("Nothing matches \"%1\".").arg(asked));
        m_middle->setCurrentWidget(m_noHits);
    }
    updatePanel();
    Q_EMIT statusChanged();
}

void GalleryPage::updateSearch()
{
    m_searchDelay.stop();
    QStringList terms = m_terms.values();
    terms.append(m_search->text());
    m_filter->setSearch(terms.join(QLatin1Char(' ')).trimmed());
    m_problem->setText(m_filter->problem());
    m_clear->setVisible(!m_terms.isEmpty() || !m_search->text().isEmpty());
}

QModelIndex GalleryPage::shownIndex() const
{
    if (m_viewer && m_stack->currentWidget() == m_viewer)
        return m_viewer->current();
    const QModelIndexList chosen = m_grid->selectionModel()->selectedIndexes();
    if (chosen.contains(m_grid->currentIndex()))
        return m_grid->currentIndex();
    return chosen.isEmpty() ? QModelIndex() : chosen.first();
}

QModelIndexList GalleryPage::chosenIndexes() const
{
    if (m_viewer && m_stack->currentWidget() == m_viewer)
        return m_viewer->current().isValid() ? QModelIndexList{m_viewer->current()} : QModelIndexList();
    return m_grid->selectionModel()->selectedIndexes();
}

void GalleryPage::updatePanel()
{
    const QModelIndex index = shownIndex();
    const qsizetype count = m_grid->selectionModel()->selectedIndexes().size();
    const bool has = index.isValid();
    m_preview->setVisible(has);
    m_tools->setVisible(has);
    m_toolsLine->setVisible(has);
    m_details->setVisible(has);
    m_several->setVisible(!has || count > 1);
    if (!has)
        m_several->setText(m_filter->rowCount() > 0 ? tr("Choose a picture to see how it was made.") : QString());
    else if (count > 1)
        m_several->setText(
            tr("%n picture(s) chosen; the settings are those of the newest click.", nullptr, int(count)));
    if (has) {
        const auto picture = index.data(app::GalleryModel::PictureRole).value<app::GalleryPicture>();
        static_cast<PreviewBox *>(m_preview)->setPicture(picture);
        m_stars->setStars(picture.stars);
        m_details->setPicture(picture);
        m_use->setHasRecipe(!picture.recipe.isEmpty());
    } else {
        m_use->setHasRecipe(false);
    }
    Q_EMIT statusChanged();
}

SidePanel *GalleryPage::leftPanel() const
{
    return m_viewer && m_stack->currentWidget() == m_viewer ? nullptr : m_left;
}

SidePanel *GalleryPage::rightPanel() const
{
    return m_viewer && m_stack->currentWidget() == m_viewer ? m_viewer->panel() : m_right;
}

QList<QWidget *> GalleryPage::parts() const
{
    if (m_viewer && m_stack->currentWidget() == m_viewer)
        return {m_viewer->canvas(), m_viewer->strip(), m_viewer->panel()};
    return {m_sources, m_search, m_middle->currentWidget() == m_grid ? static_cast<QWidget *>(m_grid) : m_empty, m_use};
}

PageStatus GalleryPage::status() const
{
    const QLocale locale;
    PageStatus status;
    if (m_viewer && m_stack->currentWidget() == m_viewer && m_viewer->current().isValid()) {
        const QModelIndex index = m_viewer->current();
        status.left = tr("Picture %1 of %2, %3")
                          .arg(locale.toString(index.row() + 1), locale.toString(m_filter->rowCount()),
                               index.data(app::GalleryModel::PathRole).toString().section(u'/', -1));
        status.right = tr("← → previous, next    0 – 5 stars    F11 full screen");
        return status;
    }
    const qsizetype chosen = m_grid->selectionModel()->selectedIndexes().size();
    status.left = tr("%n picture(s)", nullptr, m_filter->rowCount());
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
    m_group->setVisible(room >= 580);
    m_size->setVisible(room >= 380);
}

void GalleryPage::activate()
{
    if (m_viewer && m_stack->currentWidget() == m_viewer) {
        m_viewer->canvas()->setFocus(Qt::OtherFocusReason);
        return;
    }
    if (m_filter->rowCount() > 0 && !m_grid->currentIndex().isValid())
        m_grid->setCurrentIndex(m_filter->index(0, 0));
    m_grid->setFocus(Qt::OtherFocusReason);
}

} // namespace ui
