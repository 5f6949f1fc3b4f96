#include "engine/text/prompt_plan.h"
#include "engine/text/prompt_words.h"

#include <QTest>

#include <string>

using engine::PromptWeighting;
using engine::PromptWord;

class PromptWordsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void wordsAreThoseThatWereTyped_data();
    void wordsAreThoseThatWereTyped();
    void tokensOfAWordMakeItUp_data();
    void tokensOfAWordMakeItUp();
    void wordsOfBothPartsOfAndAreFoundInTheirPart();
    void longPromptsCountChunks();
    void pastedPagesAreQuick();

private:
    std::unique_ptr<engine::Tokenizer> m_clip;
    std::unique_ptr<engine::Tokenizer> m_pieces;
};

namespace {

/// The words of text `index` of the prompt's plan.
std::vector<PromptWord> wordsIn(const engine::Tokenizer &tokenizer, const std::string &prompt, std::size_t index = 0,
                                PromptWeighting weighting = PromptWeighting::A1111)
{
    const engine::PromptPlan plan =
        engine::planPrompt(tokenizer, {.prompt = prompt, .steps = 10, .weighting = weighting});
    return engine::wordsOf(tokenizer, prompt, plan.texts.at(index).chunks);
}

QStringList textsOf(const std::string &prompt, const std::vector<PromptWord> &words)
{
    QStringList texts;
    for (const PromptWord &word : words)
        texts << QString::fromStdString(prompt.substr(std::size_t(word.begin), std::size_t(word.end - word.begin)));
    return texts;
}

} // namespace

void PromptWordsTest::initTestCase()
{
    const std::filesystem::path resources = std::filesystem::path(TINCTURE_SOURCE) / "resources";
    qputenv("TINCTURE_RESOURCES", QByteArray::fromStdString(resources.string()));
    m_clip = engine::makeTokenizer(std::filesystem::path(TINCTURE_SOURCE) / "CMakeLists.txt"); // "a single file"
    m_pieces = engine::makeTokenizer(resources / "models/starter");
}

void PromptWordsTest::wordsAreThoseThatWereTyped_data()
{
    QTest::addColumn<QString>("prompt");
    QTest::addColumn<QString>("words");
    QTest::newRow("plain") << "a red fox"
                           << "a|red|fox";
    QTest::newRow("weights") << "a (red:1.3) fox"
                             << "a|red|fox";
    QTest::newRow("number beside a weight") << "1 (red:1.1) 1 fox"
                                            << "1|red|1|fox";
    QTest::newRow("brackets") << "a ((red)) [fox]"
                              << "a|red|fox";
    QTest::newRow("literal brackets") << "a fox \\(red\\)"
                                      << "a|fox|red";
    QTest::newRow("punctuation") << "a fox, in snow. red!"
                                 << "a|fox|in|snow|red";
    QTest::newRow("twice") << "a fox and a dog"
                           << "a|fox|and|a|dog";
    QTest::newRow("tag") << "a fox <lora:style:0.8> red"
                         << "a|fox|red";
    QTest::newRow("capitals") << "A Red FOX"
                              << "A|Red|FOX";
    QTest::newRow("schedule, first text") << "a [red:blue:0.5] fox"
                                          << "a|red|fox";
    QTest::newRow("empty") << ""
                           << "";
}

void PromptWordsTest::wordsAreThoseThatWereTyped()
{
    QFETCH(const QString, prompt);
    QFETCH(const QString, words);
    const std::string text = prompt.toStdString();
    QCOMPARE(textsOf(text, wordsIn(*m_clip, text)).join(u'|'), words);
}

void PromptWordsTest::tokensOfAWordMakeItUp_data()
{
    QTest::addColumn<QString>("prompt");
    QTest::addColumn<QString>("words");
    QTest::newRow("pieces") << "cat face"
                            << "cat|face";
    QTest::newRow("a sentence") << "a slice of pizza, please"
                                << "a|slice|of|pizza|please";
}

void PromptWordsTest::tokensOfAWordMakeItUp()
{
    QFETCH(const QString, prompt);
    QFETCH(const QString, words);
    const std::string text = prompt.toStdString();
    for (const engine::Tokenizer *tokenizer : {m_clip.get(), m_pieces.get()}) {
        const std::vector<PromptWord> found = wordsIn(*tokenizer, text);
        QCOMPARE(textsOf(text, found).join(u'|'), words);
        const engine::PromptPlan plan = engine::planPrompt(*tokenizer, {.prompt = text});
        for (const PromptWord &word : found) {
            std::vector<std::int64_t> ids;
            for (const int token : word.tokens)
                ids.push_back(plan.texts[0].chunks[0].ids.at(std::size_t(token)));
            std::vector<std::int64_t> want =
                tokenizer->encode(text.substr(std::size_t(word.begin), std::size_t(word.end - word.begin)));
            QVERIFY(ids.size() >= want.size()); // sentencepiece reads the comma with its word
            ids.resize(want.size());
            QVERIFY(ids == want);
        }
    }
    // CLIP knows 1990 and don't as several tokens; to a reader each is one word.
    const std::string many = "don't 1990 antidisestablishment";
    const std::vector<PromptWord> found = wordsIn(*m_clip, many);
    QCOMPARE(textsOf(many, found).join(u'|'), QStringLiteral("don't|1990|antidisestablishment"));
    QCOMPARE(found[0].tokens, (std::vector<int>{1, 2}));
    QCOMPARE(found[1].tokens, (std::vector<int>{3, 4, 5, 6}));
    QVERIFY(found[2].tokens.size() > 1);
}

void PromptWordsTest::wordsOfBothPartsOfAndAreFoundInTheirPart()
{
    const std::string prompt = "a red fox AND a blue house :0.7";
    const std::vector<PromptWord> first = wordsIn(*m_clip, prompt, 0);
    const std::vector<PromptWord> second = wordsIn(*m_clip, prompt, 1);
    QCOMPARE(textsOf(prompt, first).join(u'|'), QStringLiteral("a|red|fox"));
    QCOMPARE(textsOf(prompt, second).join(u'|'), QStringLiteral("a|blue|house"));
    QCOMPARE(first[0].begin, 0);
    QCOMPARE(second[0].begin, int(prompt.find("a blue")));
}

void PromptWordsTest::longPromptsCountChunks()
{
    std::string prompt;
    for (int i = 0; i < 100; ++i)
        prompt += i == 90 ? "castle " : "tree ";
    const std::vector<PromptWord> words = wordsIn(*m_clip, prompt);
    QCOMPARE(words.size(), std::size_t(100));
    QCOMPARE(words[74].tokens, std::vector<int>{75});
    QCOMPARE(words[75].tokens, std::vector<int>{78}); // behind end and start
    QCOMPARE(textsOf(prompt, {words[90]}).first(), QStringLiteral("castle"));
}

void PromptWordsTest::pastedPagesAreQuick()
{
    std::string prompt;
    for (int i = 0; i < 20000; ++i)
        prompt += "word" + std::to_string(i) + " ";
    QVERIFY(!wordsIn(*m_clip, prompt).empty());
}

QTEST_GUILESS_MAIN(PromptWordsTest)

#include "prompt_words_test.moc"
