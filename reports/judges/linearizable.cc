#include "orrery/reports/judges/linearizable.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "orrery/reports/judges/certificate.h"
#include "orrery/reports/judges/explanation.h"
#include "orrery/reports/judges/part.h"
#include "orrery/reports/judges/shrink.h"
#include "orrery/sim/check.h"

namespace orrery::reports::judges {

namespace {

// Configurations that making a counterexample small may cost.
constexpr std::uint64_t shrink_budget = 20'000;

// Above this, which facts of real time matter takes longer to find out than to read.
constexpr std::size_t relaxed_operations_max = 12;

std::vector<Part> split(const models::Operations& operations, bool by_key) {
    std::vector<Part> parts;
    if (operations.size() > 0 && (!by_key || !operations.has_keys())) {
        std::vector<std::size_t> all(operations.size());
        std::iota(all.begin(), all.end(), 0);
        parts.emplace_back(operations, Value(), std::move(all));
        return parts;
    }
    std::vector<std::pair<Value, std::vector<std::size_t>>> groups;
    std::map<Value, std::size_t> numbers;
    std::size_t last = 0; // most histories have runs of one key
    for (std::size_t each = 0; each < operations.size(); ++each) {
        Value key = operations.key(each);
        if (groups.empty() || groups[last].first != key) {
            const auto [number, fresh] = numbers.emplace(key, groups.size());
            if (fresh) groups.emplace_back(std::move(key), std::vector<std::size_t>{});
            last = number->second;
        }
        groups[last].second.push_back(each);
    }
    std::sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& [key, members] : groups) parts.emplace_back(operations, std::move(key), std::move(members));
    return parts;
}

// Orders on single keys become one order: every operation takes effect at the earliest instant that its
// own order and its invocation allow, which is never after its return.
class Merge {
public:
    explicit Merge(std::size_t parts) : parts_(parts) {}
    void add(const Part& part, const std::vector<std::uint32_t>& order) {
        sim::WorldTime instant{INT64_MIN};
        for (const std::uint32_t each : order) {
            instant = std::max(instant, part.intervals[each].invoked);
            effects_.emplace_back(instant, part.members[each]);
        }
    }
    std::vector<std::size_t> take() {
        if (parts_ > 1)
            std::stable_sort(effects_.begin(), effects_.end(),
                             [](const auto& a, const auto& b) { return a.first < b.first; });
        std::vector<std::size_t> order;
        order.reserve(effects_.size());
        for (const auto& [instant, operation] : effects_) order.push_back(operation);
        return order;
    }

private:
    std::size_t parts_;
    std::vector<std::pair<sim::WorldTime, std::size_t>> effects_;
};

// What is known of a part that is impossible.
struct Violation {
    const Part* part = nullptr;
    std::vector<std::uint32_t> core; // places; these alone are impossible
    std::uint32_t unpassable = 0;    // place of the one whose return is the earliest that no order passes
};

class Judging {
public:
    Judging(const models::Operations& operations, const LinearizableOptions& options)
        : operations_(operations), options_(options), parts_(split(operations, options.split)), merge_(parts_.size()) {}

