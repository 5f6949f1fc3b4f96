#include "ui/export/export_dialog.h"

#include "app/file_name.h"
#include "app/image_file.h"
#include "app/settings.h"
#include "app/studio.h"
#include "ui/common/button.h"
#include "ui/common/elided_label.h"
#include "ui/common/hair_line.h"
#include "ui/common/icon_button.h"
#include "ui/common/number_field.h"
#include "ui/common/progress_meter.h"
#include "ui/common/segmented_control.h"
#include "ui/common/toast.h"
#include "ui/common/value_slider.h"
#include "ui/create/words.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDesktopServices>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLineEdit>
#include <QMenu>
#include <QPointer>
#include <QStackedWidget>
#include <QStandardPaths>
#include <QThreadPool>
#include <QUrl>
#include <QVBoxLayout>

namespace ui {

namespace {

constexpr int kWidth = 560;
constexpr int kFolderDelayMs = 200;

/// A label above its control, 6 between.
QWidget *field(const QString &label, QWidget *control, QWidget *parent, QWidget *buddy = nullptr)
{
    auto *holder = new QWidget(parent);
    auto *column = new QVBoxLayout(holder);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme().metrics().labelGap);
    column->addWidget(new FieldLabel(label, buddy ? buddy : control, holder));
    column->addWidget(control);
    return holder;
}

QJsonObject toJson(const app::ExportOptions &options)
{
    return {{QStringLiteral("as"), int(options.as)},      {QStringLiteral("format"), int(options.format)},
            {QStringLiteral("quality"), options.quality}, {QStringLiteral("lossless"), options.isLossless},
            {QStringLiteral("size"), int(options.size)},  {QStringLiteral("side"), options.longestSide},
            {QStringLiteral("percent"), options.percent}, {QStringLiteral("metadata"), options.keepsMetadata},
            {QStringLiteral("pattern"), options.pattern}, {QStringLiteral("folder"), options.folder},
            {QStringLiteral("columns"), options.columns}, {QStringLiteral("caption"), int(options.caption)}};
}

app::ExportOptions fromJson(const QJsonObject &object)
{
    app::ExportOptions options;
    const auto whole = [&object](const char *key, int otherwise, int least, int most) {
        return std::clamp(object.value(QLatin1String(key)).toInt(otherwise), least, most);
    };
    options.as = app::ExportAs(whole("as", 0, 0, 3));
    options.format = app::ExportFormat(whole("format", 0, 0, 2));
    options.quality = whole("quality", options.quality, 1, 100);
    options.isLossless = object.value(QLatin1String("lossless")).toBool();
    options.size = app::ExportSize(whole("size", 0, 0, 2));
    options.longestSide = whole("side", options.longestSide, 16, 16384);
    options.percent = std::clamp(object.value(QLatin1String("percent")).toDouble(50.0), 1.0, 400.0);
    options.keepsMetadata = object.value(QLatin1String("metadata")).toBool(true);
    options.pattern = object.value(QLatin1String("pattern")).toString(options.pattern);
    options.folder = object.value(QLatin1String("folder")).toString();
    options.columns = whole("columns", options.columns, 1, 20);
    options.caption = app::SheetCaption(whole("caption", 1, 0, 3));
    return options;
}

/// The nearest folder that is there must take new files. Reads the disk: called in the pool.
QString folderProblem(const QString &folder)
{
    QFileInfo info(folder);
    while (!info.exists() && info.absolutePath() != info.absoluteFilePath())
        info = QFileInfo(info.absolutePath());
    if (!info.isDir())
        return ExportDialog::tr("\"%1\" is a file, no folder.").arg(info.fileName());
    if (!info.isWritable())
        return ExportDialog::tr("You may not write into \"%1\". Choose another folder.").arg(info.absoluteFilePath());
    return {};
}

} // namespace

