// Progress: how far a long verb is, on stderr. On a terminal it is one line that moves; elsewhere, or with CI set, a
// line for every tenth of the way and one for every half minute. What is done at once has none.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace orrery::scenarios::command {

// "raft-kv: 120 of 1000 seeds, 61 a second, 0 violated, 14 s left". Without a plan: no end in sight.
std::string progress_text(const std::string& what, const std::string& unit, std::uint64_t done, std::uint64_t planned,
                          const std::string& found, double seconds, double seconds_max);

class Progress {
public:
    using Clock = std::chrono::steady_clock;

    Progress(std::string what, std::string unit, std::uint64_t planned, double seconds_max = 0);
    ~Progress() { clear(); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    // `found`: what has been found so far, in words.
    void show(std::uint64_t done, const std::string& found);
    // The same, and names what is being waited for once that takes longer than others do: "seed 7 has taken 12 s".
    void show(std::uint64_t done, const std::string& found, const std::string& waiting_for);
    // Takes the moving line away: before anything else is printed.
    void clear();

private:
    void print(std::uint64_t done, const std::string& found, Clock::time_point now);

    std::string what_;
    std::string unit_;
    std::uint64_t planned_;
    double seconds_max_;
    bool animated_;
    Clock::time_point begin_ = Clock::now();
    Clock::time_point shown_ = begin_;
    std::uint64_t tenth_ = 0;
    std::string waiting_for_{}; // since when, and whether it was named on a line of its own
    Clock::time_point waiting_ = begin_;
    bool named_ = false;
};

// One thing that may take long, on a line of its own: "h.jsonl: judging has taken 5 s", and again every half minute.
class SlowWork {
public:
    // `what` begins the line.
    explicit SlowWork(std::string what);
    // To be called now and then.
    void show();
    // What is to be shown after so long; empty: nothing.
    std::string line_after(double seconds);

private:
    std::string what_;
    Progress::Clock::time_point begin_ = Progress::Clock::now();
    double next_; // seconds
};

// Shows that in a thread of its own while it lives, for work that does not come back before it is done.
class SlowWorkAside {
public:
    explicit SlowWorkAside(std::string what);
    ~SlowWorkAside();
    SlowWorkAside(const SlowWorkAside&) = delete;
    SlowWorkAside& operator=(const SlowWorkAside&) = delete;

private:
    SlowWork work_;
    std::mutex mutex_;
    std::condition_variable ended_;
    bool has_ended_ = false;
    std::thread thread_;
};

} // namespace orrery::scenarios::command
