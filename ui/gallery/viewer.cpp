#include "ui/gallery/viewer.h"

#include "app/gallery_model.h"
#include "app/gallery_store.h"
#include "app/settings.h"
#include "ui/common/button.h"
#include "ui/common/elided_label.h"
#include "ui/common/hair_line.h"
#include "ui/common/icon_button.h"
#include "ui/common/segmented_control.h"
#include "ui/common/side_panel.h"
#include "ui/common/thumbnail_delegate.h"
#include "ui/common/tool_bar.h"
#include "ui/create/canvas.h"
#include "ui/create/filmstrip.h"
#include "ui/gallery/gallery_filter.h"
#include "ui/gallery/marks_box.h"
#include "ui/gallery/picture_details.h"
#include "ui/gallery/picture_drag.h"
#include "ui/gallery/picture_loader.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QMenu>
#include <QScrollBar>
#include <QVBoxLayout>

#include <cmath>

namespace ui {

namespace {

constexpr auto kPanel = "gallery/viewer";

HairLine *separator(QWidget *parent)
{
    return new HairLine(parent, Qt::Vertical, 20);
}

/// The strip of the viewer: its pictures are dragged out as files.
class GalleryStrip : public FilmList
{
public:
    GalleryStrip(GalleryFilter &filter, QWidget *parent) : FilmList(parent), m_filter(filter) {}

protected:
    void startDrag(Qt::DropActions) override
    {
        if (currentIndex().isValid())
            dragPictures(this, m_filter, {currentIndex().row()}, currentIndex().row());
    }

private:
    GalleryFilter &m_filter;
};

} // namespace

Viewer::Viewer(GalleryFilter &filter, PictureLoader &loader, app::Settings &settings, QWidget *parent)
    : QWidget(parent)
    , m_filter(filter)
    , m_loader(loader)
    , m_settings(settings)
    , m_canvas(new Canvas(this))
    , m_title(new ElidedLabel(QString(), TextStyle::Panel, Token::Text, this))
    , m_stars(new StarRow(this))
    , m_flag(new IconButton(QStringLiteral("flag"), tr("Reject"), this))
    , m_zoom(new Button(QString(), Button::Kind::Ghost, this))
    , m_panelButton(new IconButton(QStringLiteral("panel-right"), tr("Show recipe"), this))
    , m_previous(new IconButton(QStringLiteral("chevron-left"), tr("Previous picture"), IconButton::Shape::Round, this))
    , m_next(new IconButton(QStringLiteral("chevron-right"), tr("Next picture"), IconButton::Shape::Round, this))
    , m_strip(new GalleryStrip(filter, this))
    , m_stripArea(new QWidget(this))
    , m_delegate(new ThumbnailDelegate({.image = app::GalleryModel::ThumbnailRole,
                                        .stars = -1,
                                        .rejected = -1,
                                        .missing = app::GalleryModel::ThumbnailFailedRole},
                                       this))
    , m_panel(new SidePanel(SidePanel::Side::Right, 320, this))
{
    m_canvas->setFocusPolicy(Qt::StrongFocus);
    m_canvas->setAccessibleName(tr("Picture"));
    m_canvas->setMouseTracking(true);
    m_canvas->setAcceptDrops(false);
    m_delegate->setCellSize(64);
    m_delegate->setGap(8);
    m_strip->setItemDelegate(m_delegate);
    m_strip->setCell(64, 8);
    m_strip->setAccessibleName(tr("Pictures of the gallery"));
    m_strip->setModel(&filter);
    m_panelButton->setCheckable(true);
    makePanel();

    setSurface(m_stripArea, Token::Panel);
    m_stripArea->setFixedHeight(96);
    auto *stripRow = new QVBoxLayout(m_stripArea);
    stripRow->setContentsMargins(0, 0, 0, 0);
    stripRow->setSpacing(0);
    stripRow->addWidget(new HairLine(m_stripArea));
    auto *stripMiddle = new QHBoxLayout;
    stripMiddle->setContentsMargins(13, 0, 13, 0);
    stripMiddle->addWidget(m_strip);
    stripRow->addStretch(1);
    stripRow->addLayout(stripMiddle);
    stripRow->addStretch(1);

    auto *centre = new QVBoxLayout;
    centre->setSpacing(0);
    m_toolbar = makeToolbar();
    centre->addWidget(m_toolbar);
    centre->addWidget(m_canvas, 1);
    centre->addWidget(m_stripArea);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addLayout(centre, 1);
    row->addWidget(m_panel);

    for (IconButton *chevron : {m_previous, m_next}) {
        chevron->setParent(m_canvas);
        chevron->setIconPixels(20);
        chevron->setFocusPolicy(Qt::NoFocus);
        chevron->hide();
    }
    m_canvas->installEventFilter(this);
    m_strip->installEventFilter(this);
    connect(m_previous, &IconButton::clicked, this, [this] { move(-1); });
    connect(m_next, &IconButton::clicked, this, [this] { move(1); });
    connect(m_canvas, &Canvas::neighbourWanted, this, &Viewer::move);
    connect(m_canvas, &Canvas::zoomChanged, this, &Viewer::updateZoom);
    connect(m_strip, &QListView::clicked, this, [this](const QModelIndex &index) { show(index); });
    connect(m_strip->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex &index) {
        if (m_strip->hasFocus() && index.isValid())
            show(index);
    });
    connect(&m_loader, &PictureLoader::loaded, this, [this](const QString &path, const QImage &image) {
        if (path != m_path)
            return;
        m_canvas->setPicture(image);
        updateZoom();
        prefetch();
    });
    connect(&m_loader, &PictureLoader::failed, this, [this](const QString &path, const QString &sentence) {
        if (path != m_path)
            return;
        m_problem = sentence;
        m_canvas->clear();
        m_canvas->setMessage(sentence);
        m_details->setProblem(sentence);
        prefetch();
    });
    connect(m_stars, &StarRow::chosen, this, [this](int stars) { Q_EMIT starsChosen(m_current, stars); });
    connect(&filter, &QAbstractItemModel::dataChanged, this,
            [this](const QModelIndex &first, const QModelIndex &last, const QList<int> &roles) {
                const bool onlyThumbnails = roles.contains(app::GalleryModel::ThumbnailRole);
                if (m_current.isValid() && !onlyThumbnails && first.row() <= m_current.row() &&
                    m_current.row() <= last.row())
                    refresh();
            });
    const auto findAgain = [this] {
        if (!isVisible() || m_current.isValid())
            return;
        const int found = m_filter.rowOfPath(m_path);
        if (found >= 0)
            show(m_filter.index(found, 0));
        else
            Q_EMIT closed();
    };
    connect(&filter, &QAbstractItemModel::modelReset, this, findAgain);
    connect(&filter, &QAbstractItemModel::layoutChanged, this, findAgain);
    // The picture that is looked at went: the one that took its place is next.
    connect(&filter, &QAbstractItemModel::rowsAboutToBeRemoved, this, [this](const QModelIndex &, int first, int last) {
        if (!isVisible() || !m_current.isValid() || m_current.row() < first || m_current.row() > last)
            return;
        const int next = last + 1 < m_filter.rowCount() ? last + 1 : first - 1;
        if (next >= 0)
            show(m_filter.index(next, 0));
        else
            Q_EMIT closed();
    });
}

