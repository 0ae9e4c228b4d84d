// What a replicated log drives. It must be deterministic: every replica applies the same commands in the same order,
// and must come to the same state and results.
#pragma once

#include <cstdint>

#include "orrery/sim/bytes.h"

namespace orrery::replication {

using Index = std::uint64_t; // of a command in the log, from 1; 0: before the first

class StateMachine {
public:
    virtual ~StateMachine() = default;
    // The result goes to whoever proposed the command. Does not suspend.
    virtual sim::Bytes apply(Index index, sim::ByteView command) = 0;
    // All of the state, from which restore makes it again, here or in another replica. Does not suspend.
    virtual sim::Bytes snapshot() const = 0;
    // Replaces the state. False, and the state is what it was: these bytes are no snapshot of this machine.
    virtual bool restore(sim::ByteView snapshot) = 0;
};

} // namespace orrery::replication
