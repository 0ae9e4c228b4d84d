// RecordedEvent: what was observed of a run, kept for looking back: it owns its words.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "orrery/sim/types.h"

namespace orrery::reports::views {

struct RecordedEvent {
    // As the world observes them, in the same order.
    enum class Kind : std::uint8_t { boot, crash, note, state, send, deliver, lose, fault_begin, fault_end };

    Kind kind{};
    sim::WorldTime time{};
    std::uint64_t event = 0;  // during which it was seen
    std::uint64_t origin = 0; // the root of that event's causal path: an operation, a boot, a fault
    std::uint32_t host = 0;
    std::uint32_t peer = 0;    // messages: the other host
    std::uint64_t message = 0; // messages: which
    std::uint64_t fault = 0;   // faults: which
    bool goal = false;         // notes: one that a good test reaches sometimes
    std::string name;          // note kind, state key, label; faults: its line of the plan
    std::string text;          // note: its fields; state: its value; messages: the content in words

    bool is_message() const { return kind == Kind::send || kind == Kind::deliver || kind == Kind::lose; }
    bool is_fault() const { return kind == Kind::fault_begin || kind == Kind::fault_end; }
};

// In the order in which they happened; may have holes.
using Recording = std::vector<RecordedEvent>;

} // namespace orrery::reports::views
