#include "app/trajectory_pictures.h"

#include "app/image_file.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace app {

double HeatMap::mean() const
{
    return values.empty() ? 0.0 : std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
}

double HeatMap::top() const
{
    if (values.empty())
        return 0.0;
    std::vector<float> sorted = values;
    const auto at = sorted.begin() + std::ptrdiff_t(double(sorted.size() - 1) * 0.995);
    std::nth_element(sorted.begin(), at, sorted.end());
    return *at;
}

QPointF HeatMap::centre() const
{
    double sum = 0.0;
    QPointF centre;
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            const double value = double(values[std::size_t(y * width + x)]);
            sum += value;
            centre += value * QPointF((x + 0.5) / width, (y + 0.5) / height);
        }
    }
    return sum > 0.0 ? centre / sum : QPointF(0.5, 0.5);
}

HeatMap differenceOf(const engine::LatentArray &a, const engine::LatentArray &b)
{
    if (a.isEmpty() || a.channels != b.channels || a.width != b.width || a.height != b.height)
        return {};
    HeatMap map = {a.width, a.height, std::vector<float>(std::size_t(a.width) * std::size_t(a.height))};
    const std::size_t plane = map.values.size();
    const float share = 1.F / float(a.channels);
    for (std::size_t c = 0; c < std::size_t(a.channels); ++c) {
        for (std::size_t i = 0; i < plane; ++i)
            map.values[i] += share * std::abs(a.values[c * plane + i] - b.values[c * plane + i]);
    }
    return map;
}

TrajectoryPictures::TrajectoryPictures(TrajectoryPtr trajectory)
    : m_trajectory(std::move(trajectory)), m_steps(m_trajectory ? m_trajectory->steps.size() : 0)
{
}

bool TrajectoryPictures::hasGuidance() const
{
    return m_trajectory && !m_trajectory->steps.empty() && !m_trajectory->steps.front().epsUncond.values.empty();
}

const QImage &TrajectoryPictures::noisy(int step)
{
    QImage &image = m_steps[std::size_t(step)].noisy;
    if (image.isNull())
        image = toQImage(
            engine::linearPicture(engine::toFloat(m_trajectory->steps[std::size_t(step)].x), m_trajectory->map));
    return image;
}

const QImage &TrajectoryPictures::predicted(int step)
{
    QImage &image = m_steps[std::size_t(step)].predicted;
    if (image.isNull())
        image = toQImage(
            engine::linearPicture(engine::toFloat(m_trajectory->steps[std::size_t(step)].x0), m_trajectory->map));
    return image;
}

QImage TrajectoryPictures::noise(int step, NoiseKind kind)
{
    const engine::TrajectoryStep &from = m_trajectory->steps[std::size_t(step)];
    engine::LatentArray values;
    switch (kind) {
    case NoiseKind::Guided:
        values = engine::toFloat(from.eps);
        break;
    case NoiseKind::WithPrompt:
        values = engine::toFloat(from.epsCond);
        break;
    case NoiseKind::WithoutPrompt:
        values = engine::toFloat(from.epsUncond);
        break;
    case NoiseKind::Gap: {
        values = engine::toFloat(from.epsCond);
        const engine::LatentArray other = engine::toFloat(from.epsUncond);
        if (other.values.size() != values.values.size())
            return {};
        // Scaled to the spread of noise: the gap alone would be nearly grey.
        const float scale = from.guidance > 1e-9 ? float(1.0 / from.guidance) : 1.F;
        for (std::size_t i = 0; i < values.values.size(); ++i)
            values.values[i] = (values.values[i] - other.values[i]) * scale;
        break;
    }
    }
    return values.isEmpty() ? QImage() : toQImage(engine::linearPicture(values, m_trajectory->map));
}

const HeatMap &TrajectoryPictures::change(int step)
{
    HeatMap &map = m_steps[std::size_t(step)].change;
    if (map.isEmpty() && step > 0)
        map = difference(step - 1, step);
    return map;
}

HeatMap TrajectoryPictures::difference(int a, int b)
{
    return differenceOf(engine::toFloat(m_trajectory->steps[std::size_t(a)].x0),
                        engine::toFloat(m_trajectory->steps[std::size_t(b)].x0));
}

const HeatMap &TrajectoryPictures::allChanges()
{
    if (m_allChanges.isEmpty() && steps() > 1) {
        m_allChanges = change(1);
        for (int step = 2; step < steps(); ++step) {
            const HeatMap &map = change(step);
            for (std::size_t i = 0; i < m_allChanges.values.size() && i < map.values.size(); ++i)
                m_allChanges.values[i] += map.values[i];
        }
    }
    return m_allChanges;
}

const std::vector<double> &TrajectoryPictures::changes()
{
    if (m_changes.empty() && steps() > 0) {
        m_changes.assign(std::size_t(steps()), 0.0);
        engine::LatentArray before = engine::toFloat(m_trajectory->steps.front().x0);
        for (int step = 1; step < steps(); ++step) {
            engine::LatentArray now = engine::toFloat(m_trajectory->steps[std::size_t(step)].x0);
            double sum = 0.0;
            const std::size_t size = std::min(now.values.size(), before.values.size());
            for (std::size_t i = 0; i < size; ++i) {
                const double d = double(now.values[i]) - double(before.values[i]);
                sum += d * d;
            }
            m_changes[std::size_t(step)] = size > 0 ? std::sqrt(sum / double(size)) : 0.0;
            before = std::move(now);
        }
    }
    return m_changes;
}

double TrajectoryPictures::rootMeanSquare(const engine::HalfArray &values)
{
    const engine::LatentArray numbers = engine::toFloat(values);
    double sum = 0.0;
    for (const float value : numbers.values)
        sum += double(value) * double(value);
    return numbers.values.empty() ? 0.0 : std::sqrt(sum / double(numbers.values.size()));
}

} // namespace app
