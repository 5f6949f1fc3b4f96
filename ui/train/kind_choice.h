#pragma once

#include <QAbstractButton>
#include <QWidget>

namespace ui {

/// One of several things to do, as a card with a radio mark, a name and a line about it.
class ChoiceCard : public QAbstractButton
{
    Q_OBJECT
public:
    ChoiceCard(const QString &title, const QString &detail, QWidget *parent);
    void setDetail(const QString &detail);
    [[nodiscard]] QSize sizeHint() const override { return {240, 48}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 48}; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_detail;
};

/// Cards below each other of which one is chosen: one stop of Tab, arrows move.
class ChoiceCards : public QWidget
{
    Q_OBJECT
public:
    explicit ChoiceCards(QWidget *parent = nullptr);
    /// \return index of the card
    int addCard(const QString &title, const QString &detail);
    [[nodiscard]] ChoiceCard *card(int index) const { return m_cards.at(index); }
    [[nodiscard]] int currentIndex() const { return m_current; }
    void setCurrentIndex(int index);

Q_SIGNALS:
    void currentChanged(int index);

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    QList<ChoiceCard *> m_cards;
    int m_current = -1;
};

} // namespace ui
