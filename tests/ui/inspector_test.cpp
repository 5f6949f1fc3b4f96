#include "app/job_queue.h"
#include "app/settings.h"
#include "app/trajectory_store.h"
#include "tests/support/create_workshop.h"
#include "ui/common/banner.h"
#include "ui/common/button.h"
#include "ui/common/chart.h"
#include "ui/common/empty_state.h"
#include "ui/common/number_field.h"
#include "ui/common/segmented_control.h"
#include "ui/common/side_panel.h"
#include "ui/common/value_slider.h"
#include "ui/learn/branch_form.h"
#include "ui/learn/branch_tree.h"
#include "ui/learn/inspector_strip.h"
#include "ui/learn/inspector_table.h"
#include "ui/learn/inspector_tile.h"
#include "ui/learn/learn_page.h"
#include "ui/learn/picture_bar.h"
#include "ui/learn/reverse_view.h"
#include "ui/learn/step_decoder.h"

#include <QCheckBox>
#include <QClipboard>
#include <QGuiApplication>
#include <QPlainTextEdit>

namespace {

/// The Learn page over a studio whose engine keeps synthetic steps.
struct Lab
{
    Lab()
    {
        studio = std::make_unique<app::Studio>(
            app::StudioOptions{.configFile = folder.filePath(QStringLiteral("t.ini")),
                               .dataFolder = folder.filePath(QStringLiteral("data")),
                               .cacheFolder = folder.filePath(QStringLiteral("cache")),
                               .pictureFolder = folder.filePath(QStringLiteral("pictures")),
                               .resourceFolder = folder.path(),
                               .factory = [plan = plan] { return std::make_unique<FakeEngine>(plan); }});
        studio->start();
        page = std::make_unique<ui::LearnPage>(*studio);
        page->resize(1360, 840);
        page->showTab(QStringLiteral("reverse"));
        page->setVisible(true);
        (void)QTest::qWaitForWindowExposed(page.get());
        page->activateWindow();
        view = qobject_cast<ui::ReverseView *>(page->tab(QStringLiteral("reverse")));
    }

    static engine::GenerateRequest request()
    {
        return {.model = "/models/fake",
                .prompt = "cat face, smiling",
                .sampler = "euler_ancestral",
                .schedule = "karras",
                .steps = 8,
                .guidanceScale = 5.0,
                .seed = 5,
                .keepTrajectory = true};
    }
    QString make(const engine::GenerateRequest &wanted = request())
    {
        QSignalSpy saved(&studio->saver(), &app::PictureSaver::saved);
        studio->queue().submit(wanted);
        return saved.wait(20000) ? saved.last().at(2).toString() : QString();
    }
    QString open(const engine::GenerateRequest &wanted = request())
    {
        const QString file = make(wanted);
        page->inspect(file);
        return file;
    }
    template <typename T>
    T *find(const char *name) const
    {
        return page->findChild<T *>(QLatin1String(name));
    }
    ui::InspectorStrip *strip() const { return find<ui::InspectorStrip>("stepStrip"); }
    ui::InspectorTile *tile(const char *name) const { return find<ui::InspectorTile>(name); }
    void click(const char *name) const { find<QAbstractButton>(name)->click(); }

    QTemporaryDir folder;
    std::shared_ptr<FakePlan> plan = std::make_shared<FakePlan>();
    std::unique_ptr<app::Studio> studio;
    std::unique_ptr<ui::LearnPage> page;
    ui::ReverseView *view = nullptr;
};

QString visibleText(const QWidget *root)
{
    QStringList texts;
    const QList<QLabel *> labels = root->findChildren<QLabel *>();
    for (const QLabel *label : labels) {
        if (label->isVisible())
            texts.append(label->text());
    }
    return texts.join(u'\n');
}

} // namespace

class InspectorTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init() { m_lab = std::make_unique<Lab>(); }
    void cleanup() { m_lab.reset(); }
    void saysWhatToDoWhereThereIsNoPicture();
    void lastPictureOfTheSessionIsTaken();
    void stripTableAndTilesShowTheSameStep();
    void keysMoveThroughTheSteps();
    void spacePlaysToTheEnd();
    void guidanceHalvesAreAChoice();
    void withoutGuidanceThereAreNoHalves();
    void differenceOfAStepToItselfIsNothing();
    void decoderAnswersForTheStepThatIsShown();
    void newestStepIsDecodedNext();
    void decoderThatFailsGoesBackToTheLinearMap();
    void keyOpensTheFieldsOfABranch();
    void unchangedBranchIsTheParentsRequest();
    void branchCarriesOnlyWhatWasChanged();
    void samplerWithoutNoiseHasNoSeedToChange();
    void branchesAppearInTheTreeAndOnTheStrip();
    void treeIsWalkedByKeys();
    void branchIsComparedWithItsParent();
    void pictureWithoutStepsOffersToMakeThemAgain();
    void fileCutShortIsOneSentence();
    void tableIsCopiedAsText();
    void chartsFollowTheChoice();
    void everyControlHasAName();
    void allThemesPaint();

private:
    std::unique_ptr<Lab> m_lab;
};

void InspectorTest::initTestCase()
{
    ui::theme().install();
}

void InspectorTest::saysWhatToDoWhereThereIsNoPicture()
{
    QSignalSpy wanted(m_lab->page.get(), &ui::LearnPage::createRequested);
    QVERIFY(visibleText(m_lab->view).contains(QLatin1String("Make a picture")));
    QVERIFY(!m_lab->find<QWidget>("makeAgain")->isVisible());
    QVERIFY(!m_lab->find<QWidget>("exportSteps")->isEnabled());
    m_lab->view->startBranch(); // nothing to branch from
    m_lab->click("emptyCreate");
    QCOMPARE(wanted.count(), 1);
}

void InspectorTest::lastPictureOfTheSessionIsTaken()
{
    const QString file = m_lab->make();
    QTRY_COMPARE(m_lab->view->picture(), file);
    QCOMPARE(m_lab->strip()->steps(), 8);
    QVERIFY(m_lab->page->status().left.contains(QLatin1String("8 step")));
}

void InspectorTest::stripTableAndTilesShowTheSameStep()
{
    m_lab->open();
    const auto *table = m_lab->find<ui::InspectorTable>("stepTable");
    QTest::mouseClick(m_lab->strip(), Qt::LeftButton, Qt::NoModifier, m_lab->strip()->centreOf(5).toPoint());
    QCOMPARE(m_lab->view->step(), 5);
    QCOMPARE(table->currentIndex().row(), 5);
    QCOMPARE(m_lab->find<QLabel>("stepTitle")->text(), QStringLiteral("Step 6 of 8"));
    const QImage sixth = m_lab->tile("predictedTile")->square()->image();
    m_lab->find<ui::InspectorTable>("stepTable")->setCurrentIndex(table->model()->index(2, 0));
    QCOMPARE(m_lab->view->step(), 2);
    QCOMPARE(m_lab->strip()->step(), 2);
    QVERIFY(m_lab->tile("predictedTile")->square()->image() != sixth);
    QCOMPARE(table->model()->index(2, ui::InspectorTableModel::Index).data().toInt(), 3);
    QCOMPARE(table->model()->index(2, ui::InspectorTableModel::Seconds).data().toString(), QStringLiteral("100 ms"));
    Q_EMIT m_lab->find<ui::Chart>("stepChart")->chosen(8.0);
    QCOMPARE(m_lab->view->step(), 7);
}

void InspectorTest::keysMoveThroughTheSteps()
{
    m_lab->open();
    ui::InspectorStrip *strip = m_lab->strip();
    strip->setFocus();
    QTest::keyClick(strip, Qt::Key_End);
    QCOMPARE(m_lab->view->step(), 7);
    QTest::keyClick(strip, Qt::Key_Right);
    QCOMPARE(m_lab->view->step(), 7);
    QTest::keyClick(strip, Qt::Key_Left);
    QCOMPARE(m_lab->view->step(), 6);
    QTest::keyClick(m_lab->view, Qt::Key_Home);
    QCOMPARE(m_lab->view->step(), 0);
    QCOMPARE(m_lab->tile("changeTile")->caption(), QString()); // nothing before the first
}

