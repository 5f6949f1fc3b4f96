#pragma once

#include <QPushButton>

namespace ui {

/// Push button as the design draws it: with icon, key cap, and a busy state that keeps its width.
class Button : public QPushButton
{
    Q_OBJECT
public:
    enum class Kind { Normal, Primary, Ghost, Danger, Link };
    enum class Size { Small, Normal, Main };

    explicit Button(const QString &text, QWidget *parent = nullptr);
    Button(const QString &text, Kind kind, QWidget *parent = nullptr);

    void setKind(Kind kind);
    void setControlSize(Size size);
    /// Name of resources/icons; empty: none.
    void setIconName(const QString &name);
    /// Shown as an outlined cap behind the text ("Ctrl+Enter"); does not set a shortcut.
    void setKeyHint(const QString &key);
    /// Shows what happens instead of the label ("Loading…") and takes no clicks; empty: back to normal.
    void setBusy(const QString &text);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    [[nodiscard]] QFont labelFont() const;

    Kind m_kind = Kind::Normal;
    Size m_size = Size::Normal;
    QString m_iconName;
    QString m_keyHint;
    QString m_busy;
    QString m_busyKept;
};

} // namespace ui
