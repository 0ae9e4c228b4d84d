// Who decides, and how that changes: by voters that are chosen in a slot and decide a window later. See configuration.h
// for the rule.
//
// That a leader knows who decides in a slot is not enough: it must have the promises of a majority of them, or it would
// not know what they have accepted in lower ballots. So it asks those who are new once it knows them, and until a
// majority of them has promised it proposes only where they do not decide yet.
#include <algorithm>
#include <array>

#include "orrery/protocols/paxos/flaws.def"
#include "orrery/protocols/paxos/replica.h"

namespace orrery::paxos {

Configurations Replica::beginning() const {
    return Configurations(options_.first.is_empty() ? Voters::all(options_.count) : options_.first);
}

// The next slot is known to be chosen. Voters that no member could have proposed count as nothing, everywhere alike.
void Replica::know_chosen(Slot slot) {
    CHECK(slot == chosen_ + 1);
    CHECK(log_.has(slot));
    chosen_ = slot;
    const std::optional<Voters> voters = voters_of(log_.at(slot).value);
    const Voters all = Voters::all(options_.count);
    if (!voters || voters->is_empty() || (*voters | all) != all) return;
    configurations_.enter({slot, slot + (FLAW(paxos_members_in_force_at_once) ? 1 : options_.window), *voters});
    if (role_ != Role::follower && !is_promised()) ask_for_promises();
}

// Slots from which on somebody else may begin ballots than before.
Slot Replica::settled() const {
    Slot settled = 0;
    for (const Configuration& each : configurations_.known()) {
        if (each.chosen_in <= chosen_) settled = std::max(settled, each.chosen_in);
        if (each.since > 0 && each.since - 1 <= chosen_) settled = std::max(settled, each.since - 1);
    }
    return settled;
}

// Whom a leader or candidate talks to.
Voters Replica::peers() const {
    return (configurations_.voters_from(chosen_ + 1) | joining_).without(Voters::of(std::array{options_.self}));
}

// Those who have left and may not know it: they would begin ballots.
Voters Replica::leaving() const {
    const Slot since = configurations_.from(chosen_ + 1).front().since;
    Voters ignorant;
    for (Member member = 0; member < options_.count; ++member)
        if (member != options_.self && known_[member] + 1 < since) ignorant.add(member);
    return configurations_.voters_from(0) & ignorant;
}

Voters Replica::deciding(Slot slot) const {
    if (FLAW(paxos_old_members_decide)) return configurations_.of(slot > options_.window ? slot - options_.window : 0);
    return configurations_.of(slot);
}

// Up to where the same decide as in the first of these slots.
Slot Replica::last_of_same(Slot first, Slot last) const {
    const std::span<const Configuration> from = configurations_.from(first);
    return from.size() > 1 ? std::min(last, from[1].since - 1) : last;
}

bool Replica::has_promised(Voters voters) const {
    Voters promised;
    for (Member member = 0; member < options_.count; ++member)
        if (promises_[member].is_whole) promised.add(member);
    return voters.is_decided_by(promised);
}

// Majorities of all that it knows to decide anywhere.
bool Replica::is_promised() const {
    CHECK(role_ != Role::follower);
    const std::span<const Configuration> from = configurations_.from(chosen_ + 1);
    if (FLAW(paxos_new_members_not_asked)) return has_promised(from.front().voters) || role_ == Role::leading;
    return std::all_of(from.begin(), from.end(), [&](const Configuration& each) { return has_promised(each.voters); });
}

// A leader that is to go has nothing more to say where the others decide.
bool Replica::may_propose(Slot slot) const {
    if (slot > chosen_ + options_.window && !FLAW(paxos_window_not_kept)) return false;
    const Configuration& last = configurations_.last();
    if (slot >= last.since && !last.voters.has(options_.self)) return false;
    return has_promised(configurations_.of(slot)) || FLAW(paxos_new_members_not_asked);
}

// A read is confirmed by those who decide in the next slot. That is not enough while those whom this leader has not
// asked may decide further on: they may have had a leader of a lower ballot, and have it still.
bool Replica::may_confirm() const {
    if (FLAW(paxos_read_before_members_known)) return true;
    return is_promised() && proposed_last() >= found_last_ && !is_pending(chosen_ + 1, found_last_);
}

bool Replica::is_pending(Slot first, Slot last) const {
    for (Slot slot = first; slot <= last; ++slot)
        if (voters_of(log_.at(slot).value)) return true;
    return false;
}

// It answers, and lacks no more than it could accept beyond.
bool Replica::is_near(Member member) const {
    if (member == options_.self) return true;
    if (heartbeats_[member] == 0 || heartbeats_[member] + 2 < heartbeat_) return false;
    return known_[member] + options_.window >= chosen_;
}

// Whoever joins must be near, or it would hold up what comes after.
bool Replica::can_join(Voters wanted) const {
    Voters near;
    for (Member member = 0; member < options_.count; ++member)
        if (wanted.has(member) && is_near(member)) near.add(member);
    return (joining_ & near) == joining_ && wanted.is_decided_by(near);
}

ChangeAnswer Replica::change(Voters wanted) {
    CHECK(!wanted.is_empty());
    CHECK((wanted | Voters::all(options_.count)) == Voters::all(options_.count));
    if (role_ != Role::leading) return ChangeAnswer::not_leader;
    const Configuration& last = configurations_.last();
    const bool is_open = last.since > chosen_ + 1 || proposed_last() < found_last_;
    if (is_open || is_pending(chosen_ + 1, proposed_last())) return ChangeAnswer::under_way;
    if (last.voters == wanted) {
        Voters knowing;
        for (Member member = 0; member < options_.count; ++member)
            if (known_[member] + 1 >= last.since) knowing.add(member);
        return wanted.is_decided_by(knowing) ? ChangeAnswer::done : ChangeAnswer::under_way;
    }
    joining_ = wanted.without(last.voters);
    if (can_join(wanted) && may_propose(proposed_last() + 1)) put_own(proposed_last() + 1, value_of_voters(wanted));
    check();
    return ChangeAnswer::under_way;
}

// Those who are to come need not wait for commands.
void Replica::hurry() {
    CHECK(role_ == Role::leading);
    const Slot last = configurations_.last().since;
    while (proposed_last() + 1 < last && proposed_last() >= found_last_ && may_propose(proposed_last() + 1)) {
        put_own(proposed_last() + 1, {});
        ++rare_.hurried;
    }
}

void Replica::retire_if_removed() {
    if (role_ != Role::leading || is_voter()) return;
    send_heartbeats();
    step_down(options_.count);
    ++rare_.retired;
}

// One that does not know that it has left would disturb those who stay. Who knows more than this one may be right.
bool Replica::refuses_stranger(const ReplicaMessage& message) {
    const std::span<const Configuration> from = configurations_.from(chosen_ + 1);
    if (configurations_.voters_from(chosen_ + 1).has(message.from)) return false;
    if (message.chosen > chosen_) {
        learn_from(message);
        return false;
    }
    send(Kind::refuse, message.from, promised_).slot = std::max<Slot>(1, from.front().since);
    ++rare_.strangers;
    return true;
}

// Without a leader. Those who decide may not know that they do, if nobody lived to tell them.
void Replica::stay_out(std::uint64_t random) {
    CHECK(!is_voter());
    step_down(options_.count);
    reset_timer(random);
    tell_others();
}

void Replica::tell_others() {
    const Configuration& now = configurations_.from(chosen_ + 1).front();
    Voters knowing;
    for (Member member = 0; member < options_.count; ++member)
        if (known_[member] + 1 >= now.since) knowing.add(member);
    if (now.voters.is_decided_by(knowing)) return;
    ++rare_.told;
    for (Member to = 0; to < options_.count; ++to)
        if (now.voters.has(to) && !knowing.has(to)) send(Kind::chosen, to, {}).slot = chosen_ + 1;
}

void Replica::on_told(const ReplicaMessage& message) {
    if (message.chosen <= chosen_)
        send(Kind::refuse, message.from, promised_); // as an answer: this one knows
    else
        learn_from(message);
}

} // namespace orrery::paxos
