// What can be done with chosen pictures of the gallery that is no work of the gallery's own: export, verify, X/Y plot.
#include "app/studio.h"
#include "app/verify.h"
#include "ui/common/fact_list.h"
#include "ui/export/export_dialog.h"
#include "ui/export/verify_dialog.h"
#include "ui/gallery/gallery_page.h"
#include "ui/main_window.h"

#include <QLocale>

namespace ui {

void MainWindow::addPictureActions()
{
    m_gallery->addPictureAction(
        {.id = QStringLiteral("export"),
         .text = tr("Export…"),
         .iconName = QStringLiteral("export"),
         .key = QKeySequence(Qt::Key_E),
         .place = PictureAction::Place::Tools,
         .run = [this](const QStringList &files) { exportPictures(m_studio, files, m_gallery); }});
    m_gallery->addPictureAction(
        {.id = QStringLiteral("verify"),
         .text = tr("Verify…"),
         .buttonText = tr("Verify"),
         .iconName = QStringLiteral("verify"),
         .key = QKeySequence(Qt::Key_V),
         .place = PictureAction::Place::Foot,
         .most = 1,
         .run = [this](const QStringList &files) { verifyPicture(m_studio, files.value(0), m_gallery); }});
    m_gallery->addPictureAction({.id = QStringLiteral("inspect"),
                                 .text = tr("Inspect Steps"),
                                 .iconName = QStringLiteral("learn"),
                                 .place = PictureAction::Place::Menu,
                                 .most = 1,
                                 .run = [this](const QStringList &files) { inspectPicture(files.value(0)); }});
    m_gallery->addPictureAction({.id = QStringLiteral("plot"),
                                 .text = tr("As X/Y Plot"),
                                 .iconName = QStringLiteral("gallery"),
                                 .place = PictureAction::Place::Menu,
                                 .fewest = 2,
                                 .run = [this](const QStringList &files) { showAsPlot(files); }});
    m_gallery->setHistory([this](const app::GalleryPicture &picture) {
        QList<Fact> facts;
        if (const auto record = m_studio.verifier().record(picture.path)) {
            const QString when = QLocale().toString(record->when, QLocale::ShortFormat);
            QString verdict = tr("not possible");
            if (record->verdict == app::Verdict::Identical)
                verdict = tr("identical");
            else if (record->verdict == app::Verdict::Different)
                verdict = tr("different, PSNR %1 dB").arg(record->psnr, 0, 'f', 1);
            //: "identical, 23/11/2026 14:02"
            facts.append({tr("Verified"), tr("%1, %2").arg(verdict, when)});
        }
        return facts;
    });
}

} // namespace ui
