#pragma once

#include "app/verify.h"

#include <QDialog>

namespace app {
class Studio;
}

namespace ui {

class Button;
class ElidedLabel;
class Label;
class ProgressMeter;

/// Makes a picture again while one looks, and shows what came out: identical, or the difference and why.
class VerifyDialog : public QDialog
{
    Q_OBJECT
public:
    VerifyDialog(app::Studio &studio, const QString &file, QWidget *parent = nullptr);
    ~VerifyDialog() override;

    void showResult(const app::VerifyResult &result);

private:
    class Verdict;
    class Pictures;

    app::Studio &m_studio;
    QString m_file;
    Label *m_title;
    ElidedLabel *m_name;
    Label *m_sentence;
    Label *m_reasons;
    Label *m_work;
    ProgressMeter *m_meter;
    Pictures *m_pictures;
    Button *m_again;
    Button *m_close;
};

/// Opens the dialog over `page` and starts.
VerifyDialog *verifyPicture(app::Studio &studio, const QString &file, QWidget *page);

} // namespace ui
