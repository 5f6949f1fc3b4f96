#pragma once

#include "app/failure.h"

#include <new>
#include <variant>

namespace app {

/// How a call into the engine ended: std::monostate is success.
using Outcome = std::variant<std::monostate, engine::Cancelled, Failure>;

/// Runs `work`: the one place in app where the engine's exceptions end.
template <typename Work>
[[nodiscard]] Outcome attempt(const Work &work)
{
    try {
        work();
        return std::monostate();
    } catch (const engine::Cancelled &cancelled) {
        return cancelled;
    } catch (const engine::Error &error) {
        return Failure::fromError(error);
    } catch (const std::bad_alloc &) {
        return Failure::fromError(engine::Error(engine::ErrorKind::OutOfMemory, {}, "memory ran out"));
    } catch (const std::exception &error) {
        return Failure::fromError(engine::Error(engine::ErrorKind::Internal, {}, error.what()));
    }
}

} // namespace app
