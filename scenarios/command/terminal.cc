#include "orrery/scenarios/command/terminal.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace orrery::scenarios::command {
namespace {

bool is_set(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
}

bool is_dumb() {
    const char* kind = std::getenv("TERM");
    return kind == nullptr || std::string_view(kind) == "dumb";
}

double seconds_between(std::chrono::steady_clock::time_point a, std::chrono::steady_clock::time_point b) {
    return std::chrono::duration<double>(b - a).count();
}

} // namespace

std::string painted(RunVerdict verdict) {
    const std::string word(name(verdict));
    if (is_set("NO_COLOR") || isatty(1) == 0 || is_dumb()) return word;
    const char* colour = verdict == RunVerdict::passed     ? "\033[32m"
                         : verdict == RunVerdict::violated ? "\033[31m"
                                                           : "\033[33m";
    return colour + word + "\033[0m";
}

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
      animated_(isatty(2) != 0 && !is_set("CI") && !is_dumb()) {}

void Progress::clear() {
    if (animated_) mention("\r\033[K");
}

void Progress::show(std::uint64_t done, const std::string& found) {
    const Clock::time_point now = Clock::now();
    const std::uint64_t tenth = planned_ == 0 ? 0 : done * 10 / planned_;
    const double silent = seconds_between(shown_, now);
    if (animated_ ? silent < 0.2 : silent < (tenth == tenth_ ? 30 : 1)) return;
    shown_ = now;
    tenth_ = tenth;
    const std::string text =
        progress_text(what_, unit_, done, planned_, found, seconds_between(begin_, now), seconds_max_);
    if (animated_)
        mention("\r\033[K{}", text);
    else
        mention("{}\n", text);
    std::fflush(stderr);
}

} // namespace orrery::scenarios::command
