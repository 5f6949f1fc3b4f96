#pragma once

#include <QDialog>

namespace ui {

/// Every key of the program, by where it acts.
class KeysDialog : public QDialog
{
    Q_OBJECT
public:
    explicit KeysDialog(QWidget *parent = nullptr);
};

} // namespace ui
