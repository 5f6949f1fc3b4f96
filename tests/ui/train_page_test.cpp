#include "app/training_runs.h"
#include "tests/support/create_workshop.h"
#include "ui/common/badge.h"
#include "ui/common/chart.h"
#include "ui/common/number_field.h"
#include "ui/train/found_card.h"
#include "ui/train/kind_choice.h"
#include "ui/train/run_list.h"
#include "ui/train/sample_strip.h"
#include "ui/train/train_page.h"
#include "ui/train/train_setup.h"

#include <QComboBox>
#include <QDialog>
#include <QDir>

using app::TrainingState;

/// The Train page with an engine without networks.
class TrainPageTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_shop = std::make_unique<Workshop>();
        m_shop->plan->stepMs = 1;
        m_page = std::make_unique<ui::TrainPage>(*m_shop->studio);
        m_page->resize(1360, 840);
        m_page->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
    }
    void cleanup()
    {
        m_page.reset();
        m_shop.reset();
    }

    void folderIsLookedAtAndStartIsOfferedWithATime()
    {
        QVERIFY(!find<ui::Button>("trainStart")->isEnabled());
        m_page->setFolder(pictures(30));
        QTRY_VERIFY(find<ui::Button>("trainStart")->isEnabled());
        QTRY_VERIFY(find<ui::Label>("trainEstimate")->text().contains(QStringLiteral("measured on this machine")));
        QVERIFY(m_shop->studio->trainings().runs().empty());
    }

    void fewPicturesAreSaidAndPossible()
    {
        m_page->setFolder(pictures(3));
        QTRY_VERIFY(find<ui::Button>("trainStart")->isEnabled());
        QTRY_VERIFY(find<ui::Label>("foundNote")->text().contains(QStringLiteral("trained all the same")));
    }

    void brokenPicturesAreShownWithTheirReasons()
    {
        const QString folder = pictures(4);
        QFile broken(QDir(folder).filePath(QStringLiteral("broken.png")));
        QVERIFY(broken.open(QIODevice::WriteOnly));
        broken.close();
        m_page->setFolder(folder);
        QTRY_VERIFY(find<QWidget>("showBroken")->isVisible());
        QTest::mouseClick(find<QWidget>("showBroken"), Qt::LeftButton);
        auto *dialog = m_page->window()->findChild<QDialog *>(QStringLiteral("brokenPictures"));
        QVERIFY(dialog);
        dialog->close();
    }

    void modelWithPromptsNeedsCaptions()
    {
        m_page->setFolder(pictures(4));
        QTRY_VERIFY(find<ui::Button>("trainStart")->isEnabled());
        auto *kinds = find<ui::ChoiceCards>("trainKinds");
        QVERIFY(kinds->card(1)->isEnabled());
        kinds->setCurrentIndex(1);
        QVERIFY(!find<ui::Button>("trainStart")->isEnabled());
        QVERIFY(find<ui::Label>("trainEstimate")->text().contains(QStringLiteral("needs captions")));
    }

    void adapterHasLayersToChooseAndNoOptimizer()
    {
        m_page->setFolder(pictures(4));
        QTRY_VERIFY(find<ui::Button>("trainStart")->isEnabled());
        const auto *setup = m_page->findChild<ui::TrainSetup *>();
        auto *kinds = find<ui::ChoiceCards>("trainKinds");
        auto *layers = find<QComboBox>("trainTargets");
        auto *optimizer = find<QComboBox>("trainOptimizer");
        const auto choose = [](QComboBox *box, int value) {
            box->setCurrentIndex(box->findData(value));
            Q_EMIT box->activated(box->currentIndex());
        };
        QVERIFY(layers->parentWidget()->isHidden());
        QCOMPARE(setup->request().optimizer, engine::OptimizerKind::Muon);
        QCOMPARE(setup->request().learningRate, 4e-4);
        choose(optimizer, int(engine::OptimizerKind::AdamW)); // the learning rate follows
        QCOMPARE(setup->request().learningRate, 2e-4);
        choose(optimizer, int(engine::OptimizerKind::Muon));

        kinds->setCurrentIndex(2);
        QVERIFY(!layers->parentWidget()->isHidden());
        QVERIFY(optimizer->parentWidget()->isHidden());
        QCOMPARE(setup->request().optimizer, engine::OptimizerKind::AdamW);
        QCOMPARE(setup->request().learningRate, 1e-4);
        QCOMPARE(setup->request().loraTargets, engine::LoraTargets::Attention);
        choose(layers, int(engine::LoraTargets::Transformers));
        QCOMPARE(setup->request().loraTargets, engine::LoraTargets::Transformers);
    }

    void runIsTrainedPausedContinuedKeptAndUsed()
    {
        start(1'000'000);
        app::TrainingRuns &runs = m_shop->studio->trainings();
        QTRY_VERIFY(runs.active() && runs.active()->samples.size() > 0);
        const QString id = runs.active()->id;
        auto *chart = find<ui::Chart>("lossChart");
        QTRY_VERIFY(chart->points(0).size() > 10);
        QVERIFY(find<ui::SampleStrip>("samples")->shownSteps() > 0);
        QVERIFY(!find<ui::Button>("trainStart")->isEnabled());
        QCOMPARE(find<ui::Badge>("trainBadge")->text(), QStringLiteral("Training"));
        saveLook("running");

        QTest::mouseClick(find<QWidget>("trainPause"), Qt::LeftButton);
        QTRY_COMPARE(runs.find(id)->state, TrainingState::Paused);
        QCOMPARE(find<ui::Button>("trainPause")->text(), QStringLiteral("Continue"));
        QTest::mouseClick(find<QWidget>("trainPause"), Qt::LeftButton);
        QTRY_COMPARE(runs.find(id)->state, TrainingState::Running);
        QTest::mouseClick(find<QWidget>("trainKeep"), Qt::LeftButton);
        QTRY_COMPARE(runs.find(id)->state, TrainingState::Kept);
        QSignalSpy used(m_page.get(), &ui::TrainPage::useRequested);
        QVERIFY(find<QWidget>("trainUse")->isVisible());
        QTest::mouseClick(find<QWidget>("trainUse"), Qt::LeftButton);
        QCOMPARE(used.size(), 1);
        QVERIFY(used.at(0).at(0).toString().contains(QStringLiteral("models/set-")));
        QVERIFY(m_shop->studio->settings().modelFolders().contains(runs.modelFolder()));
    }

    void finishedRunOffersItsModel()
    {
        start(5);
        app::TrainingRuns &runs = m_shop->studio->trainings();
        QTRY_VERIFY(!runs.runs().empty() && runs.runs().front().state == TrainingState::Finished);
        auto *banner = m_page->findChild<ui::Banner *>();
        QVERIFY(banner->isVisible());
        QCOMPARE(banner->current().actions, QStringList{QStringLiteral("Use it now")});
        QVERIFY(find<QWidget>("trainUse")->isVisible());
    }

    void memoryFaultOffersTheBatchThatFits()
    {
        m_page->setFolder(pictures(30));
        QTRY_VERIFY(find<ui::Button>("trainStart")->isEnabled());
        m_shop->plan->error =
            engine::Error(engine::ErrorKind::OutOfMemory, "batch", "no memory for batches of 16; 4 would fit.");
        QTest::mouseClick(find<QWidget>("trainStart"), Qt::LeftButton);
        auto *banner = m_page->findChild<ui::Banner *>();
        QTRY_VERIFY(banner->isVisible());
        QCOMPARE(banner->current().actions, QStringList{QStringLiteral("Use batches of 4")});
    }

    void runsAreComparedAndTakenOutWithUndo()
    {
        start(5);
        app::TrainingRuns &runs = m_shop->studio->trainings();
        QTRY_VERIFY(!runs.runs().empty() && !runs.active());
        start(6);
        QTRY_VERIFY(runs.runs().size() == 2 && !runs.active());
        auto *list = find<ui::RunList>("runs");
        const int curves = find<ui::Chart>("lossChart")->curves();
        list->setCompared(runs.runs().back().id, true);
        QCOMPARE(find<ui::Chart>("lossChart")->curves(), curves + 1);
        QTest::mouseClick(find<QWidget>("removeRun"), Qt::LeftButton);
        QCOMPARE(runs.runs().size(), std::size_t(1));
        m_page->findChild<ui::Toast *>()->findChild<ui::Button *>()->click();
        QCOMPARE(runs.runs().size(), std::size_t(2));
    }

    void sampleIsEnlargedByKeyAndClosedByEscape()
    {
        start(60);
        app::TrainingRuns &runs = m_shop->studio->trainings();
        QTRY_VERIFY(!runs.runs().empty() && !runs.active() && !runs.runs().front().samples.isEmpty());
        auto *strip = find<ui::SampleStrip>("samples");
        strip->setFocus();
        QTest::keyClick(strip, Qt::Key_Left);
        QTest::keyClick(strip, Qt::Key_Return);
        auto *large = find<QWidget>("enlargedSample");
        QVERIFY(large);
        QTest::keyClick(large, Qt::Key_Left);
        QTest::keyClick(large, Qt::Key_Escape);
        QTRY_VERIFY(!find<QWidget>("enlargedSample"));
    }

    void explanationFoldsAway()
    {
        const bool was = m_page->isExplained();
        QTest::mouseClick(find<QWidget>("trainExplain"), Qt::LeftButton);
        QCOMPARE(m_page->isExplained(), !was);
        QTest::keyClick(find<QWidget>("trainFolder"), Qt::Key_F1);
        QCOMPARE(m_page->isExplained(), was);
    }

