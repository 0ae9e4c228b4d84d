// Every fault and every message that may have led to the finding is taken away in a run of its own; those of clients
// are left as they are, for a client that is told nothing finds nothing.
#include "orrery/scenarios/engine/search/decision.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "orrery/faults/kinds/single.h"
#include "orrery/reports/trace/past.h"
#include "orrery/reports/views/rows.h"
#include "orrery/scenarios/engine/run/plan.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::engine {
namespace {

using reports::trace::Row;
using reports::views::Inevitability;
using std::chrono::milliseconds;

constexpr std::size_t candidates_a_child = 32; // candidates of a child
constexpr std::size_t compared_max = 12;       // passing runs of which the one nearest to the failure is looked for
constexpr std::size_t shown_max = 60;          // rows of each continuation

struct Candidate {
    RunInput input;
    sim::WorldTime time{};  // when it differs
    std::size_t reason = 0; // the lower the better it explains: a fault, a message that is told, any other
    std::string change{};   // in words
    std::string line{};     // as a plan has it
};

// Behind which the share of futures that fail rose most; the start, if they fail from there on.
sim::WorldTime rise_of(const std::vector<Inevitability>& moments) {
    sim::WorldTime time{};
    std::size_t most = 0;
    std::size_t before = 0;
    for (const Inevitability& each : moments) {
        if (each.failed > before && each.failed - before > most) {
            most = each.failed - before;
            time = each.time;
        }
        before = each.failed;
    }
    return time;
}

std::vector<Candidate> without_each_fault(const Summary& failure) {
    std::vector<Candidate> candidates;
    for (const faults::Fault& fault : failure.plan.faults) {
        Candidate candidate{failure.input, {}, 0, "this does not happen: " + faults::print(fault), {}};
        candidate.input.plan = failure.plan;
        std::erase_if(candidate.input.plan->faults, [&](const faults::Fault& each) { return each.id == fault.id; });
        for (const Row& row : failure.recording.rows)
            if (row.kind == Row::Kind::fault_begin && row.fault == fault.id) {
                candidate.time = row.time;
                break;
            }
        candidates.push_back(std::move(candidate));
    }
    return candidates;
}

// Of every message between servers that was sent in the past of the finding: it is lost, or comes late.
std::vector<Candidate> without_each_message(const Summary& failure) {
    const std::size_t clients = client_count(*failure.input.scenario, failure.input.settings);
    const std::size_t servers = failure.hosts.size() - clients;
    const faults::HostNames hosts = hosts_of(failure.input);
    const std::uint64_t found = failure.findings.front().event; // 0: it is known only at the end
    const reports::trace::Past past = past_of(failure.recording, found);
    sim::world::FaultId id = 0;
    for (const faults::Fault& each : failure.plan.faults) id = std::max(id, each.id);
    std::map<std::tuple<std::uint32_t, std::uint32_t, std::string>, std::pair<sim::WorldTime, std::uint64_t>> sent;
    std::vector<Candidate> candidates;
    for (const Row& row : failure.recording.rows) {
        if (row.kind != Row::Kind::send) continue;
        const sim::WorldTime since = sim::WorldTime{} + std::chrono::floor<milliseconds>(row.time - sim::WorldTime{});
        auto& [last, count] = sent[{row.host, row.peer, row.name}];
        count = last == since ? count + 1 : 1;
        last = since;
        const bool is_between_servers = row.host < servers && row.peer < servers;
        if (!is_between_servers || (found != 0 && past.is_whole && !past.contains(row.message))) continue;
        sim::world::StruckMessage message{};
        message.from = row.host;
        message.to = row.peer;
        message.label = row.name;
        for (const auto kind : {sim::world::RuleKind::loss, sim::world::RuleKind::delay}) {
            message.strike = {kind, milliseconds(100)};
            message.nth = count;
            faults::Fault fault = faults::single_fault(id + 1, message, hosts);
            fault.trigger.since = since;
            const bool is_lost = kind == sim::world::RuleKind::loss;
            const bool is_told = row.telling.weight >= sim::Telling::Weight::usual;
            Candidate candidate{failure.input, row.time, is_told && is_lost ? std::size_t{1} : 2,
                                "what " + hosts[row.host] + " sends to " + hosts[row.peer] + " at " +
                                    reports::views::in_seconds(row.time) + " (" + reports::views::told(row) + ") " +
                                    (is_lost ? "is lost" : "comes 100 ms later"),
                                faults::print(fault)};
            candidate.input.plan = failure.plan;
            candidate.input.plan->faults.push_back(std::move(fault));
            candidates.push_back(std::move(candidate));
        }
    }
    return candidates;
}

// What a run without its end does not show: it may only come later. Half as long again as it took to fail.
RunInput with_more_time(const Candidate& candidate, const Summary& failure) {
    RunInput input = candidate.input;
    const sim::Duration found = failure.findings.front().time - sim::WorldTime{};
    const sim::Duration end = std::chrono::ceil<milliseconds>(found + found / 2);
    if (input.settings.duration("recovery").count() == 0 && input.settings.duration("duration") < end)
        input.settings.set("duration", sim::duration_text(end));
    return input;
}

// Those that pass, in their order.
std::vector<std::size_t> passing(const std::vector<Candidate>& candidates, const DecisionOptions& options,
                                 std::size_t& tried) {
    std::vector<std::size_t> found;
    for (std::size_t begin = 0; begin < std::min<std::size_t>(candidates.size(), options.runs_max);) {
        if (found.size() >= compared_max || (options.interrupted && options.interrupted())) break;
        ChildOptions child;
        child.detail = Detail::counts;
        child.limits = options.limits;
        child.is_enough = [](const Summary& each) { return each.verdict == RunVerdict::passed; };
        const std::size_t end = std::min(candidates.size(), begin + candidates_a_child);
        for (std::size_t place = begin + 1; place < end; ++place) child.more.push_back(candidates[place].input);
        const Summary summary = run_in_child(candidates[begin].input, child);
        const bool passed = summary.is_known() && summary.verdict == RunVerdict::passed;
        const std::size_t last = begin + summary.place;
        tried += last + 1 - begin;
        if (passed) found.push_back(last);
        begin = passed ? last + 1 : end;
    }
    return found;
}

// What became, in a passing run, of the operation whose answer was the finding; nothing if no client was answered then.
std::string instead_of(const Summary& failure, const Summary& passed) {
    const sim::WorldTime found = failure.findings.front().time;
    const auto& here = failure.recording.rows;
    const auto answer = std::find_if(here.rbegin(), here.rend(),
                                     [&](const Row& row) { return row.kind == Row::Kind::ok && row.time == found; });
    if (answer == here.rend()) return {};
    const std::string who = failure.hosts[answer->host] + "'s " + answer->name;
    for (const Row& row : passed.recording.rows) {
        if (row.client != answer->client || row.operation != answer->operation) continue;
        if (row.kind == Row::Kind::ok) {
            const bool had_value = std::any_of(here.begin(), here.end(), [&](const Row& asked) {
                return asked.kind == Row::Kind::invoke && asked.client == row.client &&
                       asked.operation == row.operation && asked.find("value") != nullptr;
            });
            return who + " is answered " + reports::views::answer_of(row, had_value);
        }
        if (row.kind == Row::Kind::fail) return who + " is refused";
        if (row.kind == Row::Kind::info) return who + " gets no answer";
    }
    return who + " is not answered";
}

// Where a passing run parts from the failed one.
reports::views::Parting parting_of(const Candidate& candidate, const Summary& failure, const DecisionOptions& options) {
    reports::views::Parting parting{candidate.change, candidate.line, 0, {}, {}, false, {}};
    ChildOptions child;
    child.detail = Detail::events;
    child.limits = options.limits;
    child.run.record_until = sim::WorldTime{INT64_MAX};
    const Summary passed = run_in_child(candidate.input, child);
    if (!passed.is_known()) return parting;
    const auto& here = failure.recording.rows;
    const auto& there = passed.recording.rows;
    std::size_t same = 0;
    while (same < here.size() && same < there.size() && here[same] == there[same]) ++same;
    const auto from = [&](const std::vector<Row>& rows) {
        const auto first = rows.begin() + static_cast<std::ptrdiff_t>(same);
        return std::vector<Row>(first, first + static_cast<std::ptrdiff_t>(std::min(rows.size() - same, shown_max)));
    };
    parting.failed = from(here);
    parting.passed = from(there);
    parting.instead = instead_of(failure, passed);
    const auto& steps = failure.recording.steps;
    const auto& others = passed.recording.steps;
    while (parting.common < steps.size() && parting.common < others.size() &&
           steps[parting.common] == others[parting.common])
        ++parting.common;
    return parting;
}

} // namespace

