// The dialogs that export pictures and verify one.
#include "app/image_file.h"
#include "app/verify.h"
#include "tests/support/create_workshop.h"
#include "ui/common/segmented_control.h"
#include "ui/export/export_dialog.h"
#include "ui/export/verify_dialog.h"

#include <QCheckBox>
#include <QDir>

using namespace ui;

namespace {

struct ExportShop : Workshop
{
    ExportShop()
    {
        for (int i = 0; i < 3; ++i) {
            app::Recipe recipe;
            recipe.request.model = studio->models().starter()->path.toStdString();
            recipe.request.prompt = "a fox";
            recipe.request.steps = 2;
            recipe.request.width = 32;
            recipe.request.height = 32;
            recipe.request.seed = std::uint64_t(70 + i);
            recipe.modelName = QStringLiteral("starter");
            recipe.program = QStringLiteral("Tincture");
            recipe.version = app::programVersion();
            recipe.precision = QStringLiteral("bfloat16");
            const QString file = folder.filePath(QStringLiteral("in/%1.png").arg(i));
            if (!app::writePicture(file, FakeEngine::paint(32, 32, std::uint64_t(70 + i)), recipe))
                files.append(file);
        }
    }
    QStringList files;
};

template <typename T>
T *in(QWidget *dialog, const char *name)
{
    return dialog->findChild<T *>(QLatin1String(name));
}

} // namespace

class ExportTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { theme().install(); }

    void theExampleFollowsTheChoices()
    {
        ExportShop shop;
        ExportDialog dialog(*shop.studio, shop.files);
        dialog.show();
        auto *example = in<ElidedLabel>(&dialog, "example");
        QTRY_COMPARE(example->text(), QStringLiteral("The first becomes 0.png"));
        in<QLineEdit>(&dialog, "pattern")->setText(QStringLiteral("[seed]_[prompt_words]"));
        QTRY_COMPARE(example->text(), QStringLiteral("The first becomes 70_a fox.png"));
        in<SegmentedControl>(&dialog, "format")->setCurrentIndex(2);
        QCOMPARE(example->text(), QStringLiteral("The first becomes 70_a fox.webp"));
        QVERIFY(in<QCheckBox>(&dialog, "lossless")->isVisible());
        in<SegmentedControl>(&dialog, "as")->setCurrentIndex(2);
        QVERIFY(!example->isVisible());
        QVERIFY(in<SegmentedControl>(&dialog, "sheetKind")->isVisible());
    }

    void aFolderThatCannotBeUsedIsSaidAtOnce()
    {
        ExportShop shop;
        ExportDialog dialog(*shop.studio, shop.files);
        dialog.show();
        auto *go = in<Button>(&dialog, "startExport");
        auto *problem = in<QLabel>(&dialog, "exportProblem");
        QVERIFY(go->isEnabled());
        for (const QString &bad : {QString(), QStringLiteral("relative"), shop.files.first()}) {
            in<QLineEdit>(&dialog, "folder")->setText(bad);
            QTRY_VERIFY(!go->isEnabled());
            QVERIFY(!problem->text().isEmpty());
        }
        in<QLineEdit>(&dialog, "folder")->setText(shop.folder.path());
        QTRY_VERIFY(go->isEnabled());
    }

    void picturesAreExportedAndTheChoicesKept()
    {
        ExportShop shop;
        const QString out = shop.folder.filePath(QStringLiteral("out"));
        QPointer<ExportDialog> dialog = exportPictures(*shop.studio, shop.files, shop.page.get());
        in<SegmentedControl>(dialog, "format")->setCurrentIndex(1);
        in<QLineEdit>(dialog, "pattern")->setText(QStringLiteral("[seed]"));
        in<QLineEdit>(dialog, "folder")->setText(out);
        QSignalSpy finished(dialog, &ExportDialog::finished);
        QTest::mouseClick(in<Button>(dialog, "startExport"), Qt::LeftButton);
        QVERIFY(finished.wait());
        QCOMPARE(QDir(out).entryList(QDir::Files), (QStringList{"70.jpg", "71.jpg", "72.jpg"}));
        QTRY_VERIFY(!dialog);
        const auto *toast = shop.page->findChild<Toast *>();
        QVERIFY(toast);
        QVERIFY(toast->accessibleName().startsWith(QLatin1String("3 picture")));
        const ExportDialog again(*shop.studio, shop.files);
        QCOMPARE(again.options().format, app::ExportFormat::Jpeg);
        QCOMPARE(again.options().folder, out);
        QCOMPARE(again.options().pattern, QStringLiteral("[seed]"));
    }

    void verifySaysIdentical()
    {
        ExportShop shop;
        QPointer<VerifyDialog> dialog = verifyPicture(*shop.studio, shop.files.first(), shop.page.get());
        auto *verdict = in<QLabel>(dialog, "verdict");
        QTRY_COMPARE(verdict->text(), QStringLiteral("Every pixel is the same."));
        QVERIFY(!in<QLabel>(dialog, "reasons")->isVisible());
        QVERIFY(shop.studio->verifier().record(shop.files.first()).has_value());
        // Nothing of it went into the gallery.
        QCOMPARE(shop.studio->queue().rowCount(), 0);
        QTest::mouseClick(in<Button>(dialog, "closeVerify"), Qt::LeftButton);
        QTRY_VERIFY(!dialog);
    }

    void verifySaysWhyNot()
    {
        ExportShop shop;
        app::Recipe recipe = *app::readPictureInfo(shop.files.first()).recipe;
        recipe.version = QStringLiteral("0.0.1");
        QVERIFY(!app::writePicture(shop.files.first(), FakeEngine::paint(32, 32, 1), recipe));
        QPointer<VerifyDialog> dialog = verifyPicture(*shop.studio, shop.files.first(), shop.page.get());
        QTRY_VERIFY(in<QLabel>(dialog, "verdict")->text().startsWith(QLatin1String("Different")));
        QVERIFY(in<QLabel>(dialog, "reasons")->text().contains(QLatin1String("0.0.1")));
        dialog->close();
        QTRY_VERIFY(!dialog);
    }
};

QTEST_MAIN(ExportTest)
#include "export_test.moc"
