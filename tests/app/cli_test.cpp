#include "app/image_file.h"
#include "tests/support/command_line.h"

#include <QDir>
#include <QFile>
#include <QImage>
#include <QJsonArray>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <filesystem>

/// Runs the program itself: lists, text, files, what it says about mistakes, and pictures of a tiny model.
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
    void generatesAPictureThatTellsItsRecipe();
    void withoutANameTheStarterIsMeant();
    void aPictureIsVerifiedAndExported();
    void aFolderIsFilledWithNumberedPictures();
    void branchesFromATrajectory();
    void interruptEndsARun();

private:
    using Answer = command_line::Answer;

    [[nodiscard]] Answer run(const QStringList &arguments, const QMap<QString, QString> &environment = {}) const
    {
        return command_line::run(arguments, command_line::environment(m_folder.path(), environment));
    }

    QTemporaryDir m_folder;
};

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
    for (const char *command :
         {"generate", "branch", "inspect", "export", "verify", "tokenize", "samplers", "schedules", "probe", "train"})
        QVERIFY2(help.out.contains(command), command);
    QVERIFY(help.out.contains("Exit status"));
    QCOMPARE(run({}).status, 2);
    QVERIFY(run({QStringLiteral("--version")}).out.startsWith("tincture-cli "));
}

