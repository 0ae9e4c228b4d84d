// The stages of linearizable.h, part by part. All searches share one budget, counted in a fixed order, so that the
// verdict does not depend on the number of threads.
#include "orrery/reports/judges/linearizable/linearizable.h"

#include <algorithm>
#include <deque>
#include <numeric>
#include <set>
#include <string_view>
#include <utility>

#include "orrery/reports/judges/linearizable/certificate.h"
#include "orrery/reports/judges/linearizable/explanation.h"
#include "orrery/reports/judges/linearizable/part.h"
#include "orrery/reports/judges/linearizable/revisions.h"
#include "orrery/reports/judges/linearizable/shortcut.h"
#include "orrery/reports/judges/linearizable/shrink.h"
#include "orrery/reports/judges/pool.h"
#include "orrery/reports/models/value_numbers.h"
#include "orrery/sim/check.h"
#include "orrery/sim/text.h"

namespace orrery::reports::judges::linearizable {

namespace {

// Configurations that making a counterexample small may cost.
constexpr std::uint64_t shrink_budget = 20'000;

// Above this, which facts of real time matter takes longer to find out than to read.
constexpr std::size_t relaxed_operations_max = 12;

// So many operations are searched before they are looked through for answers that contradict each other.
constexpr std::size_t searched_first_max = 1000;

std::vector<Part> split(const models::Operations& operations, bool by_key) {
    std::vector<Part> parts;
    if (operations.size() > 0 && (!by_key || !operations.has_keys())) {
        std::vector<std::size_t> all(operations.size());
        std::iota(all.begin(), all.end(), 0);
        parts.emplace_back(operations, Value(), std::move(all));
        return parts;
    }
    std::deque<Value> keys; // where the numbers find them
    models::ValueNumbers<Value> numbers(0);
    std::vector<std::pair<Value, std::vector<std::size_t>>> groups;
    for (std::size_t each = 0; each < operations.size(); ++each) {
        const std::uint32_t number = numbers(&keys.emplace_back(operations.key(each)));
        if (number == groups.size())
            groups.emplace_back(keys.back(), std::vector<std::size_t>{});
        else
            keys.pop_back();
        groups[number].second.push_back(each);
    }
    std::sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& [key, members] : groups) parts.emplace_back(operations, std::move(key), std::move(members));
    return parts;
}

// Orders on single keys become one order: every operation takes effect at the earliest instant that its
// own order and its invocation allow, which is never after its return.
class Merge {
public:
    explicit Merge(std::size_t parts) : alone_(parts == 1) {}
    void add(const Part& part, const std::vector<std::uint32_t>& order) {
        if (alone_) {
            for (const std::uint32_t each : order) order_.push_back(part.members[each]);
            return;
        }
        sim::WorldTime instant{INT64_MIN};
        for (const std::uint32_t each : order) {
            instant = std::max(instant, part.intervals[each].invoked);
            effects_.emplace_back(instant, part.members[each]);
        }
    }
    std::vector<std::size_t> take() {
        std::stable_sort(effects_.begin(), effects_.end(),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
        for (const auto& [instant, operation] : effects_) order_.push_back(operation);
        return std::move(order_);
    }

private:
    bool alone_;
    std::vector<std::pair<sim::WorldTime, std::size_t>> effects_;
    std::vector<std::size_t> order_;
};

// What is known of a part that is impossible.
struct Violation {
    const Part* part = nullptr;
    std::vector<std::uint32_t> core; // places; these alone are impossible
    std::uint32_t unpassable = 0;    // place of the one whose return is the earliest that no order passes
};

sim::WorldTime shown(const Violation& violation) { return violation.part->intervals[violation.unpassable].returned; }

// What came out of one search.
struct Searched {
    bool done = false;
    Search::Outcome outcome = Search::Outcome::out_of_budget;
    std::uint64_t nodes = 0;
    std::vector<std::uint32_t> order;
    std::vector<std::uint32_t> core;
    std::uint32_t unpassable = 0;
    std::optional<Blocked> blocked;
};

Searched search(const models::Operations& operations, const Part& part, const Board& board,
                const LinearizableOptions& options, std::uint64_t budget, std::size_t memory) {
    Search search(board, options.reductions, options.memory);
    Searched found{true, search.run(budget, memory), search.nodes(), {}, {}, 0, {}};
    if (options.check_observers) CHECK(!models::wrong_observer(*board.machine));
    if (found.outcome == Search::Outcome::found) found.order = search.order();
    if (found.outcome == Search::Outcome::out_of_budget || found.outcome == Search::Outcome::out_of_memory)
        found.blocked = explain_blocked(operations, part, board, search);
    if (found.outcome == Search::Outcome::out_of_memory) blame_memory(*found.blocked, options.memory);
    if (found.outcome != Search::Outcome::impossible) return found;
    const std::uint32_t deepest = search.deepest();
    found.unpassable = board.timeline.by_return[deepest];
    found.core = board.timeline.begun_by(deepest);
    return found;
}

class Judging {
public:
    Judging(const models::Operations& operations, const LinearizableOptions& options)
        : operations_(operations), options_(options), parts_(split(operations, options.split)), merge_(parts_.size()) {}

