// How the log goes from the leader to the others, and when an entry is committed (sections 5.3 and 5.4.2 of the paper).
#include <algorithm>
#include <utility>

#include "orrery/protocols/raft/core.h"
#include "orrery/protocols/raft/flaws.def"

namespace orrery::raft {

// To each member all that it may be sent now; if a heartbeat is due, everyone gets a message at least.
void Core::replicate() {
    CHECK(role_ == Role::leader);
    remember_sending();
    for (const Member to : others_) {
        Progress& progress = progress_[to];
        if (progress.missing > 0 && progress.missing < log_.first_index()) progress.next = progress.missing;
        if (progress.next < log_.first_index() && progress.state != Progress::State::snapshot)
            progress.become(Progress::State::snapshot, round_);
        const std::uint64_t before = round_;
        if (progress.missing > 0) send_missing(to, progress);
        if (progress.state == Progress::State::snapshot)
            send_chunks(to, progress);
        else
            while (may_append(progress)) send_append(to, progress);
        const bool is_chunk = progress.state == Progress::State::snapshot; // it may wait behind others for the disk
        if (heartbeat_due_ && (round_ == before || is_chunk)) send_heartbeat(to, progress);
    }
    heartbeat_due_ = false;
    if (others_.empty() && !FLAW(raft_alone_reads_wait)) ++round_; // or reads would never begin before what it is sent
    confirm_reads();
}

bool Core::may_append(const Progress& progress) const {
    if (progress.next > log_.last_index()) return false;
    if (progress.state == Progress::State::probe) return progress.probe == 0;
    CHECK(progress.state == Progress::State::replicate);
    if (progress.in_flight.count() == 0) return true;
    return progress.in_flight.count() < options_.in_flight_max &&
           progress.in_flight.bytes() < options_.in_flight_bytes_max;
}

// Fills in as many entries behind message.index as one append may have, `bytes` of commands, and returns the index
// after them.
Index Core::fill_append(Message& message, std::size_t& bytes) const {
    message.kind = Message::Kind::append;
    message.index_term = log_.term(message.index);
    message.commit = commit_;
    const Index first = message.index + 1;
    const Index end = std::min<Index>(log_.last_index(), message.index + options_.batch) + 1;
    Index next = first;
    message.entries.reserve(end - next);
    for (; next < end; ++next) {
        const Entry& entry = log_.entry(next);
        if (next > first && bytes + entry.command.size() > options_.append_bytes_max) {
            if (!FLAW(raft_append_skips_large_entry)) break;
            continue;
        }
        bytes += entry.command.size();
        message.entries.push_back(is_witness(message.to) ? position_of(entry) : entry.copy());
    }
    CHECK(!message.entries.empty());
    return next;
}

void Core::send_append(Member to, Progress& progress) {
    CHECK(progress.next > progress.match);
    CHECK(progress.next <= log_.last_index());
    Message& message = begin_message(to);
    message.index = progress.next - 1;
    message.round = ++round_;
    std::size_t bytes = 0;
    const Index next = fill_append(message, bytes);
    if (progress.state == Progress::State::probe) {
        progress.probe = round_;
    } else {
        progress.in_flight.add(next - 1, bytes, round_);
        progress.next = next;
    }
}

// It is in flight already, and counted there.
void Core::send_missing(Member to, Progress& progress) {
    CHECK(progress.state == Progress::State::replicate);
    CHECK(progress.missing > progress.match);
    CHECK(progress.missing <= log_.last_index());
    Message message;
    message.to = to;
    message.index = std::exchange(progress.missing, 0) - 1;
    message.round = ++round_;
    std::size_t bytes = 0;
    (void)fill_append(message, bytes);
    progress.filled = round_;
    progress.filled_at = ticks_;
    send(std::move(message));
}

// An append without entries after the last one that was sent: who has not got that says so. To a member that waits for
// a snapshot it says nothing of the log, only who leads.
void Core::send_heartbeat(Member to, const Progress& progress) {
    Message message;
    message.kind = Message::Kind::append;
    message.to = to;
    if (progress.state != Progress::State::snapshot) {
        message.index = progress.next - 1;
        message.index_term = log_.term(message.index);
    }
    message.commit = commit_;
    message.round = ++round_;
    send(std::move(message));
}

// Of a leader of an earlier term a member does not take anything, but says which term it is. False then. It may be the
// leader of this term too, by now, and counts its rounds anew: this answers none of them.
bool Core::follow(const Message& message, std::uint64_t random) {
    if (message.term < hard_.term) {
        Message reply;
        reply.kind = Message::Kind::append_reply;
        reply.to = message.from;
        if (FLAW(raft_round_of_an_earlier_term_answered)) reply.round = message.round;
        send(std::move(reply));
        return false;
    }
    CHECK(role_ != Role::leader || sim::Flaw::any_on()); // two leaders in one term
    if (FLAW(raft_candidate_forgets_its_vote) && role_ == Role::candidate) hard_.vote = 0;
    become_follower(message.term, message.from);
    if (!FLAW(raft_heartbeat_resets_no_timer) || !message.entries.empty()) reset_timer(random);
    since_leader_ = 0;
    return true;
}

void Core::on_append(Message& message, std::uint64_t random) {
    if (!follow(message, random)) return;
    skip_compacted(message);
    Message& reply = begin_message(message.from); // the only one that is made here
    reply.kind = Message::Kind::append_reply;
    reply.round = message.round;
    const bool is_bare = message.entries.empty() && log_.last_term() == message.term;
    if (append_entries(message)) {
        Index commit = message.commit;
        while (std::optional<Message> next = early_.take(verified_)) {
            skip_compacted(*next);
            if (contradicts(*next) || !append_entries(*next)) { // both are of the log of one leader
                ++rare_.contradictions;
                break;
            }
            commit = std::max(commit, next->commit);
        }
        reply.success = true;
        reply.index = verified_;
        if (FLAW(raft_whole_log_acknowledged) || (FLAW(raft_bare_append_not_awaited) && is_bare))
            reply.index = log_.last_index();
        const Index known = FLAW(raft_commit_unverified_suffix) ? log_.last_index() : verified_;
        commit_ = std::max(FLAW(raft_commit_falls) ? 0 : commit_, std::min(commit, known));
    } else {
        // Where the logs may still agree: the leader looks from there in its own log. They do at the snapshot's end.
        const Index agrees = log_.last_not_above(std::min(message.index, log_.last_index()), message.index_term);
        reply.index = std::max(agrees, log_.snapshot_index());
        reply.index_term = log_.term(reply.index);
        // If it is a gap the leader will fill it, and then this one need not come again.
        if (!message.entries.empty())
            early_.keep(std::move(message), options_.in_flight_max, options_.in_flight_bytes_max);
    }
}

// What the snapshot has is committed, so the leader has the same: it is as if the message began where the snapshot
// ends.
void Core::skip_compacted(Message& message) const {
    const Index end = log_.snapshot_index();
    if (message.index >= end) return;
    const std::size_t known = std::min<std::size_t>(message.entries.size(), end - message.index);
    message.entries.erase(message.entries.begin(), message.entries.begin() + static_cast<std::ptrdiff_t>(known));
    message.index = end;
    message.index_term = log_.term(end);
}

// False if the previous entry does not match. Truncates at a real conflict only: an old append must
// not take away what a later one has brought.
bool Core::append_entries(Message& message) {
    if (!log_.matches(message.index, message.index_term)) return false;
    CHECK(message.index <= log_.last_index());
    if (FLAW(raft_truncate_on_stale_append)) truncate(message.index);
    Index index = message.index;
    for (Entry& entry : message.entries) {
        ++index;
        if (log_.matches(index, entry.term)) continue;
        if (index <= log_.last_index()) {
            CHECK(index > commit_ || sim::Flaw::any_on());
            truncate(FLAW(raft_conflict_kept) ? index : index - 1);
        }
        append(std::move(entry));
        CHECK(log_.last_index() == index || sim::Flaw::any_on());
    }
    CHECK(log_.last_index() >= index || sim::Flaw::any_on());
    verified_ = std::min(std::max(verified_, index), log_.last_index());
    return true;
}

// Says that the log up to `index` is the leader's.
void Core::acknowledge(Member to, Index index) {
    CHECK(index <= log_.last_index() || sim::Flaw::any_on());
    Message reply;
    reply.kind = Message::Kind::append_reply;
    reply.to = to;
    reply.success = true;
    reply.index = index;
    send(std::move(reply));
}

// An answer to what was sent in that round: then, at least, the member followed.
void Core::hears(Progress& progress, std::uint64_t round) {
    progress.heard = true;
    progress.answered = std::max(progress.answered, round);
    const std::uint64_t since = FLAW(raft_lease_from_answer) ? ticks_ : sent_at(round);
    if (options_.lease_reads) progress.answered_at = std::max(progress.answered_at, since);
    confirm_reads();
}

void Core::on_append_reply(const Message& message) {
    const bool is_of_this_term = message.term == hard_.term || FLAW(raft_append_reply_of_an_earlier_term_counted);
    if (role_ != Role::leader || !is_of_this_term) return;
    Progress& progress = progress_[message.from];
    if (progress.is_of_earlier_member(message.round)) return;
    hears(progress, message.round);
    if (message.round >= progress.probe) progress.probe = 0; // a later message was answered: this one may be lost
    if (!message.success && !FLAW(raft_refused_append_counts)) {
        on_refusal(message, progress);
        return;
    }
    progress.match = std::max(progress.match, message.index);
    if (progress.missing <= progress.match) progress.missing = 0; // it was on its way
    progress.next = std::max(progress.next, progress.match + 1);
    if (!FLAW(raft_window_stays_full)) progress.in_flight.remove_up_to(progress.match);
    go_back_if_more_is_missing(message, progress);
    const bool goes_on = progress.match >= log_.snapshot_index(); // from there it needs no snapshot
    if (progress.state == Progress::State::probe || (progress.state == Progress::State::snapshot && goes_on))
        progress.become(Progress::State::replicate, round_);
    if (progress.state == Progress::State::snapshot) resume(progress.snapshot);
    advance_commit();
    if (role_ != Role::leader) return;
    if (transferee_ == message.from && progress.match == log_.last_index()) hand_over();
}

// The logs differ before the append, or there is a gap.
void Core::on_refusal(const Message& message, Progress& progress) {
    if (message.round <= progress.since) return;
    if (progress.state == Progress::State::snapshot) return;
    const Index agrees = log_.last_not_above(std::min(message.index, log_.last_index()), message.index_term);
    const Index next = std::max(progress.match + 1, std::min(progress.next - 1, agrees + 1));
    rare_.hints += progress.state == Progress::State::probe && next + 1 < progress.next;
    CHECK(next > progress.match);
    CHECK(next <= progress.next);
    if (progress.state == Progress::State::replicate && progress.filled > 0 && message.round != progress.filled &&
        ticks_ < progress.filled_at + options_.heartbeat_ticks)
        return; // the message overtook what fills the gap
    if (progress.state == Progress::State::replicate && progress.filled == 0 && next < progress.next) {
        progress.missing = next;
        progress.since = round_;
        return;
    }
    progress.next = FLAW(raft_first_entry_taken_for_unknown) && next == 1 ? log_.last_index() : next;
    progress.become(Progress::State::probe, round_);
}

// Another one is there if the member got what fills the first gap and has not got all that went out before that.
void Core::go_back_if_more_is_missing(const Message& message, Progress& progress) {
    if (progress.filled == 0 || message.round < progress.filled) return;
    const bool is_more = progress.in_flight.count() > 0 && progress.in_flight.round() < progress.filled;
    progress.filled = 0;
    if (!is_more) return;
    progress.next = progress.match + 1;
    progress.become(Progress::State::replicate, round_);
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

// Of the commands after that entry.
std::size_t Core::bytes_of(Index after, Index last) const {
    std::size_t bytes = 0;
    for (Index index = after + 1; index <= last; ++index) bytes += log_.entry(index).command.size();
    return bytes;
}

void Core::advance_commit() {
    CHECK(role_ == Role::leader);
    matches_.clear();
    Index highest = 0;
    for (const Progress& each : progress_) {
        matches_.push_back(each.match);
        highest = std::max(highest, each.match);
    }
    if (highest <= commit_) return;
    const Index agreed = FLAW(raft_learners_commit) ? committed_index(everyone(configuration()), matches_)
                                                    : committed_index(configuration().voters, matches_);
    if (agreed <= commit_) return;
    if (FLAW(raft_commit_stops_at_earlier_term) && log_.term(commit_ + 1) != hard_.term) return;
    // Only entries of the own term are committed by counting (figure 8 of the paper).
    if (log_.term(agreed) != hard_.term && !FLAW(raft_commit_earlier_term)) {
        rare_.withheld = agreed;
        return;
    }
    CHECK(agreed <= log_.last_index());
    uncommitted_bytes_ -= bytes_of(commit_, agreed);
    commit_ = agreed;
    start_reads();
    finish_change();
}

} // namespace orrery::raft
