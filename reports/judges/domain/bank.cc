// Every read must show the same sum over all accounts, none of them nil, and no balance below zero unless the history
// allows it.
#include <map>
#include <numeric>
#include <optional>

#include "orrery/reports/judges/domain/domain.h"
#include "orrery/reports/judges/domain/objections.h"

namespace orrery::reports::judges::domain {
namespace {

using Balances = std::map<Value, std::optional<std::int64_t>>; // of each account; nothing: nil was read

std::optional<Balances> balances_of(const Value& response) {
    if (!response.is_map()) return {};
    Balances balances;
    for (const auto& [account, balance] : response.map()) {
        if (!balance.is_integer() && !balance.is_nil()) return {};
        balances[account] = balance.is_nil() ? std::nullopt : std::optional(balance.integer());
    }
    return balances;
}

std::int64_t total_of(const Balances& balances) {
    return std::accumulate(balances.begin(), balances.end(), std::int64_t{0},
                           [](std::int64_t sum, const auto& each) { return sum + each.second.value_or(0); });
}

bool has_nil(const Balances& balances) {
    return std::any_of(balances.begin(), balances.end(), [](const auto& each) { return !each.second; });
}

bool allows_negative(const History& history) {
    for (const auto& [name, value] : history.settings)
        if (name == "negative-balances") return value == Value(true) || value == Value("true");
    return false;
}

// The total that most reads show; of equally frequent ones the one that was shown first.
std::int64_t usual_total(const std::map<std::size_t, Balances>& reads) {
    std::map<std::int64_t, std::size_t> counts;
    for (const auto& [place, balances] : reads)
        if (!has_nil(balances)) ++counts[total_of(balances)];
    std::int64_t usual = 0;
    std::size_t count_max = 0;
    for (const auto& [place, balances] : reads)
        if (const std::int64_t total = total_of(balances); counts[total] > count_max) {
            usual = total;
            count_max = counts[total];
        }
    CHECK(count_max <= reads.size());
    return usual;
}

} // namespace

Verdict judge_bank(const Case& given) {
    std::map<std::size_t, Balances> reads;
    for (std::size_t place = 0; place < given.calls.size(); ++place) {
        const Call& call = given.calls[place];
        if (call.f == "transfer" || (call.f == "read" && !is_ok(call))) continue;
        const auto balances = balances_of(call.result);
        if (call.f != "read" || !balances)
            return not_known(given, call, "transfer {from to amount}, read -> {account balance}");
        reads.emplace(place, *balances);
    }
    const auto initial = given.history.initial ? balances_of(*given.history.initial) : std::nullopt;
    const std::int64_t expected = initial ? total_of(*initial) : usual_total(reads);
    Objections objections;
    for (const auto& [place, balances] : reads) {
        const Balances& known = initial ? *initial : reads.begin()->second;
        const auto same_account = [](const auto& a, const auto& b) { return a.first == b.first; };
        if (!std::equal(balances.begin(), balances.end(), known.begin(), known.end(), same_account))
            objections.add("other accounts", {reads.begin()->first, place},
                           given.calls[place].rendered() + " shows other accounts than there are");
        const std::string who = "process " + std::to_string(given.calls[place].process) + " read ";
        if (const std::int64_t total = total_of(balances); total != expected && !has_nil(balances))
            objections.add("wrong total", {place},
                           who + "balances that add up to " + std::to_string(total) + ", not to " +
                               std::to_string(expected));
        for (const auto& [account, balance] : balances) {
            const std::string of_account = " as the balance of account " + account.rendered();
            if (!balance)
                objections.add("nil balance", {place}, who + "nil" + of_account, account);
            else if (*balance < 0 && !allows_negative(given.history))
                objections.add("negative balance", {place}, who + std::to_string(*balance) + of_account, account);
        }
    }
    return objections.verdict(given);
}

} // namespace orrery::reports::judges::domain
