#include "ui/gallery/viewer.h"

#include "app/gallery_model.h"
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
#include "ui/gallery/picture_details.h"
#include "ui/gallery/picture_loader.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QKeyEvent>
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

} // namespace

Viewer::Viewer(GalleryFilter &filter, app::Settings &settings, QWidget *parent)
    : QWidget(parent)
    , m_filter(filter)
    , m_settings(settings)
    , m_loader(new PictureLoader(this))
    , m_canvas(new Canvas(this))
    , m_title(new ElidedLabel(QString(), TextStyle::Panel, Token::Text, this))
    , m_stars(new StarRow(this))
    , m_zoom(new Label(QString(), TextStyle::Detail, Token::Text2, this))
    , m_panelButton(new IconButton(QStringLiteral("panel-right"), tr("Show recipe"), this))
    , m_previous(new IconButton(QStringLiteral("chevron-left"), tr("Previous picture"), IconButton::Shape::Round, this))
    , m_next(new IconButton(QStringLiteral("chevron-right"), tr("Next picture"), IconButton::Shape::Round, this))
    , m_strip(new FilmList(this))
    , m_delegate(new ThumbnailDelegate(
          {.image = app::GalleryModel::ThumbnailRole, .missing = app::GalleryModel::ThumbnailFailedRole}, this))
    , m_panel(new SidePanel(SidePanel::Side::Right, 320, this))
{
    m_canvas->setFocusPolicy(Qt::StrongFocus);
    m_canvas->setAccessibleName(tr("Picture"));
    m_canvas->setMouseTracking(true);
    m_delegate->setCellSize(64);
    m_delegate->setGap(8);
    m_strip->setItemDelegate(m_delegate);
    m_strip->setCell(64, 8);
    m_strip->setAccessibleName(tr("Pictures of the gallery"));
    m_strip->setModel(&filter);
    m_strip->setDragEnabled(false); // it drags files of the session
    m_panelButton->setCheckable(true);
    makePanel();

    auto *strip = new QWidget(this);
    setSurface(strip, Token::Panel);
    strip->setFixedHeight(96);
    auto *stripRow = new QVBoxLayout(strip);
    stripRow->setContentsMargins(0, 0, 0, 0);
    stripRow->setSpacing(0);
    auto *stripLine = new HairLine(strip);
    stripRow->addWidget(stripLine);
    auto *stripMiddle = new QHBoxLayout;
    stripMiddle->setContentsMargins(13, 0, 13, 0);
    stripMiddle->addWidget(m_strip);
    stripRow->addStretch(1);
    stripRow->addLayout(stripMiddle);
    stripRow->addStretch(1);

    auto *centre = new QVBoxLayout;
    centre->setSpacing(0);
    centre->addWidget(makeToolbar());
    centre->addWidget(m_canvas, 1);
    centre->addWidget(strip);
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
    connect(m_canvas, &Canvas::zoomChanged, this,
            [this](double zoom) { m_zoom->setText(tr("%1 %").arg(int(std::lround(zoom * 100)))); });
    connect(m_strip, &QListView::clicked, this, [this](const QModelIndex &index) { show(index); });
    connect(m_strip->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex &index) {
        if (m_strip->hasFocus() && index.isValid())
            show(index);
    });
    connect(m_loader, &PictureLoader::loaded, this, [this](const QString &path, const QImage &image) {
        if (path != m_path)
            return;
        if (image.isNull())
            m_canvas->clear();
        else
            m_canvas->setPicture(image);
        m_zoom->setText(tr("%1 %").arg(int(std::lround(m_canvas->zoom() * 100))));
    });
    connect(m_stars, &StarRow::chosen, this, [this](int stars) { Q_EMIT starsChosen(m_current, stars); });
    connect(&filter, &QAbstractItemModel::dataChanged, this,
            [this](const QModelIndex &first, const QModelIndex &last, const QList<int> &roles) {
                const bool onlyThumbnails = roles.contains(app::GalleryModel::ThumbnailRole);
                if (m_current.isValid() && !onlyThumbnails && first.row() <= m_current.row() &&
                    m_current.row() <= last.row())
                    refresh();
            });
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
    const auto tool = [&](const QString &icon, const QString &name, const QString &key, auto slot) {
        auto *button = new IconButton(icon, name, bar);
        button->setName(name, key);
        connect(button, &IconButton::clicked, this, slot);
        row->addWidget(button);
    };
    tool(QStringLiteral("folder"), tr("Open folder"), {}, [this] { Q_EMIT commandGiven(PictureCommand::OpenFolder); });
    tool(QStringLiteral("copy"), tr("Copy picture"), QStringLiteral("Ctrl+C"),
         [this] { Q_EMIT commandGiven(PictureCommand::CopyPicture); });
    tool(QStringLiteral("export"), tr("Save a copy…"), QStringLiteral("Ctrl+S"),
         [this] { Q_EMIT commandGiven(PictureCommand::SaveCopy); });
    tool(QStringLiteral("trash"), tr("Move to trash"), QStringLiteral("Del"),
         [this] { Q_EMIT commandGiven(PictureCommand::Trash); });
    row->addWidget(separator(bar));
    tool(QStringLiteral("zoom-out"), tr("Zoom out"), QStringLiteral("-"), [this] { m_canvas->zoomOut(); });
    m_zoom->setAlignment(Qt::AlignCenter);
    m_zoom->reserve(QStringLiteral("1600 %"));
    row->addWidget(m_zoom);
    tool(QStringLiteral("zoom-in"), tr("Zoom in"), QStringLiteral("+"), [this] { m_canvas->zoomIn(); });
    tool(QStringLiteral("fit"), tr("Fit"), QStringLiteral("Ctrl+0"), [this] { m_canvas->fit(); });
    tool(QStringLiteral("full-screen"), tr("Full screen"), QStringLiteral("F11"),
         [this] { Q_EMIT fullScreenRequested(); });
    row->addWidget(separator(bar));
    m_panelButton->setName(tr("Recipe"), QStringLiteral("F9"));
    row->addWidget(m_panelButton);
    return bar;
}

