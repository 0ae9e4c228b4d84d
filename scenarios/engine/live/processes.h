// Processes: children of this process that cannot outlive it, whatever becomes of it, and a folder that goes with them.
//
// Two things see to that. The kernel kills a child when its parent ends (PR_SET_PDEATHSIG), also one that stands still.
// And a keeper, a process that does nothing but wait, holds the reading end of a pipe whose other end this process and
// all its children hold: when the last of them is gone, however it went, the pipe ends, and the keeper takes the folder
// away. So the same hand cleans up after a run that ended well, a Ctrl-C, and a kill -9.
#pragma once

#include <csignal>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

#include "orrery/sim/complaint.h"
#include "orrery/sim/types.h"

namespace orrery::scenarios::engine::live {

struct Ended {
    pid_t process = 0;
    int code = 0;   // that it exited with
    int signal = 0; // or by which it was killed; else 0
};

class Processes {
public:
    // `folder`: what is removed when all is over; empty: nothing is. Call listen_for_interruption() before: signals
    // that come while the object lives are answered in wait_until only.
    explicit Processes(const std::string& folder);
    // Kills what still runs.
    ~Processes();
    Processes(const Processes&) = delete;
    Processes& operator=(const Processes&) = delete;

    // This program once more, with these arguments. What it prints goes to a file.
    sim::Checked<pid_t> start(const std::vector<std::string>& words, const std::string& output);
    void send(pid_t process, int signal);
    // Those that have ended since it was asked last. Returns when there is one, when one was stopped, when a signal
    // came (process/interruption.h), or at that time.
    std::vector<Ended> wait_until(sim::WorldTime time);
    // Those that were stopped since it was asked last, by whomever.
    std::vector<pid_t> take_stopped() { return std::exchange(stopped_, {}); }
    std::size_t running() const { return running_.size(); }

private:
    [[noreturn]] void become(const std::vector<std::string>& words, int output, pid_t parent) const;
    std::vector<Ended> reap();

    sigset_t before_{}; // which signals were blocked
    int life_ = -1;     // the end of the pipe that the living hold
    pid_t keeper_ = 0;
    std::vector<pid_t> running_{};
    std::vector<pid_t> stopped_{};
};

} // namespace orrery::scenarios::engine::live
