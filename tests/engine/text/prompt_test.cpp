#include "engine/text/clip_tokenizer.h"
#include "engine/text/json_file.h"
#include "engine/text/prompt_plan.h"

#include <QTest>

#include <cmath>

using engine::PromptWeighting;

class PromptTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void readsAsAutomatic1111_data();
    void readsAsAutomatic1111();
    void weighsAsComfyUi_data();
    void weighsAsComfyUi();
    void breakIsHonouredWithinBrackets();
    void deepNestingIsPlainText();
    void loraTagsAreRead();
    void distinctTextsAreEncodedOnce();
    void andCombinesSchedules();
    void aloneAColonAndANumberAreText();
    void comfyUiKnowsNoSchedules();
    void comfyUiKeepsShortWordsTogether();
    void counterShowsTheChunksNeeded();

private:
    nlohmann::json m_golden;
    std::unique_ptr<engine::Tokenizer> m_tokenizer;
};

namespace {

bool isNear(double a, double b)
{
    return a == b || std::abs(a - b) <= 1e-8 * std::max(1.0, std::abs(b)); // the file has ten digits
}

void compareSchedule(const std::vector<engine::ScheduledText> &got, const nlohmann::json &want)
{
    QCOMPARE(got.size(), want.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
        QCOMPARE(got[i].lastStep, want[i][0].get<int>());
        QCOMPARE(got[i].text, want[i][1].get<std::string>());
    }
}

void compareChunks(const engine::TextChunks &got, const nlohmann::json &want)
{
    QCOMPARE(got.chunks.size(), want.size());
    for (std::size_t i = 0; i < want.size(); ++i) {
        const engine::TextChunk &chunk = got.chunks[i];
        const auto ids = want[i].at("ids").get<std::vector<std::int64_t>>();
        const auto weights = want[i].value("weights", std::vector<double>(ids.size(), 1.0));
        QCOMPARE(chunk.ids.size(), 77U);
        QCOMPARE(chunk.weights.size(), 77U);
        QCOMPARE(chunk.textLength, int(ids.size()));
        QCOMPARE(std::vector<std::int64_t>(chunk.ids.begin() + 1, chunk.ids.begin() + 1 + chunk.textLength), ids);
        QCOMPARE(chunk.ids.front(), 49406);
        QCOMPARE(chunk.ids.back(), 49407);
        for (std::size_t k = 0; k < ids.size(); ++k)
            QVERIFY(std::abs(double(chunk.weights[k + 1]) - weights[k]) < 1e-6);
    }
}

} // namespace

void PromptTest::initTestCase()
{
    m_golden = engine::readJsonFile(TINCTURE_GOLDEN "/text/prompts.json");
    m_tokenizer = engine::ClipTokenizer::fromMerges(TINCTURE_SOURCE "/resources/tokenizers/clip_merges.txt");
}

void PromptTest::readsAsAutomatic1111_data()
{
    QTest::addColumn<int>("index");
    const nlohmann::json golden = engine::readJsonFile(TINCTURE_GOLDEN "/text/prompts.json");
    for (int i = 0; i < int(golden.at("prompts").size()); ++i)
        QTest::addRow("%d", i) << i;
}

