// Sets of operations that are done are the bits of a word; each pair of a set and a state is visited once.
#include "orrery/reports/judges/linearizable/plain_search.h"

#include <set>
#include <utility>

#include "orrery/sim/check.h"

namespace orrery::reports::judges::linearizable {

namespace {

struct PlainSearch {
    const std::vector<models::Interval>& intervals;
    const std::vector<std::uint32_t>& classes;
    models::Machine& machine;
    std::uint64_t budget;
    std::set<std::pair<std::uint32_t, std::uint32_t>> visited{}; // (done, state)

    bool completes(std::uint32_t done, std::uint32_t state) {
        if (!visited.emplace(done, state).second || visited.size() > budget) return false;
        bool all = true;
        for (std::uint32_t each = 0; each < intervals.size(); ++each) {
            if ((done >> each & 1) != 0) continue;
            all = all && intervals[each].unknown;
            if (!may_be_next(done, each)) continue;
            const std::uint32_t next = machine.step(state, classes[each]);
            if (next != models::Machine::refused && completes(done | 1u << each, next)) return true;
        }
        return all;
    }
    bool may_be_next(std::uint32_t done, std::uint32_t candidate) const {
        for (std::uint32_t each = 0; each < intervals.size(); ++each)
            if ((done >> each & 1) == 0 && intervals[each].precedes(intervals[candidate])) return false;
        return true;
    }
};

} // namespace

std::optional<bool> linearizable_plainly(const std::vector<models::Interval>& intervals,
                                         const std::vector<std::uint32_t>& classes, models::Machine& machine,
                                         std::uint64_t budget) {
    static_assert(plain_operations_max <= 32);
    if (intervals.size() > plain_operations_max) return {};
    CHECK(classes.size() == intervals.size());
    PlainSearch search{intervals, classes, machine, budget};
    const bool completes = search.completes(0, models::Machine::initial_state);
    if (!completes && search.visited.size() > budget) return {};
    return completes;
}

} // namespace orrery::reports::judges::linearizable
