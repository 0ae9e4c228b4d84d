// The smallest state machine whose answers tell what was executed: each command is answered by how many there were.
#pragma once

#include <string>

#include "orrery/protocols/replication/state_machine.h"
#include "orrery/sim/codec.h"

namespace orrery::replication {

struct CountingMachine final : StateMachine {
    std::uint64_t count = 0;
    sim::Bytes apply(Index, sim::ByteView) override { return sim::Bytes(std::to_string(++count)); }
    sim::Bytes snapshot() const override { return sim::encode(count); }
    bool restore(sim::ByteView snapshot) override {
        const auto restored = sim::decode<std::uint64_t>(snapshot);
        count = restored.value_or(0);
        return restored.has_value();
    }
};

} // namespace orrery::replication
