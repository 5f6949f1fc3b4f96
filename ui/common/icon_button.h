#pragma once

#include <QToolButton>

namespace ui {

/// Button with an icon only: 28x28 flat, or 32x32 boxed. Its name is the tool tip and the accessible name.
class IconButton : public QToolButton
{
    Q_OBJECT
public:
    enum class Shape { Flat, Boxed, Round };

    IconButton(const QString &iconName, const QString &name, QWidget *parent = nullptr);
    IconButton(const QString &iconName, const QString &name, Shape shape, QWidget *parent = nullptr);

    void setIconName(const QString &iconName);
    /// Second icon for the checked state ("lock" for "unlock").
    void setCheckedIconName(const QString &iconName);
    /// Tool tip and accessible name; `key` is shown behind it in the tool tip.
    void setName(const QString &name, const QString &key = {});
    void setIconPixels(int pixels);
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_iconName;
    QString m_checkedIconName;
    Shape m_shape = Shape::Flat;
    int m_iconPixels = 16;
};

} // namespace ui
