#include "app/settings.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

class SettingsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_file = m_folder->filePath(QStringLiteral("tincture.ini"));
    }

    void everythingHasADefault()
    {
        const app::Settings settings(m_file);
        QCOMPARE(settings.theme(), app::Theme::System);
        QVERIFY(settings.pictureFolder().endsWith(QLatin1String("/Tincture")));
        QCOMPARE(settings.namePattern(), QStringLiteral("[seq]-[seed]"));
        QCOMPARE(settings.previewContent(), engine::PreviewContent::PredictedX0);
        QCOMPARE(settings.panelWidth(QStringLiteral("create/left"), 344), 344);
        QVERIFY(settings.showsNewest());
    }

    void valuesComeBack()
    {
        {
            app::Settings settings(m_file);
            settings.setTheme(app::Theme::HighContrast);
            settings.setLanguage(QStringLiteral("de"));
            settings.setPictureFolder(QStringLiteral("/tmp/Bilder, meine"));
            settings.setModelFolders({QStringLiteral("/models/a, b"), QStringLiteral("/models/c")});
            settings.setPreviewContent(engine::PreviewContent::NoisyXt);
            settings.setPreviewDecoder(engine::PreviewDecoder::Full);
            settings.setPanelWidth(QStringLiteral("create/left"), 400);
            settings.setPanelFolded(QStringLiteral("create/right"), true);
            settings.setWindowGeometry(QByteArray("\0\1\2", 3));
            settings.setThumbnailSize(9999);
        }
        const app::Settings settings(m_file);
        QCOMPARE(settings.theme(), app::Theme::HighContrast);
        QCOMPARE(settings.language(), QStringLiteral("de"));
        QCOMPARE(settings.pictureFolder(), QStringLiteral("/tmp/Bilder, meine"));
        QCOMPARE(settings.modelFolders(), (QStringList{QStringLiteral("/models/a, b"), QStringLiteral("/models/c")}));
        QCOMPARE(settings.previewContent(), engine::PreviewContent::NoisyXt);
        QCOMPARE(settings.previewDecoder(), engine::PreviewDecoder::Full);
        QCOMPARE(settings.panelWidth(QStringLiteral("create/left"), 344), 400);
        QVERIFY(settings.isPanelFolded(QStringLiteral("create/right")));
        QCOMPARE(settings.windowGeometry(), QByteArray("\0\1\2", 3));
        QCOMPARE(settings.thumbnailSize(), 512);
    }

    void changesAreTold()
    {
        app::Settings settings(m_file);
        QSignalSpy theme(&settings, &app::Settings::themeChanged);
        settings.setTheme(app::Theme::Light);
        settings.setTheme(app::Theme::Light);
        QCOMPARE(theme.size(), 1);
    }

    void recentModelsAreNewestFirstAndFew()
    {
        app::Settings settings(m_file);
        for (int i = 0; i < 12; ++i)
            settings.useModel(QStringLiteral("/models/%1").arg(i));
        settings.useModel(QStringLiteral("/models/9"));
        QCOMPARE(settings.lastModel(), QStringLiteral("/models/9"));
        QCOMPARE(settings.recentModels().size(), 8);
        QCOMPARE(
            settings.recentModels().mid(0, 3),
            (QStringList{QStringLiteral("/models/9"), QStringLiteral("/models/11"), QStringLiteral("/models/10")}));
    }

    void nonsenseInTheFileMeansTheDefault()
    {
        QFile file(m_file);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("[look]\ntheme=purple\n[create]\npreview=17\n[engine]\nthreads=many\n\x01\x02\xff]]][\n");
        file.close();
        const app::Settings settings(m_file);
        QCOMPARE(settings.theme(), app::Theme::System);
        QCOMPARE(settings.previewContent(), engine::PreviewContent::PredictedX0);
        QCOMPARE(settings.threads(), 0);
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_file;
};

QTEST_GUILESS_MAIN(SettingsTest)
#include "settings_test.moc"
