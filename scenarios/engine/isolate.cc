// Fork, run, tell; and what a child's death means.
#include "orrery/scenarios/engine/isolate.h"

#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "orrery/scenarios/engine/repro.h"
#include "orrery/sim/codec.h"

namespace orrery::scenarios {
namespace {

constexpr int status_overflow = 86; // exit status of a child whose fiber ran off its stack

// A fault right below a fiber's stack is an overflow; anything else is left to kill the child.
void on_segmentation_fault(int, siginfo_t* information, void*) {
    // The arena is not known here; a guard page is told by being mapped without access.
    if (information->si_code == SEGV_ACCERR) _exit(status_overflow);
    std::signal(SIGSEGV, SIG_DFL);
    std::raise(SIGSEGV);
}

// AddressSanitizer has a handler of its own.
[[maybe_unused]] void watch_for_overflow() {
    static char stack[64 * 1024];
    stack_t alternative{};
    alternative.ss_sp = stack;
    alternative.ss_size = sizeof stack;
    sigaltstack(&alternative, nullptr);
    struct sigaction action {};
    action.sa_sigaction = on_segmentation_fault;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigaction(SIGSEGV, &action, nullptr);
}

void write_all(int descriptor, sim::ByteView bytes) {
    while (!bytes.empty()) {
        const ssize_t count = write(descriptor, bytes.data(), bytes.size());
        if (count <= 0) _exit(1);
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
}

[[noreturn]] void be_child(const RunInput& input, const Watcher& watcher, int descriptor) {
    const rlimit limit{Child::seconds_max, Child::seconds_max + 5};
    setrlimit(RLIMIT_CPU, &limit);
#if !defined(__SANITIZE_ADDRESS__)
    watch_for_overflow();
#endif
    const std::variant<RunOutput, std::string> ran = run(input, watcher);
    Summary summary;
    if (const auto* output = std::get_if<RunOutput>(&ran)) {
        summary = summarise(input, *output);
        if (watcher.tell) summary.story = watcher.tell(*output);
    }
    if (const auto* wrong = std::get_if<std::string>(&ran)) summary.error = *wrong;
    std::fflush(nullptr);
    write_all(descriptor, sim::encode(summary).view());
    _exit(0);
}

FindingRecord death(int status) {
    if (WIFEXITED(status) && WEXITSTATUS(status) == status_overflow)
        return {"process/stack overflow/a task stays within its stack", "a task ran off its stack", 0};
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
        return {"process/endless loop/a run ends", "no end within the limit of processor time", 0};
    const std::string how = WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                                                : "exit status " + std::to_string(WEXITSTATUS(status));
    return {"process/crashed/" + how, "the whole run crashed with " + how, 0};
}

} // namespace

Summary summarise(const RunInput& input, const RunOutput& output) {
    Summary summary;
    summary.seed = input.seed;
    summary.verdict = output.verdict;
    for (const sim::Finding& finding : output.findings)
        summary.findings.push_back({finding.fingerprint(), finding.text, finding.time.nanoseconds});
    summary.undecided = output.undecided;
    summary.repro = print(make_repro(input, output));
    for (const faults::Fault& fault : output.plan.faults) {
        const auto found = output.efficacies.find(fault.id);
        const sim::Efficacy counts = found == output.efficacies.end() ? sim::Efficacy{} : found->second;
        summary.faults.push_back({faults::print(fault), fault.kind, counts.armed, counts.fired, counts.effective});
    }
    summary.digest = output.digest;
    summary.events = output.events;
    summary.answered = output.answered;
    summary.notes = output.notes;
    summary.effective = output.effective_faults();
    return summary;
}

void Child::start(const RunInput& input, const Watcher& watcher) {
    int ends[2];
    CHECK(pipe(ends) == 0);
    input_ = input;
    received_.clear();
    std::fflush(nullptr);
    process_ = fork();
    CHECK(process_ >= 0);
    if (process_ == 0) {
        close(ends[0]);
        be_child(input, watcher, ends[1]);
    }
    close(ends[1]);
    descriptor_ = ends[0];
}

bool Child::advance() {
    char buffer[65536];
    const ssize_t count = read(descriptor_, buffer, sizeof buffer);
    if (count > 0) {
        received_.append(buffer, static_cast<std::size_t>(count));
        return false;
    }
    return true;
}

Summary Child::finish() {
    close(descriptor_);
    int status = 0;
    CHECK(waitpid(process_, &status, 0) == process_);
    std::optional<Summary> told = sim::decode<Summary>(sim::view_of(received_));
    if (told && WIFEXITED(status) && WEXITSTATUS(status) == 0) return std::move(*told);
    Summary summary;
    summary.seed = input_.seed;
    summary.verdict = Verdict::violated;
    summary.findings.push_back(death(status));
    Repro repro{input_, Verdict::violated, summary.findings[0].fingerprint, 0, 0, std::string(source_identity()), {}};
    summary.repro = print(repro);
    return summary;
}

Summary run_isolated(const RunInput& input, const Watcher& watcher) {
    Child child;
    child.start(input, watcher);
    while (!child.advance()) {}
    return child.finish();
}

} // namespace orrery::scenarios
