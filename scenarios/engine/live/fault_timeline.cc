#include "orrery/scenarios/engine/live/fault_timeline.h"

#include <algorithm>

namespace orrery::scenarios::engine::live {

using faults::Fault;
using faults::Target;
using faults::Trigger;

namespace {

// Nothing: it can be had.
std::optional<std::string> why_not(const Fault& fault, bool can_cut) {
    if (fault.kind == "power") return "the machine keeps its power: what was written stays written";
    if (fault.kind == "cut" && !can_cut) return "the kernel does not give this user a network of his own";
    if (fault.kind != "crash" && fault.kind != "pause" && fault.kind != "cut")
        return "needs a network that can be made to spoil single messages";
    switch (fault.trigger.kind) {
    case Trigger::Kind::at:
    case Trigger::Kind::state:
        return std::nullopt;
    case Trigger::Kind::effect:
        return "begins at an effect, and nobody counts those of a real process";
    case Trigger::Kind::message:
        return "begins at a message, and nobody watches those of a real network";
    case Trigger::Kind::point:
        return "begins at a point of the code, and real processes do not stop there";
    }
    return "is of no known kind";
}

} // namespace

bool depends_on_states(const faults::Plan& plan) {
    return std::any_of(plan.faults.begin(), plan.faults.end(), [](const Fault& each) {
        return each.target.kind == Target::Kind::selector || each.trigger.kind == Trigger::Kind::state;
    });
}

bool has_cuts(const faults::Plan& plan) {
    return std::any_of(plan.faults.begin(), plan.faults.end(),
                       [](const Fault& each) { return each.kind == "cut" && !why_not(each, true); });
}

FaultTimeline::FaultTimeline(const faults::Plan& plan, std::vector<std::string> hosts, Striking& striking,
                             sim::WorldTime start, sim::WorldTime heal)
    : hosts_(std::move(hosts)), striking_(striking), heal_(heal) {
    for (const Fault& fault : plan.faults) {
        if (std::optional<std::string> why = why_not(fault, striking.can_cut())) {
            left_out_.push_back({fault, *std::move(why)});
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
        const bool is_met = !each.due && trigger.name == key && trigger.value == value;
        if (!is_met || ++each.seen < trigger.nth) continue;
        each.due = now + trigger.after;
        each.host = host;
    }
}

sim::WorldTime FaultTimeline::advance(sim::WorldTime now) {
    for (std::size_t i = 0; i < active_.size();) {
        if (active_[i].end > now) {
            ++i;
            continue;
        }
        const Active over = std::move(active_[i]);
        active_.erase(active_.begin() + static_cast<std::ptrdiff_t>(i));
        end(over);
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

// As the kind `cut` has it (faults/kinds/cut.cc). What it would hold is lost here, but for what streams carry.
std::vector<std::pair<std::uint32_t, std::uint32_t>>
FaultTimeline::links_of(const Fault& fault, const std::vector<std::uint32_t>& struck) const {
    if (fault.target.kind == Target::Kind::link) return {{struck.at(0), struck.at(1)}};
    const auto has = [](const auto& all, const auto& one) {
        return std::find(all.begin(), all.end(), one) != all.end();
    };
    const faults::HostNames& from = fault.parameters.get<faults::HostNames>("from");
    const std::uint32_t direction = fault.parameters.get<faults::Choice>("direction").place; // both, out, in
    std::vector<std::pair<std::uint32_t, std::uint32_t>> links;
    for (std::uint32_t other = 0; other < hosts_.size(); ++other) {
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
    const bool is_cut = fault.kind == "cut";
    if (!is_cut) std::erase_if(struck, [this](std::uint32_t host) { return !striking_.is_up(host); });
    if (struck.empty()) return;
    std::string text = faults::print(fault);
    if (fault.target.kind == Target::Kind::selector) text += " (" + hosts_[struck.front()] + ")";
    striking_.announce(fault, true, text);
    ++began_[fault.id];
    if (is_cut)
        for (const auto& [from, to] : links_of(fault, struck)) striking_.cut(from, to);
    for (const std::uint32_t host : struck) {
        if (is_cut) break;
        if (fault.kind == "pause") {
            if (frozen_[host]++ == 0) striking_.freeze(host);
            continue;
        }
        ++down_[host];
        striking_.kill(host);
    }
    const bool is_endless = fault.duration.count() == 0;
    active_.push_back({fault, std::move(struck), is_endless ? heal_ : std::min(heal_, now + fault.duration)});
}

// A pause outlasts a crash of its host: whoever starts meanwhile stands still as well.
void FaultTimeline::end(const Active& active) {
    striking_.announce(active.fault, false, faults::print(active.fault));
    const bool is_cut = active.fault.kind == "cut";
    if (is_cut)
        for (const auto& [from, to] : links_of(active.fault, active.hosts)) striking_.mend(from, to);
    for (const std::uint32_t host : active.hosts) {
        if (is_cut) break;
        if (active.fault.kind == "pause") {
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

void FaultTimeline::heal() {
    waiting_.clear();
    while (!active_.empty()) {
        const Active over = std::move(active_.back());
        active_.pop_back();
        end(over);
    }
}

} // namespace orrery::scenarios::engine::live
