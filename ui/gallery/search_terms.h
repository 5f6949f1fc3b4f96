#pragma once

#include <QString>
#include <QStringList>

namespace ui {

/// The terms of a search as they were typed, quotes kept: words, "words in quotes", field:value.
[[nodiscard]] QStringList searchTerms(const QString &text);
/// Whether a term is a field with a value ("steps:>20"), not a word.
[[nodiscard]] bool isFieldTerm(const QString &term);
/// field:value, in quotes where the value holds spaces.
[[nodiscard]] QString fieldTerm(const QString &field, const QString &value);
/// Where the term that the cursor stands in begins.
[[nodiscard]] int termStart(const QString &text, int cursor);

} // namespace ui
