// The driver of clients in the simulated world: paces their operations as roots of their own and records the history.
#pragma once

#include <optional>
#include <set>

#include "orrery/scenarios/engine/run/recording_driver.h"
#include "orrery/scenarios/engine/run/run.h"

namespace orrery::scenarios::engine {

// An operation of which its client learnt nothing.
struct Unanswered {
    std::optional<std::size_t> entry{}; // of the history: its info; none if it never returned
    sim::world::HostIndex host = 0;
    std::uint64_t number = 0;
    std::int64_t process = 0;
    reports::models::Words words{};
};

// What all clients of a run share: the history that they make, and what is needed to make it.
struct Workload {
    sim::world::World& world;
    reports::History history{};
    std::vector<std::uint64_t> events{}; // for each entry of the history the event in which it was made
    // Hears of each, and of which operation it is; may be empty.
    std::function<void(const reports::Entry&, const ClientOperation&, sim::world::HostIndex)> at_entry{};
    std::set<ClientOperation> skipped{};
    std::optional<std::map<ClientOperation, Invocation>> operations{};
    sim::WorldTime end{};
    sim::Duration think{}; // at most, between two operations
    std::uint64_t clients = 0;
    std::uint64_t answered = 0;
    // Answers to operations invoked after the heal, per client: progress.
    std::vector<std::uint64_t> progress{};
    std::vector<std::uint64_t> asked{}; // operations invoked after the heal, per client
    sim::WorldTime healed{INT64_MAX};
    std::vector<Unanswered> unanswered{};
};

// After the end of the run: an unanswered operation has failed if nothing that its client's host sent under it was
// received, is held or is on its way.
void conclude(Workload& workload);

class ClientDriver final : public RecordingDriver {
public:
    ClientDriver(Workload& workload, std::uint64_t client, sim::world::HostIndex host)
        : RecordingDriver(client, workload.clients), workload_(workload), host_(host) {}

    bool next(sim::Env& env) override;
    // After the end: an operation that is still open is unanswered.
    void leave();
    std::optional<reports::models::Words> written() const override;

protected:
    sim::WorldTime time() const override { return workload_.world.now(); }
    void take(reports::Entry entry) override;
    void opened() override;
    void answered() override;
    void gave_up() override;

private:
    struct Due {
        std::uint64_t number = 0;
        sim::WorldTime time{};
    };
    // The next operation, and when it is to be invoked; nothing if there is none.
    std::optional<Due> next_due() const;

    Workload& workload_;
    sim::world::HostIndex host_;
    sim::WorldTime invoked_{};
};

} // namespace orrery::scenarios::engine
