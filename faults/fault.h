// Fault: one thing that goes wrong, as data: what, to whom, when, for how long, how strongly. Known
// before time starts, printable, equal by value.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "orrery/sim/types.h"
#include "orrery/sim/world/host.h"

namespace orrery::faults {

// Whom a fault strikes. `hosts` names them; `link` is the way from the first of two to the second;
// `selector` finds one when the trigger fires, by the last value of a state: "raft.role=leader".
// `everyone` is all hosts.
struct Target {
    enum class Kind : std::uint8_t { hosts, link, selector, everyone };
    Kind kind = Kind::everyone;
    std::vector<std::string> hosts; // names
    std::string key;                // selector: state key
    std::string value;              // selector: its value
    bool operator==(const Target&) const = default;
};

// When a fault begins. `state`: when a host's state comes to have that value for the nth time in the
// run; a target selected by the same state is then that host. Message and point parse and print;
// they do not run yet.
struct Trigger {
    enum class Kind : std::uint8_t { at, effect, message, point, state };
    Kind kind = Kind::at;
    sim::WorldTime time{}; // at
    std::string host;      // effect: whose; message: from whom, point: where - none: anybody
    std::string peer;      // message: to whom; none: to anybody
    std::string name;      // effect: send|write|sync; message: label; point: name; state: key
    std::string value;     // state: value
    std::uint64_t nth = 0; // all but at: from 1
    sim::Duration after{}; // it begins so much later than that
    bool operator==(const Trigger&) const = default;
};

enum class Direction : std::uint8_t { both, out, in };

// What a kind may be told; each kind reads those it has.
struct Parameters {
    bool hold = false;                     // cut: hold what it affects instead of dropping it
    Direction direction = Direction::both; // cut: which way
    std::vector<std::string> from{};       // cut: only from these hosts; none: from all others
    bool torn = false;                     // power: tear sectors
    sim::Ratio probability{1, 10};         // loss, duplication, delay
    sim::Duration delay{};                 // delay: at most this much longer
    bool operator==(const Parameters&) const = default;
};

struct Fault {
    sim::world::FaultId id = 0; // from 1; stands in the plan as f3; never renumbered
    std::string kind;           // a name that kinds/ knows
    Target target;
    Trigger trigger;
    sim::Duration duration{}; // 0: until the heal
    Parameters parameters;
    bool operator==(const Fault&) const = default;
};

} // namespace orrery::faults
