// Times are halved down to a millisecond and no further: that is the unit in which plans are drawn, and people read.
#include "orrery/scenarios/engine/search/simpler.h"

#include <algorithm>
#include <map>
#include <set>

#include "orrery/faults/kinds/kind.h"
#include "orrery/faults/kinds/single.h"
#include "orrery/scenarios/engine/run/plan.h"
#include "orrery/scenarios/engine/run/settings.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::engine {
namespace {

using std::chrono::milliseconds;

sim::Duration half(sim::Duration whole) {
    return std::max<sim::Duration>(std::chrono::ceil<milliseconds>(whole / 2), milliseconds(1));
}

void set(RunInput& input, const char* name, sim::Duration value) {
    input.settings.set(name, sim::duration_text(value));
}

// Where `change` made it another input, that is a proposal.
template <class Change>
void propose(std::vector<RunInput>& proposals, const RunInput& input, const Change& change) {
    RunInput candidate = input;
    change(candidate);
    if (candidate.settings != input.settings || candidate.plan != input.plan ||
        candidate.operations != input.operations)
        proposals.push_back(std::move(candidate));
}

// The one setting that a role's number of hosts or the number of clients goes by is as good as any other; those that
// only say how a run is judged, ended or drawn are not for shrinking.
bool is_part_of_the_run(const Setting& setting) {
    constexpr std::string_view others[] = {"flaws",  "judges", "faults",  "events",   "budget",   "knowledge",
                                           "online", "core",   "clients", "duration", "recovery", "think"};
    return std::find(std::begin(others), std::end(others), setting.name) == std::end(others);
}

// With fewer servers, faults strike those that are left.
void leave_out_missing_hosts(RunInput& input) {
    const faults::HostNames there = hosts_of(input);
    const auto is_missing = [&](const std::string& name) {
        return std::find(there.begin(), there.end(), name) == there.end();
    };
    for (faults::Fault& fault : input.plan->faults)
        if (fault.target.kind == faults::Target::Kind::hosts) std::erase_if(fault.target.hosts, is_missing);
    std::erase_if(input.plan->faults, [&](const faults::Fault& fault) {
        const bool strikes_nobody = fault.target.kind == faults::Target::Kind::hosts && fault.target.hosts.empty();
        const bool is_of_a_missing_link = fault.target.kind == faults::Target::Kind::link &&
                                          std::any_of(fault.target.hosts.begin(), fault.target.hosts.end(), is_missing);
        const bool waits_for_a_missing_host = !fault.trigger.host.empty() && is_missing(fault.trigger.host);
        return strikes_nobody || is_of_a_missing_link || waits_for_a_missing_host;
    });
}

bool is_invoked(const RunInput& input, const ClientOperation& operation) {
    return !input.skipped.contains(operation) && (!input.operations || input.operations->contains(operation));
}

} // namespace

std::vector<RunInput> ended_sooner(const Summary& failure) {
    CHECK(!failure.findings.empty());
    const RunInput& input = failure.input;
    const sim::Duration duration = input.settings.duration("duration");
    const sim::Duration recovery = input.settings.duration("recovery");
    // The next whole millisecond behind it.
    const sim::Duration found =
        std::chrono::floor<milliseconds>(failure.findings.front().time - sim::WorldTime{}) + milliseconds(1);
    std::vector<RunInput> proposals;
    const auto end = [&](sim::Duration new_duration, sim::Duration new_recovery) {
        if (new_duration + new_recovery >= duration + recovery) return;
        propose(proposals, input, [&](RunInput& candidate) {
            set(candidate, "duration", new_duration);
            set(candidate, "recovery", new_recovery);
        });
    };
    end(found, {});
    end(found, recovery);
    end(std::min(duration, found), std::max(found - duration, sim::Duration{}));
    end(half(duration), recovery);
    end(duration, recovery / 2);
    return proposals;
}

std::vector<faults::Fault> single_faults(const Summary& struck) {
    sim::world::FaultId id = 0;
    for (const faults::Fault& each : struck.plan.faults) id = std::max(id, each.id);
    const faults::HostNames hosts = hosts_of(struck.input);
    std::vector<faults::Fault> singles;
    for (const sim::world::StruckMessage& each : struck.struck)
        singles.push_back(faults::single_fault(++id, each, hosts));
    return singles;
}

faults::Plan without_strikers(const Summary& struck) {
    faults::Plan plan = struck.plan;
    std::erase_if(plan.faults, [&](const faults::Fault& fault) {
        return std::any_of(struck.struck.begin(), struck.struck.end(),
                           [&](const sim::world::StruckMessage& each) { return each.fault == fault.id; });
    });
    return plan;
}

std::vector<RunInput> with_fewer_clients(const RunInput& input) {
    std::vector<RunInput> proposals;
    if (!input.settings.has("clients")) return proposals;
    for (std::int64_t count = 1; count < input.settings.integer("clients"); ++count)
        propose(proposals, input, [&](RunInput& each) { each.settings.set("clients", std::to_string(count)); });
    return proposals;
}

