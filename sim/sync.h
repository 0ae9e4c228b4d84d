// What tasks of one process wait with, made of park and wake: a signal, and a group of tasks that ends with its scope.
//
//     auto ready = std::make_shared<Signal>(env); // shared: the task may outlive this scope by a moment
//     TaskGroup helpers(env);
//     helpers.spawn("load", [=] { load(); ready->signal(); });
//     if (!ready->wait(env.deadline(1s)).ok()) return; // timed out: the group cancels "load"
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "orrery/sim/env.h"

namespace orrery::sim {

// Tasks wait until another task signals. A signal wakes all waiters. A signal that finds no waiter is kept, once, for
// the next to come. Must outlive its waiters.
class Signal {
public:
    explicit Signal(Env& env) : env_(&env) {}

    // Returns ok once there was a signal after the last successful wait.
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

// Tasks that belong to one scope: they are cancelled when it ends. The destructor does not wait for them, so what they
// capture must live longer than the scope: capture values, or objects that live as long as the process.
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
