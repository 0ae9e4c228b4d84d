#include "orrery/reports/judges/linearizable.h"

#include <algorithm>
#include <map>
#include <utility>

#include "orrery/reports/judges/certificate.h"
#include "orrery/reports/judges/explanation.h"
#include "orrery/sim/check.h"

namespace orrery::reports::judges {

namespace {

std::vector<Part> split(const models::Operations& operations) {
    std::map<Value, std::vector<std::size_t>> by_key;
    for (std::size_t each = 0; each < operations.size(); ++each) by_key[operations.key(each)].push_back(each);
    std::vector<Part> parts;
    for (auto& [key, members] : by_key) {
        std::vector<models::Interval> intervals;
        for (const std::size_t each : members) intervals.push_back(operations.interval(each));
        parts.push_back({key, std::move(members), Timeline(std::move(intervals)), {}, nullptr});
    }
    // The easiest first, so that what is left of the budget goes to the hardest.
    std::stable_sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) {
        return std::pair(a.timeline.width, a.members.size()) < std::pair(b.timeline.width, b.members.size());
    });
    return parts;
}

// Orders on single keys become one order: every operation takes effect at the earliest instant that its
// own order and its invocation allow, which is never after its return.
class Merge {
public:
    void add(const models::Operations& operations, const Part& part, const std::vector<std::uint32_t>& order) {
        sim::WorldTime instant{INT64_MIN};
        for (const std::uint32_t each : order) {
            instant = std::max(instant, operations.interval(part.members[each]).invoked);
            effects_.emplace_back(instant, part.members[each]);
        }
    }
    std::vector<std::size_t> take() {
        std::stable_sort(effects_.begin(), effects_.end(),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
        std::vector<std::size_t> order;
        for (const auto& [instant, operation] : effects_) order.push_back(operation);
        return order;
    }

private:
    std::vector<std::pair<sim::WorldTime, std::size_t>> effects_;
};

// Of several violations the one that shows first is told.
void keep_earliest(const models::Operations& operations, std::optional<Counterexample>& earliest,
                   Counterexample found) {
    const auto shown = [&](const Counterexample& each) { return operations.interval(each.unpassable).returned; };
    if (!earliest || shown(found) < shown(*earliest)) earliest = std::move(found);
}

} // namespace

Verdict linearizable(const models::Operations& operations, const LinearizableOptions& options) {
    Verdict verdict;
    verdict.judge = "linearizable";
    verdict.model = operations.model();
    verdict.basis = "search";
    verdict.operations = operations.size();
    Merge merge;
    std::vector<Part> parts = split(operations);
    verdict.keys = parts.size();
    for (Part& part : parts) {
        part.machine = operations.machine(part.members, part.classes);
        Search search(part.timeline, part.classes, *part.machine, options.reductions);
        const Search::Outcome outcome = search.run(options.budget - std::min(options.budget, verdict.nodes));
        verdict.nodes += search.nodes();
        if (outcome == Search::Outcome::found) merge.add(operations, part, search.order());
        if (outcome == Search::Outcome::impossible)
            keep_earliest(operations, verdict.counterexample, explain_violation(operations, part, search));
        if (outcome == Search::Outcome::out_of_budget && !verdict.blocked)
            verdict.blocked = explain_blocked(part, search);
        part.machine.reset();
    }
    if (verdict.counterexample) {
        verdict.outcome = Verdict::Outcome::violated;
        verdict.blocked.reset();
    } else if (!verdict.blocked) {
        verdict.certificate = merge.take();
        CHECK(!objection(operations, verdict.certificate));
        verdict.outcome = Verdict::Outcome::passed;
    }
    return verdict;
}

} // namespace orrery::reports::judges
