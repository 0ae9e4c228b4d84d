#include "orrery/reports/views/essence.h"

#include <algorithm>
#include <variant>

#include "orrery/reports/judges/judge.h"

namespace orrery::reports::views {
namespace {

constexpr std::uint64_t budget = 100'000; // configurations, each time
constexpr std::size_t tests_max = 3'000;  // judgements, altogether

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

bool is_swap(const Call& call) { return call.argument.is_list() && call.argument.list().size() == 2; }

// Whether what was seen grew out of what this operation wrote.
bool is_part(const Call& call, const Call& impossible) {
    const bool texts = impossible.result.is_text() && call.argument.is_text() && !call.argument.text().empty();
    return texts && call.f != impossible.f && impossible.result.text().find(call.argument.text()) != std::string::npos;
}

// Whether the operation could be the reason for the impossible result.
bool explains(const Call& call, const Call& impossible) {
    if (is_swap(impossible)) {
        const bool same = sets(call, impossible.argument.list().front());
        return impossible.result == Value(true) ? same : !same && call.outcome != Call::Outcome::fail;
    }
    if (call.f == impossible.f) return false;
    return sets(call, impossible.result);
}

class Reduction {
public:
    Reduction(const History& history, const std::vector<Call>& calls, const Verdict& verdict)
        : history_(history), calls_(calls), model_(verdict.model), impossible_(verdict.counterexample->unpassable),
          kept_(verdict.counterexample->operations) {
        std::sort(kept_.begin(), kept_.end());
    }

    Essence run() {
        const Verdict whole = judge(kept_);
        if (!whole.violated()) return {};   // it hangs on what the judge did not name
        kind_ = whole.counterexample->kind; // may differ: what came later is not among these operations
        if (!is_register(model_)) return essence_of(whole);
        // First what was told something: left behind without its reason it would be impossible itself.
        const Call& impossible = calls_[impossible_];
        std::stable_partition(kept_.begin(), kept_.end(), [&](std::size_t place) {
            return calls_[place].f == impossible.f || !calls_[place].result.is_nil();
        });
        for (std::size_t chunk = std::max<std::size_t>(kept_.size() / 2, 1);; chunk /= 2) {
            while (sweep(chunk) && chunk == 1) {
            }
            if (chunk == 1) break;
        }
        std::sort(kept_.begin(), kept_.end());
        return essence_of(judge(kept_));
    }

private:
    Essence essence_of(Verdict verdict) const {
        Essence essence;
        essence.verdict = std::move(verdict);
        for (const std::size_t place : kept_) essence.calls.push_back(calls_[place]);
        return essence;
    }
    Verdict judge(const Places& places) {
        ++tests_;
        judges::JudgeOptions options;
        options.model = model_;
        options.budget = budget;
        return judges::judge(history_of(history_, calls_, places), options);
    }
    bool same_violation(Places places) {
        if (tests_ >= tests_max) return false;
        std::sort(places.begin(), places.end());
        const Verdict verdict = judge(places);
        if (!verdict.violated() || places[verdict.counterexample->unpassable] != impossible_) return false;
        const std::string& kind = verdict.counterexample->kind;
        // What has no name in the whole may have one in a part, but must not become a riddle.
        return kind == kind_ || (kind_ == "other" && kind != "value from nowhere" && kind != "future read");
    }
    // It could have set what was seen, and nothing surely undid it: without it the story would lie.
    bool is_needed(std::size_t place) const {
        const Call& call = calls_[place];
        const Call& impossible = calls_[impossible_];
        if (place == impossible_ || is_part(call, impossible)) return true;
        if (!explains(call, impossible)) return false;
        return std::none_of(kept_.begin(), kept_.end(), [&](std::size_t other) {
            return changes(calls_[other], impossible) && precedes(call, calls_[other]) &&
                   precedes(calls_[other], impossible);
        });
    }
    // Tries to do without each `chunk` operations, the first first. True if any went.
    bool sweep(std::size_t chunk) {
        bool any = false;
        for (std::size_t at = 0; at < kept_.size() && tests_ < tests_max;) {
            Places rest(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(at));
            const std::size_t end = std::min(at + chunk, kept_.size());
            for (std::size_t i = at; i < kept_.size(); ++i)
                if (i >= end || is_needed(kept_[i])) rest.push_back(kept_[i]);
            if (rest.size() < kept_.size() && same_violation(rest)) {
                at = rest.size() - (kept_.size() - end);
                kept_ = std::move(rest);
                any = true;
            } else {
                at = end;
            }
        }
        return any;
    }

    const History& history_;
    const std::vector<Call>& calls_;
    std::string model_;
    std::string kind_;
    std::size_t impossible_;
    Places kept_;
    std::size_t tests_ = 0;
};

} // namespace

bool is_register(std::string_view model) { return model == "register" || model == "cas-register" || model == "kv"; }

bool changes(const Call& call, const Call& impossible) {
    return call.outcome == Call::Outcome::ok && call.f != impossible.f && call.result != Value(false);
}

bool sets(const Call& call, const Value& value) {
    if (call.result == Value(false)) return false;
    if (is_swap(call)) return call.argument.list().back() == value;
    return call.argument == value;
}

bool precedes(const Call& a, const Call& b) { return a.outcome != Call::Outcome::unknown && a.returned < b.invoked; }

Essence essence(const History& history, const std::vector<Call>& calls, const Verdict& verdict) {
    if (!verdict.violated() || !verdict.counterexample) return {};
    Essence found = Reduction(history, calls, verdict).run();
    found.kind = verdict.counterexample->kind;
    return found;
}

} // namespace orrery::reports::views
