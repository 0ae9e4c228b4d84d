// World: a whole cluster in one thread. Given the same hosts, settings, seed, faults and overrides it produces the
// same trace digest on any machine, compiler and optimisation level.
//
//     World world({.seed = 7});
//     world.add_host({"a", "node", 0, node_main});
//     world.boot_all();
//     world.run_until(WorldTime{} + 30s);
//
// It holds the parts (kernel, network, connections, hosts, observers), runs the loop, and does to hosts what faults
// and clients ask for.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "orrery/sim/world/parts.h"

namespace orrery::sim::world {

class Process;

class World {
public:
    explicit World(WorldOptions options);
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    // --- the cluster ---
    HostIndex add_host(HostSpec spec); // before boot_all
    void boot_all();
    std::size_t host_count() const { return parts_.hosts.size(); }
    Host& host(HostIndex index) {
        CHECK(index < parts_.hosts.size());
        return parts_.hosts[index];
    }
    const Host& host(HostIndex index) const {
        CHECK(index < parts_.hosts.size());
        return parts_.hosts[index];
    }
    // Index of the host of that name; host_count() if there is none.
    HostIndex find_host(std::string_view name) const;
    Env& env(HostIndex index);
    Address address(HostIndex index) const { return Parts::address_of(index); }
    std::string state_of(HostIndex index, std::string_view key) const { return host(index).state_of(key); }

    // --- time ---
    WorldTime now() const { return parts_.kernel.now(); }
    // Runs every event up to and at `end`. False if it stopped before: budget spent, or stop().
    bool run_until(WorldTime end);
    void stop() { stopped_ = true; }
    std::uint64_t events() const { return parts_.kernel.events(); }
    bool budget_spent() const { return events() >= parts_.options.events_max; }

    // --- faults: counted layers; ending one removes only its own ---
    void crash(HostIndex host, FaultId fault, CrashMode mode);
    void restart(HostIndex host, FaultId fault);
    // Of a host that is down: another machine takes its place, with nothing on its disk.
    void lose_disk(HostIndex host, FaultId fault);
    void pause(HostIndex host, FaultId fault);
    void resume(HostIndex host, FaultId fault);
    void cut(HostIndex from, HostIndex to, CutMode mode, FaultId fault) { parts_.network.cut(from, to, mode, fault); }
    void heal(HostIndex from, HostIndex to, FaultId fault) { parts_.network.heal(from, to, fault); }
    void add_rule(HostIndex from, HostIndex to, const Rule& rule) { parts_.network.add_rule(from, to, rule); }
    void remove_rules(HostIndex from, HostIndex to, FaultId fault) { parts_.network.remove_rules(from, to, fault); }
    // The host is wanted to be no member of what its role forms, as long as there is such a layer. The world does
    // nothing about it but know it: whoever has the say over members is told.
    void leave_out(HostIndex host, FaultId fault) { this->host(host).absences.push_back(fault); }
    void take_back(HostIndex host, FaultId fault) { std::erase(this->host(host).absences, fault); }
    // The host will be taken down by that fault, which is known of it before.
    void give_notice(HostIndex host, FaultId fault) { this->host(host).notices.push_back(fault); }
    // False: there was none, or it was withdrawn before.
    bool withdraw_notice(HostIndex host, FaultId fault) { return std::erase(this->host(host).notices, fault) > 0; }
    // Somebody outside of the world has something for who listens at that port: it comes as a datagram that the host
    // sends itself. False: nobody listens there, and nothing comes.
    bool tell(HostIndex host, std::uint64_t port, const Label& label, Bytes bytes);
    // To be called before boot_all. When the message leaves, `begins` says whether the fault strikes it: see strikes.h.
    void strike(const MessageWatch& which, const Strike& strike, FaultId fault, std::function<bool()> begins);
    // Runs `act` as an event of kind fault named by (fault, ordinal): onset and end of a fault.
    void schedule_fault(WorldTime time, FaultId fault, std::uint32_t ordinal, std::function<void()> act) {
        parts_.watches.schedule(time, fault, ordinal, std::move(act));
    }
    // Each runs `act` as the first event of the fault, right after the event in which the watch was met: see watch.h.
    void watch_effect(HostIndex host, EffectKind kind, std::uint64_t nth, FaultId fault, std::function<void()> act) {
        parts_.watches.watch(host, kind, nth, fault, std::move(act));
    }
    void watch_message(const MessageWatch& watch, FaultId fault, std::function<void()> act);
    void watch_point(const PointWatch& watch, FaultId fault, std::function<void()> act) {
        parts_.watches.watch(watch, fault, std::move(act));
    }
    void watch_state(const StateWatch& watch, FaultId fault, std::function<void(HostIndex)> act) {
        parts_.watches.watch(watch, fault, std::move(act));
    }
    Efficacy& efficacy(FaultId fault) { return parts_.observers.efficacy(fault); }
    const std::map<FaultId, Efficacy>& efficacies() const { return parts_.observers.efficacies(); }
    // Shows the observers that a fault began or ended, in words.
    void announce(FaultId fault, bool begins, std::string_view text) {
        parts_.observers.observe_fault(fault, begins, text);
    }