    Verdict run() {
        verdict_.judge = "linearizable";
        verdict_.model = operations_.model();
        verdict_.operations = operations_.size();
        verdict_.keys = parts_.size();
        const std::vector<const Part*> hard = decide_at_once();
        // A small history is searched first: the search explains more.
        const bool large = operations_.size() > searched_first_max;
        if (large && !hard.empty()) look_for_contradiction();
        if (verdict_.anomalies.empty()) search_all(hard);
        if (!large && verdict_.blocked) look_for_contradiction();
        verdict_.basis = bases_.empty() ? "nothing to judge" : sim::join(bases_);
        conclude();
        return std::move(verdict_);
    }

private:
    // What is left for a search.
    std::vector<const Part*> decide_at_once() {
        std::vector<Shortcut> shortcuts(parts_.size());
        if (options_.shortcuts)
            run_pool(parts_.size(), options_.threads, [&](std::size_t each) {
                shortcuts[each] = try_shortcut(operations_, parts_[each], options_.chain_rules);
            });
        std::vector<const Part*> hard;
        for (std::size_t each = 0; each < parts_.size(); ++each) {
            Shortcut& shortcut = shortcuts[each];
            const Part& part = parts_[each];
            const sim::WorldTime before = violation_.part != nullptr ? shown(violation_) : sim::WorldTime{INT64_MAX};
            bool earlier = false;
            if (shortcut.outcome == Shortcut::Outcome::impossible)
                earlier = find_earliest(operations_, part, options_.chain_rules, before, shortcut);
            if (shortcut.outcome == Shortcut::Outcome::unclear)
                hard.push_back(&part);
            else
                bases_.insert(shortcut.name);
            if (shortcut.outcome == Shortcut::Outcome::found) merge_.add(part, shortcut.order);
            if (earlier) violation_ = {&part, std::move(shortcut.core), shortcut.unpassable};
        }
        return hard;
    }
    // A part that is left for a search. Once a violation is known, only what was known before that shows: what shows
    // later would not be reported.
    struct Turn {
        const Part* whole = nullptr;
        std::optional<Known> known{};
        std::unique_ptr<Board> board{};
        Searched result{};

