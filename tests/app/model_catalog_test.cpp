#include "app/model_catalog.h"

#include "tests/support/checkpoint_files.h"
#include "tests/support/original_layout.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using app::ModelCatalog;
using app::ModelState;

class ModelCatalogTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QDir(m_folder->path()).mkpath(QStringLiteral("starter"));
        QDir(m_folder->path()).mkpath(QStringLiteral("models"));
    }

    void modelsAreFoundBesideTheProgramAndInFolders()
    {
        write(QStringLiteral("starter/emoji.safetensors"));
        write(QStringLiteral("models/b.safetensors"));
        write(QStringLiteral("models/Stable-diffusion/a.safetensors"));
        write(QStringLiteral("models/Lora/style.safetensors")); // a part, not a model
        ModelCatalog catalog(path("starter"));
        QAbstractItemModelTester tester(&catalog);
        catalog.setFolders({path("models"), path("gone")});
        scan(catalog);
        QCOMPARE(catalog.rowCount(), 3);
        QCOMPARE(catalog.starter()->name, QStringLiteral("emoji"));
        QCOMPARE(catalog.index(0).data(ModelCatalog::SourceRole).toInt(), int(app::ModelSource::Starter));
        for (int row = 0; row < 3; ++row) {
            QCOMPARE(catalog.index(row).data(ModelCatalog::StateRole).toInt(), int(ModelState::Ready));
            QVERIFY(!catalog.index(row).data(ModelCatalog::FamilyLabelRole).toString().isEmpty());
        }
        QCOMPARE(catalog.find(path("models/b.safetensors"))->info.family, std::string("sd1"));
    }

    void theStarterTakesAPrompt()
    {
        const QString animals = path("starter/animals");
        const QString starter = path("starter/starter");
        const auto copy = [](const char *model, const QString &to) {
            std::filesystem::copy(std::filesystem::path(TINCTURE_GOLDEN "/pipelines") / model, to.toStdString(),
                                  std::filesystem::copy_options::recursive);
        };
        copy("model_ddpm", animals);
        ModelCatalog catalog(path("starter"));
        scan(catalog);
        QCOMPARE(catalog.find(animals)->state, ModelState::Ready);
        QVERIFY(!catalog.starter());
        copy("model_sd1", starter);
        scan(catalog);
        QCOMPARE(catalog.index(0).data(ModelCatalog::PathRole).toString(), animals);
        QVERIFY(catalog.starter());
        QCOMPARE(catalog.starter()->path, starter);
    }

    void unusableModelsStayListedWithTheReason()
    {
        checkpoint_files::writeBytes(path("models/torn.safetensors").toStdString(),
                                     QByteArray("\x40\0\0\0\0\0\0\0{\"a", 11));
        checkpoint_files::writeZeros(path("models/other.safetensors").toStdString(), {{"some.tensor", {4, 4}}});
        ModelCatalog catalog({});
        catalog.setFolders({path("models")});
        catalog.setRecent({path("models/gone.safetensors")});
        scan(catalog);
        QCOMPARE(catalog.rowCount(), 3);
        const app::ModelEntry *torn = catalog.find(path("models/torn.safetensors"));
        QCOMPARE(torn->state, ModelState::Damaged);
        QVERIFY(torn->failure.sentence.contains(QLatin1String("torn.safetensors")));
        QVERIFY(!torn->failure.details.isEmpty());
        QCOMPARE(catalog.find(path("models/other.safetensors"))->state, ModelState::Unsupported);
        QCOMPARE(catalog.find(path("models/gone.safetensors"))->state, ModelState::Missing);
        QVERIFY(!catalog.starter());
    }

    void rescanChangesOnlyWhatChanged()
    {
        for (const char *name : {"a", "b", "c"})
            write(QStringLiteral("models/%1.safetensors").arg(QLatin1String(name)));
        ModelCatalog catalog({});
        QAbstractItemModelTester tester(&catalog);
        catalog.setFolders({path("models")});
        scan(catalog);
        QSignalSpy inserted(&catalog, &QAbstractItemModel::rowsInserted);
        QSignalSpy removed(&catalog, &QAbstractItemModel::rowsRemoved);
        QSignalSpy changed(&catalog, &QAbstractItemModel::dataChanged);
        scan(catalog);
        QCOMPARE(inserted.size() + removed.size() + changed.size(), 0);
        QVERIFY(QFile::remove(path("models/b.safetensors")));
        write(QStringLiteral("models/bb.safetensors"));
        scan(catalog);
        QCOMPARE(removed.size(), 1);
        QCOMPARE(inserted.size(), 1);
        QCOMPARE(inserted.at(0).at(1).toInt(), 1);
        QCOMPARE(changed.size(), 0);
    }

    void recentModelsComeBeforeTheRestNewestFirst()
    {
        for (const char *name : {"a", "b", "c"})
            write(QStringLiteral("models/%1.safetensors").arg(QLatin1String(name)));
        ModelCatalog catalog({});
        QAbstractItemModelTester tester(&catalog);
        catalog.setFolders({path("models")});
        scan(catalog);
        QSignalSpy scanned(&catalog, &ModelCatalog::scanned);
        catalog.setRecent({path("models/c.safetensors"), path("models/b.safetensors")});
        QVERIFY(scanned.wait());
        QCOMPARE(catalog.index(0).data().toString(), QStringLiteral("c"));
        QCOMPARE(catalog.index(1).data().toString(), QStringLiteral("b"));
        QCOMPARE(catalog.index(2).data().toString(), QStringLiteral("a"));
        QCOMPARE(catalog.find(path("models/c.safetensors"))->lastUsed, 1);
    }

private:
    QString path(const char *name) const { return m_folder->filePath(QLatin1String(name)); }
    void write(const QString &name) const
    {
        checkpoint_files::writeZeros(m_folder->filePath(name).toStdString(), original::tinySd1());
    }
    static void scan(ModelCatalog &catalog)
    {
        QSignalSpy scanned(&catalog, &ModelCatalog::scanned);
        catalog.rescan();
        QVERIFY(scanned.wait());
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(ModelCatalogTest)
#include "model_catalog_test.moc"
