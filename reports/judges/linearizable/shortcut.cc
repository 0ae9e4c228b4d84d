// The stages in their order: hints, chains, containers. Each decides or leaves the question to the next.
#include "orrery/reports/judges/linearizable/shortcut.h"

#include <optional>
#include <utility>

#include "orrery/reports/judges/linearizable/containers/containers.h"
#include "orrery/reports/judges/linearizable/hints.h"
#include "orrery/reports/judges/linearizable/search.h"
#include "orrery/sim/check.h"

namespace orrery::reports::judges::linearizable {

namespace {

Shortcut decide(const models::Operations& operations, const Part& part, const ChainRules& rules) {
    if (auto order = order_by_hints(operations, part)) return {Shortcut::Outcome::found, "hints", std::move(*order)};
    if (const auto effects = operations.register_effects(part.members)) {
        Chains chains(part.intervals, *effects, rules);
        const Chains::Outcome outcome = chains.decide();
        if (outcome == Chains::Outcome::found) return {Shortcut::Outcome::found, "chains", chains.order()};
        if (outcome == Chains::Outcome::impossible) return {Shortcut::Outcome::impossible, "chains", {}, chains.core()};
    }
    if (const auto effects = operations.container_effects(part.members)) {
        containers::Contained contained = containers::decide_container(part.intervals, *effects);
        const auto outcome = static_cast<Shortcut::Outcome>(contained.outcome);
        return {outcome, "containers", std::move(contained.order), std::move(contained.core)};
    }
    return {};
}

// What a shortcut cannot say of a beginning is searched, if that takes few configurations. In a beginning little
// may be left of what distinguishes the values of the whole.
constexpr std::uint64_t beginning_budget = 20'000;

Shortcut decide_beginning(const models::Operations& operations, const Part& part, const ChainRules& rules) {
    Shortcut found = decide(operations, part, rules);
    if (found.outcome != Shortcut::Outcome::unclear) return found;
    const Board board(operations, part);
    Search search(board, {});
    const Search::Outcome outcome = search.run(beginning_budget);
    if (outcome == Search::Outcome::found) found.outcome = Shortcut::Outcome::found;
    if (outcome != Search::Outcome::impossible) return found;
    found.outcome = Shortcut::Outcome::impossible;
    found.core = board.timeline.begun_by(search.deepest());
    return found;
}

// Nothing if a search of the core alone takes too much.
std::optional<std::uint32_t> unpassable_of(const models::Operations& operations, const Part& part,
                                           const std::vector<std::uint32_t>& core) {
    CHECK(!core.empty());
    const Board board(operations, part_of(operations, part, core));
    Search search(board, {});
    const Search::Outcome outcome = search.run(budget_default);
    CHECK(outcome != Search::Outcome::found); // else the shortcut is wrong, or the model's verbs
    if (outcome != Search::Outcome::impossible) return std::nullopt;
    return core[board.timeline.by_return[search.deepest()]];
}

} // namespace

Shortcut try_shortcut(const models::Operations& operations, const Part& part, const ChainRules& rules) {
    return decide(operations, part, rules);
}

bool find_earliest(const models::Operations& operations, const Part& part, const ChainRules& rules,
                   sim::WorldTime before, Shortcut& violation) {
    const auto look_before = [&](sim::WorldTime end) {
        const Known known = known_before(operations, part, end);
        const Shortcut earlier = decide_beginning(operations, known.part, rules);
        if (earlier.outcome != Shortcut::Outcome::impossible) return earlier.outcome;
        violation.core.clear();
        for (const std::uint32_t each : earlier.core) violation.core.push_back(known.places[each]);
        return earlier.outcome;
    };
    if (before < sim::WorldTime{INT64_MAX} && look_before(before) == Shortcut::Outcome::found) return false;
    // The first violation that is met need not be the one that shows first. So look again at what was known before
    // it showed, until nothing is wrong with that. It is read again: an order that only later reads tell is not
    // known yet.
    do {
        const auto unpassable = unpassable_of(operations, part, violation.core);
        if (!unpassable) {
            violation = {};
            return false;
        }
        violation.unpassable = *unpassable;
    } while (look_before(part.intervals[violation.unpassable].returned) == Shortcut::Outcome::impossible);
    return part.intervals[violation.unpassable].returned < before;
}

} // namespace orrery::reports::judges::linearizable
