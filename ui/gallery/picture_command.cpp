#include "ui/gallery/picture_command.h"

#include "ui/common/painting.h"

#include <QCoreApplication>
#include <QKeyEvent>

namespace ui {

namespace {

struct KeyRow
{
    int key;
    PictureCommand command;
};

// Plain keys: they act only where pictures have the focus, never while something is typed.
constexpr KeyRow kPlain[] = {
    {Qt::Key_A, PictureCommand::UseAll},          {Qt::Key_P, PictureCommand::UsePrompts},
    {Qt::Key_S, PictureCommand::UseSeed},         {Qt::Key_R, PictureCommand::UseAllButSeed},
    {Qt::Key_Return, PictureCommand::View},       {Qt::Key_Enter, PictureCommand::View},
    {Qt::Key_Space, PictureCommand::QuickLook},   {Qt::Key_I, PictureCommand::ToggleRecipe},
    {Qt::Key_0, PictureCommand::Stars0},          {Qt::Key_1, PictureCommand::Stars1},
    {Qt::Key_2, PictureCommand::Stars2},          {Qt::Key_3, PictureCommand::Stars3},
    {Qt::Key_4, PictureCommand::Stars4},          {Qt::Key_5, PictureCommand::Stars5},
    {Qt::Key_Period, PictureCommand::ToggleStar}, {Qt::Key_6, PictureCommand::LabelRed},
    {Qt::Key_7, PictureCommand::LabelYellow},     {Qt::Key_8, PictureCommand::LabelGreen},
    {Qt::Key_9, PictureCommand::LabelBlue},       {Qt::Key_X, PictureCommand::ToggleReject},
    {Qt::Key_T, PictureCommand::EditTags},        {Qt::Key_N, PictureCommand::EditNote},
    {Qt::Key_Z, PictureCommand::Compare},         {Qt::Key_L, PictureCommand::Inspect},
    {Qt::Key_M, PictureCommand::MoreLikeThis},    {Qt::Key_D, PictureCommand::UseSize},
    {Qt::Key_Delete, PictureCommand::Trash},
};

} // namespace

std::optional<PictureCommand> pictureCommandOf(const QKeyEvent &event)
{
    if (event.matches(QKeySequence::Copy))
        return PictureCommand::CopyPicture;
    if (event.matches(QKeySequence::Save))
        return PictureCommand::SaveCopy;
    if ((event.modifiers() & ~Qt::KeypadModifier) != Qt::NoModifier)
        return std::nullopt;
    for (const KeyRow &row : kPlain) {
        if (row.key == event.key())
            return row.command;
    }
    return std::nullopt;
}

bool isTyping(const QKeyEvent &event)
{
    return !event.text().isEmpty() && event.text().at(0).isPrint() &&
           !(event.modifiers() & (Qt::ControlModifier | Qt::AltModifier));
}

QString pictureKeyText(PictureCommand command)
{
    switch (command) {
    case PictureCommand::CopyPicture:
        return keyText(QKeySequence::Copy);
    case PictureCommand::SaveCopy:
        return keyText(QKeySequence::Save);
    case PictureCommand::View:
        return QCoreApplication::translate("ui::PictureCommand", "Enter");
    case PictureCommand::Trash:
        return QCoreApplication::translate("ui::PictureCommand", "Del");
    default:
        break;
    }
    for (const KeyRow &row : kPlain) {
        if (row.command == command)
            return keyText(QKeySequence(row.key));
    }
    return {};
}

} // namespace ui