QWidget *Viewer::makeToolbar()
{
    auto *bar = new ToolBar(theme().metrics().toolbar, this);
    QHBoxLayout *row = bar->row();
    auto *back = new Button(tr("Gallery"), Button::Kind::Ghost, bar);
    back->setIconName(QStringLiteral("chevron-left"));
    back->setControlSize(Button::Size::Small);
    back->setToolTip(tr("Back to the gallery (Esc)"));
    connect(back, &Button::clicked, this, &Viewer::closed);
    row->addWidget(back);
    row->addWidget(separator(bar));
    row->addWidget(m_title, 1);
    row->addWidget(m_stars);
    row->addSpacing(8);
    m_tools = bar;
    m_flag->setName(tr("Reject"), pictureKeyText(PictureCommand::ToggleReject));
    m_flag->setCheckable(true);
    row->addWidget(m_flag);
    connect(m_flag, &IconButton::clicked, this, [this] { Q_EMIT commandGiven(PictureCommand::ToggleReject); });
    const auto tool = [&](const QString &icon, const QString &name, const QString &key, auto slot) {
        auto *button = new IconButton(icon, name, bar);
        button->setName(name, key);
        connect(button, &IconButton::clicked, this, slot);
        row->addWidget(button);
        return button;
    };
    const auto command = [&](const QString &icon, const QString &name, PictureCommand what) {
        return tool(icon, name, pictureKeyText(what), [this, what] { Q_EMIT commandGiven(what); });
    };
    command(QStringLiteral("tag"), tr("Tags"), PictureCommand::EditTags);
    m_wideTools.append(command(QStringLiteral("folder"), tr("Open folder"), PictureCommand::OpenFolder));
    m_wideTools.append(command(QStringLiteral("copy"), tr("Copy picture"), PictureCommand::CopyPicture));
    command(QStringLiteral("download"), tr("Save a copy…"), PictureCommand::SaveCopy)
        ->setObjectName(QStringLiteral("saveCopy"));
    command(QStringLiteral("trash"), tr("Move to trash"), PictureCommand::Trash);
    row->addWidget(separator(bar));
    m_wideTools.append(
        tool(QStringLiteral("zoom-out"), tr("Zoom out"), QStringLiteral("-"), [this] { m_canvas->zoomOut(); }));
    m_zoom->setControlSize(Button::Size::Small);
    m_zoom->setFixedWidth(64);
    m_zoom->setObjectName(QStringLiteral("zoom"));
    m_zoom->setToolTip(tr("Zoom"));
    connect(m_zoom, &Button::clicked, this, &Viewer::showZoomMenu);
    row->addWidget(m_zoom);
    m_wideTools.append(
        tool(QStringLiteral("zoom-in"), tr("Zoom in"), QStringLiteral("+"), [this] { m_canvas->zoomIn(); }));
    tool(QStringLiteral("fit"), tr("Fit"), QStringLiteral("F"), [this] { m_canvas->fit(); });
    tool(QStringLiteral("full-screen"), tr("Full screen"), QStringLiteral("F11"),
         [this] { Q_EMIT fullScreenRequested(); });
    row->addWidget(separator(bar));
    m_panelButton->setName(tr("Recipe"), QStringLiteral("F9"));
    row->addWidget(m_panelButton);
    return bar;
}

