#include "app/cli/interrupt.h"

#include "app/cli/command.h"

#include <csignal>
#include <pthread.h>
#include <unistd.h>

namespace app::cli {

namespace {

sigset_t endingSignals()
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    return signals;
}

} // namespace

Interrupt::Interrupt()
{
    const sigset_t signals = endingSignals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    m_thread = std::jthread([stop = m_stop](const std::stop_token &over) mutable {
        const sigset_t awaited = endingSignals();
        int signal = 0;
        while (sigwait(&awaited, &signal) == 0 && !over.stop_requested()) {
            if (stop.stop_requested())
                _exit(int(ExitCode::Interrupted));
            stop.request_stop();
        }
    });
}

Interrupt::~Interrupt()
{
    m_thread.request_stop();
    pthread_kill(m_thread.native_handle(), SIGTERM); // wakes sigwait
    m_thread.join();
    const sigset_t signals = endingSignals();
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

} // namespace app::cli
