// How the core is made, what holds of it between any two calls, and where a tick or a message goes from here.
#include <algorithm>
#include <numeric>

#include "orrery/protocols/raft/core.h"
#include "orrery/protocols/raft/flaws.def"

namespace orrery::raft {

bool leaves_early(const Message& message) {
    switch (message.kind) {
    case Message::Kind::append:
    case Message::Kind::snapshot:
    case Message::Kind::timeout_now:
    case Message::Kind::pre_vote:
    case Message::Kind::pre_vote_reply:
    case Message::Kind::read:
    case Message::Kind::propose:
    case Message::Kind::propose_reply:
    case Message::Kind::read_reply: // what is committed is durable where it counts
        return true;
    case Message::Kind::vote: // it says how far the log goes
    case Message::Kind::vote_reply:
    case Message::Kind::append_reply:
    case Message::Kind::snapshot_reply:
        return false;
    }
    return false;
}

Core::Core(CoreOptions options, HardState hard, Mark mark, std::vector<Entry> entries, std::uint64_t random)
    : options_(std::move(options)), hard_(hard), log_(std::move(entries), mark.index, mark.term),
      leader_(options_.count), transferee_(options_.count), commit_(mark.index),
      since_leader_(options_.lease_reads ? 0 : options_.election_ticks), requests_(random << 32) {
    CHECK(!options_.lease_reads || options_.check_quorum);
    CHECK(options_.self < options_.count);
    CHECK(options_.heartbeat_ticks > 0);
    CHECK(options_.election_ticks > options_.heartbeat_ticks);
    CHECK(options_.batch > 0);
    CHECK(options_.uncommitted_bytes_max > 0);
    CHECK(options_.in_flight_max > 0);
    CHECK(options_.chunk_bytes > 0);
    CHECK(options_.chunk_window > 0);
    CHECK(hard_.vote == 0 || hard_.term > 0);
    CHECK(options_.witnesses.empty() || options_.witnesses.back() < options_.count);
    Configuration first = mark.index > 0 ? std::move(mark.configuration) : options_.first;
    if (mark.index == 0 && first.voters.incoming.empty()) {
        first.voters.incoming.resize(options_.count);
        std::iota(first.voters.incoming.begin(), first.voters.incoming.end(), Member{0});
    }
    enter(mark.index, std::move(first));
    for (Index index = log_.first_index(); index <= log_.last_index(); ++index) {
        if (log_.entry(index).kind != Entry::Kind::configuration) continue;
        auto read = sim::decode<Configuration>(log_.entry(index).command);
        CHECK(read.has_value());
        enter(index, std::move(*read));
    }
    reset_timer(random);
    check();
}

// What holds between any two calls.
void Core::check() const {
    CHECK(hard_.vote <= options_.count);
    CHECK(leader_ <= options_.count);
    CHECK(!configurations_.empty());
    CHECK(configurations_.back().since <= log_.last_index());
    CHECK(transferee_ == options_.count || role_ == Role::leader);
    CHECK(log_.stable() <= log_.last_index());
    CHECK(log_.last_term() <= hard_.term || sim::Flaw::any_on());
    CHECK(commit_ <= log_.last_index() || sim::Flaw::any_on());
    CHECK(commit_ >= log_.snapshot_index() || sim::Flaw::any_on());
    CHECK(verified_ <= log_.last_index() || sim::Flaw::any_on());
    CHECK(early_.count() <= options_.in_flight_max);
    CHECK(early_.bytes() <= options_.in_flight_bytes_max);
    CHECK(early_.count() == 0 || role_ != Role::leader);
    if (role_ == Role::follower) return;
    if (role_ != Role::leader) CHECK(leader_ == options_.count);
    if (role_ == Role::pre_candidate) return;
    CHECK(hard_.vote == options_.self + 1 || sim::Flaw::any_on()); // a candidate votes for itself, and a leader was one
    if (role_ == Role::candidate) return;
    CHECK(leader_ == options_.self);
    CHECK(log_.last_term() == hard_.term || sim::Flaw::any_on()); // at least the no-op is its own
    CHECK(progress_.size() == options_.count);
    for (const Progress& each : progress_) CHECK(each.in_flight.count() <= options_.in_flight_max);
    if (commit_ == log_.last_index()) CHECK(uncommitted_bytes_ == 0 || sim::Flaw::any_on());
}

void Core::send(Message&& message) {
    CHECK(message.to < options_.count);
    CHECK(message.to != options_.self);
    message.from = options_.self;
    message.term = hard_.term;
    messages_.push_back(std::move(message));
}

// Of those that are sent most, in its place. It is filled in before another one is made.
Message& Core::begin_message(Member to) {
    CHECK(to < options_.count);
    CHECK(to != options_.self);
    Message& message = messages_.emplace_back();
    message.from = options_.self;
    message.to = to;
    message.term = hard_.term;
    return message;
}

void Core::take_messages(std::vector<Message>& out) {
    if (role_ == Role::leader)
        replicate();
    else
        forward_reads();
    if (out.empty()) {
        out.swap(messages_);
        return;
    }
    move_to_end(messages_, out);
}

void Core::tick(std::uint64_t random, std::uint32_t count) {
    CHECK(count > 0);
    timer_ += count;
    ticks_ += count;
    refuse_old_reads();
    since_leader_ = std::min(options_.election_ticks, since_leader_ + count);
    if (role_ != Role::leader) {
        if (timer_ >= timeout_) {
            if (!may_campaign())
                reset_timer(random);
            else
                options_.pre_vote ? pre_campaign(random) : campaign(random);
        }
        check();
        return;
    }
    if (options_.check_quorum && !is_heard(count)) {
        become_follower(hard_.term, options_.count);
        reset_timer(random);
        check();
        return;
    }
    if (transferee_ < options_.count && (transfer_ticks_ += count) >= options_.election_ticks)
        transferee_ = options_.count;
    for (Progress& each : progress_) each.snapshot.waited += count;
    if (timer_ < options_.heartbeat_ticks) return;
    timer_ = 0;
    heartbeat_due_ = true;
}

std::uint32_t Core::ticks_until_due() const {
    const std::uint32_t due = role_ == Role::leader ? options_.heartbeat_ticks : timeout_;
    const std::uint32_t rest = due > timer_ ? due - timer_ : 1;
    if (role_ != Role::leader || !options_.check_quorum) return rest;
    CHECK(unheard_ < options_.election_ticks);
    return std::min(rest, options_.election_ticks - unheard_);
}

Index Core::propose(sim::Bytes command) {
    if (role_ != Role::leader || transferee_ < options_.count) return 0;
    if (uncommitted_bytes_ >= options_.uncommitted_bytes_max) return 0;
    append({hard_.term, std::move(command)});
    check();
    return log_.last_index();
}

void Core::step(Message&& message, std::uint64_t random) {
    CHECK(message.from < options_.count);
    CHECK(message.from != options_.self);
    if (!is_well_formed(message)) return;
    if (contradicts(message)) {
        ++rare_.contradictions;
        return;
    }
    const HardState before = hard_;
    const Index committed = commit_;
    const bool is_uncalled = message.kind == Message::Kind::vote && !message.success;
    const bool is_ignored = options_.check_quorum && hears_leader() && !FLAW(raft_candidate_deposes_heard_leader);
    // It may be in the candidate's term already, by a message of another kind, and have its vote still.
    const bool may_vote = message.term > hard_.term || (message.term == hard_.term && hard_.vote == 0);
    if (is_uncalled && may_vote && is_ignored) return;
    if (FLAW(raft_known_leader_gets_no_vote) && is_uncalled && message.from == leader_) return;
    // A pre-vote changes nothing, and least of all a term.
    const bool is_pre_vote = message.kind == Message::Kind::pre_vote;
    if (!is_pre_vote && message.term > hard_.term) become_follower(message.term, options_.count);
    dispatch(message, random);
    CHECK(hard_.term >= before.term);
    CHECK(commit_ >= committed || sim::Flaw::any_on());
    if (hard_.term == before.term && before.vote != 0) // one vote a term
        CHECK(hard_.vote == before.vote || sim::Flaw::any_on());
    check();
}

void Core::dispatch(Message& message, std::uint64_t random) {
    switch (message.kind) {
    case Message::Kind::vote:
        on_vote(message, random);
        break;
    case Message::Kind::vote_reply:
        on_vote_reply(message);
        break;
    case Message::Kind::append:
        on_append(message, random);
        break;
    case Message::Kind::append_reply:
        on_append_reply(message);
        break;
    case Message::Kind::pre_vote:
        on_pre_vote(message);
        break;
    case Message::Kind::pre_vote_reply:
        on_pre_vote_reply(message, random);
        break;
    case Message::Kind::timeout_now:
        on_timeout_now(message, random);
        break;
    case Message::Kind::snapshot:
        on_snapshot(message, random);
        break;
    case Message::Kind::snapshot_reply:
        on_snapshot_reply(message);
        break;
    case Message::Kind::read:
        on_read(message);
        break;
    case Message::Kind::read_reply:
        on_read_reply(message);
        break;
    case Message::Kind::propose:
        on_propose(message);
        break;
    case Message::Kind::propose_reply:
        on_propose_reply(message);
        break;
    }
}

} // namespace orrery::raft
