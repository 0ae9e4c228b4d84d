// Storage: what a member must not forget, on its disk. paxos.log is a sequence of frames (replication/frames.h), each
// the state of one decree; of a decree the last counts. Reading stops at the first frame that is not whole.
#pragma once

#include <map>

#include "orrery/protocols/paxos/core.h"
#include "orrery/sim/env.h"

namespace orrery::paxos {

class Storage {
public:
    explicit Storage(sim::Env& env) : env_(env) {}

    // What the disk holds; it is durable when this returns. Errors: input_output, no_space, cancelled, dead.
    sim::Result<std::map<Decree, Acceptance>> open();
    // Written, but not durable before sync.
    sim::Status write(const Core& core, const std::map<Decree, bool>& changed);
    sim::Status sync() { return log_.sync(); }

private:
    sim::Env& env_;
    sim::File log_;
    std::uint64_t end_ = 0;      // in bytes
    std::uint64_t checksum_ = 0; // of the last frame
};

} // namespace orrery::paxos
