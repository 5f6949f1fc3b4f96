#include "ui/settings/settings_page.h"

#include "app/engine_thread.h"
#include "app/recipe.h"
#include "app/settings.h"
#include "app/studio.h"
#include "ui/common/button.h"
#include "ui/common/elided_label.h"
#include "ui/common/fact_list.h"
#include "ui/common/icon_button.h"
#include "ui/common/number_field.h"
#include "ui/common/search_field.h"
#include "ui/common/segmented_control.h"
#include "ui/common/side_panel.h"
#include "ui/common/source_list.h"
#include "ui/common/switch.h"
#include "ui/common/tool_bar.h"
#include "ui/common/value_slider.h"
#include "ui/settings/setting_row.h"
#include "ui/status_line.h"

#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QScrollArea>
#include <QStackedWidget>
#include <QSysInfo>
#include <QThread>
#include <QVBoxLayout>

namespace ui {

namespace {

constexpr int kColumn = 816;

/// Path with a button that changes it.
QWidget *pathControl(Label *&label, Button *&button, const QString &text)
{
    auto *widget = new QWidget;
    label = nullptr;
    button = new Button(text, widget);
    button->setIconName(QStringLiteral("folder"));
    auto *row = new QHBoxLayout(widget);
    row->setContentsMargins(0, 0, 0, 0);
    row->addStretch(1);
    row->addWidget(button);
    widget->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    return widget;
}

} // namespace

SettingsPage::SettingsPage(app::Studio &studio, QWidget *parent)
    : Page(parent)
    , m_studio(studio)
    , m_left(new SidePanel(SidePanel::Side::Left, theme().metrics().sources, this))
    , m_sections(new SourceList(m_left))
    , m_stack(new QStackedWidget(this))
    , m_title(new Label(QString(), TextStyle::Heading, Token::Text, this))
    , m_search(new SearchField(tr("Search settings"), this))
{
    setAccessibleName(tr("Settings"));
    m_left->setResizable(false);
    m_left->setLimits(200, 280);
    m_left->setPanelWidth(theme().metrics().sources);
    auto *body = new QWidget(m_left);
    auto *side = new QVBoxLayout(body);
    side->setContentsMargins(8, 12, 8, 12);
    side->addWidget(m_sections);
    side->addStretch(1);
    m_left->setFixedBody(body);
    m_sections->setRowHeight(36);
    m_sections->setAccessibleName(tr("Sections"));

    auto *bar = new ToolBar(theme().metrics().toolbarWide, this);
    m_search->setFixedWidth(256);
    bar->row()->addWidget(m_title, 1);
    bar->row()->addWidget(m_search);

    setSurface(m_stack, Token::Window);
    auto *centre = new QVBoxLayout;
    centre->setSpacing(0);
    centre->addWidget(bar);
    centre->addWidget(m_stack, 1);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_left);
    row->addLayout(centre, 1);

    makeAppearance();
    makeEngine();
    makeFiles();
    makeDiagnostics();
    QList<SourceItem> items;
    for (int i = 0; i < m_pages.size(); ++i)
        items.append({.id = i, .iconName = m_pages.at(i).iconName, .text = m_pages.at(i).title});
    m_sections->setItems(items);
    connect(m_sections, &SourceList::chosen, this, [this](int id) { showSection(m_pages.at(id).id); });
    connect(m_search, &QLineEdit::textChanged, this, &SettingsPage::search);
    showSection(QStringLiteral("appearance"));
}

SettingsPage::~SettingsPage() = default;

SettingsPage::Section &SettingsPage::addSection(const QString &id, const QString &iconName, const QString &title)
{
    auto *content = new QWidget;
    content->setProperty("scrollbody", true);
    auto *outer = new QHBoxLayout(content);
    outer->setContentsMargins(24, 24, 24, 24);
    auto *inner = new QWidget(content);
    inner->setMaximumWidth(kColumn);
    auto *column = new QVBoxLayout(inner);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    outer->addWidget(inner, 1);
    outer->addStretch(0);
    outer->setAlignment(inner, Qt::Alignment());
    auto *scroll = new QScrollArea(m_stack);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(content);
    m_stack->addWidget(scroll);
    m_pages.append({id, iconName, title, scroll, column});
    return m_pages.last();
}

QVBoxLayout *SettingsPage::addCard(Section &section, const QString &title)
{
    if (section.column->count() > 0)
        section.column->addSpacing(16);
    section.column->addWidget(new Label(title, TextStyle::Panel, Token::Text, section.page));
    auto *card = new QFrame;
    card->setProperty("role", QStringLiteral("card"));
    auto *column = new QVBoxLayout(card);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);
    section.column->addWidget(card);
    return column;
}

