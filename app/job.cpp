#include "app/job.h"

#include <algorithm>

namespace app {

double Job::progress() const
{
    if (state == JobState::Finished)
        return 1.0;
    const int count = std::max(request.count, 1);
    const double ofPicture = steps > 0 ? std::clamp(double(step) / steps, 0.0, 1.0) : 0.0;
    // A finished picture counts whole; the one that forms counts by its steps.
    const double pictures = picture >= picturesFinished ? picture + ofPicture : picturesFinished;
    return std::clamp(pictures / count, 0.0, 1.0);
}

} // namespace app
