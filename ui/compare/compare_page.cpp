#include "ui/compare/compare_page.h"

#include "app/gallery_store.h"
#include "app/job_queue.h"
#include "app/picture_metrics.h"
#include "app/settings.h"
#include "app/studio.h"
#include "ui/common/button.h"
#include "ui/common/elided_label.h"
#include "ui/common/hair_line.h"
#include "ui/common/icon_button.h"
#include "ui/common/segmented_control.h"
#include "ui/common/theme.h"
#include "ui/common/toast.h"
#include "ui/common/tool_bar.h"
#include "ui/compare/compare_bar.h"
#include "ui/compare/compare_model.h"
#include "ui/compare/compare_panel.h"
#include "ui/compare/difference_table.h"
#include "ui/compare/empty_slots.h"
#include "ui/compare/slot_list.h"

#include <QAction>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QMenu>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <cmath>

namespace ui {

namespace {

constexpr auto kPanel = "compare/right";
constexpr int kPanelWidth = 376;

struct ModeRow
{
    const char *text;
    const char *icon;
    const char *toolTip;
};
constexpr ModeRow kModes[] = {
    {QT_TRANSLATE_NOOP("ui::ComparePage", "Slider"), "compare",
     QT_TRANSLATE_NOOP("ui::ComparePage", "Slider: a divider between two pictures")},
    {QT_TRANSLATE_NOOP("ui::ComparePage", "Side by side"), "side-by-side",
     QT_TRANSLATE_NOOP("ui::ComparePage", "Side by side")},
    {QT_TRANSLATE_NOOP("ui::ComparePage", "Flicker"), "flicker",
     QT_TRANSLATE_NOOP("ui::ComparePage", "Flicker: one, then the other, in the same place")},
    {QT_TRANSLATE_NOOP("ui::ComparePage", "Difference"), "difference",
     QT_TRANSLATE_NOOP("ui::ComparePage", "Difference: a map of what is not the same")},
    {QT_TRANSLATE_NOOP("ui::ComparePage", "Overlay"), "copy",
     QT_TRANSLATE_NOOP("ui::ComparePage", "Overlay: one over the other, see-through")},
    {QT_TRANSLATE_NOOP("ui::ComparePage", "Grid"), "gallery", QT_TRANSLATE_NOOP("ui::ComparePage", "Grid of all")},
};

/// The map in the colours of the design; what is `255 / gain` or more is the brightest.
QImage coloured(const QImage &map, int gain)
{
    QRgb colours[256];
    for (int i = 0; i < 256; ++i)
        colours[i] = heatColor(std::min(1.0, i * gain / 255.0)).rgb();
    QImage out(map.size(), QImage::Format_RGB32);
    for (int y = 0; y < map.height(); ++y) {
        const uchar *from = map.constScanLine(y);
        auto *to = reinterpret_cast<QRgb *>(out.scanLine(y));
        for (int x = 0; x < map.width(); ++x)
            to[x] = colours[from[x]];
    }
    return out;
}

QString likenessText(const app::PictureLikeness &likeness)
{
    if (!likeness.isValid)
        return {};
    if (likeness.isSame())
        return ComparePage::tr("identical");
    return ComparePage::tr("PSNR %1 dB, SSIM %2").arg(likeness.psnr, 0, 'f', 1).arg(likeness.ssim, 0, 'f', 3);
}

QString sizeWords(QSize size)
{
    return QStringLiteral("%1 × %2").arg(size.width()).arg(size.height());
}

} // namespace

ComparePage::ComparePage(app::Studio &studio, QWidget *parent)
    : Page(parent)
    , m_studio(studio)
    , m_model(new CompareModel(studio.queue(), studio.store(), this))
    , m_view(new CompareView(this))
    , m_bar(new CompareBar(*m_view, this))
    , m_panel(new ComparePanel(*m_model, *m_view, this))
    , m_empty(new EmptySlots(this))
    , m_middle(new QStackedWidget(this))
    , m_centre(new QWidget(this))
    , m_toasts(new ToastHost(m_middle))
{
    m_pool.setMaxThreadCount(1);
    m_view->setObjectName(QStringLiteral("compareView"));
    m_view->setAccessibleName(tr("Pictures, compared"));
    m_view->installEventFilter(this);
    m_panel->setPanelWidth(studio.settings().panelWidth(QLatin1String(kPanel), kPanelWidth));
    makeToolbar();
    m_middle->addWidget(m_empty);
    m_middle->addWidget(m_view);
    auto *column = new QVBoxLayout(m_centre);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_toolbar);
    column->addWidget(m_middle, 1);
    column->addWidget(m_bar);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_centre, 1);
    row->addWidget(m_panel);
    m_refresh.setSingleShot(true);
    m_refresh.setInterval(0);
    makeAddMenu();
    makeShortcuts();
    connectParts();
    setPanelOpen(!studio.settings().isPanelFolded(QLatin1String(kPanel)));
    refresh();
}

