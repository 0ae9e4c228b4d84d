// Isolation: a run in a process of its own, so that nothing leaks from one seed to the next, and a
// crash, an endless loop, an overflow or a sanitizer's report is a finding like any other.
//
// A child is either forked off a warm parent without threads, which costs little, or executed anew
// (verify.h tells why). Both tell a Summary through a pipe.
#pragma once

#include <sys/types.h>

#include <string>

#include "orrery/scenarios/engine/process/summary.h"

namespace orrery::scenarios::engine {

class Child {
public:
    static constexpr int loop_milliseconds_default = 10'000;
    // Of processor time for one event: beyond it, it is an endless loop.
    static inline int loop_milliseconds = loop_milliseconds_default;

    Child() = default;
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() { kill(); }

    void start(const RunInput& input, Detail detail, const Watcher& watcher = {});
    // In a newly executed process of this program: see answer_elsewhere.
    void start_elsewhere(std::uint64_t seed, const std::string& repro);
    int descriptor() const { return descriptor_; }
    // Reads what is there; true once the child has ended.
    bool advance();
    // After advance has said true.
    Summary finish();
    // Ends it, if it runs, without a word.
    void kill();

private:
    // Forks; returns true in the child, with the writing end of the pipe.
    bool fork_off(int& writing);

    RunInput input_{};
    bool elsewhere_ = false;
    pid_t process_ = -1;
    int descriptor_ = -1;
    std::string received_{};
};

Summary run_isolated(const RunInput& input, const Watcher& watcher = {}, Detail detail = Detail::whole);

} // namespace orrery::scenarios::engine
