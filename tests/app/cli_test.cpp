#include <QFile>
#include <QImage>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

/// Runs the program itself, without its LibTorch part: lists, text, files, and what it says about mistakes.
class CliTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void helpNamesEveryCommand();
    void everyCommandHasHelp_data();
    void everyCommandHasHelp();
    void mistakesHaveStatuses_data();
    void mistakesHaveStatuses();
    void errorsAreOneJsonValueToo();
    void listsAreJson();
    void scheduleShowsSigmasAndTimesteps();
    void tokenizesTextsAndFiles();
    void tokenizesWithoutUtf8Locale();
    void inspectsAPictureWithoutRecipe();

private:
    struct Answer
    {
        int status = -1;
        QByteArray out, err;

        [[nodiscard]] QJsonDocument json() const { return QJsonDocument::fromJson(out); }
    };

    [[nodiscard]] Answer run(const QStringList &arguments, const QMap<QString, QString> &environment = {}) const;

    QTemporaryDir m_folder;
};

CliTest::Answer CliTest::run(const QStringList &arguments, const QMap<QString, QString> &environment) const
{
    QProcess process;
    QProcessEnvironment variables = QProcessEnvironment::systemEnvironment();
    variables.insert(QStringLiteral("TINCTURE_RESOURCES"), QStringLiteral(TINCTURE_SOURCE "/resources"));
    variables.insert(QStringLiteral("XDG_CONFIG_HOME"), m_folder.path());
    for (auto variable = environment.begin(); variable != environment.end(); ++variable)
        variables.insert(variable.key(), variable.value());
    process.setProcessEnvironment(variables);
    process.start(QStringLiteral(TINCTURE_CLI), arguments);
    if (!process.waitForFinished(20000) || process.exitStatus() != QProcess::NormalExit)
        return {};
    return {
        .status = process.exitCode(), .out = process.readAllStandardOutput(), .err = process.readAllStandardError()};
}

void CliTest::initTestCase()
{
    QFile file(m_folder.filePath(QStringLiteral("single.safetensors")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("not a model, but a file: the tokenizer of single files does not look into it");
}

void CliTest::helpNamesEveryCommand()
{
    const Answer help = run({QStringLiteral("--help")});
    QCOMPARE(help.status, 0);
    QVERIFY(help.err.isEmpty());
    for (const char *command : {"generate", "inspect", "tokenize", "samplers", "schedules", "probe", "train"})
        QVERIFY2(help.out.contains(command), command);
    QVERIFY(help.out.contains("Exit status"));
    QCOMPARE(run({}).status, 2);
    QVERIFY(run({QStringLiteral("--version")}).out.startsWith("tincture-cli "));
}

void CliTest::everyCommandHasHelp_data()
{
    QTest::addColumn<QString>("command");
    for (const char *command : {"generate", "inspect", "tokenize", "samplers", "schedules", "probe", "train"})
        QTest::addRow("%s", command) << QString::fromLatin1(command);
}

void CliTest::everyCommandHasHelp()
{
    QFETCH(QString, command);
    const Answer help = run({command, QStringLiteral("--help")});
    QCOMPARE(help.status, 0);
    QVERIFY(help.out.startsWith("Usage: tincture-cli " + command.toLatin1()));
    QVERIFY(help.out.contains("--json"));
}

void CliTest::mistakesHaveStatuses_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("status");
    const QString out = m_folder.filePath(QStringLiteral("out.png"));
    QTest::addRow("no command") << QStringList{QStringLiteral("draw")} << 2;
    QTest::addRow("no option") << QStringList{QStringLiteral("samplers"), QStringLiteral("--all")} << 2;
    QTest::addRow("no number") << QStringList{QStringLiteral("schedules"), QStringLiteral("--schedule"),
                                              QStringLiteral("karras"), QStringLiteral("--steps"),
                                              QStringLiteral("many")}
                               << 2;
    QTest::addRow("no schedule") << QStringList{QStringLiteral("schedules"), QStringLiteral("--schedule"),
                                                QStringLiteral("zigzag")}
                                 << 2;
    QTest::addRow("missing output") << QStringList{QStringLiteral("generate")} << 2;
    QTest::addRow("no model") << QStringList{QStringLiteral("generate"), QStringLiteral("--model"),
                                             QStringLiteral("/nowhere"), QStringLiteral("--out"), out}
                              << 4;
    QTest::addRow("not a model") << QStringList{QStringLiteral("inspect"),
                                                m_folder.filePath(QStringLiteral("single.safetensors"))}
                                 << 5;
    QTest::addRow("adapter") << QStringList{QStringLiteral("probe"), QStringLiteral("--lora"), QStringLiteral("x:1:1")}
                             << 7;
    QTest::addRow("nothing to train on") << QStringList{QStringLiteral("train"),
                                                        QStringLiteral("--kind"),
                                                        QStringLiteral("pixel"),
                                                        QStringLiteral("--data"),
                                                        m_folder.path(),
                                                        QStringLiteral("--out"),
                                                        out,
                                                        QStringLiteral("--lr"),
                                                        QStringLiteral("-1")}
                                         << 3;
}

void CliTest::mistakesHaveStatuses()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, status);
    const Answer answer = run(arguments);
    QCOMPARE(answer.status, status);
    QVERIFY(answer.out.isEmpty());
    QVERIFY(answer.err.startsWith("tincture-cli: "));
}

