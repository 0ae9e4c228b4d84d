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
    : options_(options), hard_(hard), log_(std::move(entries)), leader_(options.count), transferee_(options.count) {
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
    CHECK(transferee_ == options_.count || role_ == Role::leader);
    CHECK(log_.stable() <= log_.last_index());
    CHECK(log_.last_term() <= hard_.term || sim::Flaw::any_on());
    CHECK(commit_ <= log_.last_index() || sim::Flaw::any_on());
    if (role_ == Role::follower) return;
    if (role_ != Role::leader) CHECK(leader_ == options_.count);
    if (role_ == Role::pre_candidate) return;
    CHECK(hard_.vote == options_.self + 1); // a candidate votes for itself, and a leader was one
    if (role_ == Role::candidate) return;
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
    transferee_ = options_.count;
}

void Core::tick(std::uint64_t random, std::uint32_t count) {
    CHECK(count > 0);
    timer_ += count;
    if (role_ != Role::leader) {
        if (timer_ >= timeout_) options_.pre_vote ? pre_campaign(random) : campaign(random);
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
    for (Progress& each : progress_)
        if (each.in_flight && (each.waited += count) >= resend_ticks) each.in_flight = false;
    if (timer_ < options_.heartbeat_ticks) return;
    timer_ = 0;
    broadcast(true);
}

std::uint32_t Core::ticks_until_due() const {
    const std::uint32_t due = role_ == Role::leader ? options_.heartbeat_ticks : timeout_;
    const std::uint32_t rest = due > timer_ ? due - timer_ : 1;
    if (role_ != Role::leader || !options_.check_quorum) return rest;
    CHECK(unheard_ < options_.election_ticks);
    return std::min(rest, options_.election_ticks - unheard_);
}

// False if a majority has not answered for an election timeout: the leader is cut off, and may have a successor. Where
// that majority is, nobody commits for it, and its clients had better be told.
bool Core::is_heard(std::uint32_t count) {
    CHECK(role_ == Role::leader);
    unheard_ += count;
    if (unheard_ < options_.election_ticks) return true;
    unheard_ = 0;
    std::vector<Vote> heard;
    for (Progress& each : progress_) heard.push_back(std::exchange(each.heard, false) ? Vote::granted : Vote::refused);
    heard[options_.self] = Vote::granted;
    return vote_result(voters_, heard) == VoteResult::won;
}

// Of itself a leader hears at each heartbeat.
bool Core::hears_leader() const { return leader_ < options_.count && timer_ < options_.election_ticks; }

// Nobody promises anything, so nothing need be durable, and no term changes anywhere.
void Core::pre_campaign(std::uint64_t random) {
    CHECK(role_ != Role::leader);
    role_ = Role::pre_candidate;
    leader_ = options_.count;
    ++pre_campaigns_;
    reset_timer(random);
    ask_for_votes(Message::Kind::pre_vote, false);
    if (result() == VoteResult::won) campaign(random);
}

void Core::campaign(std::uint64_t random, bool leader_asked) {
    CHECK(role_ != Role::leader);
    hard_ = {hard_.term + 1, options_.self + 1};
    role_ = Role::candidate;
    leader_ = options_.count;
    reset_timer(random);
    ask_for_votes(Message::Kind::vote, leader_asked);
    if (result() == VoteResult::won) become_leader();
}

void Core::ask_for_votes(Message::Kind kind, bool leader_asked) {
    votes_.assign(options_.count, Vote::none);
    votes_[options_.self] = Vote::granted;
    for (Member to = 0; to < options_.count; ++to) {
        if (to == options_.self) continue;
        Message message;
        message.kind = kind;
        message.to = to;
        message.success = leader_asked;
        message.index = log_.last_index();
        message.index_term = log_.last_term();
        if (kind == Message::Kind::pre_vote) message.round = pre_campaigns_;
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
    unheard_ = 0;
    progress_.assign(options_.count, Progress{.next = log_.last_index() + 1});
    log_.append({hard_.term, {}});
    broadcast(false);
}

Index Core::propose(sim::Bytes command) {
    if (role_ != Role::leader || transferee_ < options_.count) return 0;
    log_.append({hard_.term, std::move(command)});
    broadcast(false);
    check();
    return log_.last_index();
}

bool Core::transfer(Member to) {
    CHECK(to < options_.count);
    if (role_ != Role::leader || to == options_.self) return false;
    transferee_ = to;
    transfer_ticks_ = 0;
    hand_over();
    check();
    return true;
}

// Asked again at each answer, until it campaigns: the message may be lost.
void Core::hand_over() {
    CHECK(role_ == Role::leader);
    if (progress_[transferee_].match < log_.last_index()) {
        send_append(transferee_, false);
        return;
    }
    Message message;
    message.kind = Message::Kind::timeout_now;
    message.to = transferee_;
    send(std::move(message));
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
    CHECK(progress.next > progress.match || sim::Flaw::any_on());
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
    const bool is_uncalled = message.kind == Message::Kind::vote && !message.success;
    if (FLAW(raft_known_leader_gets_no_vote) && is_uncalled && message.from == leader_) return;
    if (is_uncalled && message.term > hard_.term && options_.check_quorum && hears_leader()) return;
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
    }
}

// Section 5.4.1: the last entries are compared.
bool Core::is_as_new(const Message& candidate) const {
    if (FLAW(raft_index_compared_before_term) && candidate.index != log_.last_index())
        return candidate.index > log_.last_index();
    if (candidate.index_term != log_.last_term()) return candidate.index_term > log_.last_term();
    return candidate.index >= log_.last_index();
}

// Whether it would vote for it. The candidate's next term is above this one's unless the candidate is behind, and then
// it learns of this term by the reply.
void Core::on_pre_vote(const Message& message) {
    Message reply;
    reply.kind = Message::Kind::pre_vote_reply;
    reply.to = message.from;
    reply.round = message.round;
    reply.success = message.term >= hard_.term && is_as_new(message) && !hears_leader();
    send(std::move(reply));
}

void Core::on_pre_vote_reply(const Message& message, std::uint64_t random) {
    if (role_ != Role::pre_candidate || message.round != pre_campaigns_) return;
    CHECK(message.term <= hard_.term);
    CHECK(votes_.size() == options_.count);
    votes_[message.from] = message.success ? Vote::granted : Vote::refused;
    const VoteResult answer = result();
    if (answer == VoteResult::won) campaign(random);
    if (answer == VoteResult::lost) become_follower(hard_.term, options_.count);
}

void Core::on_vote(const Message& message, std::uint64_t random) {
    const bool newer = is_as_new(message);
    const bool free = hard_.vote == 0 || hard_.vote == message.from + 1;
    Message reply;
    reply.kind = Message::Kind::vote_reply;
    reply.to = message.from;
    reply.success = message.term == hard_.term && free && (newer || FLAW(raft_candidate_log_not_compared));
    if (reply.success) {
        hard_.vote = message.from + 1;
        if (!FLAW(raft_vote_resets_no_timer)) reset_timer(random);
        if (role_ == Role::pre_candidate) become_follower(hard_.term, options_.count);
    }
    CHECK(!reply.success || hard_.vote == message.from + 1);
    send(std::move(reply));
}

void Core::on_vote_reply(const Message& message) {
    const bool is_of_this_term = message.term == hard_.term || FLAW(raft_vote_of_an_earlier_term_counted);
    if (role_ != Role::candidate || !is_of_this_term || !message.success) return;
    CHECK(votes_.size() == options_.count);
    votes_[message.from] = Vote::granted;
    if (result() == VoteResult::won) become_leader();
}

// It campaigns at once, without a pre-vote: its leader still is, and asks for this.
void Core::on_timeout_now(const Message& message, std::uint64_t random) {
    if (role_ == Role::leader || message.term != hard_.term) return;
    campaign(random, true);
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
    CHECK(role_ != Role::leader || sim::Flaw::any_on()); // two leaders in one term
    if (FLAW(raft_candidate_forgets_its_vote) && role_ == Role::candidate) hard_.vote = 0;
    become_follower(message.term, message.from);
    if (!FLAW(raft_heartbeat_resets_no_timer) || !message.entries.empty()) reset_timer(random);
    const Index last = message.index + message.entries.size();
    const Index had = log_.last_index();
    const bool is_bare = message.entries.empty() && log_.last_term() == message.term;
    if (append_entries(message)) {
        CHECK(log_.last_index() >= last);
        reply.success = true;
        reply.index = last;
        if (FLAW(raft_whole_log_acknowledged) || (FLAW(raft_bare_append_not_awaited) && is_bare))
            reply.index = log_.last_index();
        if (FLAW(raft_repetition_not_acknowledged) && log_.last_index() == had) reply.index = message.index;
        const Index known = FLAW(raft_commit_unverified_suffix) ? log_.last_index() : last;
        commit_ = std::max(FLAW(raft_commit_falls) ? 0 : commit_, std::min(message.commit, known));
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
            log_.truncate(FLAW(raft_conflict_kept) ? index : index - 1);
        }
        log_.append(std::move(entry));
        CHECK(log_.last_index() == index || sim::Flaw::any_on());
    }
    return true;
}

void Core::on_append_reply(const Message& message) {
    const bool is_of_this_term = message.term == hard_.term || FLAW(raft_answer_to_an_earlier_term_counted);
    if (role_ != Role::leader || !is_of_this_term) return;
    Progress& progress = progress_[message.from];
    progress.heard = true;
    if (message.round == progress.round) progress.in_flight = false;
    if (message.success) {
        CHECK(message.index <= log_.last_index() || sim::Flaw::any_on());
        progress.match = std::max(progress.match, message.index);
        if (!FLAW(raft_next_not_raised)) progress.next = std::max(progress.next, progress.match + 1);
        advance_commit();
        if (progress.next <= log_.last_index()) send_append(message.from, false);
        if (transferee_ == message.from && progress.match == log_.last_index()) hand_over();
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
    if (FLAW(raft_earlier_term_ends_the_count) && log_.term(commit_ + 1) != hard_.term) return;
    // Only entries of the own term are committed by counting (figure 8 of the paper).
    if (log_.term(agreed) != hard_.term && !FLAW(raft_commit_earlier_term)) {
        rare_.withheld = agreed;
        return;
    }
    CHECK(agreed <= log_.last_index());
    commit_ = agreed;
}

} // namespace orrery::raft
