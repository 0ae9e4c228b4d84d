// Elections, and how leadership is handed over (sections 5.2 and 5.4.1 of the paper; 3.10, 4.2.3, 6.2 and 9.6 of the
// dissertation).
#include <utility>

#include "orrery/protocols/raft/core.h"
#include "orrery/protocols/raft/flaws.def"

namespace orrery::raft {

void Core::reset_timer(std::uint64_t random) {
    timer_ = 0;
    timeout_ =
        options_.election_ticks * (1 + options_.rank) + static_cast<std::uint32_t>(random % options_.election_ticks);
}

// What is known of the leader of an earlier term says nothing of this one.
void Core::enter_term(Term term, std::uint32_t vote) {
    CHECK(term > hard_.term);
    hard_ = {term, vote};
    verified_ = 0;
    early_.clear();
}

void Core::become_follower(Term term, Member leader) {
    CHECK(term >= hard_.term);
    if (role_ == Role::leader) refuse_reads();
    if (term > hard_.term || leader != leader_) refuse_forwarded();
    const bool is_raised = term > hard_.term;
    if (is_raised) enter_term(term, 0);
    if (FLAW(raft_leader_takes_term_over) && is_raised && role_ == Role::leader) return;
    role_ = Role::follower;
    leader_ = leader;
    transferee_ = options_.count;
}

// False if a majority has not answered for an election timeout: the leader is cut off, and may have a successor. Where
// that majority is, nobody commits for it, and its clients had better be told.
bool Core::is_heard(std::uint32_t count) {
    CHECK(role_ == Role::leader);
    if (FLAW(raft_leads_unheard)) return true;
    unheard_ += count;
    if (unheard_ < options_.election_ticks) return true;
    unheard_ = 0;
    std::vector<Vote> heard;
    for (Progress& each : progress_) heard.push_back(std::exchange(each.heard, false) ? Vote::granted : Vote::refused);
    heard[options_.self] = Vote::granted;
    return vote_result(configuration().voters, heard) == VoteResult::won;
}

// Whether it has promised a leader to elect nobody else. A higher term does not end that: only time does, or the leader
// itself, when it hands over.
bool Core::hears_leader() const { return role_ == Role::leader || since_leader_ < options_.election_ticks; }

void Core::forget_leader() {
    if (role_ != Role::follower || options_.lease_reads) return;
    leader_ = options_.count;
    since_leader_ = options_.election_ticks;
    refuse_forwarded();
    check();
}

// Nobody promises anything, so nothing need be durable, and no term changes anywhere.
void Core::pre_campaign(std::uint64_t random) {
    CHECK(role_ != Role::leader);
    role_ = Role::pre_candidate;
    leader_ = options_.count;
    refuse_forwarded();
    ++pre_campaigns_;
    reset_timer(random);
    ask_for_votes(Message::Kind::pre_vote, false);
    if (result() == VoteResult::won) campaign(random);
}

void Core::campaign(std::uint64_t random, bool leader_asked) {
    CHECK(role_ != Role::leader);
    enter_term(hard_.term + 1, options_.self + 1);
    role_ = Role::candidate;
    leader_ = options_.count;
    refuse_forwarded();
    reset_timer(random);
    ask_for_votes(Message::Kind::vote, leader_asked);
    if (result() == VoteResult::won) become_leader();
}

void Core::ask_for_votes(Message::Kind kind, bool leader_asked) {
    votes_.assign(options_.count, Vote::none);
    votes_[options_.self] = Vote::granted; // which counts if it is a voter
    const Members asked = FLAW(raft_learners_elect) ? everyone(configuration()) : all_voters(configuration());
    for (const Member to : asked) {
        if (to == options_.self) continue;
        Message message;
        message.kind = kind;
        message.to = to;
        message.success = leader_asked && !FLAW(raft_transferee_ignored);
        message.index = log_.last_index();
        message.index_term = log_.last_term();
        if (kind == Message::Kind::pre_vote) message.round = pre_campaigns_;
        send(std::move(message));
    }
}

VoteResult Core::result() const {
    if (FLAW(raft_learners_elect)) return vote_result(everyone(configuration()), votes_);
    return vote_result(configuration().voters, votes_);
}

// A voter may, and so may one that is a voter until a change is committed: it can be that only its log has that change,
// and that nobody else can be elected for it. A witness has nothing to lead with.
bool Core::may_campaign() const {
    if (is_witness(options_.self) && !FLAW(raft_witness_campaigns)) return false;
    if (FLAW(raft_non_voter_campaigns)) return true;
    for (auto each = configurations_.rbegin(); each != configurations_.rend(); ++each) {
        if (is_voter(each->configuration, options_.self)) return true;
        if (each->since <= commit_) return false;
    }
    return false;
}

void Core::become_leader() {
    CHECK(role_ == Role::candidate);
    CHECK(!is_witness(options_.self) || sim::Flaw::any_on());
    CHECK(result() == VoteResult::won || sim::Flaw::any_on());
    CHECK(log_.last_term() < hard_.term || sim::Flaw::any_on()); // no entry of its term can be anywhere yet
    role_ = Role::leader;
    leader_ = options_.self;
    timer_ = 0;
    unheard_ = 0;
    progress_.assign(options_.count, {});
    for (Progress& each : progress_) each.next = log_.last_index() + 1;
    round_ = 0;
    heartbeat_due_ = false;
    sent_.clear();
    asked_to_campaign_ = false;
    since_leader_ = options_.election_ticks; // it has promised nothing to anyone else
    if (FLAW(raft_leader_forgets_change))
        while (configurations_.back().since > commit_) configurations_.pop_back();
    adopt();
    uncommitted_bytes_ = bytes_of(commit_, log_.last_index());
    append({hard_.term, {}});
}

bool Core::transfer(Member to) {
    CHECK(to < options_.count);
    if (role_ != Role::leader || to == options_.self) return false;
    if (!is_in(configuration().voters.incoming, to) || is_witness(to)) return false;
    transferee_ = to;
    transfer_ticks_ = 0;
    hand_over();
    check();
    return true;
}

// Asked again at each answer, until it campaigns: the message may be lost.
void Core::hand_over() {
    CHECK(role_ == Role::leader);
    if (progress_[transferee_].match < log_.last_index() && !FLAW(raft_handed_over_too_early)) return;
    Message message;
    asked_to_campaign_ = true;
    message.kind = Message::Kind::timeout_now;
    message.to = transferee_;
    send(std::move(message));
}

// Section 5.4.1: the last entries are compared.
bool Core::is_as_new(const Message& candidate) const {
    if (FLAW(raft_index_compared_before_term) && candidate.index != log_.last_index())
        return candidate.index > log_.last_index();
    const bool is_unknown = FLAW(raft_term_of_snapshot_forgotten) && log_.last_index() == log_.snapshot_index();
    const Term last_term = is_unknown ? 0 : log_.last_term();
    if (candidate.index_term != last_term) return candidate.index_term > last_term;
    return candidate.index >= log_.last_index();
}

// Whether it would vote for it. The candidate's next term is above this one's unless the candidate is behind, and then
// it learns of this term by the reply.
void Core::on_pre_vote(const Message& message) {
    if (FLAW(raft_low_pre_vote_ignored) && message.term < hard_.term) return;
    Message reply;
    reply.kind = Message::Kind::pre_vote_reply;
    reply.to = message.from;
    reply.round = message.round;
    reply.success = message.term >= hard_.term && is_as_new(message) &&
                    (!hears_leader() || FLAW(raft_pre_vote_given_beside_leader));
    if (FLAW(raft_pre_vote_counts_as_contact) && reply.success) since_leader_ = 0;
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
    // It may be a voter and not know it yet, so it answers whoever asks.
    if (FLAW(raft_learner_never_votes) && !is_voter(configuration(), options_.self)) return;
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
    if (role_ != Role::candidate || !is_of_this_term) return;
    if (!message.success && !FLAW(raft_refused_vote_counts)) return;
    CHECK(votes_.size() == options_.count);
    votes_[message.from] = Vote::granted;
    if (result() == VoteResult::won) become_leader();
}

// It campaigns at once, without a pre-vote: its leader still is, and asks for this.
void Core::on_timeout_now(const Message& message, std::uint64_t random) {
    const bool is_of_this_term = message.term == hard_.term || FLAW(raft_asked_by_an_earlier_leader);
    if (role_ == Role::leader || !is_of_this_term || !may_campaign()) return;
    campaign(random, true);
}

} // namespace orrery::raft
