// The rules of Raft (figure 2 of the paper), a function for each message and each change of role.
//
// The core decides; its owner acts. It relies on the owner for this:
//
// 1. One call at a time. The core calls nothing back and keeps no reference to what it was given.
// 2. `step` gets messages of members of this cluster only, addressed to this member, whole, and from whom they say.
//    They may be lost, repeated, delayed and reordered.
// 3. After a call the owner takes the messages, and sends none before hard() and the log up to last_index() are
//    durable: each message promises what the core held when it was made. A message may then be lost.
// 4. `persisted(last)` follows once the entries up to `last` are durable, and not before: by it the leader counts
//    itself towards a majority. The log may have grown meanwhile; it must not have been truncated.
// 5. Entries up to commit() are applied in the order of their indexes, each once in a boot. They never change again.
//    A command that is empty opens a term and means nothing to a state machine.
// 6. After a crash a core is made again from the durable hard state and log. Nothing else need survive.
// 7. `tick` is called at a steady pace that all members share roughly. Time has no other use: a wrong pace costs
//    elections, never safety.
// 8. Each `random` is a fresh draw, of which the core makes the election timeout.
#include "orrery/protocols/raft/core.h"

#include <algorithm>
#include <numeric>

#include "orrery/protocols/raft/flaws.def"