DecisionSearch decision_of(const Summary& failure, const std::vector<Inevitability>& inevitability,
                           const DecisionOptions& options) {
    CHECK(!failure.findings.empty());
    std::vector<Candidate> candidates = without_each_fault(failure);
    for (Candidate& each : without_each_message(failure)) candidates.push_back(std::move(each));
    const sim::WorldTime rise = rise_of(inevitability);
    const auto distance = [rise](const Candidate& each) { return std::chrono::abs(each.time - rise); };
    std::stable_sort(candidates.begin(), candidates.end(), [&](const Candidate& a, const Candidate& b) {
        return std::pair(a.reason, distance(a)) < std::pair(b.reason, distance(b));
    });
    DecisionSearch search;
    std::vector<Candidate> longer = candidates;
    for (Candidate& each : longer) each.input = with_more_time(each, failure);
    std::vector<std::size_t> found = passing(longer, options, search.tried);
    const bool is_only_late = found.empty();
    if (is_only_late) found = passing(candidates, options, search.tried);
    if (found.empty()) return search;
    Decision decision;
    const std::vector<Candidate>& all = is_only_late ? candidates : longer;
    decision.told.critical = parting_of(all[found.front()], failure, options);
    decision.told.critical.is_only_late = is_only_late;
    std::size_t latest = decision.told.critical.common;
    for (std::size_t i = 1; i < found.size(); ++i) {
        reports::views::Parting parting = parting_of(all[found[i]], failure, options);
        if (parting.common <= latest) continue;
        latest = parting.common;
        parting.is_only_late = is_only_late;
        decision.told.nearest = std::move(parting);
    }
    decision.input = all[found.front()].input;
    search.decision = std::move(decision);
    return search;
}

} // namespace orrery::scenarios::engine
