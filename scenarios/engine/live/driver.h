// LiveDriver: paces a client of the live world and adds what it does to a file, entry by entry. The file is the
// client's memory as well: one that was killed and starts again goes on behind the last operation that stands there, as
// another process.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "orrery/scenarios/engine/live/log.h"
#include "orrery/scenarios/engine/run/recording_driver.h"
#include "orrery/sim/finding.h"

namespace orrery::scenarios::engine::live {

class LiveDriver final : public RecordingDriver {
public:
    struct Pace {
        sim::Duration think{};           // at most, between two operations
        std::function<bool()> is_over{}; // asked before each operation
        sim::WorldTime end{INT64_MAX};
    };
    LiveDriver(std::uint64_t client, std::uint64_t clients, Pace pace)
        : RecordingDriver(client, clients), pace_(pace) {}

    // Before the first operation: reads what stands in the file, if there is one. `head`: a history without entries.
    sim::Problem open(const std::string& path, const reports::History& head);
    sim::Problem problem() const { return file_.problem(); }

    bool next(sim::Env& env) override;
    std::optional<reports::models::Words> written() const override { return std::nullopt; }

protected:
    sim::WorldTime time() const override { return time_now(); }
    void take(reports::Entry entry) override;

private:
    void go_on_after(const reports::History& before);

    Pace pace_;
    LineFile file_{};
    std::uint64_t entries_ = 0;
};

// What stands in such a file; without entries if its client was killed before it had written a line.
sim::Checked<reports::History> read_live_history(const std::string& path);
// The histories of several clients of one machine as one, by time, with times from `start` on.
reports::History merged(std::vector<reports::History> histories, sim::WorldTime start);

// The first client that got too few answers to what it invoked from `heal` on, up to `end`. Process P is of client P
// modulo their number.
std::optional<sim::Finding> lack_of_progress(const reports::History& history, std::uint64_t clients,
                                             sim::WorldTime heal, sim::WorldTime end);

} // namespace orrery::scenarios::engine::live
