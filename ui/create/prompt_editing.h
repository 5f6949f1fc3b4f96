#pragma once

#include <QString>

#include <vector>

namespace ui {

/// A whole prompt after an edit, with what is selected in it afterwards.
struct PromptEditResult
{
    QString text;
    int start = 0;
    int end = 0;
    bool changed = false;
};

/// Changes the weight of the selection, else of the bracket group around the cursor, else of its word, by `delta`.
/// A weight of 1 removes the brackets; tags like <lora:name:0.8> change by half of `delta`.
[[nodiscard]] PromptEditResult changeWeight(const QString &text, int start, int end, double delta);

/// Exchanges the comma-separated phrase at the cursor with its neighbour (direction -1: left, 1: right).
/// Commas inside brackets separate nothing.
[[nodiscard]] PromptEditResult movePhrase(const QString &text, int start, int end, int direction);

/// A stretch of one line of a prompt that is to be coloured.
struct PromptSpan
{
    enum class Kind { Weighted, Tag, Keyword };
    int start = 0;
    int length = 0;
    Kind kind = Kind::Weighted;
    QString name; ///< of a tag: what it asks for
};

/// Brackets that are open at the end of a line; a bracket that is never closed applies to the end of the prompt.
struct PromptDepth
{
    int round = 0;
    int square = 0;
    bool operator==(const PromptDepth &) const = default;
};

/// Stretches of one line that carry a weight, name a LoRA, or steer the chunks. `depth` is that of the line before
/// and becomes that of this line.
[[nodiscard]] std::vector<PromptSpan> promptSpans(const QString &line, PromptDepth &depth);

} // namespace ui
