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
    promises_.assign(options_.count, {.cursor = chosen_ + 1});
    promises_[options_.self].is_whole = true;
    for (Member to = 0; to < options_.count; ++to) ask_for_promise(to);
    lead_if_promised();
}

void Replica::ask_for_promise(Member to) {
    if (promises_[to].is_whole) return;
    send(Kind::prepare, to, ballot_).slot = promises_[to].cursor;
}

// P2c, of each slot: the value of the highest ballot that any of a majority has accepted counts.
void Replica::on_promise(ReplicaMessage& message) {
    if (role_ != Role::preparing || message.ballot != ballot_) return;
    Promise& promise = promises_[message.from];
    if (promise.is_whole || message.slot != promise.cursor) return;
    if (message.next != 0 && message.next <= message.slot) return;
    const Slot first = std::max(message.slot, message.chosen + 1);
    for (std::size_t i = 0; i < message.entries.size(); ++i) {
        Accepted& entry = message.entries[i];
        if (entry.ballot.is_none() || first + i <= chosen_) continue;
        Accepted& best = found_[first + i];
        if (entry.ballot > best.ballot) best = std::move(entry);
    }
    promise.chosen = std::max(promise.chosen, message.chosen);
    promise.is_whole = message.next == 0;
    if (!promise.is_whole) {
        promise.cursor = message.next;
        ask_for_promise(message.from);
        return;
    }
    if (promise.chosen > chosen_) {
        ++rare_.behind;
        known_chosen_ = std::max(known_chosen_, promise.chosen);
        teacher_ = message.from;
        ask_to_learn();
    }
    lead_if_promised();
}

// A majority has said all it accepted above what it knows to be chosen; once all of that is known here too, nothing is
// left open between. Whoever knows it may die before it has told: then the ballot has its time, and another follows.
void Replica::lead_if_promised() {
    CHECK(role_ == Role::preparing);
    std::uint32_t count = 0;
    Slot chosen = 0;
    for (const Promise& each : promises_) {
        if (!each.is_whole) continue;
        ++count;
        chosen = std::max(chosen, each.chosen);
    }
    if (count >= quorum() && (chosen <= chosen_ || FLAW(paxos_forgotten_slots_taken_for_empty))) lead();
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
    const Slot last = found_.empty() ? log_.last() : std::max(log_.last(), found_.rbegin()->first);
    for (Slot slot = chosen_ + 1; slot <= last; ++slot) {
        const Ballot own = log_.ballot(slot);
        const auto told = found_.find(slot);
        const bool is_mine_kept = FLAW(paxos_gap_filled_with_own_value);
        const bool is_told = told != found_.end() && told->second.ballot > own && !is_mine_kept;
        rare_.gaps += !is_told && own.is_none();
        rare_.adopted += is_told || !own.is_none();
        put_own(slot, is_told         ? std::move(told->second.value)
                      : own.is_none() ? sim::Bytes()
                                      : log_.at(slot).value.copy());
    }
    found_.clear();
    found_last_ = std::max(last, chosen_);
    send_heartbeats();
}

// The leader is an acceptor too; it counts itself once that is durable.
void Replica::put_own(Slot slot, sim::Bytes value) {
    CHECK(role_ == Role::leading);
    CHECK(slot == chosen_ + tally_.size() + 1);
    log_.put(slot, {ballot_, std::move(value)});
    unsaved_.push_back({slot, ballot_});
    tally_.emplace_back();
}

Slot Replica::propose(sim::Bytes value) {
    if (role_ != Role::leading || tally_.size() >= options_.window || value.size() > value_bytes_max) return 0;
    const Slot slot = chosen_ + tally_.size() + 1;
    put_own(slot, std::move(value));
    check();
    return slot;
}

void Replica::send_accept(Member to, Slot first, Slot last) {
    ReplicaMessage& accept = send(Kind::accept, to, ballot_);
    accept.slot = first;
    accept.entries = entries_of(first, last);
}

// What was proposed since the last time, in as few messages as it takes, without waiting for what is on its way.
void Replica::send_proposed() {
    const Slot last = std::min(log_.last(), chosen_ + options_.window);
    sent_ = std::max(sent_, chosen_);
    while (sent_ < last) {
        const Slot first = sent_ + 1;
        sent_ = last_that_fits(first, last, options_.batch);
        for (Member to = 0; to < options_.count; ++to)
            if (to != options_.self) send_accept(to, first, sent_);
    }
}

