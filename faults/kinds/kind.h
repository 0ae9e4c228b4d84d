// Kind: all that there is to know of one kind of fault. Plans, profiles, swarm and the injector know kinds only
// through this; to add one is a file beside this one and a line in kinds.def.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "orrery/faults/fault.h"
#include "orrery/faults/profile.h"
#include "orrery/sim/world/world.h"

namespace orrery::faults {

// Draws that belong to one fault of a plan: keyed by (kind, ordinal) and site, so that the plan of
// one kind does not move when another is removed.
class Draw {
public:
    Draw(sim::Chance& chance, std::string_view kind, std::uint32_t ordinal)
        : chance_(chance), event_(sim::mix(sim::name_hash("plan"), sim::name_hash(kind), ordinal)) {}
    std::uint64_t operator()(sim::Site site, std::uint64_t n) {
        CHECK(n > 0);
        return chance_.draw(event_, site, count_++, n);
    }
    // In whole milliseconds above `least`: plans are read by people.
    sim::Duration between(sim::Site site, sim::Duration least, sim::Duration most) {
        CHECK(most >= least);
        const auto width = static_cast<std::uint64_t>((most - least) / std::chrono::milliseconds(1)) + 1;
        return least + std::chrono::milliseconds((*this)(site, width));
    }

private:
    sim::Chance& chance_;
    std::uint64_t event_;
    std::uint32_t count_ = 0;
};

using Hosts = std::vector<sim::world::HostIndex>;

// The events of a fault that its kind makes itself (World::schedule_fault) are numbered from here: those before are its
// onset and its end.
inline constexpr std::uint32_t event_of_kind = 3;

struct Kind {
    std::string name;
    std::string effective; // what counts as having taken effect, in words
    std::string begins{};  // what it waits for besides its trigger and a host that runs, in words; none: nothing
    std::vector<Parameter> parameters{};
    bool strikes_links = false;   // a link may be its target
    bool strikes_disks = false;   // swarm strikes only hosts that have a disk
    bool strikes_members = false; // swarm strikes only hosts of whom an operator can say whether they are members
    bool is_rate = false;         // it spoils some of the messages that it meets, each by a draw
    // Sets target and parameters, given the names of the hosts that may be struck: at least one.
    void (*draw)(Fault& fault, Draw& draw, const Targets& targets) = nullptr;
    // False if there was nothing to do: the fault did not begin, and will not be ended.
    bool (*begin)(sim::world::World& world, const Fault& fault, const Hosts& hosts) = nullptr;
    // Takes away exactly what `begin` did, of the same hosts, whatever other faults do there.
    void (*end)(sim::world::World& world, const Fault& fault, const Hosts& hosts) = nullptr;
    // Of a kind that strikes the one message which its trigger names: what becomes of that. Such a kind has nothing of
    // what stands above - no target, no beginning and end - and swarm cannot draw it, for it knows no message.
    sim::world::Strike (*strike)(const Fault& fault) = nullptr;

    bool strikes_message() const { return strike != nullptr; }
    // With those hosts only that swarm lets this kind strike.
    Targets among(const Targets& targets) const;
    // A fault of this kind with all parameters at their defaults.
    Fault fault(sim::world::FaultId id) const;
    // Null if the kind declares none of that name.
    const Parameter* find(std::string_view parameter) const;
};

// Kinds in a fixed order, which gives the faults that swarm draws their ids: the first kind has 101, 102 and so
// on, the second 201. So a list only ever grows at its end.
class KindList {
public:
    explicit KindList(std::vector<const Kind*> kinds);
    // These and one more, with the next hundred. The kind must outlive the list.
    KindList with(const Kind& kind) const;
    // Null if there is none of that name.
    const Kind* find(std::string_view name) const;
    // As `find`, where it is a bug if there is none: of a fault that was parsed or drawn with this list.
    const Kind& of(const Fault& fault) const;
    std::vector<std::string> names() const;
    // Of those that swarm draws, and a profile may have.
    std::vector<std::string> drawn_names() const;
    auto begin() const { return kinds_.begin(); }
    auto end() const { return kinds_.end(); }

private:
    std::vector<const Kind*> kinds_;
};

// Those of kinds.def.
const KindList& standard_kinds();

// One host, or half of the time the one that the scenario's selector finds, if it has one: most bugs are near it.
void draw_one(Fault& fault, Draw& draw, const Targets& targets);
// From one of the hosts to `most` of them, or to all if they are fewer.
void draw_some(Fault& fault, Draw& draw, const HostNames& hosts, std::size_t most);

} // namespace orrery::faults
