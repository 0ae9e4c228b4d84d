// The state trace of a run (protocols/raft/state_trace.h), line by line as it happens in a child; and whether there was
// any line, which the process that waits for the child wants to know.
#pragma once

#include <functional>
#include <string>

#include "orrery/protocols/raft/state_trace.h"
#include "orrery/scenarios/engine/run/run.h"
#include "orrery/sim/complaint.h"

namespace orrery::scenarios::command {

class StateTraceLines {
public:
    // `write` takes each line, with its end, in the child.
    explicit StateTraceLines(std::function<void(const std::string& line)> write);
    StateTraceLines(const StateTraceLines&) = delete;
    StateTraceLines& operator=(const StateTraceLines&) = delete;
    ~StateTraceLines();

    // Before the child is made.
    sim::Problem open();
    // Beside whoever watches already.
    void watch(engine::Watcher& watcher);
    // In the child, after the run.
    void finish() { trace_.finish(); }
    // After the child: exit_passed, or exit_vacuous after saying that nothing of raft was there.
    int tell_if_empty() const;

private:
    int counter_ = -1; // counts in the kernel: the child's lines
    raft::StateTrace trace_;
};

} // namespace orrery::scenarios::command
