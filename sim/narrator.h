// A narrator tells what is observed of a protocol in the words in which its paper would: not "raft.append index=5
// term=2", but "appends entry 5 of term 2: put a 0.39". It is given all that the world shows, in its order, as a
// monitor is, and remembers what it needs for that: which command an entry holds, which request is a repetition. It
// cannot act. A run has one only while it is recorded, so its words may cost what they cost.
#pragma once

#include <memory>

#include "orrery/sim/monitor.h"
#include "orrery/sim/telling.h"

namespace orrery::sim {

class Narrator {
public:
    virtual ~Narrator() = default;
    virtual Telling tell(const Observation& seen) = 0;
};

using NarratorFactory = std::unique_ptr<Narrator> (*)();

} // namespace orrery::sim
