// Whether faults are at work, or were not long ago: what monitors of availability ask. Boots and crashes count, whoever
// caused them.
#pragma once

#include "orrery/sim/monitor.h"

namespace orrery::sim {

class Calm {
public:
    void observe(const Observation& seen) {
        switch (seen.kind) {
        case Observation::Kind::fault_begin:
            ++faults_;
            break;
        case Observation::Kind::fault_end:
            if (faults_ > 0) --faults_;
            break;
        case Observation::Kind::boot:
        case Observation::Kind::crash:
            break;
        default:
            return;
        }
        since_ = seen.time;
    }
    bool has_lasted(Duration length, WorldTime now) const { return faults_ == 0 && now - since_ >= length; }
    WorldTime since() const { return since_; }

private:
    std::uint64_t faults_ = 0;
    WorldTime since_{};
};

} // namespace orrery::sim