SettingRow *SettingsPage::addRow(QVBoxLayout *card, const QString &title, const QString &text, QWidget *control)
{
    auto *row = new SettingRow(title, text, control);
    card->addWidget(row);
    return row;
}

void SettingsPage::makeAppearance()
{
    app::Settings &settings = m_studio.settings();
    Section &section = addSection(QStringLiteral("appearance"), QStringLiteral("eye"), tr("Appearance"));
    QVBoxLayout *look = addCard(section, tr("Look"));
    auto *themes = new SegmentedControl;
    themes->setObjectName(QStringLiteral("theme"));
    for (const QString &name : {tr("System"), tr("Dark"), tr("Light"), tr("Contrast")})
        themes->addChoice(name);
    themes->setStretched(true);
    themes->setCurrentIndex(int(settings.theme()));
    connect(themes, &SegmentedControl::currentChanged, this,
            [&settings](int index) { settings.setTheme(app::Theme(index)); });
    connect(&settings, &app::Settings::themeChanged, themes,
            [themes](app::Theme chosen) { themes->setCurrentIndex(int(chosen)); });
    addRow(look, tr("Theme"), tr("System follows the desktop, and is dark where it does not say"), themes);

    QVBoxLayout *canvas = addCard(section, tr("Canvas"));
    auto *newest = new Switch;
    newest->setObjectName(QStringLiteral("showsNewest"));
    newest->setChecked(settings.showsNewest());
    connect(newest, &Switch::toggled, this, [&settings](bool on) { settings.setShowsNewest(on); });
    addRow(canvas, tr("Go to the newest picture"), tr("when it is finished; off: stay where you look"), newest);
    section.column->addStretch(1);
}

void SettingsPage::makeEngine()
{
    app::Settings &settings = m_studio.settings();
    Section &section = addSection(QStringLiteral("engine"), QStringLiteral("memory"), tr("Engine"));
    QVBoxLayout *device = addCard(section, tr("Device"));
    m_device = addRow(device, tr("Computes on"), tr("starting"), nullptr);
    const int cores = std::max(1, QThread::idealThreadCount());
    auto *threads = new ValueSlider;
    threads->setRange(1, cores);
    threads->setDefaultValue(cores);
    threads->setValue(settings.threads() > 0 ? settings.threads() : cores);
    threads->setAccessibleLabel(tr("Threads"));
    connect(threads, &ValueSlider::valueEdited, this,
            [&settings, cores](double value) { settings.setThreads(int(value) >= cores ? 0 : int(value)); });
    addRow(device, tr("Threads"),
           tr("of %1; fewer leave room for other programs. Used when Tincture starts again").arg(cores), threads);

    QVBoxLayout *preview = addCard(section, tr("Preview"));
    auto *content = new SegmentedControl;
    content->setStretched(true);
    for (const QString &name : {tr("None"), tr("Picture"), tr("Noisy")})
        content->addChoice(name);
    content->setCurrentIndex(int(settings.previewContent()));
    connect(content, &SegmentedControl::currentChanged, this,
            [&settings](int index) { settings.setPreviewContent(engine::PreviewContent(index)); });
    addRow(preview, tr("Shows"), tr("the picture as the model sees it coming, or the noise it works on"), content);
    auto *decoder = new SegmentedControl;
    decoder->setStretched(true);
    for (const QString &name : {tr("Linear"), tr("Full decoder")})
        decoder->addChoice(name);
    decoder->setCurrentIndex(int(settings.previewDecoder()));
    connect(decoder, &SegmentedControl::currentChanged, this,
            [&settings](int index) { settings.setPreviewDecoder(engine::PreviewDecoder(index)); });
    connect(&settings, &app::Settings::previewChanged, this, [&settings, content, decoder] {
        content->setCurrentIndex(int(settings.previewContent()));
        decoder->setCurrentIndex(int(settings.previewDecoder()));
    });
    addRow(preview, tr("Decoder"), tr("the linear map costs nothing, the full decoder shows most"), decoder);
    section.column->addStretch(1);
}

