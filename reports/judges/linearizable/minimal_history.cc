// Each trial judges the rest as a history of its own. It must fail by the same operation, and look like the same
// class of violation: else the story would be another one.
#include "orrery/reports/judges/linearizable/minimal_history.h"

#include <algorithm>
#include <memory>
#include <variant>

#include "orrery/reports/judges/judge.h"
#include "orrery/reports/judges/linearizable/minimise.h"
#include "orrery/reports/judges/linearizable/search.h"

namespace orrery::reports::judges::linearizable {

namespace {

using models::Verb;

constexpr std::uint64_t trial_budget = 100'000;  // configurations, each time
constexpr std::size_t trials_max = 3'000;        // altogether
constexpr std::uint64_t instead_budget = 50'000; // configurations
constexpr std::size_t doubtful_max = 6;

using Places = std::vector<std::size_t>;

History history_of(const History& history, const std::vector<Call>& calls, const Places& places) {
    Places entries;
    for (const std::size_t place : places) {
        entries.push_back(calls[place].invoke_entry);
        if (calls[place].return_entry) entries.push_back(*calls[place].return_entry);
    }
    std::sort(entries.begin(), entries.end());
    History part{history.model, history.settings, history.initial, {}};
    for (const std::size_t entry : entries) part.entries.push_back(history.entries[entry]);
    return part;
}

// The calls of a history as operations of its model.
struct Reading {
    std::unique_ptr<models::Operations> operations;
    Places places; // in the calls, of each operation; ascending

    std::size_t operation(std::size_t place) const {
        const auto found = std::lower_bound(places.begin(), places.end(), place);
        CHECK(found != places.end());
        CHECK(*found == place);
        return static_cast<std::size_t>(found - places.begin());
    }
    Verb::Effect effect(std::size_t place) const { return operations->verb(operation(place)).effect; }
};

class Reduction {
public:
    Reduction(const History& history, const std::vector<Call>& calls, const Verdict& verdict, const Reading& reading,
              const JudgeOptions& options)
        : history_(history), calls_(calls), reading_(reading), impossible_(verdict.counterexample->unpassable),
          kept_(verdict.counterexample->operations) {
        options_.model = verdict.model;
        options_.language = options.language;
        options_.budget = trial_budget;
        std::sort(kept_.begin(), kept_.end());
        CHECK(std::binary_search(kept_.begin(), kept_.end(), impossible_));
    }

    // Ascending places in the calls; none if the counterexample alone is not violated.
    Places run(bool one_value) {
        const Verdict whole = judge(kept_);
        if (!whole.violated()) return {};   // it hangs on what the judge did not name
        kind_ = whole.counterexample->kind; // may differ: what came later is not among these operations
        if (!one_value) return kept_;
        // First those with a result: left behind without its reason, it would be impossible itself.
        const Call& impossible = calls_[impossible_];
        std::stable_partition(kept_.begin(), kept_.end(), [&](std::size_t place) {
            return calls_[place].f == impossible.f || !calls_[place].result.is_nil();
        });
        minimise(kept_, [&](std::size_t begin, std::size_t end) { return without(begin, end); });
        std::sort(kept_.begin(), kept_.end());
        return kept_;
    }

private:
    Verdict judge(const Places& places) {
        ++trials_;
        return judges::judge(history_of(history_, calls_, places), options_);
    }
    std::optional<Places> without(std::size_t begin, std::size_t end) {
        if (trials_ >= trials_max) return std::nullopt;
        Places rest;
        for (std::size_t i = 0; i < kept_.size(); ++i)
            if (i < begin || i >= end || is_needed(kept_[i])) rest.push_back(kept_[i]);
        if (rest.size() == kept_.size() || !same_violation(rest)) return std::nullopt;
        return rest;
    }
    bool same_violation(Places places) {
        std::sort(places.begin(), places.end());
        const Verdict verdict = judge(places);
        if (!verdict.violated() || places[verdict.counterexample->unpassable] != impossible_) return false;
        const ViolationClass kind = verdict.counterexample->kind;
        // What has no name in the whole may have one in a part, but must not become a riddle.
        return kind == kind_ || (kind_ == ViolationClass::other && kind != ViolationClass::value_from_nowhere &&
                                 kind != ViolationClass::future_read);
    }
    // Whether what was read grew out of what this operation wrote.
    bool is_part(std::size_t place) const {
        const Call& call = calls_[place];
        const Call& impossible = calls_[impossible_];
        const bool texts = impossible.result.is_text() && call.argument.is_text() && !call.argument.text().empty();
        return texts && call.f != impossible.f &&
               impossible.result.text().find(call.argument.text()) != std::string::npos;
    }
    // Whether the operation could be the reason for the impossible result.
    bool explains(std::size_t place) const {
        const Call& call = calls_[place];
        const Call& impossible = calls_[impossible_];
        if (reading_.effect(impossible_) == Verb::Effect::swaps) {
            const bool same = leaves(call, reading_.effect(place), impossible.argument.list().front());
            return impossible.result == Value(true) ? same : !same;
        }
        return call.f != impossible.f && leaves(call, reading_.effect(place), impossible.result);
    }
    // It could have left what was seen, and no other change certainly undid it: without it the story would lie.
    bool is_needed(std::size_t place) const {
        const Call& call = calls_[place];
        const Call& impossible = calls_[impossible_];
        if (place == impossible_ || is_part(place)) return true;
        if (!explains(place)) return false;
        return std::none_of(kept_.begin(), kept_.end(), [&](std::size_t other) {
            return changes(calls_[other], reading_.effect(other)) && calls_[other].f != impossible.f &&
                   precedes(call, calls_[other]) && precedes(calls_[other], impossible);
        });
    }