void InspectorTest::spacePlaysToTheEnd()
{
    engine::GenerateRequest few = Lab::request();
    few.steps = 3;
    m_lab->open(few);
    m_lab->strip()->setFocus();
    QTest::keyClick(m_lab->strip(), Qt::Key_Space);
    QVERIFY(m_lab->view->isPlaying());
    QTRY_VERIFY(!m_lab->view->isPlaying());
    QCOMPARE(m_lab->view->step(), 2);
}

void InspectorTest::guidanceHalvesAreAChoice()
{
    m_lab->open();
    ui::InspectorTile *tile = m_lab->tile("noiseTile");
    const QImage guided = tile->square()->image();
    tile->setChoice(int(app::NoiseKind::WithoutPrompt));
    QVERIFY(tile->square()->image() != guided);
    tile->setChoice(int(app::NoiseKind::Gap));
    QVERIFY(!tile->square()->image().isNull());
}

void InspectorTest::withoutGuidanceThereAreNoHalves()
{
    m_lab->open();
    m_lab->tile("noiseTile")->setChoice(int(app::NoiseKind::Gap));
    engine::GenerateRequest plain = Lab::request();
    plain.guidanceScale = 1.0;
    m_lab->open(plain);
    QCOMPARE(m_lab->tile("noiseTile")->choice(), 0);
    const auto *table = m_lab->find<ui::InspectorTable>("stepTable");
    QCOMPARE(table->model()->index(0, ui::InspectorTableModel::Gap).data().toString(), QStringLiteral("–"));
}

void InspectorTest::differenceOfAStepToItselfIsNothing()
{
    m_lab->open();
    ui::InspectorTile *tile = m_lab->tile("changeTile");
    tile->setChoice(1);
    auto *other = m_lab->find<ui::NumberField>("otherStep");
    QVERIFY(other->isVisible());
    m_lab->view->setStep(3);
    other->setValue(4);
    QCOMPARE(tile->caption(), QStringLiteral("the same"));
    other->setValue(1);
    QVERIFY(tile->caption().contains(QLatin1String("mean")));
}

void InspectorTest::decoderAnswersForTheStepThatIsShown()
{
    m_lab->open();
    QCOMPARE(m_lab->tile("predictedTile")->square()->image().width(), 8);
    m_lab->find<ui::SegmentedControl>("decodeWith")->setCurrentIndex(1);
    QTRY_COMPARE(m_lab->tile("predictedTile")->square()->image().width(), 64);
    QTRY_COMPARE(m_lab->tile("noisyTile")->square()->image().width(), 64);
    m_lab->view->setStep(4);
    QTRY_COMPARE(m_lab->tile("predictedTile")->square()->image().width(), 64);
    m_lab->find<ui::SegmentedControl>("decodeWith")->setCurrentIndex(0);
    QCOMPARE(m_lab->tile("predictedTile")->square()->image().width(), 8);
}

void InspectorTest::newestStepIsDecodedNext()
{
    const QString file = m_lab->make();
    ui::StepDecoder decoder(m_lab->studio->engine());
    decoder.setTrajectory(m_lab->studio->trajectories().find(file));
    QSignalSpy decoded(&decoder, &ui::StepDecoder::decoded);
    for (int step = 0; step < 8; ++step)
        decoder.want(step);
    QTRY_COMPARE(decoded.count(), 3); // the first that was begun, then both of the last
    QCOMPARE(decoded.at(0).at(0).toInt(), 0);
    QCOMPARE(decoded.at(1).at(0).toInt(), 7);
    QCOMPARE(decoded.at(2).at(0).toInt(), 7);
    decoder.want(7); // kept
    QVERIFY(!decoder.isBusy());
}

void InspectorTest::decoderThatFailsGoesBackToTheLinearMap()
{
    m_lab->open();
    m_lab->plan->error = engine::Error(engine::ErrorKind::FileUnreadable, "/models/fake", "gone");
    m_lab->find<ui::SegmentedControl>("decodeWith")->setCurrentIndex(1);
    QTRY_VERIFY(!m_lab->view->findChild<ui::Banner *>()->isEmpty());
    QVERIFY(m_lab->view->findChild<ui::Banner *>()->current().why.contains(QLatin1String("fake")));
    QCOMPARE(m_lab->find<ui::SegmentedControl>("decodeWith")->currentIndex(), 0);
}

