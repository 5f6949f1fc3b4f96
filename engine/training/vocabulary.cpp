#include "engine/training/vocabulary.h"

#include "engine/error.h"

#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <unordered_map>

namespace engine {

namespace {

constexpr std::int32_t kPad = 0;
constexpr std::int32_t kEnd = 1;

class TextIterator : public sentencepiece::SentenceIterator
{
public:
    explicit TextIterator(const std::vector<std::string> &texts) : m_texts(texts) {}
    bool done() const override { return m_next >= m_texts.size(); }
    void Next() override { ++m_next; }
    const std::string &value() const override { return m_texts[m_next]; }
    sentencepiece::util::Status status() const override { return {}; }

private:
    const std::vector<std::string> &m_texts;
    std::size_t m_next = 0;
};

} // namespace

Vocabulary::Vocabulary(std::string serialized, const std::string &subject)
    : m_serialized(std::move(serialized)), m_processor(std::make_unique<sentencepiece::SentencePieceProcessor>())
{
    const auto status = m_processor->LoadFromSerializedProto(m_serialized);
    if (!status.ok())
        throw Error(ErrorKind::NotACheckpoint, subject, "this is no sentencepiece vocabulary: " + status.ToString());
}

Vocabulary::~Vocabulary() = default;
Vocabulary::Vocabulary(Vocabulary &&) noexcept = default;
Vocabulary &Vocabulary::operator=(Vocabulary &&) noexcept = default;

Vocabulary Vocabulary::train(const std::vector<std::string> &texts, int pieces)
{
    // Without byte fallback: transformers' T5Tokenizer ignores it. Lower case: prompts may be typed in any.
    const std::unordered_map<std::string, std::string> settings = {
        {"model_type", "unigram"},
        {"vocab_size", std::to_string(pieces)},
        {"hard_vocab_limit", "false"},
        {"character_coverage", "0.9999"},
        {"normalization_rule_name", "nmt_nfkc_cf"},
        {"pad_id", "0"},
        {"eos_id", "1"},
        {"unk_id", "2"},
        {"bos_id", "-1"},
        {"input_sentence_size", "2000000"},
        {"shuffle_input_sentence", "false"},
        {"num_threads", "2"},
        {"minloglevel", "2"},
    };
    TextIterator iterator(texts);
    std::string serialized;
    const auto status = sentencepiece::SentencePieceTrainer::Train(settings, &iterator, &serialized);
    if (!status.ok())
        throw Error(ErrorKind::BadRequest, "data",
                    "no vocabulary can be made of the captions, there is too little text: " + status.ToString());
    return Vocabulary(std::move(serialized), "vocabulary");
}

Vocabulary Vocabulary::load(const std::filesystem::path &spieceModel)
{
    std::ifstream file(spieceModel, std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    if (!file)
        throw Error(ErrorKind::FileUnreadable, spieceModel.string(), "cannot read this vocabulary.");
    return Vocabulary(bytes.str(), spieceModel.string());
}

int Vocabulary::size() const
{
    return m_processor->GetPieceSize();
}

std::vector<int> Vocabulary::ids(const std::string &text) const
{
    return m_processor->EncodeAsIds(text);
}

std::vector<std::int32_t> Vocabulary::encode(const std::string &text, int length) const
{
    const std::vector<int> found = ids(text);
    std::vector<std::int32_t> result(static_cast<std::size_t>(length), kPad);
    const std::size_t kept = std::min(found.size(), result.size() - 1);
    std::copy_n(found.begin(), kept, result.begin());
    result[kept] = kEnd;
    return result;
}

} // namespace engine
