// Tasks: how they start, wait, are woken, and die; and the calls of Env that are about them.
#include "orrery/sim/world/process.h"

#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>
#include <typeinfo>
#include <utility>

namespace orrery::sim::world {
namespace {

// "std::out_of_range": with it two bugs that throw are told apart, and no value is in it.
std::string current_exception_type() {
    const std::type_info* type = abi::__cxa_current_exception_type();
    if (type == nullptr) return "exception";
    int status = 0;
    char* readable = abi::__cxa_demangle(type->name(), nullptr, nullptr, &status);
    const std::string name = status == 0 ? readable : type->name();
    std::free(readable);
    return name;
}

} // namespace

Process::Process(World& world, Host& host) : world_(world), host_(host) {
    identity_ = {host.spec.name, host.spec.role, host.spec.index, world.address(host.index), host.boot};
}

Process::~Process() {
    for (auto& box : mailboxes_) {
        while (Event* event = box.queue.pop()) world_.drop(event);
        if (box.arrived != nullptr) world_.drop(box.arrived);
    }
}

void Process::start() {
    const Task task = spawn("main", [this] { host_.spec.main(*this); });
    // The main task runs within the boot's own event.
    TaskState& state = *find(task);
    world_.withdraw(state.wake);
    resume(state);
}

TaskState* Process::find(Task task) {
    if (task.generation == 0 || task.slot >= tasks_.size()) return nullptr;
    TaskState* state = tasks_[task.slot].get();
    return state->alive && state->generation == task.generation ? state : nullptr;
}

Task Process::spawn(std::string_view name, std::function<void()> run) {
    if (dead_) return {};
    std::uint32_t slot = 0;
    if (free_tasks_.empty()) {
        slot = static_cast<std::uint32_t>(tasks_.size());
        tasks_.push_back(std::make_unique<TaskState>());
    } else {
        slot = free_tasks_.back();
        free_tasks_.pop_back();
    }
    TaskState& task = *tasks_[slot];
    task.process = this;
    task.slot = slot;
    ++task.generation;
    task.waiting = Waiting::start;
    task.permit = task.cancelled = task.failed = false;
    task.alive = true;
    task.name = name;
    task.born = ++spawned_;
    task.run = std::move(run);
    const std::uint64_t key = mix(name_hash("task"), name_hash(name), host_.index);
    task.key = mix(world_.running_, key, world_.ordinals_.next(key));
    task.fiber.start(world_.stacks_.take(), &Process::run_task, &task);
    ++tasks_alive_;
    Event* event = world_.make(EventKind::wake, host_.index, task.key);
    event->task = &task;
    event->time = local_now().nanoseconds;
    task.wake = event;
    world_.put(event);
    return {slot, task.generation};
}

void Process::run_task(void* argument) {
    auto& task = *static_cast<TaskState*>(argument);
    Process& process = *task.process;
    try {
        task.run();
    } catch (const Unwind&) {
        // The crash that unwound it is already told.
    } catch (const CheckFailed& failed) {
        process.died("process died", failed.rule(), failed.message);
    } catch (const std::exception& error) {
        process.died("process died", "uncaught " + current_exception_type(), error.what());
    } catch (...) {
        process.died("process died", "uncaught " + current_exception_type(), "an exception that says nothing");
    }
    try {
        task.run = nullptr; // what it captured goes while its stack still stands
    } catch (...) {
        process.died("process died", "uncaught " + current_exception_type(), "an exception while destroying a task");
    }
}

void Process::died(std::string kind, std::string rule, std::string text) {
    if (dead_) return; // what a mute process does in its destructors is nobody's finding
    Finding finding{"process", std::move(kind), std::move(rule), host_.spec.name + ": " + text};
    world_.report(std::move(finding));
    dying_ = true;
    world_.burial_due_ = true;
}

void Process::finish(TaskState& task) {
    world_.stacks_.give(task.fiber.stack());
    world_.withdraw(task.timer);
    world_.withdraw(task.wake);
    task.alive = false;
    --tasks_alive_;
    free_tasks_.push_back(task.slot);
}

// False: the deadline has passed already.
bool Process::set_timer(TaskState& task, Waiting what, Deadline deadline) {
    const WorldTime at = host_.clock.world(deadline.at);
    const WorldTime now = local_now();
    if (at <= now && what != Waiting::sleep) {
        task.outcome = Error::timed_out;
        return false;
    }
    Event* timer = world_.make_numbered(EventKind::timer, host_.index, World::child_key(EventKind::timer, task.key),
                                        task.next_wait(world_.running_));
    timer->task = &task;
    timer->time = std::max(at, now).nanoseconds;
    task.timer = timer;
    world_.put(timer);
    return true;
}

void Process::fail(TaskState& task, Error error) {
    task.failed = true;
    task.outcome = error;
    ready(task);
}

void Process::time_out(TaskState& task) { fail(task, Error::timed_out); }

// A wake has come: the start of a task, a permit for a parked one, or a cancellation.
void Process::wake_by_event(TaskState& task) {
    switch (task.waiting) {
    case Waiting::start:
        resume(task);
        return;
    case Waiting::park:
        if (!task.cancelled) {
            if (!std::exchange(task.permit, false)) return; // a wait that ended otherwise took the permit
            ready(task);
            return;
        }
        [[fallthrough]];
    case Waiting::sleep:
    case Waiting::receive:
    case Waiting::disk:
    case Waiting::stream:
        if (!task.cancelled) return; // the permit stays for the next park
        task.cancelled = false;
        fail(task, Error::cancelled);
        return;
    case Waiting::nothing:
        return;
    }
}

void Process::wake(Task handle) {
    if (dead_) return;
    TaskState* task = find(handle);
    if (task == nullptr || task->permit) return;
    task->permit = true;
    if (task->waiting != Waiting::park || task->wake != nullptr) return;
    Event* event = world_.make(EventKind::wake, host_.index, task->key);
    event->task = task;
    event->time = local_now().nanoseconds;
    task->wake = event;
    world_.put(event);
}

void Process::cancel(Task handle) {
    if (dead_) return;
    TaskState* task = find(handle);
    if (task == nullptr) return;
    task->cancelled = true;
    if (task == running_ || task->waiting == Waiting::start || task->wake != nullptr) return;
    Event* event = world_.make(EventKind::wake, host_.index, task->key);
    event->task = task;
    event->time = local_now().nanoseconds;
    task->wake = event;
    world_.put(event);
}

Task Process::current() const {
    CHECK(running_ != nullptr);
    return {running_->slot, running_->generation};
}

bool Process::is_alive(Task task) const { return const_cast<Process*>(this)->find(task) != nullptr; }

// In a dead process only tasks that unwind still run: a destructor, or code that caught the unwinding
// and goes on. Neither may wait for anything. (It cannot be told by an exception: this ends the run.)
Error Process::dead_end() const noexcept {
    const bool suspends_while_unwinding = running_ != nullptr;
    CHECK(!suspends_while_unwinding);
    return Error::dead;
}

Status Process::park(Deadline deadline) {
    if (dead_) return dead_end();
    CHECK(running_ != nullptr);
    TaskState& task = *running_;
    if (take_cancellation(task)) return Error::cancelled;
    if (std::exchange(task.permit, false)) return success();
    return wait_status(task, Waiting::park, deadline);
}

Status Process::sleep_until(Deadline deadline) {
    if (dead_) return dead_end();
    CHECK(running_ != nullptr);
    TaskState& task = *running_;
    if (wait(task, Waiting::sleep, deadline)) return success();
    if (task.outcome == Error::timed_out) return success();
    return task.outcome;
}

void Process::charge(Duration work) {
    if (dead_) return;
    CHECK(work.count() >= 0);
    host_.busy_until = (local_now() + work).nanoseconds;
}

// A task uses what older tasks own - the objects of main above all - so the youngest goes first.
std::vector<TaskState*> Process::youngest_first() {
    std::vector<TaskState*> alive;
    for (auto& state : tasks_)
        if (state->alive) alive.push_back(state.get());
    std::sort(alive.begin(), alive.end(), [](const TaskState* a, const TaskState* b) { return a->born > b->born; });
    return alive;
}

void Process::kill(CrashDisposal disposal) {
    dead_ = true;
    for (TaskState* state : youngest_first()) {
        TaskState& task = *state;
        if (disposal == CrashDisposal::unwind) {
            running_ = &task;
            check_throws = true;
            task.fiber.unwind();
            check_throws = false;
            running_ = nullptr;
        } else {
            task.fiber.abandon();
        }
        if (task.waiting == Waiting::start) task.run = nullptr;
        finish(task);
    }
}

} // namespace orrery::sim::world
