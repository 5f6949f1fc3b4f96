#include "app/job_queue.h"
#include "app/settings.h"
#include "app/studio.h"
#include "tests/support/fake_engine.h"
#include "ui/common/side_panel.h"
#include "ui/common/theme.h"
#include "ui/main_window.h"
#include "ui/models/models_page.h"
#include "ui/rail.h"
#include "ui/settings/settings_page.h"
#include "ui/status_line.h"

#include <QAccessible>
#include <QAction>
#include <QApplication>
#include <QLineEdit>
#include <QMenuBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

class MainWindowTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { ui::theme().install(); }
    void init();
    void cleanup();
    void railShowsThePagesThatExist();
    void keysGoToPages();
    void everyKeyMeansOneThing();
    void everyMenuActionHasWords();
    void everyControlHasAName_data();
    void everyControlHasAName();
    void tabReachesControls();
    void f6GoesThroughTheParts();
    void f9FoldsThePanels();
    void smallestWindowHoldsEveryPage_data();
    void smallestWindowHoldsEveryPage();
    void narrowWindowHasANarrowRail();
    void runningJobIsSaidInTheStatusLine();
    void waitingJobsAreCounted();
    void themeOfTheSettingsIsUsed();
    void lastPageIsRemembered();
    void engineThatFailsIsSaid();
    void settingsAreFound();

private:
    void make();

    QTemporaryDir *folder = nullptr;
    std::shared_ptr<FakePlan> plan;
    std::unique_ptr<app::Studio> studio;
    std::unique_ptr<ui::MainWindow> window;
};

void MainWindowTest::make()
{
    window.reset();
    studio.reset();
    studio = std::make_unique<app::Studio>(
        app::StudioOptions{.configFile = folder->filePath(QStringLiteral("t.ini")),
                           .dataFolder = folder->filePath(QStringLiteral("data")),
                           .cacheFolder = folder->filePath(QStringLiteral("cache")),
                           .pictureFolder = folder->filePath(QStringLiteral("pictures")),
                           .resourceFolder = folder->path(),
                           .factory = [plan = plan] { return std::make_unique<FakeEngine>(plan); }});
    window = std::make_unique<ui::MainWindow>(*studio);
    window->resize(1440, 900);
    window->show();
    QVERIFY(QTest::qWaitForWindowActive(window.get()));
}

void MainWindowTest::init()
{
    folder = new QTemporaryDir;
    plan = std::make_shared<FakePlan>();
    make();
}

void MainWindowTest::cleanup()
{
    window.reset();
    studio.reset();
    delete folder;
}

void MainWindowTest::railShowsThePagesThatExist()
{
    QCOMPARE(window->pageIds(),
             QStringList({QStringLiteral("create"), QStringLiteral("gallery"), QStringLiteral("compare"),
                          QStringLiteral("learn"), QStringLiteral("train"), QStringLiteral("models"),
                          QStringLiteral("settings")}));
    for (const QString &id : window->pageIds()) {
        window->showPage(id);
        QCOMPARE(window->currentPage(), id);
        QVERIFY(window->page(id)->isVisible());
    }
}

void MainWindowTest::keysGoToPages()
{
    QTest::keyClick(window.get(), Qt::Key_2, Qt::ControlModifier);
    QCOMPARE(window->currentPage(), QStringLiteral("gallery"));
    QTest::keyClick(window.get(), Qt::Key_6, Qt::ControlModifier);
    QCOMPARE(window->currentPage(), QStringLiteral("models"));
    QTest::keyClick(window.get(), Qt::Key_Comma, Qt::ControlModifier);
    QCOMPARE(window->currentPage(), QStringLiteral("settings"));
    QTest::keyClick(window.get(), Qt::Key_1, Qt::ControlModifier);
    QCOMPARE(window->currentPage(), QStringLiteral("create"));
}

