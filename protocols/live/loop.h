// The loop of one Env, run by one thread: whose turn it is, whose deadline has come, and what the kernel reports. It
// is the clock of the Env's tasks. A task runs in three places only: in its turn, at its deadline, or within the
// handler of what it waits for; never within a call of another task.
#pragma once

#include <utility> // boost 1.74 forgets it
//
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "orrery/protocols/live/timers.h"
#include "orrery/sim/tasks.h"

namespace orrery::live {

// Why a process ended that did not end by itself: an exception left a task, or a CHECK failed.
struct Death {
    std::string task;
    std::string rule; // "uncaught std::out_of_range"
    std::string text;
};

class Loop final : public sim::TaskClock {
public:
    Loop();
    ~Loop() override;

    // Before anything else; the tasks outlive the running of the loop.
    void attach(sim::Tasks& tasks) { tasks_ = &tasks; }
    boost::asio::io_context& io() { return io_; }
    static sim::Monotonic now() { return {std::chrono::steady_clock::now().time_since_epoch().count()}; }

    // Until `is_over`, which is asked after each turn, or a death. `stopped` is called for each stop that was asked.
    void run(const std::function<bool()>& is_over, std::function<void()> stopped);
    // From any thread, and from the handler of a signal.
    void stop() noexcept;
    const std::optional<Death>& death() const { return death_; }

    // --- TaskClock ---
    void identify(sim::TaskState&) override {}
    void schedule_wake(sim::TaskState& task) override;
    bool schedule_timer(sim::TaskState& task, sim::Waiting what, sim::Deadline deadline) override;
    void withdraw_timer(sim::TaskState& task) override;
    void withdraw_wake(sim::TaskState& task) override;
    void task_failed(std::string rule, std::string text) override;

private:
    void run_turns(const std::function<bool()>& is_over);
    void run_timers(const std::function<bool()>& is_over);
    void arm();
    void expect_stop(std::function<void()> stopped);

    boost::asio::io_context io_{1};
    sim::Tasks* tasks_ = nullptr;
    // In order. A place is null if its turn was withdrawn; TaskState::wake points to the place.
    std::deque<sim::TaskState*> turns_;
    Timers timers_;
    boost::asio::steady_timer alarm_{io_}; // wakes the loop at the first of the timers, or before it
    std::int64_t alarm_at_ = INT64_MAX;
    int stop_fd_ = -1; // an eventfd: to write to it is all that stop() does
    boost::asio::posix::stream_descriptor stops_{io_};
    std::optional<Death> death_;
};

} // namespace orrery::live
