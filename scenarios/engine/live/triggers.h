// Triggers of faults that count what processes do: the nth effect of a host, the nth message of a label, the nth visit
// of a fault point. The processes count themselves, in memory that all of them share with whoever started them: so a
// count goes on over a kill -9 of one that counted, and it does not matter which of them comes to the number. That one
// stops itself (SIGSTOP), there where it is, and goes on when the fault has begun, and if it did not kill it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "orrery/faults/plan.h"
#include "orrery/protocols/live/cluster.h"
#include "orrery/protocols/live/env.h"
#include "orrery/sim/complaint.h"

namespace orrery::scenarios::engine::live {

namespace world = orrery::live;

// A number for each fault of a plan, by its place there, in a file that several processes have in their memory.
class Counts {
public:
    // Makes the file anew, all zero.
    static sim::Checked<std::unique_ptr<Counts>> make(const std::string& file, std::size_t faults);
    // One that was made, for as many faults.
    static sim::Checked<std::unique_ptr<Counts>> open(const std::string& file, std::size_t faults);
    ~Counts();
    Counts(const Counts&) = delete;
    Counts& operator=(const Counts&) = delete;

    // Times of the plan count from `start`; before it is set, none has come.
    void set_start(sim::WorldTime start);
    sim::WorldTime start() const;
    std::uint64_t of(std::size_t fault) const;
    // One more; returns how many there are now.
    std::uint64_t add(std::size_t fault);

private:
    Counts(std::uint64_t* numbers, std::size_t faults) : numbers_(numbers), faults_(faults) {}
    static sim::Checked<std::unique_ptr<Counts>> map(const std::string& file, std::size_t faults, int flags);

    std::uint64_t* numbers_; // the start, and then the counts
    std::size_t faults_;
};

// Counts for one process, and hands on what it says of itself.
class CountingWatcher final : public world::Watcher {
public:
    // `next` outlives it.
    CountingWatcher(const faults::Plan& plan, std::unique_ptr<Counts> counts, world::Watcher& next);
    // Before the process runs: whom it calls by which address.
    void attach(const sim::Env& env, const world::Cluster& cluster);

    void noted(const sim::Identity& who, const sim::NoteKind& kind, std::span<const sim::Field> fields) override;
    void stated(const sim::Identity& who, const sim::StateKey& key, const sim::Field& value) override;
    void sends(const sim::Identity& who, sim::Address to, const sim::Label& label) override;
    void takes_effect(const sim::Identity& who, world::Effect effect) override;
    void reached(const sim::Identity& who, const sim::StateKey& point) override;

private:
    struct Counted {
        std::size_t place = 0; // of the fault, in the plan
        faults::Trigger trigger;
    };
    void count(const Counted& counted);

    std::vector<Counted> counted_{};
    std::unique_ptr<Counts> counts_;
    world::Watcher& next_;
    std::map<std::uint64_t, std::string> hosts_{}; // names, by what stands in addresses
};

// A folder with a plan and the counts of its triggers, as whoever started the process has made it.
std::string plan_file(const std::string& folder);
std::string counts_file(const std::string& folder);

} // namespace orrery::scenarios::engine::live