IconButton *Viewer::addTool(const QString &iconName, const QString &name, const QString &key)
{
    auto *button = new IconButton(iconName, name, m_tools);
    button->setName(name, key);
    auto *row = static_cast<ToolBar *>(m_tools)->row();
    row->insertWidget(row->indexOf(m_tools->findChild<QWidget *>(QStringLiteral("saveCopy"))) + 1, button);
    return button;
}

void Viewer::updateZoom()
{
    const QString text = tr("%1 %").arg(int(std::lround(m_canvas->zoom() * 100)));
    m_zoom->setText(text);
    m_zoom->setAccessibleName(tr("Zoom, %1").arg(text));
}

void Viewer::showZoomMenu()
{
    QMenu menu(this);
    menu.addAction(tr("Fit"), m_canvas, &Canvas::fit);
    menu.addSeparator();
    for (const double zoom : {0.25, 0.5, 1.0, 2.0, 4.0, 8.0})
        menu.addAction(tr("%1 %").arg(int(zoom * 100)), this, [this, zoom] { m_canvas->setZoom(zoom); });
    menu.addSeparator();
    QAction *exact = menu.addAction(tr("Exact Pixels"), this, [this](bool on) { m_canvas->setSmooth(!on); });
    exact->setCheckable(true);
    exact->setChecked(!m_canvas->isSmooth());
    menu.exec(m_zoom->mapToGlobal(QPoint(0, m_zoom->height() + 4)));
}

