#pragma once

#include "app/recipe.h"
#include "app/trajectory_store.h"

#include <QWidget>

namespace app {
class Studio;
}

namespace ui {

class Button;
class ElidedLabel;
class Label;

/// In the toolbar of a tab about one picture: which it is, another one, and what else can be done with it.
class PictureBar : public QWidget
{
    Q_OBJECT
public:
    explicit PictureBar(app::Studio &studio, QWidget *parent = nullptr);

    void setPicture(const QString &path, const QString &title, quint64 seed);
    void clear();
    /// A button at the right end.
    Button *addButton(const QString &text, const QString &iconName);
    [[nodiscard]] Button *chooseButton() const { return m_choose; }
    void setCompact(bool isNarrow);

Q_SIGNALS:
    void pictureChosen(const QString &path);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void fit();
    void showMenu();
    void chooseFile();

    app::Studio &m_studio;
    QString m_path;
    QWidget *m_thumbnail;
    ElidedLabel *m_title;
    Label *m_seed;
    Button *m_choose;
    bool m_isNarrow = false;
};

/// First words of a prompt, or the name of the file.
[[nodiscard]] QString pictureTitle(const QString &path, const std::string &prompt);

/// A picture made again with what its file says, its steps or words kept this time.
struct MakeAgain
{
    app::JobId job = 0; ///< 0: not possible, see problem
    QString problem = {};
};
enum class KeepAlso { Steps, Words };
/// Reads the picture's recipe; made again it has the same settings and the same seed.
[[nodiscard]] MakeAgain makeAgain(app::Studio &studio, const QString &picture, KeepAlso what);

} // namespace ui
