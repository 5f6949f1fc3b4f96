// The menu bar: everything that the window can do, with its key.
#include "app/engine_thread.h"
#include "app/gallery_store.h"
#include "app/job_queue.h"
#include "app/model_catalog.h"
#include "app/recipe.h"
#include "app/settings.h"
#include "app/studio.h"
#include "ui/common/button.h"
#include "ui/common/elided_label.h"
#include "ui/common/thumbnail_delegate.h"
#include "ui/compare/compare_page.h"
#include "ui/create/create_page.h"
#include "ui/gallery/gallery_page.h"
#include "ui/gallery/picture_command.h"
#include "ui/keys_dialog.h"
#include "ui/main_window.h"
#include "ui/models/models_page.h"
#include "ui/rail.h"

#include <QAction>
#include <QDesktopServices>
#include <QDialog>
#include <QMenu>
#include <QMenuBar>
#include <QRegularExpression>
#include <QUrl>
#include <QVBoxLayout>

namespace ui {

QAction *MainWindow::add(QMenu *menu, const QString &text, const QKeySequence &key, std::function<void()> run)
{
    auto *action = new QAction(text, this);
    action->setShortcut(key);
    connect(action, &QAction::triggered, this, [run = std::move(run)] { run(); });
    addAction(action); // so that the key acts while the menu bar is hidden
    menu->addAction(action);
    return action;
}

void MainWindow::mirror(QMenu *menu, QAction *source)
{
    auto *action = new QAction(this);
    const auto update = [action, source] {
        const QString key = source->shortcut().toString(QKeySequence::NativeText);
        action->setText(key.isEmpty() ? source->text() : source->text() + QLatin1Char('\t') + key);
        action->setEnabled(source->isEnabled());
        action->setCheckable(source->isCheckable());
        action->setChecked(source->isChecked());
    };
    update();
    connect(source, &QAction::changed, action, update);
    connect(source, &QAction::toggled, action, update);
    connect(action, &QAction::triggered, this, [this, source] {
        showPage(QStringLiteral("create"));
        source->trigger();
    });
    menu->addAction(action);
}

void MainWindow::addCommand(QMenu *menu, const QString &text, const QString &key, PictureCommand command)
{
    auto *action = menu->addAction(key.isEmpty() ? text : text + QLatin1Char('\t') + key);
    connect(action, &QAction::triggered, this, [this, command] {
        if (m_gallery && m_current == QLatin1String("gallery"))
            m_gallery->command(command);
    });
    m_pictureActions.append(action);
}

void MainWindow::makeMenus()
{
    makeFileMenu();
    makeEditMenu();
    makeViewMenu();
    makePictureMenu();
    makeQueueMenu();
    makeToolsMenu();
    makeHelpMenu();
}

void MainWindow::makeFileMenu()
{
    QMenu *menu = menuBar()->addMenu(tr("&File"));
    const CreateActions &create = m_create->actionTable();
    mirror(menu, create.openModel);
    add(menu, tr("Add a Folder of Models…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O), [this] {
        showPage(QStringLiteral("models"));
        m_models->addFolder();
    });
    add(menu, tr("Add a Folder of Pictures…"), {}, [this] {
        showPage(QStringLiteral("gallery"));
        m_gallery->addFolder();
    });
    menu->addSeparator();
    add(menu, tr("Open Folder of Pictures"), QKeySequence(Qt::CTRL | Qt::Key_E),
        [this] { QDesktopServices::openUrl(QUrl::fromLocalFile(m_studio.settings().pictureFolder())); });
    menu->addSeparator();
    QAction *quit = add(menu, tr("Quit"), QKeySequence(Qt::CTRL | Qt::Key_Q), [this] { close(); });
    quit->setMenuRole(QAction::QuitRole);
}

void MainWindow::makeEditMenu()
{
    QMenu *menu = menuBar()->addMenu(tr("&Edit"));
    m_undo = add(menu, tr("Undo"), QKeySequence(Qt::CTRL | Qt::Key_Z), [this] { undo(); });
    m_redo = add(menu, tr("Redo"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), [this] { redo(); });
    m_redo->setShortcuts({QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), QKeySequence(Qt::CTRL | Qt::Key_Y)});
    menu->addSeparator();
    const CreateActions &create = m_create->actionTable();
    mirror(menu, create.copySettings);
    mirror(menu, create.pasteSettings);
    mirror(menu, create.dice);
    menu->addSeparator();
    add(menu, tr("Find"), QKeySequence(Qt::CTRL | Qt::Key_F), [this] {
        if (m_current == QLatin1String("models")) {
            m_models->focusSearch();
            return;
        }
        showPage(QStringLiteral("gallery"));
        m_gallery->focusSearch();
    });
    menu->addSeparator();
    QAction *settings = add(menu, tr("Settings"), QKeySequence(Qt::CTRL | Qt::Key_Comma),
                            [this] { showPage(QStringLiteral("settings")); });
    settings->setMenuRole(QAction::PreferencesRole);
}