void Viewer::makePanel()
{
    auto *head = new QWidget(m_panel);
    head->setFixedHeight(theme().metrics().panelHead);
    m_tabs = new SegmentedControl(head);
    m_tabs->addChoice(tr("Recipe"));
    m_tabs->addChoice(tr("File"));
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
    m_details = new PictureDetails(PictureDetails::Layout::Full, body);
    column->addWidget(m_details);
    m_panel->setBody(body);
    m_use = new UseButtons(m_panel);
    m_panel->setFoot(m_use);
    m_panel->setPanelWidth(m_settings.panelWidth(QLatin1String(kPanel), 320));
    m_panel->setFolded(m_settings.isPanelFolded(QLatin1String(kPanel)));
    m_panelButton->setChecked(!m_panel->isFolded());
    connect(m_tabs, &SegmentedControl::currentChanged, this, [this](int index) {
        m_details->setPart(index == 0 ? PictureDetails::Part::Recipe : PictureDetails::Part::File);
    });
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
    const auto picture = m_current.data(app::GalleryModel::PictureRole).value<app::GalleryPicture>();
    m_title->setText(picture.prompt.isEmpty() ? QFileInfo(picture.path).fileName() : picture.prompt.simplified());
    m_stars->setStars(picture.stars);
    m_details->setPicture(picture);
    m_use->setHasRecipe(!picture.recipe.isEmpty());
    if (picture.path != m_path) {
        m_path = picture.path;
        // The thumbnail stands in for the few milliseconds that reading takes.
        const QImage thumbnail = m_current.data(app::GalleryModel::ThumbnailRole).value<QImage>();
        if (!thumbnail.isNull())
            m_canvas->setPicture(thumbnail, picture.size);
        m_canvas->fit();
        m_canvas->setAccessibleDescription(picture.prompt);
        m_loader->load(picture.path);
    }
}

void Viewer::updateStrip()
{
    m_strip->setCurrentIndex(m_current);
    m_strip->scrollTo(m_current, QAbstractItemView::PositionAtCenter);
}

void Viewer::move(int by)
{
    const int row = m_current.row() + by;
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
    if (event->matches(QKeySequence::Copy)) {
        Q_EMIT commandGiven(PictureCommand::CopyPicture);
        return true;
    }
    if (event->matches(QKeySequence::Save)) {
        Q_EMIT commandGiven(PictureCommand::SaveCopy);
        return true;
    }
    if (!plain)
        return false;
    switch (event->key()) {
    case Qt::Key_Escape:
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
    case Qt::Key_0:
    case Qt::Key_1:
    case Qt::Key_2:
    case Qt::Key_3:
    case Qt::Key_4:
    case Qt::Key_5:
        Q_EMIT starsChosen(m_current, event->key() - Qt::Key_0);
        return true;
    case Qt::Key_A:
        Q_EMIT commandGiven(PictureCommand::UseAll);
        return true;
    case Qt::Key_P:
        Q_EMIT commandGiven(PictureCommand::UsePrompts);
        return true;
    case Qt::Key_S:
        Q_EMIT commandGiven(PictureCommand::UseSeed);
        return true;
    case Qt::Key_R:
        Q_EMIT commandGiven(PictureCommand::UseAllButSeed);
        return true;
    case Qt::Key_I:
        m_panel->setFolded(!m_panel->isFolded());
        return true;
    case Qt::Key_Delete:
        Q_EMIT commandGiven(PictureCommand::Trash);
        return true;
    case Qt::Key_Plus:
        m_canvas->zoomIn();
        return true;
    case Qt::Key_Minus:
        m_canvas->zoomOut();
        return true;
    default:
        return false;
    }
}

void Viewer::keyPressEvent(QKeyEvent *event)
{
    if (!handleKey(event))
        QWidget::keyPressEvent(event);
}

bool Viewer::eventFilter(QObject *object, QEvent *event)
{
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