void CliTest::errorsAreOneJsonValueToo()
{
    const Answer answer = run({QStringLiteral("inspect"), QStringLiteral("/nowhere"), QStringLiteral("--json")});
    QCOMPARE(answer.status, 4);
    const QJsonObject error = answer.json().object().value(QStringLiteral("error")).toObject();
    QCOMPARE(error.value(QStringLiteral("kind")).toString(), QStringLiteral("file_unreadable"));
    QVERIFY(!error.value(QStringLiteral("message")).toString().isEmpty());
}

void CliTest::listsAreJson()
{
    for (const char *list : {"samplers", "schedules"}) {
        const QJsonArray rows = run({QString::fromLatin1(list), QStringLiteral("--json")}).json().array();
        QVERIFY(rows.size() >= 13);
        QVERIFY(!rows.first().toObject().value(QStringLiteral("id")).toString().isEmpty());
    }
}

void CliTest::scheduleShowsSigmasAndTimesteps()
{
    const QJsonObject answer = run({QStringLiteral("schedules"), QStringLiteral("--schedule"), QStringLiteral("karras"),
                                    QStringLiteral("--steps"), QStringLiteral("10"), QStringLiteral("--json")})
                                   .json()
                                   .object();
    const QJsonArray sigmas = answer.value(QStringLiteral("sigmas")).toArray();
    QCOMPARE(sigmas.size(), 11);
    QCOMPARE(sigmas.last().toDouble(), 0.0);
    QVERIFY(qAbs(sigmas.first().toDouble() - 14.614641) < 1e-4);
    QCOMPARE(answer.value(QStringLiteral("timesteps")).toArray().size(), 10);
}

void CliTest::tokenizesTextsAndFiles()
{
    const QString model = m_folder.filePath(QStringLiteral("single.safetensors"));
    const QStringList base = {QStringLiteral("tokenize"), QStringLiteral("--model"), model};
    const QByteArray cat = "[49406,320,2368,49407]";
    QCOMPARE(run(base + QStringList{QStringLiteral("--json"), QStringLiteral("a cat")}).out.trimmed(), cat);
    QFile file(m_folder.filePath(QStringLiteral("strings.json")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("[\"a cat\", \"\"]");
    file.close();
    QCOMPARE(run(base + QStringList{QStringLiteral("--file"), file.fileName()}).out.trimmed(),
             "[" + cat + ",[49406,49407]]");
    QCOMPARE(run(base).status, 2);
}

void CliTest::tokenizesWithoutUtf8Locale()
{
    const Answer answer = run({QStringLiteral("tokenize"), QStringLiteral("--model"),
                               m_folder.filePath(QStringLiteral("single.safetensors")), QStringLiteral("é")},
                              {{QStringLiteral("LC_ALL"), QStringLiteral("C")}});
    QCOMPARE(answer.out.trimmed(), "[49406,4166,49407]");
    QVERIFY2(answer.err.isEmpty(), answer.err.constData());
}

void CliTest::inspectsAPictureWithoutRecipe()
{
    QImage image(3, 2, QImage::Format_RGB888);
    image.fill(Qt::red);
    const QString path = m_folder.filePath(QStringLiteral("red.png"));
    QVERIFY(image.save(path));
    const QJsonObject answer = run({QStringLiteral("inspect"), QStringLiteral("--json"), path}).json().object();
    QCOMPARE(answer.value(QStringLiteral("kind")).toString(), QStringLiteral("picture"));
    QCOMPARE(answer.value(QStringLiteral("width")).toInt(), 3);
    QVERIFY(answer.value(QStringLiteral("recipe")).isNull());
}

QTEST_GUILESS_MAIN(CliTest)
#include "cli_test.moc"