ExportDialog::ExportDialog(app::Studio &studio, const QStringList &files, QWidget *parent)
    : QDialog(parent), m_studio(studio), m_files(files), m_pages(new QStackedWidget(this))
{
    setObjectName(QStringLiteral("exportDialog"));
    setWindowTitle(tr("Export"));
    setFixedWidth(kWidth);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto *head = new Label(tr("Export %n picture(s)", nullptr, int(files.size())), TextStyle::Title, Token::Text, this);
    auto *top = new QVBoxLayout;
    top->setContentsMargins(24, 24, 24, 16);
    top->addWidget(head);
    column->addLayout(top);
    m_pages->addWidget(makeForm());
    m_pages->addWidget(makeProgress());
    column->addWidget(m_pages);
    column->addWidget(new HairLine(this));
    column->addWidget(makeFoot());

    app::ExportOptions last = fromJson(QJsonDocument::fromJson(studio.settings().exportOptions().toUtf8()).object());
    if (last.folder.isEmpty())
        // Not into the gallery's own folder: it would show every picture twice.
        last.folder =
            QDir(QStandardPaths::writableLocation(QStandardPaths::PicturesLocation)).filePath(tr("Tincture exports"));
    setOptions(last);
    checkFolder();
    // The example needs the first picture's recipe; reading it is not the window's work.
    QThreadPool::globalInstance()->start([dialog = QPointer<ExportDialog>(this), file = files.value(0)] {
        const auto recipe = app::readPictureInfo(file).recipe;
        QMetaObject::invokeMethod(
            qApp,
            [dialog, recipe] {
                if (!dialog)
                    return;
                dialog->m_firstRecipe = recipe;
                dialog->update();
            },
            Qt::QueuedConnection);
    });
    app::PictureExporter &exporter = studio.exporter();
    connect(&exporter, &app::PictureExporter::progressed, this, [this](int order, int done, int total) {
        if (order != m_order)
            return;
        m_meter->setFraction(double(done) / std::max(1, total));
        const double left = double(m_since.elapsed()) / 1000.0 / std::max(1, done) * (total - done);
        m_count->setText(done < total ? tr("%1 of %2, %3 left").arg(done).arg(total).arg(durationText(left))
                                      : tr("%1 of %2").arg(done).arg(total));
    });
    connect(&exporter, &app::PictureExporter::finished, this, [this](int order, const app::ExportResult &result) {
        if (order == m_order)
            onFinished(result);
    });
}

