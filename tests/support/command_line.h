#pragma once

#include <QJsonDocument>
#include <QMap>
#include <QProcess>
#include <QString>
#include <QStringList>

/// Running tincture-cli as users do.
namespace command_line {

/// Enough also where other programs have the processor most of the time.
constexpr int kPatienceMs = 120000;

struct Answer
{
    int status = -1; ///< -1: it did not end by itself
    QByteArray out, err;

    [[nodiscard]] QJsonDocument json() const { return QJsonDocument::fromJson(out); }
};

/// The resources of this checkout; settings and data in `home`; then what `more` says.
inline QProcessEnvironment environment(const QString &home, const QMap<QString, QString> &more = {})
{
    QProcessEnvironment variables = QProcessEnvironment::systemEnvironment();
    variables.insert(QStringLiteral("TINCTURE_RESOURCES"), QStringLiteral(TINCTURE_SOURCE "/resources"));
    variables.insert(QStringLiteral("XDG_CONFIG_HOME"), home);
    variables.insert(QStringLiteral("XDG_DATA_HOME"), home);
    for (auto variable = more.begin(); variable != more.end(); ++variable)
        variables.insert(variable.key(), variable.value());
    return variables;
}

inline Answer run(const QStringList &arguments, const QProcessEnvironment &environment)
{
    QProcess process;
    process.setProcessEnvironment(environment);
    process.start(QStringLiteral(TINCTURE_CLI), arguments);
    if (!process.waitForFinished(kPatienceMs) || process.exitStatus() != QProcess::NormalExit)
        return {.out = process.readAllStandardOutput(), .err = process.readAllStandardError()};
    return {
        .status = process.exitCode(), .out = process.readAllStandardOutput(), .err = process.readAllStandardError()};
}

} // namespace command_line
