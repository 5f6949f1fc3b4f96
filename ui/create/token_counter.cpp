#include "ui/create/token_counter.h"

#include "engine/error.h"
#include "engine/text/prompt_plan.h"
#include "engine/text/tokenizer.h"
#include "ui/create/words.h"

namespace ui {

/// Used by one pool thread at a time.
struct TokenCounter::Vocabulary
{
    QString path;
    bool wasTried = false;
    std::unique_ptr<engine::Tokenizer> tokenizer;
};

TokenCounter::TokenCounter(QObject *parent) : QObject(parent), m_vocabulary(std::make_shared<Vocabulary>())
{
    m_pool.setMaxThreadCount(1);
}

TokenCounter::~TokenCounter()
{
    m_pool.clear();
    m_pool.waitForDone();
}

void TokenCounter::setModel(const QString &path)
{
    if (path == m_vocabulary->path)
        return;
    m_vocabulary = std::make_shared<Vocabulary>();
    m_vocabulary->path = path;
}

void TokenCounter::count(int field, const QString &text, engine::PromptWeighting weighting)
{
    m_waiting.at(size_t(field)) = Request{text, weighting};
    if (!m_isRunning.at(size_t(field)))
        start(field);
}

void TokenCounter::start(int field)
{
    const Request request = *m_waiting.at(size_t(field));
    m_waiting.at(size_t(field)).reset();
    m_isRunning.at(size_t(field)) = true;
    m_pool.start([this, field, request, vocabulary = m_vocabulary] {
        int tokens = 0;
        int limit = 0;
        try {
            if (!vocabulary->wasTried) {
                vocabulary->wasTried = true;
                if (!vocabulary->path.isEmpty())
                    vocabulary->tokenizer = engine::makeTokenizer(pathFrom(vocabulary->path));
            }
            if (vocabulary->tokenizer) {
                const engine::TokenCount counted =
                    engine::countTokens(*vocabulary->tokenizer, request.text.toStdString(), request.weighting);
                tokens = counted.tokens;
                limit = counted.limit;
            }
        } catch (const std::exception &) {
            limit = 0; // the model chooser says what is wrong with the model
        }
        QMetaObject::invokeMethod(
            this,
            [this, field, tokens, limit] {
                m_isRunning.at(size_t(field)) = false;
                if (m_waiting.at(size_t(field)))
                    start(field);
                else
                    Q_EMIT counted(field, tokens, limit);
            },
            Qt::QueuedConnection);
    });
}

} // namespace ui
