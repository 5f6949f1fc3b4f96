#pragma once

#include <QCommandLineParser>
#include <QString>
#include <QStringList>

#include <filesystem>
#include <initializer_list>
#include <limits>
#include <optional>
#include <utility>

namespace app::cli {

/// What a command says about itself in its --help.
struct CommandHelp
{
    QString name = {};
    QString positional = {}; ///< "FILE"; empty: none
    QString text = {};       ///< one or more sentences
};

/// The options of one command, read and checked. Everything wrong with them is a UsageError that names the option.
class Arguments
{
public:
    explicit Arguments(CommandHelp help);

    /// \param valueName  "N", "FILE"; empty: a switch
    void add(const QString &name, const QString &valueName, const QString &description);
    /// \throws UsageError, HelpAsked
    void parse(const QStringList &arguments);

    [[nodiscard]] bool has(const QString &name) const { return m_parser.isSet(name); }
    [[nodiscard]] QString text(const QString &name) const { return m_parser.value(name); }
    [[nodiscard]] QStringList texts(const QString &name) const { return m_parser.values(name); }
    [[nodiscard]] std::filesystem::path path(const QString &name) const;
    /// The value, which must be there.
    [[nodiscard]] QString required(const QString &name) const;
    [[nodiscard]] qint64 integer(const QString &name, qint64 otherwise, qint64 least = 0,
                                 qint64 most = std::numeric_limits<int>::max()) const;
    [[nodiscard]] double number(const QString &name, double otherwise) const;
    [[nodiscard]] const QStringList &positional() const { return m_positional; }

    /// One of the words of `choices`, as its value; `otherwise` if the option is not there.
    template <typename T>
    [[nodiscard]] T choice(const QString &name, T otherwise,
                           std::initializer_list<std::pair<const char *, T>> choices) const
    {
        if (!has(name))
            return otherwise;
        QStringList words;
        for (const auto &[word, value] : choices) {
            if (text(name) == QLatin1String(word))
                return value;
            words << QLatin1String(word);
        }
        refuse(name, words.join(QStringLiteral(", ")));
    }

    /// \throws UsageError "--name cannot be ...; it takes `wanted`."
    [[noreturn]] void refuse(const QString &name, const QString &wanted) const;

private:
    CommandHelp m_help;
    QCommandLineParser m_parser;
    QStringList m_positional;
};

} // namespace app::cli
