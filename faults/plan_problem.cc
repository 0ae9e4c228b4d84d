// Whether a plan fits a world: what can be seen only once it is known which hosts there are. A fault that was
// read from a file has the place of the very word; one that was made in code, its number.
#include <algorithm>

#include "orrery/faults/kinds/kind.h"
#include "orrery/sim/text.h"

namespace orrery::faults {
namespace {

sim::Complaint wrong_with(const Fault& fault, std::string_view key, std::size_t offset, const std::string& expected) {
    return {sim::Cause::input, fault.source.place(key, offset),
            "f" + std::to_string(fault.id) + ": expected " + expected};
}

class FaultFitting {
public:
    FaultFitting(const Fault& fault, const Kind& kind, const HostNames& hosts)
        : fault_(fault), kind_(kind), hosts_(hosts) {}

    sim::Problem problem() const {
        if (sim::Problem problem = problem_of_hosts("target", fault_.target.hosts)) return problem;
        if (fault_.target.kind == Target::Kind::link && !kind_.strikes_links)
            return wrong({}, 0, "hosts as the target of a " + kind_.name + ", got a link");
        if (kind_.strikes_message())
            if (sim::Problem problem = problem_of_single()) return problem;
        if (sim::Problem problem = problem_of_parameters()) return problem;
        return problem_of_trigger();
    }

private:
    // A plan that was parsed has none of this: one that was made in code may.
    sim::Problem problem_of_single() const {
        const std::string of = " a " + fault_.kind;
        if (fault_.trigger.kind != Trigger::Kind::message) return wrong({}, 0, "a message as the trigger of" + of);
        if (fault_.target != Target{}) return wrong({}, 0, "no target for" + of + ": its message is what it strikes");
        if (fault_.duration.count() > 0) return wrong({}, 0, "no length for" + of + ": it strikes one message");
        if (fault_.trigger.after.count() > 0)
            return wrong({}, 0, "no time after the trigger for" + of + ": it strikes the message that leaves");
        return std::nullopt;
    }
    sim::Complaint wrong(std::string_view key, std::size_t offset, const std::string& expected) const {
        return wrong_with(fault_, key, offset, expected);
    }
    // `offset`: of the name within the value of its key.
    sim::Problem problem_of_host(std::string_view key, const std::string& name, std::size_t offset) const {
        if (std::find(hosts_.begin(), hosts_.end(), name) != hosts_.end()) return std::nullopt;
        return wrong(key, offset, "a host of this scenario, got '" + name + "'");
    }
    // Of names with one character between each two: a list, or the two ends of a link.
    sim::Problem problem_of_hosts(std::string_view key, const HostNames& names) const {
        std::size_t offset = 0;
        for (const std::string& name : names) {
            if (sim::Problem problem = problem_of_host(key, name, offset)) return problem;
            offset += name.size() + 1;
        }
        return std::nullopt;
    }
    sim::Problem problem_of_parameters() const {
        CHECK(fault_.parameters.values().size() == kind_.parameters.size());
        for (const Parameter& parameter : kind_.parameters) {
            const Value& value = fault_.parameters.value(parameter.name);
            if (!parameter.admits(value))
                return wrong(parameter.name, 0, parameter.name + " to be " + parameter.expected());
            if (const auto* names = std::get_if<HostNames>(&value))
                if (sim::Problem problem = problem_of_hosts(parameter.name, *names)) return problem;
        }
        return std::nullopt;
    }
    sim::Problem problem_of_trigger() const {
        const Trigger& trigger = fault_.trigger;
        const bool at = trigger.kind == Trigger::Kind::at;
        if (!at && trigger.nth == 0) return wrong({}, 0, "a trigger that counts from 1");
        if (trigger.kind == Trigger::Kind::effect) return problem_of_host("effect", trigger.host, 0);
        if (at || trigger.kind == Trigger::Kind::state || trigger.host.empty()) return std::nullopt;
        const std::string_view key = trigger.kind == Trigger::Kind::message ? "message" : "point";
        if (sim::Problem problem = problem_of_host(key, trigger.host, 0)) return problem;
        if (trigger.peer.empty()) return std::nullopt;
        return problem_of_host(key, trigger.peer, trigger.host.size() + 1);
    }

    const Fault& fault_;
    const Kind& kind_;
    const HostNames& hosts_;
};

} // namespace

sim::Problem problem_of(const Plan& plan, const HostNames& hosts, const KindList& kinds) {
    for (const Fault& fault : plan.faults)
        if (sim::Problem problem = FaultFitting(fault, kinds.of(fault), hosts).problem()) return problem;
    return std::nullopt;
}

// The place of another host among its own would be taken for that of a member.
sim::Problem problem_of_members(const Plan& plan, const HostNames& members, const KindList& kinds) {
    for (const Fault& fault : plan.faults) {
        if (!kinds.of(fault).strikes_members) continue;
        if (members.empty())
            return wrong_with(fault, {}, 0,
                              "a kind of fault that this scenario can have, got '" + fault.kind +
                                  "': nobody there can be told to change members");
        std::size_t offset = 0;
        for (const std::string& name : fault.target.hosts) {
            if (std::find(members.begin(), members.end(), name) == members.end())
                return wrong_with(fault, "target", offset,
                                  "for a " + fault.kind + " one of " + sim::join(members) + ", got '" + name + "'");
            offset += name.size() + 1;
        }
    }
    return std::nullopt;
}

} // namespace orrery::faults
