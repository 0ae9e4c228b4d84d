// A lock is held from the return of an acquire to the invocation of the release, or until its lease is over.
#include <map>
#include <optional>

#include "orrery/reports/judges/domain/domain.h"
#include "orrery/reports/judges/domain/objections.h"

namespace orrery::reports::judges::domain {
namespace {

struct Hold {
    std::size_t call = 0;
    sim::WorldTime from{}; // it is certainly held strictly between these
    sim::WorldTime until{INT64_MAX};
};

void object_to_overlaps(const Case& given, std::vector<Hold> holds, Objections& objections) {
    std::stable_sort(holds.begin(), holds.end(), [](const Hold& a, const Hold& b) { return a.from < b.from; });
    const Hold* longest = nullptr; // of those before, the one that lasts longest
    for (const Hold& each : holds) {
        if (each.from >= each.until) continue;
        if (longest != nullptr && each.from < longest->until)
            objections.add("two holders", {longest->call, each.call},
                           "process " + std::to_string(given.calls[each.call].process) +
                               " was given the lock while process " +
                               std::to_string(given.calls[longest->call].process) + " surely held it");
        if (longest == nullptr || each.until > longest->until) longest = &each;
    }
}

// Of two that acquired one after the other, the later has the greater token.
void object_to_tokens(const Case& given, std::vector<std::size_t> acquired, Objections& objections) {
    std::vector<std::size_t> by_return = acquired;
    std::stable_sort(by_return.begin(), by_return.end(),
                     [&](std::size_t a, std::size_t b) { return given.calls[a].returned < given.calls[b].returned; });
    std::size_t returned = 0;
    std::optional<std::size_t> greatest;
    for (const std::size_t each : acquired) { // in the order of their invocations
        for (; returned < by_return.size() && given.calls[by_return[returned]].returned < given.calls[each].invoked;
             ++returned)
            if (!greatest ||
                given.calls[by_return[returned]].result.integer() > given.calls[*greatest].result.integer())
                greatest = by_return[returned];
        if (greatest && given.calls[each].result.integer() <= given.calls[*greatest].result.integer())
            objections.add("token went back", {*greatest, each},
                           "token " + given.calls[each].result.rendered() + " was given out after " +
                               given.calls[*greatest].result.rendered());
    }
}

} // namespace

Verdict judge_lock(const Case& given) {
    std::optional<sim::Duration> lease;
    if (!given.parameter.empty()) {
        lease = duration_of(given);
        if (!lease)
            return cannot_judge(
                given, {SIZE_MAX, 0, "lock takes a time like 5s or 100ms, not " + std::string(given.parameter)});
    }
    std::vector<Hold> holds;
    std::vector<std::size_t> numbered;
    std::map<std::int64_t, std::size_t> held; // by process: which of `holds` it has
    Objections objections;
    for (std::size_t place = 0; place < given.calls.size(); ++place) {
        const Call& call = given.calls[place];
        if (call.f == "release") {
            const auto hold = held.find(call.process);
            if (hold == held.end()) continue;
            holds[hold->second].until = std::min(holds[hold->second].until, call.invoked);
            if (call.outcome != Call::Outcome::fail) held.erase(hold);
        } else if (call.f != "acquire") {
            return not_known(given, call, "acquire -> token or nil, release");
        } else if (is_ok(call)) {
            holds.push_back({place, call.returned, lease ? call.invoked + *lease : sim::WorldTime{INT64_MAX}});
            held[call.process] = holds.size() - 1;
            if (call.result.is_integer()) numbered.push_back(place);
        }
    }
    object_to_overlaps(given, std::move(holds), objections);
    object_to_tokens(given, std::move(numbered), objections);
    return objections.verdict(given);
}

} // namespace orrery::reports::judges::domain
