// The rules of the Synod, a function each: the two of an acceptor, then those of a proposer. Who knows what was chosen
// in a decree says so to whoever begins a ballot there: that is how a member that was away catches up.
#include "orrery/protocols/paxos/core.h"

#include <algorithm>
#include <iterator>

#include "orrery/protocols/paxos/flaws.def"

namespace orrery::paxos {

using Kind = Message::Kind;
using Phase = Proposal::Phase;

Core::Core(Member self, Member count, std::map<Decree, Acceptance> durable)
    : self_(self), count_(count), acceptances_(std::move(durable)) {
    CHECK(count_ > 0);
    CHECK(self_ < count_);
    for (const auto& [decree, acceptance] : acceptances_) {
        CHECK(decree > 0);
        CHECK(acceptance.accepted <= acceptance.promised || sim::Flaw::any_on());
        if (acceptance.is_chosen && decree == first_open_) ++first_open_;
    }
}

void Core::take_messages(std::vector<Message>& out) {
    out.insert(out.end(), std::move_iterator(messages_.begin()), std::move_iterator(messages_.end()));
    messages_.clear();
}

void Core::propose(std::string value) {
    CHECK(!is_proposing());
    begin(first_open_, std::move(value));
}

void Core::retry(std::string value) {
    CHECK(is_proposing());
    begin(first_open_, std::move(value));
}

// The new ballot is above whatever this member has promised, and it promises it to itself before anybody hears of it:
// so it never uses one again, however often it crashes.
void Core::begin(Decree decree, std::string value) {
    Acceptance& own = acceptances_[decree];
    CHECK(!own.is_chosen);
    const std::uint64_t durable = FLAW(paxos_ballot_used_again) ? 0 : own.promised.round;
    proposal_ = {Phase::prepare, decree, {std::max(round_, durable) + 1, self_}, std::move(value), {}, {}, {}};
    round_ = proposal_.ballot.round;
    CHECK(proposal_.ballot > own.promised || sim::Flaw::any_on());
    for (Member to = 0; to < count_; ++to) {
        Message prepare{Kind::prepare, self_, to, decree, proposal_.ballot, {}, {}};
        if (to == self_)
            promise(prepare);
        else
            messages_.push_back(std::move(prepare));
    }
}

void Core::send(Kind kind, Member to, const Message& about) {
    messages_.push_back({kind, self_, to, about.decree, about.ballot, {}, {}});
}

void Core::step(const Message& message) {
    CHECK(message.from < count_);
    CHECK(message.to == self_);
    CHECK(message.decree > 0);
    round_ = std::max({round_, message.ballot.round, message.other.round});
    switch (message.kind) {
    case Kind::prepare:
        promise(message);
        break;
    case Kind::accept:
        accept(message);
        break;
    case Kind::promise:
        on_promise(message);
        break;
    case Kind::accepted:
        on_accepted(message);
        break;
    case Kind::refuse: // somebody has begun a higher ballot; this one may still get its majority, of others
        break;
    case Kind::chosen:
        learn(message.decree, message.value);
        break;
    }
    CHECK(!acceptances_.contains(first_open_) || !acceptances_.at(first_open_).is_chosen);
}

// --- acceptor ----------------------------------------------------------------------------------------

// P1: an acceptor answers a prepare of a number that is not below what it has promised, with what it has accepted.
void Core::promise(const Message& message) {
    Acceptance& own = acceptances_[message.decree];
    if (own.is_chosen) {
        send(Kind::chosen, message.from, message);
        messages_.back().value = own.value;
        return;
    }
    if (message.ballot < own.promised) {
        send(Kind::refuse, message.from, message);
        messages_.back().other = own.promised;
        return;
    }
    if (own.promised != message.ballot) changed_.try_emplace(message.decree, false);
    own.promised = message.ballot;
    send(Kind::promise, message.from, message);
    messages_.back().other = FLAW(paxos_promised_told_as_accepted) ? own.promised : own.accepted;
    messages_.back().value = own.value;
}

// P1a: it accepts a proposal unless it has promised a higher number.
void Core::accept(const Message& message) {
    Acceptance& own = acceptances_[message.decree];
    if (own.is_chosen) {
        send(Kind::chosen, message.from, message);
        messages_.back().value = own.value;
        return;
    }
    if (message.ballot < own.promised && !FLAW(paxos_accepts_below_promise)) {
        send(Kind::refuse, message.from, message);
        messages_.back().other = own.promised;
        return;
    }
    if (own.accepted == message.ballot && own.value != message.value) return; // no proposer says that
    own.promised = std::max(own.promised, message.ballot);
    own.accepted = message.ballot;
    own.value = message.value;
    changed_[message.decree] = true;
    send(Kind::accepted, message.from, message);
}

// --- proposer ----------------------------------------------------------------------------------------

bool Core::is_of_proposal(const Message& message, Phase phase) const {
    const bool is_any = FLAW(paxos_accepted_of_an_earlier_ballot_counted) && phase == Phase::accept;
    return proposal_.phase == phase && message.decree == proposal_.decree &&
           (message.ballot == proposal_.ballot || is_any);
}

// P2c: what is proposed is the value of the highest ballot that any of a majority has accepted, or, if none of them has
// accepted any, what the proposer wants.
void Core::on_promise(const Message& message) {
    if (!is_of_proposal(message, Phase::prepare) || message.other > message.ballot) return;
    proposal_.promised.insert(message.from);
    const bool is_higher = message.other > proposal_.highest || FLAW(paxos_any_accepted_value_taken);
    if (!message.other.is_none() && is_higher && !FLAW(paxos_own_value_proposed)) {
        proposal_.highest = message.other;
        proposal_.value = message.value;
    }
    if (proposal_.promised.size() < quorum()) return;
    proposal_.phase = Phase::accept;
    for (Member to = 0; to < count_; ++to)
        messages_.push_back({Kind::accept, self_, to, proposal_.decree, proposal_.ballot, {}, proposal_.value});
}

void Core::on_accepted(const Message& message) {
    if (!is_of_proposal(message, Phase::accept)) return;
    proposal_.accepted.insert(message.from);
    if (proposal_.accepted.size() < quorum()) return;
    const Message chosen{Kind::chosen, self_, self_, proposal_.decree, {}, {}, proposal_.value};
    learn(chosen.decree, chosen.value);
    CHECK(!is_proposing());
    for (Member to = 0; to < count_; ++to) {
        if (to == self_) continue;
        messages_.push_back(chosen);
        messages_.back().to = to;
    }
}

void Core::learn(Decree decree, const std::string& value) {
    Acceptance& own = acceptances_[decree];
    if (own.is_chosen && own.value == value) return;
    learned_.push_back({decree, value});
    if (!own.is_chosen) {
        own.is_chosen = true;
        own.value = value;
        changed_.try_emplace(decree, false);
    }
    if (proposal_.decree == decree) proposal_.phase = Phase::none;
    while (acceptances_.contains(first_open_) && acceptances_.at(first_open_).is_chosen) ++first_open_;
}

} // namespace orrery::paxos
