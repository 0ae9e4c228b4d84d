// A pipe in, a pipe out, and an exec of ourselves between.
#include "orrery/scenarios/engine/verify.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <iterator>

#include "orrery/sim/codec.h"

namespace orrery::scenarios {
namespace {

std::string read_all(int descriptor) {
    std::string all;
    char buffer[65536];
    for (ssize_t count = 0; (count = read(descriptor, buffer, sizeof buffer)) > 0;)
        all.append(buffer, static_cast<std::size_t>(count));
    return all;
}

} // namespace

Summary run_elsewhere(const std::string& repro) {
    // The text goes by an unnamed file: no writer can block on a reader.
    std::FILE* input = std::tmpfile();
    CHECK(input != nullptr);
    CHECK(std::fwrite(repro.data(), 1, repro.size(), input) == repro.size());
    std::rewind(input);
    int ends[2];
    CHECK(pipe(ends) == 0);
    std::fflush(nullptr);
    const pid_t process = fork();
    CHECK(process >= 0);
    if (process == 0) {
        dup2(fileno(input), 0);
        dup2(ends[1], 1);
        close(ends[0]);
        setenv("MALLOC_PERTURB_", "165", 1);
        execl("/proc/self/exe", "orrery", "answer-elsewhere", static_cast<char*>(nullptr));
        _exit(127);
    }
    close(ends[1]);
    const std::string told = read_all(ends[0]);
    close(ends[0]);
    std::fclose(input);
    int status = 0;
    CHECK(waitpid(process, &status, 0) == process);
    std::optional<Summary> summary = sim::decode<Summary>(sim::view_of(told));
    if (summary) return std::move(*summary);
    Summary failed;
    failed.error = "the new process ended with status " + std::to_string(status);
    return failed;
}

int answer_elsewhere() {
    const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
    std::variant<Repro, faults::PlanError> parsed = parse_repro(text, "stdin");
    Summary summary;
    if (const auto* wrong = std::get_if<faults::PlanError>(&parsed)) {
        summary.error = wrong->text();
    } else {
        // Shift what comes later in the address space by an odd number of pages.
        CHECK(mmap(nullptr, 37 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
        summary = run_isolated(std::get<Repro>(parsed).input);
    }
    const sim::Bytes bytes = sim::encode(summary);
    std::fwrite(bytes.data(), 1, bytes.size(), stdout);
    std::fflush(stdout);
    return 0;
}

std::optional<std::string> divergence(const std::string& one_text, const std::string& other_text) {
    const auto one_parsed = parse_repro(one_text, "one");
    const auto other_parsed = parse_repro(other_text, "other");
    const auto* one = std::get_if<Repro>(&one_parsed);
    const auto* other = std::get_if<Repro>(&other_parsed);
    if (one == nullptr || other == nullptr) return "a run left no readable repro";
    std::uint64_t from = 0;
    for (std::size_t i = 0; i < std::min(one->checkpoints.size(), other->checkpoints.size()); ++i) {
        const sim::Checkpoint& a = one->checkpoints[i];
        const sim::Checkpoint& b = other->checkpoints[i];
        for (std::size_t host = 0; host < std::min(a.hosts.size(), b.hosts.size()); ++host)
            if (a.hosts[host] != b.hosts[host] || a.events != b.events)
                return "host number " + std::to_string(host) + " parted between events " + std::to_string(from) + " and " +
                       std::to_string(a.events) + ", before " + sim::duration_text(a.time - sim::WorldTime{});
        from = a.events;
    }
    if (one->digest == other->digest && one->fingerprint == other->fingerprint && one->events == other->events)
        return std::nullopt;
    return "they parted after event " + std::to_string(from);
}

} // namespace orrery::scenarios
