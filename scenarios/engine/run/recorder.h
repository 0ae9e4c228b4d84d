// Recorder: keeps what is observed of a run, within bounds, so that a failure can be explained afterwards.
//
// Messages and notes come by the thousand, and only the last before the finding are kept; boots, crashes, faults and
// changes of state are rare, and almost all are kept. A run in a sweep records nothing: one that failed is run once
// more.
#pragma once

#include <deque>
#include <map>

#include "orrery/reports/views/recorded_event.h"
#include "orrery/sim/monitor.h"

namespace orrery::scenarios::engine {

class Recorder {
public:
    static constexpr std::size_t frequent_max = 100'000;
    static constexpr std::size_t rare_max = 20'000;

    // After `until` only the ends of faults are kept: they say which faults of the past went on.
    explicit Recorder(sim::WorldTime until) : until_(until) {}

    void observe(const sim::Observation& seen);
    // All that was kept, in the order in which it happened.
    reports::views::Recording take();

private:
    struct Kept {
        std::uint64_t number;
        reports::views::RecordedEvent recorded;
    };
    bool is_change(const sim::Observation& seen);

    sim::WorldTime until_;
    std::uint64_t number_ = 0;
    std::deque<Kept> frequent_;
    std::deque<Kept> rare_;
    std::map<std::pair<std::uint32_t, std::string_view>, std::string> states_; // keys are static names
};

} // namespace orrery::scenarios::engine
