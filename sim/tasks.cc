// How tasks start, are woken, and die.
#include "orrery/sim/tasks.h"

#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>
#include <typeinfo>

namespace orrery::sim {
namespace {

// "std::out_of_range": it tells two bugs that throw apart, and no value is in it.
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

Task Tasks::spawn(std::string_view name, std::function<void()> run) {
    if (dead_) return {};
    CHECK(run != nullptr);
    std::uint32_t slot = 0;
    if (free_.empty()) {
        slot = static_cast<std::uint32_t>(states_.size());
        states_.push_back(std::make_unique<TaskState>());
    } else {
        slot = free_.back();
        free_.pop_back();
    }
    TaskState& task = *states_[slot];
    CHECK(!task.alive);
    CHECK(task.timer == nullptr);
    CHECK(task.wake == nullptr);
    task.tasks = this;
    task.slot = slot;
    ++task.generation;
    task.waiting = Waiting::start;
    task.permit = task.cancelled = task.failed = false;
    task.alive = true;
    task.name = name;
    task.born = ++spawned_;
    task.run = std::move(run);
    clock_.identify(task);
    task.fiber.start(stacks_.take(), &Tasks::run, &task);
    ++alive_;
    clock_.schedule_wake(task);
    return task.handle();
}

void Tasks::start_now(Task handle) {
    TaskState* task = find(handle);
    CHECK(task != nullptr);
    CHECK(task->waiting == Waiting::start);
    clock_.withdraw_wake(*task);
    resume(*task);
}

// The whole life of a fiber.
void Tasks::run(void* argument) {
    auto& task = *static_cast<TaskState*>(argument);
    Tasks& tasks = *task.tasks;
    const auto failed = [&](std::string rule, std::string text) {
        if (!tasks.dead_) tasks.clock_.task_failed(std::move(rule), std::move(text)); // a mute process finds nothing
    };
    try {
        task.run();
    } catch (const Unwind&) {
        // What unwound it is known already: a crash.
    } catch (const CheckFailed& check) {
        failed(check.rule(), check.message);
    } catch (const std::exception& error) {
        failed("uncaught " + current_exception_type(), error.what());
    } catch (...) {
        failed("uncaught " + current_exception_type(), "an exception that says nothing");
    }
    try {
        task.run = nullptr; // what it captured goes while its stack still stands
    } catch (...) {
        failed("uncaught " + current_exception_type(), "an exception while destroying a task");
    }
}

void Tasks::finish(TaskState& task) {
    CHECK(task.alive);
    CHECK(alive_ > 0);
    stacks_.give(task.fiber.stack());
    if (task.timer != nullptr) clock_.withdraw_timer(task);
    if (task.wake != nullptr) clock_.withdraw_wake(task);
    CHECK(task.timer == nullptr);
    CHECK(task.wake == nullptr);
    clock_.forget(task);
    CHECK(task.resting == nullptr);
    task.alive = false;
    --alive_;
    free_.push_back(task.slot);
}

void Tasks::fail(TaskState& task, Error error) {
    CHECK(task.waiting != Waiting::nothing);
    CHECK(task.waiting != Waiting::start);
    task.failed = true;
    task.outcome = error;
    ready(task);
}

void Tasks::turn(TaskState& task) {
    CHECK(task.alive);
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
    case Waiting::point:
        if (!task.cancelled) return; // the permit stays for the next park
        task.cancelled = false;
        fail(task, Error::cancelled);
        return;
    case Waiting::nothing:
        return;
    }
}

void Tasks::wake(Task handle) {
    if (dead_) return;
    TaskState* task = find(handle);
    if (task == nullptr || task->permit) return;
    task->permit = true;
    if (task->waiting == Waiting::park && task->wake == nullptr) clock_.schedule_wake(*task);
}

void Tasks::cancel(Task handle) {
    if (dead_) return;
    TaskState* task = find(handle);
    if (task == nullptr) return;
    task->cancelled = true;
    if (task == running_ || task->waiting == Waiting::start || task->wake != nullptr) return;
    clock_.schedule_wake(*task);
}

Status Tasks::park(Deadline deadline) {
    TaskState& task = running();
    if (take_cancellation(task)) return Error::cancelled;
    if (std::exchange(task.permit, false)) return success();
    if (wait(task, Waiting::park, deadline)) return success();
    return task.outcome;
}

Status Tasks::sleep_until(Deadline deadline) {
    TaskState& task = running();
    if (wait(task, Waiting::sleep, deadline)) return success();
    if (task.outcome == Error::timed_out) return success();
    return task.outcome;
}

void Tasks::kill(CrashDisposal disposal) {
    CHECK(!dead_);
    CHECK(running_ == nullptr);
    dead_ = true;
    std::vector<TaskState*> living;
    for (auto& state : states_)
        if (state->alive) living.push_back(state.get());
    std::sort(living.begin(), living.end(), [](const TaskState* a, const TaskState* b) { return a->born > b->born; });
    for (TaskState* task : living) {
        if (disposal == CrashDisposal::unwind) {
            running_ = task;
            check_throws = true;
            task->fiber.unwind();
            check_throws = false;
            running_ = nullptr;
        } else {
            task->fiber.abandon();
        }
        if (task->waiting == Waiting::start) task->run = nullptr;
        finish(*task);
    }
    CHECK(alive_ == 0);
}

} // namespace orrery::sim
