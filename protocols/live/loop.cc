#include "orrery/protocols/live/loop.h"

#include <sys/eventfd.h>
#include <unistd.h>

namespace orrery::live {
namespace {

// So many turns or handlers run before the other kind is looked at.
constexpr int turns_max = 64;

} // namespace

Loop::Loop() : stop_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    CHECK(stop_fd_ >= 0);
    stops_.assign(stop_fd_);
}

Loop::~Loop() = default;

void Loop::stop() noexcept {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(stop_fd_, &one, sizeof one);
}

void Loop::expect_stop(std::function<void()> stopped) {
    stops_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                      [this, stopped = std::move(stopped)](const boost::system::error_code& error) mutable {
                          if (error) return;
                          std::uint64_t count = 0;
                          if (::read(stop_fd_, &count, sizeof count) == sizeof count)
                              for (; count > 0; --count) stopped();
                          expect_stop(std::move(stopped));
                      });
}

void Loop::run(const std::function<bool()>& is_over, std::function<void()> stopped) {
    CHECK(tasks_ != nullptr);
    const std::function<bool()> ends = [&] { return death_.has_value() || is_over(); };
    expect_stop(std::move(stopped));
    while (!ends()) {
        run_turns(ends);
        run_timers(ends);
        if (ends()) break;
        if (turns_.empty()) {
            arm();
            io_.run_one();
            continue;
        }
        for (int i = 0; i < turns_max && !ends() && io_.poll_one() > 0; ++i) {
        }
    }
    stops_.cancel();
}

void Loop::run_turns(const std::function<bool()>& is_over) {
    for (int i = 0; i < turns_max && !turns_.empty() && !is_over(); ++i) {
        sim::TaskState* task = turns_.front();
        turns_.pop_front();
        if (task == nullptr) continue;
        task->wake = nullptr;
        tasks_->turn(*task);
    }
}

void Loop::run_timers(const std::function<bool()>& is_over) {
    if (timers_.empty()) return;
    const std::int64_t now = Loop::now().nanoseconds;
    while (!timers_.empty() && timers_.first().at <= now && !is_over()) {
        sim::TaskState& task = *timers_.first().task;
        withdraw_timer(task);
        tasks_->time_out(task);
    }
}

// The alarm is left as it is if it comes early enough: most deadlines are withdrawn before they come.
void Loop::arm() {
    if (timers_.empty() || timers_.first().at >= alarm_at_) return;
    alarm_at_ = timers_.first().at;
    alarm_.expires_at(std::chrono::steady_clock::time_point(std::chrono::nanoseconds(alarm_at_)));
    alarm_.async_wait([this](const boost::system::error_code& error) {
        if (!error) alarm_at_ = INT64_MAX;
    });
}

void Loop::schedule_wake(sim::TaskState& task) {
    CHECK(task.wake == nullptr);
    turns_.push_back(&task);
    task.wake = &turns_.back();
}

void Loop::withdraw_wake(sim::TaskState& task) {
    *static_cast<sim::TaskState**>(std::exchange(task.wake, nullptr)) = nullptr;
}

bool Loop::schedule_timer(sim::TaskState& task, sim::Waiting what, sim::Deadline deadline) {
    CHECK(task.timer == nullptr);
    if (what != sim::Waiting::sleep && deadline.at <= now()) return false;
    task.timer = &timers_.add(deadline.at.nanoseconds, task);
    return true;
}

void Loop::withdraw_timer(sim::TaskState& task) {
    timers_.withdraw(*static_cast<Timer*>(std::exchange(task.timer, nullptr)));
}

void Loop::task_failed(std::string rule, std::string text) {
    if (!death_) death_ = Death{tasks_->running().name, std::move(rule), std::move(text)};
}

} // namespace orrery::live
