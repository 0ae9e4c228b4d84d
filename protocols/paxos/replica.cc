// A replica's roles, its ticks, and who hears which message. The rules are in three files, as the paper has three
// agents: replica_acceptor.cc, replica_leader.cc (the proposer) and replica_learner.cc; who they are, and how that
// changes, in replica_membership.cc.
#include "orrery/protocols/paxos/replica.h"

#include <algorithm>
#include <iterator>

#include "orrery/protocols/paxos/flaws.def"

namespace orrery::paxos {
namespace {

// No cluster lives to count so far.
constexpr std::uint64_t number_end = std::uint64_t{1} << 56;

} // namespace

Replica::Replica(ReplicaOptions options, ReplicaState durable, std::uint64_t random)
    : options_(options), promised_(durable.promised), log_(durable.snapshot), chosen_(durable.snapshot),
      configurations_(Voters::all(1)), leader_(options.count), known_(options.count) {
    CHECK(options_.count > 0);
    CHECK(options_.count <= members_max);
    CHECK((options_.first | Voters::all(options_.count)) == Voters::all(options_.count));
    CHECK(options_.self < options_.count);
    CHECK(options_.heartbeat_ticks > 0);
    CHECK(options_.election_ticks > options_.heartbeat_ticks);
    CHECK(options_.batch > 0);
    CHECK(options_.window > 0);
    for (auto& [slot, accepted] : durable.accepted)
        if (slot > log_.offset()) log_.put(slot, std::move(accepted));
    configurations_ = durable.configurations.empty() ? beginning() : Configurations(std::move(durable.configurations));
    while (chosen_ < durable.chosen) know_chosen(chosen_ + 1);
    reset_timer(random);
    check();
}

// What holds between any two calls.
void Replica::check() const {
    CHECK(chosen_ >= log_.offset());
    CHECK(chosen_ <= log_.last());
    CHECK(leader_ <= options_.count);
    if (role_ == Role::follower) return;
    CHECK(ballot_ == promised_ || sim::Flaw::any_on()); // it is the first that has promised it
    CHECK(ballot_.member == options_.self);
    if (role_ == Role::preparing) return;
    CHECK(leader_ == options_.self);
    CHECK(proposed_last() <= log_.last());
    CHECK(sent_ <= log_.last());
    CHECK(proposed_last() <= chosen_ + options_.window || sim::Flaw::any_on());
}

void Replica::reset_timer(std::uint64_t random) {
    timer_ = 0;
    timeout_ = options_.election_ticks + static_cast<std::uint32_t>(random % options_.election_ticks);
}

ReplicaMessage& Replica::send(Kind kind, Member to, Ballot ballot) {
    CHECK(to < options_.count);
    CHECK(to != options_.self);
    ReplicaMessage& message = messages_.emplace_back();
    message.kind = kind;
    message.from = options_.self;
    message.to = to;
    message.ballot = ballot;
    message.chosen = chosen_;
    return message;
}

void Replica::take_messages(std::vector<ReplicaMessage>& out) {
    if (role_ == Role::leading) {
        hurry();
        send_proposed();
        if (!pending_reads_.empty() && pending_reads_.back().round == 0 && may_confirm()) send_heartbeats();
        answer_reads();
    }
    out.insert(out.end(), std::move_iterator(messages_.begin()), std::move_iterator(messages_.end()));
    messages_.clear();
}

// What was proposed may still come to be chosen, by whoever leads next.
void Replica::step_down(Member leader) {
    for (const PendingRead& each : pending_reads_) answers_.push_back({each.read, 0, true});
    if (!FLAW(paxos_reads_outlive_leadership)) pending_reads_.clear();
    promises_.clear();
    found_.clear();
    tally_.clear();
    joining_ = {};
    role_ = Role::follower;
    leader_ = leader;
}

void Replica::tick(std::uint64_t random, std::uint32_t count) {
    CHECK(count > 0);
    timer_ += count;
    if (role_ == Role::leading) {
        tick_leader(random, count);
        check();
        return;
    }
    if (chosen_ < known_chosen_ && (learn_waited_ += count) >= options_.heartbeat_ticks) {
        ++asked_in_vain_;
        ask_to_learn();
    }
    if (timer_ >= timeout_) {
        if (is_voter())
            prepare(random);
        else
            stay_out(random);
    } else if (role_ == Role::preparing && (prepare_waited_ += count) >= options_.heartbeat_ticks) {
        prepare_waited_ = 0;
        ask_for_promises();
    }
    check();
}

void Replica::tick_leader(std::uint64_t random, std::uint32_t count) {
    if (!is_heard(count)) {
        step_down(options_.count);
        reset_timer(random);
        return;
    }
    if (timer_ < options_.heartbeat_ticks) return;
    timer_ = 0;
    send_again();
    send_heartbeats();
    if (!is_promised()) ask_for_promises();
}

std::uint32_t Replica::ticks_until_due() const {
    const auto rest = [](std::uint32_t due, std::uint32_t waited) { return due > waited ? due - waited : 1; };
    if (role_ == Role::leading)
        return std::min(rest(options_.heartbeat_ticks, timer_), rest(options_.election_ticks, unheard_));
    std::uint32_t ticks = rest(timeout_, timer_);
    if (chosen_ < known_chosen_) ticks = std::min(ticks, rest(options_.heartbeat_ticks, learn_waited_));
    if (role_ == Role::preparing) ticks = std::min(ticks, rest(options_.heartbeat_ticks, prepare_waited_));
    return ticks;
}

// Numbers that no cluster lives to reach would be counted past their end.
bool Replica::is_possible(Ballot ballot) const { return ballot.round < number_end && ballot.member < members_max; }

bool Replica::is_well_formed(const ReplicaMessage& message) const {
    for (const std::uint64_t number : {message.slot, message.next, message.chosen})
        if (number >= number_end) return false;
    for (const Accepted& each : message.entries)
        if (!is_possible(each.ballot)) return false;
    return is_possible(message.ballot);
}

// A member says it, but one of them may be broken, or somebody else may speak in its name: that must not end this one.
void Replica::step(ReplicaMessage message, std::uint64_t random) {
    CHECK(message.from < options_.count);
    CHECK(message.from != options_.self);
    CHECK(message.to == options_.self);
    if (!is_well_formed(message)) return;
    const Ballot promised = promised_;
    const Slot chosen = chosen_;
    round_heard_ = std::max(round_heard_, message.ballot.round);
    if (!may_leave_at_once(message.kind)) known_[message.from] = std::max(known_[message.from], message.chosen);
    dispatch(message, random);
    CHECK(promised_ >= promised);
    CHECK(chosen_ >= chosen);
    check();
}

void Replica::dispatch(ReplicaMessage& message, std::uint64_t random) {
    switch (message.kind) {
    case Kind::prepare:
        on_prepare(message, random);
        break;
    case Kind::promise:
        on_promise(message);
        break;
    case Kind::accept:
        on_accept(message, random);
        break;
    case Kind::accepted:
        on_accepted(message);
        break;
    case Kind::refuse:
        on_refuse(message, random);
        break;
    case Kind::heartbeat:
        on_heartbeat(message, random);
        break;
    case Kind::heartbeat_reply:
        on_heartbeat_reply(message);
        break;
    case Kind::learn:
        on_learn(message);
        break;
    case Kind::chosen:
        on_chosen(message);
        break;
    case Kind::snapshot:
        on_snapshot(message);
        break;
    }
}

Slot Replica::last_that_fits(Slot first, Slot last, std::size_t count_max) const {
    CHECK(first <= last);
    std::size_t bytes = 0;
    for (Slot slot = first; slot <= last; ++slot) {
        bytes += log_.at(slot).value.size() + 16; // its ballot and its length
        const bool is_too_much = bytes > message_bytes_max || slot - first >= count_max;
        if (is_too_much && slot > first) return slot - 1;
    }
    return last;
}

std::vector<Accepted> Replica::entries_of(Slot first, Slot last) const {
    std::vector<Accepted> entries;
    if (first > last) return entries;
    CHECK(last <= log_.last());
    entries.reserve(last + 1 - first);
    for (Slot slot = first; slot <= last; ++slot) entries.push_back(log_.at(slot).copy());
    return entries;
}

} // namespace orrery::paxos
