// Replicas in lockstep, for tests. In a round each counts a tick, then all that is on its way arrives, and what is said
// thereupon, until all are silent. Everything is durable at once.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "orrery/protocols/paxos/replica.h"

namespace orrery::paxos {

class Lockstep {
public:
    explicit Lockstep(ReplicaOptions options = {}) : options_(options), snapshots_(options.count) {
        for (Member each = 0; each < options_.count; ++each)
            replicas_.emplace_back(options_of(each), ReplicaState{}, 0);
    }
    Replica& at(Member member) { return replicas_[member]; }
    // Its next tick begins a ballot.
    void make_lead(Member member) {
        replicas_[member].tick(0, 100);
        talk();
    }
    void rounds(int count) {
        for (int i = 0; i < count; ++i) {
            for (Replica& each : replicas_) each.tick(random_ = random_ * 6364136223846793005u + 1);
            talk();
        }
    }
    void talk() {
        for (int i = 0; i < 100; ++i) {
            std::vector<ReplicaMessage> said;
            for (Replica& each : replicas_) {
                each.persisted(each.take_unsaved(), each.settled());
                each.take_messages(said);
            }
            if (said.empty()) return;
            for (ReplicaMessage& message : said) {
                heard_.push_back(message.kind);
                if (!is_cut(message.from, message.to)) hear(std::move(message));
            }
        }
        FAIL() << "they do not fall silent";
    }
    void cut_off(Member member) { cut_off_.add(member); }
    // Only those on one side hear each other.
    void part(Voters side) { side_ = side; }
    void heal() {
        cut_off_ = {};
        side_ = {};
    }
    std::vector<ReplicaMessage::Kind> take_heard() { return std::exchange(heard_, {}); }
    // As of a snapshot of one byte.
    void compact(Member member) {
        Replica& replica = replicas_[member];
        snapshots_[member] = replica.configurations().as_of(replica.chosen());
        replica.compact(replica.chosen());
    }
    // It forgets what need not be durable.
    void crash(Member member) {
        const Replica& before = replicas_[member];
        ReplicaState durable{before.log().offset(), before.settled(), before.promised(), {}, snapshots_[member]};
        for (Slot slot = before.log().offset() + 1; slot <= before.log().last(); ++slot)
            if (before.log().has(slot)) durable.accepted[slot] = before.log().at(slot).copy();
        replicas_[member] = Replica(options_of(member), std::move(durable), 0);
    }
    std::string value(Member member, Slot slot) { return std::string(replicas_[member].log().at(slot).value.text()); }
    int leaders() const {
        return static_cast<int>(std::count_if(replicas_.begin(), replicas_.end(), [](const Replica& each) {
            return each.role() == Replica::Role::leading;
        }));
    }
    // Or options.count: nobody leads.
    Member leader() const {
        for (const Replica& each : replicas_)
            if (each.role() == Replica::Role::leading) return each.self();
        return options_.count;
    }

private:
    ReplicaOptions options_of(Member self) const {
        ReplicaOptions options = options_;
        options.self = self;
        return options;
    }
    bool is_cut(Member from, Member to) const {
        return cut_off_.has(from) || cut_off_.has(to) || side_.has(from) != side_.has(to);
    }
    void hear(ReplicaMessage message) {
        const Member from = message.from;
        const Member to = message.to;
        Replica& replica = replicas_[to];
        if (message.kind == ReplicaMessage::Kind::snapshot) {
            message.total = 1;
            message.data = sim::Bytes(std::string_view("s"));
        }
        replica.step(std::move(message), 1);
        const auto chunk = replica.take_chunk();
        if (!chunk || !replica.needs_snapshot(chunk->slot)) return;
        snapshots_[to] = snapshots_[from];
        replica.restore(chunk->slot, snapshots_[to]);
    }

    ReplicaOptions options_;
    std::vector<Replica> replicas_{};
    std::vector<std::vector<Configuration>> snapshots_; // of each member's snapshot
    Voters cut_off_{};
    Voters side_{};
    std::vector<ReplicaMessage::Kind> heard_{};
    std::uint64_t random_ = 1;
};

} // namespace orrery::paxos
