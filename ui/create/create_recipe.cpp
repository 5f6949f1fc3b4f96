// The Create page's recipe: models, drafts, and recipes that are taken over from pictures.
#include "app/drafts.h"
#include "app/image_file.h"
#include "app/model_catalog.h"
#include "app/settings.h"
#include "app/studio.h"
#include "app/thumbnails.h"
#include "ui/common/toast.h"
#include "ui/create/canvas.h"
#include "ui/create/create_page.h"
#include "ui/create/model_list.h"
#include "ui/create/recipe_panel.h"
#include "ui/create/start_screen.h"
#include "ui/create/words.h"

#include <QClipboard>
#include <QCoreApplication>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QJsonArray>
#include <QPointer>
#include <QThreadPool>

namespace ui {

namespace {

constexpr int kHistory = 50;

QString seedModeText(SeedField::Mode mode)
{
    switch (mode) {
    case SeedField::Mode::Random:
        return QStringLiteral("random");
    case SeedField::Mode::Typed:
        return QStringLiteral("typed");
    case SeedField::Mode::Locked:
        return QStringLiteral("locked");
    }
    return {};
}

SeedField::Mode seedModeFrom(const QString &text)
{
    if (text == QLatin1String("locked"))
        return SeedField::Mode::Locked;
    return text == QLatin1String("typed") ? SeedField::Mode::Typed : SeedField::Mode::Random;
}

/// What the starter model draws well.
QList<Example> starterExamples(const QString &resources)
{
    const QString folder = resources + QStringLiteral("/examples/");
    return {{QStringLiteral("cat face"), 1, 20, folder + QStringLiteral("cat-face.png")},
            {QStringLiteral("rocket"), 3, 20, folder + QStringLiteral("rocket.png")},
            {QStringLiteral("pizza"), 1, 20, folder + QStringLiteral("pizza.png")}};
}

} // namespace

void CreatePage::connectRecipe()
{
    connect(m_recipe, &RecipePanel::edited, this, &CreatePage::saveDraft);
    connect(m_recipe, &RecipePanel::submitRequested, this, &CreatePage::generate);
    connect(m_recipe, &RecipePanel::modelChosen, this, &CreatePage::takeModel);
    connect(m_recipe, &RecipePanel::openModelRequested, this, &CreatePage::openModel);
    connect(m_recipe, &RecipePanel::modelWanted, this,
            [this](const QString &path) { takeModel(m_studio.models().row(path)); });
    connect(m_recipe, &RecipePanel::historyChosen, this, [this](int index) {
        if (index >= m_history.size())
            return;
        app::Recipe recipe;
        recipe.request = m_history.at(index);
        recipe.modelName = modelNameText(recipe.request.model);
        useRecipe(recipe, RecipePart::All);
    });
}

void CreatePage::connectModels()
{
    app::ModelCatalog &catalog = m_studio.models();
    connect(&catalog, &app::ModelCatalog::scanned, this, [this] {
        m_wasScanned = true;
        chooseStartModel();
    });
    connect(&catalog, &QAbstractItemModel::dataChanged, this,
            [this, &catalog](const QModelIndex &from, const QModelIndex &to) {
                const int row = catalog.row(m_recipe->model().path);
                if (m_hasChosenModel && row >= from.row() && row <= to.row())
                    takeModel(row);
            });
    connect(&m_studio.thumbnails(), &app::Thumbnails::ready, this,
            [this](const QString &file) { m_start->setPicture(file, m_studio.thumbnails().peek(file, 512)); });
}

void CreatePage::chooseStartModel()
{
    const app::ModelCatalog &catalog = m_studio.models();
    if (!m_wantedModel.isEmpty()) {
        if (const int row = catalog.row(m_wantedModel); row >= 0) {
            m_wantedModel.clear();
            takeModel(row);
            return;
        }
    }
    if (m_hasChosenModel) {
        // The chosen one may have gone, or moved to another row.
        const QString path = m_recipe->model().path;
        const int row = catalog.row(path);
        const QString wanted = m_wantedModel; // still looked for
        if (row >= 0)
            takeModel(row);
        else if (!catalog.isScanning() && catalog.rowCount() > 0)
            m_recipe->setModel({.row = -1, .path = path, .name = modelNameText(pathFrom(path))});
        m_wantedModel = wanted;
        return;
    }
    int row = catalog.row(m_studio.settings().lastModel());
    if (row < 0) {
        const app::ModelEntry *starter = catalog.starter();
        row = starter != nullptr ? catalog.row(starter->path) : -1;
    }
    const std::vector<app::ModelEntry> &entries = catalog.entries();
    for (size_t i = 0; row < 0 && i < entries.size(); ++i) {
        if (entries.at(i).state == app::ModelState::Ready)
            row = int(i);
    }
    if (row < 0 && !entries.empty())
        row = 0;
    if (row >= 0)
        takeModel(row);
    else
        showStartScreen();
}

void CreatePage::takeModel(int row)
{
    const auto &entries = m_studio.models().entries();
    if (row < 0 || row >= int(entries.size()))
        return;
    const app::ModelEntry &entry = entries.at(size_t(row));
    const bool isFirst = !m_hasChosenModel;
    const bool isOther = entry.path != m_recipe->model().path;
    m_hasChosenModel = true;
    m_wantedModel.clear();
    m_recipe->setModel({.row = row,
                        .path = entry.path,
                        .name = m_models->data(m_models->index(row, 0), Qt::DisplayRole).toString(),
                        .isUsable = entry.state == app::ModelState::Ready,
                        .info = entry.info});
    if (isFirst && !m_wasDraftRestored)
        m_recipe->useSuggestedSettings();
    if (isFirst)
        m_recipe->forgetPast();
    if (isOther && !isFirst)
        m_studio.settings().useModel(entry.path);
    showStartScreen();
}

engine::GenerateRequest CreatePage::currentRequest(bool *hasSeed) const
{
    const RecipeState state = m_recipe->state();
    *hasSeed = state.hasSeed && state.seedMode != SeedField::Mode::Random;
    engine::GenerateRequest request = state.request;
    const ChosenModel &model = m_recipe->model();
    if (model.isUsable && !model.info.takesPrompt) {
        request.prompt.clear();
        request.negativePrompt.clear();
    }
    request.preview = m_studio.settings().previewContent();
    request.previewDecoder = m_studio.settings().previewDecoder();
    return request;
}

void CreatePage::useModel(const QString &path)
{
    const int row = m_studio.models().row(path);
    if (row >= 0) {
        takeModel(row);
        return;
    }
    // Not listed yet: it is among those used lately, and the catalog looks there.
    m_wantedModel = path;
    m_studio.settings().useModel(path);
    m_studio.models().rescan();
}

void CreatePage::undo()
{
    m_recipe->undo();
}

void CreatePage::openModel()
{
    auto *dialog = new QFileDialog(this, tr("Open a Model"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({tr("Models (*.safetensors *.ckpt model_index.json)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &file) {
        const QFileInfo info(file);
        // A folder in diffusers' layout is named by the file in it.
        useModel(info.fileName() == QLatin1String("model_index.json") ? info.absolutePath() : info.absoluteFilePath());
    });
    dialog->open();
}

void CreatePage::restoreDraft()
{
    const app::Draft draft = m_studio.drafts().restore();
    m_wasDraftRestored = draft != app::Draft{};
    if (!m_wasDraftRestored)
        return;
    RecipeState state;
    state.request = draft.request;
    state.seedMode =
        draft.isSeedRandom ? SeedField::Mode::Random : seedModeFrom(draft.view.value(QLatin1String("seed")).toString());
    state.hasSeed = draft.view.value(QLatin1String("has_seed")).toBool(!draft.isSeedRandom);
    m_recipe->setState(state);
    m_recipe->setMoreOpen(draft.view.value(QLatin1String("more")).toBool());
    m_wantedModel = pathText(draft.request.model);
    for (const QJsonValue &value : draft.view.value(QLatin1String("history")).toArray())
        m_history.append(app::requestFromJson(value.toObject()));
    m_historyJson = draft.view.value(QLatin1String("history")).toArray();
    QStringList prompts;
    for (const engine::GenerateRequest &request : m_history)
        prompts.append(QString::fromStdString(request.prompt));
    m_recipe->setHistory(prompts);
}

void CreatePage::saveDraft()
{
    const RecipeState state = m_recipe->state();
    app::Draft draft;
    draft.request = state.request;
    if (draft.request.model.empty())
        draft.request.model = pathFrom(m_wantedModel);
    draft.isSeedRandom = state.seedMode == SeedField::Mode::Random;
    draft.view = {{QStringLiteral("seed"), seedModeText(state.seedMode)},
                  {QStringLiteral("has_seed"), state.hasSeed},
                  {QStringLiteral("more"), m_recipe->isMoreOpen()},
                  {QStringLiteral("history"), m_historyJson}};
    m_studio.drafts().edit(draft);
}

void CreatePage::rememberRecipe(const engine::GenerateRequest &request)
{
    engine::GenerateRequest kept = request;
    kept.init = {};
    kept.mask = {};
    // Recipes that differ in the seed only are one.
    m_history.removeIf([&kept](engine::GenerateRequest old) {
        old.seed = kept.seed;
        return old == kept;
    });
    m_history.prepend(kept);
    if (m_history.size() > kHistory)
        m_history.removeLast();
    QStringList prompts;
    m_historyJson = {};
    for (const engine::GenerateRequest &old : m_history) {
        prompts.append(QString::fromStdString(old.prompt));
        m_historyJson.append(app::requestToJson(old));
    }
    m_recipe->setHistory(prompts);
    saveDraft();
}

void CreatePage::useRecipe(const app::Recipe &recipe, RecipePart part)
{
    m_recipe->pushUndo();
    RecipeState state = m_recipe->state();
    const engine::GenerateRequest &from = recipe.request;
    engine::GenerateRequest &to = state.request;
    const bool isAll = part == RecipePart::All || part == RecipePart::AllButSeed;
    const auto take = [&recipe](const char *field, auto &target, const auto &value) {
        if (recipe.has(QLatin1String(field)))
            target = value;
    };
    if (isAll || part == RecipePart::Prompts) {
        take("prompt", to.prompt, from.prompt);
        take("negative", to.negativePrompt, from.negativePrompt);
    }
    if (isAll) {
        take("steps", to.steps, from.steps);
        take("sampler", to.sampler, from.sampler);
        take("schedule", to.schedule, from.schedule);
        take("cfg", to.guidanceScale, from.guidanceScale);
        take("clip_skip", to.clipSkip, from.clipSkip);
        if (recipe.known.isEmpty()) {
            to.guidanceRescale = from.guidanceRescale;
            to.rng = from.rng;
            to.precision = from.precision;
            to.weighting = from.weighting;
            to.eta = from.eta;
            to.ddimEta = from.ddimEta;
        }
        to.count = 1;
    }
    if (isAll || part == RecipePart::Size) {
        take("width", to.width, from.width);
        take("height", to.height, from.height);
    }
    if ((part == RecipePart::All || part == RecipePart::Seed) && recipe.has(QStringLiteral("seed"))) {
        to.seed = from.seed;
        state.hasSeed = true;
        state.seedMode = SeedField::Mode::Typed;
    }
    if (isAll)
        takeModelOf(recipe);
    m_recipe->apply(state);
}

void CreatePage::useSetting(const app::Recipe &recipe, app::RecipeSetting setting)
{
    m_recipe->pushUndo();
    RecipeState state = m_recipe->state();
    app::applySetting(recipe, setting, state.request);
    if (setting == app::RecipeSetting::Seed) {
        state.hasSeed = true;
        state.seedMode = SeedField::Mode::Typed;
    }
    if (setting == app::RecipeSetting::Model)
        takeModelOf(recipe);
    else
        m_recipe->apply(state);
}

void CreatePage::takeModelOf(const app::Recipe &recipe)
{
    const app::ModelCatalog &catalog = m_studio.models();
    int row = catalog.row(pathText(recipe.request.model));
    for (int i = 0; row < 0 && i < catalog.rowCount(); ++i) {
        const bool isSame = !recipe.modelName.isEmpty() && catalog.entries().at(size_t(i)).name == recipe.modelName;
        row = isSame ? i : -1;
    }
    if (row >= 0)
        takeModel(row);
    else if (!recipe.modelName.isEmpty() && recipe.has(QStringLiteral("model")))
        m_toasts->show({.iconName = QStringLiteral("warning"),
                        .text = tr("The model \"%1\" is not here; the chosen one stays").arg(recipe.modelName)});
}

void CreatePage::copySettings()
{
    app::Recipe recipe;
    recipe.request = m_recipe->state().request;
    recipe.modelName = modelNameText(recipe.request.model);
    recipe.jobSeed = recipe.request.seed;
    QGuiApplication::clipboard()->setText(app::recipeToParameters(recipe));
    m_toasts->show({.iconName = QStringLiteral("copy"), .text = tr("Settings copied as text")});
}

void CreatePage::pasteSettings()
{
    const std::optional<app::Recipe> recipe = app::recipeFromParameters(QGuiApplication::clipboard()->text());
    if (!recipe) {
        m_toasts->show(
            {.iconName = QStringLiteral("info"), .text = tr("The clipboard holds no settings of a picture")});
        return;
    }
    useRecipe(*recipe, RecipePart::All);
    m_toasts->show({.iconName = QStringLiteral("check"),
                    .text = tr("Settings taken from the clipboard"),
                    .action = tr("Undo"),
                    .run = [panel = QPointer(m_recipe)] {
                        if (panel)
                            panel->undo();
                    }});
}

void CreatePage::dropPicture(const QString &file)
{
    QThreadPool::globalInstance()->start([page = QPointer(this), file] {
        const app::PictureInfo info = app::readPictureInfo(file);
        QMetaObject::invokeMethod(
            qApp,
            [page, info] {
                if (!page)
                    return;
                const QString name = QFileInfo(info.path).fileName();
                if (!info.recipe) {
                    page->m_toasts->show(
                        {.iconName = QStringLiteral("info"), .text = tr("%1 holds no recipe").arg(name)});
                    return;
                }
                page->useRecipe(*info.recipe, RecipePart::All);
                page->m_toasts->show({.iconName = QStringLiteral("check"),
                                      .text = tr("Settings of %1 taken over").arg(name),
                                      .action = tr("Undo"),
                                      .run = [panel = QPointer(page->m_recipe)] {
                                          if (panel)
                                              panel->undo();
                                      }});
            },
            Qt::QueuedConnection);
    });
}

void CreatePage::showStartScreen()
{
    const bool hasPicture = m_canvas->hasPicture() || m_running != 0;
    m_start->setVisible(!hasPicture);
    m_canvas->setVisible(hasPicture);
    if (hasPicture)
        return;
    const ChosenModel &model = m_recipe->model();
    const app::ModelEntry *entry = m_studio.models().find(model.path);
    const bool isStarter = entry != nullptr && entry->source == app::ModelSource::Starter && model.isUsable;
    const bool takesPrompt = !model.isUsable || model.info.takesPrompt;
    if (model.path.isEmpty()) {
        m_start->setWords(tr("Choose a model"),
                          !m_wasScanned
                              ? tr("Looking for models.")
                              : tr("No model was found. Open a model file, or a folder in diffusers' layout."));
    } else if (!model.isUsable) {
        m_start->setWords(tr("This model cannot be used"),
                          entry != nullptr ? entry->failure.sentence : tr("Its file is gone."));
    } else if (!takesPrompt) {
        m_start->setWords(tr("Press Ctrl+Enter"),
                          tr("%1 takes no prompt: each seed is another picture.").arg(model.name));
    } else if (isStarter) {
        m_start->setWords(
            tr("Type a prompt and press Ctrl+Enter"),
            tr("The starter model draws small pictures of everyday things in a few seconds. Try one of these:"));
    } else {
        m_start->setWords(
            tr("Type a prompt and press Ctrl+Enter"),
            tr("%1 makes pictures of %2.").arg(model.name, sizeText(model.info.nativeWidth, model.info.nativeHeight)));
    }
    const bool showsExamples = isStarter && takesPrompt;
    m_start->setExamples(showsExamples ? starterExamples(m_studio.resourceFolder()) : QList<Example>());
    m_start->setNote(showsExamples ? tr("Prompts work in English, German, French, Spanish, Italian, Portuguese, "
                                        "Ukrainian, Japanese and Chinese.")
                                   : QString());
    if (!showsExamples)
        return;
    app::Thumbnails &thumbnails = m_studio.thumbnails();
    for (const Example &example : starterExamples(m_studio.resourceFolder())) {
        if (const QImage image = thumbnails.get(example.file, 512); !image.isNull())
            m_start->setPicture(example.file, image);
    }
}

} // namespace ui
