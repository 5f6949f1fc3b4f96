#include "ui/models/models_page.h"

#include "app/model_catalog.h"
#include "app/settings.h"
#include "app/studio.h"
#include "engine/catalog.h"
#include "ui/common/badge.h"
#include "ui/common/button.h"
#include "ui/common/elided_label.h"
#include "ui/common/empty_state.h"
#include "ui/common/fact_list.h"
#include "ui/common/flow_layout.h"
#include "ui/common/free_space.h"
#include "ui/common/hair_line.h"
#include "ui/common/painting.h"
#include "ui/common/search_field.h"
#include "ui/common/side_panel.h"
#include "ui/common/source_list.h"
#include "ui/common/tool_bar.h"
#include "ui/create/model_list.h"
#include "ui/create/words.h"
#include "ui/models/model_table.h"

#include <QDesktopServices>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QListView>
#include <QLocale>
#include <QStackedWidget>
#include <QUrl>
#include <QVBoxLayout>

namespace ui {

namespace {

constexpr auto kRightPanel = "models/right";
constexpr auto kLeftPanel = "models/left";
constexpr int kFolderItem = 100;

/// A value that suits the model: a chip that cannot be pressed.
class ValueChip : public QWidget
{
public:
    ValueChip(const QString &text, QWidget *parent) : QWidget(parent), m_text(text)
    {
        setAccessibleName(text);
        setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    }
    [[nodiscard]] QSize sizeHint() const override
    {
        return {QFontMetrics(theme().font(TextStyle::Detail)).horizontalAdvance(m_text) + 22, theme().metrics().chip};
    }
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        drawBox(painter, rect(), height() / 2.0, theme().color(Token::Raised), theme().color(Token::Line));
        drawElided(painter, QRectF(rect()).adjusted(10, 0, -8, 0), m_text, theme().font(TextStyle::Detail),
                   theme().color(Token::Text2));
    }

private:
    QString m_text;
};

HairLine *line(QWidget *parent)
{
    return new HairLine(parent);
}

QString partName(const std::string &name)
{
    static const QHash<QString, const char *> names = {
        {QStringLiteral("unet"), QT_TRANSLATE_NOOP("ui::ModelsPage", "Denoiser")},
        {QStringLiteral("text_encoder"), QT_TRANSLATE_NOOP("ui::ModelsPage", "Text encoder")},
        {QStringLiteral("text_encoder_2"), QT_TRANSLATE_NOOP("ui::ModelsPage", "Second encoder")},
        {QStringLiteral("vae"), QT_TRANSLATE_NOOP("ui::ModelsPage", "Autoencoder")},
    };
    const QString id = QString::fromStdString(name);
    return names.contains(id) ? QCoreApplication::translate("ui::ModelsPage", names.value(id)) : QString();
}

QString parametersText(std::int64_t count)
{
    const QLocale locale;
    if (count >= 1'000'000'000)
        return QCoreApplication::translate("ui::ModelsPage", "%1 G parameters")
            .arg(locale.toString(double(count) / 1e9, 'f', 2));
    if (count < 1'000'000)
        return QCoreApplication::translate("ui::ModelsPage", "%1 k parameters")
            .arg(locale.toString(double(count) / 1e3, 'f', 0));
    return QCoreApplication::translate("ui::ModelsPage", "%1 M parameters")
        .arg(locale.toString(double(count) / 1e6, 'f', 1));
}

QString predictionText(engine::Prediction prediction)
{
    switch (prediction) {
    case engine::Prediction::Epsilon:
        return QStringLiteral("ε");
    case engine::Prediction::VPrediction:
        return QStringLiteral("v");
    case engine::Prediction::Sample:
        return QStringLiteral("x₀");
    default:
        return {};
    }
}

} // namespace

ModelsPage::ModelsPage(app::Studio &studio, QWidget *parent)
    : Page(parent)
    , m_studio(studio)
    , m_list(new ModelList(studio.models(), studio.thumbnails(), this))
    , m_filter(new ModelFilter(this))
    , m_left(new SidePanel(SidePanel::Side::Left, theme().metrics().sources, this))
    , m_right(new SidePanel(SidePanel::Side::Right, 320, this))
    , m_sources(new SourceList(m_left))
    , m_middle(new QStackedWidget(this))
    , m_table(new QWidget(m_middle))
    , m_view(new QListView(m_table))
    , m_empty(new EmptyState(tr("Models you have appear here"),
                             tr("Tincture reads Stable Diffusion checkpoints and diffusers folders where they lie, "
                                "also those of other programs."),
                             m_middle))
    , m_noHits(new EmptyState(tr("No models found"), tr("Nothing here matches the search."), m_middle))
{
    setAccessibleName(tr("Models"));
    setSurface(m_middle, Token::Window);
    m_filter->setSourceModel(m_list);
    setSources(*m_left, *m_sources, tr("Folders"));
    m_left->setFolded(m_studio.settings().isPanelFolded(QLatin1String(kLeftPanel)));
    makePanel();
    auto *delegate = new ModelRowDelegate(m_view);
    m_view->setObjectName(QStringLiteral("models"));
    m_view->setItemDelegate(delegate);
    m_view->setModel(m_filter);
    m_view->setUniformItemSizes(true);
    m_view->setMouseTracking(true);
    m_view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->setAccessibleName(tr("Models"));
    m_view->setProperty("focusRing", false);
    auto *table = new QVBoxLayout(m_table);
    table->setContentsMargins(0, 0, 0, 0);
    table->setSpacing(0);
    table->addWidget(new ModelTableHead(m_table));
    table->addWidget(m_view, 1);
    connect(m_empty->addButton(tr("Add a folder…"), QStringLiteral("folder"), true), &Button::clicked, this,
            &ModelsPage::addFolder);
    connect(m_noHits->addButton(tr("Clear")), &Button::clicked, this, [this] { m_search->clear(); });
    m_middle->addWidget(m_table);
    m_middle->addWidget(m_empty);
    m_middle->addWidget(m_noHits);

    auto *centre = new QVBoxLayout;
    centre->setSpacing(0);
    centre->addWidget(makeToolbar());
    centre->addWidget(m_middle, 1);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_left);
    row->addLayout(centre, 1);
    row->addWidget(m_right);
    m_free = new FreeSpace(this);
    connect(m_free, &FreeSpace::changed, this, &ModelsPage::statusChanged);
    m_free->setFolder(QDir::homePath());
    connectParts();
    updateSources();
    updateEmpty();
    updatePanel();
}

