#include "engine/request.h"

#include <QTest>

#include <cmath>
#include <functional>

using engine::GenerateRequest;

class RequestTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aPlainRequestIsFine();
    void eachImpossibleValueNamesItsField_data();
    void eachImpossibleValueNamesItsField();
    void everyProblemIsNamedAtOnce();
};

namespace {

GenerateRequest plain()
{
    return {.model = "model", .prompt = "a fox"};
}

} // namespace

void RequestTest::aPlainRequestIsFine()
{
    QVERIFY(engine::validate(plain()).empty());
    GenerateRequest automatic = plain();
    automatic.schedule.clear();
    automatic.width = 640;
    QVERIFY(engine::validate(automatic).empty());
}

void RequestTest::eachImpossibleValueNamesItsField_data()
{
    using Change = std::function<void(GenerateRequest &)>;
    QTest::addColumn<Change>("change");
    QTest::addColumn<QString>("field");
    const auto row = [](const char *field, const char *name, const Change &change) {
        QTest::newRow(name) << change << QString(field);
    };
    row("model", "no model", [](GenerateRequest &r) { r.model.clear(); });
    row("sampler", "unknown sampler", [](GenerateRequest &r) { r.sampler = "eulr"; });
    row("schedule", "unknown schedule", [](GenerateRequest &r) { r.schedule = "none such"; });
    row("steps", "no steps", [](GenerateRequest &r) { r.steps = 0; });
    row("steps", "too many steps", [](GenerateRequest &r) { r.steps = 1001; });
    row("guidanceScale", "negative guidance", [](GenerateRequest &r) { r.guidanceScale = -1; });
    row("guidanceScale", "guidance that is no number", [](GenerateRequest &r) { r.guidanceScale = std::nan(""); });
    row("guidanceRescale", "rescale above 1", [](GenerateRequest &r) { r.guidanceRescale = 1.5; });
    row("width", "too narrow", [](GenerateRequest &r) { r.width = 4; });
    row("height", "negative height", [](GenerateRequest &r) { r.height = -64; });
    row("height", "too high", [](GenerateRequest &r) { r.height = 100000; });
    row("count", "no pictures", [](GenerateRequest &r) { r.count = 0; });
    row("clipSkip", "clip skip 0", [](GenerateRequest &r) { r.clipSkip = 0; });
    row("strength", "strength above 1", [](GenerateRequest &r) { r.strength = 1.1; });
    row("ddimEta", "eta of DDIM above 1", [](GenerateRequest &r) { r.ddimEta = 2; });
    row("mask", "mask without picture",
        [](GenerateRequest &r) { r.mask = {.width = 1, .height = 1, .channels = 1, .pixels = {255}}; });
}

void RequestTest::eachImpossibleValueNamesItsField()
{
    QFETCH(const std::function<void(GenerateRequest &)>, change);
    QFETCH(const QString, field);
    GenerateRequest request = plain();
    change(request);
    const std::vector<engine::Problem> problems = engine::validate(request);
    QCOMPARE(problems.size(), std::size_t(1));
    QCOMPARE(QString::fromStdString(problems.front().field), field);
    QVERIFY(!problems.front().text.empty());
}

void RequestTest::everyProblemIsNamedAtOnce()
{
    GenerateRequest request = plain();
    request.steps = -1;
    request.count = 0;
    QCOMPARE(engine::validate(request).size(), std::size_t(2));
}

QTEST_GUILESS_MAIN(RequestTest)

#include "request_test.moc"