    // --- clients: operation `number` of a host is a root of its own; wakes `task` at `time` ---
    void begin_operation(HostIndex host, std::uint64_t number, WorldTime time, Task task);
    // What a host sends from now on belongs to this operation of its client; 0: to none.
    void send_under(HostIndex host, std::uint32_t operation);
    // Nothing that the host sent under the operation was received, is held or is on its way.
    bool reached_nobody(HostIndex host, std::uint32_t operation) const;

    // --- watching: nothing of it changes the digest ---
    void add_monitor(std::unique_ptr<Monitor> monitor) { parts_.observers.add_monitor(std::move(monitor)); }
    void end_monitors() { parts_.observers.end(); }
    // Called with every event as it begins.
    void set_event_hook(std::function<void(const Event& event)> hook);
    // Sees every observation, also messages.
    void set_recorder(std::function<void(const Observation&)> recorder) {
        parts_.observers.set_recorder(std::move(recorder));
    }
    // Before boot_all: each message that a rule or a dropping cut changes is recorded.
    void record_struck();
    // Before boot_all: the names of the fault points that some host reaches are kept.
    void record_points();
    const std::set<std::string, std::less<>>& points_reached() const { return parts_.watches.points_reached(); }
    std::vector<StruckMessage> take_struck() { return parts_.network.take_struck(); }
    void report(Finding finding) { parts_.observers.report(std::move(finding)); }
    const std::vector<Finding>& findings() const { return parts_.observers.findings(); }
    const Trace& trace() const { return parts_.kernel.trace(); }
    std::uint64_t digest() const { return trace().digest(); }
    const std::map<std::string, std::uint64_t, std::less<>>& goals() const { return parts_.observers.goals(); }
    Chance& chance() { return parts_.kernel.chance(); }
    const WorldOptions& options() const { return parts_.options; }
    StackArena& stacks() { return parts_.stacks; }
    std::size_t event_capacity() const { return parts_.kernel.event_capacity(); }
    std::size_t agenda_size() const { return parts_.kernel.agenda_size(); }
    std::size_t connection_count() const { return parts_.connections.count(); }
    std::uint64_t running_event() const { return parts_.kernel.running(); }

private:
    void run(Event* event);
    void run_boot(Event* event);
    void run_deliver(Event* event, Host& host);
    void run_task(Event* event);
    void run_early(Event* timer);
    bool defer(Event* event);
    void attend(const Event& event);
    void bury();
    void dispose(Host& host, bool is_heard);
    void plan_stop();

    Parts parts_;
    std::uint64_t event_stop_ = 0; // next event count at which something besides running is due
    bool booted_ = false;
    bool stopped_ = false;
    bool attentive_ = false; // reseeds are to come, or the hook hears of every event
    std::function<void(const Event& event)> event_hook_;
    std::vector<Reseed> reseeds_; // sorted; those still to come
};

} // namespace orrery::sim::world
