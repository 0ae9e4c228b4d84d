// A seat: the place where one task waits for a thing - the next datagram of a socket, room in a stream - and where the
// handler of that thing looks for it. It is empty again when the wait has ended, however it ended.
#pragma once

#include <utility>

#include "orrery/sim/tasks.h"

namespace orrery::live {

class Seat {
public:
    bool is_taken() const { return task_ != nullptr; }
    // Suspends the running task. True: it was called; false: task.outcome says why not.
    bool wait(sim::Tasks& tasks, sim::TaskState& task, sim::Waiting what, sim::Deadline deadline) {
        CHECK(task_ == nullptr); // one task at a time
        const Vacating vacating{*this};
        task_ = &task;
        return tasks.wait(task, what, deadline);
    }
    // Whoever waits goes on, within this call.
    void call(sim::Tasks& tasks) {
        sim::TaskState* task = std::exchange(task_, nullptr);
        if (task != nullptr && !tasks.is_dead()) tasks.ready(*task);
    }

private:
    struct Vacating {
        Seat& seat;
        ~Vacating() { seat.task_ = nullptr; }
    };
    sim::TaskState* task_ = nullptr;
};

} // namespace orrery::live