ModelsPage::~ModelsPage() = default;

QWidget *ModelsPage::makeToolbar()
{
    auto *bar = new ToolBar(theme().metrics().toolbarWide, this);
    m_search = new SearchField(tr("Search by name, family, word"), bar);
    m_search->setKeyHint(QStringLiteral("Ctrl+F"));
    m_search->setMaximumWidth(320);
    m_search->setMinimumWidth(160);
    auto *folder = new Button(tr("Add a folder…"), bar);
    folder->setIconName(QStringLiteral("folder"));
    connect(folder, &Button::clicked, this, &ModelsPage::addFolder);
    QHBoxLayout *row = bar->row();
    row->addWidget(m_search, 100); // up to its own maximum
    row->addStretch(1);
    row->addWidget(folder);
    return bar;
}

void ModelsPage::makePanel()
{
    m_right->setPanelWidth(m_studio.settings().panelWidth(QLatin1String(kRightPanel), 320));
    auto *body = new QWidget(m_right);
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(12);
    m_name = new Label(QString(), TextStyle::Heading, Token::Text, body);
    m_name->setWordWrap(true);
    m_badge = new Badge(QString(), BadgeKind::Neutral, body);
    auto *title = new QHBoxLayout;
    title->setSpacing(8);
    title->addWidget(m_name, 1);
    title->addWidget(m_badge, 0, Qt::AlignVCenter);
    m_about = new Label(QString(), TextStyle::Body, Token::Text2, body);
    m_about->setWordWrap(true);
    m_facts = new FactList(body);
    m_suggestedTitle = new Label(tr("Works well with"), TextStyle::Label, Token::Text2, body);
    m_suggested = new QWidget(body);
    m_chips = new FlowLayout(m_suggested);
    column->addLayout(title);
    column->addWidget(m_about);
    HairLine *above = line(body);
    HairLine *below = line(body);
    m_lines = {above, below};
    column->addWidget(above);
    column->addWidget(m_facts);
    column->addWidget(below);
    column->addWidget(m_suggestedTitle);
    column->addWidget(m_suggested);
    column->addStretch(1);
    m_right->setBody(body);
    auto *foot = new QWidget(m_right);
    auto *buttons = new QVBoxLayout(foot);
    buttons->setContentsMargins(16, 12, 16, 16);
    buttons->setSpacing(8);
    m_use = new Button(tr("Use in Create"), Button::Kind::Primary, foot);
    m_use->setObjectName(QStringLiteral("useModel"));
    m_use->setIconName(QStringLiteral("create"));
    m_open = new Button(tr("Open folder"), foot);
    m_open->setIconName(QStringLiteral("folder"));
    buttons->addWidget(m_use);
    buttons->addWidget(m_open);
    m_right->setFoot(foot);
    m_right->setFolded(m_studio.settings().isPanelFolded(QLatin1String(kRightPanel)));
}

