#include "app/gallery_query.h"

#include <QDate>
#include <QSqlDatabase>
#include <QSqlQuery>

#include <algorithm>
#include <cmath>

namespace app {

namespace {

QStringList termsOf(const QString &text)
{
    QStringList terms;
    QString term;
    bool isQuoted = false;
    for (const QChar sign : text) {
        if (sign == u'"')
            isQuoted = !isQuoted;
        else if (sign.isSpace() && !isQuoted) {
            if (!term.isEmpty())
                terms.append(term);
            term.clear();
        } else
            term += sign;
    }
    if (!term.isEmpty())
        terms.append(term);
    return terms;
}

} // namespace

GalleryQuery::GalleryQuery(const QString &text)
{
    for (const QString &term : termsOf(text))
        take(term);
}

void GalleryQuery::take(const QString &term)
{
    Condition condition;
    QString rest = term;
    if (rest.size() > 1 && rest.startsWith(u'-')) {
        condition.isNegated = true;
        rest.remove(0, 1);
    }
    const qsizetype colon = rest.indexOf(u':');
    const QString name = colon > 0 ? rest.left(colon).toLower() : QString();
    static const QList<QPair<QString, Field>> names = {
        {QStringLiteral("prompt"), Field::Prompt}, {QStringLiteral("negative"), Field::Negative},
        {QStringLiteral("model"), Field::Model},   {QStringLiteral("sampler"), Field::Sampler},
        {QStringLiteral("steps"), Field::Steps},   {QStringLiteral("cfg"), Field::Cfg},
        {QStringLiteral("guidance"), Field::Cfg},  {QStringLiteral("seed"), Field::Seed},
        {QStringLiteral("stars"), Field::Stars},   {QStringLiteral("width"), Field::Width},
        {QStringLiteral("height"), Field::Height}, {QStringLiteral("since"), Field::Made},
        {QStringLiteral("after"), Field::Made},    {QStringLiteral("before"), Field::Made},
    };
    const auto found =
        std::find_if(names.begin(), names.end(), [&name](const auto &each) { return each.first == name; });
    if (found == names.end()) {
        condition.text = rest; // a word; what looks like a field but is none is searched as it stands
        m_conditions.append(condition);
        return;
    }
    condition.field = found->second;
    QString value = rest.mid(colon + 1);
    if (value.isEmpty())
        return; // still being typed
    if (condition.field == Field::Made) {
        const QDate date = QDate::fromString(value, Qt::ISODate);
        if (!date.isValid()) {
            m_problem = tr("\"%1\" is no date; write it as 2026-11-30").arg(value);
            return;
        }
        condition.compare = name == QLatin1String("before") ? Compare::Less : Compare::GreaterEqual;
        condition.number =
            double((name == QLatin1String("after") ? date.addDays(1) : date).startOfDay().toMSecsSinceEpoch());
        m_conditions.append(condition);
        return;
    }
    if (condition.field <= Field::Sampler) {
        condition.text = value;
        m_conditions.append(condition);
        return;
    }
    condition.compare = Compare::Equal;
    static const QList<QPair<QString, Compare>> signs = {
        {QStringLiteral(">="), Compare::GreaterEqual}, {QStringLiteral("<="), Compare::LessEqual},
        {QStringLiteral(">"), Compare::Greater},       {QStringLiteral("<"), Compare::Less},
        {QStringLiteral("="), Compare::Equal},
    };
    for (const auto &[sign, compare] : signs) {
        if (value.startsWith(sign)) {
            condition.compare = compare;
            value.remove(0, sign.size());
            break;
        }
    }
    if (value.isEmpty())
        return;
    bool isNumber = false;
    condition.number = value.toDouble(&isNumber);
    condition.text = value;
    if (!isNumber) {
        m_problem = tr("\"%1\" needs a number, as in %1:>20").arg(name);
        return;
    }
    m_conditions.append(condition);
}

bool GalleryQuery::matches(const GalleryPicture &picture) const
{
    for (const Condition &condition : m_conditions) {
        bool isTrue = false;
        const auto contains = [&condition](const QString &text) {
            return text.contains(condition.text, Qt::CaseInsensitive);
        };
        double number = 0.0;
        switch (condition.field) {
        case Field::Prompt:
            isTrue = contains(picture.prompt);
            break;
        case Field::Negative:
            isTrue = contains(picture.negative);
            break;
        case Field::Model:
            isTrue = contains(picture.model);
            break;
        case Field::Sampler:
            isTrue = contains(picture.sampler);
            break;
        case Field::Steps:
            number = picture.steps;
            break;
        case Field::Cfg:
            number = picture.cfg;
            break;
        case Field::Seed:
            number = double(picture.seed);
            break;
        case Field::Stars:
            number = picture.stars;
            break;
        case Field::Width:
            number = picture.size.width();
            break;
        case Field::Height:
            number = picture.size.height();
            break;
        case Field::Made:
            number = double(picture.created.toMSecsSinceEpoch());
            break;
        }
        switch (condition.compare) {
        case Compare::Contains:
            break;
        case Compare::Equal:
            isTrue = condition.field == Field::Seed ? QString::number(picture.seed) == condition.text
                                                    : std::abs(number - condition.number) < 1e-6;
            break;
        case Compare::Less:
            isTrue = number < condition.number;
            break;
        case Compare::LessEqual:
            isTrue = number <= condition.number;
            break;
        case Compare::Greater:
            isTrue = number > condition.number;
            break;
        case Compare::GreaterEqual:
            isTrue = number >= condition.number;
            break;
        }
        if (isTrue == condition.isNegated)
            return false;
    }
    return true;
}

QString GalleryQuery::column(Field field)
{
    switch (field) {
    case Field::Prompt:
        return QStringLiteral("prompt");
    case Field::Negative:
        return QStringLiteral("negative");
    case Field::Model:
        return QStringLiteral("model");
    case Field::Sampler:
        return QStringLiteral("sampler");
    case Field::Steps:
        return QStringLiteral("steps");
    case Field::Cfg:
        return QStringLiteral("cfg");
    case Field::Seed:
        return QStringLiteral("seed");
    case Field::Stars:
        return QStringLiteral("stars");
    case Field::Width:
        return QStringLiteral("width");
    case Field::Height:
        return QStringLiteral("height");
    case Field::Made:
        return QStringLiteral("created_ms");
    }
    return {};
}

QString GalleryQuery::where(QVariantList *values) const
{
    QStringList parts;
    for (const Condition &condition : m_conditions) {
        QString part;
        const QString name = column(condition.field);
        switch (condition.compare) {
        case Compare::Contains: {
            QString pattern = condition.text;
            pattern.replace(u'\\', QLatin1String("\\\\"));
            pattern.replace(u'%', QLatin1String("\\%"));
            pattern.replace(u'_', QLatin1String("\\_"));
            part = name + QStringLiteral(" LIKE ? ESCAPE '\\'");
            values->append(QString(u'%' + pattern + u'%'));
            break;
        }
        case Compare::Equal:
            if (condition.field == Field::Seed) {
                part = QStringLiteral("seed = ?");
                values->append(qint64(condition.text.toULongLong())); // the highest bit is the sign in the index
            } else {
                part = QStringLiteral("abs(%1 - ?) < 0.000001").arg(name);
                values->append(condition.number);
            }
            break;
        case Compare::Less:
            part = name + QStringLiteral(" < ?");
            values->append(condition.number);
            break;
        case Compare::LessEqual:
            part = name + QStringLiteral(" <= ?");
            values->append(condition.number);
            break;
        case Compare::Greater:
            part = name + QStringLiteral(" > ?");
            values->append(condition.number);
            break;
        case Compare::GreaterEqual:
            part = name + QStringLiteral(" >= ?");
            values->append(condition.number);
            break;
        }
        parts.append(condition.isNegated ? QStringLiteral("NOT (%1)").arg(part) : part);
    }
    return parts.join(QStringLiteral(" AND "));
}

QList<GalleryKey> GalleryStore::keys() const
{
    return keys(GalleryQuery());
}

QList<GalleryKey> GalleryStore::keys(const GalleryQuery &query) const
{
    QVariantList values;
    const QString where = query.where(&values);
    const QSqlDatabase index = QSqlDatabase::database(m_reader, false);
    if (!index.isOpen())
        return {}; // asked before open(): the window is there first
    QSqlQuery rows(index);
    rows.setForwardOnly(true);
    rows.prepare(QStringLiteral("SELECT id, created_ms, stars, bytes FROM pictures%1 ORDER BY created_ms DESC, id DESC")
                     .arg(where.isEmpty() ? QString() : QStringLiteral(" WHERE ") + where));
    for (const QVariant &value : values)
        rows.addBindValue(value);
    QList<GalleryKey> keys;
    rows.exec();
    while (rows.next())
        keys.append({rows.value(0).toLongLong(), rows.value(1).toLongLong(), rows.value(2).toInt(),
                     rows.value(3).toLongLong()});
    return keys;
}

QStringList GalleryStore::models() const
{
    QStringList names;
    QSqlQuery rows(QSqlDatabase::database(m_reader, false));
    rows.exec(
        QStringLiteral("SELECT model FROM pictures WHERE model <> '' GROUP BY model ORDER BY count(*) DESC LIMIT 40"));
    while (rows.next())
        names.append(rows.value(0).toString());
    return names;
}

} // namespace app
