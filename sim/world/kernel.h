// Kernel: chance, time and order of one world. It makes every event, gives each its place on the agenda, and knows
// which one is running; nothing else makes or resets one.
//
// An event's identity is a function of the running event (its cause), its kind, its target and its ordinal among
// the cause's children of that kind and target. Roots - boots, operations of clients, onsets and ends of faults -
// are named by what they are.
//
//     Event* event = kernel.make(EventKind::wake, host, task.key);    // a child of the running event
//     event->task = &task;
//     event->time = kernel.now().nanoseconds;
//     kernel.put(event);                                              // placed by the policy
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "orrery/sim/chance.h"
#include "orrery/sim/order/policy.h"
#include "orrery/sim/world/agenda.h"
#include "orrery/sim/world/event.h"
#include "orrery/sim/world/ordinals.h"
#include "orrery/sim/world/trace.h"

namespace orrery::sim::world {

class Kernel {
public:
    // No policy: time order.
    Kernel(Chance chance, std::unique_ptr<order::Policy> policy)
        : chance_(std::move(chance)), policy_(std::move(policy)) {}
    Kernel(const Kernel&) = delete;
    Kernel& operator=(const Kernel&) = delete;

    // --- the running event ---
    WorldTime now() const { return now_; }
    std::uint64_t running() const { return running_; } // its identity; 0: none
    std::uint64_t origin() const { return origin_; }
    std::uint64_t events() const { return events_; } // how many have begun
    [[gnu::always_inline]] void begin(const Event& event) {
        arrive(event.time);
        running_ = event.id;
        origin_ = event.origin;
        ordinals_.clear();
        ++events_;
        trace_.add(event.host,
                   static_cast<std::uint64_t>(now_.nanoseconds) ^ static_cast<std::uint64_t>(event.kind) << 60,
                   event.id);
    }
    // What links do to a message is its own doing, also while its host handles nothing yet.
    void begin_arrival(const Event& event) {
        arrive(event.time);
        running_ = event.id;
        origin_ = event.origin;
    }
    // Outside of any event: a root whose children follow.
    void begin_root(std::uint64_t root) {
        running_ = root;
        ordinals_.clear();
    }
    void arrive(std::int64_t time) {
        if (time > now_.nanoseconds) now_.nanoseconds = time;
    }

    // --- identities ---
    static std::uint64_t child_key(EventKind kind, std::uint64_t target) {
        return fold(target ^ 0xa0761d6478bd642fu, (static_cast<std::uint64_t>(kind) + 1) * 0xe7037ed1a0b428dbu);
    }
    [[gnu::always_inline]] std::uint64_t child_id(std::uint64_t key, std::uint32_t ordinal) const {
        return fold(running_ ^ 0x8ebc6af09c88c6e3u, (key + ordinal) ^ 0x589965cc75374cc3u);
    }
    [[gnu::always_inline]] std::uint32_t next_ordinal(std::uint64_t key) { return ordinals_.next(key); }

    // --- making events; `time` and what belongs to the kind are the maker's to set ---
    [[gnu::always_inline]] Event* make(EventKind kind, HostIndex host, std::uint64_t target) {
        const std::uint64_t key = child_key(kind, target);
        return make_numbered(kind, host, key, ordinals_.next(key));
    }
    // For a maker that counts the ordinals of its key itself.
    [[gnu::always_inline]] Event* make_numbered(EventKind kind, HostIndex host, std::uint64_t key,
                                                std::uint32_t ordinal) {
        return make_named(kind, host, child_id(key, ordinal), running_, origin_);
    }
    [[gnu::always_inline]] Event* make_named(EventKind kind, HostIndex host, std::uint64_t id, std::uint64_t cause,
                                             std::uint64_t origin) {
        Event* event = pool_.take();
        event->priority = 1;
        event->id = id;
        event->cause = cause;
        event->origin = origin;
        event->kind = kind;
        event->affected = false;
        event->arrived = false;
        event->segment = {};
        event->end = 0;
        event->refused = false;
        event->host = host;
        event->passage = {};
        event->ports = {};
        event->task = nullptr;
        event->label = nullptr;
        event->connection = nullptr;
        return event;
    }
    // The same message once more, under a name of its own.
    Event* make_twin(const Event& event, std::uint32_t ordinal) {
        CHECK(event.kind == EventKind::deliver);
        Event* twin =
            make_named(event.kind, event.host, mix(event.id, name_hash("twin"), ordinal), event.cause, event.origin);
        twin->affected = event.affected;
        twin->passage = event.passage;
        twin->ports = event.ports;
        twin->label = event.label;
        twin->bytes = event.bytes.copy();
        return twin;
    }
    void drop(Event* event) { pool_.give(event); }

