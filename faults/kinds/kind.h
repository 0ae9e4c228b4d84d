// What every kind of fault tells about itself. Adding a kind is a file beside this one and a line
// in kinds.cc.
#pragma once

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
    std::uint64_t operator()(sim::Site site, std::uint64_t n) { return chance_.draw(event_, site, count_++, n); }
    // In whole milliseconds above `least`: plans are read by people.
    sim::Duration between(sim::Site site, sim::Duration least, sim::Duration most) {
        const auto width = static_cast<std::uint64_t>((most - least) / std::chrono::milliseconds(1)) + 1;
        return least + std::chrono::milliseconds((*this)(site, width));
    }

private:
    sim::Chance& chance_;
    std::uint64_t event_;
    std::uint32_t count_ = 0;
};

using Hosts = std::vector<sim::world::HostIndex>;

struct Kind {
    std::string_view name;
    std::string_view effective;  // what counts as having taken effect, in words
    std::string_view parameters; // that it reads, besides `after` and `for`: "hold, direction"
    bool strikes_links;          // a link may be its target
    // Sets target and parameters, given the names of the hosts that may be struck.
    void (*draw)(Fault& fault, Draw& draw, const Strikable& strikable);
    // False if there was nothing to do: the fault did not fire.
    bool (*begin)(sim::world::World& world, const Fault& fault, const Hosts& hosts);
    void (*end)(sim::world::World& world, const Fault& fault, const Hosts& hosts);
};

extern const Kind kind_crash;
extern const Kind kind_power;
extern const Kind kind_pause;
extern const Kind kind_cut;
extern const Kind kind_loss;
extern const Kind kind_duplication;
extern const Kind kind_delay;

// All kinds in a fixed order, which gives fault ids their hundreds.
const std::vector<const Kind*>& kinds();
const Kind* find_kind(std::string_view name);
// One host, or the one that the scenario's selector finds.
void draw_one(Fault& fault, Draw& draw, const Strikable& strikable);

} // namespace orrery::faults