// What was sent before the heartbeat before this one and is not answered is taken for lost, and some of it sent again.
void Replica::send_again() {
    for (Member to = 0; to < options_.count; ++to) {
        const auto is_missing = [&](Slot slot) { return (tally_[slot - chosen_ - 1].members >> to & 1) == 0; };
        Slot first = chosen_ + 1;
        while (first <= sent_before_ && !is_missing(first)) ++first;
        if (to == options_.self || first > sent_before_) continue;
        send_accept(to, first, last_that_fits(first, sent_before_, SIZE_MAX));
    }
    sent_before_ = sent_;
}

void Replica::send_heartbeats() {
    ++heartbeat_;
    heartbeats_[options_.self] = heartbeat_;
    for (PendingRead& each : pending_reads_)
        if (each.round == 0) each.round = heartbeat_;
    for (Member to = 0; to < options_.count; ++to)
        if (to != options_.self) send(Kind::heartbeat, to, ballot_).round = heartbeat_;
}

// False if a majority has not answered for an election timeout: the leader is cut off, and may have a successor.
bool Replica::is_heard(std::uint32_t count) {
    unheard_ += count;
    if (unheard_ < options_.election_ticks) return true;
    unheard_ = 0;
    heard_[options_.self] = true;
    const auto answered = static_cast<std::uint32_t>(std::count(heard_.begin(), heard_.end(), true));
    heard_.assign(options_.count, false);
    return answered >= quorum();
}

void Replica::on_accepted(const ReplicaMessage& message) {
    if (role_ != Role::leading || message.ballot != ballot_) return;
    heard_[message.from] = true;
    const Slot end = std::min(message.next, log_.last() + 1);
    for (Slot slot = std::max(message.slot, chosen_ + 1); slot < end; ++slot) count_accepted(slot, message.from);
    advance();
}

void Replica::persisted(std::span<const Unsaved> saved) {
    if (role_ != Role::leading) return;
    for (const Unsaved& each : saved)
        if (each.ballot == ballot_ && each.slot > chosen_) count_accepted(each.slot, options_.self);
    advance();
    check();
}

// Each acceptor once, however often it says so.
void Replica::count_accepted(Slot slot, Member member) {
    CHECK(slot > chosen_);
    CHECK(slot <= chosen_ + tally_.size());
    Tally& tally = tally_[slot - chosen_ - 1];
    const std::uint64_t bit = std::uint64_t{1} << member;
    const bool is_repeated = (tally.members & bit) != 0;
    rare_.repeated += is_repeated;
    if (is_repeated && !FLAW(paxos_accepted_counted_twice)) return;
    tally.members |= bit;
    ++tally.count;
    rare_.out_of_order += tally.count == quorum() && slot > chosen_ + 1 && tally_.front().count < quorum();
}

void Replica::advance() {
    while (!tally_.empty() && tally_.front().count >= quorum()) {
        tally_.pop_front();
        ++chosen_;
        CHECK(log_.ballot(chosen_) == ballot_);
    }
}

// All that was acknowledged before the read is in slots up to what the promises told, or up to what this leader knows
// to be chosen; unless a higher ballot leads already. It does not if a majority answers a heartbeat sent after.
std::uint64_t Replica::read() {
    if (role_ != Role::leading) return 0;
    const Slot known = FLAW(paxos_read_skips_what_was_found) ? 0 : found_last_;
    pending_reads_.push_back({++reads_, std::max(chosen_, known), 0});
    return reads_;
}

void Replica::on_heartbeat_reply(const ReplicaMessage& message) {
    if (role_ != Role::leading || message.ballot != ballot_) return;
    if (message.round > heartbeat_) return; // no member says that
    heard_[message.from] = true;
    heartbeats_[message.from] = std::max(heartbeats_[message.from], message.round);
    answer_reads();
}

void Replica::answer_reads() {
    if (pending_reads_.empty()) return;
    std::vector<std::uint64_t> answered = heartbeats_;
    std::sort(answered.begin(), answered.end(), std::greater{});
    const std::uint64_t confirmed = FLAW(paxos_read_unconfirmed) ? heartbeat_ : answered[quorum() - 1];
    while (!pending_reads_.empty() && pending_reads_.front().round != 0 && pending_reads_.front().round <= confirmed) {
        answers_.push_back({pending_reads_.front().read, pending_reads_.front().slot, false});
        pending_reads_.pop_front();
    }
}

// A higher ballot was promised there. The next of its own waits for a while that is drawn, so that two candidates do
// not go on against each other for ever.
void Replica::on_refuse(const ReplicaMessage& message, std::uint64_t random) {
    if (role_ == Role::follower || message.ballot <= ballot_) return;
    step_down(options_.count);
    reset_timer(random);
}

} // namespace orrery::paxos
