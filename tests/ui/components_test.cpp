#include "ui/common/banner.h"
#include "ui/common/button.h"
#include "ui/common/chip.h"
#include "ui/common/collapsible.h"
#include "ui/common/flow_layout.h"
#include "ui/common/icon_button.h"
#include "ui/common/model_chooser.h"
#include "ui/common/number_field.h"
#include "ui/common/search_field.h"
#include "ui/common/seed_field.h"
#include "ui/common/segmented_control.h"
#include "ui/common/side_panel.h"
#include "ui/common/source_list.h"
#include "ui/common/theme.h"
#include "ui/common/thumbnail_delegate.h"
#include "ui/common/toast.h"
#include "ui/common/value_slider.h"

#include <QListView>
#include <QSignalSpy>
#include <QStandardItemModel>
#include <QTest>

class ComponentsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { ui::theme().install(); }
    void sumsAreComputed_data();
    void sumsAreComputed();
    void numberKeepsTheLastValidValue();
    void numberStepsToMultiples();
    void wheelNeedsTheFocus();
    void sliderDragsAndTheNumberMayGoBeyond();
    void doubleClickOnTheSliderSetsTheDefault();
    void seedIsDrawnAtSubmitAndShown();
    void typingASeedTurnsTheDiceOff();
    void lockKeepsTheSeed();
    void arrowKeysMoveAlongSegments();
    void crossTakesAChipAway();
    void bannersWaitForEachOther();
    void toastRunsItsActionOnce();
    void toastGoesAwayAtItsCross();
    void modelIsChosenFromTheSearchedList();
    void brokenModelIsShownAsSuch();
    void moreFoldsItsContent();
    void sourceListPassesOverHeadings();
    void flowLayoutBreaksRows();
    void panelKeepsItsLimits();
    void busyButtonKeepsItsWidthAndTakesNoClicks();
    void escapeClearsTheSearch();
    void thumbnailPaintsEveryState();
};

void ComponentsTest::sumsAreComputed_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("isSum");
    QTest::addColumn<double>("value");
    QTest::newRow("number") << "512" << true << 512.0;
    QTest::newRow("product") << "64*12" << true << 768.0;
    QTest::newRow("precedence") << " 2 + 3 * 4 " << true << 14.0;
    QTest::newRow("brackets") << "(2+3)*4" << true << 20.0;
    QTest::newRow("comma") << "7,5" << true << 7.5;
    QTest::newRow("minus") << "-3 - -4" << true << 1.0;
    QTest::newRow("times sign") << QString::fromUtf8("8×16") << true << 128.0;
    QTest::newRow("division by zero") << "1/0" << false << 0.0;
    QTest::newRow("open bracket") << "(1+2" << false << 0.0;
    QTest::newRow("words") << "ten" << false << 0.0;
    QTest::newRow("empty") << "" << false << 0.0;
    QTest::newRow("deep") << QString(200, QLatin1Char('(')) << false << 0.0;
}

void ComponentsTest::sumsAreComputed()
{
    QFETCH(QString, text);
    QFETCH(bool, isSum);
    QFETCH(double, value);
    const std::optional<double> result = ui::evaluateSum(text);
    QCOMPARE(result.has_value(), isSum);
    if (isSum)
        QCOMPARE(*result, value);
}

void ComponentsTest::numberKeepsTheLastValidValue()
{
    ui::NumberField field;
    field.setRange(8, 2048);
    field.setRule([](double value) {
        return std::fmod(value, 8.0) == 0.0 ? QString() : QStringLiteral("must be a multiple of 8");
    });
    field.setValue(128);
    QSignalSpy edited(&field, &ui::NumberField::valueEdited);
    field.selectAll();
    QTest::keyClicks(&field, QStringLiteral("64*12"));
    QCOMPARE(field.value(), 768.0);
    QVERIFY(edited.size() >= 1);
    field.selectAll();
    QTest::keyClicks(&field, QStringLiteral("130"));
    QCOMPARE(field.problem(), QStringLiteral("must be a multiple of 8"));
    QCOMPARE(field.value(), 768.0);
    QVERIFY(field.property("invalid").toBool());
    field.setValue(256);
    QVERIFY(field.problem().isEmpty());
    QCOMPARE(field.text(), QStringLiteral("256"));
}