    Verdict run() {
        verdict_.judge = "linearizable";
        verdict_.model = operations_.model();
        verdict_.operations = operations_.size();
        verdict_.keys = parts_.size();
        std::vector<std::size_t> hard;
        for (std::size_t each = 0; each < parts_.size(); ++each)
            if (!decided_by_chains(parts_[each])) hard.push_back(each);
        search_all(hard);
        verdict_.basis = by_search_ ? (by_chains_ ? "chains, search" : "search") : "chains";
        conclude();
        return std::move(verdict_);
    }

private:
    bool decided_by_chains(const Part& part) {
        if (!options_.chains) return false;
        const std::optional<models::Deeds> deeds = operations_.deeds(part.members);
        if (!deeds) return false;
        Chains chains(part.intervals, *deeds, options_.chain_rules);
        const Chains::Outcome outcome = chains.decide();
        if (outcome == Chains::Outcome::unclear) return false;
        by_chains_ = true;
        if (outcome == Chains::Outcome::found)
            merge_.add(part, chains.order());
        else
            keep_earliest(earliest_by_chains(part, *deeds, chains.core()));
        return true;
    }
    // The first violation that chains meet need not be the one that shows first. So look again at what was
    // known before it showed, until nothing is wrong with that.
    Violation earliest_by_chains(const Part& part, const models::Deeds& deeds, std::vector<std::uint32_t> core) const {
        while (true) {
            const std::uint32_t unpassable = unpassable_of(part, core);
            const sim::WorldTime end = part.intervals[unpassable].returned;
            std::vector<std::uint32_t> places; // what had begun; of what was under way only what may have had effect
            for (std::uint32_t each = 0; each < part.members.size(); ++each) {
                const models::Deed::Kind kind = deeds.all[each].kind;
                const bool observes = kind == models::Deed::Kind::read || kind == models::Deed::Kind::refused;
                const models::Interval& interval = part.intervals[each];
                if (interval.invoked < end && (interval.returned < end || !observes)) places.push_back(each);
            }
            Part known = part_of(part, places);
            for (models::Interval& each : known.intervals)
                if (each.returned >= end) each = {each.invoked, sim::WorldTime{INT64_MAX}, true};
            // Read again: an order of appends that only later reads tell is not known yet.
            const std::optional<models::Deeds> known_deeds = operations_.deeds(known.members);
            const Violation found{&part, core, unpassable};
            if (!known_deeds) return found;
            Chains chains(known.intervals, *known_deeds, options_.chain_rules);
            if (chains.decide() != Chains::Outcome::impossible) return found;
            core.clear();
            for (const std::uint32_t each : chains.core()) core.push_back(places[each]);
        }
    }
    std::uint32_t unpassable_of(const Part& part, const std::vector<std::uint32_t>& core) const {
        std::vector<std::size_t> members;
        for (const std::uint32_t each : core) members.push_back(part.members[each]);
        const Board board(operations_, Part(operations_, part.key, std::move(members)));
        Search search(board.timeline, board.classes, *board.machine, {});
        CHECK(search.run(UINT64_MAX) == Search::Outcome::impossible); // else the chains are wrong, or the model's verbs
        return core[board.timeline.by_return[search.deepest()]];
    }
    // The easiest first, so that what is left of the budget goes to the hardest.
    void search_all(const std::vector<std::size_t>& hard) {
        std::vector<std::pair<const Part*, Board>> boards;
        for (const std::size_t each : hard) boards.emplace_back(&parts_[each], Board(operations_, parts_[each]));
        std::stable_sort(boards.begin(), boards.end(), [](const auto& a, const auto& b) {
            return std::pair(a.second.timeline.width, a.first->members.size()) <
                   std::pair(b.second.timeline.width, b.first->members.size());
        });
        for (auto& [part, board] : boards) {
            search(*part, board);
            board.machine.reset();
        }
    }
    void search(const Part& part, const Board& board) {
        by_search_ = true;
        Search search(board.timeline, board.classes, *board.machine, options_.reductions);
        const Search::Outcome outcome = search.run(options_.budget - std::min(options_.budget, verdict_.nodes));
        verdict_.nodes += search.nodes();
        if (options_.check_observers) CHECK(!models::wrong_observer(*board.machine));
        if (outcome == Search::Outcome::found) merge_.add(part, search.order());
        if (outcome == Search::Outcome::impossible) {
            const std::uint32_t deepest = search.deepest();
            Violation found{&part, {}, board.timeline.by_return[deepest]};
            for (std::uint32_t i = 0; i < board.timeline.called[deepest]; ++i)
                found.core.push_back(board.timeline.by_call[i]);
            std::sort(found.core.begin(), found.core.end());
            keep_earliest(std::move(found));
        }
        if (outcome == Search::Outcome::out_of_budget && !verdict_.blocked)
            verdict_.blocked = explain_blocked(part, board, search);
    }
    // Of several violations the one that shows first is told.
    void keep_earliest(Violation found) {
        const auto shown = [](const Violation& each) { return each.part->intervals[each.unpassable].returned; };
        if (violation_.part == nullptr || shown(found) < shown(violation_)) violation_ = std::move(found);
    }
    void conclude() {
        if (violation_.part != nullptr) {
            verdict_.outcome = Verdict::Outcome::violated;
            verdict_.blocked.reset();
            verdict_.counterexample = explain();
        } else if (!verdict_.blocked) {
            verdict_.certificate = merge_.take();
            CHECK(!objection(operations_, verdict_.certificate));
            verdict_.outcome = Verdict::Outcome::passed;
        }
    }
    Counterexample explain() const {
        const Part& whole = *violation_.part;
        Part core = part_of(whole, violation_.core);
        if (!options_.shrink) return explain_violation(operations_, core, whole.members);
        const auto place = std::find(violation_.core.begin(), violation_.core.end(), violation_.unpassable);
        const auto unpassable = static_cast<std::uint32_t>(place - violation_.core.begin());
        const Shrunk shrunk = shrink(operations_, core, unpassable, shrink_budget);
        core = part_of(core, shrunk.left);
        Counterexample found = explain_violation(operations_, core, whole.members);
        found.minimal = shrunk.minimal;
        if (core.members.size() > relaxed_operations_max) return found;
        for (const auto& [earlier, later] : essential_edges(operations_, core))
            found.edges.emplace_back(core.members[earlier], core.members[later]);
        return found;
    }
    Part part_of(const Part& part, const std::vector<std::uint32_t>& places) const {
        std::vector<std::size_t> members;
        for (const std::uint32_t each : places) members.push_back(part.members[each]);
        return Part(operations_, part.key, std::move(members));
    }

    const models::Operations& operations_;
    const LinearizableOptions& options_;
    std::vector<Part> parts_;
    Merge merge_;
    Verdict verdict_;
    Violation violation_;
    bool by_chains_ = false;
    bool by_search_ = false;
};

} // namespace

Verdict linearizable(const models::Operations& operations, const LinearizableOptions& options) {
    return Judging(operations, options).run();
}

} // namespace orrery::reports::judges
