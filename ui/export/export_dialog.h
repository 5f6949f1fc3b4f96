#pragma once

#include "app/picture_export.h"

#include <QDialog>
#include <QElapsedTimer>
#include <QStringList>
#include <QTimer>

class QCheckBox;
class QComboBox;
class QLineEdit;
class QStackedWidget;

namespace app {
class Settings;
class Studio;
} // namespace app

namespace ui {

class Button;
class ElidedLabel;
class FieldLabel;
class Label;
class NumberField;
class ProgressMeter;
class SegmentedControl;
class ValueSlider;

/// How pictures leave the gallery, and how far they are; goes on in the background when it is closed meanwhile.
class ExportDialog : public QDialog
{
    Q_OBJECT
public:
    ExportDialog(app::Studio &studio, const QStringList &files, QWidget *parent = nullptr);

    [[nodiscard]] app::ExportOptions options() const;
    void setOptions(const app::ExportOptions &options);

Q_SIGNALS:
    void finished(const app::ExportResult &result);

protected:
    void reject() override;

private:
    QWidget *makeForm();
    QWidget *makeProgress();
    QWidget *makeFoot();
    void update();
    void start();
    void chooseFolder();
    void showTokens();
    void onFinished(const app::ExportResult &result);
    [[nodiscard]] QString problem() const;
    void checkFolder();

    app::Studio &m_studio;
    QStringList m_files;
    std::optional<app::Recipe> m_firstRecipe;
    QTimer m_folderDelay;    ///< typing does not read a disk with every key
    QString m_folderProblem; ///< of the folder that was checked last
    int m_sequence = 1;      ///< number that the first picture gets in it
    int m_order = 0;
    QElapsedTimer m_since;

    QStackedWidget *m_pages;
    SegmentedControl *m_as = nullptr;
    SegmentedControl *m_format = nullptr;
    QWidget *m_formatRow = nullptr;
    QWidget *m_qualityRow = nullptr;
    ValueSlider *m_quality = nullptr;
    QCheckBox *m_lossless = nullptr;
    QWidget *m_sizeRow = nullptr;
    QComboBox *m_size = nullptr;
    NumberField *m_side = nullptr;
    NumberField *m_percent = nullptr;
    QWidget *m_sheetRow = nullptr;
    SegmentedControl *m_sheetKind = nullptr;
    NumberField *m_columns = nullptr;
    QComboBox *m_caption = nullptr;
    QCheckBox *m_metadata = nullptr;
    QWidget *m_patternRow = nullptr;
    QLineEdit *m_pattern = nullptr;
    QWidget *m_nameRow = nullptr;
    QLineEdit *m_name = nullptr;
    QLineEdit *m_folder = nullptr;
    ElidedLabel *m_example = nullptr;
    Label *m_problem = nullptr;
    Label *m_count = nullptr;
    ProgressMeter *m_meter = nullptr;
    Button *m_cancel = nullptr;
    Button *m_go = nullptr;
};

/// Opens the dialog over the window of `page`; how it went is told by a toast on the page.
ExportDialog *exportPictures(app::Studio &studio, const QStringList &files, QWidget *page);

} // namespace ui
