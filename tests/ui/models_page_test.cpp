#include "app/model_catalog.h"
#include "app/settings.h"
#include "app/studio.h"
#include "tests/support/fake_engine.h"
#include "ui/common/button.h"
#include "ui/common/icon_button.h"
#include "ui/common/search_field.h"
#include "ui/common/segmented_control.h"
#include "ui/common/source_list.h"
#include "ui/common/switch.h"
#include "ui/common/theme.h"
#include "ui/models/model_table.h"
#include "ui/models/models_page.h"
#include "ui/settings/setting_row.h"
#include "ui/settings/settings_page.h"

#include <QDir>
#include <QListView>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

class ModelsPageTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { ui::theme().install(); }
    void init();
    void cleanup();
    void emptyPageSaysWhatToDo();
    void brokenModelStaysListedWithItsReason();
    void searchAndFolderLeaveWhatMatches();
    void stateAndPrecisionAreSaidInAWord();
    void bytesAreSaidAsDownloadPagesDo();
    void themeIsChosenInTheSettings();
    void foldersAreTakenOffInTheSettings();
    void searchHighlightsRowsOfTheSettings();

private:
    void write(const QString &name, const QByteArray &bytes);
    void scan();

    std::unique_ptr<QTemporaryDir> folder;
    std::unique_ptr<app::Studio> studio;
};

void ModelsPageTest::init()
{
    folder = std::make_unique<QTemporaryDir>();
    studio = std::make_unique<app::Studio>(
        app::StudioOptions{.configFile = folder->filePath(QStringLiteral("t.ini")),
                           .dataFolder = folder->filePath(QStringLiteral("data")),
                           .cacheFolder = folder->filePath(QStringLiteral("cache")),
                           .pictureFolder = folder->filePath(QStringLiteral("pictures")),
                           .resourceFolder = folder->filePath(QStringLiteral("nothing")),
                           .factory = [] { return std::make_unique<FakeEngine>(std::make_shared<FakePlan>()); }});
}

void ModelsPageTest::cleanup()
{
    studio.reset();
    folder.reset();
}

void ModelsPageTest::write(const QString &name, const QByteArray &bytes)
{
    const QString path = folder->filePath(name);
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(bytes);
}

void ModelsPageTest::scan()
{
    QSignalSpy scanned(&studio->models(), &app::ModelCatalog::scanned);
    studio->start();
    QVERIFY(scanned.wait(10000));
}

void ModelsPageTest::emptyPageSaysWhatToDo()
{
    ui::ModelsPage page(*studio);
    page.resize(1200, 700);
    page.show();
    QVERIFY(!page.findChild<QListView *>(QStringLiteral("models"))->isVisible());
    QVERIFY(!page.findChild<ui::Button *>(QStringLiteral("useModel"))->isEnabled());
}

void ModelsPageTest::brokenModelStaysListedWithItsReason()
{
    write(QStringLiteral("models/broken.safetensors"), "not a model at all, and far too short");
    studio->settings().setModelFolders({folder->filePath(QStringLiteral("models"))});
    ui::ModelsPage page(*studio);
    page.resize(1200, 700);
    page.show();
    scan();
    auto *view = page.findChild<QListView *>(QStringLiteral("models"));
    QTRY_COMPARE(view->model()->rowCount(), 1);
    QTRY_VERIFY(view->isVisible());
    QVERIFY(!page.findChild<ui::Button *>(QStringLiteral("useModel"))->isEnabled());
    const auto entry = view->model()->index(0, 0).data(app::ModelCatalog::EntryRole).value<app::ModelEntry>();
    QVERIFY(!entry.failure.sentence.isEmpty());
    QVERIFY(!ui::modelBadge(entry, false).text.isEmpty());
    QVERIFY(view->model()->index(0, 0).data(Qt::AccessibleTextRole).toString().contains(entry.failure.sentence));
    QSignalSpy used(&page, &ui::ModelsPage::useRequested);
    QTest::keyClick(view, Qt::Key_Return);
    QCOMPARE(used.size(), 0);
}

