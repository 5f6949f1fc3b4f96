#include "app/training_folder.h"

#include <QDir>
#include <QFile>
#include <QImage>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

class TrainingFolderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_root = std::make_unique<QTemporaryDir>(); }

    void countsPicturesCaptionsSizesAndBrokenFiles()
    {
        write("red cat/1.png", QSize(64, 64));
        write("red cat/2.jpg", QSize(100, 80));
        write("3.png", QSize(32, 32));
        text("3.txt", "a very small dog\n");
        write("4.png", QSize(16, 16));
        text("5.png", "");
        text("6.png", "no picture");
        const app::TrainingFolderContents found = look();
        QCOMPARE(found.fault, QString());
        QCOMPARE(found.pictures, 6);
        QCOMPARE(found.captioned, 3);
        QCOMPARE(found.captionWords, 8.0 / 3.0);
        QCOMPARE(found.smallestSide, 16);
        QCOMPARE(found.largestSide, 80);
        QCOMPARE(found.isSquare, 3);
        QCOMPARE(found.usable(), 4);
        QCOMPARE(found.broken.size(), 2);
        QCOMPARE(found.broken.at(0).reason, QStringLiteral("It is empty."));
        QCOMPARE(found.broken.at(1).reason, QStringLiteral("It is no picture, whatever its name says."));
        QVERIFY(!found.examples.isEmpty());
        QVERIFY(found.isDone());
    }

    void captionsComeFromATableToo()
    {
        write("1.png", QSize(16, 16));
        text("captions.jsonl", "{\"file\": \"1.png\", \"captions\": [\"one two three\"]}\n");
        QCOMPARE(look().captioned, 1);
        text("captions.jsonl", "[1]\n");
        QCOMPARE(look().fault,
                 QStringLiteral("\"captions.jsonl\" has a line that is no JSON object. Mend or remove it."));
    }

    void threePicturesArePossible()
    {
        for (const char *name : {"1.png", "2.png", "3.png"})
            write(name, QSize(16, 16));
        const app::TrainingFolderContents found = look();
        QCOMPARE(found.fault, QString());
        QCOMPARE(found.usable(), 3);
    }

    void unusableFoldersAreSaidInOneSentence()
    {
        const QString name = QDir(m_root->path()).dirName();
        QCOMPARE(
            look().fault,
            QStringLiteral("There are no pictures in \"%1\". Choose a folder with PNG, JPEG or WebP files.").arg(name));
        text("1.png", "x");
        QCOMPARE(look().fault,
                 QStringLiteral("None of the pictures in \"%1\" can be read. Choose another folder.").arg(name));
        const QString gone = m_root->filePath(QStringLiteral("gone"));
        app::TrainingFolder folder;
        folder.setFolder(gone);
        QTRY_VERIFY(!folder.isLooking());
        QCOMPARE(folder.contents().fault,
                 QStringLiteral("The folder \"gone\" is not there any more. Choose another one."));
    }

private:
    app::TrainingFolderContents look()
    {
        app::TrainingFolder folder;
        folder.setFolder(m_root->path());
        [&] { QTRY_VERIFY(!folder.isLooking()); }();
        return folder.contents();
    }
    void write(const char *name, QSize size)
    {
        const QString path = m_root->filePath(QLatin1String(name));
        QDir().mkpath(QFileInfo(path).absolutePath());
        QImage image(size, QImage::Format_RGB32);
        image.fill(Qt::red);
        QVERIFY(image.save(path));
    }
    void text(const char *name, const char *bytes)
    {
        QFile file(m_root->filePath(QLatin1String(name)));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }

    std::unique_ptr<QTemporaryDir> m_root;
};

QTEST_GUILESS_MAIN(TrainingFolderTest)

#include "training_folder_test.moc"
