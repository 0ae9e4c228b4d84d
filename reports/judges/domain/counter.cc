// A read lies between what was certainly added before it and what can have been added by its end.
#include "orrery/reports/judges/domain/domain.h"
#include "orrery/reports/judges/domain/objections.h"

namespace orrery::reports::judges::domain {
namespace {

// What was added by certain times.
class Sums {
public:
    void add(sim::WorldTime time, std::int64_t amount) { changes_.emplace_back(time, amount); }
    void finish() {
        std::stable_sort(changes_.begin(), changes_.end(),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
        std::int64_t sum = 0;
        for (auto& [time, amount] : changes_) amount = sum += amount;
    }
    std::int64_t before(sim::WorldTime time) const {
        return at(std::lower_bound(changes_.begin(), changes_.end(), time,
                                   [](const auto& a, auto t) { return a.first < t; }));
    }
    std::int64_t until(sim::WorldTime time) const {
        return at(std::upper_bound(changes_.begin(), changes_.end(), time,
                                   [](auto t, const auto& a) { return t < a.first; }));
    }

private:
    using Changes = std::vector<std::pair<sim::WorldTime, std::int64_t>>;
    std::int64_t at(Changes::const_iterator place) const { return place == changes_.begin() ? 0 : (place - 1)->second; }
    Changes changes_;
};

} // namespace

// At least: every addition below zero that may have begun by the end of a read, and those above zero that
// had ended when it began. At most: the other way round.
Verdict judge_counter(const Case& given) {
    Sums may_raise, may_lower, raised, lowered;
    const auto& start = given.history.initial;
    const std::int64_t initial = start && start->is_integer() ? start->integer() : 0;
    for (const Call& call : given.calls) {
        const bool adds = call.f == "add" && call.argument.is_integer();
        if (!adds && (call.f != "read" || (is_ok(call) && !call.result.is_integer())))
            return not_known(given, call, "add NUMBER, read -> NUMBER");
        if (!adds || call.outcome == Call::Outcome::fail) continue;
        const std::int64_t amount = call.argument.integer();
        (amount < 0 ? may_lower : may_raise).add(call.invoked, amount);
        if (is_ok(call)) (amount < 0 ? lowered : raised).add(call.returned, amount);
    }
    for (Sums* each : {&may_raise, &may_lower, &raised, &lowered}) each->finish();
    Objections objections;
    for (std::size_t place = 0; place < given.calls.size(); ++place) {
        const Call& call = given.calls[place];
        if (call.f != "read" || !is_ok(call)) continue;
        const std::int64_t low = initial + may_lower.until(call.returned) + raised.before(call.invoked);
        const std::int64_t high = initial + may_raise.until(call.returned) + lowered.before(call.invoked);
        if (call.result.integer() >= low && call.result.integer() <= high) continue;
        objections.add(call.result.integer() < low ? "count too low" : "count too high", {place},
                       "process " + std::to_string(call.process) + " read " + call.result.rendered() +
                           ", where it can only have been from " + std::to_string(low) + " to " + std::to_string(high));
    }
    return objections.verdict(given);
}

} // namespace orrery::reports::judges::domain
