// Recorder: keeps the rows and steps of a run, within bounds, so that a failure can be explained afterwards.
//
// Messages, notes and operations come by the thousand, and only the last before the finding are kept; boots, crashes,
// faults and changes of state are rare, and almost all are kept. A step takes little, and of steps all are kept but for
// runs without an end. A run in a sweep records nothing: one that failed is run once more.
#pragma once

#include <deque>
#include <map>

#include "orrery/reports/trace/row.h"

namespace orrery::scenarios::engine {

class Recorder {
public:
    static constexpr std::size_t frequent_max = 100'000;
    static constexpr std::size_t rare_max = 20'000;
    static constexpr std::size_t steps_max = 4'000'000;

    // After `until` only the ends of faults are kept: they say which faults of the past went on.
    explicit Recorder(sim::WorldTime until) : until_(until) {}

    void add(reports::trace::Row row);
    void add(const reports::trace::Step& step);
    // All that was kept, in the order in which it happened.
    reports::trace::Recording take();

private:
    struct Kept {
        std::uint64_t number;
        reports::trace::Row row;
    };
    bool is_change(const reports::trace::Row& row);

    sim::WorldTime until_;
    std::uint64_t number_ = 0;
    std::deque<Kept> frequent_;
    std::deque<Kept> rare_;
    std::deque<reports::trace::Step> steps_;
    std::uint64_t steps_dropped_ = 0;
    std::map<std::pair<std::uint32_t, std::string>, std::string> states_;
};

} // namespace orrery::scenarios::engine
