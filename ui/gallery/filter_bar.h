#pragma once

#include <QHash>
#include <QStringList>
#include <QWidget>

#include <functional>

class QMenu;

namespace ui {

class Button;
class Chip;
class ElidedLabel;
class FlowLayout;

/// The chips under the search field: what was typed, pictures alike, and the filters with their menus.
class FilterBar : public QWidget
{
    Q_OBJECT
public:
    /// What the menus offer.
    struct Offers
    {
        std::function<QStringList()> models = {};
        std::function<QStringList()> tags = {};
    };

    explicit FilterBar(Offers offers, QWidget *parent = nullptr);

    /// All that the chips ask for, as a search.
    [[nodiscard]] QString query() const;
    [[nodiscard]] bool isEmpty() const { return m_typed.isEmpty() && m_terms.isEmpty() && m_alike.isEmpty(); }
    void addTyped(const QStringList &terms);
    /// Takes the last typed chip away. \return its term; empty: there was none
    QString takeLast();
    /// Only these, as typed chips.
    void setTyped(const QStringList &terms);
    void setFilter(const QString &key, const QString &term, const QString &label);
    /// "Like 00012: same seed"; empty: none.
    void setAlike(const QString &text);
    void setProblem(const QString &sentence);
    [[nodiscard]] QString problem() const;
    /// More beside the chips that can be cleared: the text in the field.
    void setFieldFilled(bool filled);
    void clear();

Q_SIGNALS:
    void changed();
    void alikeRemoved();
    void clearRequested();
    /// A typed chip was clicked: it goes back into the field.
    void editRequested(const QString &term);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void addChip(const QString &key, const QString &text, void (FilterBar::*fill)(QMenu &));
    void rebuildTyped();
    void updateClear();
    void offer(QMenu &menu, const QString &key, const QString &text, const QString &term, const QString &label);
    void fillMade(QMenu &menu);
    void fillRejected(QMenu &menu);
    void fillStars(QMenu &menu);
    void fillModel(QMenu &menu);
    void fillSampler(QMenu &menu);
    void fillTags(QMenu &menu);
    void fillLabel(QMenu &menu);
    void fillSize(QMenu &menu);

    Offers m_offers;
    QWidget *m_chipArea;
    FlowLayout *m_flow;
    ElidedLabel *m_problem;
    Button *m_clear;
    Chip *m_alikeChip;
    QList<Chip *> m_typedChips;
    QStringList m_order; ///< keys of the filters
    QHash<QString, Chip *> m_chips;
    QHash<QString, QString> m_terms; ///< of filters that are on
    QStringList m_typed;
    QString m_alike;
    bool m_isFieldFilled = false;
};

} // namespace ui