void MainWindowTest::everyKeyMeansOneThing()
{
    QHash<QString, QString> meanings;
    const QList<QAction *> actions = window->findChildren<QAction *>();
    for (const QAction *action : actions) {
        for (const QKeySequence &key : action->shortcuts()) {
            const QString text = key.toString();
            QVERIFY2(!meanings.contains(text),
                     qPrintable(QStringLiteral("%1: %2 and %3").arg(text, meanings.value(text), action->text())));
            meanings.insert(text, action->text());
        }
    }
    for (const char *key :
         {"Ctrl+1", "Ctrl+2", "Ctrl+6", "Ctrl+,", "Ctrl+Return", "Ctrl+Shift+Return", "Esc", "Alt+Return", "F6",
          "Shift+F6", "F8", "F9", "Shift+F9", "F11", "Ctrl+Z", "Ctrl+F", "Alt+S", "Ctrl+Q"})
        QVERIFY2(meanings.contains(QLatin1String(key)), key);
}

void MainWindowTest::everyMenuActionHasWords()
{
    const QList<QAction *> menus = window->menuBar()->actions();
    QCOMPARE(menus.size(), 7);
    for (const QAction *menu : menus) {
        QVERIFY(menu->menu() && !menu->menu()->actions().isEmpty());
        for (const QAction *action : menu->menu()->actions())
            QVERIFY(action->isSeparator() || !action->text().isEmpty());
    }
}

void MainWindowTest::everyControlHasAName_data()
{
    QTest::addColumn<QString>("id");
    for (const char *id : {"create", "gallery", "compare", "models", "settings"})
        QTest::newRow(id) << QString::fromLatin1(id);
}

void MainWindowTest::everyControlHasAName()
{
    QFETCH(QString, id);
    window->showPage(id);
    QStringList nameless;
    const QList<QWidget *> widgets = window->page(id)->findChildren<QWidget *>();
    for (QWidget *widget : widgets) {
        if (!widget->isVisibleTo(window.get()) || !(widget->focusPolicy() & Qt::TabFocus) || widget->focusProxy())
            continue;
        QAccessibleInterface *face = QAccessible::queryAccessibleInterface(widget);
        if (!face || face->text(QAccessible::Name).isEmpty())
            nameless.append(QStringLiteral("%1 %2 in %3")
                                .arg(QLatin1String(widget->metaObject()->className()), widget->objectName(),
                                     QLatin1String(widget->parentWidget()->metaObject()->className())));
    }
    QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(QLatin1Char('\n'))));
}

void MainWindowTest::tabReachesControls()
{
    window->showPage(QStringLiteral("settings"));
    window->findChild<ui::Rail *>()->setFocus(Qt::TabFocusReason);
    QSet<QWidget *> reached;
    for (int i = 0; i < 40; ++i) {
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        reached.insert(QApplication::focusWidget());
    }
    QVERIFY2(reached.size() >= 5, qPrintable(QString::number(reached.size())));
}

void MainWindowTest::f6GoesThroughTheParts()
{
    window->showPage(QStringLiteral("models"));
    QSet<QWidget *> reached;
    for (int i = 0; i < 8; ++i) {
        QTest::keyClick(window.get(), Qt::Key_F6);
        reached.insert(QApplication::focusWidget());
    }
    QVERIFY(reached.size() >= 4);
    const QWidget *before = QApplication::focusWidget();
    QTest::keyClick(window.get(), Qt::Key_F6);
    QTest::keyClick(window.get(), Qt::Key_F6, Qt::ShiftModifier);
    QCOMPARE(QApplication::focusWidget(), before);
}

void MainWindowTest::f9FoldsThePanels()
{
    window->showPage(QStringLiteral("gallery"));
    ui::Page *page = window->page(QStringLiteral("gallery"));
    QVERIFY(!page->rightPanel()->isFolded());
    QTest::keyClick(window.get(), Qt::Key_F9);
    QVERIFY(page->rightPanel()->isFolded());
    QVERIFY(!page->rightPanel()->isVisible());
    QTest::keyClick(window.get(), Qt::Key_F9, Qt::ShiftModifier);
    QVERIFY(page->leftPanel()->isFolded());
    QTest::keyClick(window.get(), Qt::Key_F9);
    QVERIFY(!page->rightPanel()->isFolded());
}