void ComponentsTest::numberStepsToMultiples()
{
    ui::NumberField field;
    field.setRange(0, 100);
    field.setDecimals(2);
    field.setSingleStep(0.5);
    field.setValue(6.3);
    QTest::keyClick(&field, Qt::Key_Up);
    QCOMPARE(field.value(), 6.5);
    QTest::keyClick(&field, Qt::Key_Down);
    QTest::keyClick(&field, Qt::Key_Down);
    QCOMPARE(field.value(), 5.5);
    QTest::keyClick(&field, Qt::Key_PageUp);
    QCOMPARE(field.value(), 10.5);
    QTest::keyClick(&field, Qt::Key_PageDown);
    QTest::keyClick(&field, Qt::Key_PageDown);
    QTest::keyClick(&field, Qt::Key_PageDown);
    QCOMPARE(field.value(), 0.0);
}

void ComponentsTest::wheelNeedsTheFocus()
{
    QWidget window;
    auto *field = new ui::NumberField(&window);
    auto *other = new QLineEdit(&window);
    other->move(0, 60);
    window.show();
    QVERIFY(QTest::qWaitForWindowActive(&window));
    field->setValue(10);
    other->setFocus();
    QWheelEvent away(QPointF(5, 5), field->mapToGlobal(QPointF(5, 5)), {}, {0, 120}, Qt::NoButton, Qt::NoModifier,
                     Qt::NoScrollPhase, false);
    QApplication::sendEvent(field, &away);
    QCOMPARE(field->value(), 10.0);
    field->setFocus();
    QWheelEvent here(QPointF(5, 5), field->mapToGlobal(QPointF(5, 5)), {}, {0, 120}, Qt::NoButton, Qt::NoModifier,
                     Qt::NoScrollPhase, false);
    QApplication::sendEvent(field, &here);
    QCOMPARE(field->value(), 11.0);
}

void ComponentsTest::sliderDragsAndTheNumberMayGoBeyond()
{
    ui::ValueSlider slider;
    slider.setRange(1, 1000);
    slider.setSliderRange(1, 100);
    slider.resize(300, 32);
    slider.setValue(20);
    QSignalSpy edited(&slider, &ui::ValueSlider::valueEdited);
    QTest::mouseClick(&slider, Qt::LeftButton, {}, QPoint(223, 16)); // the groove ends at 300 - 64 - 12 = 224
    QCOMPARE(slider.intValue(), 100);
    QCOMPARE(edited.size(), 1);
    slider.field()->selectAll();
    QTest::keyClicks(slider.field(), QStringLiteral("250"));
    QCOMPARE(slider.intValue(), 250);
    QTest::mouseClick(&slider, Qt::LeftButton, {}, QPoint(1, 16));
    QCOMPARE(slider.intValue(), 1);
}

void ComponentsTest::doubleClickOnTheSliderSetsTheDefault()
{
    ui::ValueSlider slider;
    slider.setRange(1, 20);
    slider.setDefaultValue(7);
    slider.resize(300, 32);
    slider.setValue(15);
    QTest::mouseDClick(&slider, Qt::LeftButton, {}, QPoint(20, 16));
    QCOMPARE(slider.intValue(), 7);
}

void ComponentsTest::seedIsDrawnAtSubmitAndShown()
{
    ui::SeedField seed;
    QCOMPARE(seed.mode(), ui::SeedField::Mode::Random);
    QVERIFY(!seed.hasSeed());
    const std::uint64_t first = seed.takeSeed();
    QCOMPARE(seed.field()->text(), QString::number(first));
    QVERIFY(first <= 4294967293ULL);
    QCOMPARE(seed.mode(), ui::SeedField::Mode::Random);
    std::uint64_t next = first;
    for (int i = 0; i < 8 && next == first; ++i)
        next = seed.takeSeed();
    QVERIFY(next != first);
}

