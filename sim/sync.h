// Small words of straight-line code made of park and wake: a one-shot event, a task group.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "orrery/sim/env.h"

namespace orrery::sim {

// Tasks wait until someone signals; a signal given before the wait is kept (one permit for all).
// Every signal wakes all waiters. Not owned: must outlive its waiters.
class Signal {
public:
    explicit Signal(Env& env) : env_(&env) {}

    // Returns ok when signalled since the last successful wait.
    Status wait(Deadline deadline = {}) {
        if (std::exchange(raised_, false)) return success();
        waiters_.push_back(env_->current());
        while (true) {
            const Status parked = env_->park(deadline);
            if (!parked.ok()) {
                std::erase(waiters_, env_->current());
                return parked;
            }
            if (std::find(waiters_.begin(), waiters_.end(), env_->current()) == waiters_.end()) return parked;
        }
    }
    void signal() {
        if (waiters_.empty()) {
            raised_ = true;
            return;
        }
        for (const Task waiter : std::exchange(waiters_, {})) env_->wake(waiter);
    }

private:
    Env* env_;
    std::vector<Task> waiters_;
    bool raised_ = false;
};

// Tasks that belong to one scope: cancelled when the scope ends. Never waits in its destructor, so
// what the tasks capture must outlive them: capture values or the process's own objects.
class TaskGroup {
public:
    explicit TaskGroup(Env& env) : env_(&env) {}
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;
    ~TaskGroup() { cancel(); }

    Task spawn(std::string_view name, std::function<void()> run) {
        std::erase_if(tasks_, [&](Task task) { return !env_->is_alive(task); });
        tasks_.push_back(env_->spawn(name, std::move(run)));
        return tasks_.back();
    }
    void cancel() {
        for (const Task task : std::exchange(tasks_, {})) env_->cancel(task);
    }

private:
    Env* env_;
    std::vector<Task> tasks_;
};

} // namespace orrery::sim
