// A cut takes whole milliseconds: from the one in which the first of its messages left to behind the last.
#include "orrery/scenarios/engine/search/singles.h"

#include <algorithm>
#include <map>

#include "orrery/faults/kinds/kind.h"
#include "orrery/faults/kinds/single.h"
#include "orrery/scenarios/engine/run/plan.h"

namespace orrery::scenarios::engine {
namespace {

using sim::world::HostIndex;
using std::chrono::milliseconds;

// A fault of one message, and what was recorded when that was struck.
struct Single {
    faults::Fault fault;
    sim::world::StruckMessage message;
};

constexpr sim::Duration lull = milliseconds(200); // so long without a loss, and it is another cut

const faults::Kind& cut_kind() { return *faults::standard_kinds().find("cut"); }

// The messages that a host sent or should have received and that were lost, by their places; in the order of their
// times.
std::map<HostIndex, std::vector<std::size_t>> losses_by_host(const std::vector<Single>& singles) {
    std::map<HostIndex, std::vector<std::size_t>> losses;
    for (std::size_t place = 0; place < singles.size(); ++place) {
        const sim::world::StruckMessage& message = singles[place].message;
        if (message.strike.kind != sim::world::RuleKind::loss) continue;
        losses[message.from].push_back(place);
        losses[message.to].push_back(place);
    }
    for (auto& [host, places] : losses)
        std::stable_sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
            return singles[a].message.time < singles[b].message.time;
        });
    return losses;
}

// Adds a crowd, and its halves, and theirs.
void add_with_halves(const std::vector<std::size_t>& crowd, std::vector<std::vector<std::size_t>>& all) {
    if (crowd.size() < 2) return;
    all.push_back(crowd);
    const auto middle = crowd.begin() + static_cast<std::ptrdiff_t>(crowd.size() / 2);
    add_with_halves({crowd.begin(), middle}, all);
    add_with_halves({middle, crowd.end()}, all);
}

// The whole; parts between which nothing was lost for a while; and parts of these.
std::vector<std::vector<std::size_t>> crowds_of(const std::vector<std::size_t>& places,
                                                const std::vector<Single>& singles) {
    std::vector<std::vector<std::size_t>> crowds{{}};
    for (const std::size_t place : places) {
        if (!crowds.back().empty() && singles[place].message.time - singles[crowds.back().back()].message.time > lull)
            crowds.emplace_back();
        crowds.back().push_back(place);
    }
    std::vector<std::vector<std::size_t>> all;
    if (crowds.size() > 1) all.push_back(places);
    for (const std::vector<std::size_t>& each : crowds) add_with_halves(each, all);
    return all;
}

// Both ways and from everybody; of servers only; one way.
std::vector<faults::Fault> cuts_of(HostIndex host, const std::vector<std::size_t>& crowd,
                                   const std::vector<Single>& singles, const RunInput& input) {
    const faults::HostNames hosts = hosts_of(input);
    const auto first = singles[crowd.front()].message.time - sim::WorldTime{};
    const auto last = singles[crowd.back()].message.time - sim::WorldTime{};
    faults::Fault cut = cut_kind().fault(singles[crowd.front()].fault.id);
    cut.target = {faults::Target::Kind::hosts, {hosts[host]}, {}, {}};
    cut.trigger.time = sim::WorldTime{} + std::chrono::floor<milliseconds>(first);
    cut.duration = std::chrono::floor<milliseconds>(last) + milliseconds(1) - std::chrono::floor<milliseconds>(first);
    std::vector<faults::Fault> cuts{cut};
    faults::HostNames servers = hosts;
    servers.resize(hosts.size() - client_count(*input.scenario, input.settings));
    if (servers.size() < hosts.size() && host < servers.size()) {
        cuts.push_back(cut);
        cuts.back().parameters.set("from", servers);
    }
    const auto is_sent = [&](std::size_t place) { return singles[place].message.from == host; };
    const bool all_sent = std::all_of(crowd.begin(), crowd.end(), is_sent);
    const bool all_received = std::none_of(crowd.begin(), crowd.end(), is_sent);
    for (std::size_t i = 0, count = cuts.size(); (all_sent || all_received) && i < count; ++i) {
        cuts.push_back(cuts[i]);
        cuts.back().parameters.set("direction", faults::Choice{all_sent ? 1u : 2u});
    }
    return cuts;
}

bool is_of_a_rate(const sim::world::StruckMessage& message, const Summary& struck) {
    const auto& plan = struck.plan.faults;
    const auto fault =
        std::find_if(plan.begin(), plan.end(), [&](const faults::Fault& each) { return each.id == message.fault; });
    return fault != plan.end() && is_rate(*fault);
}