std::vector<TimedOperation> operations_of(const Summary& failure) {
    const std::uint64_t clients = client_count(*failure.input.scenario, failure.input.settings);
    std::vector<TimedOperation> operations;
    std::map<std::uint64_t, std::uint64_t> next; // number of each client's next operation
    for (const reports::Entry& each : failure.history.entries) {
        if (each.type != reports::Entry::Type::invoke) continue;
        CHECK(clients > 0);
        // A client goes on under another process after an unknown answer: see ClientDriver.
        const std::uint64_t client = static_cast<std::uint64_t>(each.process) % clients;
        std::uint64_t& number = next[client];
        while (!is_invoked(failure.input, {client, number})) ++number;
        operations.push_back({{client, number++}, each.time});
    }
    return operations;
}

std::vector<RunInput> with_plainer(const RunInput& input, const Setting& setting) {
    std::vector<RunInput> proposals;
    if (!is_part_of_the_run(setting)) return proposals;
    std::vector<std::string> plainer{setting.standard};
    const std::string& value = input.settings.text(setting.name);
    if (!setting.legal.empty())
        plainer.assign(setting.legal.begin(), std::find(setting.legal.begin(), setting.legal.end(), value));
    for (const std::string& each : plainer)
        propose(proposals, input, [&](RunInput& candidate) {
            candidate.settings.set(setting.name, each);
            leave_out_missing_hosts(candidate);
        });
    return proposals;
}

std::vector<RunInput> with_weaker_fault(const RunInput& input, std::size_t place) {
    CHECK(input.plan.has_value());
    CHECK(place < input.plan->faults.size());
    const faults::Fault& now = input.plan->faults[place];
    std::vector<RunInput> proposals;
    const auto edit = [&](const auto& change) {
        propose(proposals, input, [&](RunInput& candidate) { change(candidate.plan->faults[place]); });
    };
    if (now.target.kind == faults::Target::Kind::hosts && now.target.hosts.size() > 1)
        for (std::size_t i = 0; i < now.target.hosts.size(); ++i)
            edit([i](faults::Fault& fault) {
                fault.target.hosts.erase(fault.target.hosts.begin() + static_cast<std::ptrdiff_t>(i));
            });
    const faults::Kind& kind = faults::standard_kinds().of(now);
    for (const faults::Parameter& each : kind.parameters)
        edit([&](faults::Fault& fault) { fault.parameters.set_value(each.name, each.standard); });
    edit([](faults::Fault& fault) { fault.trigger.after = {}; });
    edit([](faults::Fault& fault) { fault.trigger.after = fault.trigger.after / 2; });
    // One that lasts until the heal has no length.
    if (now.duration > milliseconds(1)) {
        edit([](faults::Fault& fault) { fault.duration = milliseconds(1); });
        edit([](faults::Fault& fault) { fault.duration = half(fault.duration); });
    }
    return proposals;
}

std::vector<IdleTime> idle_times(const RunInput& input) {
    std::set<sim::WorldTime> moments;
    if (input.plan)
        for (const faults::Fault& fault : input.plan->faults)
            if (fault.trigger.kind == faults::Trigger::Kind::at) moments.insert(fault.trigger.time);
    if (input.operations)
        for (const auto& [operation, time] : *input.operations) moments.insert(time);
    std::vector<IdleTime> idle;
    sim::WorldTime before{};
    for (const sim::WorldTime moment : moments) {
        if (moment - before > milliseconds(1)) idle.push_back({moment, moment - before});
        before = moment;
    }
    return idle;
}

RunInput with_only_idle_times(const RunInput& input, const std::vector<IdleTime>& kept) {
    std::vector<IdleTime> cut = idle_times(input);
    std::erase_if(cut, [&](const IdleTime& each) { return std::find(kept.begin(), kept.end(), each) != kept.end(); });
    const auto sooner = [&](sim::WorldTime time) {
        sim::Duration by{};
        for (const IdleTime& each : cut)
            if (each.end <= time) by += each.length - milliseconds(1);
        return time - by;
    };
    RunInput shorter = input;
    if (shorter.plan)
        for (faults::Fault& fault : shorter.plan->faults)
            if (fault.trigger.kind == faults::Trigger::Kind::at) fault.trigger.time = sooner(fault.trigger.time);
    if (shorter.operations)
        for (auto& [operation, time] : *shorter.operations) time = sooner(time);
    return shorter;
}

std::vector<RunInput> with_other_seeds(const std::vector<RunInput>& inputs, std::uint64_t count) {
    std::vector<RunInput> proposals;
    for (const RunInput& input : inputs)
        for (std::uint64_t seed = 1; seed <= count; ++seed) {
            proposals.push_back(input);
            proposals.back().seed = seed;
        }
    return proposals;
}

} // namespace orrery::scenarios::engine
