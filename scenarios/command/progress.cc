#include "orrery/scenarios/command/progress.h"

#include <unistd.h>

#include <algorithm>

#include "orrery/scenarios/command/terminal.h"

namespace orrery::scenarios::command {
namespace {

constexpr double long_seconds = 5; // most seeds take a fraction of one

double seconds_between(Progress::Clock::time_point a, Progress::Clock::time_point b) {
    return std::chrono::duration<double>(b - a).count();
}

} // namespace

std::string progress_text(const std::string& what, const std::string& unit, std::uint64_t done, std::uint64_t planned,
                          const std::string& found, double seconds, double seconds_max) {
    std::string text = what + ": " + std::to_string(done);
    if (planned > 0) text += " of " + std::to_string(planned);
    text += " " + unit;
    const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
    if (rate > 0) text += fmt::format(", {:.{}f} a second", rate, rate < 10 ? 1 : 0);
    if (!found.empty()) text += ", " + found;
    double left = planned > done && rate > 0 ? static_cast<double>(planned - done) / rate : -1;
    if (seconds_max > 0) left = left < 0 ? seconds_max - seconds : std::min(left, seconds_max - seconds);
    if (left > 0) text += ", " + std::to_string(static_cast<std::uint64_t>(left) + 1) + " s left";
    return text;
}

Progress::Progress(std::string what, std::string unit, std::uint64_t planned, double seconds_max)
    : what_(std::move(what)), unit_(std::move(unit)), planned_(planned), seconds_max_(seconds_max),
      animated_(is_capable_terminal(STDERR_FILENO) && !is_set("CI")) {}

void Progress::clear() {
    if (animated_) mention("\r\033[K");
}

void Progress::show(std::uint64_t done, const std::string& found) {
    const Clock::time_point now = Clock::now();
    const std::uint64_t tenth = planned_ == 0 ? 0 : done * 10 / planned_;
    const double silent = seconds_between(shown_, now);
    if (animated_ ? silent < 0.2 : silent < (tenth == tenth_ ? 30 : 1)) return;
    tenth_ = tenth;
    print(done, found, now);
}

void Progress::show(std::uint64_t done, const std::string& found, const std::string& waiting_for) {
    const Clock::time_point now = Clock::now();
    if (waiting_for != waiting_for_) {
        waiting_for_ = waiting_for;
        waiting_ = now;
        named_ = false;
    }
    const double waited = seconds_between(waiting_, now);
    if (waited < long_seconds) return show(done, found);
    const std::string slow = waiting_for + " has taken " + std::to_string(static_cast<int>(waited)) + " s";
    // A line of its own, once: it may be the last for a long time.
    if (!animated_ && !named_) print(done, found + ", " + slow, now);
    named_ = true;
    show(done, found + ", " + slow);
}

SlowWork::SlowWork(std::string what) : what_(std::move(what)), next_(long_seconds) {}

std::string SlowWork::line_after(double seconds) {
    if (seconds < next_) return "";
    next_ = seconds + 30;
    return what_ + " has taken " + std::to_string(static_cast<int>(seconds)) + " s";
}

void SlowWork::show() {
    const std::string line = line_after(seconds_between(begin_, Progress::Clock::now()));
    if (line.empty()) return;
    mention("{}\n", line);
    std::fflush(stderr);
}

SlowWorkAside::SlowWorkAside(std::string what)
    : work_(std::move(what)), thread_([this] {
          std::unique_lock lock(mutex_);
          while (!ended_.wait_for(lock, std::chrono::milliseconds(200), [this] { return has_ended_; })) work_.show();
      }) {}

SlowWorkAside::~SlowWorkAside() {
    {
        const std::lock_guard lock(mutex_);
        has_ended_ = true;
    }
    ended_.notify_one();
    thread_.join();
}

void Progress::print(std::uint64_t done, const std::string& found, Clock::time_point now) {
    shown_ = now;
    const std::string text =
        progress_text(what_, unit_, done, planned_, found, seconds_between(begin_, now), seconds_max_);
    if (animated_) // a line that wraps could not be taken away again
        mention("\r\033[K{}", text.substr(0, terminal_width(STDERR_FILENO, text.size() + 1) - 1));
    else
        mention("{}\n", text);
    std::fflush(stderr);
}

} // namespace orrery::scenarios::command
