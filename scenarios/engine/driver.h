// The driver of clients: paces their operations as roots of their own and records the history.
#pragma once

#include <set>

#include "orrery/scenarios/engine/run.h"

namespace orrery::scenarios {

// What all clients of a run share.
struct Recording {
    sim::World& world;
    reports::History history{};
    std::set<Skip> skipped{};
    sim::WorldTime end{};
    sim::Duration think{}; // at most, between two operations
    std::uint64_t clients = 0;
    std::uint64_t answered = 0;
    // Answers to operations invoked after the heal, per client: progress.
    std::vector<std::uint64_t> progress{};
    sim::WorldTime healed{INT64_MAX};
};

class ClientDriver final : public Driver {
public:
    ClientDriver(Recording& recording, std::uint64_t client, sim::HostIndex host)
        : recording_(recording), client_(client), process_(client), host_(host) {}

    bool next(sim::Env& env) override;
    void invoke(const reports::models::Words& words) override;
    void answer(const reports::Value& value) override;
    void refuse() override { add(reports::Entry::Type::fail, {}); }
    void lose() override;
    std::uint64_t client() const override { return client_; }
    std::uint64_t number() const override { return number_ - 1; }

private:
    void add(reports::Entry::Type type, const reports::Value& value);

    Recording& recording_;
    std::uint64_t client_;
    std::uint64_t process_;
    sim::HostIndex host_;
    std::uint64_t number_ = 0;
    reports::models::Words words_{};
    sim::WorldTime invoked_{};
};

} // namespace orrery::scenarios
