#include "app/job_queue.h"
#include "app/trajectory_store.h"
#include "tests/support/create_workshop.h"
#include "ui/common/value_slider.h"
#include "ui/learn/learn_page.h"
#include "ui/learn/words_picture.h"
#include "ui/learn/words_view.h"

namespace {

/// The tab over a studio whose engine keeps the maps of words.
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
        page->showTab(QStringLiteral("words"));
        page->setVisible(true);
        (void)QTest::qWaitForWindowExposed(page.get());
        view = qobject_cast<ui::WordsView *>(page->tab(QStringLiteral("words")));
        picture = view->findChild<ui::WordsPicture *>();
    }
    QString open(const std::string &prompt, bool hasWords)
    {
        QSignalSpy saved(&studio->saver(), &app::PictureSaver::saved);
        studio->queue().submit({.model = "/models/fake",
                                .prompt = prompt,
                                .steps = 3,
                                .seed = 5,
                                .keepTrajectory = true,
                                .keepAttention = hasWords});
        if (!saved.wait(20000))
            return {};
        const QString file = saved.last().at(2).toString();
        view->open(file);
        return file;
    }
    [[nodiscard]] QList<ui::WordChip *> chips() const { return view->findChildren<ui::WordChip *>(); }

    QTemporaryDir folder;
    std::shared_ptr<FakePlan> plan = std::make_shared<FakePlan>();
    std::unique_ptr<app::Studio> studio;
    std::unique_ptr<ui::LearnPage> page;
    ui::WordsView *view = nullptr;
    ui::WordsPicture *picture = nullptr;
};

} // namespace

class WordsViewTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { ui::theme().install(); }
    void init() { m_lab = std::make_unique<Lab>(); }
    void cleanup() { m_lab.reset(); }
    void everyWordOfThePromptIsAChip();
    void pointingAtAWordShowsItsPart();
    void arrowKeysGoFromWordToWord();
    void severalWordsHaveColoursOfTheirOwn();
    void oneWordIsAHeatMap();
    void opacityIsOfTheMapsOnly();
    void pictureWithoutWordsOffersToMakeThem();
    void pictureWithoutPromptSaysSo();
    void emptyPageSaysWhatToDo();
    void pictureOfTheFileIsShown();
    void everyThemePaints();

private:
    std::unique_ptr<Lab> m_lab;
};

void WordsViewTest::everyWordOfThePromptIsAChip()
{
    m_lab->open("cat face, smiling", true);
    QStringList words;
    for (const ui::WordChip *chip : m_lab->chips())
        words.append(chip->text());
    QCOMPARE(words, QStringList({QStringLiteral("cat"), QStringLiteral("face"), QStringLiteral("smiling")}));
    m_lab->open("dog", true);
    QCOMPARE(m_lab->chips().size(), 1);
}

void WordsViewTest::pointingAtAWordShowsItsPart()
{
    m_lab->open("cat face, smiling", true);
    m_lab->page->activateWindow();
    for (ui::WordChip *chip : m_lab->chips())
        chip->clearFocus();
    QVERIFY(m_lab->picture->overlay().isNull());
    QEnterEvent enter(QPointF(4, 4), QPointF(4, 4), QPointF(4, 4));
    QCoreApplication::sendEvent(m_lab->chips().at(1), &enter);
    QCOMPARE(m_lab->picture->layers().size(), 1);
    QCOMPARE(m_lab->picture->layers().first().word, 1);
    QVERIFY(!m_lab->picture->overlay().isNull());
    QEvent leave(QEvent::Leave);
    QCoreApplication::sendEvent(m_lab->chips().at(1), &leave);
    QVERIFY(m_lab->picture->layers().isEmpty());
}

