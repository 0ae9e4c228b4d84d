// A finding: one thing found wrong in a run, by a judge, a monitor or the world itself.
//
// Two findings are the same bug when their fingerprints agree: (judge, class, rule), without any
// name, value or time, so that shrinking and grouping survive other seeds. The earliest by event is
// THE finding of a run.
#pragma once

#include <cstdint>
#include <string>

#include "orrery/sim/types.h"

namespace orrery::sim {

struct Finding {
    std::string judge; // "linearizable", "raft.election_safety", "process", "progress", ...
    std::string kind;  // the class: "stale read", "two leaders", "process died", ...
    std::string rule;  // the rule that was broken, in fixed words: no names, no values
    std::string text;  // for people: names, values, times
    WorldTime time{};
    std::uint64_t event = 0;    // id of the event at which it was found; 0 if found after the end
    std::uint64_t sequence = 0; // that event's place in the run, for "earliest"; never hashed

    std::string fingerprint() const { return judge + "/" + kind + "/" + rule; }
};

} // namespace orrery::sim
