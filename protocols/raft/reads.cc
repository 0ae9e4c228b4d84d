// Linearizable reads without an entry in the log (section 6.4 of the dissertation), and the lease that spares them the
// round of messages.
//
// A read is as new as it must be if the leader's commit index when it began is applied, and the leader was still the
// leader after that: a majority answered something that was sent later. Before anything of its term is committed a
// leader does not know how far the log is committed, so reads wait for that.
//
// The lease. Who has heard from a leader ignores candidates for election_ticks; a member that starts does too, as it
// may have promised that in an earlier boot. So until a majority's promises run out nobody else is elected. A promise
// is counted from when the message that it answers was sent, which is before it was given. Ticks are counted whole: the
// promise of a member may end one tick early, and the leader may look one late.
#include <algorithm>

#include "orrery/protocols/raft/core.h"
#include "orrery/protocols/raft/flaws.def"

namespace orrery::raft {

void Core::read(std::uint64_t token) {
    if (is_witness(options_.self) && !FLAW(raft_witness_reads))
        read_answers_.push_back({token, 0}); // it has nothing to show
    else if (role_ == Role::leader)
        add_read(options_.self, token);
    else if (leader_ < options_.count)
        forwarded_.push_back({token, 0, ticks_});
    else
        read_answers_.push_back({token, 0});
}

void Core::add_read(Member from, std::uint64_t token) {
    CHECK(role_ == Role::leader);
    Read read{from, token, 0, round_, ticks_};
    if (transferee_ < options_.count && !FLAW(raft_lease_kept_in_transfer)) {
        answer(read, 0);
        return;
    }
    if (FLAW(raft_read_before_own_commit)) read.index = commit_;
    if (has_committed()) {
        read.index = commit_;
        if (has_lease() || FLAW(raft_read_unconfirmed)) {
            answer(read, commit_);
            return;
        }
    }
    if (read.index > 0) heartbeat_due_ = true;
    reads_.push_back(read);
}

// Something of this term is committed now, and with it all that was when a read began that waits.
void Core::start_reads() {
    CHECK(has_committed() || sim::Flaw::any_on());
    const auto waits = [](const Read& read) { return read.index == 0; };
    if (std::none_of(reads_.begin(), reads_.end(), waits)) return;
    for (Read& read : reads_)
        if (waits(read)) read.index = commit_;
    confirm_reads();
    heartbeat_due_ = heartbeat_due_ || !reads_.empty();
}

// Those that began before what a majority has answered was sent.
void Core::confirm_reads() {
    if (reads_.empty()) return;
    matches_.clear();
    for (const Progress& each : progress_) matches_.push_back(each.answered);
    matches_[options_.self] = round_;
    const std::uint64_t confirmed = committed_index(configuration().voters, matches_);
    const auto is_due = [&](const Read& read) {
        return read.index > 0 && read.round < confirmed + FLAW(raft_read_confirmed_by_an_answer_before);
    };
    for (const Read& read : reads_)
        if (is_due(read)) answer(read, read.index);
    std::erase_if(reads_, is_due);
}

void Core::answer(const Read& read, Index index) {
    if (read.from == options_.self) {
        read_answers_.push_back({read.token, index});
        return;
    }
    Message reply;
    reply.kind = Message::Kind::read_reply;
    reply.to = read.from;
    reply.success = index > 0;
    reply.index = index;
    reply.round = read.token;
    send(std::move(reply));
}

// All that came since the last time as one.
void Core::forward_reads() {
    if (forwarded_.empty() || forwarded_.back().request > 0) return;
    CHECK(leader_ < options_.count);
    ++requests_;
    for (Forwarded& each : forwarded_)
        if (each.request == 0) each.request = requests_;
    Message message;
    message.kind = Message::Kind::read;
    message.to = leader_;
    message.round = requests_;
    send(std::move(message));
}

void Core::refuse_reads() {
    for (const Read& read : reads_) answer(read, 0);
    reads_.clear();
}

void Core::refuse_forwarded() {
    for (const Forwarded& each : forwarded_) read_answers_.push_back({each.token, 0});
    forwarded_.clear();
}

void Core::refuse_old_reads() {
    const auto is_old = [&](const auto& read) { return ticks_ - read.since >= options_.election_ticks; };
    for (const Read& read : reads_)
        if (is_old(read)) answer(read, 0);
    std::erase_if(reads_, is_old);
    for (const Forwarded& each : forwarded_)
        if (is_old(each)) read_answers_.push_back({each.token, 0});
    std::erase_if(forwarded_, is_old);
}

void Core::on_read(const Message& message) {
    if (role_ == Role::leader)
        add_read(message.from, message.round);
    else
        answer({.from = message.from, .token = message.round}, 0);
}

// The request has a number that none of another boot has: what answers it was asked for by this one.
void Core::on_read_reply(const Message& message) {
    const auto is_answered = [&](const Forwarded& each) { return each.request == message.round; };
    for (const Forwarded& each : forwarded_)
        if (is_answered(each))
            read_answers_.push_back({each.token, !message.success                          ? 0
                                                 : FLAW(raft_follower_reads_by_own_commit) ? commit_
                                                                                           : message.index});
    std::erase_if(forwarded_, is_answered);
}

void Core::remember_sending() {
    if (!options_.lease_reads) return;
    if (!sent_.empty() && sent_.back().ticks == ticks_) return;
    while (sent_.size() > 1 && sent_[1].ticks + options_.election_ticks < ticks_) sent_.erase(sent_.begin());
    sent_.push_back({round_ + 1, ticks_});
}

// When that round was sent, or earlier; 0: too long ago to matter.
std::uint64_t Core::sent_at(std::uint64_t round) const {
    for (auto each = sent_.rbegin(); each != sent_.rend(); ++each)
        if (each->round <= round) return each->ticks;
    return 0;
}

bool Core::has_lease() {
    if (!options_.lease_reads) return false;
    if (FLAW(raft_lease_unchecked)) return true;
    // Who was asked to campaign is not ignored, and may campaign at any time.
    if (asked_to_campaign_ && !FLAW(raft_lease_kept_in_transfer)) return false;
    matches_.clear();
    for (const Progress& each : progress_) matches_.push_back(each.answered_at);
    matches_[options_.self] = ticks_;
    const std::uint64_t from = FLAW(raft_learners_extend_lease) ? committed_index(everyone(configuration()), matches_)
                                                                : committed_index(configuration().voters, matches_);
    const std::uint64_t length = (options_.election_ticks - 1) * (7 + FLAW(raft_lease_without_margin)) /
                                 8; // as the slowest clock counts the fastest's
    return from > 0 && ticks_ + 1 - from <= length;
}

} // namespace orrery::raft
