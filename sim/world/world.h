// World: a whole cluster in one thread. Given the same hosts, settings, seed, faults and overrides
// it produces the same trace digest on any machine, compiler and optimisation level.
//
//     World world({.seed = 7});
//     world.add_host({"a", "node", 0, node_main});
//     world.boot_all();
//     world.run_until(WorldTime{} + 30s);
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "orrery/sim/finding.h"
#include "orrery/sim/monitor.h"
#include "orrery/sim/order/policy.h"
#include "orrery/sim/stack.h"
#include "orrery/sim/world/host.h"
#include "orrery/sim/world/network.h"
#include "orrery/sim/world/stream.h"
#include "orrery/sim/world/trace.h"

namespace orrery::sim::world {

class Process;

struct WorldOptions {
    std::uint64_t seed = 1;
    std::vector<Override> overrides{};
    std::vector<Reseed> reseeds{};
    std::string policy = "time";
    Duration slack{};
    std::uint64_t events_max = UINT64_MAX; // the budget; past it the run stops and says so
    Duration latency_min{500'000};
    Duration latency_max{1'500'000};
    bool uneven_links = false;  // each way between two hosts has a slowest latency of its own, up to latency_max
    Duration sync_min{200'000}; // of a disk's sync
    Duration sync_max{2'000'000};
    Duration user_timeout{10'000'000'000}; // a stream breaks when a segment was held for so long
    std::int64_t drift_max = 0;            // parts per billion, either way
    Settings settings{};
};

// How often a fault was to happen, began, and took effect: counted by the world where it bites.
struct Efficacy {
    std::uint64_t armed = 0;
    std::uint64_t fired = 0;
    std::uint64_t effective = 0;
};

class World {
public:
    static constexpr std::size_t datagram_max = 65'507;
    static constexpr std::int64_t loopback = 10'000; // nanoseconds from a host to itself

    explicit World(WorldOptions options);
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    // --- the cluster ---
    HostIndex add_host(HostSpec spec); // before boot_all
    void boot_all();
    std::size_t host_count() const { return hosts_.size(); }
    Host& host(HostIndex index) { return *hosts_[index]; }
    const Host& host(HostIndex index) const { return *hosts_[index]; }
    // Index of the host of that name; host_count() if there is none.
    HostIndex find_host(std::string_view name) const;
    Env& env(HostIndex index);
    Address address(HostIndex index) const { return {index + 1, 0}; }
    std::string state_of(HostIndex index, std::string_view key) const { return host(index).state_of(key); }

    // --- time ---
    WorldTime now() const { return now_; }
    // Runs every event up to and at `end`. False if it stopped before: budget spent, or stop().
    bool run_until(WorldTime end);
    void stop() { stopped_ = true; }
    std::uint64_t events() const { return events_; }
    bool budget_spent() const { return events_ >= options_.events_max; }

    // --- faults: counted layers; ending one removes only its own ---
    void crash(HostIndex host, FaultId fault, CrashMode mode);
    void restart(HostIndex host, FaultId fault);
    void pause(HostIndex host, FaultId fault);
    void resume(HostIndex host, FaultId fault);
    void cut(HostIndex from, HostIndex to, CutMode mode, FaultId fault);
    void heal(HostIndex from, HostIndex to, FaultId fault);
    void add_rate(HostIndex from, HostIndex to, RateKind kind, Ratio probability, Duration delay_max, FaultId fault);
    void remove_rates(HostIndex from, HostIndex to, FaultId fault);
    // Runs `act` as an event of kind fault named by (fault, ordinal): onset and end of a fault.
    void schedule_fault(WorldTime time, FaultId fault, std::uint32_t ordinal, std::function<void()> act);
    void watch_effect(HostIndex host, EffectKind kind, std::uint64_t nth, FaultId fault, std::function<void()> act);
    Efficacy& efficacy(FaultId fault) { return efficacy_[fault]; }
    const std::map<FaultId, Efficacy>& efficacies() const { return efficacy_; }
    // Tells monitors that a fault began or ended, in words.
    void announce(FaultId fault, bool begins, std::string_view text);

    // --- clients: operation `number` of a host is a root of its own; wakes `task` at `time` ---
    void begin_operation(HostIndex host, std::uint64_t number, WorldTime time, Task task);

    // What a host sends from now on belongs to this operation of its client; 0: to none.
    void send_under(HostIndex host, std::uint32_t operation);
    // Surely nothing that the host sent under the operation was received, is held or is on its way.
    bool reached_nobody(HostIndex host, std::uint32_t operation) const;

    // --- watching ---
    void add_monitor(std::unique_ptr<Monitor> monitor);
    // Told the identity of every event as it begins. Never changes the digest.
    void set_event_hook(std::function<void(std::uint64_t event)> hook);
    // Sees every observation, also messages. Never changes the digest.
    void set_recorder(std::function<void(const Observation&)> recorder);
    void report(Finding finding);
    const std::vector<Finding>& findings() const { return findings_; }
    const Trace& trace() const { return trace_; }
    std::uint64_t digest() const { return trace_.digest(); }
    const std::map<std::string, std::uint64_t, std::less<>>& goals() const { return goals_; }
    Chance& chance() { return chance_; }
    const WorldOptions& options() const { return options_; }
    StackArena& stacks() { return stacks_; }
    std::size_t event_capacity() const { return pool_.capacity(); }
    std::size_t agenda_size() const { return agenda_.size(); }
    std::size_t connection_count() const { return connections_.size(); }
    std::uint64_t running_event() const { return running_; }

private:
    friend class Process;

    // --- making events ---
    static std::uint64_t child_key(EventKind kind, std::uint64_t target) {
        return fold(target ^ 0xa0761d6478bd642fu, (static_cast<std::uint64_t>(kind) + 1) * 0xe7037ed1a0b428dbu);
    }
    [[gnu::always_inline]] std::uint64_t child_id(std::uint64_t key, std::uint32_t ordinal) const {
        return fold(running_ ^ 0x8ebc6af09c88c6e3u, (key + ordinal) ^ 0x589965cc75374cc3u);
    }
    [[gnu::always_inline]] Event* make(EventKind kind, HostIndex host, std::uint64_t target) {
        const std::uint64_t key = child_key(kind, target);
        return make_numbered(kind, host, key, ordinals_.next(key));
    }
    // For whoever counts the ordinals of its key itself.
    [[gnu::always_inline]] Event* make_numbered(EventKind kind, HostIndex host, std::uint64_t key,
                                                std::uint32_t ordinal) {
        Event* event = pool_.take();
        event->kind = kind;
        event->host = host;
        event->id = child_id(key, ordinal);
        event->cause = running_;
        event->origin = origin_;
        return event;
    }
    [[gnu::always_inline]] void put(Event* event) { // placed by the policy
        event->place = event->time;
        if (policy_ != nullptr) [[unlikely]]
            displace(event);
        agenda_.put(*event);
    }
    void displace(Event* event);
    void put_fixed(Event* event); // exactly at its time
    void drop(Event* event) { pool_.give(event); }
    // Takes a task's event off the agenda, if there is one, and forgets it.
    [[gnu::always_inline]] void withdraw(Event*& event) {
        if (event == nullptr) return;
        agenda_.cancel(*event);
        drop(event);
        event = nullptr;
    }
    std::uint64_t draw_here(const Site& site, std::uint64_t n) {
        return chance_.draw(running_, site, ordinals_.next(site.hash), n);
    }

    // --- running them ---
    void run(Event* event);
    [[gnu::always_inline]] void begin(const Event& event) {
        if (event.time > now_.nanoseconds) now_.nanoseconds = event.time;
        if (attentive_) [[unlikely]]
            attend(event);
        running_ = event.id;
        origin_ = event.origin;
        ordinals_.clear();
        ++events_;
        trace_.add(event.host,
                   static_cast<std::uint64_t>(now_.nanoseconds) ^ static_cast<std::uint64_t>(event.kind) << 60,
                   event.id);
    }
    void run_boot(Event* event);
    void run_deliver(Event* event);
    void run_task(Event* event);
    void run_fault(Event* event);
    bool defer(Event* event);
    void attend(const Event& event); // what is rarely due at the beginning of an event
    void bury();
    void dispose(Host& host, bool tell);

    // --- datagrams ---
    void send(HostIndex from, std::uint64_t from_port, Address to, const Label& label, Bytes&& bytes);
    // Drawn for each message: datagrams overtake each other without any fault.
    std::int64_t latency(std::uint64_t event, HostIndex from, HostIndex to, std::uint32_t count) {
        if (from == to) [[unlikely]]
            return loopback;
        const std::uint64_t span = options_.uneven_links ? span_of_link(from, to) : latency_span_;
        return options_.latency_min.count() +
               static_cast<std::int64_t>(chance_.draw(event, link_sites::latency, count, span));
    }
    std::uint64_t span_of_link(HostIndex from, HostIndex to);
    void depart_faulty(Event* event, Link& link);
    bool arrive_faulty(Event* event);
    void delay(Event& event, const Rate& rate, std::uint32_t count);
    void lose(Event* event, FaultId fault);
    void drop_unreceived(Event* event);
    void observe_message(Observation::Kind kind, const Event& event, HostIndex host, HostIndex peer);
    void count_effect(Host& host, EffectKind kind) {
        const std::uint64_t count = ++host.effects[static_cast<std::size_t>(kind)];
        if (!host.watches.empty()) [[unlikely]]
            meet_watches(host, kind, count);
    }
    void meet_watches(Host& host, EffectKind kind, std::uint64_t count);

    // --- streams ---
    Connection& open_connection(Process& process, Address from, Address to);
    void leave_connection(Connection& connection, std::uint8_t end);
    void forget_if_over(Connection& connection);
    void send_segment(Connection& connection, std::uint8_t end, Segment segment, const Label* label, Bytes&& bytes,
                      std::uint64_t amount);
    void depart_segment(Event* event, std::uint32_t count);
    void delay_segment(Event* event, const Link& link);
    void place_segment(Event* event);
    void watch_segment(const Event& held);
    bool segment_passes(Event* event);
    void run_segment(Event* event);
    void take_segment(Event* event);
    void end_segment(Event* event);
    void break_stream(Connection& connection, std::uint8_t end, Error why, bool tell);
    void answer_unanswered(Host& host);

    void observe(Observation& seen);
    bool is_watched() const { return watched_; }
    Observation observation(Observation::Kind kind, const Host& host) const;

    WorldOptions options_;
    Chance chance_;
    std::unique_ptr<order::Policy> policy_;
    Agenda agenda_;
    EventPool pool_;
    Ordinals ordinals_;
    StackArena stacks_;
    Network network_;
    Trace trace_;
    WorldTime now_{};
    std::uint64_t running_ = 0; // identity of the running event
    std::uint64_t origin_ = 0;
    std::uint64_t events_ = 0;
    std::uint64_t event_stop_ = 0;   // next event count at which something besides running is due
    std::uint64_t latency_span_ = 1; // how many latencies there are, a nanosecond apart
    bool burial_due_ = false;        // the running event's process died by itself
    bool stopped_ = false;
    bool attentive_ = false; // reseeds are to come, or somebody hears of every event
    std::function<void(std::uint64_t event)> event_hook_;
    bool watched_ = false;
    bool messages_watched_ = false; // their sending, arrival and loss too
    std::vector<std::unique_ptr<Host>> hosts_;
    std::map<std::uint64_t, std::unique_ptr<Connection>> connections_; // by id
    std::vector<Reseed> reseeds_;                                      // sorted; those still to come
    std::vector<std::function<void()>> actions_;
    std::vector<std::unique_ptr<Monitor>> monitors_;
    std::vector<Monitor*> message_monitors_; // those of them that hear messages
    std::function<void(const Observation&)> recorder_;
    std::vector<Finding> findings_;
    std::map<FaultId, Efficacy> efficacy_;
    std::map<std::string, std::uint64_t, std::less<>> goals_;
};

} // namespace orrery::sim::world
