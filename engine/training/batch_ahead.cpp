#include "engine/training/batch_ahead.h"

#include <ATen/Parallel.h>

#include <system_error>
#include <utility>

#ifdef _OPENMP
#include <omp.h>
#endif

namespace engine {

namespace {

/// LibTorch's loops on this thread stay on it; the others keep their number.
void useOneThread()
{
    at::get_num_threads(); // LibTorch gives a thread its number when it first asks; not again after this
#ifdef _OPENMP
    omp_set_num_threads(1);
#endif
}

} // namespace

BatchLoss BatchAhead::take(const torch::Generator &generator, const std::optional<torch::Generator> &next)
{
    BatchLoss loss;
    if (m_prepared.valid() && m_seed == generator.current_seed()) {
        loss = m_prepared.get();
    } else {
        forget();
        loss = m_objective.prepare(m_batch, generator);
    }
    if (next)
        begin(*next);
    return loss;
}

void BatchAhead::begin(const torch::Generator &generator)
{
    try {
        m_prepared = std::async(std::launch::async, [&objective = m_objective, batch = m_batch, generator] {
            useOneThread();
            return objective.prepare(batch, generator);
        });
        m_seed = generator.current_seed();
    } catch (const std::system_error &) {
        // There is no thread to be had: the step prepares its batch itself.
    }
}

void BatchAhead::forget()
{
    if (m_prepared.valid())
        m_prepared.wait();
    m_prepared = {};
}

} // namespace engine