void MainWindow::makeViewMenu()
{
    QMenu *menu = menuBar()->addMenu(tr("&View"));
    static const QHash<QString, Qt::Key> keys = {
        {QStringLiteral("create"), Qt::Key_1},  {QStringLiteral("gallery"), Qt::Key_2},
        {QStringLiteral("compare"), Qt::Key_3}, {QStringLiteral("learn"), Qt::Key_4},
        {QStringLiteral("train"), Qt::Key_5},   {QStringLiteral("models"), Qt::Key_6}};
    const QList<QWidget *> railButtons = m_rail->findChildren<QWidget *>(QRegularExpression(QStringLiteral("^rail-")));
    const QStringList ids = m_rail->ids();
    for (const QString &id : ids) {
        if (!keys.contains(id))
            continue;
        QString title = id;
        for (const QWidget *button : railButtons) {
            if (button->objectName() == QLatin1String("rail-") + id)
                title = button->accessibleName();
        }
        add(menu, title, QKeySequence(Qt::CTRL | keys.value(id)), [this, id] { showPage(id); });
    }
    menu->addSeparator();
    add(menu, tr("Left Panel"), QKeySequence(Qt::SHIFT | Qt::Key_F9), [this] { foldPanel(false); });
    add(menu, tr("Right Panel"), QKeySequence(Qt::Key_F9), [this] { foldPanel(true); });
    menu->addSeparator();
    const CreateActions &create = m_create->actionTable();
    mirror(menu, create.zoomIn);
    mirror(menu, create.zoomOut);
    mirror(menu, create.fit);
    mirror(menu, create.exactPixels);
    menu->addSeparator();
    add(menu, tr("Next Part"), QKeySequence(Qt::Key_F6), [this] { moveToPart(1); });
    add(menu, tr("Previous Part"), QKeySequence(Qt::SHIFT | Qt::Key_F6), [this] { moveToPart(-1); });
    add(menu, tr("Message at the Bottom"), QKeySequence(Qt::Key_F8), [this] {
        if (m_gallery && m_current == QLatin1String("gallery"))
            m_gallery->focusToast();
        else if (m_current == QLatin1String("create"))
            m_create->focusToast();
        else if (m_compare && m_current == QLatin1String("compare"))
            m_compare->focusToast();
    });
    menu->addSeparator();
    m_fullScreen = add(menu, tr("Full Screen"), QKeySequence(Qt::Key_F11), [this] { setFullScreen(!isFullScreen()); });
    m_fullScreen->setCheckable(true);
}

void MainWindow::makePictureMenu()
{
    QMenu *menu = menuBar()->addMenu(tr("&Picture"));
    addCommand(menu, tr("View"), tr("Enter"), PictureCommand::View);
    addCommand(menu, tr("Quick Look"), tr("Space"), PictureCommand::QuickLook);
    addCommand(menu, tr("Compare"), QStringLiteral("Z"), PictureCommand::Compare);
    add(menu, tr("Compare with the Forming Picture"), {}, [this] {
        showPage(QStringLiteral("compare"));
        m_compare->followWork();
    });
    addCommand(menu, tr("See How It Formed"), QStringLiteral("L"), PictureCommand::Inspect);
    addCommand(menu, tr("More Like This…"), QStringLiteral("M"), PictureCommand::MoreLikeThis);
    menu->addSeparator();
    addCommand(menu, tr("Use These Settings"), QStringLiteral("A"), PictureCommand::UseAll);
    addCommand(menu, tr("Use Prompts"), QStringLiteral("P"), PictureCommand::UsePrompts);
    addCommand(menu, tr("Use Seed"), QStringLiteral("S"), PictureCommand::UseSeed);
    addCommand(menu, tr("Use All but Seed"), QStringLiteral("R"), PictureCommand::UseAllButSeed);
    menu->addSeparator();
    QMenu *stars = menu->addMenu(tr("Stars"));
    m_pictureActions.append(stars->menuAction());
    for (int count = 0; count <= 5; ++count) {
        const QString text = count == 0 ? tr("None") : tr("%n star(s)", nullptr, count);
        QAction *action = stars->addAction(QStringLiteral("%1\t%2").arg(text).arg(count));
        connect(action, &QAction::triggered, this, [this, count] {
            if (m_gallery && m_current == QLatin1String("gallery"))
                m_gallery->setStars(count);
        });
        m_pictureActions.append(action);
    }
    QMenu *labels = menu->addMenu(tr("Label"));
    m_pictureActions.append(labels->menuAction());
    for (int label = 0; label <= kLabels; ++label) {
        const auto command = PictureCommand(int(PictureCommand::LabelNone) + label);
        addCommand(labels, labelName(label), pictureKeyText(command), command);
    }
    addCommand(menu, tr("Reject"), QStringLiteral("X"), PictureCommand::ToggleReject);
    addCommand(menu, tr("Tags…"), QStringLiteral("T"), PictureCommand::EditTags);
    addCommand(menu, tr("Note…"), QStringLiteral("N"), PictureCommand::EditNote);
    menu->addSeparator();
    addCommand(menu, tr("Copy Picture"), QStringLiteral("Ctrl+C"), PictureCommand::CopyPicture);
    addCommand(menu, tr("Copy Prompt"), {}, PictureCommand::CopyPrompt);
    addCommand(menu, tr("Save a Copy…"), QStringLiteral("Ctrl+S"), PictureCommand::SaveCopy);
    addCommand(menu, tr("Open Its Folder"), {}, PictureCommand::OpenFolder);
    menu->addSeparator();
    addCommand(menu, tr("Move to Trash"), tr("Del"), PictureCommand::Trash);
}

