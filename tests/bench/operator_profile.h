#pragma once

#include <ATen/record_function.h>

#include <algorithm>
#include <ctime>
#include <iomanip>
#include <iostream>
#include <map>
#include <string>
#include <vector>

namespace bench {

/// Sums up the processor time of every LibTorch operator that its thread calls while it lives, without that of
/// operators inside it. Other threads' work, that on batches to come and parallel parts of an operator, is not seen.
class OperatorProfile
{
public:
    OperatorProfile()
    {
        rows().clear();
        m_handle =
            at::addThreadLocalCallback(at::RecordFunctionCallback(&enter, &leave).scopes({at::RecordScope::FUNCTION}));
    }
    ~OperatorProfile() { at::removeCallback(m_handle); }
    OperatorProfile(const OperatorProfile &) = delete;
    OperatorProfile &operator=(const OperatorProfile &) = delete;

    static void print()
    {
        std::vector<std::pair<std::string, Row>> sorted(rows().begin(), rows().end());
        std::sort(sorted.begin(), sorted.end(),
                  [](const auto &a, const auto &b) { return a.second.seconds > b.second.seconds; });
        double sum = 0.0;
        for (const auto &[name, row] : sorted)
            sum += row.seconds;
        for (const auto &[name, row] : sorted) {
            if (row.seconds > 0.002 * sum) {
                std::cout << std::setw(48) << std::left << name << std::right << std::setw(6) << row.calls << std::fixed
                          << std::setprecision(4) << std::setw(10) << row.seconds << " s" << std::setprecision(1)
                          << std::setw(7) << 100.0 * row.seconds / sum << " %\n";
            }
        }
        std::cout << std::setprecision(4) << "sum " << sum << " s\n" << std::defaultfloat;
    }

private:
    struct Row
    {
        double seconds = 0.0;
        int calls = 0;
    };
    struct Frame
    {
        double start = 0.0;
        double inner = 0.0;
    };

    static std::map<std::string, Row> &rows()
    {
        static std::map<std::string, Row> table;
        return table;
    }
    static std::vector<Frame> &frames()
    {
        static std::vector<Frame> stack;
        return stack;
    }
    static double now()
    {
        timespec time{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
    }
    static std::unique_ptr<at::ObserverContext> enter(const at::RecordFunction &)
    {
        frames().push_back({now(), 0.0});
        return nullptr;
    }
    static void leave(const at::RecordFunction &function, at::ObserverContext *)
    {
        const Frame frame = frames().back();
        frames().pop_back();
        const double total = now() - frame.start;
        Row &row = rows()[function.name()];
        row.seconds += total - frame.inner;
        ++row.calls;
        if (!frames().empty())
            frames().back().inner += total;
    }

    at::CallbackHandle m_handle = 0;
};

} // namespace bench