QWidget *ExportDialog::makeForm()
{
    auto *form = new QWidget(this);
    auto *column = new QVBoxLayout(form);
    column->setContentsMargins(24, 0, 24, 24);
    column->setSpacing(theme().metrics().fieldGap);

    m_as = new SegmentedControl(form);
    m_as->setObjectName(QStringLiteral("as"));
    m_as->setAccessibleName(tr("Export as"));
    m_as->addChoice(tr("Files"), QStringLiteral("image"));
    m_as->addChoice(tr("Zip file"), QStringLiteral("folder"));
    m_as->addChoice(tr("Contact sheet"), QStringLiteral("gallery"));
    m_as->setStretched(true);
    column->addWidget(m_as);

    m_format = new SegmentedControl(form);
    m_format->setObjectName(QStringLiteral("format"));
    m_format->setAccessibleName(tr("Format"));
    m_format->addChoice(QStringLiteral("PNG"));
    m_format->addChoice(QStringLiteral("JPEG"));
    m_format->addChoice(QStringLiteral("WebP"));
    m_format->setStretched(true);
    m_formatRow = field(tr("Format"), m_format, form);
    column->addWidget(m_formatRow);

    m_qualityRow = new QWidget(form);
    auto *quality = new QHBoxLayout(m_qualityRow);
    quality->setContentsMargins(0, 0, 0, 0);
    quality->setSpacing(16);
    m_quality = new ValueSlider(m_qualityRow);
    m_quality->setRange(1, 100);
    m_quality->setSliderRange(1, 100);
    m_quality->setDefaultValue(90);
    m_quality->setAccessibleLabel(tr("Quality"));
    m_lossless = new QCheckBox(tr("Without loss"), m_qualityRow);
    m_lossless->setObjectName(QStringLiteral("lossless"));
    quality->addWidget(field(tr("Quality"), m_quality, m_qualityRow, m_quality->field()), 1);
    quality->addWidget(m_lossless, 0, Qt::AlignBottom);
    column->addWidget(m_qualityRow);

    m_sizeRow = new QWidget(form);
    auto *size = new QHBoxLayout(m_sizeRow);
    size->setContentsMargins(0, 0, 0, 0);
    size->setSpacing(8);
    m_size = new QComboBox(m_sizeRow);
    m_size->setObjectName(QStringLiteral("size"));
    m_size->addItems({tr("As they are"), tr("Longest side"), tr("Percent")});
    m_side = new NumberField(m_sizeRow);
    m_side->setRange(16, 16384);
    m_side->setSuffix(tr("px"));
    m_side->setAccessibleName(tr("Longest side"));
    m_percent = new NumberField(m_sizeRow);
    m_percent->setRange(1, 400);
    m_percent->setDecimals(1);
    m_percent->setSuffix(tr("%"));
    m_percent->setAccessibleName(tr("Percent"));
    for (NumberField *number : {m_side, m_percent})
        number->setFixedWidth(120);
    size->addWidget(m_size, 1);
    size->addWidget(m_side);
    size->addWidget(m_percent);
    m_sizeRow = field(tr("Size"), m_sizeRow, form, m_size);
    column->addWidget(m_sizeRow);

    m_sheetRow = new QWidget(form);
    auto *sheet = new QHBoxLayout(m_sheetRow);
    sheet->setContentsMargins(0, 0, 0, 0);
    sheet->setSpacing(16);
    m_sheetKind = new SegmentedControl(m_sheetRow);
    m_sheetKind->setObjectName(QStringLiteral("sheetKind"));
    m_sheetKind->setAccessibleName(tr("Format of the sheet"));
    m_sheetKind->addChoice(QStringLiteral("PDF"));
    m_sheetKind->addChoice(QStringLiteral("PNG"));
    m_columns = new NumberField(m_sheetRow);
    m_columns->setRange(1, 20);
    m_columns->setStepButtonsVisible(true);
    m_columns->setFixedWidth(88);
    m_columns->setAccessibleName(tr("Columns"));
    m_caption = new QComboBox(m_sheetRow);
    m_caption->addItems({tr("Nothing"), tr("Name"), tr("Prompt"), tr("Settings")});
    sheet->addWidget(field(tr("Format"), m_sheetKind, m_sheetRow));
    sheet->addWidget(field(tr("Columns"), m_columns, m_sheetRow));
    sheet->addWidget(field(tr("Below each picture"), m_caption, m_sheetRow), 1);
    column->addWidget(m_sheetRow);

    m_pattern = new QLineEdit(form);
    m_pattern->setObjectName(QStringLiteral("pattern"));
    auto *pattern = new QWidget(form);
    auto *patternRow = new QHBoxLayout(pattern);
    patternRow->setContentsMargins(0, 0, 0, 0);
    patternRow->setSpacing(8);
    auto *tokens =
        new IconButton(QStringLiteral("plus"), tr("Put in what names may hold"), IconButton::Shape::Boxed, pattern);
    connect(tokens, &IconButton::clicked, this, &ExportDialog::showTokens);
    patternRow->addWidget(m_pattern, 1);
    patternRow->addWidget(tokens);
    m_patternRow = field(tr("Names"), pattern, form, m_pattern);
    column->addWidget(m_patternRow);
    m_name = new QLineEdit(form);
    m_name->setObjectName(QStringLiteral("bundleName"));
    m_name->setPlaceholderText(tr("Named by the date"));
    m_nameRow = field(tr("Name of the file"), m_name, form);
    column->addWidget(m_nameRow);

    auto *folder = new QWidget(form);
    auto *folderRow = new QHBoxLayout(folder);
    folderRow->setContentsMargins(0, 0, 0, 0);
    folderRow->setSpacing(8);
    m_folder = new QLineEdit(folder);
    m_folder->setObjectName(QStringLiteral("folder"));
    auto *browse = new IconButton(QStringLiteral("folder"), tr("Choose a folder"), IconButton::Shape::Boxed, folder);
    connect(browse, &IconButton::clicked, this, &ExportDialog::chooseFolder);
    folderRow->addWidget(m_folder, 1);
    folderRow->addWidget(browse);
    column->addWidget(field(tr("Folder"), folder, form, m_folder));

    m_metadata = new QCheckBox(tr("Keep how they were made (prompt, settings, seed)"), form);
    m_metadata->setObjectName(QStringLiteral("metadata"));
    column->addWidget(m_metadata);
    m_example = new ElidedLabel({}, TextStyle::Detail, Token::Text3, form);
    m_example->setObjectName(QStringLiteral("example"));
    m_example->setElideMode(Qt::ElideMiddle);
    m_problem = new Label({}, TextStyle::Detail, Token::Danger, form);
    m_problem->setObjectName(QStringLiteral("exportProblem"));
    m_problem->setWordWrap(true);
    column->addWidget(m_example);
    column->addWidget(m_problem);

    for (SegmentedControl *control : {m_as, m_format, m_sheetKind})
        connect(control, &SegmentedControl::currentChanged, this, &ExportDialog::update);
    for (QComboBox *combo : {m_size, m_caption})
        connect(combo, &QComboBox::currentIndexChanged, this, &ExportDialog::update);
    for (QLineEdit *edit : {m_pattern, m_name})
        connect(edit, &QLineEdit::textChanged, this, &ExportDialog::update);
    m_folderDelay.setSingleShot(true);
    m_folderDelay.setInterval(kFolderDelayMs);
    connect(&m_folderDelay, &QTimer::timeout, this, &ExportDialog::checkFolder);
    connect(m_folder, &QLineEdit::textChanged, this, [this] {
        m_folderDelay.start();
        update();
    });
    connect(m_lossless, &QCheckBox::toggled, this, &ExportDialog::update);
    return form;
}