        const Part& part() const { return known ? known->part : *whole; }
        // Whether what was known by then needs no search after all.
        bool shows_later = false;
    };
    // All share one budget, whatever the number of threads: each search may use all of it, and what it used is
    // counted in the order of the parts, the easiest first, so that what is left goes to the hardest. One that does
    // not fit any more is done again with what is left. None is begun when those before it have used everything.
    // Those that run at once share the memory as well; what does not fit into its share is done again, alone.
    void search_all(const std::vector<const Part*>& hard) {
        std::vector<Turn> turns(hard.size());
        run_pool(hard.size(), options_.threads, [&](std::size_t each) {
            Turn& turn = turns[each];
            turn.whole = hard[each];
            if (violation_.part != nullptr) turn.known = known_before(operations_, *turn.whole, shown(violation_));
            turn.shows_later =
                turn.known && options_.shortcuts &&
                try_shortcut(operations_, turn.part(), options_.chain_rules).outcome == Shortcut::Outcome::found;
            if (!turn.shows_later) turn.board = std::make_unique<Board>(operations_, turn.part());
        });
        std::erase_if(turns, [](const Turn& turn) { return turn.shows_later; });
        std::stable_sort(turns.begin(), turns.end(), [](const Turn& a, const Turn& b) {
            return std::pair(a.board->timeline.width, a.part().members.size()) <
                   std::pair(b.board->timeline.width, b.part().members.size());
        });
        const std::size_t at_once =
            std::clamp(options_.threads, std::size_t{1}, std::max(turns.size(), std::size_t{1}));
        const std::size_t share = options_.memory / at_once;
        Tally tally(turns.size());
        run_pool(turns.size(), options_.threads, [&](std::size_t each) {
            Turn& turn = turns[each];
            if (tally.sum() < options_.budget)
                turn.result = search(operations_, turn.part(), *turn.board, options_, options_.budget, share);
            if (turn.result.done) tally.add(each, turn.result.nodes);
            turn.board.reset();
        });
        for (Turn& turn : turns) {
            const std::uint64_t left = options_.budget - std::min(options_.budget, verdict_.nodes);
            const bool needs_more = at_once > 1 && turn.result.outcome == Search::Outcome::out_of_memory;
            if (!turn.result.done || turn.result.nodes > left || needs_more)
                turn.result =
                    search(operations_, turn.part(), Board(operations_, turn.part()), options_, left, options_.memory);
            include(turn);
        }
    }
    void include(Turn& turn) {
        Searched& result = turn.result;
        verdict_.nodes += result.nodes;
        bases_.insert("search");
        if (turn.known) {
            for (std::uint32_t& each : result.core) each = turn.known->places[each];
            if (result.outcome == Search::Outcome::impossible)
                result.unpassable = turn.known->places[result.unpassable];
        }
        if (result.outcome == Search::Outcome::found && !turn.known) merge_.add(*turn.whole, result.order);
        if (result.outcome == Search::Outcome::impossible)
            keep_earliest({turn.whole, std::move(result.core), result.unpassable});
        if (result.blocked && !verdict_.blocked) verdict_.blocked = std::move(result.blocked);
    }
    void look_for_contradiction() {
        if (!options_.shortcuts || violation_.part != nullptr) return;
        auto found = contradiction(operations_);
        if (!found) return;
        verdict_.anomalies.push_back(*std::move(found));
        bases_.insert("revisions");
    }
    // Of several violations the one that shows first is reported.
    void keep_earliest(Violation found) {
        if (violation_.part == nullptr || shown(found) < shown(violation_)) violation_ = std::move(found);
    }
    void conclude() {
        if (violation_.part != nullptr) {
            verdict_.outcome = Verdict::Outcome::violated;
            verdict_.blocked.reset();
            verdict_.counterexample = explain();
        } else if (!verdict_.anomalies.empty()) {
            verdict_.outcome = Verdict::Outcome::violated;
            verdict_.blocked.reset();
        } else if (!verdict_.blocked) {
            verdict_.certificate = merge_.take();
            CHECK(!objection(operations_, verdict_.certificate));
            verdict_.outcome = Verdict::Outcome::passed;
        }
    }
    Counterexample explain() const {
        const Part& whole = *violation_.part;
        Part core = part_of(operations_, whole, violation_.core);
        if (!options_.shrink) return explain_violation(operations_, core, whole.members);
        const auto place = std::find(violation_.core.begin(), violation_.core.end(), violation_.unpassable);
        CHECK(place != violation_.core.end());
        const auto unpassable = static_cast<std::uint32_t>(place - violation_.core.begin());
        const Shrunk shrunk = shrink(operations_, core, unpassable, shrink_budget);
        core = part_of(operations_, core, shrunk.left);
        CHECK(!core.members.empty());
        Counterexample found = explain_violation(operations_, core, whole.members);
        found.minimal = shrunk.minimal;
        if (core.members.size() > relaxed_operations_max) return found;
        for (const auto& [earlier, later] : essential_edges(operations_, core))
            found.edges.emplace_back(core.members[earlier], core.members[later]);
        return found;
    }
    const models::Operations& operations_;
    const LinearizableOptions& options_;
    std::vector<Part> parts_;
    Merge merge_;
    Verdict verdict_;
    Violation violation_;
    std::set<std::string_view> bases_; // what decided
};

} // namespace

Verdict judge_operations(const models::Operations& operations, const LinearizableOptions& options) {
    return Judging(operations, options).run();
}

} // namespace orrery::reports::judges::linearizable