void InspectorTest::keyOpensTheFieldsOfABranch()
{
    m_lab->open();
    m_lab->view->setStep(3);
    m_lab->strip()->setFocus();
    QTest::keyClick(m_lab->strip(), Qt::Key_B);
    auto *form = m_lab->find<ui::BranchForm>("branchForm");
    QVERIFY(form->isVisible());
    QCOMPARE(form->step(), 3);
    QCOMPARE(m_lab->find<QPlainTextEdit>("branchPrompt")->toPlainText(), QStringLiteral("cat face, smiling"));
    QCOMPARE(m_lab->find<ui::NumberField>("branchSteps")->intValue(), 5);
    auto *guidance = m_lab->find<ui::ValueSlider>("branchGuidance");
    guidance->setValue(8);
    m_lab->find<QWidget>("branchSampler")->setFocus();
    QTest::keyClick(m_lab->find<QWidget>("branchSampler"), Qt::Key_B);
    QCOMPARE(guidance->value(), 8.0); // what was chosen stays
    QTest::keyClick(form, Qt::Key_Escape);
    QVERIFY(!form->isVisible());
}

void InspectorTest::unchangedBranchIsTheParentsRequest()
{
    const QString file = m_lab->open();
    m_lab->view->setStep(3);
    m_lab->click("branchHere");
    const auto *form = m_lab->find<ui::BranchForm>("branchForm");
    QVERIFY(form->isSame());
    engine::GenerateRequest request = form->request();
    QCOMPARE(request.branchFrom, m_lab->studio->trajectories().find(file));
    QCOMPARE(request.branchStep, 3);
    QVERIFY(!request.branchNoiseSeed);
    request.branchFrom.reset();
    request.branchStep = 0;
    QVERIFY(request == m_lab->studio->trajectories().find(file)->request);
}

void InspectorTest::branchCarriesOnlyWhatWasChanged()
{
    m_lab->open();
    m_lab->view->setStep(3);
    m_lab->click("branchHere");
    m_lab->find<QPlainTextEdit>("branchPrompt")->setPlainText(QStringLiteral("dog face"));
    m_lab->find<ui::ValueSlider>("branchGuidance")->setValue(8);
    m_lab->find<ui::NumberField>("branchSteps")->setValue(10);
    m_lab->find<QCheckBox>("branchNoise")->setChecked(true);
    const auto *form = m_lab->find<ui::BranchForm>("branchForm");
    QVERIFY(!form->isSame());
    QSignalSpy saved(&m_lab->studio->saver(), &app::PictureSaver::saved);
    m_lab->click("branchSubmit");
    QVERIFY(!form->isVisible());
    QTRY_COMPARE(saved.count(), 1);
    const engine::GenerateRequest sent = m_lab->plan->requests().back();
    QCOMPARE(sent.prompt, std::string("dog face"));
    QCOMPARE(sent.guidanceScale, 8.0);
    QCOMPARE(sent.steps, 13);
    QCOMPARE(sent.seed, std::uint64_t(5));
    QCOMPARE(sent.sampler, std::string("euler_ancestral"));
    QCOMPARE(sent.branchStep, 3);
    QVERIFY(sent.branchFrom);
    QVERIFY(sent.branchNoiseSeed.has_value());
    QVERIFY(sent.keepTrajectory);
}

void InspectorTest::samplerWithoutNoiseHasNoSeedToChange()
{
    engine::GenerateRequest plain = Lab::request();
    plain.sampler = "euler";
    m_lab->open(plain);
    m_lab->view->startBranch();
    QVERIFY(!m_lab->find<QCheckBox>("branchNoise")->isEnabled());
    auto *sampler = m_lab->find<QComboBox>("branchSampler");
    sampler->setCurrentIndex(sampler->findData(QStringLiteral("euler_ancestral")));
    QVERIFY(m_lab->find<QCheckBox>("branchNoise")->isEnabled());
}

