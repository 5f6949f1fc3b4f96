#pragma once

#include "app/drafts.h"
#include "app/job_queue.h"
#include "app/model_catalog.h"
#include "app/picture_saver.h"
#include "app/settings.h"
#include "app/studio.h"
#include "tests/support/checkpoint_files.h"
#include "tests/support/fake_engine.h"
#include "ui/common/banner.h"
#include "ui/common/button.h"
#include "ui/common/elided_label.h"
#include "ui/common/fact_list.h"
#include "ui/common/focus_frame.h"
#include "ui/common/split_button.h"
#include "ui/common/theme.h"
#include "ui/common/toast.h"
#include "ui/create/canvas.h"
#include "ui/create/create_page.h"
#include "ui/create/filmstrip.h"
#include "ui/create/job_list.h"
#include "ui/create/picture_panel.h"
#include "ui/create/prompt_edit.h"
#include "ui/create/queue_panel.h"
#include "ui/create/recipe_panel.h"
#include "ui/create/session_model.h"
#include "ui/create/start_screen.h"
#include "ui/create/step_strip.h"
#include "ui/main_window.h"

#include <QAbstractButton>
#include <QAction>
#include <QComboBox>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

/// A studio in a folder of its own with a small model that comes with the program.
struct Workshop
{
    explicit Workshop(bool hasPromptModel = true)
    {
        const QString models = folder.filePath(QStringLiteral("resources/models"));
        if (hasPromptModel)
            checkpoint_files::writeZeros(checkpoint_files::pathOf(models + QStringLiteral("/starter.safetensors")),
                                         original::tinySd1());
        open();
    }

    void open()
    {
        page.reset();
        studio.reset();
        studio = std::make_unique<app::Studio>(
            app::StudioOptions{.configFile = folder.filePath(QStringLiteral("tincture.ini")),
                               .dataFolder = folder.filePath(QStringLiteral("data")),
                               .cacheFolder = folder.filePath(QStringLiteral("cache")),
                               .pictureFolder = folder.filePath(QStringLiteral("pictures")),
                               .resourceFolder = folder.filePath(QStringLiteral("resources")),
                               .factory = [plan = plan] { return std::make_unique<FakeEngine>(plan); }});
        page = std::make_unique<ui::CreatePage>(*studio);
        page->resize(1360, 840);
        page->show();
        QSignalSpy scanned(&studio->models(), &app::ModelCatalog::scanned);
        studio->start();
        QVERIFY(scanned.wait());
        QVERIFY(QTest::qWaitForWindowExposed(page.get()));
        page->activateWindow();
    }

    template <typename T>
    T *find(const char *name) const
    {
        return page->findChild<T *>(QLatin1String(name));
    }
    void press(const char *name) const { QTest::mouseClick(find<QWidget>(name), Qt::LeftButton); }
    void type(const char *name, const char *text) const
    {
        auto *field = find<QLineEdit>(name);
        field->setFocus();
        field->selectAll();
        QTest::keyClicks(field, QLatin1String(text));
        QTest::keyClick(field, Qt::Key_Return);
    }
    void generate() const { page->actionTable().generate->trigger(); }
    void waitUntilIdle() const
    {
        QTRY_VERIFY_WITH_TIMEOUT(studio->queue().running() == nullptr && studio->queue().waiting() == 0, 20000);
    }
    ui::SplitButton *submit() const { return find<ui::SplitButton>("generate"); }
    ui::FilmList *film() const { return find<ui::FilmList>("filmstrip"); }
    QString fact(const QString &name) const
    {
        for (const ui::Fact &fact : page->findChild<ui::FactList *>()->facts()) {
            if (fact.name == name)
                return fact.value;
        }
        return {};
    }

    QTemporaryDir folder;
    std::shared_ptr<FakePlan> plan = std::make_shared<FakePlan>();
    std::unique_ptr<app::Studio> studio;
    std::unique_ptr<ui::CreatePage> page;
};
