// Part: the operations on one key, which are judged apart from all others.
#pragma once

#include <memory>
#include <vector>

#include "orrery/reports/judges/timeline.h"
#include "orrery/reports/models/operations.h"

namespace orrery::reports::judges {

struct Part {
    Value key;
    std::vector<std::size_t> members; // in models::Operations; everything below goes by places in this
    std::vector<models::Interval> intervals;

    Part() = default;
    Part(const models::Operations& operations, Value of_key, std::vector<std::size_t> of_members)
        : key(std::move(of_key)), members(std::move(of_members)) {
        intervals.reserve(members.size());
        for (const std::size_t each : members) intervals.push_back(operations.interval(each));
    }
};

// A part laid out for a search.
struct Board {
    Timeline timeline;
    std::vector<std::uint32_t> classes;
    std::unique_ptr<models::Machine> machine;

    Board(const models::Operations& operations, const Part& part)
        : timeline(part.intervals), machine(operations.machine(part.members, classes)) {}
};

} // namespace orrery::reports::judges