void ModelsPageTest::searchAndFolderLeaveWhatMatches()
{
    write(QStringLiteral("a/owls.safetensors"), "x");
    write(QStringLiteral("a/cats.safetensors"), "x");
    write(QStringLiteral("b/owls-two.safetensors"), "x");
    studio->settings().setModelFolders({folder->filePath(QStringLiteral("a")), folder->filePath(QStringLiteral("b"))});
    ui::ModelsPage page(*studio);
    page.resize(1200, 700);
    page.show();
    scan();
    auto *view = page.findChild<QListView *>(QStringLiteral("models"));
    QTRY_COMPARE(view->model()->rowCount(), 3);
    auto *search = page.findChild<ui::SearchField *>();
    QTest::keyClicks(search, QStringLiteral("owls"));
    QCOMPARE(view->model()->rowCount(), 2);
    auto *sources = page.findChild<ui::SourceList *>();
    QTest::keyClick(sources, Qt::Key_Down);
    QCOMPARE(view->model()->rowCount(), 1);
    search->clear();
    QCOMPARE(view->model()->rowCount(), 2);
    QTest::keyClick(sources, Qt::Key_Home);
    QCOMPARE(view->model()->rowCount(), 3);
    QVERIFY(page.status().left.contains(QLatin1Char('3')));
}

void ModelsPageTest::stateAndPrecisionAreSaidInAWord()
{
    app::ModelEntry entry;
    entry.info.familyLabel = "Stable Diffusion 1.x";
    engine::PartInfo unet;
    unet.dtype = "F16";
    unet.bytes = 1'720'000'000;
    engine::PartInfo vae;
    vae.dtype = "F32";
    vae.bytes = 330'000'000;
    entry.info.parts = {unet, vae};
    QCOMPARE(ui::modelPrecision(entry), QStringLiteral("float16"));
    QCOMPARE(ui::modelBadge(entry, false).text, QString());
    QVERIFY(!ui::modelBadge(entry, true).text.isEmpty());
    entry.state = app::ModelState::Unsupported;
    QCOMPARE(ui::modelBadge(entry, false).kind, ui::BadgeKind::Warning);
}

void ModelsPageTest::bytesAreSaidAsDownloadPagesDo()
{
    QCOMPARE(ui::bytesText(58'000'000), QStringLiteral("58 MB"));
    QCOMPARE(ui::bytesText(4'270'000'000), QStringLiteral("4.27 GB"));
    QCOMPARE(ui::bytesText(2'200'000), QStringLiteral("2.2 MB"));
}

void ModelsPageTest::themeIsChosenInTheSettings()
{
    ui::SettingsPage page(*studio);
    page.resize(1100, 700);
    page.show();
    auto *themes = page.findChild<ui::SegmentedControl *>(QStringLiteral("theme"));
    QVERIFY(themes);
    QTest::keyClick(themes, Qt::Key_Home);
    QTest::keyClick(themes, Qt::Key_Right);
    QTest::keyClick(themes, Qt::Key_Right);
    QCOMPARE(studio->settings().theme(), app::Theme::Light);
    studio->settings().setTheme(app::Theme::Dark);
    QCOMPARE(themes->currentIndex(), 1);
    auto *newest = page.findChild<ui::Switch *>(QStringLiteral("showsNewest"));
    const bool before = studio->settings().showsNewest();
    QTest::keyClick(newest, Qt::Key_Space);
    QCOMPARE(studio->settings().showsNewest(), !before);
}

void ModelsPageTest::foldersAreTakenOffInTheSettings()
{
    studio->settings().setModelFolders({QStringLiteral("/models/one"), QStringLiteral("/models/two")});
    ui::SettingsPage page(*studio);
    page.show();
    page.showSection(QStringLiteral("files"));
    const auto crosses = [&page] {
        QList<ui::IconButton *> found;
        for (auto *button : page.findChildren<ui::IconButton *>()) {
            if (button->accessibleName().contains(QStringLiteral("/models/")) && button->isVisible())
                found.append(button);
        }
        return found;
    };
    QCOMPARE(crosses().size(), 2);
    crosses().first()->click();
    QCOMPARE(studio->settings().modelFolders(), QStringList({QStringLiteral("/models/two")}));
    QTRY_COMPARE(crosses().size(), 1);
}

void ModelsPageTest::searchHighlightsRowsOfTheSettings()
{
    ui::SettingsPage page(*studio);
    page.show();
    auto *search = page.findChildren<ui::SearchField *>().first();
    QTest::keyClicks(search, QStringLiteral("threads"));
    int hits = 0;
    for (auto *row : page.findChildren<ui::SettingRow *>()) {
        if (row->matches(QStringLiteral("threads"))) {
            ++hits;
            QVERIFY(row->isVisible()); // its section came to the front
        }
    }
    QVERIFY(hits >= 1);
}

QTEST_MAIN(ModelsPageTest)
#include "models_page_test.moc"
