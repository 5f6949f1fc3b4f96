#pragma once

#include <stop_token>
#include <thread>

namespace app::cli {

/// Turns the first SIGINT or SIGTERM into a stop request; a second one ends the program at once. To be made before any
/// other thread, since these inherit that the signals are not delivered to them.
class Interrupt
{
public:
    Interrupt();
    ~Interrupt();
    Interrupt(const Interrupt &) = delete;
    Interrupt &operator=(const Interrupt &) = delete;

    [[nodiscard]] std::stop_token token() const { return m_stop.get_token(); }
    [[nodiscard]] bool wasAsked() const { return m_stop.stop_requested(); }

private:
    std::stop_source m_stop;
    std::jthread m_thread;
};

} // namespace app::cli