void Viewer::makePanel()
{
    auto *head = new QWidget(m_panel);
    head->setFixedHeight(theme().metrics().panelHead);
    m_tabs = new SegmentedControl(head);
    m_tabs->addChoice(tr("Recipe"));
    m_tabs->addChoice(tr("File"));
    m_tabs->addChoice(tr("History"));
    m_tabs->setStretched(true);
    m_tabs->setAccessibleName(tr("What is shown of the picture"));
    auto *row = new QVBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    auto *tabs = new QHBoxLayout;
    tabs->setContentsMargins(8, 0, 8, 0);
    tabs->addWidget(m_tabs);
    row->addStretch(1);
    row->addLayout(tabs);
    row->addStretch(1);
    auto *line = new HairLine(head);
    row->addWidget(line);
    m_panel->setHead(head);
    auto *body = new QWidget(m_panel);
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(16, 10, 16, 16);
    column->setSpacing(theme().metrics().space3);
    m_details = new PictureDetails(PictureDetails::Layout::Full, body);
    m_marks = new MarksBox(body);
    column->addWidget(m_details);
    column->addWidget(new HairLine(body));
    column->addWidget(m_marks);
    column->addStretch(1);
    m_panel->setBody(body);
    m_use = new UseButtons(UseButtons::Layout::Viewer, m_panel);
    m_panel->setFoot(m_use);
    m_panel->setPanelWidth(m_settings.panelWidth(QLatin1String(kPanel), 320));
    m_panel->setFolded(m_settings.isPanelFolded(QLatin1String(kPanel)));
    m_panelButton->setChecked(!m_panel->isFolded());
    connect(m_tabs, &SegmentedControl::currentChanged, this,
            [this](int index) { m_details->setPart(PictureDetails::Part(index)); });
    connect(m_details, &PictureDetails::commandGiven, this, &Viewer::commandGiven);
    connect(m_use, &UseButtons::commandGiven, this, &Viewer::commandGiven);
    connect(m_panelButton, &IconButton::clicked, this, [this](bool on) { m_panel->setFolded(!on); });
    connect(m_panel, &SidePanel::foldedChanged, this, [this](bool folded) {
        m_panelButton->setChecked(!folded);
        m_settings.setPanelFolded(QLatin1String(kPanel), folded);
    });
    connect(m_panel, &SidePanel::widthChanged, this,
            [this](int width) { m_settings.setPanelWidth(QLatin1String(kPanel), width); });
}

void Viewer::setCompact(bool narrow, bool)
{
    m_panel->setPanelWidth(m_settings.panelWidth(QLatin1String(kPanel), narrow ? 304 : 320));
    for (QWidget *each : std::as_const(m_wideTools))
        each->setVisible(!narrow); // they have keys and stand in the menu
}

void Viewer::show(const QModelIndex &index)
{
    if (!index.isValid())
        return;
    const bool isSame = index == m_current;
    m_current = index;
    refresh();
    updateStrip();
    placeChevrons();
    if (!isSame)
        Q_EMIT currentChanged(index);
}

void Viewer::refresh()
{
    const app::GalleryPicture picture = m_filter.at(m_current.row());
    if (picture.id == 0)
        return;
    const ThumbnailState marks = m_filter.thumbnailState(m_current.row());
    m_title->setText(picture.prompt.isEmpty() ? QFileInfo(picture.path).fileName() : picture.prompt.simplified());
    m_stars->setStars(picture.stars);
    m_flag->setChecked(marks.isRejected);
    m_details->setPicture(picture);
    m_use->setHasRecipe(!picture.recipe.isEmpty());
    if (picture.path != m_path) {
        m_path = picture.path;
        m_problem.clear();
        m_details->setProblem(m_filter.reasonOf(picture));
        m_canvas->setAccessibleDescription(picture.prompt);
        m_canvas->setMessage(QString());
        QImage image = m_loader.load(picture.path);
        const bool isThere = !image.isNull();
        // The thumbnail stands in for the few milliseconds that reading takes.
        if (!isThere)
            image = marks.image;
        if (image.isNull())
            m_canvas->clear();
        else
            m_canvas->setPicture(image, isThere ? QSize() : picture.size);
        m_canvas->fit();
        if (isThere)
            prefetch();
    }
}