void InspectorTest::branchesAppearInTheTreeAndOnTheStrip()
{
    const QString parent = m_lab->open();
    auto *tree = m_lab->find<ui::BranchTree>("branchTree");
    QCOMPARE(tree->nodes().size(), 1);
    QVERIFY(!m_lab->find<QWidget>("compareBranches")->isVisible());
    m_lab->view->setStep(3);
    m_lab->click("branchHere");
    m_lab->find<ui::ValueSlider>("branchGuidance")->setValue(8);
    m_lab->click("branchSubmit");
    QTRY_COMPARE(tree->nodes().size(), 2);
    QCOMPARE(tree->nodes().at(1).parent, 0);
    QCOMPARE(tree->nodes().at(1).detail, QStringLiteral("from step 4, guidance 8"));
    QCOMPARE(m_lab->strip()->branches(), QSet<int>{3});
    // A branch of the branch stands under it.
    m_lab->view->open(tree->nodes().at(1).path);
    m_lab->view->setStep(5);
    m_lab->click("branchHere");
    m_lab->click("branchSubmit");
    QTRY_COMPARE(tree->nodes().size(), 3);
    QCOMPARE(tree->nodes().at(2).parent, 1);
    QCOMPARE(tree->nodes().at(2).detail, QStringLiteral("from step 6, nothing changed"));
    QCOMPARE(tree->nodes().at(0).path, parent);
    QSignalSpy compared(m_lab->page.get(), &ui::LearnPage::compareRequested);
    m_lab->click("compareBranches");
    QCOMPARE(compared.at(0).at(0).toStringList().size(), 3);
}

void InspectorTest::treeIsWalkedByKeys()
{
    ui::BranchTree tree;
    tree.setNodes({{.path = QStringLiteral("a"), .title = QStringLiteral("A")},
                   {.path = QStringLiteral("b"), .title = QStringLiteral("B"), .parent = 0},
                   {.path = QStringLiteral("c"), .title = QStringLiteral("C"), .parent = 1},
                   {.path = QStringLiteral("d"), .title = QStringLiteral("D"), .parent = 0}});
    tree.resize(376, tree.sizeHint().height());
    tree.setCurrent(QStringLiteral("a"));
    QSignalSpy opened(&tree, &ui::BranchTree::opened);
    QTest::keyClick(&tree, Qt::Key_Down);
    QTest::keyClick(&tree, Qt::Key_Down);
    QVERIFY(tree.accessibleDescription().contains(QLatin1String("C")));
    QTest::keyClick(&tree, Qt::Key_Return);
    QCOMPARE(opened.last().at(0).toString(), QStringLiteral("c"));
    QTest::keyClick(&tree, Qt::Key_Left);
    QTest::keyClick(&tree, Qt::Key_Return);
    QCOMPARE(opened.last().at(0).toString(), QStringLiteral("b"));
    QTest::mouseClick(&tree, Qt::LeftButton, Qt::NoModifier, tree.cardRect(3).center());
    QCOMPARE(opened.last().at(0).toString(), QStringLiteral("d"));
    QVERIFY(tree.cardRect(2).left() > tree.cardRect(1).left());
}

void InspectorTest::branchIsComparedWithItsParent()
{
    m_lab->open();
    m_lab->view->setStep(3);
    m_lab->click("branchHere");
    m_lab->find<QPlainTextEdit>("branchPrompt")->setPlainText(QStringLiteral("dog face"));
    m_lab->click("branchSubmit");
    auto *tree = m_lab->find<ui::BranchTree>("branchTree");
    QTRY_COMPARE(tree->nodes().size(), 2);
    m_lab->view->open(tree->nodes().at(1).path);
    QTRY_COMPARE(m_lab->view->picture(), tree->nodes().at(1).path);
    m_lab->tile("changeTile")->setChoice(2);
    QCOMPARE(m_lab->tile("changeTile")->choice(), 2);
    QCOMPARE(m_lab->tile("changeTile")->caption(), QStringLiteral("the same")); // the fake paints by the seed alone
}

