// The acceptor: what it has promised it keeps, for all slots at once, and what it has accepted it says.
#include <algorithm>

#include "orrery/protocols/paxos/flaws.def"
#include "orrery/protocols/paxos/replica.h"

namespace orrery::paxos {

// P1: it answers a prepare of a ballot that is not below what it has promised. Up to chosen_ it need not say what it
// accepted, and of slots that it has forgotten it cannot: that they are chosen is all the candidate needs to know, and
// `chosen` tells it so. It will learn them before it leads, from here.
void Replica::on_prepare(const ReplicaMessage& message, std::uint64_t random) {
    if (message.ballot.member != message.from || message.ballot.is_none() || message.slot == 0) return;
    if (message.ballot < promised_) {
        send(Kind::refuse, message.from, promised_);
        return;
    }
    if (message.ballot > promised_) {
        if (refuses_stranger(message)) return;
        promised_ = message.ballot;
        step_down(options_.count);
        reset_timer(random);
    }
    const Slot first = std::max(message.slot, chosen_ + 1);
    const Slot last = first <= log_.last() ? last_that_fits(first, log_.last(), SIZE_MAX) : first - 1;
    ReplicaMessage& promise = send(Kind::promise, message.from, message.ballot);
    promise.slot = message.slot;
    promise.entries = entries_of(first, last);
    if (last < log_.last()) promise.next = last + 1;
    CHECK(promise.next == 0 || promise.next > message.slot);
}

// False, and the sender is told: a higher ballot is promised. Otherwise its ballot is promised too.
bool Replica::follows(const ReplicaMessage& message, std::uint64_t random) {
    if (message.ballot.member != message.from || message.ballot.is_none()) return false;
    if (message.ballot < promised_) {
        send(Kind::refuse, message.from, promised_);
        return false;
    }
    const bool is_higher = message.ballot > promised_;
    if (is_higher && !FLAW(paxos_accept_does_not_promise)) promised_ = message.ballot;
    if (is_higher || leader_ != message.from) step_down(message.from);
    reset_timer(random);
    return true;
}

// P1a. A slot up to chosen_ counts as accepted without a look: its value is chosen, so this ballot proposes the same.
void Replica::on_accept(ReplicaMessage& message, std::uint64_t random) {
    if (message.slot == 0 || !follows(message, random)) return;
    accept_entries(message);
    hear_chosen(message.ballot, message.chosen);
}

void Replica::accept_entries(ReplicaMessage& message) {
    if (message.slot > chosen_ + 4 * options_.window) return; // it learns first, and the log stays small
    const Slot next = message.slot + message.entries.size();
    for (Slot slot = message.slot; slot < next; ++slot) {
        Accepted& entry = message.entries[slot - message.slot];
        if (entry.ballot != message.ballot) return; // no leader says that
        if (slot <= chosen_ || log_.ballot(slot) == message.ballot) continue;
        CHECK(log_.ballot(slot) < message.ballot || sim::Flaw::any_on());
        log_.put(slot, std::move(entry));
        unsaved_.push_back({slot, message.ballot});
    }
    ReplicaMessage& accepted = send(Kind::accepted, message.from, message.ballot);
    accepted.slot = message.slot;
    accepted.next = next;
}

void Replica::on_heartbeat(const ReplicaMessage& message, std::uint64_t random) {
    if (!follows(message, random)) return;
    hear_chosen(message.ballot, message.chosen);
    send(Kind::heartbeat_reply, message.from, message.ballot).round = message.round;
}

} // namespace orrery::paxos