void Viewer::prefetch()
{
    // Where one goes comes first, then back.
    QStringList paths;
    for (const int by : {m_direction, -m_direction, 2 * m_direction}) {
        paths.append(m_filter.at(m_current.row() + by).path);
    }
    m_loader.prefetch(paths);
}

void Viewer::updateStrip()
{
    m_strip->setCurrentIndex(m_current);
    m_strip->scrollTo(m_current, QAbstractItemView::PositionAtCenter);
    m_strip->viewport()->update(); // rings lie outside the cells
}

void Viewer::move(int by)
{
    const int row = m_current.row() + by;
    m_direction = by < 0 ? -1 : 1;
    if (m_current.isValid() && row >= 0 && row < m_filter.rowCount())
        show(m_filter.index(row, 0));
}

void Viewer::placeChevrons()
{
    const int y = (m_canvas->height() - 40) / 2;
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    m_previous->move(mirrored ? m_canvas->width() - 56 : 16, y);
    m_next->move(mirrored ? 16 : m_canvas->width() - 56, y);
    m_previous->setEnabled(m_current.row() > 0);
    m_next->setEnabled(m_current.row() + 1 < m_filter.rowCount());
}

bool Viewer::handleKey(QKeyEvent *event)
{
    const bool plain = event->modifiers() == Qt::NoModifier || event->modifiers() == Qt::KeypadModifier;
    if (plain) {
        switch (event->key()) {
        case Qt::Key_Escape:
            if (m_isFullScreen)
                Q_EMIT fullScreenRequested();
            else
                Q_EMIT closed();
            return true;
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_Space:
            Q_EMIT closed();
            return true;
        case Qt::Key_Left:
        case Qt::Key_Right:
            move((event->key() == Qt::Key_Right) != (layoutDirection() == Qt::RightToLeft) ? 1 : -1);
            return true;
        case Qt::Key_Home:
            show(m_filter.index(0, 0));
            return true;
        case Qt::Key_End:
            show(m_filter.index(m_filter.rowCount() - 1, 0));
            return true;
        case Qt::Key_F:
            m_canvas->fit();
            return true;
        case Qt::Key_Plus:
            m_canvas->zoomIn();
            return true;
        case Qt::Key_Minus:
            m_canvas->zoomOut();
            return true;
        default:
            break;
        }
    }
    if (const std::optional<PictureCommand> command = pictureCommandOf(*event)) {
        Q_EMIT commandGiven(*command);
        return true;
    }
    event->setAccepted(false);
    Q_EMIT keyUnused(event);
    return event->isAccepted();
}

void Viewer::keyPressEvent(QKeyEvent *event)
{
    if (!handleKey(event))
        QWidget::keyPressEvent(event);
}

void Viewer::setFullScreen(bool isFull)
{
    if (isFull == m_isFullScreen)
        return;
    m_isFullScreen = isFull;
    m_toolbar->setVisible(!isFull);
    m_stripArea->setVisible(!isFull);
    m_panel->setVisible(!isFull && !m_panel->isFolded());
    m_canvas->setFocus(Qt::OtherFocusReason);
}

void Viewer::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    window()->installEventFilter(this);
    setFullScreen(window()->isFullScreen());
}

bool Viewer::eventFilter(QObject *object, QEvent *event)
{
    if (object == window() && object != this) {
        if (event->type() == QEvent::WindowStateChange && isVisible())
            setFullScreen(window()->isFullScreen());
        return QWidget::eventFilter(object, event);
    }
    if (event->type() == QEvent::KeyPress)
        return handleKey(static_cast<QKeyEvent *>(event));
    if (object == m_canvas) {
        if (event->type() == QEvent::Resize)
            placeChevrons();
        if (event->type() == QEvent::Enter || event->type() == QEvent::Leave) {
            m_previous->setVisible(event->type() == QEvent::Enter);
            m_next->setVisible(event->type() == QEvent::Enter);
        }
    }
    return QWidget::eventFilter(object, event);
}

} // namespace ui