ComparePage::~ComparePage()
{
    m_pool.clear();
    m_pool.waitForDone();
}

void ComparePage::makeToolbar()
{
    auto *bar = new ToolBar(theme().metrics().toolbarWide, this);
    m_toolbar = bar;
    QHBoxLayout *row = bar->row();
    m_modes = new SegmentedControl(bar);
    m_modes->setObjectName(QStringLiteral("compareModes"));
    m_modes->setAccessibleName(tr("Way of comparing"));
    for (const ModeRow &mode : kModes)
        m_modes->addChoice(tr(mode.text), QLatin1String(mode.icon),
                           tr("%1 (M goes to the next)").arg(tr(mode.toolTip)));
    row->addWidget(m_modes);
    row->addStretch(1);
    m_swap = new Button(tr("Swap"), bar);
    m_swap->setObjectName(QStringLiteral("compareSwap"));
    m_swap->setIconName(QStringLiteral("swap"));
    m_swap->setToolTip(tr("A and the other change places (C)"));
    row->addWidget(m_swap);
    m_link = new IconButton(QStringLiteral("link"), tr("Link zoom and pan"), IconButton::Shape::Boxed, bar);
    m_link->setName(tr("Link zoom and pan"), QStringLiteral("L"));
    m_link->setCheckable(true);
    m_link->setChecked(true);
    row->addWidget(m_link);
    const auto tool = [&](const QString &icon, const QString &name, const QString &key, auto run) {
        auto *button = new IconButton(icon, name, bar);
        button->setName(name, key);
        connect(button, &IconButton::clicked, this, run);
        row->addWidget(button);
        return button;
    };
    row->addWidget(new HairLine(bar, Qt::Vertical, 20));
    tool(QStringLiteral("zoom-out"), tr("Zoom out"), QStringLiteral("-"), [this] { m_view->zoomOut(); });
    m_zoom = new Label(QString(), TextStyle::Detail, Token::Text2, bar);
    m_zoom->setAlignment(Qt::AlignCenter);
    m_zoom->reserve(QStringLiteral("3200 %"));
    row->addWidget(m_zoom);
    tool(QStringLiteral("zoom-in"), tr("Zoom in"), QStringLiteral("+"), [this] { m_view->zoomIn(); });
    tool(QStringLiteral("fit"), tr("Fit"), QStringLiteral("Ctrl+0"), [this] { m_view->fit(); });
    row->addWidget(new HairLine(bar, Qt::Vertical, 20));
    m_panelButton = tool(QStringLiteral("panel-right"), tr("Differences"), QStringLiteral("F9"),
                         [this] { setPanelOpen(!m_isPanelOpen); });
    m_panelButton->setCheckable(true);
}

void ComparePage::makeShortcuts()
{
    const auto shortcut = [this](const QString &text, const QKeySequence &key, auto run) {
        auto *action = new QAction(text, this);
        action->setShortcut(key);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        connect(action, &QAction::triggered, this, run);
        addAction(action);
    };
    shortcut(tr("Fit"), QKeySequence(Qt::CTRL | Qt::Key_0), [this] { m_view->fit(); });
    // Ctrl+1 is the Create page.
    shortcut(tr("Original size"), QKeySequence(Qt::ALT | Qt::Key_0), [this] { m_view->setZoom(1.0); });
    shortcut(tr("Paste a picture"), QKeySequence(QKeySequence::Paste), [this] { pasteClipboard(); });
}