void ModelsPage::connectParts()
{
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_filter->setWords(text);
        updateEmpty();
    });
    connect(m_search, &QLineEdit::returnPressed, this, [this] { m_view->setFocus(Qt::TabFocusReason); });
    connect(m_sources, &SourceList::chosen, this, [this](int id) {
        const QStringList folders = m_studio.settings().modelFolders();
        m_filter->setFolder(id >= kFolderItem ? folders.value(id - kFolderItem) : QString());
        updateEmpty();
    });
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, &ModelsPage::updatePanel);
    connect(m_view, &QListView::activated, this, &ModelsPage::useCurrent);
    connect(m_use, &Button::clicked, this, &ModelsPage::useCurrent);
    connect(m_open, &Button::clicked, this, [this] {
        if (const app::ModelEntry *entry = current())
            QDesktopServices::openUrl(
                QUrl::fromLocalFile(QFileInfo(entry->path).isDir() ? entry->path : QFileInfo(entry->path).path()));
    });
    connect(m_right, &SidePanel::widthChanged, this,
            [this](int width) { m_studio.settings().setPanelWidth(QLatin1String(kRightPanel), width); });
    connect(m_right, &SidePanel::foldedChanged, this, [this](bool folded) {
        if (!m_isNarrow)
            m_studio.settings().setPanelFolded(QLatin1String(kRightPanel), folded);
    });
    connect(m_left, &SidePanel::foldedChanged, this,
            [this](bool folded) { m_studio.settings().setPanelFolded(QLatin1String(kLeftPanel), folded); });
    connect(&m_studio.settings(), &app::Settings::modelFoldersChanged, this, &ModelsPage::updateSources);
    const auto refresh = [this] {
        updateSources();
        updateEmpty();
        updatePanel();
    };
    connect(&m_studio.models(), &app::ModelCatalog::scanned, this, refresh);
    connect(m_filter, &QAbstractItemModel::rowsInserted, this, refresh);
    connect(m_filter, &QAbstractItemModel::rowsRemoved, this, refresh);
    connect(m_filter, &QAbstractItemModel::modelReset, this, refresh);
}

void ModelsPage::updateSources()
{
    const QLocale locale;
    QList<SourceItem> items = {{.id = 0,
                                .iconName = QStringLiteral("models"),
                                .text = tr("All models"),
                                .number = locale.toString(m_list->rowCount())}};
    const QStringList folders = m_studio.settings().modelFolders();
    if (!folders.isEmpty())
        items.append({.text = tr("Folders"), .isHeading = true});
    for (int i = 0; i < folders.size(); ++i) {
        int count = 0;
        for (const app::ModelEntry &entry : m_studio.models().entries())
            count += entry.path.startsWith(folders.at(i) + QLatin1Char('/'));
        items.append({.id = kFolderItem + i,
                      .iconName = QStringLiteral("folder"),
                      .text = QDir(folders.at(i)).dirName(),
                      .number = locale.toString(count),
                      .toolTip = folders.at(i)});
    }
    m_sources->setItems(items);
    m_sources->setCurrent(m_filter->folder().isEmpty() ? 0 : kFolderItem + int(folders.indexOf(m_filter->folder())));
}

void ModelsPage::updateEmpty()
{
    if (m_filter->rowCount() > 0) {
        m_middle->setCurrentWidget(m_table);
        if (!m_view->currentIndex().isValid()) {
            int row = 0;
            while (row + 1 < m_filter->rowCount() &&
                   m_filter->index(row, 0).data(app::ModelCatalog::StateRole).toInt() != int(app::ModelState::Ready))
                ++row;
            m_view->setCurrentIndex(m_filter->index(row, 0));
        }
    } else {
        m_middle->setCurrentWidget(m_list->rowCount() > 0 ? m_noHits : m_empty);
    }
    Q_EMIT statusChanged();
}

const app::ModelEntry *ModelsPage::current() const
{
    const QString path = m_view->currentIndex().data(app::ModelCatalog::PathRole).toString();
    return path.isEmpty() ? nullptr : m_studio.models().find(path);
}

