#include "engine/text/chunks.h"
#include "engine/text/json_file.h"
#include "engine/text/prompt_plan.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using Ids = std::vector<std::int64_t>;

class SpTokenizerTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void bareModelAddsNothing();
    void t5AddsTheEnd();
    void specialTextIsThatToken();
    void longPromptsAreCut();
    void commaAndBreakDoNotSplit();

private:
    QTemporaryDir m_bareFolder;
    std::unique_ptr<engine::Tokenizer> m_bare, m_t5;
    nlohmann::json m_cases;
};

void SpTokenizerTest::initTestCase()
{
    const QString model = QStringLiteral(TINCTURE_GOLDEN "/text/t5_like/spiece.model");
    QVERIFY(QFile::copy(model, m_bareFolder.filePath(QStringLiteral("spiece.model"))));
    m_bare = engine::makeTokenizer(m_bareFolder.path().toStdString());
    m_t5 = engine::makeTokenizer(TINCTURE_GOLDEN "/text/t5_like");
    m_cases = engine::readJsonFile(TINCTURE_GOLDEN "/text/t5_tokens.json");
}

void SpTokenizerTest::bareModelAddsNothing()
{
    QVERIFY(m_cases.size() > 100);
    for (const nlohmann::json &entry : m_cases)
        QVERIFY2(m_bare->encodeWithSpecials(entry[0].get<std::string>()) == entry[1].get<Ids>(), entry.dump().c_str());
}

void SpTokenizerTest::t5AddsTheEnd()
{
    for (const nlohmann::json &entry : m_cases) {
        if (entry[2].is_array())
            QVERIFY2(m_t5->encodeWithSpecials(entry[0].get<std::string>()) == entry[2].get<Ids>(),
                     entry.dump().c_str());
    }
}

void SpTokenizerTest::specialTextIsThatToken()
{
    QCOMPARE(m_t5->encodeWithSpecials("</s>"), (Ids{1, 1}));
    QCOMPARE(m_t5->encodeWithSpecials("<unk>"), (Ids{2, 1}));
    QCOMPARE(m_t5->encodeWithSpecials("<pad>"), (Ids{0, 1}));
    QCOMPARE(m_t5->encodeWithSpecials("a</s>b"), (Ids{3, 6, 1, 3, 40, 1}));
}

void SpTokenizerTest::longPromptsAreCut()
{
    QCOMPARE(m_t5->chunkLength(), 76);
    std::string prompt;
    for (int i = 0; i < 100; ++i)
        prompt += "cat ";
    const engine::TextChunks split = engine::splitIntoChunks(*m_t5, engine::parseAttention(prompt));
    QCOMPARE(split.chunks.size(), 1U);
    QCOMPARE(split.chunks[0].ids.size(), 77U);
    QCOMPARE(split.chunks[0].ids.back(), 1);
    QCOMPARE(split.tokenCount, 76);
    const auto all = int(m_t5->encode(prompt).size());
    QCOMPARE(split.tokensCut, all - 76);
    const engine::TokenCount count = engine::countTokens(*m_t5, prompt);
    QCOMPARE(count.tokens, all);
    QCOMPARE(count.limit, 76);
}

void SpTokenizerTest::commaAndBreakDoNotSplit()
{
    const engine::TextChunks split = engine::splitIntoChunks(*m_t5, engine::parseAttention("a, b BREAK (c:1.2)"));
    QCOMPARE(split.chunks.size(), 1U);
    const engine::TextChunk &chunk = split.chunks[0];
    QCOMPARE(chunk.ids[std::size_t(chunk.textLength)], 1);
    QCOMPARE(chunk.ids.back(), 0);
    QVERIFY(chunk.isWeighted());
    QCOMPARE(chunk.weights[std::size_t(chunk.textLength) - 1], 1.2F);
}

QTEST_APPLESS_MAIN(SpTokenizerTest)
#include "sp_tokenizer_test.moc"
