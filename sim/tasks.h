// Tasks: the fibers of one process - how they start, wait, are woken, are cancelled, and die. A world made of
// events and a world made of sockets run this same class; what differs between them - how a wake or a timer gets
// its turn - is the TaskClock that each of them gives.
//
// A task waits in one place at a time. What ends a wait - a permit, a deadline, a cancellation, the thing it waits
// for - comes from the loop, never from another task: wake and cancel put a turn on the clock and return.
//
//     task A: park() ............................ returns ok      a permit is sticky: wake before park
//     task B:          wake(A) -> a turn of A                     is not lost, and two wakes are one
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "orrery/sim/fiber.h"
#include "orrery/sim/stack.h"
#include "orrery/sim/types.h"

namespace orrery::sim {

class Tasks;

// What a crash does with the stacks of a process's tasks. Unwind runs destructors (of a process that is mute by
// then); abandon drops the stacks unexecuted, for foreign code, and leaks what they own.
enum class CrashDisposal : std::uint8_t { unwind, abandon };

// What a suspended task waits for.
enum class Waiting : std::uint8_t { nothing, start, park, sleep, receive, disk, stream, point };

struct TaskState {
    Fiber fiber;
    Tasks* tasks = nullptr;
    std::uint32_t slot = 0;
    std::uint32_t generation = 0;
    Waiting waiting = Waiting::nothing;
    bool permit = false;
    bool cancelled = false;
    bool alive = false;
    bool failed = false; // the wait did not end well ...
    Error outcome{};     // ... and why
    // --- the clock's ---
    void* timer = nullptr;       // under way to this task; null: none
    void* resting = nullptr;     // a timer that it had, kept for the next wait; null: none
    void* wake = nullptr;        // likewise
    std::uint64_t key = 0;       // names the task in identities
    std::uint64_t waited_in = 0; // the event in which it waited last, and how often before in that event
    std::uint32_t waits = 0;
    // --- what it runs ---
    std::uint64_t born = 0; // place in the order of spawns
    std::string name;
    std::function<void()> run;

    Task handle() const { return {slot, generation}; }
    // How often it has waited before in the running event: names its timers.
    std::uint32_t next_wait(std::uint64_t event) {
        if (waited_in == event) return ++waits;
        waited_in = event;
        return waits = 0;
    }
};

// How turns come about. Each sets `wake` or `timer` of the task, and clears it when the turn comes.
class TaskClock {
public:
    virtual ~TaskClock() = default;
    // Sets the key of a task that was just spawned.
    virtual void identify(TaskState& task) = 0;
    // Later, and not within this call: Tasks::turn(task).
    virtual void schedule_wake(TaskState& task) = 0;
    // At the deadline: Tasks::time_out(task). False, and nothing is scheduled, if it has passed; but one that a
    // sleep waits for is scheduled for now.
    virtual bool schedule_timer(TaskState& task, Waiting what, Deadline deadline) = 0;
    virtual void withdraw_timer(TaskState& task) = 0;
    virtual void withdraw_wake(TaskState& task) = 0;
    // The task has ended. It has neither a wake nor a timer any more.
    virtual void forget(TaskState&) {}
    // An exception left a task: the process is to be disposed of after the running turn.
    virtual void task_failed(std::string rule, std::string text) = 0;
};

class Tasks {
public:
    Tasks(TaskClock& clock, StackArena& stacks) : clock_(clock), stacks_(stacks) {}
    Tasks(const Tasks&) = delete;
    Tasks& operator=(const Tasks&) = delete;

    // --- for the process ---
    Task spawn(std::string_view name, std::function<void()> run);
    // Runs the task now, within the running turn, before its first wake: main, at boot.
    void start_now(Task task);
    // Null if it has ended.
    TaskState* find(Task task) const {
        if (task.generation == 0 || task.slot >= states_.size()) return nullptr;
        TaskState* state = states_[task.slot].get();
        return state->alive && state->generation == task.generation ? state : nullptr;
    }
    void wake(Task task);
    void cancel(Task task);
    Status park(Deadline deadline);
    Status sleep_until(Deadline deadline);
    // The task that runs; a suspending call outside of any is a bug.
    TaskState& running() const {
        CHECK(running_ != nullptr);
        return *running_;
    }
    bool is_running() const { return running_ != nullptr; }
    std::size_t alive() const { return alive_; }

    // Every suspending call asks first, also one that would not have to wait.
    static bool take_cancellation(TaskState& task) { return std::exchange(task.cancelled, false); }
    // Suspends the running task. True: it was made ready; false: task.outcome says why not.
    [[gnu::always_inline]] bool wait(TaskState& task, Waiting what, Deadline deadline) {
        if (take_cancellation(task)) {
            task.outcome = Error::cancelled;
            return false;
        }
        if (!deadline.is_never() && !clock_.schedule_timer(task, what, deadline)) {
            task.outcome = Error::timed_out;
            return false;
        }
        return suspend(task, what);
    }
    // As wait, of a task whose timer was scheduled already.
    [[gnu::always_inline]] bool suspend(TaskState& task, Waiting what) {
        task.waiting = what;
        task.failed = false;
        task.fiber.switch_out();
        return !task.failed;
    }

    // --- for the loop ---
    // What the task waits for is there: it goes on, within this call.
    [[gnu::always_inline]] void ready(TaskState& task) {
        if (task.timer != nullptr) [[unlikely]]
            clock_.withdraw_timer(task);
        resume(task);
    }
    [[gnu::always_inline]] void resume(TaskState& task) {
        task.waiting = Waiting::nothing;
        running_ = &task;
        check_throws = true;
        task.fiber.switch_in();
        check_throws = false;
        running_ = nullptr;
        if (task.fiber.is_finished()) [[unlikely]]
            finish(task);
    }
    // A wake has come: the start of a task, a permit for a parked one, or a cancellation.
    void turn(TaskState& task);
    void time_out(TaskState& task) { fail(task, Error::timed_out); }
    void fail(TaskState& task, Error error);

    // --- the end ---
    bool is_dead() const { return dead_; }
    // Mutes the process, then disposes of every task, the youngest first: it may use what an older one owns.
    void kill(CrashDisposal disposal);

private:
    static void run(void* task);
    void finish(TaskState& task);

    TaskClock& clock_;
    StackArena& stacks_;
    TaskState* running_ = nullptr;
    bool dead_ = false;
    std::size_t alive_ = 0;
    std::uint64_t spawned_ = 0;
    std::vector<std::unique_ptr<TaskState>> states_;
    std::vector<std::uint32_t> free_;
};

} // namespace orrery::sim