void MainWindow::makeQueueMenu()
{
    QMenu *menu = menuBar()->addMenu(tr("&Queue"));
    const CreateActions &create = m_create->actionTable();
    mirror(menu, create.generate);
    mirror(menu, create.generateFirst);
    mirror(menu, create.generateMore);
    mirror(menu, create.repeat);
    menu->addSeparator();
    mirror(menu, create.stopAndKeep);
    mirror(menu, create.stop);
    mirror(menu, create.stopAll);
    menu->addSeparator();
    mirror(menu, create.pause);
    menu->addSeparator();
    add(menu, tr("X/Y Plot…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_P), [this] { showNewPlot(); });
    menu->addSeparator();
    add(menu, tr("Clear Jobs That Are Over"), {}, [this] { m_studio.queue().clearOver(); });
}

void MainWindow::makeToolsMenu()
{
    QMenu *menu = menuBar()->addMenu(tr("&Tools"));
    add(menu, tr("Look for New Pictures"), QKeySequence(Qt::Key_F5), [this] { m_studio.store().rescan(); });
    add(menu, tr("Look for New Models"), QKeySequence(Qt::SHIFT | Qt::Key_F5), [this] { m_studio.models().rescan(); });
    menu->addSeparator();
    add(menu, tr("Free the Model's Memory"), {}, [this] {
        m_studio.engine().unload();
        m_loadedModel.clear();
        if (m_models)
            m_models->setLoaded(QString());
    });
}

void MainWindow::makeHelpMenu()
{
    QMenu *menu = menuBar()->addMenu(tr("&Help"));
    add(menu, tr("Keys"), QKeySequence(Qt::Key_F1), [this] { showKeys(); });
    menu->addSeparator();
    QAction *about = add(menu, tr("About Tincture"), {}, [this] { showAbout(); });
    about->setMenuRole(QAction::AboutRole);
}

void MainWindow::updateActions()
{
    const bool hasPicture = m_gallery && m_current == QLatin1String("gallery") && m_gallery->hasPicture();
    for (QAction *action : std::as_const(m_pictureActions))
        action->setEnabled(hasPicture);
    if (m_undo)
        m_undo->setEnabled(m_current == QLatin1String("create") || (m_gallery && m_gallery->canUndo()));
    const bool isGallery = m_gallery && m_current == QLatin1String("gallery");
    const QString undone = isGallery ? m_gallery->undoText() : QString();
    const QString redone = isGallery ? m_gallery->redoText() : QString();
    m_undo->setText(undone.isEmpty() ? tr("Undo") : tr("Undo: %1").arg(undone));
    m_redo->setText(redone.isEmpty() ? tr("Redo") : tr("Redo: %1").arg(redone));
    m_redo->setEnabled(isGallery && m_gallery->canRedo());
}

void MainWindow::showKeys()
{
    auto *dialog = new KeysDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

void MainWindow::showAbout()
{
    auto *dialog = new QDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("About Tincture"));
    auto *column = new QVBoxLayout(dialog);
    column->setContentsMargins(24, 24, 24, 24);
    column->setSpacing(8);
    column->addWidget(new Label(tr("Tincture %1").arg(app::programVersion()), TextStyle::Title, Token::Text, dialog));
    auto *text = new Label(tr("A studio for diffusion models: make pictures, see them form, find them again."),
                           TextStyle::Body, Token::Text2, dialog);
    text->setWordWrap(true);
    column->addWidget(text);
    const std::optional<engine::DeviceInfo> device = m_studio.engine().device();
    column->addWidget(new Label(device ? tr("Qt %1. %2, %3, %n thread(s).", nullptr, device->threads)
                                             .arg(QLatin1String(qVersion()), QString::fromStdString(device->name),
                                                  QString::fromStdString(device->precision))
                                       : tr("Qt %1.").arg(QLatin1String(qVersion())),
                                TextStyle::Detail, Token::Text3, dialog));
    column->addSpacing(16);
    auto *close = new Button(tr("Close"), Button::Kind::Primary, dialog);
    close->setDefault(true);
    column->addWidget(close, 0, Qt::AlignRight);
    connect(close, &Button::clicked, dialog, &QDialog::accept);
    dialog->setMinimumWidth(560);
    dialog->open();
}

} // namespace ui
