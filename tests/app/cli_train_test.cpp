#include "tests/support/command_line.h"

#include <QDir>
#include <QFile>
#include <QImage>
#include <QJsonArray>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>
#include <QtEndian>

#include <csignal>

using command_line::Answer;
using command_line::kPatienceMs;

namespace {

QStringList words(const char *text)
{
    return QString::fromLatin1(text).split(QLatin1Char(' '));
}

/// A picture of a few coloured squares, another one for every number.
QImage squares(int number)
{
    QImage image(16, 16, QImage::Format_RGB888);
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x)
            image.setPixelColor(x, y, QColor::fromHsv((x / 4 * 97 + y / 4 * 61 + number * 40) % 360, 200, 220));
    }
    return image;
}

/// The table at the front of a .safetensors file.
QJsonObject headerOf(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray length = file.read(8);
    if (length.size() != 8)
        return {};
    return QJsonDocument::fromJson(file.read(qint64(qFromLittleEndian<quint64>(length.constData())))).object();
}

} // namespace

/// "tincture-cli train" with tiny models of every kind, from pictures to files that load.
class CliTrainTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void aPixelModelIsTrainedAndGoesOn();
    void anAutoencoderCarriesAModelWithText();
    void anAdapterIsTrained();
    void samplesThatCannotBeWrittenEndNothing();
    void interruptLeavesACheckpoint();

private:
    [[nodiscard]] QString path(const char *name) const { return m_folder.filePath(QLatin1String(name)); }
    [[nodiscard]] QStringList trainArguments(const char *kind, const char *out, const QStringList &more) const;
    [[nodiscard]] Answer run(const QStringList &arguments) const
    {
        return command_line::run(arguments, command_line::environment(m_folder.path()));
    }
    /// What inspect says of a model.
    [[nodiscard]] QJsonObject inspect(const char *model) const
    {
        return run({QStringLiteral("inspect"), path(model), QStringLiteral("--json")}).json().object();
    }

    QTemporaryDir m_folder;
};

void CliTrainTest::initTestCase()
{
    const QDir folder(m_folder.path());
    for (int i = 0; i < 6; ++i) {
        const QString name = i % 2 == 0 ? QStringLiteral("data/red cat") : QStringLiteral("data/blue_dog");
        QVERIFY(folder.mkpath(name));
        QVERIFY(squares(i).save(folder.filePath(QStringLiteral("%1/%2.png").arg(name).arg(i))));
    }
    QFile torn(path("data/red cat/torn.png"));
    QVERIFY(torn.open(QIODevice::WriteOnly) && torn.write("no picture") > 0);
}

QStringList CliTrainTest::trainArguments(const char *kind, const char *out, const QStringList &more) const
{
    return words("train --size 16 --batch 2 --threads 1 --kind") +
           QStringList{QLatin1String(kind), QStringLiteral("--data"), path("data"), QStringLiteral("--out"),
                       path(out)} +
           more;
}

void CliTrainTest::aPixelModelIsTrainedAndGoesOn()
{
    const Answer first = run(trainArguments("pixel", "pixel", words("--widths 16,32 --steps 3 --json")));
    QVERIFY2(first.status == 0, first.err.constData());
    const QJsonObject said = first.json().object();
    QCOMPARE(said.value(QStringLiteral("out")).toString(), path("pixel"));
    QCOMPARE(said.value(QStringLiteral("steps")).toInt(), 3);
    QCOMPARE(said.value(QStringLiteral("pictures")).toInt(), 6);
    QCOMPARE(said.value(QStringLiteral("skipped")).toInt(), 1);
    QCOMPARE(said.value(QStringLiteral("finished")).toBool(), true);
    QVERIFY(said.value(QStringLiteral("loss")).toDouble() > 0.0);
    QVERIFY(said.value(QStringLiteral("pictures_per_second")).toDouble() > 0.0);
    const QRegularExpression progress(
        QStringLiteral("^step 1/3  loss \\d+\\.\\d{5}  lr \\S+  \\d+\\.\\d pictures/s  \\d+:\\d\\d(:\\d\\d)? left$"),
        QRegularExpression::MultilineOption);
    QVERIFY2(progress.match(QString::fromUtf8(first.err)).hasMatch(), first.err.constData());
    QVERIFY2(first.err.contains("torn.png cannot be read"), first.err.constData());

    const Answer second = run(trainArguments("pixel", "pixel", words("--widths 16,32 --steps 5")));
    QVERIFY2(second.status == 0, second.err.constData());
    QVERIFY2(second.err.contains("step 4/5"), second.err.constData()); // and not from the start
    const QRegularExpression summary(
        QStringLiteral("^Finished after 5 steps, loss \\d+\\.\\d{5}, 6 pictures \\(1 unreadable\\)$"));
    QVERIFY2(summary.match(QString::fromUtf8(second.out.trimmed())).hasMatch(), second.out.constData());

    const QJsonObject model = inspect("pixel");
    QCOMPARE(model.value(QStringLiteral("family")).toString(), QStringLiteral("ddpm"));
    QCOMPARE(model.value(QStringLiteral("takes_prompt")).toBool(), false);
    QCOMPARE(model.value(QStringLiteral("native_width")).toInt(), 16);
    QVERIFY(model.value(QStringLiteral("missing")).toArray().isEmpty());
    const Answer made = run(words("generate --steps 1 --quiet --threads 1 --model") +
                            QStringList{path("pixel"), QStringLiteral("--out"), path("pixel.png")});
    QVERIFY2(made.status == 0, made.err.constData());
    QCOMPARE(QImage(path("pixel.png")).size(), QSize(16, 16));
}

