// What the new process does, and how two runs are compared.
#include "orrery/scenarios/engine/process/verify.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <iterator>
#include <vector>

#include "orrery/sim/codec.h"
#include "orrery/sim/fill.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::engine {
namespace {

// Blocks given back in another order than they were taken: what is allocated next does not lie in
// the order of its making, as it does in a young process.
void muddle_heap() {
    // Between them, so that neighbours do not melt together. Held to the very end, and so no leak.
    static auto& kept = *new std::vector<void*>;
    constexpr std::size_t count = 1009; // a prime: the stride below meets every block once
    for (std::size_t size = 24; size <= 264; size += 16) {
        std::vector<void*> blocks;
        for (std::size_t i = 0; i < 2 * count; ++i) (i % 2 == 0 ? blocks : kept).push_back(std::malloc(size));
        for (std::size_t i = 0; i < count; ++i) std::free(blocks[i * 389 % count]);
    }
}

} // namespace

Summary run_elsewhere(const std::string& repro) {
    Child child;
    child.start_elsewhere(0, repro);
    while (!child.advance()) {
    }
    return child.finish();
}

bool asks_elsewhere(int argc, char** argv) { return argc == 2 && std::strcmp(argv[1], "answer-elsewhere") == 0; }

int answer_elsewhere() {
    const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
    std::variant<Repro, sim::Complaint> parsed = parse_repro(text, "stdin");
    Summary summary;
    if (const auto* wrong = std::get_if<sim::Complaint>(&parsed)) {
        summary.error = wrong->text();
    } else {
        // Shift what comes later in the address space by an odd number of pages: mapped memory and heap.
        CHECK(mmap(nullptr, 37 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
        CHECK(sbrk(5 * 4096 + 64) != reinterpret_cast<void*>(-1));
        // What malloc gives is filled by MALLOC_PERTURB_; our own pools fill theirs.
        sim::fresh_memory = 165;
        muddle_heap();
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
        const sim::world::Checkpoint& a = one->checkpoints[i];
        const sim::world::Checkpoint& b = other->checkpoints[i];
        const std::string interval = " between events " + std::to_string(from) + " and " +
                                     std::to_string(std::min(a.events, b.events)) + ", before " +
                                     sim::duration_text(std::min(a.time, b.time) - sim::WorldTime{});
        std::string hosts;
        for (std::size_t host = 0; host < std::min(a.hosts.size(), b.hosts.size()); ++host)
            if (a.hosts[host] != b.hosts[host]) hosts += (hosts.empty() ? "" : ", ") + one->host_name(host);
        if (a.events != b.events) return "they parted" + interval;
        if (!hosts.empty()) return hosts + " parted" + interval;
        from = a.events;
    }
    if (one->digest == other->digest && one->fingerprint == other->fingerprint && one->events == other->events)
        return std::nullopt;
    if (one->digest == other->digest && one->events == other->events)
        return "the runs agree, but one found '" + one->fingerprint + "' and the other '" + other->fingerprint + "'";
    return "they parted after event " + std::to_string(from);
}

} // namespace orrery::scenarios::engine