void ComparePage::connectParts()
{
    connect(&m_refresh, &QTimer::timeout, this, &ComparePage::refresh);
    connect(m_model, &CompareModel::changed, &m_refresh, qOverload<>(&QTimer::start));
    connect(m_model, &CompareModel::likenessChanged, &m_refresh, qOverload<>(&QTimer::start));
    connect(m_model, &CompareModel::notice, this, [this](const QString &sentence) {
        m_toasts->show({.iconName = QStringLiteral("info"), .text = sentence});
    });
    connect(m_model, &CompareModel::aboutToReplace, this, &ComparePage::endKnockOut);
    connect(m_model, &QAbstractItemModel::rowsAboutToBeRemoved, this, &ComparePage::endKnockOut);
    connect(m_model, &QAbstractItemModel::rowsAboutToBeInserted, this, &ComparePage::endKnockOut);
    connect(m_model, &QAbstractItemModel::modelAboutToBeReset, this, &ComparePage::endKnockOut);
    connect(m_model, &QAbstractItemModel::rowsAboutToBeMoved, this, &ComparePage::endKnockOut);
    connect(m_modes, &SegmentedControl::currentChanged, this, [this](int index) { setMode(CompareMode(index)); });
    connect(m_swap, &Button::clicked, this, &ComparePage::swap);
    connect(m_link, &IconButton::toggled, m_view, &CompareView::setLinked);
    connect(m_view, &CompareView::partChanged, this, [this] { m_link->setChecked(m_view->isLinked()); });
    connect(m_view, &CompareView::zoomChanged, this,
            [this](double zoom) { m_zoom->setText(tr("%1 %").arg(int(std::lround(zoom * 100)))); });
    connect(m_view, &CompareView::pictureClicked, this, [this](int row) {
        if (m_view->mode() == CompareMode::Grid && !m_knockOut)
            setSecond(row);
    });
    connect(m_view, &CompareView::filesDropped, this, &ComparePage::add);
    connect(m_view, &CompareView::menuRequested, this, &ComparePage::showSlotMenu);
    connect(m_view, &CompareView::pointerMoved, this, [this](const QPoint &pixel) {
        if (pixel == m_pointer)
            return;
        m_pointer = pixel;
        Q_EMIT statusChanged();
    });
    connect(m_empty, &EmptySlots::chooserRequested, this, &ComparePage::choose);
    connect(m_empty, &EmptySlots::filesDropped, this, [this](int slot, const QStringList &files) {
        if (files.size() == 1 && slot < m_model->count())
            m_model->replace(slot, files.first());
        else
            add(files);
    });
    connect(m_bar, &CompareBar::gainChanged, this, &ComparePage::updateDifference);
    connect(m_bar, &CompareBar::knockOutRequested, this, &ComparePage::startKnockOut);
    connect(m_bar, &CompareBar::chosen, this, &ComparePage::answer);
    connect(m_bar, &CompareBar::skipped, this, &ComparePage::skipPair);
    connect(m_bar, &CompareBar::undone, this, &ComparePage::undoPair);
    connect(m_bar, &CompareBar::applied, this, &ComparePage::applyResult);
    connect(m_bar, &CompareBar::ended, this, &ComparePage::endKnockOut);
    SlotList *list = m_panel->slotList();
    connect(list->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex &index) {
        if (index.row() > 0 && !m_knockOut)
            setSecond(index.row());
    });
    connect(list, &SlotList::removeRequested, m_model, &CompareModel::remove);
    connect(list, &SlotList::chooserRequested, this, &ComparePage::choose);
    connect(list, &SlotList::menuRequested, this, &ComparePage::showSlotMenu);
    connect(list, &SlotList::starsChosen, this, [this](int row, int stars) {
        if (const qint64 id = m_model->at(row).galleryId; id != 0)
            setStars({{id, stars}}, tr("%n star(s) given", nullptr, stars));
    });
    connect(m_panel, &ComparePanel::applyRequested, this, [this](int row, app::RecipeSetting setting) {
        const std::optional<app::Recipe> &recipe = m_model->at(row).recipe;
        if (!recipe)
            return;
        Q_EMIT settingChosen(*recipe, setting);
        m_toasts->show({.iconName = QStringLiteral("check"),
                        .text = tr("%1 of %2 taken into Create")
                                    .arg(app::RecipeDifference::name(setting), CompareModel::letter(row))});
    });
    connect(m_panel, &ComparePanel::useRequested, this, [this](int row) {
        if (row < m_model->count() && m_model->at(row).recipe)
            Q_EMIT recipeChosen(*m_model->at(row).recipe, RecipePart::All);
    });
    connect(m_panel, &ComparePanel::mapRequested, this, [this] { setMode(CompareMode::Difference); });
    connect(m_panel, &ComparePanel::exportRequested, this, [this] { Q_EMIT exportRequested(files()); });
    connect(m_panel, &ComparePanel::plotRequested, this, [this] { Q_EMIT plotRequested(files()); });
    connect(m_panel, &SidePanel::widthChanged, this, [this](int width) {
        m_studio.settings().setPanelWidth(QLatin1String(kPanel), width);
        placePanel();
        fitToolbar();
    });
    connect(m_panel, &SidePanel::foldedChanged, this, [this](bool isFolded) {
        if (m_isPanelOpen == isFolded)
            setPanelOpen(!isFolded); // F9
    });
}

