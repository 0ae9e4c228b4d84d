// Child: a run in a process of its own, so that nothing leaks from one seed to the next, and a crash, an endless loop,
// an overflow, a leak, a hang or a sanitizer's report is a finding like any other.
//
// A child is either forked off a warm parent without threads, which costs little, or executed anew (verify.h says why).
// Both send a Summary through a pipe.
#pragma once

#include <sys/types.h>

#include <string>

#include "orrery/scenarios/engine/process/summary.h"

namespace orrery::scenarios::engine {

// What a run may take where nothing else is said: 2 GiB, or what the command line was given. 0: no limit.
constexpr std::uint64_t memory_bytes_standard = std::uint64_t{2} << 30;
inline std::uint64_t memory_bytes_default = memory_bytes_standard;

// What one seed may take. Beyond it the run ends with a finding that says which limit it was.
struct Limits {
    std::int64_t loop_milliseconds = 10'000;    // of processor time within one event: an endless loop
    std::int64_t hang_milliseconds = 10'000;    // of real time without any processor time: it is blocked
    std::int64_t real_milliseconds = 1'800'000; // of real time in all: what is still at work then stays undecided
    std::uint64_t memory_bytes = memory_bytes_default; // 0: no limit. A sanitizer's build has none

    bool operator==(const Limits&) const = default;
};

struct ChildOptions {
    Detail detail = Detail::repeat;
    Limits limits{};
    RunOptions run{};                      // watched in the child
    bool owns_stdout = false;              // what is printed during the run is its story; else it goes to stderr
    std::function<void()> while_it_runs{}; // called now and then, here, by run_in_child
    // In the child, after the run: what could not be done comes back as Summary::left_undone.
    std::function<sim::Problem()> afterwards{};
    // Further runs in the same process, one after another, until `is_enough` is true of one: a fork costs more than a
    // short run. The summary is of that run, or of the last.
    std::vector<RunInput> more{};
    std::function<bool(const Summary&)> is_enough{};
    std::function<bool(const Summary&)> counts{}; // of how many of the runs it is true is handed out
};

class Child {
public:
    Child() = default;
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() { kill(); }

    // Both say why there is no child, if there is none: the machine has no descriptors or processes left.
    sim::Problem start(const RunInput& input, const ChildOptions& options = {});
    // In a newly executed process of this program: see answer_in_fresh_process.
    sim::Problem start_fresh(const RunInput& input, const ChildOptions& options = {});

    int descriptor() const { return descriptor_; }
    // Reads what is there, and ends what is beyond its limits: to be called whenever there is something to read, and
    // now and then if there is not. True once the child has ended.
    bool advance();
    // After advance has said true.
    Summary finish();
    // Once it is finished: its process left no result, so that it is not known which of several runs ended it.
    bool has_died() const { return died_; }
    // Ends it, if it runs, without a word.
    void kill();

private:
    sim::Problem begin(const RunInput& input, const ChildOptions& options, int fresh_input);
    bool has_ended();
    void check_limits();
    void end_beyond_limit(bool hung);

    std::vector<RunInput> inputs_{};
    Limits limits_{};
    bool fresh_ = false;
    pid_t process_ = -1;
    int descriptor_ = -1;
    std::string received_{};
    std::int64_t began_ = 0;           // real milliseconds
    std::int64_t working_at_ = 0;      // when its processor time was last seen to grow
    std::int64_t processor_time_ = -1; // nanoseconds, when last seen
    std::int64_t asked_to_end_ = 0;    // when it was asked where it hangs
    bool hung_ = false;
    bool too_long_ = false;
    bool died_ = false;
};

// One run, and nothing else meanwhile. An interruption by the user ends it: see Summary::interrupted.
Summary run_in_child(const RunInput& input, const ChildOptions& options = {});
Summary run_in_fresh_process(const RunInput& input, const ChildOptions& options = {});

} // namespace orrery::scenarios::engine
