// Fault: one thing that goes wrong, as data: what, to whom, when, for how long, how strongly. Known
// before time starts, printable, equal by value.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "orrery/faults/parameter.h"
#include "orrery/sim/complaint.h"
#include "orrery/sim/types.h"
#include "orrery/sim/world/host.h"

namespace orrery::faults {

// Whom a fault strikes. `hosts` names them; `link` is the direction from the first of two to the second;
// `selector` finds one when the trigger fires, by the last value of a state: "raft.role=leader".
// `everyone` is all hosts.
struct Target {
    enum class Kind : std::uint8_t { hosts, link, selector, everyone };
    Kind kind = Kind::everyone;
    HostNames hosts;
    std::string key;   // selector: state key
    std::string value; // selector: its value
    bool operator==(const Target&) const = default;
};

// When a fault begins. `effect`, `message` and `point` count from the start of the run. `state`: when a
// host's state comes to have that value for the nth time in the run; a target selected by the same state is
// then that host.
struct Trigger {
    enum class Kind : std::uint8_t { at, effect, message, point, state };
    Kind kind = Kind::at;
    sim::WorldTime time{};           // at
    std::string host{};              // effect: whose; message: from whom, point: where - none: any host
    std::string peer{};              // message: to whom; none: to any host
    sim::world::EffectKind effect{}; // effect: which
    std::string name{};              // message: label; point: name; state: key
    std::string value{};             // state: value
    std::uint64_t nth = 0;           // all but at: from 1
    sim::WorldTime since{};          // message: those that leave before it do not count
    sim::Duration after{};           // it begins so much later than that
    bool operator==(const Trigger&) const = default;
};

// Where a fault stands in the file from which it was read, for messages about it. It is no part of what the
// fault is: faults are equal wherever they stand.
struct Source {
    std::string file{}; // empty: it was read from no file
    std::size_t line = 0;
    std::size_t column = 0;                                    // of the fault's number
    std::map<std::string, std::size_t, std::less<>> columns{}; // of the value of each key that was given
    bool operator==(const Source&) const { return true; }
    // Of a value, or of the whole fault if the key was not given; `offset` characters further on.
    sim::Place place(std::string_view key = {}, std::size_t offset = 0) const;
};

struct Fault {
    sim::world::FaultId id = 0; // from 1; stands in the plan as f3; never renumbered
    std::string kind;           // a name of a KindList
    Target target;
    Trigger trigger;
    sim::Duration duration{}; // 0: until the heal
    Parameters parameters;    // all that the kind declares
    Source source{};
    bool operator==(const Fault&) const = default;
};

inline sim::Place Source::place(std::string_view key, std::size_t offset) const {
    if (file.empty()) return {};
    const auto found = columns.find(key);
    return {file, line, found == columns.end() ? column : found->second + offset};
}

} // namespace orrery::faults
