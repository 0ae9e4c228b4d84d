// Row: one thing that was observed of a run - a message, a note, a crash, what a client asked - kept for looking back.
// It owns its words. The recorder makes rows, a trace file holds them, a query chooses among them, views draw them.
//
// Rows show what a run did; steps say what made it happen. Of each event that began there is a step, also of the many
// that show nothing, for these link the others: a timer between the message that set it and the message that it sends.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/sim/note.h"
#include "orrery/sim/telling.h"
#include "orrery/sim/types.h"

namespace orrery::reports::trace {

// A value by its name, `term=3`: a number, or a text. A number beyond 63 bits, as identities are, stands as a text.
struct Field {
    std::string name;
    std::string text{}; // as it is shown, also of a number
    std::optional<std::int64_t> number{};

    bool operator==(const Field&) const = default;
};

Field field(std::string name, std::int64_t number);
Field field(std::string name, std::string text);
// As a note or a state has it.
Field field_of(std::string_view name, const sim::Field& value);

struct Row {
    // What the world shows, in its order; then what a client asks, and what becomes of it, as reports::Entry has it.
    enum class Kind : std::uint8_t {
        boot,
        crash,
        note,
        state,
        send,
        deliver,
        lose,
        fault_begin,
        fault_end,
        invoke,
        ok,
        fail,
        info
    };

    Kind kind{};
    sim::WorldTime time{};
    std::uint64_t event = 0;   // during which it was seen
    std::uint64_t cause = 0;   // the event that made that one; 0: nothing did, or the event is a message that was lost
    std::uint64_t origin = 0;  // the root of that event's causal path: an operation, a boot, a fault
    std::uint32_t host = 0;    // by its index in the world: who acts. Of a fault: without meaning
    std::uint32_t peer = 0;    // messages: the other host
    std::uint64_t message = 0; // messages: which. It is the identity of the event in which it arrives
    std::uint64_t fault = 0;   // faults: which
    bool goal = false;         // notes: one that a good test reaches sometimes
    std::string name{};        // kind of the note, key of the state, label, word of the operation; faults: the line of
                               // the plan; boots: which one
    std::vector<Field> fields{}; // notes: theirs; states: `value`; operations: `key` and `value`, where they have them
    std::string content{};       // messages: the content in words, if their label can tell it
    std::int64_t process = 0;    // operations: as the history has it
    std::uint64_t client = 0;    // operations: whose, from 0 ...
    std::uint64_t operation = 0; // ... and which of that client's, from 0
    sim::Telling telling{};      // what it means, if a narrator watched; not part of trace files

    bool is_message() const { return kind == Kind::send || kind == Kind::deliver || kind == Kind::lose; }
    bool is_fault() const { return kind == Kind::fault_begin || kind == Kind::fault_end; }
    bool is_operation() const { return kind >= Kind::invoke; }
    // Of a message.
    std::uint32_t sender() const { return kind == Kind::deliver ? peer : host; }
    std::uint32_t receiver() const { return kind == Kind::deliver ? host : peer; }
    const Field* find(std::string_view field) const; // nullptr: it has none of that name
    // What it says beside its name: "term=4 index=9", "leader", "append term 3, entries 5..6".
    std::string words() const;

    bool operator==(const Row&) const = default;
};

constexpr std::size_t kinds = static_cast<std::size_t>(Row::Kind::info) + 1;
// "fault_begin".
std::string_view name(Row::Kind kind);
std::optional<Row::Kind> row_kind(std::string_view name);

// An event did something at a host, and it was made by its cause. Most events have one step. A fault that crashes two
// hosts has one for each, and so has an event for each segment of a stream whose turn came with it.
struct Step {
    static constexpr std::uint32_t nowhere = UINT32_MAX;

    std::uint64_t event = 0;
    std::uint64_t cause = 0; // 0: nothing made it
    sim::WorldTime time{};
    std::uint32_t host = nowhere; // a message that was lost, or has to wait, has not reached its host; a fault has none

    bool operator==(const Step&) const = default;
};

// What was kept of a run, in the order in which it happened. Of rows there may be holes.
struct Recording {
    std::vector<Row> rows{};
    std::vector<Step> steps{};
    std::uint64_t steps_dropped = 0; // so many came before these

    bool empty() const { return rows.empty() && steps.empty(); }
    bool operator==(const Recording&) const = default;
};

} // namespace orrery::reports::trace
