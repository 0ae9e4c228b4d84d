#include "orrery/scenarios/engine/live/fault_timeline.h"

#include <algorithm>

namespace orrery::scenarios::engine::live {

using faults::Fault;
using faults::Target;
using faults::Trigger;

namespace {

bool is_of_links(const Fault& fault) { return fault.kind == "cut" || rate_kind(fault); }

} // namespace

bool depends_on_states(const faults::Plan& plan) {
    return std::any_of(plan.faults.begin(), plan.faults.end(), [](const Fault& each) {
        return each.target.kind == Target::Kind::selector || each.trigger.kind == Trigger::Kind::state;
    });
}

bool has_kind(const faults::Plan& plan, std::string_view kind) {
    return std::any_of(plan.faults.begin(), plan.faults.end(), [&](const Fault& each) { return each.kind == kind; });
}

std::optional<Rate::Kind> rate_kind(const Fault& fault) {
    if (fault.kind == "loss") return Rate::Kind::loss;
    if (fault.kind == "duplication") return Rate::Kind::duplication;
    if (fault.kind == "delay") return Rate::Kind::delay;
    return std::nullopt;
}

bool needs_network(const faults::Plan& plan) {
    return std::any_of(plan.faults.begin(), plan.faults.end(), is_of_links);
}

bool is_counted(const Trigger& trigger) {
    return trigger.kind == Trigger::Kind::effect || trigger.kind == Trigger::Kind::message ||
           trigger.kind == Trigger::Kind::point;
}

FaultTimeline::FaultTimeline(const faults::Plan& plan, std::vector<std::string> hosts, Striking& striking,
                             sim::WorldTime start, sim::WorldTime heal)
    : hosts_(std::move(hosts)), striking_(striking), start_(start), heal_(heal) {
    for (const Fault& fault : plan.faults) {
        if (std::string why = striking.obstacle(fault); !why.empty()) {
            left_out_.push_back({fault, std::move(why)});
            continue;
        }
        Waiting waiting{fault};
        if (fault.trigger.kind == Trigger::Kind::at)
            waiting.due = start + (fault.trigger.time - sim::WorldTime{}) + fault.trigger.after;
        waiting_.push_back(std::move(waiting));
    }
}

void FaultTimeline::stated(std::uint32_t host, const std::string& key, const std::string& value, sim::WorldTime now) {
    for (Waiting& each : waiting_) {
        const Trigger& trigger = each.fault.trigger;
        const bool is_met =
            !each.due && trigger.kind == Trigger::Kind::state && trigger.name == key && trigger.value == value;
        if (!is_met || ++each.seen < trigger.nth) continue;
        each.due = now + trigger.after;
        each.host = host;
    }
}

void FaultTimeline::counted(std::uint32_t fault, sim::WorldTime now) {
    for (Waiting& each : waiting_)
        if (each.fault.id == fault && is_counted(each.fault.trigger) && !each.due)
            each.due = now + each.fault.trigger.after;
}

sim::WorldTime FaultTimeline::advance(sim::WorldTime now) {
    for (std::size_t i = 0; i < active_.size();) {
        if (active_[i].end > now) {
            ++i;
            continue;
        }
        const Active over = std::move(active_[i]);
        active_.erase(active_.begin() + static_cast<std::ptrdiff_t>(i));
        end(over, now);
    }
    for (std::size_t i = 0; i < waiting_.size();) {
        if (!waiting_[i].due || *waiting_[i].due > now) {
            ++i;
            continue;
        }
        const Waiting due = std::move(waiting_[i]);
        waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
        begin(due, now);
    }
    sim::WorldTime next = heal_;
    for (const Active& each : active_) next = std::min(next, each.end);
    for (const Waiting& each : waiting_)
        if (each.due) next = std::min(next, *each.due);
    return next;
}

std::vector<std::uint32_t> FaultTimeline::resolve(const Waiting& waiting) const {
    const Target& target = waiting.fault.target;
    std::vector<std::uint32_t> struck;
    if (target.kind == Target::Kind::link) { // in its order
        for (const std::string& name : target.hosts)
            struck.push_back(
                static_cast<std::uint32_t>(std::find(hosts_.begin(), hosts_.end(), name) - hosts_.begin()));
        return struck;
    }
    const bool is_same_state = target.key == waiting.fault.trigger.name && target.value == waiting.fault.trigger.value;
    if (target.kind == Target::Kind::selector && waiting.host && is_same_state) return {*waiting.host};
    for (std::uint32_t host = 0; host < hosts_.size(); ++host) {
        const bool is_named = target.kind == Target::Kind::everyone ||
                              (target.kind == Target::Kind::hosts &&
                               std::find(target.hosts.begin(), target.hosts.end(), hosts_[host]) != target.hosts.end());
        const bool is_selected = target.kind == Target::Kind::selector && struck.empty() && striking_.is_up(host) &&
                                 striking_.state_of(host, target.key) == target.value;
        if (is_named || is_selected) struck.push_back(host);
    }
    return struck;
}

// As the kinds have it (faults/kinds/cut.cc, rate.h). What a cut would hold is lost here, but for what streams carry.
HostLinks FaultTimeline::links_of(const Fault& fault, const std::vector<std::uint32_t>& struck) const {
    if (fault.target.kind == Target::Kind::link) return {{struck.at(0), struck.at(1)}};
    const auto has = [](const auto& all, const auto& one) {
        return std::find(all.begin(), all.end(), one) != all.end();
    };
    HostLinks links;
    const auto count = static_cast<std::uint32_t>(hosts_.size());
    if (fault.kind != "cut") {
        for (std::uint32_t from = 0; from < count; ++from)
            for (std::uint32_t to = 0; to < count; ++to)
                if (from != to && (has(struck, from) || has(struck, to))) links.emplace_back(from, to);
        return links;
    }
    const faults::HostNames& from = fault.parameters.get<faults::HostNames>("from");
    const std::uint32_t direction = fault.parameters.get<faults::Choice>("direction").place; // both, out, in
    for (std::uint32_t other = 0; other < count; ++other) {
        if (has(struck, other) || (!from.empty() && !has(from, hosts_[other]))) continue;
        for (const std::uint32_t host : struck) {
            if (direction != 2) links.emplace_back(host, other);
            if (direction != 1) links.emplace_back(other, host);
        }
    }
    return links;
}

void FaultTimeline::begin(const Waiting& waiting, sim::WorldTime now) {
    const Fault& fault = waiting.fault;
    std::vector<std::uint32_t> struck = resolve(waiting);
    if (!is_of_links(fault)) std::erase_if(struck, [this](std::uint32_t host) { return !striking_.is_up(host); });
    if (struck.empty()) return;
    std::string text = faults::print(fault);
    if (fault.target.kind == Target::Kind::selector) text += " (" + hosts_[struck.front()] + ")";
    striking_.announce(fault, true, text);
    if (fault.kind == "cut")
        for (const auto& [from, to] : links_of(fault, struck)) striking_.cut(from, to);
    else if (is_of_links(fault))
        striking_.begin_rate(fault, links_of(fault, struck));
    else
        begin_at_hosts(fault, struck);
    const bool is_endless = fault.duration.count() == 0;
    active_.push_back({fault, std::move(struck), now, is_endless ? heal_ : std::min(heal_, now + fault.duration)});
}

void FaultTimeline::begin_at_hosts(const Fault& fault, const std::vector<std::uint32_t>& hosts) {
    for (const std::uint32_t host : hosts) {
        if (fault.kind == "pause") {
            if (frozen_[host]++ == 0) striking_.freeze(host);
            continue;
        }
        CHECK(fault.kind == "crash" || fault.kind == "power");
        ++down_[host];
        striking_.kill(host);
    }
}

// A pause outlasts a crash of its host: whoever starts meanwhile stands still as well.
void FaultTimeline::end(const Active& active, sim::WorldTime now) {
    const Fault& fault = active.fault;
    striking_.announce(fault, false, faults::print(fault));
    over_.push_back(active);
    over_.back().end = now;
    if (fault.kind == "cut") {
        for (const auto& [from, to] : links_of(fault, active.hosts)) striking_.mend(from, to);
        return;
    }
    if (is_of_links(fault)) {
        striking_.end_rate(fault);
        return;
    }
    for (const std::uint32_t host : active.hosts) {
        if (fault.kind == "pause") {
            CHECK(frozen_[host] > 0);
            if (--frozen_[host] == 0 && striking_.is_up(host)) striking_.thaw(host);
            continue;
        }
        CHECK(down_[host] > 0);
        if (--down_[host] > 0) continue;
        striking_.start(host);
        if (frozen_[host] > 0) striking_.freeze(host);
    }
}

void FaultTimeline::heal(sim::WorldTime now) {
    waiting_.clear();
    while (!active_.empty()) {
        const Active over = std::move(active_.back());
        active_.pop_back();
        end(over, now);
    }
}

std::map<std::uint32_t, std::uint64_t> FaultTimeline::began() const {
    std::map<std::uint32_t, std::uint64_t> counts;
    for (const std::vector<Active>* all : {&active_, &over_})
        for (const Active& each : *all) ++counts[each.fault.id];
    return counts;
}

faults::Plan FaultTimeline::plan_of_what_happened() const {
    CHECK(active_.empty()); // it was healed
    faults::Plan plan;
    for (const Active& each : over_) {
        Fault fault = each.fault;
        fault.trigger = {};
        fault.trigger.time = sim::WorldTime{} + (each.began - start_);
        fault.duration = std::max(each.end - each.began, sim::Duration{1});
        if (fault.target.kind == Target::Kind::selector || fault.target.kind == Target::Kind::hosts) {
            fault.target = {Target::Kind::hosts, {}, {}, {}};
            for (const std::uint32_t host : each.hosts) fault.target.hosts.push_back(hosts_[host]);
        }
        plan.faults.push_back(std::move(fault));
    }
    std::sort(plan.faults.begin(), plan.faults.end(), [](const Fault& a, const Fault& b) { return a.id < b.id; });
    return plan;
}

} // namespace orrery::scenarios::engine::live