namespace orrery::raft {
namespace {

constexpr std::uint32_t resend_ticks = 3; // an append that is unanswered for so long is sent again

} // namespace

Core::Core(CoreOptions options, HardState hard, std::vector<Entry> entries, std::uint64_t random)
    : options_(options), hard_(hard), log_(std::move(entries)), leader_(options.count) {
    CHECK(options_.self < options_.count);
    CHECK(options_.heartbeat_ticks > 0);
    CHECK(options_.election_ticks > options_.heartbeat_ticks);
    CHECK(options_.batch > 0);
    CHECK(hard_.vote == 0 || hard_.term > 0);
    voters_.incoming.resize(options_.count);
    std::iota(voters_.incoming.begin(), voters_.incoming.end(), Member{0});
    reset_timer(random);
    check();
}

// What holds between any two calls.
void Core::check() const {
    CHECK(hard_.vote <= options_.count);
    CHECK(leader_ <= options_.count);
    CHECK(log_.stable() <= log_.last_index());
    CHECK(log_.last_term() <= hard_.term || sim::Flaw::any_on());
    CHECK(commit_ <= log_.last_index() || sim::Flaw::any_on());
    if (role_ == Role::follower) return;
    CHECK(hard_.vote == options_.self + 1); // a candidate votes for itself, and a leader was one
    if (role_ == Role::candidate) {
        CHECK(leader_ == options_.count);
        return;
    }
    CHECK(leader_ == options_.self);
    CHECK(log_.last_term() == hard_.term); // at least the no-op is its own
    CHECK(progress_.size() == options_.count);
}

void Core::reset_timer(std::uint64_t random) {
    timer_ = 0;
    timeout_ = options_.election_ticks + static_cast<std::uint32_t>(random % options_.election_ticks);
}

void Core::send(Message message) {
    CHECK(message.to < options_.count);
    CHECK(message.to != options_.self);
    message.from = options_.self;
    message.term = hard_.term;
    messages_.push_back(std::move(message));
}

void Core::become_follower(Term term, Member leader) {
    CHECK(term >= hard_.term);
    if (term > hard_.term) hard_ = {term, 0};
    role_ = Role::follower;
    leader_ = leader;
}

void Core::tick(std::uint64_t random, std::uint32_t count) {
    CHECK(count > 0);
    timer_ += count;
    if (role_ != Role::leader) {
        if (timer_ >= timeout_) campaign(random);
        check();
        return;
    }
    for (Progress& each : progress_)
        if (each.in_flight && (each.waited += count) >= resend_ticks) each.in_flight = false;
    if (timer_ < options_.heartbeat_ticks) return;
    timer_ = 0;
    broadcast(true);
}

std::uint32_t Core::ticks_until_due() const {
    const std::uint32_t due = role_ == Role::leader ? options_.heartbeat_ticks : timeout_;
    return due > timer_ ? due - timer_ : 1;
}

void Core::campaign(std::uint64_t random) {
    CHECK(role_ != Role::leader);
    hard_ = {hard_.term + 1, options_.self + 1};
    role_ = Role::candidate;
    leader_ = options_.count;
    votes_.assign(options_.count, Vote::none);
    votes_[options_.self] = Vote::granted;
    reset_timer(random);
    if (result() == VoteResult::won) {
        become_leader();
        return;
    }
    for (Member to = 0; to < options_.count; ++to) {
        if (to == options_.self) continue;
        Message message;
        message.kind = Message::Kind::vote;
        message.to = to;
        message.index = log_.last_index();
        message.index_term = log_.last_term();
        send(std::move(message));
    }
}

void Core::become_leader() {
    CHECK(role_ == Role::candidate);
    CHECK(result() == VoteResult::won);
    CHECK(log_.last_term() < hard_.term || sim::Flaw::any_on()); // no entry of its term can be anywhere yet
    role_ = Role::leader;
    leader_ = options_.self;
    timer_ = 0;
    progress_.assign(options_.count, Progress{0, log_.last_index() + 1, 0, false, 0});
    log_.append({hard_.term, {}});
    broadcast(false);
}

Index Core::propose(sim::Bytes command) {
    if (role_ != Role::leader) return 0;
    log_.append({hard_.term, std::move(command)});
    broadcast(false);
    check();
    return log_.last_index();
}

void Core::broadcast(bool heartbeat) {
    for (Member to = 0; to < options_.count; ++to)
        if (to != options_.self) send_append(to, heartbeat);
}

// At most one append with entries is in flight to each peer. A heartbeat goes out all the same; while an append is in
// flight it carries no entries.
void Core::send_append(Member to, bool heartbeat) {
    CHECK(role_ == Role::leader);
    Progress& progress = progress_[to];
    CHECK(progress.next > progress.match);
    CHECK(progress.next <= log_.last_index() + 1 || sim::Flaw::any_on());
    if (progress.in_flight && !heartbeat) return;
    Message message;
    message.kind = Message::Kind::append;
    message.to = to;
    message.index = progress.next - 1;
    message.index_term = log_.term(message.index);
    message.commit = commit_;
    message.round = ++progress.round;
    if (!progress.in_flight) {
        const Index last = std::min<Index>(log_.last_index(), message.index + options_.batch);
        for (Index index = progress.next; index <= last; ++index) message.entries.push_back(log_.entry(index).copy());
    }
    progress.in_flight = true;
    progress.waited = 0;
    send(std::move(message));
}

void Core::step(Message message, std::uint64_t random) {
    CHECK(message.from < options_.count);
    CHECK(message.from != options_.self);
    const HardState before = hard_;
    const Index committed = commit_;
    if (message.term > hard_.term) become_follower(message.term, options_.count);
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
    }
    CHECK(hard_.term >= before.term);
    CHECK(commit_ >= committed);
    if (hard_.term == before.term && before.vote != 0) CHECK(hard_.vote == before.vote); // one vote a term
    check();
}

void Core::on_vote(const Message& message, std::uint64_t random) {
    const bool newer = message.index_term > log_.last_term() ||
                       (message.index_term == log_.last_term() && message.index >= log_.last_index());
    const bool free = hard_.vote == 0 || hard_.vote == message.from + 1;
    Message reply;
    reply.kind = Message::Kind::vote_reply;
    reply.to = message.from;
    reply.success = message.term == hard_.term && free && (newer || FLAW(raft_candidate_log_not_compared));
    if (reply.success) {
        hard_.vote = message.from + 1;
        reset_timer(random);
    }
    CHECK(!reply.success || hard_.vote == message.from + 1);
    send(std::move(reply));
}

