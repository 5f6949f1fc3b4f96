#include "engine/error.h"
#include "engine/text/clip_tokenizer.h"
#include "engine/text/json_file.h"
#include "engine/text/prompt_plan.h"

#include <QDir>
#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include <fstream>

using Ids = std::vector<std::int64_t>;

class ClipTokenizerTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void stringsGiveTheIdsOfTransformers_data();
    void stringsGiveTheIdsOfTransformers();
    void singleFilesHaveTheFullVocabulary();
    void foldersGiveTheSameIds();
    void tokenizerJsonAloneIsEnough();
    void padTokenComesFromTheFolder();
    void foreignFilesAreNamed();
    void longWordsAreQuick();

private:
    std::unique_ptr<engine::ClipTokenizer> m_tokenizer;
};

namespace {

const std::string kMerges = TINCTURE_SOURCE "/resources/tokenizers/clip_merges.txt";

void write(const QString &file, const std::string &text)
{
    std::ofstream(file.toStdString(), std::ios::binary) << text;
}

/// A vocabulary of bytes, two merges and the two specials.
nlohmann::json smallVocabulary()
{
    nlohmann::json vocab;
    for (char c = '!'; c <= '~'; ++c) {
        vocab[std::string(1, c)] = c - '!';
        vocab[std::string(1, c) + "</w>"] = 100 + c - '!';
    }
    vocab["ca"] = 200;
    vocab["cat</w>"] = 201;
    vocab["<|startoftext|>"] = 202;
    vocab["<|endoftext|>"] = 203;
    return vocab;
}

} // namespace

void ClipTokenizerTest::initTestCase()
{
    m_tokenizer = engine::ClipTokenizer::fromMerges(kMerges);
}

void ClipTokenizerTest::stringsGiveTheIdsOfTransformers_data()
{
    QTest::addColumn<std::string>("text");
    QTest::addColumn<Ids>("ids");
    const nlohmann::json document = engine::readJsonFile(TINCTURE_GOLDEN "/text/clip_tokens.json");
    for (const char *list : {"cases", "differing"}) {
        int row = 0;
        for (const nlohmann::json &entry : document.at(list))
            QTest::addRow("%s %d", list, row++) << entry[0].get<std::string>() << entry[1].get<Ids>();
    }
}

void ClipTokenizerTest::stringsGiveTheIdsOfTransformers()
{
    QFETCH(std::string, text);
    QFETCH(Ids, ids);
    QCOMPARE(m_tokenizer->encode(text), ids);
}

void ClipTokenizerTest::singleFilesHaveTheFullVocabulary()
{
    qputenv("TINCTURE_RESOURCES", TINCTURE_SOURCE "/resources");
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("model.safetensors"));
    write(file, "x");
    const auto first = engine::makeTokenizer(file.toStdString());
    QCOMPARE(first->vocabularySize(), 49408);
    QCOMPARE(first->chunkLength(), 75);
    QCOMPARE(first->layout().padId, 49407);
    QCOMPARE(*first->layout().commaId, 267);
    QCOMPARE(first->encodeWithSpecials("a cat"), (Ids{49406, 320, 2368, 49407}));
    QCOMPARE(engine::makeTokenizer(file.toStdString(), "tokenizer_2")->layout().padId, 0);
    QCOMPARE(engine::makeTokenizer(file.toStdString(), "tokenizer", 0)->layout().padId, 0);
}

void ClipTokenizerTest::foldersGiveTheSameIds()
{
    QTemporaryDir folder;
    write(folder.filePath(QStringLiteral("vocab.json")), smallVocabulary().dump());
    write(folder.filePath(QStringLiteral("merges.txt")), "#version: 0.2\nc a\nca t</w>\n");
    const auto tokenizer = engine::makeTokenizer(folder.path().toStdString());
    QCOMPARE(tokenizer->encode("Cat cab"), (Ids{201, 200, 100 + 'b' - '!'}));
    QCOMPARE(tokenizer->encode("é"), (Ids{203, 203})); // bytes without an entry are "unknown", which is the end
    QCOMPARE(*tokenizer->layout().startId, 202);
    QCOMPARE(tokenizer->layout().padId, 203);
}

void ClipTokenizerTest::tokenizerJsonAloneIsEnough()
{
    QTemporaryDir folder;
    nlohmann::json document;
    document["model"]["vocab"] = smallVocabulary();
    document["model"]["merges"] = nlohmann::json::array({nlohmann::json::array({"c", "a"}), "ca t</w>"});
    QVERIFY(QDir(folder.path()).mkpath(QStringLiteral("tokenizer_2")));
    write(folder.filePath(QStringLiteral("tokenizer_2/tokenizer.json")), document.dump());
    const auto tokenizer = engine::makeTokenizer(folder.path().toStdString(), "tokenizer_2");
    QCOMPARE(tokenizer->encode("cat"), Ids{201});
}

void ClipTokenizerTest::padTokenComesFromTheFolder()
{
    QTemporaryDir folder;
    write(folder.filePath(QStringLiteral("vocab.json")), smallVocabulary().dump());
    write(folder.filePath(QStringLiteral("merges.txt")), "c a\nca t</w>\n");
    write(folder.filePath(QStringLiteral("tokenizer_config.json")),
          R"({"pad_token": {"content": "!"}, "model_max_length": 20})");
    const auto tokenizer = engine::makeTokenizer(folder.path().toStdString());
    QCOMPARE(tokenizer->layout().padId, 0);
    QCOMPARE(tokenizer->chunkLength(), 18);
}

void ClipTokenizerTest::foreignFilesAreNamed()
{
    QTemporaryDir folder;
    const auto kindOf = [&folder] {
        try {
            (void)engine::makeTokenizer(folder.path().toStdString());
        } catch (const engine::Error &error) {
            return error.kind;
        }
        return engine::ErrorKind::Internal;
    };
    QCOMPARE(kindOf(), engine::ErrorKind::NotSupported);
    write(folder.filePath(QStringLiteral("vocab.json")), "{\"a\": -1}");
    write(folder.filePath(QStringLiteral("merges.txt")), "");
    QCOMPARE(kindOf(), engine::ErrorKind::NotACheckpoint);
    write(folder.filePath(QStringLiteral("vocab.json")), "no json");
    QCOMPARE(kindOf(), engine::ErrorKind::NotACheckpoint);
    write(folder.filePath(QStringLiteral("vocab.json")), smallVocabulary().dump());
    write(folder.filePath(QStringLiteral("merges.txt")), "q q\n");
    QCOMPARE(kindOf(), engine::ErrorKind::NotACheckpoint);
    write(folder.filePath(QStringLiteral("spiece.model")), "no model");
    QCOMPARE(kindOf(), engine::ErrorKind::NotACheckpoint);
}

void ClipTokenizerTest::longWordsAreQuick()
{
    const std::string word(200000, 'a');
    QElapsedTimer timer;
    timer.start();
    QVERIFY(m_tokenizer->encode(word).size() > 1000);
    QVERIFY2(timer.elapsed() < 3000, qPrintable(QString::number(timer.elapsed())));
}

QTEST_APPLESS_MAIN(ClipTokenizerTest)
#include "clip_tokenizer_test.moc"
