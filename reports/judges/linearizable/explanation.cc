// What the end of a search means: the operations in the way of the earliest return that no order passes.
#include "orrery/reports/judges/linearizable/explanation.h"

#include <algorithm>
#include <bit>
#include <iterator>

#include "orrery/reports/judges/linearizable/classification.h"
#include "orrery/reports/judges/linearizable/plain_search.h"
#include "orrery/sim/check.h"

namespace orrery::reports::judges::linearizable {

namespace {

// Above this the second opinion costs more than the first.
constexpr std::uint64_t plain_budget = 2'000;

// The known operations under way at a return, all done ones included.
std::vector<std::uint32_t> under_way(const Timeline& timeline, std::uint32_t place) {
    std::vector<std::uint32_t> found;
    for (std::uint32_t i = 0; i < timeline.called[place]; ++i) {
        const std::uint32_t each = timeline.by_call[i];
        if (timeline.return_place[each] != Timeline::never && timeline.return_place[each] >= place)
            found.push_back(each);
    }
    return found;
}

Counterexample::DeadEnd explain_dead_end(const Part& part, const Board& board, const std::vector<std::uint32_t>& window,
                                         std::uint32_t unpassable, const Search::DeadEnd& end) {
    Counterexample::DeadEnd explained{board.machine->describe_state(end.state), {}};
    for (const std::uint32_t each : window) {
        const std::uint32_t slot = board.timeline.slot[each];
        if ((end.mask[slot / 64] >> (slot % 64) & 1) != 0 || !board.same_object(each, unpassable)) continue;
        explained.refusals.push_back({part.members[each], board.machine->explain(end.state, board.classes[each])});
    }
    return explained;
}

// Judges the operations of the counterexample again, alone and plainly.
bool confirm(const models::Operations& operations, const std::vector<std::size_t>& members) {
    if (members.size() > plain_operations_max) return false;
    std::vector<models::Interval> intervals;
    for (const std::size_t each : members) intervals.push_back(operations.interval(each));
    std::vector<std::uint32_t> classes;
    const auto machine = operations.machine(members, classes);
    const std::optional<bool> possible = linearizable_plainly(intervals, classes, *machine, plain_budget);
    CHECK(possible != std::optional(true)); // else one of the two searches is wrong
    return possible.has_value();
}

std::string story_of(const models::Operations& operations, const Counterexample& found) {
    std::string story = operations.call(found.unpassable).rendered() + " cannot be explained: ";
    const auto& end = found.dead_ends.front();
    story += found.order.empty() ? "at the start" : "after the longest possible order of what came before";
    story += " the state is " + end.state;
    for (const auto& refusal : end.refusals)
        if (refusal.operation == found.unpassable) story += ", where it " + refusal.reason;
    return story;
}

} // namespace

Counterexample explain_violation(const models::Operations& operations, const Part& core,
                                 const std::vector<std::size_t>& all) {
    const Board board(operations, core);
    Search search(board, {});
    CHECK(search.run(UINT64_MAX, SIZE_MAX) == Search::Outcome::impossible);
    CHECK(!search.dead_ends().empty());
    const Timeline& timeline = board.timeline;
    Counterexample found;
    found.key = core.key;
    const std::uint32_t unpassable = timeline.by_return[search.deepest()];
    found.unpassable = core.members[unpassable];
    for (std::uint32_t i = 0; i < timeline.called[search.deepest()]; ++i)
        found.operations.push_back(core.members[timeline.by_call[i]]);
    std::sort(found.operations.begin(), found.operations.end());
    for (const std::uint32_t each : search.longest()) found.order.push_back(core.members[each]);
    const auto window = under_way(timeline, search.deepest());
    for (const Search::DeadEnd& end : search.dead_ends())
        found.dead_ends.push_back(explain_dead_end(core, board, window, unpassable, end));
    const bool from_initial =
        board.machine->step(models::Machine::initial_state, board.classes[unpassable]) != models::Machine::refused;
    found.kind = classify(operations, all, found.unpassable, from_initial);
    found.story = story_of(operations, found);
    found.confirmed = confirm(operations, found.operations);
    return found;
}

Blocked explain_blocked(const models::Operations& operations, const Part& part, const Board& board,
                        const Search& search) {
    const Timeline& timeline = board.timeline;
    Blocked blocked;
    blocked.key = part.key;
    const std::uint32_t deepest = search.deepest();
    if (deepest > 0) blocked.deepest = part.members[timeline.by_return[deepest - 1]];
    for (const std::uint32_t each : under_way(timeline, deepest)) blocked.window.push_back(part.members[each]);
    for (std::uint32_t i = 0; i < timeline.called[deepest]; ++i)
        if (timeline.intervals[timeline.by_call[i]].unknown) ++blocked.unknown;
    blocked.width = timeline.width;
    blocked.states = board.machine->state_count();
    // Each operation under way is done or not, each unknown one as well, and the object is in some state.
    const std::pair<std::size_t, const char*> factors[] = {{blocked.width, "operations under way at once"},
                                                           {blocked.unknown, "unknown operations"},
                                                           {std::bit_width(blocked.states), "states of the object"}};
    const auto less = [](const auto& a, const auto& b) { return a.first < b.first; };
    const auto* greatest = std::max_element(std::begin(factors), std::end(factors), less);
    blocked.cost = greatest->second;
    auto& suggestions = blocked.suggestions;
    const bool by_values =
        operations.register_effects({}) || operations.container_effects({}); // the model is one that can be
    if (by_values) suggestions.push_back("write a different value each time: then nothing is searched");
    const std::string fewer = "let fewer clients work on one key, or let all pause together now and then";
    const std::string failed = "record operations that were surely not done as fail instead of info";
    if (greatest != &factors[1]) suggestions.push_back(fewer);
    if (blocked.unknown > 0) suggestions.push_back(failed);
    if (greatest == &factors[1]) suggestions.push_back(fewer);
    suggestions.push_back("record where the system says that each took effect: a place in its log, a revision");
    suggestions.push_back("a larger budget");
    return blocked;
}

} // namespace orrery::reports::judges::linearizable