void CliTrainTest::anAutoencoderCarriesAModelWithText()
{
    const Answer first = run(trainArguments("autoencoder", "vae", words("--widths 16,32 --steps 2")));
    QVERIFY2(first.status == 0, first.err.constData());
    QVERIFY2(first.err.contains(" dB (PSNR)"), first.err.constData());

    const Answer second =
        run(trainArguments("latent", "latent",
                           words("--widths 16,32 --text-width 32 --text-layers 1 --vocabulary 32 --steps 2 --quiet "
                                 "--base") +
                               QStringList{path("vae")}));
    QVERIFY2(second.status == 0, second.err.constData());
    QVERIFY(second.out.startsWith("Finished after 2 steps"));
    QVERIFY2(!second.err.contains("step "), second.err.constData());
    const QJsonObject model = inspect("latent");
    QCOMPARE(model.value(QStringLiteral("takes_prompt")).toBool(), true);
    QCOMPARE(model.value(QStringLiteral("latent")).toBool(), true);
    QCOMPARE(model.value(QStringLiteral("native_width")).toInt(), 16);
    QVERIFY(model.value(QStringLiteral("missing")).toArray().isEmpty());
    const QJsonArray ids =
        run({QStringLiteral("tokenize"), QStringLiteral("--model"), path("latent"), QStringLiteral("red cat")})
            .json()
            .array();
    QVERIFY(ids.size() > 1);
    QCOMPARE(ids.last().toInt(), 1); // the end of a text
}

void CliTrainTest::anAdapterIsTrained()
{
    const Answer answer = run(trainArguments("lora", "adapters/squares.safetensors",
                                             words("--rank 2 --alpha 4 --steps 2 --base") +
                                                 QStringList{QStringLiteral(TINCTURE_GOLDEN "/pipelines/model_sd1")}));
    QVERIFY2(answer.status == 0, answer.err.constData());
    QVERIFY(QFile::exists(path("adapters/squares-checkpoints/training.safetensors")));
    const QJsonObject header = headerOf(path("adapters/squares.safetensors"));
    const QJsonObject about = header.value(QStringLiteral("__metadata__")).toObject();
    QCOMPARE(about.value(QStringLiteral("ss_network_dim")).toString(), QStringLiteral("2"));
    QCOMPARE(about.value(QStringLiteral("ss_steps")).toString(), QStringLiteral("2"));
    const QString layer =
        QStringLiteral("lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_q.lora_down.weight");
    const QJsonArray shape = header.value(layer).toObject().value(QStringLiteral("shape")).toArray();
    QCOMPARE(shape, (QJsonArray{2, 32}));
}

void CliTrainTest::samplesThatCannotBeWrittenEndNothing()
{
    // Folders stand where pictures are to go.
    QVERIFY(QDir().mkpath(path("looks/step_0000001-0.png")));
    QVERIFY(QDir().mkpath(path("looks/step_0000002-3.png")));
    const Answer answer = run(trainArguments("pixel", "sampled",
                                             words("--widths 16,32 --steps 3 --quiet --sample-every 1 --samples") +
                                                 QStringList{path("looks")}));
    QVERIFY2(answer.status == 0, answer.err.constData());
    QVERIFY(answer.out.startsWith("Finished after 3 steps"));
    QVERIFY2(answer.err.contains("\"" + path("looks/step_0000001-0.png").toUtf8() + "\""), answer.err.constData());
    QCOMPARE(answer.err.count("Cannot write"), 1);
    QCOMPARE(QImage(path("looks/step_0000001-1.png")).size(), QSize(16, 16));
    QCOMPARE(QImage(path("looks/step_0000003-3.png")).size(), QSize(16, 16));
    QCOMPARE(QDir(path("looks")).entryList(QDir::Files | QDir::Hidden).size(), 10);
}

void CliTrainTest::interruptLeavesACheckpoint()
{
    const QStringList arguments = trainArguments("pixel", "stopped", words("--widths 16,32 --steps 1000000 --json"));
    QProcess process;
    process.setProcessEnvironment(command_line::environment(m_folder.path()));
    process.start(QStringLiteral(TINCTURE_CLI), arguments);
    QByteArray said;
    const auto hasBegun = [&] {
        said += process.readAllStandardError();
        return said.contains("step 1/");
    };
    QTRY_VERIFY_WITH_TIMEOUT(hasBegun(), kPatienceMs);
    kill(pid_t(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished(kPatienceMs));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 130);
    const QJsonObject stopped = QJsonDocument::fromJson(process.readAllStandardOutput()).object();
    const int steps = stopped.value(QStringLiteral("steps")).toInt();
    QVERIFY(steps >= 1);
    QCOMPARE(stopped.value(QStringLiteral("finished")), QJsonValue(false));
    QVERIFY(QFile::exists(path("stopped/checkpoints/training.safetensors")));
    QVERIFY(inspect("stopped").value(QStringLiteral("missing")).toArray().isEmpty());

    const Answer next = run(arguments + words("--stop-after 1"));
    QVERIFY2(next.status == 0, next.err.constData()); // asked for, so no interruption
    QCOMPARE(next.json().object().value(QStringLiteral("steps")).toInt(), steps + 1);
}

QTEST_GUILESS_MAIN(CliTrainTest)
#include "cli_train_test.moc"
