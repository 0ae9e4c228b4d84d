// Summary: all that is known of a run that happened in another process: its result, or why there is none.
//
// The result crosses a pipe as bytes (codec.h), never as text. How much of it crosses is the caller's choice, for a
// sweep counts ten thousand runs and looks into few.
#pragma once

#include <string>

#include "orrery/reports/views/failure.h"
#include "orrery/scenarios/engine/run/run.h"

namespace orrery::scenarios::engine {

// What a run hands out only because its options ask for it - events of its log, struck messages - crosses with each.
enum class Detail : std::uint8_t {
    counts,  // verdict, findings, digest and what a sweep adds up
    repeat,  // and the checkpoints: what a repro needs, and a comparison of two runs. The least for what did not pass
    history, // and the history with what the judges said of it
    events,  // and everything that was observed
};

struct Summary : RunResult {
    RunInput input;         // as it was given
    sim::Problem problem{}; // it could not be run: the plan does not fit, or the machine lacks something
    std::string lost;       // nothing is known: its process was killed from outside, or ended before it began
    bool interrupted = false;
    std::size_t place = 0;      // which of the runs that its process made one after another: see ChildOptions::more
    std::size_t counted = 0;    // of the runs that its process made: see ChildOptions::counts
    sim::Problem left_undone{}; // what should have been done after the run, and could not: see ChildOptions::afterwards

    // It ran, and its verdict stands.
    bool is_known() const { return !problem && lost.empty() && !interrupted; }
};

// Everything that a view shows of a failed run. Needs Detail::events, else rows and times of faults are missing.
reports::views::Failure failure_of(const Summary& summary);

} // namespace orrery::scenarios::engine