void WordsViewTest::arrowKeysGoFromWordToWord()
{
    m_lab->open("cat face, smiling", true);
    m_lab->page->activateWindow();
    const QList<ui::WordChip *> chips = m_lab->chips();
    chips.at(0)->setFocus();
    QTRY_VERIFY(chips.at(0)->hasFocus());
    QTest::keyClick(chips.at(0), Qt::Key_Right);
    QVERIFY(chips.at(1)->hasFocus());
    QCOMPARE(m_lab->picture->layers().first().word, 1);
    QTest::keyClick(chips.at(1), Qt::Key_End);
    QVERIFY(chips.at(2)->hasFocus());
    QTest::keyClick(chips.at(2), Qt::Key_Return);
    QVERIFY(chips.at(2)->isChecked());
    QTest::keyClick(chips.at(2), Qt::Key_Home);
    QVERIFY(chips.at(0)->hasFocus());
}

void WordsViewTest::severalWordsHaveColoursOfTheirOwn()
{
    m_lab->open("cat face, smiling", true);
    const QList<ui::WordChip *> chips = m_lab->chips();
    for (ui::WordChip *chip : chips)
        chip->clearFocus();
    chips.at(0)->setChecked(true);
    chips.at(2)->setChecked(true);
    QCOMPARE(m_lab->picture->layers().size(), 2);
    QVERIFY(m_lab->picture->layers().at(0).color != m_lab->picture->layers().at(1).color);
    QVERIFY(m_lab->view->findChild<QWidget *>(QStringLiteral("noWords"))->isEnabled());
    m_lab->view->findChild<QAbstractButton *>(QStringLiteral("noWords"))->click();
    QVERIFY(m_lab->picture->layers().isEmpty());
}

void WordsViewTest::oneWordIsAHeatMap()
{
    m_lab->open("cat", true);
    ui::WordChip *chip = m_lab->chips().first();
    chip->clearFocus();
    chip->setChecked(true);
    const QImage map = m_lab->picture->overlay();
    QCOMPARE(map.size(), QSize(8, 8));
    // The fake's map rises from the first cell to the last.
    QCOMPARE(map.pixelColor(0, 0).rgb(), ui::heatColor(0.0).rgb());
    QCOMPARE(map.pixelColor(7, 7).rgb(), ui::heatColor(1.0).rgb());
}

void WordsViewTest::opacityIsOfTheMapsOnly()
{
    m_lab->open("cat", true);
    m_lab->chips().first()->clearFocus();
    auto *opacity = m_lab->view->findChild<ui::ValueSlider *>(QStringLiteral("wordsOpacity"));
    const QImage plain = m_lab->picture->grab().toImage();
    m_lab->chips().first()->setChecked(true);
    QVERIFY(m_lab->picture->grab().toImage() != plain);
    opacity->setValue(0);
    QCOMPARE(m_lab->picture->grab().toImage(), plain);
}

void WordsViewTest::pictureWithoutWordsOffersToMakeThem()
{
    m_lab->open("cat face", false);
    auto *again = m_lab->view->findChild<QAbstractButton *>(QStringLiteral("makeAgainWords"));
    QTRY_VERIFY(again->isVisible());
    again->click();
    QTRY_COMPARE(m_lab->chips().size(), 2);
    QVERIFY(m_lab->plan->requests().back().keepAttention);
    QCOMPARE(m_lab->plan->requests().back().seed, std::uint64_t(5));
}

void WordsViewTest::pictureWithoutPromptSaysSo()
{
    m_lab->open("", true);
    QVERIFY(!m_lab->view->findChild<QWidget *>(QStringLiteral("makeAgainWords"))->isVisible());
    QVERIFY(m_lab->chips().isEmpty());
}

void WordsViewTest::emptyPageSaysWhatToDo()
{
    QSignalSpy wanted(m_lab->page.get(), &ui::LearnPage::createRequested);
    auto *create = m_lab->view->findChild<QAbstractButton *>(QStringLiteral("emptyCreate"));
    QVERIFY(create->isVisible());
    create->click();
    QCOMPARE(wanted.count(), 1);
}

void WordsViewTest::pictureOfTheFileIsShown()
{
    const QString file = m_lab->open("cat", true);
    QTRY_COMPARE(m_lab->picture->picture().size(), QImage(file).size());
}

void WordsViewTest::everyThemePaints()
{
    m_lab->open("cat face, smiling", true);
    m_lab->chips().first()->setChecked(true);
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

QTEST_MAIN(WordsViewTest)
#include "words_view_test.moc"
