// Watches: the moments for which faults wait. The world counts, from the start of the run, what each of them names - an
// effect of a host, a message on a link, a visit of a fault point, a state that comes to have a value. When the count
// is reached, the fault's act runs, once, as an event of kind fault right after the event in which it was reached.
//
// What happened comes in as records: it does not matter who caused it, a task or a program behind another door.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "orrery/sim/note.h"
#include "orrery/sim/tasks.h"
#include "orrery/sim/world/host.h"
#include "orrery/sim/world/kernel.h"

namespace orrery::sim::world {

// The nth message of a label that leaves `from` for `to`, at `since` or later; a host whose index is the number of
// hosts is any.
struct MessageWatch {
    HostIndex from = 0;
    HostIndex to = 0;
    std::uint64_t label = 0; // name_hash of its name
    std::uint64_t nth = 0;
    WorldTime since{};
};

// The nth time that a host - or any, as above - reaches the fault point of a name.
struct PointWatch {
    HostIndex host = 0;
    std::uint64_t name = 0; // name_hash
    std::uint64_t nth = 0;
};

// The nth time that a host's state comes to have a value that it had not before in the same boot. The act runs `after`
// so much later.
struct StateWatch {
    std::uint64_t key = 0; // name_hash
    std::string value;
    std::uint64_t nth = 0;
    Duration after{};
};

class Watches {
public:
    Watches(Kernel& kernel, std::vector<Host>& hosts) : kernel_(kernel), hosts_(hosts) {}
    Watches(const Watches&) = delete;
    Watches& operator=(const Watches&) = delete;

    // --- events of faults ---
    // Runs `act` as an event named by (fault, ordinal), a root: onset and end of a fault.
    void schedule(WorldTime time, FaultId fault, std::uint32_t ordinal, std::function<void()> act);
    void run(Event* event);

    // --- what faults wait for ---
    void watch(HostIndex host, EffectKind kind, std::uint64_t nth, FaultId fault, std::function<void()> act);
    void watch(const MessageWatch& watch, FaultId fault, std::function<void()> act);
    // The task at the point stands still until the act is over, and never goes on if that destroyed it.
    void watch(const PointWatch& watch, FaultId fault, std::function<void()> act);
    // The act is given the host whose state it is.
    void watch(const StateWatch& watch, FaultId fault, std::function<void(HostIndex)> act);

    // --- records (those of effects come by way of Host::count_effect) ---
    bool has_messages() const { return !messages_.empty(); }
    void message_sent(HostIndex from, HostIndex to, const Label& label);
    bool has_states() const { return !states_.empty(); }
    void state_reported(const Host& host, const StateKey& key, const Field& value);
    bool has_points() const { return !points_.empty() || records_points_; }
    // How many faults begin there: the task has to wait, as Waiting::point, until it is made ready.
    std::uint32_t point_reached(const Host& host, TaskState& task, const StateKey& name);
    // From now on the names of the points that are reached are kept.
    void record_points() { records_points_ = true; }
    const std::set<std::string, std::less<>>& points_reached() const { return points_reached_; }

private:
    struct Counting { // what all watches have besides what they wait for
        std::uint64_t count = 0;
        FaultId fault = 0;
        std::function<void()> act;
    };
    struct StateCounting {
        std::uint64_t count = 0;
        FaultId fault = 0;
        std::function<void(HostIndex)> act;
        std::vector<std::uint64_t> had_in; // by host: the boot in which it last came to have the value; 0: has not
    };
    // A task that stands at a point.
    struct Visit {
        std::uint64_t number = 0;
        HostIndex host = 0;
        std::uint64_t boot = 0;
        TaskState* task = nullptr; // alive as long as the boot lasts; another task, perhaps, once this one has ended
        Task handle{};
        std::uint32_t faults_due = 0; // still to begin there
    };
    bool is_any(HostIndex index) const { return index == hosts_.size(); }
    void pass(std::uint64_t visit);

    Kernel& kernel_;
    std::vector<Host>& hosts_;
    std::vector<std::function<void()>> actions_; // as the events of faults number them
    std::vector<std::pair<MessageWatch, Counting>> messages_;
    std::vector<std::pair<PointWatch, Counting>> points_;
    std::vector<std::pair<StateWatch, StateCounting>> states_;
    std::vector<Visit> visits_;
    std::uint64_t visits_counted_ = 0;
    bool records_points_ = false;
    std::set<std::string, std::less<>> points_reached_;
};

} // namespace orrery::sim::world