void ComponentsTest::typingASeedTurnsTheDiceOff()
{
    ui::SeedField seed;
    QTest::keyClicks(seed.field(), QStringLiteral("42x"));
    QCOMPARE(seed.mode(), ui::SeedField::Mode::Typed);
    QVERIFY(!seed.dice()->isChecked());
    QCOMPARE(seed.takeSeed(), 42ULL);
    QCOMPARE(seed.takeSeed(), 42ULL);
    seed.field()->selectAll();
    QTest::keyClick(seed.field(), Qt::Key_Delete);
    QCOMPARE(seed.mode(), ui::SeedField::Mode::Random);
}

void ComponentsTest::lockKeepsTheSeed()
{
    ui::SeedField seed;
    const std::uint64_t used = seed.takeSeed();
    QTest::mouseClick(seed.lock(), Qt::LeftButton);
    QCOMPARE(seed.mode(), ui::SeedField::Mode::Locked);
    QCOMPARE(seed.takeSeed(), used);
    QVERIFY(seed.caption() != QString());
    QTest::mouseClick(seed.lock(), Qt::LeftButton);
    QCOMPARE(seed.mode(), ui::SeedField::Mode::Random);
}

void ComponentsTest::arrowKeysMoveAlongSegments()
{
    ui::SegmentedControl segments;
    for (const char *name : {"One", "Two", "Three"})
        segments.addChoice(QLatin1String(name));
    QSignalSpy changed(&segments, &ui::SegmentedControl::currentChanged);
    QTest::keyClick(&segments, Qt::Key_Right);
    QTest::keyClick(&segments, Qt::Key_Right);
    QTest::keyClick(&segments, Qt::Key_Right);
    QCOMPARE(segments.currentIndex(), 2);
    QCOMPARE(changed.size(), 2);
    QTest::keyClick(&segments, Qt::Key_Home);
    QCOMPARE(segments.currentIndex(), 0);
}

void ComponentsTest::crossTakesAChipAway()
{
    ui::Chip chip(QStringLiteral("Stars"));
    QSignalSpy removed(&chip, &ui::Chip::removed);
    QSignalSpy clicked(&chip, &ui::Chip::clicked);
    QTest::keyClick(&chip, Qt::Key_Delete);
    QCOMPARE(removed.size(), 0);
    chip.setOn(true);
    chip.resize(chip.sizeHint());
    QTest::mouseClick(&chip, Qt::LeftButton, {}, QPoint(chip.width() - 12, 12));
    QCOMPARE(removed.size(), 1);
    QCOMPARE(clicked.size(), 0);
    QTest::mouseClick(&chip, Qt::LeftButton, {}, QPoint(12, 12));
    QCOMPARE(clicked.size(), 1);
}

void ComponentsTest::bannersWaitForEachOther()
{
    ui::Banner banner;
    QVERIFY(banner.isEmpty());
    const int first = banner.post({.what = QStringLiteral("First"), .actions = {QStringLiteral("Try again")}});
    const int second = banner.post(
        {.kind = ui::BannerKind::Warning, .what = QStringLiteral("Second"), .details = QStringLiteral("why")});
    QCOMPARE(banner.current().what, QStringLiteral("First"));
    QSignalSpy acted(&banner, &ui::Banner::actionTriggered);
    QTest::mouseClick(banner.findChild<ui::Button *>(), Qt::LeftButton);
    QCOMPARE(acted.at(0).at(0).toInt(), first);
    banner.withdraw(first);
    QCOMPARE(banner.current().what, QStringLiteral("Second"));
    banner.withdraw(second);
    QVERIFY(banner.isEmpty());
    QVERIFY(banner.isHidden());
}

