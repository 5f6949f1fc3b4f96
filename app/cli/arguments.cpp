#include "app/cli/arguments.h"

#include "app/cli/command.h"

#include <cmath>

namespace app::cli {

Arguments::Arguments(CommandHelp help) : m_help(std::move(help))
{
    m_parser.setOptionsAfterPositionalArgumentsMode(QCommandLineParser::ParseAsOptions);
    m_parser.addOption({{QStringLiteral("h"), QStringLiteral("help")}, QStringLiteral("This text.")});
}

void Arguments::add(const QString &name, const QString &valueName, const QString &description)
{
    m_parser.addOption(QCommandLineOption(name, description, valueName));
}

void Arguments::parse(const QStringList &arguments)
{
    const bool sound = m_parser.parse(QStringList(QStringLiteral("tincture-cli")) + arguments);
    if (m_parser.isSet(QStringLiteral("help"))) {
        // Qt writes "Usage: PROGRAM [options]" first, without the command.
        const QString options = m_parser.helpText().section(QLatin1Char('\n'), 1).trimmed();
        const QString positional = m_help.positional.isEmpty() ? QString() : QLatin1Char(' ') + m_help.positional;
        throw HelpAsked{QStringLiteral("Usage: tincture-cli %1 [OPTIONS]%2\n%3\n\n%4\n\n%5")
                            .arg(m_help.name, positional, m_help.text, options, exitCodeHelp().trimmed())};
    }
    if (!sound)
        throw UsageError{m_parser.errorText()};
    m_positional = m_parser.positionalArguments();
    if (m_help.positional.isEmpty() && !m_positional.isEmpty())
        throw UsageError{QStringLiteral("\"%1\" is no option.").arg(m_positional.first())};
}

std::filesystem::path Arguments::path(const QString &name) const
{
    return text(name).toStdString();
}

QString Arguments::required(const QString &name) const
{
    if (text(name).isEmpty())
        throw UsageError{QStringLiteral("--%1 is missing.").arg(name)};
    return text(name);
}

qint64 Arguments::integer(const QString &name, qint64 otherwise, qint64 least, qint64 most) const
{
    if (!has(name))
        return otherwise;
    bool sound = false;
    const qint64 value = text(name).toLongLong(&sound);
    if (!sound || value < least || value > most) {
        refuse(name, most == std::numeric_limits<int>::max() || most == std::numeric_limits<qint64>::max()
                         ? QStringLiteral("a whole number from %1 up").arg(least)
                         : QStringLiteral("a whole number from %1 to %2").arg(least).arg(most));
    }
    return value;
}

double Arguments::number(const QString &name, double otherwise) const
{
    if (!has(name))
        return otherwise;
    bool sound = false;
    const double value = text(name).toDouble(&sound);
    if (!sound || !std::isfinite(value))
        refuse(name, QStringLiteral("a number"));
    return value;
}

void Arguments::refuse(const QString &name, const QString &wanted) const
{
    throw UsageError{QStringLiteral("--%1 cannot be \"%2\"; it takes %3.").arg(name, text(name), wanted)};
}

} // namespace app::cli