void CliTest::everyCommandHasHelp_data()
{
    QTest::addColumn<QString>("command");
    for (const char *command :
         {"generate", "branch", "inspect", "export", "verify", "tokenize", "samplers", "schedules", "probe", "train"})
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
    QTest::addRow("attention nowhere") << QStringList{QStringLiteral("generate"), QStringLiteral("--attention"),
                                                      QStringLiteral("--out"), out}
                                       << 2;
    QTest::addRow("no trajectory") << QStringList{QStringLiteral("branch"), QStringLiteral("--step"),
                                                  QStringLiteral("1"), QStringLiteral("--out"), out}
                                   << 2;
    QTest::addRow("missing trajectory") << QStringList{QStringLiteral("branch"), QStringLiteral("/nowhere"),
                                                       QStringLiteral("--step"), QStringLiteral("1"),
                                                       QStringLiteral("--out"),  out}
                                        << 4;
    QTest::addRow("foreign trajectory") << QStringList{QStringLiteral("branch"),
                                                       m_folder.filePath(QStringLiteral("single.safetensors")),
                                                       QStringLiteral("--step"),
                                                       QStringLiteral("1"),
                                                       QStringLiteral("--out"),
                                                       out}
                                        << 5;
    QTest::addRow("no model") << QStringList{QStringLiteral("generate"), QStringLiteral("--model"),
                                             QStringLiteral("/nowhere"), QStringLiteral("--out"), out}
                              << 4;
    QTest::addRow("not a model") << QStringList{QStringLiteral("inspect"),
                                                m_folder.filePath(QStringLiteral("single.safetensors"))}
                                 << 5;
    QTest::addRow("adapter") << QStringList{QStringLiteral("probe"), QStringLiteral("--lora"), QStringLiteral("x:1:1")}
                             << 7;
    QTest::addRow("samples nowhere") << QStringList{QStringLiteral("train"),
                                                    QStringLiteral("--kind"),
                                                    QStringLiteral("pixel"),
                                                    QStringLiteral("--data"),
                                                    m_folder.path(),
                                                    QStringLiteral("--out"),
                                                    out,
                                                    QStringLiteral("--sample-every"),
                                                    QStringLiteral("10")}
                                     << 2;
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

namespace {

QStringList generateArguments(const QStringList &more)
{
    return QStringList{QStringLiteral("generate"), QStringLiteral("--model"),
                       QStringLiteral(TINCTURE_GOLDEN "/pipelines/model_sd1"), QStringLiteral("--prompt"),
                       QStringLiteral("a (red:1.2) fox")} +
           more;
}

} // namespace

void CliTest::generatesAPictureThatTellsItsRecipe()
{
    const QString out = m_folder.filePath(QStringLiteral("new/fox.png"));
    const QString latents = m_folder.filePath(QStringLiteral("fox.safetensors"));
    const Answer answer = run(generateArguments(
        {QStringLiteral("--steps"), QStringLiteral("2"), QStringLiteral("--sampler"), QStringLiteral("DPM++ 2M Karras"),
         QStringLiteral("--seed"), QStringLiteral("7"), QStringLiteral("--size"), QStringLiteral("64x32"),
         QStringLiteral("--save-latents"), latents, QStringLiteral("--out"), out, QStringLiteral("--json")}));
    QVERIFY2(answer.status == 0, answer.err.constData());
    const QJsonObject said = answer.json().object();
    QCOMPARE(said.value(QStringLiteral("pictures")).toArray(), QJsonArray{out});
    QCOMPARE(said.value(QStringLiteral("seconds")).toObject().value(QStringLiteral("steps")).toArray().size(), 2);
    QVERIFY(said.value(QStringLiteral("peak_bytes")).toDouble() > 1e6);
    QVERIFY(QFile::exists(latents));

    const QJsonObject found = run({QStringLiteral("inspect"), out, QStringLiteral("--json")}).json().object();
    const QJsonObject recipe = found.value(QStringLiteral("recipe")).toObject();
    QCOMPARE(recipe, said.value(QStringLiteral("recipe")).toObject());
    QCOMPARE(recipe.value(QStringLiteral("prompt")).toString(), QStringLiteral("a (red:1.2) fox"));
    QCOMPARE(recipe.value(QStringLiteral("sampler")).toString(), QStringLiteral("dpmpp_2m"));
    QCOMPARE(recipe.value(QStringLiteral("schedule")).toString(), QStringLiteral("karras"));
    QCOMPARE(recipe.value(QStringLiteral("width")).toInt(), 64);
    QCOMPARE(recipe.value(QStringLiteral("model_hash")).toString().size(), 10);
}

void CliTest::withoutANameTheStarterIsMeant()
{
    namespace fs = std::filesystem;
    const fs::path models = m_folder.filePath(QStringLiteral("own/models")).toStdString();
    fs::create_directories(models);
    fs::copy(TINCTURE_GOLDEN "/pipelines/model_ddpm", models / "animals", fs::copy_options::recursive);
    fs::copy(TINCTURE_GOLDEN "/pipelines/model_sd1", models / "starter", fs::copy_options::recursive);
    const QMap<QString, QString> own = {
        {QStringLiteral("TINCTURE_RESOURCES"), m_folder.filePath(QStringLiteral("own"))}};
    const Answer ids = run({QStringLiteral("tokenize"), QStringLiteral("a cat")}, own);
    QVERIFY2(ids.status == 0, ids.err.constData());
    QCOMPARE(ids.out.trimmed(), "[49406,320,2368,49407]");
    const Answer made =
        run({QStringLiteral("generate"), QStringLiteral("--prompt"), QStringLiteral("a fox"), QStringLiteral("--steps"),
             QStringLiteral("1"), QStringLiteral("--size"), QStringLiteral("32x32"), QStringLiteral("--out"),
             m_folder.filePath(QStringLiteral("own.png")), QStringLiteral("--json")},
            own);
    QVERIFY2(made.status == 0, made.err.constData());
    const QJsonObject recipe = made.json().object().value(QStringLiteral("recipe")).toObject();
    QCOMPARE(recipe.value(QStringLiteral("model")).toString(), QStringLiteral("starter"));
}

void CliTest::aPictureIsVerifiedAndExported()
{
    const QString out = m_folder.filePath(QStringLiteral("same.png"));
    const Answer made = run(generateArguments({QStringLiteral("--steps"), QStringLiteral("1"), QStringLiteral("--size"),
                                               QStringLiteral("32x32"), QStringLiteral("--out"), out}));
    QVERIFY2(made.status == 0, made.err.constData());
    const Answer same = run({QStringLiteral("verify"), out, QStringLiteral("--json")});
    QVERIFY2(same.status == 0, same.err.constData());
    QCOMPARE(same.json().object().value(QStringLiteral("verdict")).toString(), QStringLiteral("identical"));

    const QString folder = m_folder.filePath(QStringLiteral("exported"));
    const QStringList asJpeg = {QStringLiteral("export"),   out,
                                QStringLiteral("--to"),     folder,
                                QStringLiteral("--format"), QStringLiteral("jpeg")};
    QCOMPARE(run(asJpeg).status, 0);
    QCOMPARE(run(asJpeg).status, 0); // nothing is overwritten
    QCOMPARE(QDir(folder).entryList(QDir::Files, QDir::Name),
             (QStringList{QStringLiteral("same-2.jpg"), QStringLiteral("same.jpg")}));
    const Answer other =
        run({QStringLiteral("verify"), folder + QStringLiteral("/same.jpg"), QStringLiteral("--json")});
    QCOMPARE(other.status, 1); // JPEG is not the same
    QCOMPARE(other.json().object().value(QStringLiteral("verdict")).toString(), QStringLiteral("different"));
}

void CliTest::aFolderIsFilledWithNumberedPictures()
{
    const QString folder = m_folder.filePath(QStringLiteral("many"));
    const QStringList arguments = generateArguments(
        {QStringLiteral("--steps"), QStringLiteral("1"), QStringLiteral("--seed"), QStringLiteral("5"),
         QStringLiteral("--count"), QStringLiteral("2"), QStringLiteral("--size"), QStringLiteral("32x32"),
         QStringLiteral("--previews"), folder + QStringLiteral("/previews"), QStringLiteral("--out"), folder});
    QCOMPARE(run(arguments).status, 0);
    QCOMPARE(run(arguments).status, 0);
    QCOMPARE(QDir(folder).entryList({QStringLiteral("*.png")}, QDir::Files, QDir::Name),
             (QStringList{QStringLiteral("00001-5.png"), QStringLiteral("00002-6.png"), QStringLiteral("00003-5.png"),
                          QStringLiteral("00004-6.png")}));
}

void CliTest::branchesFromATrajectory()
{
    const auto file = [this](const char *name) { return m_folder.filePath(QLatin1String(name)); };
    const Answer parent = run(generateArguments(
        {QStringLiteral("--steps"), QStringLiteral("4"), QStringLiteral("--sampler"), QStringLiteral("euler_ancestral"),
         QStringLiteral("--seed"), QStringLiteral("7"), QStringLiteral("--size"), QStringLiteral("64x32"),
         QStringLiteral("--trajectory"), file("fox.trajectory"), QStringLiteral("--attention"), QStringLiteral("--out"),
         file("parent.png"), QStringLiteral("--json")}));
    QVERIFY2(parent.status == 0, parent.err.constData());
    QCOMPARE(parent.json().object().value(QStringLiteral("trajectories")).toArray(),
             QJsonArray{file("fox.trajectory")});

    const QStringList branch = {QStringLiteral("branch"), file("fox.trajectory"), QStringLiteral("--step"),
                                QStringLiteral("2"), QStringLiteral("--out")};
    const Answer same = run(branch + QStringList{file("same.png")});
    QVERIFY2(same.status == 0, same.err.constData());
    QCOMPARE(QImage(file("same.png")), QImage(file("parent.png")));
    const std::optional<app::Recipe> recipe = app::readPictureInfo(file("same.png")).recipe;
    QVERIFY(recipe);
    QCOMPARE(recipe->parent, QStringLiteral("fox.trajectory"));
    QCOMPARE(recipe->branchStep, 2);
    QVERIFY(app::readPictureInfo(file("parent.png")).recipe->parent.isEmpty());

    const Answer other =
        run(branch + QStringList{file("other.png"), QStringLiteral("--prompt"), QStringLiteral("a blue house"),
                                 QStringLiteral("--steps"), QStringLiteral("6"), QStringLiteral("--trajectory"),
                                 file("house.trajectory"), QStringLiteral("--json")});
    QVERIFY2(other.status == 0, other.err.constData());
    QVERIFY(QImage(file("other.png")) != QImage(file("parent.png")));
    QCOMPARE(other.json()
                 .object()
                 .value(QStringLiteral("seconds"))
                 .toObject()
                 .value(QStringLiteral("steps"))
                 .toArray()
                 .size(),
             4);

    const Answer again = run({QStringLiteral("branch"), file("house.trajectory"), QStringLiteral("--step"),
                              QStringLiteral("5"), QStringLiteral("--out"), file("again.png")});
    QVERIFY2(again.status == 0, again.err.constData());
    QCOMPARE(QImage(file("again.png")), QImage(file("other.png")));
    QCOMPARE(run({QStringLiteral("branch"), file("house.trajectory"), QStringLiteral("--step"), QStringLiteral("6"),
                  QStringLiteral("--out"), file("late.png")})
                 .status,
             3);
}

void CliTest::interruptEndsARun()
{
    QProcess process;
    process.start(QStringLiteral(TINCTURE_CLI),
                  generateArguments({QStringLiteral("--steps"), QStringLiteral("1000"), QStringLiteral("--count"),
                                     QStringLiteral("1000"), QStringLiteral("--previews"),
                                     m_folder.filePath(QStringLiteral("looks")), QStringLiteral("--out"),
                                     m_folder.filePath(QStringLiteral("never"))}));
    QVERIFY(process.waitForStarted());
    // The folder of the previews is there once signals are handled.
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(m_folder.filePath(QStringLiteral("looks"))), command_line::kPatienceMs);
    kill(pid_t(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished(command_line::kPatienceMs));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 130);
    QVERIFY(process.readAllStandardOutput().isEmpty());
}

QTEST_GUILESS_MAIN(CliTest)
#include "cli_test.moc"
