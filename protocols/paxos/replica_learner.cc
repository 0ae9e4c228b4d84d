// The learner: how a member that is no leader comes to know what was chosen. Either it has accepted it already, or
// another tells it; and who has forgotten it tells the state after it, in pieces. A leader learns of nobody: what it
// does not know was not chosen when it was promised its ballot.
#include <algorithm>

#include "orrery/protocols/paxos/flaws.def"
#include "orrery/protocols/paxos/replica.h"

namespace orrery::paxos {

// The leader of `ballot` knows what was chosen up to `chosen`. What was accepted here in that same ballot is what it
// proposed, and so what was chosen. What was accepted in a lower one may be another value.
void Replica::hear_chosen(Ballot ballot, Slot chosen) {
    CHECK(role_ != Role::leading);
    known_chosen_ = std::max(known_chosen_, chosen);
    teacher_ = ballot.member;
    while (chosen_ < chosen && log_.has(chosen_ + 1)) {
        if (log_.ballot(chosen_ + 1) != ballot && !FLAW(paxos_chosen_ballot_not_compared)) break;
        know_chosen(chosen_ + 1);
        learn_waited_ = 0;
    }
}

// Asked again as time passes: the question or its answer may be lost.
void Replica::ask_to_learn() {
    CHECK(role_ != Role::leading);
    learn_waited_ = 0;
    if (teacher_ == options_.self) return;
    ReplicaMessage& learn = send(Kind::learn, teacher_, {});
    learn.slot = chosen_ + 1;
    learn.round = incoming_;
    learn.offset = incoming_held_;
}

// Somebody who does not lead knows more. Whoever is teaching goes on, lest two take turns with two snapshots, of which
// none is ever whole; unless this one knows more still, or the other has fallen silent.
void Replica::learn_from(const ReplicaMessage& message) {
    if (message.chosen <= chosen_ || leader_ < options_.count) return;
    const bool is_taught = chosen_ < known_chosen_ && asked_in_vain_ < 3;
    if (is_taught && message.chosen <= known_chosen_) return;
    known_chosen_ = std::max(known_chosen_, message.chosen);
    teacher_ = message.from;
    asked_in_vain_ = 0;
    ask_to_learn();
}

void Replica::on_learn(const ReplicaMessage& message) {
    if (message.slot == 0 || message.slot > chosen_) return;
    if (message.slot > log_.offset()) {
        ReplicaMessage& chosen = send(Kind::chosen, message.from, {});
        chosen.slot = message.slot;
        chosen.entries = entries_of(message.slot, last_that_fits(message.slot, chosen_, SIZE_MAX));
        return;
    }
    ReplicaMessage& snapshot = send(Kind::snapshot, message.from, {});
    snapshot.slot = log_.offset();
    if (message.round == log_.offset()) snapshot.offset = message.offset;
}

// The ballot of a value that is chosen is not below the one in which it was chosen: no other value can be proposed
// above that. So it may be kept as if it had been accepted here.
void Replica::on_chosen(ReplicaMessage& message) {
    if (message.entries.empty()) return on_told(message);
    if (role_ == Role::leading || message.slot == 0 || message.slot > chosen_ + 1) return;
    const Slot before = chosen_;
    for (std::size_t i = 0; i < message.entries.size(); ++i) {
        Accepted& entry = message.entries[i];
        const Slot slot = message.slot + i;
        if (slot <= chosen_) continue;
        if (entry.ballot.is_none()) break; // no member says that
        if (log_.ballot(slot) < entry.ballot) {
            unsaved_.push_back({slot, entry.ballot, true});
            log_.put(slot, std::move(entry));
        }
        know_chosen(slot);
        ++rare_.learned;
    }
    known_chosen_ = std::max(known_chosen_, message.chosen);
    if (chosen_ > before) went_on();
}

void Replica::on_snapshot(ReplicaMessage& message) {
    if (!needs_snapshot(message.slot)) return;
    chunk_ = Chunk{message.slot, message.offset, message.total, std::move(message.data)};
}

void Replica::chunk_written(Slot slot, std::uint64_t held) {
    CHECK(slot > 0);
    const bool is_more = slot != incoming_ || held > incoming_held_;
    incoming_ = slot;
    incoming_held_ = held;
    if (role_ != Role::leading && is_more) went_on();
}

void Replica::restore(Slot slot, std::vector<Configuration> configurations) {
    CHECK(needs_snapshot(slot));
    log_.forget(slot);
    chosen_ = slot;
    if (!FLAW(paxos_snapshot_forgets_members))
        configurations_ = configurations.empty() ? beginning() : Configurations(std::move(configurations));
    incoming_ = 0;
    incoming_held_ = 0;
    ++rare_.restored;
    went_on();
    check();
}

// There is more to learn, and a candidate that gets on keeps its ballot.
void Replica::went_on() {
    asked_in_vain_ = 0;
    if (chosen_ < known_chosen_) ask_to_learn();
    if (role_ != Role::preparing) return;
    timer_ = 0;
    lead_if_promised();
}

void Replica::compact(Slot slot) {
    CHECK(slot <= chosen_);
    if (slot <= log_.offset()) return;
    log_.forget(slot);
    configurations_.forget(slot);
    check();
}

} // namespace orrery::paxos