void ModelsPage::updatePanel()
{
    const app::ModelEntry *entry = current();
    m_use->setEnabled(entry && entry->state == app::ModelState::Ready);
    m_use->setToolTip(entry ? entry->failure.sentence : QString());
    m_open->setEnabled(entry != nullptr);
    m_lines.at(0)->setVisible(entry != nullptr);
    m_lines.at(1)->setVisible(entry && entry->state == app::ModelState::Ready);
    while (QLayoutItem *item = m_chips->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    m_suggestedTitle->setVisible(entry && entry->state == app::ModelState::Ready);
    m_suggested->setVisible(entry && entry->state == app::ModelState::Ready);
    if (!entry) {
        m_name->setText(QString());
        m_badge->setText(QString(), BadgeKind::Neutral);
        m_about->setParagraph(QString());
        m_facts->setFacts({});
        return;
    }
    const engine::ModelInfo &info = entry->info;
    m_name->setText(m_view->currentIndex().data(Qt::DisplayRole).toString());
    const ModelBadge badge = modelBadge(*entry, entry->path == m_loaded);
    m_badge->setText(badge.text, badge.kind);
    if (!entry->failure.sentence.isEmpty())
        m_about->setParagraph(entry->failure.sentence);
    else if (entry->source == app::ModelSource::Starter)
        m_about->setParagraph(
            info.takesPrompt ? tr("Comes with Tincture and draws small pictures of everyday things.")
                             : tr("Comes with Tincture and draws without a prompt: each seed is another picture."));
    else if (info.isInpaint)
        m_about->setParagraph(tr("Repaints parts of a picture."));
    else
        m_about->setParagraph(info.takesPrompt ? tr("Draws what a prompt says.") : tr("Draws without a prompt."));
    m_about->setColor(entry->failure.sentence.isEmpty() ? Token::Text2 : Token::Danger);

    QList<Fact> facts;
    if (!info.familyLabel.empty())
        facts.append(
            {tr("Family"),
             tr("%1, %2-prediction").arg(QString::fromStdString(info.familyLabel), predictionText(info.prediction))});
    if (entry->state == app::ModelState::Ready)
        facts.append({tr("Size"), sizeText(info.nativeWidth, info.nativeHeight)});
    for (const engine::PartInfo &part : info.parts) {
        const QString name = partName(part.name);
        if (!name.isEmpty() && part.parameters > 0)
            facts.append({name, parametersText(part.parameters)});
    }
    const QString precision = modelPrecision(*entry);
    if (!precision.isEmpty())
        facts.append({tr("Precision"), tr("%1 on disk").arg(precision)});
    if (info.bytes > 0)
        facts.append({tr("On disk"), bytesText(info.bytes)});
    if (!info.layout.empty())
        facts.append({tr("Layout"), info.layout == "diffusers" ? tr("diffusers folder") : tr("single file")});
    facts.append({tr("File"), QFileInfo(entry->path).fileName()});
    facts.append({tr("Folder"), QFileInfo(entry->path).path()});
    m_facts->setFacts(facts);
    if (entry->state == app::ModelState::Ready) {
        const QStringList values = {samplerText(info.defaultSampler), scheduleText(info.defaultSchedule),
                                    tr("%n step(s)", nullptr, info.defaultSteps),
                                    tr("Guidance %1").arg(numberText(info.defaultGuidance, 2))};
        for (const QString &value : values) {
            auto *chip = new ValueChip(value, m_suggested);
            m_chips->addWidget(chip);
            chip->show();
        }
    }
}

void ModelsPage::useCurrent()
{
    const app::ModelEntry *entry = current();
    if (entry && entry->state == app::ModelState::Ready)
        Q_EMIT useRequested(entry->path);
}

QList<QWidget *> ModelsPage::parts() const
{
    return {m_sources, m_search, m_middle->currentWidget() == m_table ? static_cast<QWidget *>(m_view) : m_empty,
            m_use};
}

PageStatus ModelsPage::status() const
{
    quint64 bytes = 0;
    for (const app::ModelEntry &entry : m_studio.models().entries())
        bytes += entry.info.bytes;
    PageStatus status;
    status.left = tr("%n model(s)", nullptr, int(m_studio.models().entries().size()));
    if (bytes > 0)
        status.left = tr("%1, %2").arg(status.left, bytesText(bytes));
    status.right = m_free->text();
    return status;
}

void ModelsPage::setCompact(bool narrow, bool)
{
    if (narrow == m_isNarrow)
        return;
    m_isNarrow = narrow;
    m_left->setFolded(narrow || m_studio.settings().isPanelFolded(QLatin1String(kLeftPanel)));
    m_right->setPanelWidth(m_studio.settings().panelWidth(QLatin1String(kRightPanel), narrow ? 304 : 320));
}

void ModelsPage::activate()
{
    m_view->setFocus(Qt::OtherFocusReason);
}

void ModelsPage::setLoaded(const QString &path)
{
    m_loaded = path;
    m_list->setLoaded(path);
    static_cast<ModelRowDelegate *>(m_view->itemDelegate())->setLoaded(path);
    m_view->viewport()->update();
    updatePanel();
}

void ModelsPage::addFolder()
{
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Add a Folder of Models"), QDir::homePath());
    if (folder.isEmpty())
        return;
    QStringList folders = m_studio.settings().modelFolders();
    if (!folders.contains(folder)) {
        folders.append(folder);
        m_studio.settings().setModelFolders(folders);
    }
}

void ModelsPage::focusSearch()
{
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

} // namespace ui