QWidget *ExportDialog::makeProgress()
{
    auto *page = new QWidget(this);
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(24, 0, 24, 24);
    column->setSpacing(12);
    m_meter = new ProgressMeter(6, page);
    m_count = new Label({}, TextStyle::Body, Token::Text2, page);
    m_count->setObjectName(QStringLiteral("exportCount"));
    auto *note = new Label(tr("You may close this and go on working; a message tells when it is done."),
                           TextStyle::Detail, Token::Text3, page);
    note->setWordWrap(true);
    column->addWidget(m_count);
    column->addWidget(m_meter);
    column->addWidget(note);
    column->addStretch(1);
    return page;
}

QWidget *ExportDialog::makeFoot()
{
    auto *foot = new QWidget(this);
    auto *row = new QHBoxLayout(foot);
    row->setContentsMargins(24, 16, 24, 16);
    row->setSpacing(8);
    m_cancel = new Button(tr("Cancel"), foot);
    m_cancel->setObjectName(QStringLiteral("cancelExport"));
    m_go = new Button(tr("Export"), Button::Kind::Primary, foot);
    m_go->setObjectName(QStringLiteral("startExport"));
    m_go->setDefault(true);
    m_go->setFocus();
    row->addStretch(1);
    row->addWidget(m_cancel);
    row->addWidget(m_go);
    connect(m_cancel, &Button::clicked, this, [this] {
        if (m_order != 0)
            m_studio.exporter().cancel(m_order);
        else
            reject();
    });
    connect(m_go, &Button::clicked, this, [this] {
        if (m_order != 0)
            hide(); // goes on in the background
        else
            start();
    });
    return foot;
}

app::ExportOptions ExportDialog::options() const
{
    app::ExportOptions options;
    options.as = m_as->currentIndex() == 0          ? app::ExportAs::Files
                 : m_as->currentIndex() == 1        ? app::ExportAs::Zip
                 : m_sheetKind->currentIndex() == 0 ? app::ExportAs::SheetPdf
                                                    : app::ExportAs::SheetPng;
    options.format = app::ExportFormat(m_format->currentIndex());
    options.quality = m_quality->intValue();
    options.isLossless = m_lossless->isChecked();
    options.size = app::ExportSize(m_size->currentIndex());
    options.longestSide = m_side->intValue();
    options.percent = m_percent->value();
    options.keepsMetadata = m_metadata->isChecked();
    options.pattern = m_pattern->text();
    options.folder = m_folder->text().trimmed();
    if (options.folder.startsWith(QLatin1String("~/")))
        options.folder.replace(0, 1, QDir::homePath());
    options.bundleName = m_name->text();
    options.columns = m_columns->intValue();
    options.caption = app::SheetCaption(m_caption->currentIndex());
    return options;
}

void ExportDialog::setOptions(const app::ExportOptions &options)
{
    m_as->setCurrentIndex(options.as == app::ExportAs::Files ? 0 : options.as == app::ExportAs::Zip ? 1 : 2);
    m_sheetKind->setCurrentIndex(options.as == app::ExportAs::SheetPng ? 1 : 0);
    m_format->setCurrentIndex(int(options.format));
    m_quality->setValue(options.quality);
    m_lossless->setChecked(options.isLossless);
    m_size->setCurrentIndex(int(options.size));
    m_side->setValue(options.longestSide);
    m_percent->setValue(options.percent);
    m_metadata->setChecked(options.keepsMetadata);
    m_pattern->setText(options.pattern);
    m_folder->setText(options.folder);
    m_name->setText(options.bundleName);
    m_columns->setValue(options.columns);
    m_caption->setCurrentIndex(int(options.caption));
    update();
}

QString ExportDialog::problem() const
{
    const QString folder = options().folder;
    if (folder.isEmpty())
        return tr("Choose a folder for the pictures.");
    if (!QDir::isAbsolutePath(folder))
        return tr("The folder needs its whole path, beginning with /.");
    return m_folderProblem;
}

