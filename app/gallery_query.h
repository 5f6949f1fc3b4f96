#pragma once

#include "app/gallery_picture.h"

#include <QCoreApplication>
#include <QList>
#include <QString>
#include <QStringList>

namespace app {

/// What people type to find pictures. Words look for beginnings of words in prompt, tags, note and file name ("ow"
/// finds an owl), "quoted words" for exactly these, and fields for the rest: steps:>20 stars:>=3 model:starter
/// tag:keep -tag:draft before:2026-11. All terms hold at once; OR between two asks for one of them; - asks for the
/// opposite.
class GalleryQuery
{
    Q_DECLARE_TR_FUNCTIONS(app::GalleryQuery)

public:
    enum class Field {
        Words,
        Prompt,
        Negative,
        Note,
        Name,
        Model,
        Sampler,
        Schedule,
        Folder,
        Tag,
        Collection,
        Steps,
        Cfg,
        Seed,
        Stars,
        Label,
        Width,
        Height,
        Size,
        Bytes,
        Made,
        Is,
        Has
    };
    enum class Compare { Contains, Equal, Less, LessEqual, Greater, GreaterEqual };
    struct Condition
    {
        Field field = Field::Words;
        Compare compare = Compare::Contains;
        bool isNegated = false;
        bool isWhole = false;   ///< these words, not beginnings of words
        QString text = {};      ///< as typed; Is and Has: the word
        QStringList words = {}; ///< of the text, folded; for the fields with text
        double number = 0.0;    ///< numbers; Width of a Size
        double upTo = 0.0;      ///< Made: from number, up to but without this; Height of a Size
    };
    /// A part of the text as it was typed: a word, a phrase or a field with its value. For chips.
    struct Term
    {
        int start = 0; ///< where it stands in text()
        int length = 0;
        QString text = {};
        QString problem = {}; ///< a sentence; empty: it counts
    };

    GalleryQuery() = default;
    explicit GalleryQuery(const QString &text);

    [[nodiscard]] bool isEmpty() const { return m_clauses.isEmpty(); }
    [[nodiscard]] QString text() const { return m_text; }
    [[nodiscard]] QList<Term> terms() const { return m_terms; }
    /// The text without one of its terms.
    [[nodiscard]] QString without(int term) const;
    /// What is wrong with the text, in words; empty: fine. The wrong part is left out of the search.
    [[nodiscard]] QString problem() const { return m_problem; }
    /// \param collections  to know the names of the picture's ones; without them collection: takes ids only
    [[nodiscard]] bool matches(const GalleryPicture &picture, const QList<GalleryCollection> &collections = {}) const;
    /// All of these hold; of each, one.
    [[nodiscard]] const QList<QList<Condition>> &clauses() const { return m_clauses; }

    /// Names of the fields and what they take, for completion.
    struct FieldHelp
    {
        QString name = {};
        QString detail = {};
        QStringList values = {}; ///< fixed ones
    };
    [[nodiscard]] static QList<FieldHelp> fields();

    bool operator==(const GalleryQuery &other) const { return m_text == other.m_text; }

private:
    struct Typed
    {
        Term term = {};
        QString plain = {};    ///< without quotes
        bool isQuoted = false; ///< begins with a quote (after a minus), and the quote was closed
    };
    void take(Typed typed, bool isAlternative);
    [[nodiscard]] bool readField(const QString &name, const QString &value, Condition *condition,
                                 QString *problem) const;
    [[nodiscard]] bool readNumber(const QString &name, QString value, Condition *condition, QString *problem) const;
    [[nodiscard]] bool readSize(const QString &value, Condition *condition, QString *problem) const;
    [[nodiscard]] bool readDate(const QString &name, const QString &value, Condition *condition,
                                QString *problem) const;

    QString m_text;
    QList<Term> m_terms;
    QList<QList<Condition>> m_clauses;
    QString m_problem;
};

/// Words of a text as the index knows them: small letters without accents, cut at whatever is no letter or digit.
[[nodiscard]] QStringList foldedWords(const QString &text);
/// Of a writing without spaces between words (Chinese, Japanese, Thai ...): looked for anywhere in a text.
[[nodiscard]] bool isUnspaced(const QString &word);
/// Whether these words follow each other in the text; the last may be a beginning unless isWhole.
[[nodiscard]] bool hasWords(const QStringList &text, const QStringList &words, bool isWhole);

} // namespace app