SidePanel *ComparePage::rightPanel() const
{
    return m_panel;
}

QList<QWidget *> ComparePage::parts() const
{
    return {m_toolbar, m_middle, m_bar, m_panel};
}

QWidget *ComparePage::focusOf(QWidget *part) const
{
    if (part == m_toolbar)
        return m_modes;
    if (part == m_middle)
        return m_middle->currentWidget() == m_view ? static_cast<QWidget *>(m_view)
                                                   : m_empty->slot(m_model->count() > 0 ? 1 : 0);
    if (part == m_panel && m_model->count() > 0)
        return m_panel->slotList();
    return part;
}

void ComparePage::activate()
{
    for (int row = 0; row < m_model->count(); ++row) {
        if (!m_model->at(row).problem.isEmpty())
            m_model->reload(row); // perhaps it is back
    }
    focusOf(m_middle)->setFocus(Qt::OtherFocusReason);
}

void ComparePage::focusToast()
{
    m_toasts->focusToast();
}

void ComparePage::compare(const QStringList &files)
{
    m_second = 1;
    m_model->setFiles(files);
    m_view->fit();
    setMode(m_model->count() > 2 ? CompareMode::Grid : CompareMode::Slider);
}

void ComparePage::add(const QStringList &files)
{
    const int before = m_model->count();
    m_model->addFiles(files);
    if (m_model->count() > before && before > 0)
        setSecond(before);
    if (before < 3 && m_model->count() > 2 && !m_knockOut)
        setMode(CompareMode::Grid);
}

void ComparePage::followWork()
{
    m_model->addLive();
    setSecond(m_model->count() - 1);
}

void ComparePage::setMode(CompareMode mode)
{
    // Who wins is chosen between two; the map and the grid are of other pictures.
    if (m_knockOut && (mode == CompareMode::Grid || mode == CompareMode::Difference) && !m_knockOut->isOver())
        mode = CompareMode::SideBySide;
    m_view->setMode(mode);
    m_modes->setCurrentIndex(int(mode));
    m_bar->refresh();
    refreshPictures();
    m_panel->refresh(m_second);
    updateDifference();
}

void ComparePage::setSecond(int row)
{
    const int last = m_model->count() - 1;
    m_second = std::clamp(row, std::min(1, std::max(0, last)), std::max(0, last));
    refresh();
}

void ComparePage::moveSecond(int step)
{
    const int others = m_model->count() - 1;
    if (others > 1)
        setSecond(1 + (m_second - 1 + step + others) % others);
}

void ComparePage::swap()
{
    if (m_knockOut)
        return;
    m_model->swap(0, m_second);
}

