// SpentBudget: what a run was doing when it had no more events to spend. A livelock - a task that sleeps for no time,
// two hosts that answer each other for ever - does one thing again and again, so the last events say which.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "orrery/sim/world/event.h"
#include "orrery/sim/world/world.h"

namespace orrery::scenarios::engine {

// Events of one kind at one host.
struct Repeated {
    std::string host{};
    sim::world::EventKind kind{};
    std::string name{}; // of the task, of a delivery the message's label; empty: it has none
    std::uint64_t count = 0;

    bool operator==(const Repeated&) const = default;
};

struct SpentBudget {
    static constexpr std::uint64_t last_max = 10'000;
    static constexpr std::size_t busiest_max = 3;

    std::uint64_t events = 0;        // all of the run
    sim::WorldTime time{};           // at which the clock stands
    std::uint64_t last = 0;          // so many of the events were looked at, the last ones ...
    sim::WorldTime since{};          // ... and this is when the first of them happened
    std::vector<Repeated> busiest{}; // among them, the most frequent first

    // For people: "the budget of 20000 events was spent. The clock has stood at 0s for the last 10000 of them: ..."
    std::string text() const;
    bool operator==(const SpentBudget&) const = default;
};

// Counts the last events of a run of so many.
class LastEvents {
public:
    explicit LastEvents(std::uint64_t events) : events_(events) {}

    void add(const sim::world::World& world, const sim::world::Event& event);
    SpentBudget result(const sim::world::World& world) const;

private:
    std::uint64_t events_;
    std::uint64_t seen_ = 0;
    sim::WorldTime since_{};
    std::map<std::tuple<sim::world::HostIndex, sim::world::EventKind, std::string>, std::uint64_t> counts_;
};

} // namespace orrery::scenarios::engine