void SettingsPage::makeFiles()
{
    app::Settings &settings = m_studio.settings();
    Section &section = addSection(QStringLiteral("files"), QStringLiteral("image"), tr("Pictures and files"));
    QVBoxLayout *pictures = addCard(section, tr("Pictures"));
    Label *unused = nullptr;
    Button *change = nullptr;
    QWidget *control = pathControl(unused, change, tr("Change…"));
    SettingRow *folder = addRow(pictures, tr("Folder of pictures"), settings.pictureFolder(), control);
    change->setAccessibleName(tr("Change the folder of pictures"));
    connect(change, &Button::clicked, this, [this, &settings] {
        const QString chosen =
            QFileDialog::getExistingDirectory(this, tr("Folder of Pictures"), settings.pictureFolder());
        if (!chosen.isEmpty())
            settings.setPictureFolder(chosen);
    });
    connect(&settings, &app::Settings::pictureFolderChanged, folder, &SettingRow::setText);
    auto *pattern = new QLineEdit;
    pattern->setProperty("mono", true);
    pattern->setText(settings.namePattern());
    connect(pattern, &QLineEdit::editingFinished, this, [&settings, pattern] {
        if (pattern->text().trimmed().isEmpty())
            pattern->setText(settings.namePattern());
        else
            settings.setNamePattern(pattern->text().trimmed());
    });
    addRow(
        pictures, tr("File names"),
        tr("[seq] [seed] [steps] [cfg] [width] [height] [sampler] [model_name] [date] [prompt_words]; .png is added"),
        pattern);

    QVBoxLayout *steps = addCard(section, tr("Steps"));
    const auto addSwitch = [&](const char *name, const QString &title, const QString &text, bool isOn,
                               void (app::Settings::*set)(bool)) {
        auto *toggle = new Switch;
        toggle->setObjectName(QLatin1String(name));
        toggle->setAccessibleName(title);
        toggle->setChecked(isOn);
        connect(toggle, &Switch::toggled, this, [&settings, set](bool on) { (settings.*set)(on); });
        addRow(steps, title, text, toggle);
    };
    addSwitch("keepSteps", tr("Keep the steps of every picture"),
              tr("of this session, for Learn; under 1 % of the time. 30 steps of a 512 × 512 picture are about 7 MiB"),
              settings.keepsSteps(), &app::Settings::setKeepsSteps);
    addSwitch("keepWords", tr("Keep which part each word drew"),
              tr("for Learn, Words and picture; makes steps of large pictures slower"), settings.keepsWords(),
              &app::Settings::setKeepsWords);
    addSwitch("saveSteps", tr("Save the steps beside the pictures"),
              tr("as NAME.trajectory.safetensors, about 7 MiB for 30 steps of a 512 × 512 picture"),
              settings.savesSteps(), &app::Settings::setSavesSteps);
    auto *memory = new ValueSlider;
    memory->setObjectName(QStringLiteral("stepsMemory"));
    memory->setRange(16, 65536);
    memory->setSliderRange(64, 4096);
    memory->setSingleStep(64);
    memory->setDefaultValue(512);
    memory->setValue(settings.stepsMemory());
    memory->setAccessibleLabel(tr("Memory for steps in MiB"));
    connect(memory, &ValueSlider::valueEdited, this,
            [&settings](double value) { settings.setStepsMemory(int(value)); });
    addRow(steps, tr("Memory for steps"), tr("in MiB; the steps of the oldest pictures go first"), memory);

    m_folderCard = addCard(section, tr("Models"));
    refreshFolders();
    connect(&settings, &app::Settings::modelFoldersChanged, this, &SettingsPage::refreshFolders);
    section.column->addStretch(1);
}

void SettingsPage::refreshFolders()
{
    while (QLayoutItem *item = m_folderCard->takeAt(0)) {
        if (item->widget())
            item->widget()->deleteLater();
        delete item;
    }
    app::Settings &settings = m_studio.settings();
    const QStringList folders = settings.modelFolders();
    for (const QString &folder : folders) {
        auto *remove =
            new IconButton(QStringLiteral("close"), tr("Take %1 off the list").arg(folder), IconButton::Shape::Boxed);
        connect(remove, &IconButton::clicked, this, [&settings, folder] {
            QStringList rest = settings.modelFolders();
            rest.removeAll(folder);
            settings.setModelFolders(rest);
        });
        addRow(m_folderCard, QDir(folder).dirName(), folder, remove);
    }
    Label *unused = nullptr;
    Button *add = nullptr;
    QWidget *control = pathControl(unused, add, tr("Add a folder…"));
    connect(add, &Button::clicked, this, [this, &settings] {
        const QString chosen = QFileDialog::getExistingDirectory(this, tr("Add a Folder of Models"), QDir::homePath());
        QStringList all = settings.modelFolders();
        if (chosen.isEmpty() || all.contains(chosen))
            return;
        all.append(chosen);
        settings.setModelFolders(all);
    });
    addRow(m_folderCard, tr("Folders of models"),
           tr("models are read where they lie, also in the folders of other programs; nothing is moved"), control);
}

