// What the Compare page does: choosing pictures, keys, stars and the knock-out.
#include "app/gallery_store.h"
#include "app/job_queue.h"
#include "app/studio.h"
#include "ui/common/icon_button.h"
#include "ui/common/toast.h"
#include "ui/compare/compare_bar.h"
#include "ui/compare/compare_model.h"
#include "ui/compare/compare_page.h"
#include "ui/compare/compare_panel.h"
#include "ui/compare/gallery_chooser.h"

#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMenu>
#include <QMimeData>
#include <QPointer>
#include <QUrl>

namespace ui {

void ComparePage::makeAddMenu()
{
    QMenu *menu = m_panel->addMenu();
    menu->addAction(tr("From the Gallery…"), this, [this] { choose(m_model->count()); });
    menu->addAction(tr("From a File…"), this, &ComparePage::openFiles);
    menu->addAction(tr("From the Clipboard"), this, &ComparePage::pasteClipboard);
    QAction *live = menu->addAction(tr("The Forming Picture"), this, &ComparePage::followWork);
    live->setObjectName(QStringLiteral("followWork"));
}

QStringList ComparePage::files() const
{
    QStringList files;
    for (const CompareSlot &slot : m_model->all()) {
        if (!slot.path.isEmpty() && slot.problem.isEmpty())
            files.append(slot.path);
    }
    return files;
}

void ComparePage::choose(int slot)
{
    const bool replaces = slot < m_model->count();
    auto *chooser = new GalleryChooser(m_studio, replaces ? 1 : CompareModel::kMost - m_model->count(), this);
    chooser->setAttribute(Qt::WA_DeleteOnClose);
    connect(chooser, &QDialog::accepted, this, [this, chooser, slot, replaces] {
        const QStringList chosen = chooser->chosen();
        if (replaces && !chosen.isEmpty())
            m_model->replace(slot, chosen.first());
        else
            add(chosen);
    });
    chooser->open();
}

void ComparePage::openFiles()
{
    auto *dialog = new QFileDialog(this, tr("Choose Pictures"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    dialog->setNameFilters(
        {tr("Pictures (*.png *.jpg *.jpeg *.webp *.avif *.jxl *.bmp *.tif *.tiff)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::filesSelected, this, &ComparePage::add);
    dialog->open();
}

void ComparePage::pasteClipboard()
{
    const QMimeData *clip = QGuiApplication::clipboard()->mimeData();
    QStringList files;
    const QList<QUrl> urls = clip != nullptr ? clip->urls() : QList<QUrl>();
    for (const QUrl &url : urls) {
        if (url.isLocalFile())
            files.append(url.toLocalFile());
    }
    if (!files.isEmpty()) {
        add(files);
        return;
    }
    const QImage image = QGuiApplication::clipboard()->image();
    if (image.isNull()) {
        m_toasts->show({.iconName = QStringLiteral("info"), .text = tr("The clipboard holds no picture")});
        return;
    }
    m_model->addImage(image, tr("From the clipboard"));
    setSecond(m_model->count() - 1);
}

void ComparePage::showSlotMenu(int row, const QPoint &at)
{
    if (row < 0 || row >= m_model->count())
        return;
    const CompareSlot &slot = m_model->at(row);
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto add = [&](const QString &text, bool isEnabled, auto run) {
        menu->addAction(text, this, run)->setEnabled(isEnabled);
    };
    add(tr("Choose Another from the Gallery…"), true, [this, row] { choose(row); });
    add(tr("Make It A"), row > 0, [this, row] { m_model->move(row, 0); });
    add(tr("Compare with A"), row > 0 && row != m_second, [this, row] { setSecond(row); });
    menu->addSeparator();
    add(tr("Use Its Settings"), slot.recipe.has_value(), [this, row] {
        if (row < m_model->count() && m_model->at(row).recipe)
            Q_EMIT recipeChosen(*m_model->at(row).recipe, RecipePart::All);
    });
    add(tr("Show in the Gallery"), slot.galleryId != 0, [this, path = slot.path] { Q_EMIT showInGallery(path); });
    add(tr("Read It Again"), slot.kind == CompareSlot::Kind::File, [this, row] { m_model->reload(row); });
    menu->addSeparator();
    const auto check = [&](const QString &text, bool isOn, auto run) {
        QAction *action = menu->addAction(text);
        action->setCheckable(true);
        action->setChecked(isOn);
        connect(action, &QAction::toggled, this, run);
    };
    check(tr("Exact Pixels\tE"), !m_view->isSmooth(), [this](bool isOn) { m_view->setSmooth(!isOn); });
    check(tr("Names\tN"), m_view->hasNames(), [this](bool isOn) { m_view->setNamesShown(isOn); });
    menu->addSeparator();
    add(tr("Take Out"), true, [this, row] { m_model->remove(row); });
    menu->popup(at);
}

void ComparePage::setStars(const QList<std::pair<qint64, int>> &stars, const QString &words)
{
    Q_EMIT starsGiven(stars);
    m_toasts->show(
        {.iconName = QStringLiteral("star"), .text = words, .action = tr("Undo"), .run = [page = QPointer(this)] {
             if (page)
                 Q_EMIT page->undoRequested();
         }});
}

void ComparePage::startKnockOut()
{
    QList<int> rows;
    for (int row = 0; row < m_model->count(); ++row) {
        const CompareSlot &slot = m_model->at(row);
        if (slot.isReady() && slot.kind != CompareSlot::Kind::Live)
            rows.append(row);
    }
    if (m_knockOut || rows.size() < 2)
        return;
    m_contestants = rows;
    m_knockOut.emplace(int(rows.size()));
    m_modeBefore = m_view->mode();
    if (m_modeBefore == CompareMode::Grid || m_modeBefore == CompareMode::Difference)
        setMode(CompareMode::SideBySide);
    m_view->fit();
    showKnockOut();
    m_view->setFocus(Qt::OtherFocusReason);
}

void ComparePage::showKnockOut()
{
    if (!m_knockOut) {
        m_bar->showKnockOut(nullptr, {});
        return;
    }
    QStringList letters;
    for (const int row : std::as_const(m_contestants))
        letters.append(CompareModel::letter(row));
    if (m_knockOut->isOver())
        setMode(CompareMode::Grid); // with the stars that they would get
    else if (m_view->mode() == CompareMode::Grid)
        setMode(CompareMode::SideBySide);
    m_bar->showKnockOut(&*m_knockOut, letters);
    refresh();
}

void ComparePage::answer(int side)
{
    const auto pair = m_knockOut ? m_knockOut->pair() : std::nullopt;
    if (!pair)
        return;
    m_knockOut->choose(side == 0 ? pair->first : pair->second);
    showKnockOut();
}

void ComparePage::skipPair()
{
    if (!m_knockOut)
        return;
    m_knockOut->skip();
    showKnockOut();
}

void ComparePage::undoPair()
{
    if (m_knockOut && m_knockOut->undo())
        showKnockOut();
}

void ComparePage::endKnockOut()
{
    if (!m_knockOut)
        return;
    m_knockOut.reset();
    m_bar->showKnockOut(nullptr, {});
    setMode(m_modeBefore);
    m_refresh.start();
    m_view->setFocus(Qt::OtherFocusReason);
}

void ComparePage::applyResult()
{
    if (!m_knockOut || !m_knockOut->isOver())
        return;
    QList<std::pair<qint64, int>> stars;
    int outside = 0;
    for (const KnockOut::Standing &each : m_knockOut->result()) {
        const qint64 id = m_model->at(m_contestants.at(each.picture)).galleryId;
        if (id != 0)
            stars.append({id, each.stars});
        else
            ++outside;
    }
    QString words = tr("Stars given to %n picture(s)", nullptr, int(stars.size()));
    if (outside > 0)
        words = tr("%1; %2").arg(words, tr("%n not in the gallery", nullptr, outside));
    endKnockOut();
    if (stars.isEmpty())
        m_toasts->show(
            {.iconName = QStringLiteral("info"), .text = tr("No stars given: the pictures are not in the gallery")});
    else
        setStars(stars, words);
}

bool ComparePage::knockOutKey(int key)
{
    if (!m_knockOut)
        return false;
    switch (key) {
    case Qt::Key_Left:
    case Qt::Key_1:
        answer(0);
        return true;
    case Qt::Key_Right:
    case Qt::Key_2:
        answer(1);
        return true;
    case Qt::Key_Down:
        skipPair();
        return true;
    case Qt::Key_Z:
    case Qt::Key_Backspace:
        undoPair();
        return true;
    case Qt::Key_Escape:
        endKnockOut();
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        applyResult();
        return true;
    default:
        return false;
    }
}

bool ComparePage::eventFilter(QObject *watched, QEvent *event)
{
    // While a winner is chosen the arrows choose: the divider has the pointer.
    if (watched == m_view && event->type() == QEvent::KeyPress && m_knockOut) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if ((key->modifiers() & ~Qt::KeypadModifier) == Qt::NoModifier && knockOutKey(key->key()))
            return true;
    }
    return Page::eventFilter(watched, event);
}

void ComparePage::keyPressEvent(QKeyEvent *event)
{
    const bool isPlain = (event->modifiers() & ~Qt::KeypadModifier) == Qt::NoModifier;
    if (!isPlain || m_model->count() == 0) {
        Page::keyPressEvent(event);
        return;
    }
    if (knockOutKey(event->key()))
        return;
    const int less = event->key() == Qt::Key_BracketLeft ? -1 : event->key() == Qt::Key_BracketRight ? 1 : 0;
    if (less != 0) {
        if (m_view->mode() == CompareMode::Flicker)
            m_view->setFlickerMs(m_view->flickerMs() - less * 100); // ] is faster
        else if (m_view->mode() == CompareMode::Overlay)
            m_view->setOpacity(m_view->opacity() + less * 0.05);
        else if (m_view->mode() == CompareMode::Difference)
            m_bar->setGain(less > 0 ? std::min(16, m_bar->gain() * 4) : std::max(1, m_bar->gain() / 4));
        m_bar->refresh();
        return;
    }
    switch (event->key()) {
    case Qt::Key_M:
        setMode(CompareMode((int(m_view->mode()) + 1) % 6));
        return;
    case Qt::Key_C:
        swap();
        return;
    case Qt::Key_L:
        m_view->setLinked(!m_view->isLinked());
        return;
    case Qt::Key_V:
        m_view->setUpright(!m_view->isUpright());
        m_bar->refresh();
        return;
    case Qt::Key_N:
        m_view->setNamesShown(!m_view->hasNames());
        m_panel->refreshOverview();
        return;
    case Qt::Key_E:
        m_view->setSmooth(!m_view->isSmooth());
        m_panel->refreshOverview();
        return;
    case Qt::Key_K:
        startKnockOut();
        return;
    case Qt::Key_Space:
        if (m_view->mode() == CompareMode::Flicker) {
            m_view->setFlickering(!m_view->isFlickering());
            m_bar->refresh();
        }
        return;
    case Qt::Key_Period:
        if (m_view->mode() == CompareMode::Flicker)
            m_view->flickOnce();
        return;
    case Qt::Key_PageDown:
        moveSecond(1);
        return;
    case Qt::Key_PageUp:
        moveSecond(-1);
        return;
    default:
        Page::keyPressEvent(event);
    }
}

} // namespace ui
