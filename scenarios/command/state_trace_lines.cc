#include "orrery/scenarios/command/state_trace_lines.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/command/terminal.h"

namespace orrery::scenarios::command {

StateTraceLines::StateTraceLines(std::function<void(const std::string& line)> write)
    : trace_([this, write = std::move(write)](const std::string& line) {
          CHECK(eventfd_write(counter_, 1) == 0);
          write(line);
      }) {}

StateTraceLines::~StateTraceLines() {
    if (counter_ >= 0) close(counter_);
}

sim::Problem StateTraceLines::open() {
    CHECK(counter_ < 0);
    counter_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (counter_ >= 0) return std::nullopt;
    return sim::missing_complaint(std::string("cannot count the lines of a child: ") + std::strerror(errno));
}

void StateTraceLines::watch(engine::Watcher& watcher) {
    CHECK(counter_ >= 0);
    watcher.observe = [this, before = std::move(watcher.observe)](const sim::Observation& seen) {
        if (before) before(seen);
        trace_.observe(seen);
    };
}

int StateTraceLines::tell_if_empty() const {
    eventfd_t lines = 0;
    if (eventfd_read(counter_, &lines) == 0) return exit_passed;
    mention("vacuous: no server of raft did anything in this run, so there is nothing to trace\n");
    return exit_vacuous;
}

} // namespace orrery::scenarios::command
