// Observers: who looks on while a world runs - monitors, a recorder - and what is found and counted. Nothing here
// changes a run; a world without observers pays one branch for each thing that they would see.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "orrery/sim/monitor.h"
#include "orrery/sim/world/event.h"
#include "orrery/sim/world/kernel.h"

namespace orrery::sim::world {

struct Host;

// How often a fault was to happen, began, and took effect: counted by the world where it bites.
struct Efficacy {
    std::uint64_t armed = 0;
    std::uint64_t fired = 0;
    std::uint64_t effective = 0;
};

class Observers {
public:
    explicit Observers(const Kernel& kernel) : kernel_(kernel) {}

    void add_monitor(std::unique_ptr<Monitor> monitor);
    void set_recorder(std::function<void(const Observation&)> recorder);
    // Messages are to be shown although no monitor asks: a trigger counts them.
    void watch_messages() { messages_watched_ = true; }
    // Monitors hear that the run is over: see Monitor::end.
    void end();
    // That a world ends is nobody's crash.
    void close() { watched_ = messages_watched_ = false; }

    bool is_watched() const { return watched_; }
    bool messages_are_watched() const { return messages_watched_; }
    // Filled with the running event, and the host that acts.
    Observation observation(Observation::Kind kind, const Host& host) const;
    void observe(const Observation& seen);
    void observe_message(Observation::Kind kind, const Event& event, const Host& host, HostIndex peer);
    // A fault began or ended, in words.
    void observe_fault(FaultId fault, bool begins, std::string_view text);

    // Adds the running event and the time.
    void report(Finding finding);
    const std::vector<Finding>& findings() const { return findings_; }
    void count_goal(std::string_view name);
    const std::map<std::string, std::uint64_t, std::less<>>& goals() const { return goals_; }
    Efficacy& efficacy(FaultId fault) { return efficacies_[fault]; }
    const std::map<FaultId, Efficacy>& efficacies() const { return efficacies_; }

private:
    const Kernel& kernel_;
    bool watched_ = false;
    bool messages_watched_ = false; // their sending, arrival and loss too
    std::vector<std::unique_ptr<Monitor>> monitors_;
    std::vector<Monitor*> message_monitors_; // those of them that hear messages
    std::function<void(const Observation&)> recorder_;
    std::vector<Finding> findings_;
    std::map<FaultId, Efficacy> efficacies_;
    std::map<std::string, std::uint64_t, std::less<>> goals_;
};

} // namespace orrery::sim::world
