// Times are halved down to a millisecond and no further: that is the unit in which plans are drawn, and people read.
#include "orrery/scenarios/engine/search/simpler.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "orrery/faults/kinds/kind.h"
#include "orrery/reports/trace/past.h"
#include "orrery/scenarios/engine/run/plan.h"
#include "orrery/scenarios/engine/run/settings.h"
#include "orrery/sim/text.h"
#include "orrery/sim/world/network.h"

namespace orrery::scenarios::engine {
namespace {

using reports::models::Words;
using std::chrono::milliseconds;

constexpr std::uint32_t plain_percents[] = {50, 0, 100, 25, 75, 10, 90}; // the plainest first

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

// With fewer hosts, faults strike those that are left.
void leave_out_missing_hosts(RunInput& input) {
    const faults::HostNames there = hosts_of(input);
    const auto is_missing = [&](const std::string& name) {
        return std::find(there.begin(), there.end(), name) == there.end();
    };
    std::erase_if(input.fixed, [&](const FixedSite& each) { return !each.host.empty() && is_missing(each.host); });
    const std::uint64_t clients = client_count(*input.scenario, input.settings);
    if (input.operations)
        std::erase_if(*input.operations, [&](const auto& each) { return each.first.client >= clients; });
    if (!input.plan) return;
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

// With fewer hosts, what strikes one that is not left strikes another of its role: server4 of three is server1.
void strike_those_that_are_left(RunInput& input) {
    if (!input.plan) return;
    const faults::HostNames there = hosts_of(input);
    const auto rename = [&](std::string& host) {
        if (host.empty() || std::find(there.begin(), there.end(), host) != there.end()) return;
        const std::size_t digits = host.find_first_of("0123456789");
        std::uint64_t number = 0;
        if (digits == std::string::npos || !sim::parse_integer(std::string_view(host).substr(digits), number)) return;
        const std::string role = host.substr(0, digits);
        const auto is_of_role = [&](const std::string& each) {
            return each.starts_with(role) && each.find_first_of("0123456789") == digits;
        };
        const auto count = static_cast<std::uint64_t>(std::count_if(there.begin(), there.end(), is_of_role));
        if (count > 0) host = role + std::to_string(number % count);
    };
    for (faults::Fault& fault : input.plan->faults) {
        faults::HostNames& hosts = fault.target.hosts;
        std::for_each(hosts.begin(), hosts.end(), rename);
        if (fault.target.kind == faults::Target::Kind::hosts) {
            std::sort(hosts.begin(), hosts.end());
            hosts.erase(std::unique(hosts.begin(), hosts.end()), hosts.end());
        }
        rename(fault.trigger.host);
        rename(fault.trigger.peer);
    }
    std::erase_if(input.plan->faults, [](const faults::Fault& fault) {
        return fault.target.kind == faults::Target::Kind::link && fault.target.hosts[0] == fault.target.hosts[1];
    });
}

bool is_invoked(const RunInput& input, const ClientOperation& operation) {
    return !input.skipped.contains(operation) && (!input.operations || input.operations->contains(operation));
}

// What stands at a time comes sooner, by as much as is asked for each time.
template <class By>
void come_sooner(RunInput& input, const By& by) {
    if (input.plan)
        for (faults::Fault& fault : input.plan->faults)
            if (sim::WorldTime* moment = moment_of(fault)) *moment = *moment - by(*moment);
    if (input.operations)
        for (auto& [operation, invocation] : *input.operations) invocation.time = invocation.time - by(invocation.time);
}

// All that stands at a time, sooner or later by some milliseconds; operations as they are, or all at the moment of the
// first.
std::vector<RunInput> at_other_times(const RunInput& input) {
    std::vector<RunInput> proposals;
    sim::WorldTime first{INT64_MAX};
    if (input.operations)
        for (const auto& [operation, invocation] : *input.operations) first = std::min(first, invocation.time);
    for (const bool at_once : {false, true})
        for (const int later : {0, -40, -20, -5, 5, 20, 60}) {
            if (at_once && (!input.operations || input.operations->size() < 2)) continue;
            RunInput moved = input;
            if (at_once)
                for (auto& [operation, invocation] : *moved.operations) invocation.time = first;
            come_sooner(moved, [&](sim::WorldTime time) {
                return std::min<sim::Duration>(milliseconds(-later), time - sim::WorldTime{});
            });
            set(moved, "duration", input.settings.duration("duration") + milliseconds(std::max(0, later)));
            proposals.push_back(std::move(moved));
        }
    return proposals;
}

} // namespace

sim::WorldTime* moment_of(faults::Fault& fault) {
    if (fault.trigger.kind == faults::Trigger::Kind::at) return &fault.trigger.time;
    return fault.trigger.kind == faults::Trigger::Kind::message ? &fault.trigger.since : nullptr;
}

bool is_part_of_the_run(const Setting& setting) {
    constexpr std::string_view others[] = {"flaws",  "judges", "faults",  "events",   "budget",   "knowledge",
                                           "online", "core",   "clients", "duration", "recovery", "think"};
    return std::find(std::begin(others), std::end(others), setting.name) == std::end(others);
}

bool may_be_changed(const RunInput& input, const Setting& setting) {
    return is_part_of_the_run(setting) && !input.chosen.contains(setting.name);
}

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

std::vector<RunInput> with_fewer_clients(const RunInput& input) {
    std::vector<RunInput> proposals;
    if (!input.settings.has("clients")) return proposals;
    for (std::int64_t count = 0; count < input.settings.integer("clients"); ++count)
        propose(proposals, input, [&](RunInput& each) {
            each.settings.set("clients", std::to_string(count));
            leave_out_missing_hosts(each);
        });
    return proposals;
}

std::vector<RunInput> with_clients_renumbered(const RunInput& input) {
    std::vector<RunInput> proposals;
    if (!input.settings.has("clients") || !input.operations || input.operations->empty()) return proposals;
    std::map<std::uint64_t, std::uint64_t> numbers; // of the clients that ask
    for (const auto& [operation, invocation] : *input.operations) numbers.emplace(operation.client, numbers.size());
    if (numbers.size() == static_cast<std::uint64_t>(input.settings.integer("clients"))) return proposals;
    RunInput renumbered = input;
    renumbered.operations->clear();
    for (const auto& [operation, invocation] : *input.operations)
        renumbered.operations->insert({{numbers.at(operation.client), operation.number}, invocation});
    renumbered.settings.set("clients", std::to_string(numbers.size()));
    // Who asks nothing gets a number that no client has.
    const auto rename = [&](std::string& host) {
        std::uint64_t before = 0;
        if (!host.starts_with("client") || !sim::parse_integer(std::string_view(host).substr(6), before)) return;
        const auto number = numbers.find(before);
        host = "client" + std::to_string(number == numbers.end() ? numbers.size() : number->second);
    };
    for (faults::Fault& fault : renumbered.plan->faults) {
        std::for_each(fault.target.hosts.begin(), fault.target.hosts.end(), rename);
        rename(fault.trigger.host);
        rename(fault.trigger.peer);
    }
    for (FixedSite& each : renumbered.fixed) rename(each.host);
    leave_out_missing_hosts(renumbered);
    proposals.push_back(std::move(renumbered));
    return proposals;
}

std::vector<WrittenOperation> operations_of(const Summary& failure) {
    const std::uint64_t clients = client_count(*failure.input.scenario, failure.input.settings);
    std::vector<WrittenOperation> operations;
    std::map<std::uint64_t, std::uint64_t> next; // number of each client's next operation
    for (const reports::Entry& each : failure.history.entries) {
        if (each.type != reports::Entry::Type::invoke) continue;
        CHECK(clients > 0);
        // A client goes on under another process after an unknown answer: see ClientDriver.
        const std::uint64_t client = static_cast<std::uint64_t>(each.process) % clients;
        std::uint64_t& number = next[client];
        while (!is_invoked(failure.input, {client, number})) ++number;
        operations.push_back({{client, number++}, {each.time, Words{each.f, each.key, each.value}}});
    }
    return operations;
}

namespace {

// The operations that suffice to see that the history is wrong.
bool is_of_counterexample(const reports::views::MinimalHistory& minimal, std::uint64_t clients,
                          const WrittenOperation& each) {
    return std::any_of(minimal.calls.begin(), minimal.calls.end(), [&](const reports::Call& call) {
        return static_cast<std::uint64_t>(call.process) % clients == each.first.client &&
               call.invoked == each.second.time;
    });
}

} // namespace

std::vector<RunInput> with_only_its_past(const Summary& failure) {
    using reports::trace::Row;
    const sim::Finding& finding = failure.findings.front();
    const reports::trace::Past past = past_of(failure.recording, finding.event);
    std::vector<RunInput> proposals;
    if (finding.event == 0 || past.events.empty() || !past.is_whole) return proposals;
    std::set<ClientOperation> asked;
    std::set<std::uint64_t> begun;
    for (const Row& row : failure.recording.rows) {
        if (row.kind == Row::Kind::invoke && past.contains(row.event)) asked.insert({row.client, row.operation});
        // A fault of a link is nobody's cause: all that counts is when it began.
        if (row.kind == Row::Kind::fault_begin && row.time <= finding.time) begun.insert(row.fault);
    }
    propose(proposals, failure.input, [&](RunInput& pruned) {
        std::erase_if(pruned.plan->faults, [&](const faults::Fault& each) { return !begun.contains(each.id); });
        if (pruned.scenario->clients.model == nullptr) return;
        pruned.operations.emplace();
        // Who reads what is stale has not heard of the write that makes it so: that is outside of its past.
        const reports::views::MinimalHistory minimal = failure_of(failure).minimal;
        const std::uint64_t clients = client_count(*pruned.scenario, pruned.settings);
        for (const WrittenOperation& each : operations_of(failure))
            if (asked.contains(each.first) || is_of_counterexample(minimal, clients, each))
                pruned.operations->insert(each);
    });
    return proposals;
}

std::vector<std::vector<WrittenOperation>> operations_that_tell(const Summary& failure) {
    const reports::views::MinimalHistory minimal = failure_of(failure).minimal;
    const std::vector<WrittenOperation> all = operations_of(failure);
    const std::uint64_t clients = client_count(*failure.input.scenario, failure.input.settings);
    const auto is_on_its_key = [&](const WrittenOperation& each) {
        return !minimal.key.is_nil() && each.second.words->key == minimal.key;
    };
    std::vector<std::vector<WrittenOperation>> proposals(2);
    if (minimal.empty() || clients == 0) return {};
    std::copy_if(all.begin(), all.end(), std::back_inserter(proposals[0]),
                 [&](const WrittenOperation& each) { return is_of_counterexample(minimal, clients, each); });
    std::copy_if(all.begin(), all.end(), std::back_inserter(proposals[1]), is_on_its_key);
    std::erase_if(proposals, [&](const auto& each) { return each.empty() || each.size() >= all.size(); });
    return proposals;
}

std::vector<RunInput> with_plainer(const RunInput& input, const Setting& setting) {
    std::vector<RunInput> proposals;
    if (!may_be_changed(input, setting)) return proposals;
    std::vector<std::string> plainer{setting.standard};
    const std::string& value = input.settings.text(setting.name);
    if (!setting.legal.empty())
        plainer.assign(setting.legal.begin(), std::find(setting.legal.begin(), setting.legal.end(), value));
    for (const std::string& each : plainer) {
        propose(proposals, input, [&](RunInput& candidate) {
            candidate.settings.set(setting.name, each);
            leave_out_missing_hosts(candidate);
        });
        RunInput candidate = input;
        candidate.settings.set(setting.name, each);
        strike_those_that_are_left(candidate);
        leave_out_missing_hosts(candidate);
        if (!proposals.empty() && candidate.plan != proposals.back().plan) proposals.push_back(std::move(candidate));
    }
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
        for (faults::Fault fault : input.plan->faults)
            if (const sim::WorldTime* moment = moment_of(fault)) moments.insert(*moment);
    if (input.operations)
        for (const auto& [operation, invocation] : *input.operations) moments.insert(invocation.time);
    std::vector<IdleTime> idle;
    sim::WorldTime before{};
    for (const sim::WorldTime moment : moments) {
        if (moment - before > milliseconds(1)) idle.push_back({moment, moment - before});
        before = moment;
    }
    return idle;
}

// What a system does in turns - heartbeats, ticks - goes on meanwhile: so some lengths are tried near to each other.
std::vector<RunInput> with_less_idle_time(const RunInput& input, const IdleTime& idle) {
    constexpr int tries = 8;
    std::vector<RunInput> proposals;
    for (const int part : {16, 4, 2})
        for (int i = 0; i < tries; ++i) {
            RunInput shorter = input;
            const sim::Duration left = idle.length / part * (2 * tries - i) / (2 * tries);
            const sim::Duration by = std::chrono::floor<milliseconds>(idle.length - left);
            if (by < milliseconds(1)) continue;
            come_sooner(shorter, [&](sim::WorldTime time) { return idle.end <= time ? by : sim::Duration{}; });
            proposals.push_back(std::move(shorter));
        }
    return proposals;
}

std::vector<RunInput> with_merged_keys(const RunInput& input) {
    std::vector<RunInput> proposals;
    if (!input.operations) return proposals;
    std::vector<reports::Value> keys; // in the order in which they are asked for
    for (const auto& [operation, invocation] : *input.operations)
        if (invocation.words && !invocation.words->key.is_nil() &&
            std::find(keys.begin(), keys.end(), invocation.words->key) == keys.end())
            keys.push_back(invocation.words->key);
    for (std::size_t kept = 0; kept < keys.size(); ++kept)
        for (std::size_t gone = kept + 1; gone < keys.size(); ++gone) {
            proposals.push_back(input);
            for (auto& [operation, invocation] : *proposals.back().operations)
                if (invocation.words && invocation.words->key == keys[gone]) invocation.words->key = keys[kept];
        }
    return proposals;
}

std::vector<RunInput> asked_later(const Summary& failure) {
    CHECK(!failure.findings.empty());
    const RunInput& input = failure.input;
    const sim::WorldTime found = failure.findings.front().time;
    std::vector<RunInput> proposals;
    if (!input.operations || input.operations->empty()) return proposals;
    // All that stands at `least` or later, until `most`, is moved on by a part of the time from there to the finding.
    const auto move = [&](sim::WorldTime least, sim::WorldTime most, int sixteenths) {
        const sim::Duration by = std::chrono::floor<milliseconds>((found - least) / 16 * sixteenths);
        if (by < milliseconds(1)) return;
        RunInput later = input;
        for (auto& [operation, invocation] : *later.operations)
            if (least <= invocation.time && invocation.time <= most) invocation.time = invocation.time + by;
        set(later, "duration", input.settings.duration("duration") + milliseconds(10)); // it may be found later, too
        proposals.push_back(std::move(later));
    };
    std::set<sim::WorldTime> times;
    for (const auto& [operation, invocation] : *input.operations) times.insert(invocation.time);
    for (const int sixteenths : {15, 14, 12, 8, 4, 2}) {
        move(*times.begin(), *times.rbegin(), sixteenths);
        if (times.size() <= 16)
            for (const sim::WorldTime time : times) move(time, time, sixteenths);
    }
    return proposals;
}

std::vector<RunInput> with_fixed(const RunInput& input, const FixedSite& site) {
    std::vector<RunInput> proposals;
    for (const std::uint32_t percent : plain_percents) {
        RunInput fixed = input;
        std::erase_if(fixed.fixed, [&](const FixedSite& each) {
            return each.site == site.site && (site.host.empty() || each.host == site.host);
        });
        fixed.fixed.push_back({site.site, site.host, percent});
        if (fixed.fixed != input.fixed) proposals.push_back(std::move(fixed));
    }
    return proposals;
}

std::vector<RunInput> with_one_ahead_and_one_slow(const RunInput& input, const std::string& site) {
    const faults::HostNames hosts = hosts_of(input);
    const std::size_t servers = hosts.size() - client_count(*input.scenario, input.settings);
    const std::string latency(sim::world::link_sites::latency.name);
    // Fixed in the middle or at the least for all, and otherwise for one; `servers`: for none.
    const auto fix = [&](RunInput& run, const std::string& where, std::uint32_t all, std::size_t one,
                         std::uint32_t percent) {
        std::erase_if(run.fixed, [&](const FixedSite& each) {
            const auto server =
                std::find(hosts.begin(), hosts.begin() + static_cast<std::ptrdiff_t>(servers), each.host);
            return each.site == where &&
                   (each.host.empty() || server != hosts.begin() + static_cast<std::ptrdiff_t>(servers));
        });
        run.fixed.push_back({where, "", all});
        if (one < servers) run.fixed.push_back({where, hosts[one], percent});
    };
    std::vector<RunInput> proposals;
    for (std::size_t ahead = 0; ahead < servers; ++ahead)
        for (std::size_t slow = 0; slow <= servers; ++slow)
            for (const char* most : {"1500us", "15ms"}) {
                const bool is_other = input.settings.text("latency") != most;
                if (slow == ahead || (is_other && (slow == servers || input.chosen.contains("latency")))) continue;
                RunInput run = input;
                run.settings.set("latency", most);
                fix(run, site, 50, ahead, 0);
                if (slow < servers) fix(run, latency, 0, slow, 100);
                for (RunInput& each : at_other_times(run)) proposals.push_back(std::move(each));
            }
    return proposals;
}

std::vector<RunInput> with_plainer_fixed(const RunInput& input, std::size_t place) {
    CHECK(place < input.fixed.size());
    const FixedSite& now = input.fixed[place];
    const auto is_for_all = [&](const FixedSite& each) { return each.site == now.site && each.host.empty(); };
    std::vector<RunInput> proposals;
    if (!now.host.empty() && std::any_of(input.fixed.begin(), input.fixed.end(), is_for_all)) {
        proposals.push_back(input);
        proposals.back().fixed.erase(proposals.back().fixed.begin() + static_cast<std::ptrdiff_t>(place));
    }
    for (const std::uint32_t percent : plain_percents) {
        if (percent == now.percent) break;
        proposals.push_back(input);
        proposals.back().fixed[place].percent = percent;
    }
    return proposals;
}

RunInput with_only_idle_times(const RunInput& input, const std::vector<IdleTime>& kept) {
    std::vector<IdleTime> cut = idle_times(input);
    std::erase_if(cut, [&](const IdleTime& each) { return std::find(kept.begin(), kept.end(), each) != kept.end(); });
    RunInput shorter = input;
    come_sooner(shorter, [&](sim::WorldTime time) {
        sim::Duration by{};
        for (const IdleTime& each : cut)
            if (each.end <= time) by += std::chrono::floor<milliseconds>(each.length) - milliseconds(1);
        return by;
    });
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