void InspectorTest::pictureWithoutStepsOffersToMakeThemAgain()
{
    engine::GenerateRequest plain = Lab::request();
    plain.keepTrajectory = false;
    const QString file = m_lab->open(plain);
    QTRY_VERIFY(m_lab->find<QWidget>("makeAgain")->isVisible());
    QVERIFY(visibleText(m_lab->view).contains(QLatin1String("not kept")));
    m_lab->click("makeAgain");
    QTRY_COMPARE(m_lab->strip()->steps(), 8);
    QVERIFY(m_lab->view->picture() != file);
    QCOMPARE(m_lab->plan->requests().back().seed, std::uint64_t(5));
    QVERIFY(m_lab->strip()->isVisible());
    // A file that does not say how it was made stays as it is.
    const QString plainFile = m_lab->folder.filePath(QStringLiteral("plain.png"));
    QImage(8, 8, QImage::Format_RGB32).save(plainFile);
    m_lab->view->open(plainFile);
    QTRY_VERIFY(m_lab->find<QWidget>("makeAgain")->isVisible());
    m_lab->click("makeAgain");
    QVERIFY(m_lab->view->findChild<ui::Banner *>()->current().why.contains(QLatin1String("does not say how")));
}

void InspectorTest::fileCutShortIsOneSentence()
{
    const QString picture = m_lab->folder.filePath(QStringLiteral("cut.png"));
    QFile file(app::TrajectoryStore::fileBeside(picture));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray(300, 'x'));
    file.close();
    m_lab->view->open(picture);
    QTRY_VERIFY(visibleText(m_lab->view).contains(QLatin1String("damaged or cut short")));
    QVERIFY(m_lab->find<QWidget>("makeAgain")->isVisible());
}

void InspectorTest::tableIsCopiedAsText()
{
    m_lab->open();
    m_lab->click("copyTable");
    const QStringList lines = QGuiApplication::clipboard()->text().split(u'\n', Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), 1 + 8);
    QCOMPARE(lines.at(0).split(u'\t').size(), int(ui::InspectorTableModel::Columns));
}

void InspectorTest::chartsFollowTheChoice()
{
    m_lab->open();
    const auto *chart = m_lab->find<ui::Chart>("stepChart");
    QCOMPARE(chart->curves(), 2);
    QCOMPARE(chart->points(0).size(), 8);
    m_lab->find<ui::SegmentedControl>("curves")->setCurrentIndex(1);
    QCOMPARE(chart->curves(), 3);
    m_lab->find<ui::SegmentedControl>("curves")->setCurrentIndex(2);
    QCOMPARE(chart->curves(), 1);
    m_lab->view->setStep(4);
    QCOMPARE(chart->marker(), 5.0);
}

void InspectorTest::everyControlHasAName()
{
    m_lab->open();
    m_lab->view->startBranch();
    const QList<QWidget *> all = m_lab->page->findChildren<QWidget *>();
    for (const QWidget *each : all) {
        if (!each->isVisible() || !(each->focusPolicy() & Qt::TabFocus) || qobject_cast<const QScrollArea *>(each))
            continue;
        const auto *button = qobject_cast<const QAbstractButton *>(each);
        const bool hasName = !each->accessibleName().isEmpty() || (button && !button->text().isEmpty()) ||
                             (each->parentWidget() && !each->parentWidget()->accessibleName().isEmpty());
        QVERIFY2(
            hasName,
            qPrintable(
                QStringLiteral("%1 \"%2\"").arg(QLatin1String(each->metaObject()->className()), each->objectName())));
    }
}

void InspectorTest::allThemesPaint()
{
    m_lab->open();
    QImage before;
    for (const ui::ThemeChoice choice :
         {ui::ThemeChoice::Dark, ui::ThemeChoice::Light, ui::ThemeChoice::HighContrast}) {
        ui::theme().setChoice(choice);
        const QImage now = m_lab->page->grab().toImage();
        QVERIFY(now != before);
        before = now;
    }
    ui::theme().setChoice(ui::ThemeChoice::Dark);
}

QTEST_MAIN(InspectorTest)
#include "inspector_test.moc"
