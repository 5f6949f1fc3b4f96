#pragma once

#include "app/gallery_store.h"

#include <QCoreApplication>
#include <QList>
#include <QString>
#include <QStringList>
#include <QVariantList>

namespace app {

/// What people type to find pictures: words of the prompt ("owl -night"), and fields with values ("steps:>20",
/// "stars:>=3", "model:starter", "since:2026-11-01"). All conditions hold at once.
class GalleryQuery
{
    Q_DECLARE_TR_FUNCTIONS(app::GalleryQuery)

public:
    GalleryQuery() = default;
    explicit GalleryQuery(const QString &text);

    [[nodiscard]] bool isEmpty() const { return m_conditions.isEmpty(); }
    /// What is wrong with the text, in words; empty: fine. The wrong part is left out of the search.
    [[nodiscard]] QString problem() const { return m_problem; }
    /// A part of the text as it was typed: a word, a phrase or a field with its value. For chips.
    struct Term
    {
        int start = 0; ///< where it stands in text()
        int length = 0;
        QString text = {};
        QString problem = {}; ///< a sentence; empty: it counts
    };
    [[nodiscard]] QString text() const { return m_text; }
    [[nodiscard]] QList<Term> terms() const { return m_terms; }
    /// The text without one of its terms.
    [[nodiscard]] QString without(int term) const;
    [[nodiscard]] bool matches(const GalleryPicture &picture) const;
    /// Conditions as SQL over the columns of the gallery's index, with its values; empty: none.
    [[nodiscard]] QString where(QVariantList *values) const;

private:
    enum class Field { Prompt, Negative, Model, Sampler, Steps, Cfg, Seed, Stars, Width, Height, Made };
    enum class Compare { Contains, Equal, Less, LessEqual, Greater, GreaterEqual };
    struct Condition
    {
        Field field = Field::Prompt;
        Compare compare = Compare::Contains;
        bool isNegated = false;
        QString text = {};
        double number = 0.0;
    };

    void take(const QString &term);
    [[nodiscard]] static QString column(Field field);

    QList<Condition> m_conditions;
    QString m_text;
    QList<Term> m_terms;
    QString m_problem;
};

} // namespace app
