// A live run: all processes of a scenario on this machine, its own clients against them, faults that are really done,
// and in the end the same verdict as of a simulated run. It is not the same run twice: the seed draws settings, faults
// and operations, but not what the network, the disks and the scheduler do.
#pragma once

#include <functional>
#include <string>

#include "orrery/scenarios/engine/live/fault_timeline.h"
#include "orrery/scenarios/engine/process/summary.h"

namespace orrery::scenarios::engine::live {

struct LiveOptions {
    RunInput input;     // its settings duration and recovery say when faults end, and when the run does
    std::string folder; // for all files: it is there, and holds nothing; empty: one of the run's own ...
    bool keeps_folder =
        true; // ... which is removed, whatever becomes of this process, as the other is unless it is kept
    bool asks_progress = true; // clients that get no answers after the faults are a finding
    std::function<void(const reports::trace::Row&, const std::vector<std::string>& hosts)> at_row{}; // faults, ends
    std::function<void()> at_judging{}; // all processes have ended
};

// As of a simulated run, with its efficacies: a fault that began struck a process that ran. The recording has the rows
// of all logs.
struct LiveResult {
    Summary summary{};
    std::vector<LeftOut> left_out{};
    faults::Plan happened{};     // what began, with the times and hosts at which it did
    bool loses_unsynced = false; // each kill was a loss of power
    bool is_interrupted = false; // and judged up to there

    std::uint64_t faults_began() const { return summary.effective_faults(); }
    // Could be had, and were never due: no host came to be in the state for which they waited, or nobody was up.
    std::vector<faults::Fault> never_began() const;
};

// Ends within seconds of its time, or of a signal (process/interruption.h), and leaves no process behind.
sim::Checked<LiveResult> run_live(LiveOptions options);

} // namespace orrery::scenarios::engine::live
