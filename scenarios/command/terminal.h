// Terminal: what is shown to people on the way. stdout is the result, stderr the progress; what
// moves or has colours only goes to a terminal that wants it.
#pragma once

#include <fmt/core.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>

#include "orrery/scenarios/engine/run/run.h"

namespace orrery::scenarios::command {

using namespace engine;

// To stdout. Whether it could be written is asked once, when all is said.
template <class... Values>
void say(fmt::format_string<Values...> format, Values&&... values) {
    std::fputs(fmt::format(format, std::forward<Values>(values)...).c_str(), stdout);
}
// To stderr.
template <class... Values>
void mention(fmt::format_string<Values...> format, Values&&... values) {
    std::fputs(fmt::format(format, std::forward<Values>(values)...).c_str(), stderr);
}

// The verdict's word, in colour on a terminal unless NO_COLOR is set.
std::string painted(RunVerdict verdict);

// "raft-kv: 120 of 1000 seeds, 61 a second, 0 violated, 14 s left". Without a plan: no end in sight.
std::string progress_text(const std::string& what, const std::string& unit, std::uint64_t done, std::uint64_t planned,
                          const std::string& found, double seconds, double seconds_max);

// How far a long verb is: one line that moves on a terminal, else - or with CI set - a line for every
// tenth of the way and one for every half minute, and none for what is done at once.
class Progress {
public:
    Progress(std::string what, std::string unit, std::uint64_t planned, double seconds_max = 0);
    ~Progress() { clear(); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    // `found`: what has been found so far, in words.
    void show(std::uint64_t done, const std::string& found);
    // Takes the moving line away: before anything else is printed.
    void clear();

private:
    using Clock = std::chrono::steady_clock;
    std::string what_;
    std::string unit_;
    std::uint64_t planned_;
    double seconds_max_;
    bool animated_;
    Clock::time_point begin_ = Clock::now();
    Clock::time_point shown_ = begin_;
    std::uint64_t tenth_ = 0;
};

} // namespace orrery::scenarios::command
