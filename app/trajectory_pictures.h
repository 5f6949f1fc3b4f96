#pragma once

#include "app/trajectory_store.h"

#include <QImage>

#include <vector>

namespace app {

/// Values over a picture, for a heat map: at least 0, row after row.
struct HeatMap
{
    int width = 0;
    int height = 0;
    std::vector<float> values = {};

    [[nodiscard]] bool isEmpty() const { return values.empty(); }
    [[nodiscard]] double mean() const;
    /// What nearly all values (99.5 of 100) stay under: the top of a scale.
    [[nodiscard]] double top() const;
    /// Where the values lie, 0..1 in both directions: their centre.
    [[nodiscard]] QPointF centre() const;
};

/// Mean over channels of |a - b|. Empty if their sizes differ.
[[nodiscard]] HeatMap differenceOf(const engine::LatentArray &a, const engine::LatentArray &b);

enum class NoiseKind { Guided, WithPrompt, WithoutPrompt, Gap };

/// The pictures of a trajectory by the linear map, each made when it is first asked for and then kept.
class TrajectoryPictures
{
public:
    explicit TrajectoryPictures(TrajectoryPtr trajectory = {});

    [[nodiscard]] const TrajectoryPtr &trajectory() const { return m_trajectory; }
    [[nodiscard]] int steps() const { return int(m_steps.size()); }
    [[nodiscard]] bool hasGuidance() const;

    [[nodiscard]] const QImage &noisy(int step);     ///< x_t at the start of the step
    [[nodiscard]] const QImage &predicted(int step); ///< x0
    [[nodiscard]] QImage noise(int step, NoiseKind kind);
    /// |x0 of step - x0 of the one before|; of the first step empty.
    [[nodiscard]] const HeatMap &change(int step);
    [[nodiscard]] HeatMap difference(int a, int b);
    [[nodiscard]] const HeatMap &allChanges(); ///< summed over the steps
    /// Root mean square of the change of x0 at each step.
    [[nodiscard]] const std::vector<double> &changes();
    [[nodiscard]] static double rootMeanSquare(const engine::HalfArray &values);

private:
    struct Step
    {
        QImage noisy = {};
        QImage predicted = {};
        HeatMap change = {};
    };

    TrajectoryPtr m_trajectory;
    std::vector<Step> m_steps;
    HeatMap m_allChanges;
    std::vector<double> m_changes;
};

} // namespace app