private:
    template <typename T>
    T *find(const char *name) const
    {
        return m_page->findChild<T *>(QLatin1String(name));
    }
    QString pictures(int count)
    {
        const QString folder = m_shop->folder.filePath(QStringLiteral("set"));
        QDir().mkpath(folder);
        for (int i = 0; i < count; ++i) {
            QImage image(64, 64, QImage::Format_RGB32);
            image.fill(QColor::fromHsv(i * 11 % 360, 200, 220));
            image.save(QDir(folder).filePath(QStringLiteral("%1.png").arg(i)));
        }
        return folder;
    }
    void start(int steps)
    {
        m_page->setFolder(pictures(30));
        [&] { QTRY_VERIFY(find<ui::Button>("trainStart")->isEnabled()); }();
        auto *field = find<QLineEdit>("trainSteps");
        field->setFocus();
        field->selectAll();
        QTest::keyClicks(field, QString::number(steps));
        QTest::keyClick(field, Qt::Key_Return);
        auto *every = find<ui::NumberField>("trainSampleEvery");
        every->setValue(5);
        Q_EMIT every->valueEdited(5);
        QTest::mouseClick(find<QWidget>("trainStart"), Qt::LeftButton);
    }
    /// Where TINCTURE_LOOKS names a folder, pictures of the page go there.
    void saveLook(const char *name)
    {
        const QString folder = qEnvironmentVariable("TINCTURE_LOOKS");
        if (!folder.isEmpty())
            m_page->grab().save(QDir(folder).filePath(QLatin1String(name) + QStringLiteral(".png")));
    }

    std::unique_ptr<Workshop> m_shop;
    std::unique_ptr<ui::TrainPage> m_page;
};

QTEST_MAIN(TrainPageTest)

#include "train_page_test.moc"