    const History& history_;
    const std::vector<Call>& calls_;
    const Reading& reading_;
    JudgeOptions options_;
    std::size_t impossible_;
    Places kept_;
    ViolationClass kind_ = ViolationClass::other;
    std::size_t trials_ = 0;
};

// What the impossible operation would have returned after all that precedes it in the history as it was, if all
// orders agree on it. Of the operations that were concurrent with it, only those of the story take part: the others
// could have come after it.
std::string instead_of(const Reading& reading, std::size_t impossible, const Places& kept) {
    const models::Operations& operations = *reading.operations;
    const std::size_t unpassable = reading.operation(impossible);
    const Value key = operations.key(unpassable);
    std::vector<std::size_t> members;
    for (std::size_t each = 0; each < operations.size(); ++each) {
        const bool shown = std::binary_search(kept.begin(), kept.end(), reading.places[each]);
        const bool before = operations.interval(each).precedes(operations.interval(unpassable));
        if (operations.key(each) == key && (shown || before)) members.push_back(each);
    }
    const Part part(operations, key, std::move(members));
    const Board board(operations, part);
    Search search(board, {});
    if (search.run(instead_budget) != Search::Outcome::impossible) return {};
    const std::uint32_t place = board.timeline.by_return[search.deepest()];
    if (part.members[place] != unpassable) return {};
    std::string reason;
    for (const Search::DeadEnd& end : search.dead_ends()) {
        const std::string here = board.machine->explain(end.state, board.classes[place]);
        if (!reason.empty() && here != reason) return {};
        reason = here;
    }
    return reason;
}

// Operations on the same object that have failed or are unknown, were invoked before the violation showed, and are
// not in the story already: the latest ones.
std::vector<Call> doubtful_calls(const std::vector<Call>& calls, const models::Language& language,
                                 std::size_t impossible, const Places& kept) {
    std::vector<Call> doubtful;
    for (std::size_t place = 0; place < calls.size(); ++place) {
        const Call& call = calls[place];
        if (call.outcome == Call::Outcome::ok || call.key != calls[impossible].key) continue;
        if (call.invoked > calls[impossible].returned || std::binary_search(kept.begin(), kept.end(), place)) continue;
        if (!language.is_read_only(call.f)) doubtful.push_back(call);
    }
    if (doubtful.size() > doubtful_max)
        doubtful.erase(doubtful.begin(), doubtful.end() - static_cast<std::ptrdiff_t>(doubtful_max));
    return doubtful;
}

} // namespace

bool changes(const Call& call, Verb::Effect effect) {
    return call.outcome == Call::Outcome::ok && !models::is_read_only(effect) && call.result != Value(false);
}

bool leaves(const Call& call, Verb::Effect effect, const Value& value) {
    if (call.result == Value(false) || models::is_read_only(effect)) return false;
    if (effect == Verb::Effect::swaps) return call.argument.is_list() && call.argument.list().back() == value;
    return call.argument == value;
}

bool precedes(const Call& a, const Call& b) { return a.outcome != Call::Outcome::unknown && a.returned < b.invoked; }

MinimalHistory minimal_history(const History& history, const std::vector<Call>& calls, const Verdict& verdict,
                               const JudgeOptions& options) {
    const auto* language = options.language != nullptr ? options.language : models::language(verdict.model);
    if (!verdict.violated() || !verdict.counterexample || language == nullptr) return {};
    Reading reading;
    auto read = language->read(history, calls, reading.places);
    if (!read) return {};
    reading.operations = std::move(*read);
    const Counterexample& whole = *verdict.counterexample;
    MinimalHistory found;
    if (reading.operations->register_effects({})) found.object = MinimalHistory::Object::one_value;
    if (reading.operations->container_effects({})) found.object = MinimalHistory::Object::many_values;
    const bool one_value = found.object == MinimalHistory::Object::one_value;
    const Places kept = Reduction(history, calls, verdict, reading, options).run(one_value);
    for (const std::size_t place : kept) {
        if (place == whole.unpassable) found.unpassable = found.calls.size();
        found.calls.push_back(calls[place]);
        found.effects.push_back(reading.effect(place));
    }
    if (found.empty()) return {};
    found.key = whole.key;
    found.kind = whole.kind;
    found.instead = instead_of(reading, whole.unpassable, kept);
    found.doubtful = doubtful_calls(calls, *language, whole.unpassable, kept);
    return found;
}

} // namespace orrery::reports::judges::linearizable
