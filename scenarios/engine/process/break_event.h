// The place where a debugger stops a run: as one event begins, before any code of it runs.
//
//     const sim::Checked<Stopped> stopped = run_to(input, {.number = 1034});
//
// runs the input in this process, stops in orrery_break_event, and goes on when the debugger says so.
//
// The debugger's commands (scenarios/gdb/) find the world, the event and what is to be stopped at next by the names of
// the variables below, and write the last of them. Any breakpoint works as well:
//     break orrery_break_event if event == 0x0123456789abcdef
#pragma once

#include <cstdint>
#include <string>

#include "orrery/scenarios/engine/run/run.h"

extern "C" {
// What to stop at: the first event that any of these means. All are cleared as it stops.
struct OrreryBreak {
    std::uint64_t event = 0;       // its identity; 0: none
    std::uint64_t number = 0;      // its number in the run, counted from 1; 0: none
    std::int64_t time = INT64_MAX; // it is the first at that time or later, in nanoseconds; INT64_MAX: none
};
extern OrreryBreak orrery_break;
extern orrery::sim::world::World* orrery_world;       // of the run; null before it and after it
extern const orrery::sim::world::Event* orrery_event; // that begins; null unless stopped at one

// Called once, before the first event: here a debugger may still say what to stop at.
void orrery_break_start();
void orrery_break_event(std::uint64_t event);
}

namespace orrery::scenarios::engine {

// The commands for gdb are part of the program. (Asked of it so that the linker takes them.)
bool has_gdb_commands();
// Does a debugger, or whoever else, trace this process?
bool is_traced();

// An event of a run.
struct Reached {
    std::uint64_t event = 0;  // its identity; 0: none was reached
    std::uint64_t number = 0; // counted from 1
    sim::WorldTime time{};
    sim::world::EventKind kind{};
    sim::world::HostIndex host = 0; // means nothing of a fault
};
std::string_view name(sim::world::EventKind kind);

// Which event is meant, without stopping. The run happens in a child, for what it runs may crash it.
sim::Checked<Reached> find_event(const RunInput& input, const OrreryBreak& place);

// Runs the input in this process, which a debugger started, and stops at the event. The verdict of the run; none if
// there was no such event.
sim::Checked<std::optional<RunVerdict>> run_to(const RunInput& input, const OrreryBreak& place);

} // namespace orrery::scenarios::engine
