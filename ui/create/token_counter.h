#pragma once

#include "engine/request.h"

#include <QObject>
#include <QString>
#include <QThreadPool>

#include <array>
#include <memory>
#include <optional>

namespace ui {

/// Counts the tokens of prompts as the model's own tokenizer sees them, on a thread of its own: a vocabulary takes
/// tens of milliseconds to read. Only the newest text of a field is counted.
class TokenCounter : public QObject
{
    Q_OBJECT
public:
    static constexpr int kFields = 2;

    explicit TokenCounter(QObject *parent = nullptr);
    ~TokenCounter() override;

    /// Folder or file of the model; its tokenizer is read at the next count and kept.
    void setModel(const QString &path);
    /// counted() follows for the newest text of this field (0: prompt, 1: negative prompt).
    void count(int field, const QString &text, engine::PromptWeighting weighting);

Q_SIGNALS:
    /// \param limit  of the chunks needed; 0: the model has no tokenizer that can be read
    void counted(int field, int tokens, int limit);

private:
    struct Vocabulary;
    struct Request
    {
        QString text;
        engine::PromptWeighting weighting = engine::PromptWeighting::A1111;
    };

    void start(int field);

    std::shared_ptr<Vocabulary> m_vocabulary;
    std::array<std::optional<Request>, kFields> m_waiting;
    std::array<bool, kFields> m_isRunning{};
    QThreadPool m_pool; ///< one thread
};

} // namespace ui