void ComparePage::refresh()
{
    const int count = m_model->count();
    m_second = std::clamp(m_second, std::min(1, std::max(0, count - 1)), std::max(0, count - 1));
    m_middle->setCurrentWidget(count < 2 ? static_cast<QWidget *>(m_empty) : m_view);
    if (count < 2) {
        const CompareSlot slot = count == 1 ? m_model->at(0) : CompareSlot();
        m_empty->setFirst(slot.picture.about(840),
                          slot.isReady() ? slot.title
                          : count == 1   ? slot.detail
                                         : QString(),
                          slot.problem);
    }
    int ready = 0;
    for (const CompareSlot &slot : m_model->all())
        ready += slot.isReady() && slot.kind != CompareSlot::Kind::Live ? 1 : 0;
    m_bar->setCanKnockOut(ready > 1);
    m_bar->setEnabled(count > 1);
    m_modes->setEnabled(count > 1);
    m_swap->setEnabled(count > 1);
    // A may be the current one for the keyboard; the one that is compared with it stays.
    if (!m_knockOut && count > 1 && m_panel->slotList()->currentIndex().row() != 0)
        m_panel->slotList()->setCurrentIndex(m_model->index(m_second, 0));
    refreshPictures();
    m_panel->refresh(m_second);
    const app::PictureLikeness likeness = count > 1 ? m_model->at(m_second).likeness : app::PictureLikeness();
    const QString figures = likenessText(likeness);
    m_bar->setFigures(figures.isEmpty() ? QString() : tr("%1 to A: %2").arg(CompareModel::letter(m_second), figures));
    updateDifference();
    Q_EMIT statusChanged();
}

void ComparePage::refreshPictures()
{
    QList<ComparePicture> pictures;
    const QList<KnockOut::Standing> result = m_knockOut ? m_knockOut->result() : QList<KnockOut::Standing>();
    const bool isGrid = m_view->mode() == CompareMode::Grid;
    for (int row = 0; row < m_model->count(); ++row) {
        const CompareSlot &slot = m_model->at(row);
        ComparePicture picture{.picture = slot.picture,
                               .size = slot.kind == CompareSlot::Kind::Live ? slot.size : slot.picture.size(),
                               .letter = CompareModel::letter(row),
                               .name = slot.kind == CompareSlot::Kind::Live ? slot.detail : slot.title,
                               .problem = slot.problem,
                               .message = slot.isLoading ? tr("Reading") : slot.detail};
        // While a winner is chosen figures would tell what the eyes should say.
        if (!m_knockOut)
            picture.figures = row == 0 && isGrid ? tr("reference") : likenessText(slot.likeness);
        for (const KnockOut::Standing &each : result) {
            if (m_contestants.value(each.picture) == row)
                picture.stars = each.stars;
        }
        pictures.append(picture);
    }
    m_view->setPictures(pictures, m_model->frame());
    if (m_knockOut && m_knockOut->pair()) {
        const auto pair = *m_knockOut->pair();
        m_view->setPair(m_contestants.value(pair.first), m_contestants.value(pair.second));
    } else {
        m_view->setPair(0, m_second);
    }
}

void ComparePage::updateDifference()
{
    if (m_view->mode() != CompareMode::Difference || m_model->count() < 2) {
        m_differenceKey.clear();
        m_view->setDifference({}, 255);
        return;
    }
    const QImage map = m_model->at(m_second).difference;
    const int gain = m_bar->gain();
    const QString key = QStringLiteral("%1/%2").arg(map.cacheKey()).arg(gain);
    if (key == m_differenceKey)
        return;
    m_differenceKey = key;
    if (map.isNull()) {
        m_view->setDifference({}, 255);
        return;
    }
    m_pool.start([this, map, gain, key] {
        const PictureLevels levels(coloured(map, gain));
        QMetaObject::invokeMethod(
            this,
            [this, levels, gain, key] {
                if (key == m_differenceKey)
                    m_view->setDifference(levels, gain == 1 ? 255 : 256 / gain);
            },
            Qt::QueuedConnection);
    });
}

