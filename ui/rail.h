#pragma once

#include <QList>
#include <QString>
#include <QWidget>

class QVBoxLayout;

namespace ui {

class RailButton;

/// A row of the rail: a page of the window.
struct RailItem
{
    QString id = {};
    QString iconName = {};
    QString title = {};
    QString key = {};      ///< shown in the tool tip
    bool isAtFoot = false; ///< below the gap
};

/// The pages of the window at its left edge, 80 wide, or 56 without captions. One stop of Tab; arrows move.
class Rail : public QWidget
{
    Q_OBJECT
public:
    explicit Rail(QWidget *parent = nullptr);
    ~Rail() override;

    void addItem(const RailItem &item);
    void setCurrent(const QString &id);
    [[nodiscard]] QString current() const { return m_current; }
    /// Count badge; 0: none.
    void setCount(const QString &id, int count);
    /// Meter along the item's bottom edge, 0..1; negative: none.
    void setProgress(const QString &id, double fraction);
    void setCompact(bool isCompact);
    [[nodiscard]] QStringList ids() const;

Q_SIGNALS:
    void chosen(const QString &id);

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    [[nodiscard]] RailButton *find(const QString &id) const;

    QList<RailButton *> m_buttons;
    QVBoxLayout *m_column;
    QString m_current;
};

} // namespace ui