    // --- timers that rest ---
    // Most timers are withdrawn, and their tasks soon want another. Such a timer stays on the agenda, at its place of
    // then, until it is set again or its turn comes there. That is no event: what happens, when, and under which
    // identity is as if it had been withdrawn and made anew. A policy sees every timer, so none rests then.
    bool may_rest() const { return policy_ == nullptr; }
    void rest(Event* timer) {
        CHECK(timer->kind == EventKind::timer);
        timer->time = never;
        ++resting_;
    }
    void set_again(Event* timer, std::uint64_t key, std::uint32_t ordinal, std::int64_t time) {
        --resting_;
        const bool moves = timer->place > time || Agenda::is_due(*timer);
        if (moves) agenda_.cancel(*timer);
        timer->id = child_id(key, ordinal);
        timer->cause = running_;
        timer->origin = origin_;
        timer->time = time;
        if (moves) put(timer);
    }
    // It was taken off the agenda before its time: it rests, or was set again meanwhile.
    static bool is_early(const Event& event) { return event.time > event.place; }
    // Goes to its time. False: it rests, and is to be dropped.
    bool put_early(Event* timer) {
        if (timer->time != never) {
            put(timer);
            return true;
        }
        --resting_;
        return false;
    }
    void withdraw_resting(Event* timer) {
        --resting_;
        withdraw(timer);
    }

    // --- the agenda ---
    [[gnu::always_inline]] void put(Event* event) { // placed by the policy
        event->place = event->time;
        if (policy_ != nullptr) [[unlikely]]
            displace(event);
        agenda_.put(*event);
    }
    // Exactly at its time, ahead of everything else there.
    void put_fixed(Event* event) {
        event->place = event->time;
        event->priority = 0;
        agenda_.put(*event);
    }
    void withdraw(Event* event) {
        agenda_.cancel(*event);
        drop(event);
    }
    // The event that runs next, taken off the agenda; `horizon` when its turn has come. It is always there.
    [[gnu::always_inline]] Entry* next(const Entry& horizon) {
        if (policy_ != nullptr && policy_->chooses()) [[unlikely]]
            return choose(horizon);
        return agenda_.pop();
    }
    void put_horizon(Entry& horizon) { agenda_.put(horizon); }
    void withdraw_horizon(Entry& horizon) { agenda_.cancel(horizon); }
    std::size_t agenda_size() const { return agenda_.size() - resting_; }
    std::size_t event_capacity() const { return pool_.capacity(); }

    // --- chance ---
    Chance& chance() { return chance_; }
    std::uint64_t draw(const Site& site, std::uint64_t n, HostIndex host = nobody) {
        return chance_.draw(running_, site, ordinals_.next(site.hash), n, host);
    }

    Trace& trace() { return trace_; }
    const Trace& trace() const { return trace_; }

private:
    static constexpr std::int64_t never = INT64_MAX;
    void displace(Event* event);
    Entry* choose(const Entry& horizon);

    Chance chance_;
    std::unique_ptr<order::Policy> policy_;
    Agenda agenda_;
    EventPool pool_;
    Ordinals ordinals_;
    Trace trace_;
    WorldTime now_{};
    std::uint64_t running_ = 0;
    std::uint64_t origin_ = 0;
    std::uint64_t events_ = 0;
    std::size_t resting_ = 0; // timers on the agenda
};

} // namespace orrery::sim::world
