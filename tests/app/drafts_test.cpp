#include "app/drafts.h"

#include "tests/support/fake_engine.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

class DraftsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_file = m_folder->filePath(QStringLiteral("draft.json"));
    }

    void withoutAFileTheDraftIsTheDefault()
    {
        const app::Drafts drafts(m_file);
        QVERIFY(drafts.restore() == app::Draft());
    }

    void draftIsOnDiskASecondAfterTheFirstEditEvenWhileTypingGoesOn()
    {
        app::Drafts drafts(m_file);
        app::Draft draft;
        QElapsedTimer clock;
        clock.start();
        int edits = 0;
        while (!QFile::exists(m_file) && clock.elapsed() < 3000) {
            draft.request.prompt = std::to_string(++edits);
            drafts.edit(draft);
            QTest::qWait(20);
        }
        QVERIFY2(clock.elapsed() < 1600, qPrintable(QString::number(clock.elapsed())));
        QVERIFY(std::stoi(drafts.restore().request.prompt) > 10);
    }

    void everythingComesBack()
    {
        app::Draft draft = sample();
        {
            app::Drafts drafts(m_file);
            drafts.edit(draft);
        } // saved at the end
        QVERIFY(app::Drafts(m_file).restore() == draft);
    }

    void draftSurvivesAKill()
    {
        const app::Draft draft = sample();
        const pid_t child = ::fork();
        if (child == 0) {
            app::Drafts drafts(m_file);
            drafts.edit(draft);
            drafts.flush();
            ::raise(SIGKILL);
        }
        ::waitpid(child, nullptr, 0);
        QVERIFY(app::Drafts(m_file).restore() == draft);
    }

    void damagedFileMeansTheDefault()
    {
        QFile file(m_file);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"request\": {\"pro");
        file.close();
        QVERIFY(app::Drafts(m_file).restore() == app::Draft());
    }

private:
    static app::Draft sample()
    {
        app::Draft draft;
        draft.request = {
            .model = "/models/a", .prompt = "fox 🦊", .negativePrompt = "blur", .steps = 33, .seed = 77, .count = 4};
        draft.request.init = FakeEngine::paint(20, 10, 5);
        draft.request.mask = {.width = 20, .height = 10, .channels = 1, .pixels = std::vector<std::uint8_t>(200, 128)};
        draft.isSeedRandom = false;
        draft.view = {{QStringLiteral("more"), true}};
        return draft;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_file;
};

QTEST_GUILESS_MAIN(DraftsTest)
#include "drafts_test.moc"
