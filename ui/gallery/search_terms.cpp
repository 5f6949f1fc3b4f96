#include "ui/gallery/search_terms.h"

namespace ui {

QStringList searchTerms(const QString &text)
{
    QStringList terms;
    QString term;
    bool isQuoted = false;
    for (const QChar sign : text) {
        if (sign == u'"')
            isQuoted = !isQuoted;
        if (sign.isSpace() && !isQuoted) {
            if (!term.isEmpty())
                terms.append(term);
            term.clear();
        } else {
            term += sign;
        }
    }
    if (isQuoted)
        term += u'"'; // left open by the typing
    if (!term.isEmpty() && term != QLatin1String("\"\""))
        terms.append(term);
    return terms;
}

bool isFieldTerm(const QString &term)
{
    const qsizetype start = term.startsWith(u'-') ? 1 : 0;
    const qsizetype colon = term.indexOf(u':');
    if (colon <= start || colon + 1 >= term.size())
        return false;
    for (qsizetype i = start; i < colon; ++i) {
        if (!term.at(i).isLetter() && term.at(i) != u'_')
            return false;
    }
    return true;
}

QString fieldTerm(const QString &field, const QString &value)
{
    const bool isPlain = !value.contains(u' ') && !value.contains(u'"') && !value.isEmpty();
    QString bare = value;
    bare.remove(u'"');
    return isPlain ? QStringLiteral("%1:%2").arg(field, value) : QStringLiteral("%1:\"%2\"").arg(field, bare);
}

int termStart(const QString &text, int cursor)
{
    int start = 0;
    bool isQuoted = false;
    for (int i = 0; i < std::min(cursor, int(text.size())); ++i) {
        if (text.at(i) == u'"')
            isQuoted = !isQuoted;
        else if (text.at(i).isSpace() && !isQuoted)
            start = i + 1;
    }
    return start;
}

} // namespace ui