void SettingsPage::makeDiagnostics()
{
    Section &section = addSection(QStringLiteral("diagnostics"), QStringLiteral("info"), tr("Diagnostics"));
    QVBoxLayout *card = addCard(section, tr("This computer"));
    m_facts = new FactList;
    auto *holder = new QWidget;
    auto *inner = new QVBoxLayout(holder);
    inner->setContentsMargins(16, 12, 16, 12);
    inner->addWidget(m_facts);
    card->addWidget(holder);
    auto *copy = new Button(tr("Copy"));
    copy->setIconName(QStringLiteral("copy"));
    connect(copy, &Button::clicked, this, [this] {
        QStringList lines;
        for (const Fact &fact : m_facts->facts())
            lines.append(QStringLiteral("%1: %2").arg(fact.name, fact.value));
        QGuiApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
    });
    section.column->addWidget(copy, 0, Qt::AlignLeft);
    section.column->addStretch(1);
    connect(&m_studio.engine(), &app::EngineThread::ready, this, &SettingsPage::refreshDiagnostics);
    connect(&m_studio.engine(), &app::EngineThread::engineFailed, this,
            [this](const app::Failure &failure) { m_device->setText(failure.sentence); });
    refreshDiagnostics();
}

void SettingsPage::refreshDiagnostics()
{
    QList<Fact> facts = {
        {tr("Tincture"), app::programVersion()},
        {tr("Qt"), QString::fromLatin1(qVersion())},
        {tr("System"), QSysInfo::prettyProductName()},
        {tr("Kernel"), QStringLiteral("%1 %2").arg(QSysInfo::kernelType(), QSysInfo::kernelVersion())}};
    if (const std::optional<engine::DeviceInfo> device = m_studio.engine().device()) {
        const QString kind = QString::fromStdString(device->device).toUpper();
        const QString name = QString::fromStdString(device->name);
        const QString full = name.isEmpty() || name == kind ? kind : QStringLiteral("%1, %2").arg(kind, name);
        facts.append({tr("Device"), full});
        facts.append({tr("Precision"), QString::fromStdString(device->precision)});
        facts.append({tr("Threads"), QString::number(device->threads)});
        m_device->setText(
            tr("%1; %2, %n thread(s)", nullptr, device->threads).arg(full, QString::fromStdString(device->precision)));
    }
    const MemoryUse memory = memoryUse();
    if (memory.total > 0)
        facts.append({tr("Memory"), tr("%1 GB").arg(QLocale().toString(double(memory.total) / 1e9, 'f', 1))});
    m_facts->setFacts(facts);
}

void SettingsPage::search(const QString &text)
{
    int first = -1;
    bool isShownHit = false;
    for (int i = 0; i < m_pages.size(); ++i) {
        const QList<SettingRow *> rows = m_pages.at(i).page->findChildren<SettingRow *>();
        for (SettingRow *row : rows) {
            const bool hit = row->matches(text);
            row->setHighlighted(hit);
            if (!hit)
                continue;
            if (first < 0)
                first = i;
            isShownHit = isShownHit || m_stack->currentWidget() == m_pages.at(i).page;
        }
    }
    if (first >= 0 && !isShownHit)
        showSection(m_pages.at(first).id);
}

void SettingsPage::showSection(const QString &id)
{
    for (int i = 0; i < m_pages.size(); ++i) {
        if (m_pages.at(i).id != id)
            continue;
        m_stack->setCurrentWidget(m_pages.at(i).page);
        m_title->setText(m_pages.at(i).title);
        m_sections->setCurrent(i);
        if (id == QLatin1String("diagnostics"))
            refreshDiagnostics();
    }
}

QList<QWidget *> SettingsPage::parts() const
{
    return {m_sections, m_stack->currentWidget(), m_search};
}

PageStatus SettingsPage::status() const
{
    return {.left = tr("Settings are saved as they are changed"),
            .right = QStringLiteral("Tincture %1, Qt %2").arg(app::programVersion(), QLatin1String(qVersion()))};
}

void SettingsPage::activate()
{
    m_sections->setFocus(Qt::OtherFocusReason);
}

} // namespace ui
