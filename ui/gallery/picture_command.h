#pragma once

#include <QHash>
#include <QKeySequence>
#include <QList>
#include <QString>
#include <QStringList>

#include <functional>
#include <optional>

class QKeyEvent;

namespace ui {

/// What a key or menu asks for about the pictures that are chosen.
enum class PictureCommand {
    UseAll,
    UsePrompts,
    UseSeed,
    UseSize,
    UseAllButSeed,
    View,
    QuickLook,
    ToggleRecipe,
    Stars0, ///< Stars0 to Stars5 follow each other
    Stars1,
    Stars2,
    Stars3,
    Stars4,
    Stars5,
    ToggleStar,
    LabelNone, ///< LabelNone to LabelPurple follow each other, as app's labels 0 to 5
    LabelRed,
    LabelYellow,
    LabelGreen,
    LabelBlue,
    LabelPurple,
    ToggleReject,
    EditTags,
    EditNote,
    Compare,
    Inspect,
    MoreLikeThis,
    CopyPicture,
    CopyPrompt,
    SaveCopy,
    OpenFolder,
    Trash
};

/// What a key means where pictures have the focus (grid, list, viewer, strip); nullopt: nothing of the kind.
[[nodiscard]] std::optional<PictureCommand> pictureCommandOf(const QKeyEvent &event);
/// A letter or the like that has no meaning here: item views would search by typing.
[[nodiscard]] bool isTyping(const QKeyEvent &event);
/// The key as people read it ("Ctrl+S", "A"); empty: none.
[[nodiscard]] QString pictureKeyText(PictureCommand command);

/// Something that can be done with chosen pictures and is made elsewhere (export, verify).
struct PictureAction
{
    enum class Place {
        Menu,  ///< context menu only
        Tools, ///< an icon beside the stars too
        Foot   ///< a button beside Compare too
    };
    QString id = {};
    QString text = {};       ///< in menus: "Export…"
    QString buttonText = {}; ///< at the foot; empty: text
    QString iconName = {};
    QKeySequence key = {}; ///< acts where pictures have the focus
    Place place = Place::Menu;
    int fewest = 1;
    int most = 0; ///< 0: any number
    std::function<void(const QStringList &paths)> run = {};
};

} // namespace ui
