#include "ui/compare/knock_out.h"

#include <algorithm>

namespace ui {

KnockOut::KnockOut(int count)
{
    QList<int> all;
    for (int i = 0; i < count; ++i)
        all.append(i);
    m_state.out.append(QList<int>());
    makePairs(all);
}

void KnockOut::makePairs(const QList<int> &pictures)
{
    m_state.pairs.clear();
    m_state.through.clear();
    m_state.decided = 0;
    m_state.chosen = 0;
    m_state.skippedInARow = 0;
    for (qsizetype i = 0; i + 1 < pictures.size(); i += 2)
        m_state.pairs.append({pictures.at(i), pictures.at(i + 1)});
    if (pictures.size() % 2 == 1)
        m_state.through.append(pictures.last());
}

std::optional<std::pair<int, int>> KnockOut::pair() const
{
    if (m_state.pairs.isEmpty())
        return std::nullopt;
    return m_state.pairs.first();
}

void KnockOut::choose(int picture)
{
    const std::optional<std::pair<int, int>> now = pair();
    if (!now || (picture != now->first && picture != now->second))
        return;
    m_past.append(m_state);
    m_state.pairs.removeFirst();
    m_state.through.append(picture);
    m_state.out.last().append(picture == now->first ? now->second : now->first);
    ++m_state.decided;
    ++m_state.chosen;
    m_state.skippedInARow = 0;
    endRoundIfDone();
}

void KnockOut::skip()
{
    const std::optional<std::pair<int, int>> now = pair();
    if (!now)
        return;
    m_past.append(m_state);
    m_state.pairs.removeFirst();
    ++m_state.skippedInARow;
    if (m_state.skippedInARow <= m_state.pairs.size()) {
        m_state.pairs.append(*now);
        return;
    }
    // All that are left were skipped in turn: this pair is equal.
    m_state.through.append(now->first);
    m_state.through.append(now->second);
    ++m_state.decided;
    m_state.skippedInARow = 0;
    endRoundIfDone();
}

void KnockOut::endRoundIfDone()
{
    if (!m_state.pairs.isEmpty() || m_state.through.size() < 2)
        return;
    if (m_state.chosen == 0)
        return;                              // nobody went out: they are equal
    const QList<int> next = m_state.through; // who had no partner stands first and meets somebody this time
    ++m_state.round;
    m_state.out.append(QList<int>());
    makePairs(next);
}

bool KnockOut::undo()
{
    if (m_past.isEmpty())
        return false;
    m_state = m_past.takeLast();
    return true;
}

int KnockOut::pairsLeft() const
{
    const int left = 2 * int(m_state.pairs.size()) + int(m_state.through.size());
    return isOver() ? 0 : left - 1; // each pair takes one out
}

int KnockOut::rounds() const
{
    int rounds = m_state.round;
    int left = int(m_state.pairs.size()) + int(m_state.through.size());
    while (!isOver() && left > 1) {
        left = (left + 1) / 2;
        ++rounds;
    }
    return rounds;
}

QList<KnockOut::Standing> KnockOut::result() const
{
    QList<Standing> result;
    if (!isOver())
        return result;
    QList<QList<int>> tiers = m_state.out;
    tiers.append(m_state.through);
    int stars = 5;
    for (auto tier = tiers.rbegin(); tier != tiers.rend(); ++tier) {
        if (tier->isEmpty())
            continue;
        std::sort(tier->begin(), tier->end());
        const int place = int(result.size()) + 1;
        for (const int picture : *tier)
            result.append({picture, place, stars});
        stars = std::max(1, stars - 1);
    }
    return result;
}

} // namespace ui