void ComponentsTest::toastRunsItsActionOnce()
{
    QWidget page;
    page.resize(600, 400);
    ui::ToastHost host(&page);
    int runs = 0;
    host.show({.iconName = QStringLiteral("trash"),
               .text = QStringLiteral("moved"),
               .action = QStringLiteral("Undo"),
               .run = [&runs] { ++runs; }});
    QVERIFY(host.current());
    auto *undo = host.current()->findChild<ui::Button *>();
    QTest::mouseClick(undo, Qt::LeftButton);
    QCOMPARE(runs, 1);
    QTRY_VERIFY(!host.current());
}

void ComponentsTest::toastGoesAwayAtItsCross()
{
    QWidget page;
    page.resize(600, 400);
    ui::ToastHost host(&page);
    host.show({.text = QStringLiteral("copied")});
    host.show({.text = QStringLiteral("copied again")});
    QTRY_COMPARE(page.findChildren<ui::Toast *>().size(), 1);
    QTest::mouseClick(host.current()->findChild<ui::IconButton *>(), Qt::LeftButton);
    QTRY_VERIFY(!host.current());
    QTRY_VERIFY(page.findChildren<QWidget *>(QStringLiteral("toastShadow")).isEmpty());
}

void ComponentsTest::modelIsChosenFromTheSearchedList()
{
    QStandardItemModel models;
    for (const char *name : {"Starter", "dreamy-hills", "night-sky"})
        models.appendRow(new QStandardItem(QLatin1String(name)));
    ui::ModelChooser chooser;
    chooser.setModel(&models, {});
    chooser.setCurrentRow(0);
    chooser.show();
    QVERIFY(QTest::qWaitForWindowExposed(&chooser));
    QSignalSpy chosen(&chooser, &ui::ModelChooser::activated);
    QTest::keyClick(&chooser, Qt::Key_Down);
    QCOMPARE(chooser.currentRow(), 1);
    QTest::keyClick(&chooser, Qt::Key_Space);
    auto *popup = chooser.findChild<QWidget *>(QStringLiteral("modelPopup"));
    QVERIFY(popup);
    auto *search = popup->findChild<ui::SearchField *>();
    QTest::keyClicks(search, QStringLiteral("night"));
    QTest::keyClick(search, Qt::Key_Down);
    QTest::keyClick(search, Qt::Key_Return);
    QCOMPARE(chooser.currentRow(), 2);
    QCOMPARE(chosen.last().at(0).toInt(), 2);
}

void ComponentsTest::brokenModelIsShownAsSuch()
{
    QStandardItemModel models;
    ui::ModelChooser chooser;
    chooser.setModel(&models, {});
    chooser.setMissing(QStringLiteral("night-sky"));
    QVERIFY(chooser.accessibleName().contains(QStringLiteral("night-sky")));
    chooser.resize(280, 48);
    const QImage image = chooser.grab().toImage();
    QCOMPARE(image.pixelColor(140, 0), ui::theme().color(ui::Token::Danger));
}

void ComponentsTest::moreFoldsItsContent()
{
    ui::Collapsible more(QStringLiteral("More"), QStringLiteral("start picture"));
    auto *content = new QWidget;
    more.setContent(content);
    more.show();
    QVERIFY(!content->isVisible());
    QSignalSpy toggled(&more, &ui::Collapsible::toggled);
    QTest::keyClick(more.focusProxy(), Qt::Key_Space);
    QVERIFY(content->isVisible());
    QCOMPARE(toggled.size(), 1);
}

void ComponentsTest::sourceListPassesOverHeadings()
{
    ui::SourceList list;
    list.setItems({{.id = 0, .text = QStringLiteral("All")},
                   {.text = QStringLiteral("Folders"), .isHeading = true},
                   {.id = 7, .text = QStringLiteral("Owls")}});
    list.setCurrent(0);
    QSignalSpy chosen(&list, &ui::SourceList::chosen);
    QTest::keyClick(&list, Qt::Key_Down);
    QCOMPARE(list.current(), 7);
    QTest::keyClick(&list, Qt::Key_Down);
    QCOMPARE(list.current(), 7);
    QTest::keyClick(&list, Qt::Key_Up);
    QCOMPARE(list.current(), 0);
    QCOMPARE(chosen.size(), 2);
}

