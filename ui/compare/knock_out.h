#pragma once

#include <QList>

#include <optional>
#include <utility>

namespace ui {

/// Finds the best of 2 to 16 pictures two at a time: who wins goes on to the next round. Pictures are numbers 0 to
/// count - 1. One that has no partner in a round goes on by itself.
class KnockOut
{
public:
    struct Standing
    {
        int picture = 0;
        int place = 1; ///< 1: the best; those that went out in the same round share a place
        int stars = 0; ///< 5 for the winner, 4 for the runner-up, 3, 2, then 1
        bool operator==(const Standing &) const = default;
    };

    KnockOut() = default;
    explicit KnockOut(int count);

    /// The pictures to choose from now; nullopt: it is over.
    [[nodiscard]] std::optional<std::pair<int, int>> pair() const;
    [[nodiscard]] bool isOver() const { return m_state.pairs.isEmpty(); }
    void choose(int picture); ///< one of the pair
    /// The pair comes again at the end of the round. Where there is no other, both go on; where no pair of a round was
    /// decided, all that are left share the first place.
    void skip();
    bool undo();
    [[nodiscard]] bool canUndo() const { return !m_past.isEmpty(); }

    [[nodiscard]] int round() const { return m_state.round; }            ///< from 1
    [[nodiscard]] int rounds() const;                                    ///< as many as there will be
    [[nodiscard]] int pairNumber() const { return m_state.decided + 1; } ///< within the round, from 1
    [[nodiscard]] int pairsInRound() const { return m_state.decided + int(m_state.pairs.size()); }
    [[nodiscard]] int pairsLeft() const; ///< in all rounds, if none is skipped

    /// Best first; those of a place in the order of their numbers. Once it is over.
    [[nodiscard]] QList<Standing> result() const;

private:
    struct State
    {
        QList<std::pair<int, int>> pairs = {}; ///< of this round, still to be decided
        QList<int> through = {};               ///< to the next round
        QList<QList<int>> out = {};            ///< who went out, by round
        int round = 1;
        int decided = 0; ///< pairs of this round
        int chosen = 0;  ///< of them by a choice
        int skippedInARow = 0;
    };

    void endRoundIfDone();
    void makePairs(const QList<int> &pictures);

    State m_state;
    QList<State> m_past;
};

} // namespace ui