void PromptTest::readsAsAutomatic1111()
{
    QFETCH(int, index);
    const nlohmann::json &want = m_golden.at("prompts")[std::size_t(index)];
    const auto prompt = want.at("prompt").get<std::string>();

    const std::vector<engine::WeightedText> pieces = engine::parseAttention(prompt);
    if (want.contains("attention") && want.at("attention").is_object()) { // the original throws: literal here
        QCOMPARE(pieces, (std::vector<engine::WeightedText>{{.text = prompt}}));
    } else {
        const nlohmann::json attention = want.value("attention", nlohmann::json::array({{prompt, 1.0}}));
        QCOMPARE(pieces.size(), attention.size());
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            QCOMPARE(pieces[i].text, attention[i][0].get<std::string>());
            QVERIFY(isNear(pieces[i].weight, attention[i][1].get<double>()));
        }
    }

    for (const int steps : {8, 10}) {
        const nlohmann::json literal = nlohmann::json::array({{steps, prompt}});
        const nlohmann::json schedules = want.value("schedules", nlohmann::json::object());
        compareSchedule(engine::parseSchedule(prompt, steps), schedules.value(std::to_string(steps), literal));
    }
    if (want.contains("schedule_hires")) {
        const nlohmann::json &second = want.at("schedule_hires");
        compareSchedule(
            engine::parseSchedule(prompt, second.at("hires_steps").get<int>(), second.at("steps").get<int>()),
            second.at("value"));
    }

    const nlohmann::json parts = want.value("and", nlohmann::json::array({{prompt, 1.0}}));
    const std::vector<engine::AndPart> split = engine::splitAnd(prompt);
    QCOMPARE(split.size(), parts.size());
    for (std::size_t i = 0; i < split.size(); ++i) {
        QCOMPARE(split[i].text, parts[i][0].get<std::string>());
        QVERIFY(isNear(split[i].weight, parts[i][1].get<double>()));
    }

    const engine::PromptWithNetworks taken = engine::takeOutNetworks(prompt);
    nlohmann::json found = nlohmann::json::object();
    for (const engine::NetworkTag &tag : taken.networks)
        found[tag.kind].push_back(tag.arguments);
    const nlohmann::json networks = want.value("extra_networks", nlohmann::json::object());
    QCOMPARE(taken.prompt, networks.value("prompt", prompt));
    QVERIFY(found == networks.value("found", nlohmann::json::object()));

    if (want.contains("chunks") && prompt != "(a BREAK b:1.2)") { // see breakIsHonouredWithinBrackets
        const engine::TextChunks chunks = engine::chunksOf(*m_tokenizer, prompt, PromptWeighting::A1111);
        compareChunks(chunks, want.at("chunks"));
        if (want.contains("token_count"))
            QCOMPARE(chunks.tokenCount, want.at("token_count").get<int>());
    }
}

void PromptTest::weighsAsComfyUi_data()
{
    QTest::addColumn<int>("index");
    const nlohmann::json golden = engine::readJsonFile(TINCTURE_GOLDEN "/text/prompts.json");
    for (int i = 0; i < int(golden.at("comfyui").size()); ++i)
        QTest::addRow("%d", i) << i;
}

void PromptTest::weighsAsComfyUi()
{
    QFETCH(int, index);
    const nlohmann::json &want = m_golden.at("comfyui")[std::size_t(index)];
    const std::vector<engine::WeightedText> pieces = engine::parseComfyWeights(want.at("prompt").get<std::string>());
    QCOMPARE(pieces.size(), want.at("pieces").size());
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        const nlohmann::json &piece = want.at("pieces")[i];
        QCOMPARE(pieces[i].text, piece[0].get<std::string>());
        if (piece[1].is_string())
            QCOMPARE(piece[1].get<std::string>() == "inf", std::isinf(pieces[i].weight));
        else
            QVERIFY(isNear(pieces[i].weight, piece[1].get<double>()));
    }
}

void PromptTest::breakIsHonouredWithinBrackets()
{
    // AUTOMATIC1111 encodes the word "break" here, with a negative weight.
    const engine::TextChunks split = engine::chunksOf(*m_tokenizer, "(a BREAK b:1.2)", PromptWeighting::A1111);
    QCOMPARE(split.chunks.size(), 2U);
    QCOMPARE(split.chunks[0].ids[1], 320);
    QCOMPARE(split.chunks[1].ids[1], 321);
    QCOMPARE(split.chunks[1].weights[1], 1.2F);
}

void PromptTest::deepNestingIsPlainText()
{
    const std::string open(50000, '['), round(50000, '(');
    QCOMPARE(engine::parseSchedule(open, 5).size(), 1U);
    QCOMPARE(engine::parseSchedule(round + std::string(50000, ')'), 5).size(), 1U);
    (void)engine::parseComfyWeights(round + "a" + std::string(50000, ')'));
    (void)engine::parseAttention(round);
}