void ComponentsTest::flowLayoutBreaksRows()
{
    QWidget widget;
    auto *flow = new ui::FlowLayout(&widget, 8);
    for (int i = 0; i < 4; ++i) {
        auto *box = new QWidget;
        box->setFixedSize(60, 24);
        flow->addWidget(box);
    }
    QCOMPARE(flow->heightForWidth(500), 24);
    QCOMPARE(flow->heightForWidth(140), 24 * 2 + 8);
    QCOMPARE(flow->heightForWidth(60), 24 * 4 + 8 * 3);
}

void ComponentsTest::panelKeepsItsLimits()
{
    ui::SidePanel panel(ui::SidePanel::Side::Left, 344);
    panel.setPanelWidth(100);
    QCOMPARE(panel.panelWidth(), 240);
    panel.setPanelWidth(1000);
    QCOMPARE(panel.panelWidth(), 480);
    QSignalSpy folded(&panel, &ui::SidePanel::foldedChanged);
    panel.setFolded(true);
    panel.setFolded(true);
    QCOMPARE(folded.size(), 1);
    QVERIFY(panel.isHidden());
}

void ComponentsTest::busyButtonKeepsItsWidthAndTakesNoClicks()
{
    ui::Button button(QStringLiteral("Generate"), ui::Button::Kind::Primary);
    const QSize before = button.sizeHint();
    QSignalSpy clicked(&button, &ui::Button::clicked);
    button.setBusy(QStringLiteral("Loading…"));
    QCOMPARE(button.sizeHint(), before);
    QTest::mouseClick(&button, Qt::LeftButton);
    QCOMPARE(clicked.size(), 0);
    button.setBusy(QString());
    QTest::mouseClick(&button, Qt::LeftButton);
    QCOMPARE(clicked.size(), 1);
}

void ComponentsTest::escapeClearsTheSearch()
{
    ui::SearchField search(QStringLiteral("Search"));
    QTest::keyClicks(&search, QStringLiteral("owl"));
    QTest::keyClick(&search, Qt::Key_Escape);
    QVERIFY(search.text().isEmpty());
}

void ComponentsTest::thumbnailPaintsEveryState()
{
    QImage picture(32, 32, QImage::Format_RGB32);
    picture.fill(Qt::white);
    const auto paint = [&picture](const ui::ThumbnailState &wanted) {
        ui::ThumbnailState state = wanted;
        if (!state.isMissing)
            state.image = picture;
        QImage canvas(100, 100, QImage::Format_RGB32);
        canvas.fill(Qt::black);
        QPainter painter(&canvas);
        ui::paintThumbnail(painter, QRectF(10, 10, 80, 80), state);
        return canvas;
    };
    const QImage plain = paint({});
    QCOMPARE(plain.pixelColor(50, 50), QColor(Qt::white));
    for (const ui::ThumbnailState &state :
         {ui::ThumbnailState{.stars = 3}, ui::ThumbnailState{.hoverStars = 0}, ui::ThumbnailState{.forming = 0.4},
          ui::ThumbnailState{.isSelected = true}, ui::ThumbnailState{.hasCheck = true},
          ui::ThumbnailState{.isRejected = true}, ui::ThumbnailState{.isMissing = true}})
        QVERIFY(paint(state) != plain);
    QCOMPARE(ui::starAt(6), 1);
    QCOMPARE(ui::starAt(6 + 14 * 4 + 2), 5);
    QCOMPARE(ui::starAt(500), 5);
}

QTEST_MAIN(ComponentsTest)
#include "components_test.moc"
