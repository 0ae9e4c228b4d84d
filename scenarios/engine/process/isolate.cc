// Fork, run, tell; and what a child's end means.
#include "orrery/scenarios/engine/process/isolate.h"

#include <fcntl.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/scenarios/engine/process/crash.h"

namespace orrery::scenarios::engine {
namespace {

void write_all(int descriptor, sim::ByteView bytes) {
    while (!bytes.empty()) {
        const ssize_t count = write(descriptor, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) _exit(1);
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
}

// A child outlives no parent, and Ctrl-C at the terminal is for the parent to answer.
void belong_to_parent() {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    std::signal(SIGINT, SIG_IGN);
    std::signal(SIGTERM, SIG_IGN);
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

[[noreturn]] void be_child(const RunInput& input, Detail detail, Watcher watcher, int descriptor) {
    belong_to_parent();
    if (!watcher.owns_stdout) dup2(2, 1); // a scenario that prints must not garble results
    grow_heap_hugely();
    watch_own_death(descriptor, Child::loop_milliseconds);
    watcher.at_start = [before = watcher.at_start](sim::world::World& world) {
        if (before) before(world);
        watch_world(&world);
    };
    watcher.at_end = [after = watcher.at_end](sim::world::World& world) {
        watch_world(nullptr);
        if (after) after(world);
    };
    const std::variant<RunOutput, std::string> ran = run(input, watcher);
    Summary summary;
    summary.seed = input.seed;
    if (const auto* output = std::get_if<RunOutput>(&ran)) {
        summary = summarise(input, *output, detail);
        if (watcher.tell) summary.story = watcher.tell(*output);
    }
    if (const auto* wrong = std::get_if<std::string>(&ran)) summary.error = *wrong;
    std::fflush(nullptr);
    write_all(descriptor, sim::encode(summary).view());
    _exit(0);
}

// Another layout of addresses even where it is not random by default, and other bytes in fresh memory.
[[noreturn]] void be_elsewhere(int input, int descriptor) {
    belong_to_parent();
    dup2(input, 0);
    dup2(descriptor, 1);
    personality(static_cast<unsigned long>(personality(0xffffffff)) & ~static_cast<unsigned long>(ADDR_NO_RANDOMIZE));
    setenv("MALLOC_PERTURB_", "165", 1);
    setenv("ORRERY_ELSEWHERE", "1", 1);
    execl("/proc/self/exe", "orrery", "answer-elsewhere", static_cast<char*>(nullptr));
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

} // namespace

bool Child::fork_off(int& writing) {
    int ends[2];
    CHECK(process_ < 0);
    CHECK(pipe2(ends, O_CLOEXEC) == 0);
    received_.clear();
    std::fflush(nullptr);
    process_ = fork();
    CHECK(process_ >= 0);
    if (process_ == 0) {
        close(ends[0]);
        writing = ends[1];
        return true;
    }
    close(ends[1]);
    descriptor_ = ends[0];
    return false;
}

void Child::start(const RunInput& input, Detail detail, const Watcher& watcher) {
    input_ = input;
    elsewhere_ = false;
    int writing = -1;
    if (fork_off(writing)) be_child(input, detail, watcher, writing);
}

void Child::start_elsewhere(std::uint64_t seed, const std::string& repro) {
    // An executable that does not answer - see asks_elsewhere - would do its own work again, without end.
    CHECK(std::getenv("ORRERY_ELSEWHERE") == nullptr);
    input_ = {};
    input_.seed = seed;
    elsewhere_ = true;
    // The text goes by an unnamed file: no writer can block on a reader.
    const int input = memfd_create("repro", MFD_CLOEXEC);
    CHECK(input >= 0);
    CHECK(write(input, repro.data(), repro.size()) == static_cast<ssize_t>(repro.size()));
    CHECK(lseek(input, 0, SEEK_SET) == 0);
    int writing = -1;
    if (fork_off(writing)) be_elsewhere(input, writing);
    close(input);
}

bool Child::advance() {
    char buffer[65536];
    const ssize_t count = read(descriptor_, buffer, sizeof buffer);
    if (count < 0) return errno != EINTR && errno != EAGAIN;
    received_.append(buffer, static_cast<std::size_t>(count));
    return count == 0;
}

Summary Child::finish() {
    close(descriptor_);
    int status = 0;
    while (waitpid(process_, &status, 0) < 0) CHECK(errno == EINTR);
    process_ = -1;
    std::optional<Summary> told = sim::decode<Summary>(sim::view_of(received_));
    if (told && WIFEXITED(status) && WEXITSTATUS(status) == 0) return std::move(*told);
    Summary summary;
    summary.seed = input_.seed;
    const std::optional<CrashRecord> crash = read_crash(received_);
    if (elsewhere_ || (!crash && !is_own_fault(status))) {
        summary.lost = "its process ended with " + how_it_ended(status) + " and left no result";
        return summary;
    }
    summary.verdict = RunVerdict::violated;
    summary.findings.push_back(crash ? crash_finding(*crash)
                                     : FindingRecord{"process/ended/" + how_it_ended(status),
                                                     "the run ended its process with " + how_it_ended(status), 0, 0});
    if (crash) {
        summary.digest = crash->digest;
        summary.events = crash->events;
    }
    Repro repro{input_,
                RunVerdict::violated,
                summary.fingerprint(),
                summary.digest,
                summary.events,
                std::string(source_identity()),
                {}};
    repro.input.plan = plan_of(input_);
    summary.repro = print(repro);
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

Summary run_isolated(const RunInput& input, const Watcher& watcher, Detail detail) {
    Child child;
    child.start(input, detail, watcher);
    while (!child.advance()) {
    }
    return child.finish();
}

} // namespace orrery::scenarios::engine
