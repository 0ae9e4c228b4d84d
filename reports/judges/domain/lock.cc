// A lock is held from the return of an acquire to the invocation of the release, or until its lease is over.
#include <map>
#include <optional>

#include "orrery/reports/judges/domain/domain.h"
#include "orrery/reports/judges/domain/objections.h"

namespace orrery::reports::judges::domain {
namespace {

// A token of a lock that grows: a whole number, alone or as the fence of a map, as Jepsen writes it.
std::optional<std::int64_t> token_of(const Value& result) {
    const Value* token = &result;
    for (const char* name : {"fence", ":fence", "token", ":token"})
        if (const Value* found = result.find(name)) token = found;
    return token->is_integer() ? std::optional(token->integer()) : std::nullopt;
}

struct Token {
    std::int64_t number = 0;
    std::size_t call = 0;
};

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
void object_to_tokens(const Case& given, const std::vector<Token>& acquired, Objections& objections) {
    const auto& calls = given.calls;
    const auto invoked_before = [&](const Token& a, const Token& b) {
        return calls[a.call].invoked < calls[b.call].invoked;
    };
    CHECK(std::is_sorted(acquired.begin(), acquired.end(), invoked_before));
    std::vector<Token> by_return = acquired;
    std::stable_sort(by_return.begin(), by_return.end(),
                     [&](const Token& a, const Token& b) { return calls[a.call].returned < calls[b.call].returned; });
    std::size_t returned = 0;
    std::optional<Token> greatest;
    for (const Token& each : acquired) {
        for (; returned < by_return.size() && calls[by_return[returned].call].returned < calls[each.call].invoked;
             ++returned)
            if (!greatest || by_return[returned].number > greatest->number) greatest = by_return[returned];
        if (greatest && each.number <= greatest->number)
            objections.add("token went back", {greatest->call, each.call},
                           "token " + std::to_string(each.number) + " was given out after " +
                               std::to_string(greatest->number));
    }
}

} // namespace

Verdict judge_lock(const Case& given) {
    const std::optional<sim::Duration> lease = duration_of(given.parameter); // none: it is no lease
    std::vector<Hold> holds;
    std::vector<Token> tokens;
    std::map<std::int64_t, std::size_t> held; // by process: which of `holds` it has
    Objections objections;
    for (std::size_t place = 0; place < given.calls.size(); ++place) {
        const Call& call = given.calls[place];
        if (call.f == "release") {
            const auto hold = held.find(call.process);
            if (hold == held.end()) continue;
            CHECK(hold->second < holds.size());
            holds[hold->second].until = std::min(holds[hold->second].until, call.invoked);
            if (call.outcome != Call::Outcome::fail) held.erase(hold);
        } else if (call.f != "acquire") {
            return not_known(given, call, "acquire -> token or nil, release");
        } else if (is_ok(call)) {
            holds.push_back({place, call.returned, lease ? call.invoked + *lease : sim::WorldTime{INT64_MAX}});
            held[call.process] = holds.size() - 1;
            if (const auto token = token_of(call.result)) tokens.push_back({*token, place});
        }
    }
    object_to_overlaps(given, std::move(holds), objections);
    object_to_tokens(given, tokens, objections);
    return objections.verdict(given);
}

} // namespace orrery::reports::judges::domain
