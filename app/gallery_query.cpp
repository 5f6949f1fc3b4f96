#include "app/gallery_query.h"

#include <QDate>
#include <QFileInfo>

#include <algorithm>
#include <cmath>
#include <utility>

namespace app {

namespace {

using Field = GalleryQuery::Field;
using Compare = GalleryQuery::Compare;

const QList<QPair<QString, Field>> &fieldNames()
{
    static const QList<QPair<QString, Field>> names = {
        {QStringLiteral("prompt"), Field::Prompt},
        {QStringLiteral("negative"), Field::Negative},
        {QStringLiteral("note"), Field::Note},
        {QStringLiteral("name"), Field::Name},
        {QStringLiteral("file"), Field::Name},
        {QStringLiteral("model"), Field::Model},
        {QStringLiteral("sampler"), Field::Sampler},
        {QStringLiteral("schedule"), Field::Schedule},
        {QStringLiteral("folder"), Field::Folder},
        {QStringLiteral("tag"), Field::Tag},
        {QStringLiteral("collection"), Field::Collection},
        {QStringLiteral("steps"), Field::Steps},
        {QStringLiteral("cfg"), Field::Cfg},
        {QStringLiteral("guidance"), Field::Cfg},
        {QStringLiteral("seed"), Field::Seed},
        {QStringLiteral("stars"), Field::Stars},
        {QStringLiteral("label"), Field::Label},
        {QStringLiteral("width"), Field::Width},
        {QStringLiteral("height"), Field::Height},
        {QStringLiteral("size"), Field::Size},
        {QStringLiteral("since"), Field::Made},
        {QStringLiteral("after"), Field::Made},
        {QStringLiteral("before"), Field::Made},
        {QStringLiteral("date"), Field::Made},
        {QStringLiteral("is"), Field::Is},
        {QStringLiteral("has"), Field::Has},
    };
    return names;
}

const QStringList kStates = {QStringLiteral("rejected"), QStringLiteral("starred"), QStringLiteral("missing"),
                             QStringLiteral("broken"),   QStringLiteral("branch"),  QStringLiteral("landscape"),
                             QStringLiteral("portrait"), QStringLiteral("square")};
const QStringList kParts = {QStringLiteral("note"),  QStringLiteral("tags"),       QStringLiteral("label"),
                            QStringLiteral("stars"), QStringLiteral("prompt"),     QStringLiteral("recipe"),
                            QStringLiteral("steps"), QStringLiteral("collection"), QStringLiteral("parent")};

double msOf(QDate date)
{
    return double(date.startOfDay().toMSecsSinceEpoch());
}

/// First day and the day after the last of "2026", "2026-11", "2026-11-30", "today", "yesterday", "week", "month".
bool readDays(const QString &value, QDate *first, QDate *behind)
{
    const QDate today = QDate::currentDate();
    const QString word = value.toLower();
    if (word == QLatin1String("today")) {
        *first = today;
        *behind = today.addDays(1);
    } else if (word == QLatin1String("yesterday")) {
        *first = today.addDays(-1);
        *behind = today;
    } else if (word == QLatin1String("week")) {
        *first = today.addDays(1 - today.dayOfWeek());
        *behind = first->addDays(7);
    } else if (word == QLatin1String("month")) {
        *first = QDate(today.year(), today.month(), 1);
        *behind = first->addMonths(1);
    } else if (word == QLatin1String("year")) {
        *first = QDate(today.year(), 1, 1);
        *behind = first->addYears(1);
    } else {
        const QStringList parts = value.split(u'-');
        bool isYear = false;
        const int year = parts.value(0).toInt(&isYear);
        if (!isYear || parts[0].size() != 4 || parts.size() > 3)
            return false;
        const int month = parts.size() > 1 ? parts[1].toInt() : 1;
        const int day = parts.size() > 2 ? parts[2].toInt() : 1;
        *first = QDate(year, month, day);
        if (!first->isValid())
            return false;
        *behind = parts.size() == 1 ? first->addYears(1) : parts.size() == 2 ? first->addMonths(1) : first->addDays(1);
    }
    return true;
}

bool holds(double number, Compare compare, double wanted)
{
    switch (compare) {
    case Compare::Contains:
    case Compare::Equal:
        return std::abs(number - wanted) < 1e-4;
    case Compare::Less:
        return number < wanted;
    case Compare::LessEqual:
        return number <= wanted + 1e-6;
    case Compare::Greater:
        return number > wanted + 1e-6;
    case Compare::GreaterEqual:
        return number >= wanted - 1e-6;
    }
    return false;
}

bool isState(const GalleryPicture &picture, const QString &word)
{
    const QSize size = picture.size;
    switch (kStates.indexOf(word)) {
    case 0:
        return picture.isRejected;
    case 1:
        return picture.stars > 0;
    case 2:
        return picture.isMissing;
    case 3:
        return picture.fault != PictureFault::None;
    case 4:
        return !picture.parent.isEmpty();
    case 5:
        return size.width() > size.height();
    case 6:
        return size.width() < size.height();
    case 7:
        return size.width() == size.height();
    default:
        return false;
    }
}

bool hasPart(const GalleryPicture &picture, const QString &word)
{
    switch (kParts.indexOf(word)) {
    case 0:
        return !picture.note.isEmpty();
    case 1:
        return !picture.tags.isEmpty();
    case 2:
        return picture.label != 0;
    case 3:
        return picture.stars > 0;
    case 4:
        return !picture.prompt.isEmpty();
    case 5:
        return !picture.recipe.isEmpty();
    case 6:
        return picture.hasSteps;
    case 7:
        return !picture.collections.isEmpty();
    case 8:
        return !picture.parent.isEmpty();
    default:
        return false;
    }
}

bool isInCollection(const GalleryPicture &picture, const QString &text, const QList<GalleryCollection> &collections)
{
    return std::any_of(picture.collections.begin(), picture.collections.end(), [&](const QString &id) {
        if (id == text)
            return true;
        return std::any_of(collections.begin(), collections.end(), [&](const GalleryCollection &each) {
            return each.id == id && each.name.contains(text, Qt::CaseInsensitive);
        });
    });
}

bool isHit(const GalleryQuery::Condition &condition, const GalleryPicture &picture,
           const QList<GalleryCollection> &collections)
{
    const auto contains = [&condition](const QString &text) {
        return text.contains(condition.text, Qt::CaseInsensitive);
    };
    const auto hasThem = [&condition](const QString &text) {
        if (!condition.words.isEmpty() && isUnspaced(condition.words.last()))
            return text.contains(condition.text, Qt::CaseInsensitive);
        return hasWords(foldedWords(text), condition.words, condition.isWhole);
    };
    const auto compared = [&condition](double number) { return holds(number, condition.compare, condition.number); };
    switch (condition.field) {
    case Field::Words:
        return hasThem(picture.prompt) || hasThem(picture.tags.join(u' ')) || hasThem(picture.note) ||
               hasThem(QFileInfo(picture.path).fileName());
    case Field::Prompt:
        return hasThem(picture.prompt);
    case Field::Negative:
        return hasThem(picture.negative);
    case Field::Note:
        return hasThem(picture.note);
    case Field::Name:
        return hasThem(QFileInfo(picture.path).fileName());
    case Field::Model:
        return contains(picture.model);
    case Field::Sampler:
        return contains(picture.sampler);
    case Field::Schedule:
        return contains(picture.schedule);
    case Field::Folder:
        return contains(QFileInfo(picture.path).path());
    case Field::Tag:
        return picture.tags.contains(condition.text, Qt::CaseInsensitive);
    case Field::Collection:
        return isInCollection(picture, condition.text, collections);
    case Field::Steps:
        return compared(picture.steps);
    case Field::Cfg:
        return compared(picture.cfg);
    case Field::Seed: // a double does not hold all seeds
        return condition.compare == Compare::Equal ? picture.seed == condition.text.toULongLong()
                                                   : compared(double(picture.seed));
    case Field::Stars:
        return compared(picture.stars);
    case Field::Label:
        return picture.label == int(condition.number);
    case Field::Width:
        return compared(picture.size.width());
    case Field::Height:
        return compared(picture.size.height());
    case Field::Size:
        return picture.size == QSize(int(condition.number), int(condition.upTo));
    case Field::Bytes:
        return compared(double(picture.bytes));
    case Field::Made: {
        const auto ms = double(picture.created.toMSecsSinceEpoch());
        return ms >= condition.number && ms < condition.upTo;
    }
    case Field::Is:
        return isState(picture, condition.text);
    case Field::Has:
        return hasPart(picture, condition.text);
    }
    return false;
}

} // namespace

QStringList foldedWords(const QString &text)
{
    QStringList words;
    QString word;
    const QString apart = text.normalized(QString::NormalizationForm_KD);
    for (const QChar sign : apart) {
        if (sign.isMark())
            continue; // accents
        if (sign.isLetterOrNumber() || sign.isSurrogate()) {
            word += sign.toLower();
        } else if (!word.isEmpty()) {
            words.append(word);
            word.clear();
        }
    }
    if (!word.isEmpty())
        words.append(word);
    return words;
}

bool isUnspaced(const QString &word)
{
    return std::any_of(word.begin(), word.end(), [](QChar sign) {
        const QChar::Script script = sign.script();
        return script == QChar::Script_Han || script == QChar::Script_Hiragana || script == QChar::Script_Katakana ||
               script == QChar::Script_Thai || script == QChar::Script_Lao || script == QChar::Script_Khmer ||
               script == QChar::Script_Myanmar;
    });
}

bool hasWords(const QStringList &text, const QStringList &words, bool isWhole)
{
    if (words.isEmpty())
        return true;
    for (qsizetype at = 0; at + words.size() <= text.size(); ++at) {
        bool isSame = true;
        for (qsizetype i = 0; i < words.size() && isSame; ++i) {
            const bool mayGoOn = !isWhole && i + 1 == words.size();
            isSame = mayGoOn ? text[at + i].startsWith(words[i]) : text[at + i] == words[i];
        }
        if (isSame)
            return true;
    }
    return false;
}

GalleryQuery::GalleryQuery(const QString &text) : m_text(text)
{
    QList<Typed> all;
    Typed typed;
    bool isInQuotes = false;
    const auto end = [&](qsizetype at) {
        typed.term.length = int(at) - typed.term.start;
        typed.term.text = text.mid(typed.term.start, typed.term.length);
        const QString bare = typed.term.text.startsWith(u'-') ? typed.term.text.mid(1) : typed.term.text;
        typed.isQuoted = bare.size() > 1 && bare.startsWith(u'"') && bare.endsWith(u'"');
        if (typed.term.length > 0)
            all.append(typed);
        typed = {};
    };
    for (qsizetype at = 0; at < text.size(); ++at) {
        const QChar sign = text[at];
        if (sign.isSpace() && !isInQuotes) {
            end(at);
            typed.term.start = int(at) + 1;
            continue;
        }
        if (sign == u'"')
            isInQuotes = !isInQuotes;
        else
            typed.plain += sign;
    }
    end(text.size());

    bool isAlternative = false;
    for (qsizetype i = 0; i < all.size(); ++i) {
        const bool isOr = all[i].term.text == QLatin1String("OR") || all[i].term.text == QLatin1String("|");
        if (!isOr) {
            take(all[i], isAlternative);
            isAlternative = false;
            continue;
        }
        isAlternative = !m_clauses.isEmpty() && i > 0;
        if (i == 0 || i + 1 == all.size()) {
            all[i].term.problem = tr("OR stands between two things to look for, as in owl OR fox");
            if (i == 0)
                m_problem = all[i].term.problem; // at the end it is still being typed
        }
        m_terms.append(all[i].term);
    }
}

QString GalleryQuery::without(int term) const
{
    if (term < 0 || term >= m_terms.size())
        return m_text;
    const QString left = m_text.left(m_terms[term].start).trimmed();
    const QString right = m_text.mid(m_terms[term].start + m_terms[term].length).trimmed();
    return left.isEmpty() || right.isEmpty() ? left + right : left + u' ' + right;
}

void GalleryQuery::take(Typed typed, bool isAlternative)
{
    Condition condition;
    QString rest = typed.plain;
    if (rest.size() > 1 && rest.startsWith(u'-')) {
        condition.isNegated = true;
        rest.remove(0, 1);
    }
    QString problem;
    bool counts = true;
    const qsizetype colon = rest.indexOf(u':');
    const bool looksLikeField = colon > 0 && !rest.startsWith(QLatin1String("http"), Qt::CaseInsensitive) &&
                                std::all_of(rest.begin(), rest.begin() + colon, [](QChar c) { return c.isLetter(); });
    const QString name = looksLikeField ? rest.left(colon).toLower() : QString();
    const auto found = std::find_if(fieldNames().begin(), fieldNames().end(),
                                    [&name](const auto &each) { return each.first == name; });
    if (found != fieldNames().end()) {
        condition.field = found->second;
        const QString value = rest.mid(colon + 1);
        counts = !value.isEmpty() && readField(name, value, &condition, &problem); // empty: still being typed
    } else {
        if (looksLikeField && !typed.isQuoted)
            problem = tr("There is no field \"%1\"; the words are looked for as they stand").arg(name);
        condition.text = rest;
        condition.words = foldedWords(rest);
        condition.isWhole = typed.isQuoted;
        counts = !condition.words.isEmpty();
    }
    typed.term.problem = problem;
    m_terms.append(typed.term);
    if (m_problem.isEmpty())
        m_problem = problem;
    if (!counts)
        return;
    if (isAlternative)
        m_clauses.last().append(condition);
    else
        m_clauses.append({condition});
}

bool GalleryQuery::readField(const QString &name, const QString &value, Condition *condition, QString *problem) const
{
    condition->text = value;
    switch (condition->field) {
    case Field::Words:
    case Field::Prompt:
    case Field::Negative:
    case Field::Note:
    case Field::Name:
        condition->words = foldedWords(value);
        return !condition->words.isEmpty();
    case Field::Model:
    case Field::Sampler:
    case Field::Schedule:
    case Field::Folder:
    case Field::Tag:
    case Field::Collection:
        return true;
    case Field::Is:
    case Field::Has: {
        const QStringList &words = condition->field == Field::Is ? kStates : kParts;
        condition->text = value.toLower();
        if (words.contains(condition->text))
            return true;
        const bool isBegun = std::any_of(words.begin(), words.end(),
                                         [&](const QString &word) { return word.startsWith(condition->text); });
        if (!isBegun)
            *problem = tr("%1: takes one of %2").arg(name, words.join(QStringLiteral(", ")));
        return false;
    }
    case Field::Label: {
        condition->compare = Compare::Equal;
        const QString word = value.toLower();
        const qsizetype at = labelNames().indexOf(word);
        bool isNumber = false;
        const int number = word.toInt(&isNumber);
        if (at < 0 && word != QLatin1String("none") && !(isNumber && number >= 0 && number <= labelNames().size())) {
            const bool isBegun = std::any_of(labelNames().begin(), labelNames().end(),
                                             [&word](const QString &each) { return each.startsWith(word); });
            if (!isBegun)
                *problem = tr("label: takes one of %1, none").arg(labelNames().join(QStringLiteral(", ")));
            return false;
        }
        condition->number = at >= 0 ? double(at + 1) : double(number);
        return true;
    }
    case Field::Made:
        return readDate(name, value, condition, problem);
    case Field::Size:
        return readSize(value, condition, problem);
    case Field::Steps:
    case Field::Cfg:
    case Field::Seed:
    case Field::Stars:
    case Field::Width:
    case Field::Height:
    case Field::Bytes:
        return readNumber(name, value, condition, problem);
    }
    return false;
}

bool GalleryQuery::readNumber(const QString &name, QString value, Condition *condition, QString *problem) const
{
    condition->compare = Compare::Equal;
    static const QList<QPair<QString, Compare>> signs = {
        {QStringLiteral(">="), Compare::GreaterEqual}, {QStringLiteral("<="), Compare::LessEqual},
        {QStringLiteral(">"), Compare::Greater},       {QStringLiteral("<"), Compare::Less},
        {QStringLiteral("="), Compare::Equal},
    };
    for (const auto &[sign, compare] : signs) {
        if (value.startsWith(sign)) {
            condition->compare = compare;
            value.remove(0, sign.size());
            break;
        }
    }
    if (value.isEmpty())
        return false;
    condition->text = value;
    bool isNumber = false;
    if (condition->field == Field::Bytes) {
        const QString small = value.toLower();
        double unit = 1.0;
        if (small.endsWith(QLatin1String("kb")))
            unit = 1e3;
        else if (small.endsWith(QLatin1String("mb")))
            unit = 1e6;
        else if (small.endsWith(QLatin1String("gb")))
            unit = 1e9;
        condition->number = (unit > 1.0 ? small.left(small.size() - 2) : small).toDouble(&isNumber) * unit;
        if (!isNumber)
            *problem = tr("size: takes pixels or bytes, as in size:512x768 or size:>2mb");
        return isNumber;
    }
    if (condition->field == Field::Seed && condition->compare == Compare::Equal) {
        (void)value.toULongLong(&isNumber);
        if (!isNumber)
            *problem = tr("seed: takes a whole number, as in seed:42");
        return isNumber;
    }
    condition->number = value.toDouble(&isNumber);
    if (!isNumber)
        *problem = tr("\"%1\" needs a number, as in %1:>20").arg(name);
    else if (condition->field == Field::Stars && (condition->number < 0 || condition->number > 5))
        *problem = tr("A picture has 0 to 5 stars");
    return isNumber;
}

bool GalleryQuery::readSize(const QString &value, Condition *condition, QString *problem) const
{
    const QStringList sides = value.toLower().split(u'x');
    bool isWidth = false;
    bool isHeight = false;
    condition->number = sides.value(0).toInt(&isWidth);
    condition->upTo = sides.value(1).toInt(&isHeight);
    condition->compare = Compare::Equal;
    if (sides.size() == 2 && isWidth && isHeight)
        return true;
    if (isWidth && (sides.size() == 1 || (sides.size() == 2 && sides[1].isEmpty())))
        return false; // "512x" is on its way
    condition->field = Field::Bytes;
    return readNumber(QStringLiteral("size"), value, condition, problem);
}

bool GalleryQuery::readDate(const QString &name, const QString &value, Condition *condition, QString *problem) const
{
    QString days = value;
    QString kind = name;
    static const QList<QPair<QString, QString>> signs = {{QStringLiteral(">="), QStringLiteral("since")},
                                                         {QStringLiteral(">"), QStringLiteral("after")},
                                                         {QStringLiteral("<"), QStringLiteral("before")}};
    for (const auto &[sign, word] : signs) {
        if (name == QLatin1String("date") && days.startsWith(sign)) {
            days.remove(0, sign.size());
            kind = word;
            break;
        }
    }
    const QDateTime moment = days.contains(u'T') ? QDateTime::fromString(days, Qt::ISODateWithMs) : QDateTime();
    if (moment.isValid() && kind == QLatin1String("since")) { // of the program's start: this session
        condition->compare = Compare::Equal;
        condition->number = double(moment.toMSecsSinceEpoch());
        condition->upTo = 1e18;
        return true;
    }
    QDate first;
    QDate behind;
    if (!readDays(days, &first, &behind)) {
        *problem = tr("\"%1\" is no date; write it as 2026, 2026-11, 2026-11-30, today or week").arg(days);
        return false;
    }
    constexpr double kEver = 1e18;
    condition->compare = Compare::Equal;
    condition->number = -kEver;
    condition->upTo = kEver;
    if (kind == QLatin1String("before"))
        condition->upTo = msOf(first);
    else
        condition->number = msOf(kind == QLatin1String("after") ? behind : first);
    if (kind == QLatin1String("date"))
        condition->upTo = msOf(behind);
    return true;
}

bool GalleryQuery::matches(const GalleryPicture &picture, const QList<GalleryCollection> &collections) const
{
    return std::all_of(m_clauses.begin(), m_clauses.end(), [&](const QList<Condition> &clause) {
        return std::any_of(clause.begin(), clause.end(), [&](const Condition &condition) {
            return isHit(condition, picture, collections) != condition.isNegated;
        });
    });
}

QList<GalleryQuery::FieldHelp> GalleryQuery::fields()
{
    QStringList colours = labelNames();
    colours.append(QStringLiteral("none"));
    return {
        {QStringLiteral("tag"), tr("Pictures with this tag")},
        {QStringLiteral("stars"),
         tr("Stars, as in stars:>=3"),
         {QStringLiteral("5"), QStringLiteral(">=4"), QStringLiteral(">=3"), QStringLiteral("0")}},
        {QStringLiteral("label"), tr("Colour label"), colours},
        {QStringLiteral("is"), tr("A state of the picture"), kStates},
        {QStringLiteral("has"), tr("What the picture comes with"), kParts},
        {QStringLiteral("collection"), tr("Pictures of a collection")},
        {QStringLiteral("model"), tr("Model that made it")},
        {QStringLiteral("sampler"), tr("Sampler")},
        {QStringLiteral("schedule"), tr("Schedule of the noise")},
        {QStringLiteral("steps"), tr("Number of steps, as in steps:>20")},
        {QStringLiteral("guidance"), tr("Guidance scale, as in guidance:7")},
        {QStringLiteral("seed"), tr("Seed, as in seed:42")},
        {QStringLiteral("size"), tr("Pixels or bytes, as in size:512x768 or size:>2mb")},
        {QStringLiteral("width"), tr("Width in pixels, as in width:>=1024")},
        {QStringLiteral("height"), tr("Height in pixels")},
        {QStringLiteral("date"),
         tr("Day, month or year, as in date:2026-11"),
         {QStringLiteral("today"), QStringLiteral("yesterday"), QStringLiteral("week"), QStringLiteral("month")}},
        {QStringLiteral("before"), tr("Made before a day, as in before:2026-11")},
        {QStringLiteral("after"), tr("Made after a day")},
        {QStringLiteral("since"), tr("Made on a day or after")},
        {QStringLiteral("prompt"), tr("Words of the prompt only")},
        {QStringLiteral("negative"), tr("Words of the negative prompt")},
        {QStringLiteral("note"), tr("Words of the note")},
        {QStringLiteral("name"), tr("Name of the file")},
        {QStringLiteral("folder"), tr("Folder it lies in")},
    };
}

} // namespace app
