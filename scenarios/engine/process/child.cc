// Fork, run, report; and what a child's end means.
#include "orrery/scenarios/engine/process/child.h"

#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <utility>

#include "orrery/scenarios/engine/process/codec.h"
#include "orrery/scenarios/engine/process/crash.h"
#include "orrery/scenarios/engine/process/interruption.h"
#include "orrery/scenarios/engine/process/verify.h"
#include "orrery/scenarios/engine/run/plan.h"

namespace orrery::scenarios::engine {
namespace {

constexpr int wait_milliseconds = 100;    // between two looks at a child that says nothing
constexpr int answer_milliseconds = 2000; // that a hanging child has to say where

std::int64_t nanoseconds_of(clockid_t clock) {
    timespec time{};
    if (clock_gettime(clock, &time) != 0) return -1;
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}
std::int64_t real_milliseconds() { return nanoseconds_of(CLOCK_MONOTONIC) / 1'000'000; }

// Nanoseconds that a process has used; -1 if it has gone.
std::int64_t processor_time_of(pid_t process) {
    clockid_t clock = 0;
    return clock_getcpuclockid(process, &clock) == 0 ? nanoseconds_of(clock) : -1;
}

// Whether it only waits for a processor, as on a machine that has far too much to do: then it does not hang.
bool is_ready_to_run(pid_t process) {
    std::ifstream file("/proc/" + std::to_string(process) + "/stat");
    std::string text;
    std::getline(file, text);
    const std::size_t name_end = text.rfind(") "); // the state follows the name, which may have any characters
    return name_end != std::string::npos && text.compare(name_end + 2, 1, "R") == 0;
}

void write_all(int descriptor, sim::ByteView bytes) {
    while (!bytes.empty()) {
        const ssize_t count = write(descriptor, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) _exit(1);
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
}

// A child outlives no parent, and what the user interrupts at the terminal is for the parent to answer.
void belong_to_parent() {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) std::signal(number, SIG_IGN);
}

void* volatile untouched[2]; // held to the end; volatile: else the compiler does without them

// Most of what a fork costs are the faults of a child that touches its own memory for the first time,
// page by page. So its heap goes on at a border of huge pages, where one fault brings two megabytes.
// Where the kernel has none to give, or the heap is a sanitizer's, nothing changes.
void grow_heap_hugely() {
    constexpr std::size_t huge = 2 << 20;
    mallopt(M_MMAP_THRESHOLD, 4 * huge);
    mallopt(M_TOP_PAD, 4 * huge);
    // Behind the first block the heap has grown, behind the second it goes on right below the border,
    // with nothing written above: a single small page there would stand in a huge one's way.
    untouched[0] = std::malloc(huge / 2);
    const std::uintptr_t end = reinterpret_cast<std::uintptr_t>(untouched[0]) + malloc_usable_size(untouched[0]);
    const std::uintptr_t border = ((end + 4096) / huge + 1) * huge;
    untouched[1] = std::malloc(border - end - 64);
    (void)madvise(reinterpret_cast<void*>(border), 2 * huge, MADV_HUGEPAGE);
}

Summary summary_of(const RunInput& input, const RunOptions& options) {
    Summary summary;
    sim::Checked<RunResult> ran = run(input, options);
    if (ran.ok())
        static_cast<RunResult&>(summary) = std::move(*ran);
    else
        summary.problem = ran.complaint();
    return summary;
}

[[noreturn]] void be_child(const RunInput& input, ChildOptions options, int descriptor) {
    belong_to_parent();
    const pid_t self = getpid();
    if (!options.owns_stdout) dup2(2, 1); // a scenario that prints must not garble results
    grow_heap_hugely();
    watch_own_death(descriptor, options.limits);
    options.run.watcher.at_start = [before = options.run.watcher.at_start](sim::world::World& world) {
        if (before) before(world);
        watch_world(&world);
    };
    options.run.watcher.at_end = [after = options.run.watcher.at_end] {
        watch_world(nullptr);
        if (after) after();
    };
    sim::StackArena stacks;
    if (!options.more.empty()) options.run.stacks = &stacks;
    Summary summary = summary_of(input, options.run);
    std::size_t counted = options.counts && options.counts(summary) ? 1 : 0;
    for (std::size_t i = 0; i < options.more.size() && !options.is_enough(summary); ++i) {
        options.run.is_sound = !summary.problem && options.more[i].scenario == input.scenario;
        summary = summary_of(options.more[i], options.run);
        summary.place = i + 1;
        counted += options.counts && options.counts(summary) ? 1 : 0;
    }
    summary.counted = counted;
    if (getpid() != self) _exit(1); // a process that the program under test has forked, and that ran on
    if (!summary.problem && options.afterwards) summary.left_undone = options.afterwards();
    std::fflush(nullptr);
    write_all(descriptor, encode(std::move(summary), options.detail).view());
    _exit(0);
}

// Another layout of addresses even where it is not random by default, and other bytes in fresh memory.
[[noreturn]] void be_fresh(int input, int descriptor) {
    belong_to_parent();
    dup2(input, 0);
    dup2(descriptor, 1);
    personality(static_cast<unsigned long>(personality(0xffffffff)) & ~static_cast<unsigned long>(ADDR_NO_RANDOMIZE));
    setenv("MALLOC_PERTURB_", "165", 1);
    setenv(fresh_process_variable, "1", 1);
    execl("/proc/self/exe", "orrery", fresh_process_word, static_cast<char*>(nullptr));
    _exit(127);
}

// A signal from outside - the kernel short of memory, a person - says nothing about the run.
bool is_own_fault(int status) {
    if (WIFEXITED(status)) return true;
    constexpr int own[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGSYS, SIGTRAP};
    return std::find(std::begin(own), std::end(own), WTERMSIG(status)) != std::end(own);
}

std::string how_it_ended(int status) {
    return WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                               : "exit status " + std::to_string(WEXITSTATUS(status));
}

sim::Complaint cannot_start() {
    return sim::missing_complaint(std::string("cannot start another process: ") + std::strerror(errno));
}

// Waits for one child while nothing else runs.
Summary finished(Child& child, const RunInput& input, const sim::Problem& problem,
                 const std::function<void()>& while_it_runs = {}) {
    if (problem) {
        Summary summary;
        summary.input = input;
        summary.problem = problem;
        return summary;
    }
    while (true) {
        pollfd readable{child.descriptor(), POLLIN, 0};
        poll(&readable, 1, wait_milliseconds); // an interruption ends it early
        if (interruption() != 0) break;
        if (while_it_runs) while_it_runs();
        if (child.advance()) return child.finish();
    }
    child.kill();
    Summary summary;
    summary.input = input;
    summary.interrupted = true;
    return summary;
}

} // namespace

// `fresh_input`: of a newly executed process; -1: it is forked.
sim::Problem Child::begin(const RunInput& input, const ChildOptions& options, int fresh_input) {
    CHECK(process_ < 0); // one run at a time
    CHECK(options.more.empty() || options.is_enough);
    inputs_.assign(1, input);
    inputs_.insert(inputs_.end(), options.more.begin(), options.more.end());
    died_ = false;
    limits_ = options.limits;
    fresh_ = fresh_input >= 0;
    received_.clear();
    hung_ = too_long_ = false;
    asked_to_end_ = 0;
    processor_time_ = -1;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return cannot_start();
    std::fflush(nullptr);
    began_ = working_at_ = real_milliseconds();
    process_ = fork();
    if (process_ == 0) {
        close(ends[0]);
        if (fresh_) be_fresh(fresh_input, ends[1]);
        be_child(input, options, ends[1]);
    }
    close(ends[1]);
    if (process_ < 0) {
        const sim::Complaint complaint = cannot_start();
        close(ends[0]);
        return complaint;
    }
    descriptor_ = ends[0];
    fcntl(descriptor_, F_SETFL, O_NONBLOCK);
    return std::nullopt;
}

sim::Problem Child::start(const RunInput& input, const ChildOptions& options) { return begin(input, options, -1); }

sim::Problem Child::start_fresh(const RunInput& input, const ChildOptions& options) {
    // An executable that does not answer - see is_fresh_process - would do its own work again, without end.
    CHECK(std::getenv(fresh_process_variable) == nullptr);
    // The input goes by an unnamed file: no writer can block on a reader.
    const int file = memfd_create("input", MFD_CLOEXEC);
    if (file < 0) return cannot_start();
    const sim::Bytes bytes = fresh_question(input, options);
    CHECK(write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    CHECK(lseek(file, 0, SEEK_SET) == 0);
    sim::Problem problem = begin(input, options, file);
    close(file);
    return problem;
}

// The process that answers has children of its own that watch themselves: it is only waiting for them.
void Child::check_limits() {
    const std::int64_t now = real_milliseconds();
    if (asked_to_end_ != 0) {
        if (now - asked_to_end_ > answer_milliseconds) ::kill(process_, SIGKILL);
        return;
    }
    if (fresh_) return;
    const std::int64_t used = processor_time_of(process_);
    if (used != processor_time_ || is_ready_to_run(process_)) working_at_ = now;
    processor_time_ = used;
    hung_ = now - working_at_ >= limits_.hang_milliseconds;
    too_long_ = !hung_ && now - began_ >= limits_.real_milliseconds;
    if (too_long_) ::kill(process_, SIGKILL);
    if (!hung_) return;
    asked_to_end_ = now;
    ::kill(process_, hang_signal);
    ::kill(process_, SIGCONT); // if it was stopped: it hears the other one then
}

// The pipe may be held open by a process that the child has forked and left behind.
bool Child::has_ended() {
    siginfo_t information{};
    const int result = waitid(P_PID, static_cast<id_t>(process_), &information, WEXITED | WNOHANG | WNOWAIT);
    return result == 0 && information.si_pid == process_;
}

bool Child::advance() {
    CHECK(process_ >= 0);
    const bool ended = has_ended(); // before the last look into the pipe, so that nothing is left in it
    char buffer[65536];
    while (true) {
        const ssize_t count = read(descriptor_, buffer, sizeof buffer);
        if (count < 0 && errno == EINTR) continue;
        if (count == 0) return true;
        if (count < 0) break;
        working_at_ = real_milliseconds();
        received_.append(buffer, static_cast<std::size_t>(count));
    }
    if (ended) return true;
    check_limits();
    return false;
}

Summary Child::finish() {
    CHECK(process_ >= 0);
    close(descriptor_);
    int status = 0;
    while (waitpid(process_, &status, 0) < 0) CHECK(errno == EINTR);
    process_ = -1;
    std::optional<Summary> received = decode_summary(sim::view_of(received_));
    if (received && WIFEXITED(status) && WEXITSTATUS(status) == 0 && received->place < inputs_.size()) {
        received->input = std::move(inputs_[received->place]);
        received->plan = plan_of(received->input);
        return std::move(*received);
    }
    died_ = true;
    Summary summary;
    summary.plan = plan_of(inputs_.front());
    summary.input = std::move(inputs_.front());
    const std::optional<CrashRecord> crash = read_crash(received_);
    if (too_long_) {
        summary.verdict = RunVerdict::undecided;
        summary.undecided = "it was still at work after " + std::to_string(limits_.real_milliseconds / 1000) +
                            " s of real time, its limit";
        return summary;
    }
    if (fresh_ || (!crash && !hung_ && !is_own_fault(status))) {
        summary.lost = "its process ended with " + how_it_ended(status) + " and left no result";
        return summary;
    }
    summary.verdict = RunVerdict::violated;
    if (crash)
        summary.findings.push_back(crash_finding(*crash, limits_));
    else if (hung_)
        summary.findings.push_back(hang_finding(limits_));
    else
        summary.findings.push_back({"process", "ended", how_it_ended(status),
                                    "the run ended its process with " + how_it_ended(status) + " and said no more"});
    if (crash) {
        summary.digest = crash->digest;
        summary.events = crash->digest == 0 ? 0 : crash->events;
    }
    return summary;
}

void Child::kill() {
    if (process_ < 0) return;
    ::kill(process_, SIGKILL);
    close(descriptor_);
    while (waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
    }
    process_ = -1;
}

Summary run_in_child(const RunInput& input, const ChildOptions& options) {
    Child child;
    return finished(child, input, child.start(input, options), options.while_it_runs);
}

Summary run_in_fresh_process(const RunInput& input, const ChildOptions& options) {
    Child child;
    return finished(child, input, child.start_fresh(input, options));
}

} // namespace orrery::scenarios::engine