// Null if it strikes no single message, or struck none.
const sim::world::StruckMessage* struck_by(const faults::Fault& fault, const Summary& struck) {
    if (!faults::standard_kinds().of(fault).strikes_message()) return nullptr;
    const auto found = std::find_if(struck.struck.begin(), struck.struck.end(),
                                    [&](const sim::world::StruckMessage& each) { return each.fault == fault.id; });
    return found == struck.struck.end() ? nullptr : &*found;
}

// A cut of one host that lasts so long that it does what another fault does too: a cut of the same host, or the loss of
// a message of it. Nothing if the two have nothing to do with each other.
std::optional<faults::Fault> absorbed(const faults::Fault& cut, const faults::Fault& other, const Summary& struck) {
    const auto is_of_one_host = [](const faults::Fault& each) {
        return each.kind == cut_kind().name && each.target.hosts.size() == 1 && each.duration.count() > 0 &&
               each.trigger.kind == faults::Trigger::Kind::at;
    };
    if (cut.id == other.id || !is_of_one_host(cut)) return std::nullopt;
    sim::WorldTime begin = cut.trigger.time;
    sim::WorldTime end = begin + cut.duration;
    if (is_of_one_host(other) && other.target == cut.target) {
        begin = std::min(begin, other.trigger.time);
        end = std::max(end, other.trigger.time + other.duration);
    } else if (const sim::world::StruckMessage* message = struck_by(other, struck)) {
        const faults::HostNames hosts = hosts_of(struck.input);
        const std::string& host = cut.target.hosts.front();
        if (message->strike.kind != sim::world::RuleKind::loss) return std::nullopt;
        if (hosts[message->from] != host && hosts[message->to] != host) return std::nullopt;
        begin = std::min(begin, message->since);
        end = std::max(end, message->since + milliseconds(1));
    } else {
        return std::nullopt;
    }
    faults::Fault longer = cut;
    longer.trigger.time = begin;
    longer.duration = end - begin;
    return longer;
}

} // namespace

bool is_rate(const faults::Fault& fault) { return faults::standard_kinds().of(fault).is_rate; }

std::vector<faults::Fault> singles_of(const Summary& struck) {
    sim::world::FaultId id = 0;
    for (const faults::Fault& each : struck.plan.faults) id = std::max(id, each.id);
    const faults::HostNames hosts = hosts_of(struck.input);
    std::vector<faults::Fault> singles;
    for (const sim::world::StruckMessage& each : struck.struck)
        if (is_of_a_rate(each, struck)) singles.push_back(faults::single_fault(++id, each, hosts));
    return singles;
}

faults::Plan without_rates(const Summary& struck) {
    faults::Plan plan = struck.plan;
    std::erase_if(plan.faults, is_rate);
    return plan;
}

faults::Plan named_by_time(const Summary& struck) {
    faults::Plan plan = struck.plan;
    for (faults::Fault& fault : plan.faults) {
        const sim::world::StruckMessage* message = struck_by(fault, struck);
        if (message == nullptr) continue;
        fault.trigger.nth = message->nth_since;
        fault.trigger.since = message->since;
    }
    return plan;
}

std::vector<RunInput> with_longer_cuts(const Summary& struck) {
    std::vector<RunInput> proposals;
    for (const faults::Fault& cut : struck.plan.faults)
        for (const faults::Fault& other : struck.plan.faults) {
            const std::optional<faults::Fault> longer = absorbed(cut, other, struck);
            if (!longer) continue;
            RunInput candidate = struck.input;
            candidate.plan->faults.clear();
            for (const faults::Fault& each : struck.plan.faults)
                if (each.id != other.id) candidate.plan->faults.push_back(each.id == cut.id ? *longer : each);
            proposals.push_back(std::move(candidate));
        }
    return proposals;
}

std::vector<RunInput> with_cuts(const Summary& struck) {
    std::vector<Single> singles;
    for (const faults::Fault& fault : struck.plan.faults)
        if (const sim::world::StruckMessage* message = struck_by(fault, struck)) singles.push_back({fault, *message});
    std::vector<std::pair<HostIndex, std::vector<std::size_t>>> all;
    for (const auto& [host, places] : losses_by_host(singles))
        for (std::vector<std::size_t>& crowd : crowds_of(places, singles)) all.emplace_back(host, std::move(crowd));
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& a, const auto& b) { return a.second.size() > b.second.size(); });
    std::vector<RunInput> proposals;
    for (const auto& [host, crowd] : all)
        for (const faults::Fault& cut : cuts_of(host, crowd, singles, struck.input)) {
            RunInput candidate = struck.input;
            candidate.plan = struck.plan;
            for (const std::size_t place : crowd)
                std::erase_if(candidate.plan->faults,
                              [&](const faults::Fault& fault) { return fault.id == singles[place].fault.id; });
            candidate.plan->faults.push_back(cut);
            proposals.push_back(std::move(candidate));
        }
    return proposals;
}

} // namespace orrery::scenarios::engine