void MainWindowTest::smallestWindowHoldsEveryPage_data()
{
    everyControlHasAName_data();
}

void MainWindowTest::smallestWindowHoldsEveryPage()
{
    QFETCH(QString, id);
    window->showPage(id);
    window->resize(1024, 700);
    QTest::qWait(20);
    QCOMPARE(window->size(), QSize(1024, 700));
    const ui::Page *page = window->page(id);
    const QSize least = page->minimumSizeHint();
    QVERIFY2(least.width() <= page->width() && least.height() <= page->height(),
             qPrintable(QStringLiteral("%1x%2 in %3x%4")
                            .arg(least.width())
                            .arg(least.height())
                            .arg(page->width())
                            .arg(page->height())));
}

void MainWindowTest::narrowWindowHasANarrowRail()
{
    auto *rail = window->findChild<ui::Rail *>();
    QCOMPARE(rail->width(), 80);
    window->resize(1100, 760);
    QTRY_COMPARE(rail->width(), 56);
    window->resize(1440, 900);
    QTRY_COMPARE(rail->width(), 80);
}

void MainWindowTest::runningJobIsSaidInTheStatusLine()
{
    plan->stepMs = 20;
    studio->start();
    auto *status = window->findChild<ui::StatusLine *>();
    QTRY_COMPARE(status->stateText(), QStringLiteral("Ready"));
    studio->queue().submit({.model = "/models/fake", .prompt = "owl", .steps = 30, .width = 64, .height = 64});
    QTRY_VERIFY2(status->stateText().contains(QStringLiteral("30")), qPrintable(status->stateText()));
    QTRY_COMPARE_WITH_TIMEOUT(status->stateText(), QStringLiteral("Ready"), 20000);
}

void MainWindowTest::waitingJobsAreCounted()
{
    plan->stepMs = 50;
    studio->start();
    for (int i = 0; i < 3; ++i)
        studio->queue().submit({.model = "/models/fake", .prompt = "owl", .steps = 20, .width = 64, .height = 64});
    auto *queue = window->findChild<QWidget *>(QStringLiteral("statusQueue"));
    QTRY_VERIFY2(queue->accessibleName().contains(QLatin1Char('3')), qPrintable(queue->accessibleName()));
    studio->queue().cancelAll();
    QTRY_VERIFY(!queue->accessibleName().contains(QLatin1Char('3')));
}

void MainWindowTest::themeOfTheSettingsIsUsed()
{
    studio->settings().setTheme(app::Theme::Light);
    QVERIFY(!ui::theme().isDark());
    studio->settings().setTheme(app::Theme::HighContrast);
    QVERIFY(ui::theme().isHighContrast());
    studio->settings().setTheme(app::Theme::Dark);
    QVERIFY(ui::theme().isDark());
}

void MainWindowTest::lastPageIsRemembered()
{
    window->showPage(QStringLiteral("models"));
    make();
    QCOMPARE(window->currentPage(), QStringLiteral("models"));
}

void MainWindowTest::engineThatFailsIsSaid()
{
    plan->openError = engine::Error(engine::ErrorKind::Internal, "", "no library");
    make();
    studio->start();
    auto *status = window->findChild<ui::StatusLine *>();
    QTRY_VERIFY2(status->stateText().contains(QStringLiteral("did not start")), qPrintable(status->stateText()));
}

void MainWindowTest::settingsAreFound()
{
    window->showPage(QStringLiteral("settings"));
    auto *page = static_cast<ui::SettingsPage *>(window->page(QStringLiteral("settings")));
    auto *search = page->findChild<QLineEdit *>();
    QVERIFY(search);
    QTest::keyClicks(page->findChildren<QLineEdit *>().first(), QStringLiteral("threads"));
    QVERIFY(page->isVisible());
}

QTEST_MAIN(MainWindowTest)
#include "main_window_test.moc"