void PromptTest::loraTagsAreRead()
{
    const auto tags = engine::loraTags(
        engine::takeOutNetworks("<lora:a><lora:b:0.5><LORA:c:0.5:0.25><lora:d:te=0.1:unet=2:dyn=8><hypernet:h:1>")
            .networks);
    QCOMPARE(tags, (std::vector<engine::LoraTag>{{.name = "a"},
                                                 {.name = "b", .textWeight = 0.5, .unetWeight = 0.5},
                                                 {.name = "c", .textWeight = 0.5, .unetWeight = 0.25},
                                                 {.name = "d", .textWeight = 0.1, .unetWeight = 2.0}}));
}

void PromptTest::distinctTextsAreEncodedOnce()
{
    const engine::PromptPlan plan = engine::planPrompt(*m_tokenizer, {.prompt = "[a|b] <lora:x:0.5>", .steps = 5});
    QCOMPARE(plan.texts.size(), 2U);
    QCOMPARE(plan.texts[0].text, std::string("a "));
    QCOMPARE(plan.ranges.size(), 5U);
    QCOMPARE(plan.partsAt(1), (std::vector<engine::PlannedPart>{{.text = 0}}));
    QCOMPARE(plan.partsAt(4), (std::vector<engine::PlannedPart>{{.text = 1}}));
    QCOMPARE(plan.partsAt(99), plan.partsAt(5));
    QCOMPARE(plan.networks.size(), 1U);

    // Ranges of the same text are one range.
    QCOMPARE(engine::planPrompt(*m_tokenizer, {.prompt = "[a:a:0.5]", .steps = 4}).ranges.size(), 1U);
}

void PromptTest::andCombinesSchedules()
{
    const engine::PromptPlan plan = engine::planPrompt(*m_tokenizer, {.prompt = "[a:b:2] AND c :0.5", .steps = 4});
    QCOMPARE(plan.ranges.size(), 2U);
    QCOMPARE(plan.ranges[0].lastStep, 2);
    QCOMPARE(plan.ranges[0].parts.size(), 2U);
    QCOMPARE(plan.ranges[0].parts[1].weight, 0.5);
    QCOMPARE(plan.texts.size(), 3U);
    const engine::PromptPlan negative =
        engine::planPrompt(*m_tokenizer, {.prompt = "a AND b", .steps = 4, .role = engine::PromptRole::Negative});
    QCOMPARE(negative.texts.at(0).text, std::string("a AND b"));
}

void PromptTest::aloneAColonAndANumberAreText()
{
    const engine::PromptPlan plan = engine::planPrompt(*m_tokenizer, {.prompt = "a photo, 16:9"});
    QCOMPARE(plan.ranges.at(0).parts, (std::vector<engine::PlannedPart>{{.text = 0, .weight = 1.0}}));
    QCOMPARE(plan.texts.at(0).text, std::string("a photo, 16:9"));
}

void PromptTest::comfyUiKnowsNoSchedules()
{
    const engine::PromptPlan plan = engine::planPrompt(
        *m_tokenizer, {.prompt = "[a:b:0.5] AND c", .steps = 4, .weighting = PromptWeighting::ComfyUI});
    QCOMPARE(plan.ranges.size(), 1U);
    QCOMPARE(plan.texts.at(0).text, std::string("[a:b:0.5] AND c"));
}

void PromptTest::comfyUiKeepsShortWordsTogether()
{
    std::string prompt;
    for (int i = 0; i < 74; ++i)
        prompt += "a ";
    const engine::TextChunks split = engine::chunksOf(*m_tokenizer, prompt + "xkcdqzjv", PromptWeighting::ComfyUI);
    QCOMPARE(split.chunks.size(), 2U);
    QCOMPARE(split.chunks[0].textLength, 74);
}

void PromptTest::counterShowsTheChunksNeeded()
{
    const engine::TokenCount empty = engine::countTokens(*m_tokenizer, "");
    QCOMPARE(empty.tokens, 0);
    QCOMPARE(empty.limit, 75);
    const engine::TokenCount two = engine::countTokens(*m_tokenizer, "a BREAK b");
    QCOMPARE(two.tokens, 76);
    QCOMPARE(two.limit, 150);
}

QTEST_APPLESS_MAIN(PromptTest)
#include "prompt_test.moc"