PageStatus ComparePage::status() const
{
    PageStatus status;
    const int count = m_model->count();
    if (count == 0)
        return {.left = tr("Nothing to compare yet"), .right = {}};
    QStringList parts;
    const QSize frame = m_model->frame();
    QStringList fitted;
    QStringList notes;
    for (int row = 0; row < count; ++row) {
        const CompareSlot &slot = m_model->at(row);
        const bool isOther = slot.isReady() && slot.kind != CompareSlot::Kind::Live && slot.picture.size() != frame;
        if (isOther)
            fitted.append(tr("%1 (%2)").arg(CompareModel::letter(row), sizeWords(slot.picture.size())));
        if (!slot.note.isEmpty())
            notes.append(tr("%1 %2").arg(CompareModel::letter(row), slot.note));
        if (!slot.problem.isEmpty())
            notes.append(tr("%1 cannot be shown").arg(CompareModel::letter(row)));
    }
    const QString pictures = tr("%n picture(s)", nullptr, count);
    if (frame.isEmpty())
        parts.append(pictures);
    else if (fitted.isEmpty())
        parts.append(count == 2  ? tr("%1, both %2").arg(pictures, sizeWords(frame))
                     : count > 2 ? tr("%1, all %2").arg(pictures, sizeWords(frame))
                                 : tr("%1, %2").arg(pictures, sizeWords(frame)));
    else if (fitted.size() > 3)
        parts.append(tr("%1, %2 fitted to A's %3").arg(pictures).arg(fitted.size()).arg(sizeWords(frame)));
    else
        parts.append(tr("%1, fitted to A's %2: %3").arg(pictures, sizeWords(frame), fitted.join(QStringLiteral(", "))));
    parts += notes;
    if (count > 1 && m_model->at(m_second).likeness.isValid && !m_knockOut)
        parts.append(likenessText(m_model->at(m_second).likeness));
    if (m_pointer.x() >= 0 && !frame.isEmpty()) {
        QStringList colours;
        for (const int row : {0, m_second}) {
            if (row >= count || (row == 0 && !colours.isEmpty()))
                continue;
            const QImage image = m_model->at(row).picture.picture();
            const QRect part = app::fittedRect(image.size(), frame);
            if (!part.contains(m_pointer) || image.isNull())
                continue;
            const QPoint at((m_pointer.x() - part.left()) * image.width() / part.width(),
                            (m_pointer.y() - part.top()) * image.height() / part.height());
            const QColor colour = image.pixelColor(at);
            colours.append(QStringLiteral("%1 %2 %3 %4")
                               .arg(CompareModel::letter(row))
                               .arg(colour.red())
                               .arg(colour.green())
                               .arg(colour.blue()));
        }
        parts.append(
            tr("Pointer at %1, %2: %3").arg(m_pointer.x()).arg(m_pointer.y()).arg(colours.join(QStringLiteral(", "))));
    }
    status.left = parts.join(QStringLiteral("   ·   "));
    status.right = m_knockOut ? tr("← → choose, ↓ skip, Z undo") : tr("M next view, C swap, K pick a winner");
    return status;
}

void ComparePage::setCompact(bool narrow, bool)
{
    if (narrow == m_isNarrow)
        return;
    m_isNarrow = narrow;
    auto *row = static_cast<QHBoxLayout *>(layout());
    if (narrow)
        row->removeWidget(m_panel);
    else
        row->addWidget(m_panel);
    setPanelOpen(!narrow && !m_studio.settings().isPanelFolded(QLatin1String(kPanel)));
}

void ComparePage::setPanelOpen(bool isOpen)
{
    m_isPanelOpen = isOpen;
    m_panel->setFolded(!isOpen);
    m_panelButton->setChecked(isOpen);
    if (!m_isNarrow)
        m_studio.settings().setPanelFolded(QLatin1String(kPanel), !isOpen);
    placePanel();
    fitToolbar();
}

void ComparePage::placePanel()
{
    if (!m_isNarrow)
        return;
    // Over the pictures; the toolbar stays free, so that its button closes the panel again.
    const int top = m_toolbar->height();
    m_panel->setGeometry(width() - m_panel->panelWidth(), top, m_panel->panelWidth(), height() - top);
    m_panel->raise();
}

void ComparePage::fitToolbar()
{
    const int room = width() - (m_isPanelOpen && !m_isNarrow ? m_panel->panelWidth() : 0);
    const auto setTexts = [this](bool hasTexts) {
        for (int i = 0; i < int(std::size(kModes)); ++i)
            m_modes->setChoiceText(i, hasTexts ? tr(kModes[i].text) : QString());
        m_swap->setText(tr("Swap"));
    };
    setTexts(true);
    constexpr int kOthers = 340; // swap, link, zoom, panel
    if (m_modes->sizeHint().width() + kOthers > room)
        setTexts(false);
}

void ComparePage::resizeEvent(QResizeEvent *event)
{
    Page::resizeEvent(event);
    fitToolbar();
    QTimer::singleShot(0, this, &ComparePage::placePanel);
}

} // namespace ui