void ExportDialog::checkFolder()
{
    m_folderDelay.stop();
    const QString folder = options().folder;
    if (!QDir::isAbsolutePath(folder))
        return;
    QThreadPool::globalInstance()->start([dialog = QPointer<ExportDialog>(this), folder] {
        const QString fault = folderProblem(folder);
        const int sequence = std::max(1, app::nextSequence(folder));
        QMetaObject::invokeMethod(
            qApp,
            [dialog, folder, fault, sequence] {
                // An answer about what was typed before, or after the start, is none.
                if (!dialog || dialog->m_order != 0 || dialog->options().folder != folder)
                    return;
                dialog->m_folderProblem = fault;
                dialog->m_sequence = sequence;
                dialog->update();
            },
            Qt::QueuedConnection);
    });
}

void ExportDialog::update()
{
    const app::ExportOptions chosen = options();
    const bool isSheet = m_as->currentIndex() == 2;
    const bool isWebp = chosen.format == app::ExportFormat::Webp;
    m_formatRow->setVisible(!isSheet);
    m_qualityRow->setVisible(!isSheet && chosen.format != app::ExportFormat::Png);
    m_lossless->setVisible(isWebp);
    m_quality->setEnabled(!isWebp || !chosen.isLossless);
    m_sizeRow->setVisible(!isSheet);
    m_side->setVisible(chosen.size == app::ExportSize::LongestSide);
    m_percent->setVisible(chosen.size == app::ExportSize::Percent);
    m_sheetRow->setVisible(isSheet);
    m_patternRow->setVisible(!isSheet);
    m_nameRow->setVisible(chosen.as != app::ExportAs::Files);
    m_metadata->setVisible(!isSheet);
    app::ExportOptions file = chosen;
    file.as = app::ExportAs::Files;
    const QString ending = app::exportEnding(file);
    const QString example = app::exportName(chosen.pattern, m_files.value(0), m_firstRecipe,
                                            chosen.as == app::ExportAs::Zip ? 1 : m_sequence);
    m_example->setVisible(!isSheet);
    m_example->setText(tr("The first becomes %1").arg(example + ending));
    const QString fault = problem();
    m_problem->setText(fault);
    m_problem->setVisible(!fault.isEmpty());
    m_go->setEnabled(fault.isEmpty() && !m_files.isEmpty());
    m_go->setToolTip(fault);
    adjustSize();
}

void ExportDialog::showTokens()
{
    QMenu menu(this);
    for (const QString &token : app::exportTokens())
        menu.addAction(token, this, [this, token] {
            m_pattern->insert(token);
            m_pattern->setFocus();
        });
    menu.exec(m_pattern->mapToGlobal(QPoint(0, m_pattern->height() + 4)));
}

void ExportDialog::chooseFolder()
{
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Folder for the Pictures"), m_folder->text());
    if (!folder.isEmpty())
        m_folder->setText(folder);
}

void ExportDialog::start()
{
    const app::ExportOptions chosen = options();
    m_studio.settings().setExportOptions(
        QString::fromUtf8(QJsonDocument(toJson(chosen)).toJson(QJsonDocument::Compact)));
    m_since.start();
    m_order = m_studio.exporter().start(m_files, chosen);
    m_count->setText(tr("Starting"));
    m_pages->setCurrentIndex(1);
    m_go->setText(tr("Continue in background"));
    m_go->setKind(Button::Kind::Normal);
    m_cancel->setText(tr("Stop"));
    m_pages->setFixedHeight(m_pages->widget(1)->sizeHint().height());
    adjustSize();
}

void ExportDialog::reject()
{
    if (m_order != 0)
        hide();
    else
        QDialog::reject();
}

void ExportDialog::onFinished(const app::ExportResult &result)
{
    m_order = 0;
    Q_EMIT finished(result);
    done(QDialog::Accepted);
    deleteLater();
}

ExportDialog *exportPictures(app::Studio &studio, const QStringList &files, QWidget *page)
{
    if (files.isEmpty())
        return nullptr;
    auto *dialog = new ExportDialog(studio, files, page);
    QObject::connect(dialog, &QDialog::rejected, dialog, &QObject::deleteLater);
    QObject::connect(dialog, &ExportDialog::finished, page, [page](const app::ExportResult &result) {
        auto *toasts = page->findChild<ToastHost *>();
        if (!toasts)
            toasts = new ToastHost(page);
        const QString file = result.written.value(0);
        ToastContent toast = {.iconName = result.isWhole() ? QStringLiteral("export") : QStringLiteral("warning"),
                              .text = app::exportSentence(result)};
        if (!file.isEmpty()) {
            toast.action = ExportDialog::tr("Open folder");
            toast.run = [file] { QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(file).path())); };
        }
        toasts->show(toast);
    });
    dialog->open();
    return dialog;
}

} // namespace ui
