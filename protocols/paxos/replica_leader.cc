// The proposer: one ballot for all slots that are not known to be chosen, and as long as nobody begins a higher one, a
// round trip for each value.
#include <algorithm>
#include <functional>

#include "orrery/protocols/paxos/flaws.def"
#include "orrery/protocols/paxos/replica.h"

namespace orrery::paxos {

// The new ballot is above whatever this member has promised, and it promises it to itself before anybody hears of it:
// so it never uses one again, however often it crashes.
void Replica::prepare(std::uint64_t random) {
    CHECK(role_ != Role::leading);
    const std::uint64_t durable = FLAW(paxos_leader_ballot_used_again) ? 0 : promised_.round;
    ballot_ = {std::max(round_heard_, durable) + 1, options_.self};
    CHECK(ballot_ > promised_ || sim::Flaw::any_on());
    step_down(options_.count);
    reset_timer(random);
    promised_ = std::max(promised_, ballot_);
    round_heard_ = ballot_.round;
    role_ = Role::preparing;
    prepare_waited_ = 0;
    promises_.assign(options_.count, {});
    promises_[options_.self].is_whole = true;
    ask_for_promises();
    lead_if_promised();
}

void Replica::ask_for_promise(Member to) {
    Promise& promise = promises_[to];
    if (promise.is_whole) return;
    if (promise.cursor == 0) promise.cursor = chosen_ + 1;
    send(Kind::prepare, to, ballot_).slot = promise.cursor;
}

void Replica::ask_for_promises() {
    const Voters others = peers();
    for (Member to = 0; to < options_.count; ++to)
        if (others.has(to)) ask_for_promise(to);
}

// P2c, of each slot: the value of the highest ballot that any of a majority has accepted counts. A leader asks once
// more, in the same ballot, those who are new.
void Replica::on_promise(ReplicaMessage& message) {
    const bool is_asking = role_ == Role::preparing || (role_ == Role::leading && !is_promised());
    if (!is_asking || message.ballot != ballot_) return;
    Promise& promise = promises_[message.from];
    if (promise.is_whole || promise.cursor == 0 || message.slot != promise.cursor) return;
    if (message.next != 0 && message.next <= message.slot) return;
    collect(message, role_ == Role::leading ? proposed_last() : chosen_);
    promise.chosen = std::max(promise.chosen, message.chosen);
    promise.is_whole = message.next == 0;
    if (promise.is_whole) return on_whole_promise(message.from);
    promise.cursor = message.next;
    ask_for_promise(message.from);
}

void Replica::collect(ReplicaMessage& message, Slot behind) {
    const Slot first = std::max(message.slot, message.chosen + 1);
    for (std::size_t i = 0; i < message.entries.size(); ++i) {
        Accepted& entry = message.entries[i];
        if (entry.ballot.is_none() || first + i <= behind) continue;
        Accepted& best = found_[first + i];
        if (entry.ballot > best.ballot) best = std::move(entry);
    }
}

// What somebody knows to be chosen where a leader has proposed is what it has proposed. Further on it has to learn, and
// to begin again.
void Replica::on_whole_promise(Member from) {
    const Promise promise = promises_[from];
    const bool is_behind = promise.chosen > (role_ == Role::leading ? proposed_last() : chosen_);
    rare_.behind += is_behind;
    if (role_ == Role::leading && !is_behind) return propose_again();
    if (role_ == Role::leading) step_down(options_.count);
    if (is_behind) {
        known_chosen_ = std::max(known_chosen_, promise.chosen);
        teacher_ = from;
        ask_to_learn();
    }
    if (role_ == Role::preparing) lead_if_promised();
}

// Majorities have said all they accepted above what they know to be chosen; once all of that is known here too, nothing
// is left open between. Whoever knows it may die before it has told: then the ballot has its time, and another follows.
void Replica::lead_if_promised() {
    CHECK(role_ == Role::preparing);
    if (!is_voter()) return step_down(options_.count); // it has learned so meanwhile
    if (!is_promised()) return;
    Slot chosen = 0;
    for (const Promise& each : promises_)
        if (each.is_whole) chosen = std::max(chosen, each.chosen);
    if (chosen <= chosen_ || FLAW(paxos_forgotten_slots_taken_for_empty)) lead();
}

void Replica::lead() {
    CHECK(tally_.empty());
    role_ = Role::leading;
    leader_ = options_.self;
    timer_ = 0;
    unheard_ = 0;
    sent_ = chosen_;
    sent_before_ = chosen_;
    heartbeats_.assign(options_.count, 0);
    heard_.assign(options_.count, false);
    found_last_ = log_.last();
    propose_again();
    send_heartbeats();
}

// Whatever a majority may have accepted in slots that were not this ballot's yet, in their order and as far as it may
// propose; and nothing in the gaps.
void Replica::propose_again() {
    CHECK(role_ == Role::leading);
    if (!found_.empty()) found_last_ = std::max(found_last_, found_.rbegin()->first);
    while (proposed_last() < found_last_ && may_propose(proposed_last() + 1)) {
        const Slot slot = proposed_last() + 1;
        put_own(slot, take_found(slot));
    }
    found_last_ = std::max(found_last_, chosen_);
    if (proposed_last() >= found_last_) found_.clear();
}

// What it has accepted itself counts too.
sim::Bytes Replica::take_found(Slot slot) {
    const Ballot own = log_.ballot(slot);
    const auto told = found_.find(slot);
    const bool is_mine_kept = FLAW(paxos_gap_filled_with_own_value);
    const bool is_told = told != found_.end() && told->second.ballot > own && !is_mine_kept;
    rare_.gaps += !is_told && own.is_none();
    rare_.adopted += is_told || !own.is_none();
    sim::Bytes value;
    if (is_told)
        value = std::move(told->second.value);
    else if (!own.is_none())
        value = log_.at(slot).value.copy();
    if (told != found_.end()) found_.erase(told);
    return value;
}

// The leader is an acceptor too; it counts itself once that is durable.
void Replica::put_own(Slot slot, sim::Bytes value) {
    CHECK(role_ == Role::leading);
    CHECK(slot == proposed_last() + 1);
    log_.put(slot, {ballot_, std::move(value)});
    unsaved_.push_back({slot, ballot_});
    tally_.emplace_back();
}

Slot Replica::propose(sim::Bytes command) {
    if (role_ != Role::leading || command.size() > value_bytes_max) return 0;
    const Slot slot = proposed_last() + 1;
    if (slot <= found_last_ || !may_propose(slot)) return 0;
    put_own(slot, value_of_command(std::move(command)));
    check();
    return slot;
}

// An acceptor that decides since another slot than the first is told so: it need not know it yet.
void Replica::send_accept(Member to, Slot first, Slot last) {
    ReplicaMessage& accept = send(Kind::accept, to, ballot_);
    accept.slot = first;
    accept.round = configurations_.from(first).front().since;
    accept.entries = entries_of(first, last);
}

// What was proposed since the last time, to those who decide there, in as few messages as it takes, without waiting for
// what is on its way.
void Replica::send_proposed() {
    const Slot last = proposed_last();
    sent_ = std::max(sent_, chosen_);
    while (sent_ < last) {
        const Slot first = sent_ + 1;
        sent_ = last_that_fits(first, last_of_same(first, last), options_.batch);
        const Voters voters = configurations_.of(first);
        for (Member to = 0; to < options_.count; ++to)
            if (to != options_.self && voters.has(to)) send_accept(to, first, sent_);
    }
}

// What was sent before the heartbeat before this one and is not answered is taken for lost, and some of it sent again.
void Replica::send_again() {
    for (Member to = 0; to < options_.count; ++to) {
        const auto is_missing = [&](Slot slot) {
            return configurations_.of(slot).has(to) && !tally_[slot - chosen_ - 1].accepted.has(to);
        };
        Slot first = chosen_ + 1;
        while (first <= sent_before_ && !is_missing(first)) ++first;
        if (to == options_.self || first > sent_before_) continue;
        send_accept(to, first, last_that_fits(first, last_of_same(first, sent_before_), SIZE_MAX));
    }
    sent_before_ = sent_;
}

void Replica::send_heartbeats() {
    ++heartbeat_;
    heartbeats_[options_.self] = heartbeat_;
    const bool confirms = !pending_reads_.empty() && may_confirm();
    for (PendingRead& each : pending_reads_)
        if (each.round == 0 && confirms)
            each = {each.read, std::max(each.slot, FLAW(paxos_read_skips_what_was_found) ? 0 : found_last_), heartbeat_,
                    configurations_.of(chosen_ + 1)};
    const Voters others = peers() | leaving();
    for (Member to = 0; to < options_.count; ++to)
        if (others.has(to)) send(Kind::heartbeat, to, ballot_).round = heartbeat_;
}

// False if a majority has not answered for an election timeout: the leader is cut off, and may have a successor.
bool Replica::is_heard(std::uint32_t count) {
    unheard_ += count;
    if (unheard_ < options_.election_ticks) return true;
    unheard_ = 0;
    heard_[options_.self] = true;
    Voters answered;
    for (Member member = 0; member < options_.count; ++member)
        if (heard_[member]) answered.add(member);
    heard_.assign(options_.count, false);
    return configurations_.of(chosen_ + 1).is_decided_by(answered);
}

void Replica::on_accepted(const ReplicaMessage& message) {
    if (role_ != Role::leading || message.ballot != ballot_) return;
    heard_[message.from] = true;
    const Slot end = std::min(message.next, proposed_last() + 1);
    for (Slot slot = std::max(message.slot, chosen_ + 1); slot < end; ++slot) count_accepted(slot, message.from);
    advance();
}

void Replica::persisted(std::span<const Unsaved> saved, Slot settled) {
    CHECK(settled <= chosen_);
    known_[options_.self] = std::max(known_[options_.self], settled);
    if (role_ != Role::leading) return;
    for (const Unsaved& each : saved)
        if (each.ballot == ballot_ && each.slot > chosen_) count_accepted(each.slot, options_.self);
    advance();
    check();
}

// Each acceptor that decides there once, however often it says so.
void Replica::count_accepted(Slot slot, Member member) {
    CHECK(slot > chosen_);
    CHECK(slot <= proposed_last());
    Tally& tally = tally_[slot - chosen_ - 1];
    const Voters voters = deciding(slot);
    if (!voters.has(member)) return;
    const bool is_repeated = tally.accepted.has(member);
    rare_.repeated += is_repeated;
    if (is_repeated && !FLAW(paxos_accepted_counted_twice)) return;
    tally.accepted.add(member);
    ++tally.count;
    const bool is_first = slot == chosen_ + 1 || tally_.front().count >= deciding(chosen_ + 1).quorum();
    rare_.out_of_order += tally.count == voters.quorum() && !is_first;
}

void Replica::advance() {
    const Slot before = chosen_;
    while (!tally_.empty() && tally_.front().count >= deciding(chosen_ + 1).quorum()) {
        CHECK(log_.ballot(chosen_ + 1) == ballot_);
        tally_.pop_front();
        know_chosen(chosen_ + 1);
    }
    if (chosen_ == before) return;
    propose_again();
    retire_if_removed();
}

// All that was acknowledged before the read is in slots up to what the promises told, or up to what this leader knows
// to be chosen; unless a higher ballot leads already. It does not if a majority answers a heartbeat sent after.
std::uint64_t Replica::read() {
    if (role_ != Role::leading) return 0;
    pending_reads_.push_back({++reads_, chosen_, 0, {}});
    return reads_;
}

void Replica::on_heartbeat_reply(const ReplicaMessage& message) {
    if (role_ != Role::leading || message.ballot != ballot_) return;
    if (message.round > heartbeat_) return; // no member says that
    heard_[message.from] = true;
    heartbeats_[message.from] = std::max(heartbeats_[message.from], message.round);
    answer_reads();
}

bool Replica::is_confirmed(const PendingRead& read) const {
    if (read.round == 0) return false;
    Voters answered;
    for (Member member = 0; member < options_.count; ++member)
        if (heartbeats_[member] >= read.round) answered.add(member);
    return read.voters.is_decided_by(answered) || FLAW(paxos_read_unconfirmed);
}

void Replica::answer_reads() {
    while (!pending_reads_.empty() && is_confirmed(pending_reads_.front())) {
        answers_.push_back({pending_reads_.front().read, pending_reads_.front().slot, false});
        pending_reads_.pop_front();
    }
}

// A higher ballot was promised there. The next of its own waits for a while that is drawn, so that two candidates do
// not go on against each other for ever.
void Replica::on_refuse(const ReplicaMessage& message, std::uint64_t random) {
    if (message.slot != 0 && role_ != Role::leading) return learn_from(message); // it decides nowhere, it is told
    if (role_ == Role::follower || message.ballot <= ballot_) return;
    const bool is_joining = joining_.has(message.from);
    if (!is_joining && !configurations_.voters_from(chosen_ + 1).has(message.from)) return; // it may promise anything
    step_down(options_.count);
    if (is_joining)
        prepare(random); // or it would hear nobody below
    else
        reset_timer(random);
}

} // namespace orrery::paxos