void Core::on_vote_reply(const Message& message) {
    if (role_ != Role::candidate || message.term != hard_.term || !message.success) return;
    CHECK(votes_.size() == options_.count);
    votes_[message.from] = Vote::granted;
    if (result() == VoteResult::won) become_leader();
}

void Core::on_append(Message& message, std::uint64_t random) {
    Message reply;
    reply.kind = Message::Kind::append_reply;
    reply.to = message.from;
    reply.round = message.round;
    if (message.term < hard_.term) {
        send(std::move(reply));
        return;
    }
    CHECK(role_ != Role::leader); // two leaders in one term
    become_follower(message.term, message.from);
    reset_timer(random);
    const Index last = message.index + message.entries.size();
    if (append_entries(message)) {
        CHECK(log_.last_index() >= last);
        reply.success = true;
        reply.index = last;
        const Index known = FLAW(raft_commit_unverified_suffix) ? log_.last_index() : last;
        commit_ = std::max(commit_, std::min(message.commit, known));
    } else {
        // Where the logs may still agree: the leader looks from there in its own log.
        reply.index = log_.last_not_above(std::min(message.index, log_.last_index()), message.index_term);
        reply.index_term = log_.term(reply.index);
    }
    send(std::move(reply));
}

// False if the previous entry does not match. Truncates at a real conflict only: an old append must
// not take away what a later one has brought.
bool Core::append_entries(Message& message) {
    if (!log_.matches(message.index, message.index_term)) return false;
    CHECK(message.index <= log_.last_index());
    if (FLAW(raft_truncate_on_stale_append)) log_.truncate(message.index);
    Index index = message.index;
    for (Entry& entry : message.entries) {
        ++index;
        if (log_.matches(index, entry.term)) continue;
        if (index <= log_.last_index()) {
            CHECK(index > commit_ || sim::Flaw::any_on());
            log_.truncate(index - 1);
        }
        log_.append(std::move(entry));
        CHECK(log_.last_index() == index || sim::Flaw::any_on());
    }
    return true;
}

void Core::on_append_reply(const Message& message) {
    if (role_ != Role::leader || message.term != hard_.term) return;
    Progress& progress = progress_[message.from];
    if (message.round == progress.round) progress.in_flight = false;
    if (message.success) {
        CHECK(message.index <= log_.last_index() || sim::Flaw::any_on());
        progress.match = std::max(progress.match, message.index);
        progress.next = std::max(progress.next, progress.match + 1);
        advance_commit();
        if (progress.next <= log_.last_index()) send_append(message.from, false);
        return;
    }
    if (message.round != progress.round) return; // an older probe
    const Index agrees = log_.last_not_above(std::min(message.index, log_.last_index()), message.index_term);
    const Index next = std::max(progress.match + 1, std::min(progress.next - 1, agrees + 1));
    rare_.hints += next + 1 < progress.next;
    CHECK(next > progress.match);
    CHECK(next <= progress.next);
    progress.next = next;
    send_append(message.from, false);
}

void Core::persisted(Index last) {
    const Index committed = commit_;
    log_.set_stable(last);
    if (role_ != Role::leader) return;
    CHECK(last >= progress_[options_.self].match); // a leader never truncates its log
    progress_[options_.self].match = last;
    advance_commit();
    CHECK(commit_ >= committed);
    check();
}

void Core::advance_commit() {
    matches_.clear();
    for (const Progress& each : progress_) matches_.push_back(each.match);
    const Index agreed = committed_index(voters_, matches_);
    if (agreed <= commit_) return;
    // Only entries of the own term are committed by counting (figure 8 of the paper).
    if (log_.term(agreed) != hard_.term && !FLAW(raft_commit_earlier_term)) {
        rare_.withheld = agreed;
        return;
    }
    CHECK(agreed <= log_.last_index());
    commit_ = agreed;
}

} // namespace orrery::raft
