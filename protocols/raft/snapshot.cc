// Log compaction and how a snapshot comes to a member that needs it (chapter 5 of the dissertation). The core never
// holds a snapshot: it knows where one ends, and of one under way how many bytes have come.
//
// The first chunk goes alone; its answer says how long the whole is. After that several are under way, and each answer
// says where to go on. A receiver takes chunks in their order only, so after a loss the sender goes back to what is
// held. A receiver that restarts holds nothing, and says so; then it all begins anew.
#include <algorithm>
#include <iterator>

#include "orrery/protocols/raft/core.h"
#include "orrery/protocols/raft/flaws.def"

namespace orrery::raft {
namespace {

constexpr std::uint32_t chunk_patience_ticks = 3; // unanswered for so long a chunk counts as lost

} // namespace

// Whether the log goes on after a snapshot: then that takes nothing away from it.
bool Core::has(Index index, Term term) const {
    if (FLAW(raft_snapshot_cuts_log) && role_ == Role::follower) return false;
    return log_.matches(index, term);
}

Mark Core::mark(Index index) const {
    CHECK(index <= commit_);
    CHECK(index >= log_.snapshot_index());
    const auto then = std::find_if(configurations_.rbegin(), configurations_.rend(),
                                   [&](const InForce& each) { return each.since <= index; });
    CHECK(then != configurations_.rend());
    return {index, log_.term(index), then->configuration};
}

void Core::compact(Index index) {
    CHECK(index <= commit_);
    if (index <= log_.snapshot_index()) return;
    CHECK(index <= log_.stable());
    while (configurations_.size() > 1 && configurations_[1].since <= index)
        configurations_.erase(configurations_.begin());
    log_.compact(index);
    check();
}

void Core::send_chunks(Member to, Progress& progress) {
    CHECK(role_ == Role::leader);
    SnapshotProgress& snapshot = progress.snapshot;
    if (snapshot.index != log_.snapshot_index()) snapshot = {.index = log_.snapshot_index(), .since = round_};
    if (snapshot.is_lost) {
        snapshot.is_lost = false;
        send_chunk(to, snapshot); // also if it holds everything: it may have restarted since
    }
    while (snapshot.total == 0 ? snapshot.next == 0
                               : snapshot.next < snapshot.total &&
                                     snapshot.next < snapshot.held + options_.chunk_window * options_.chunk_bytes)
        send_chunk(to, snapshot);
}

void Core::send_chunk(Member to, SnapshotProgress& snapshot) {
    Message message;
    message.kind = Message::Kind::snapshot;
    message.to = to;
    message.index = snapshot.index;
    message.index_term = log_.term(snapshot.index);
    message.round = ++round_;
    message.chunk.emplace();
    message.chunk->configuration = configurations_.front().configuration;
    message.chunk->offset = snapshot.next;
    snapshot.next += options_.chunk_bytes;
    snapshot.waited = 0;
    send(std::move(message));
}

// The member is there. If nothing came of the chunks under way they are lost; to one that is silent nothing is sent
// again.
void Core::resume(SnapshotProgress& snapshot) {
    if (snapshot.waited < chunk_patience_ticks) return;
    snapshot.next = snapshot.held;
    snapshot.since = round_;
    snapshot.is_lost = true;
}

void Core::on_snapshot_reply(const Message& message) {
    if (role_ != Role::leader || message.term != hard_.term || !message.chunk) return;
    Progress& progress = progress_[message.from];
    if (progress.is_of_earlier_member(message.round)) return;
    hears(progress, message.round);
    SnapshotProgress& snapshot = progress.snapshot;
    if (progress.state != Progress::State::snapshot || message.index != snapshot.index) return;
    if (message.round < snapshot.round) return; // a later one was answered already
    snapshot.round = message.round;
    snapshot.total = message.chunk->total;
    const std::uint64_t held = message.chunk->offset;
    if (held > snapshot.held) {
        snapshot.next = std::max(snapshot.next, held);
    } else if (held < snapshot.held) { // it has restarted
        if (FLAW(raft_snapshot_offset_kept)) return;
        snapshot.next = held;
        snapshot.since = round_;
    } else if (message.round > snapshot.since) { // a chunk before the one that it answers is missing
        snapshot.next = held;
        snapshot.since = round_;
    }
    snapshot.held = held;
    resume(snapshot);
}

void Core::on_snapshot(Message& message, std::uint64_t random) {
    if (!follow(message, random)) return;
    const bool is_wanted = FLAW(raft_restore_lowers_commit) && log_.matches(message.index, message.index_term);
    if (message.index <= commit_ && !is_wanted) {
        acknowledge(message.from, commit_);
        return;
    }
    if (has(message.index, message.index_term)) {
        commit_ = message.index; // what is in a snapshot is committed
        acknowledge(message.from, commit_);
        return;
    }
    Chunk& chunk = *message.chunk;
    if (is_witness(options_.self)) { // where the log goes on is all that it keeps
        pieces_.push_back({message.index, message.index_term, std::move(chunk)});
        return;
    }
    const bool is_same = incoming_.index == message.index && incoming_.from == message.from &&
                         incoming_.term == message.term && incoming_.total == chunk.total;
    if (!is_same)
        incoming_ = {.index = message.index, .from = message.from, .term = message.term, .total = chunk.total};
    incoming_.round = message.round;
    if (chunk.offset != incoming_.taken || chunk.data.empty()) {
        answer_chunk();
        return;
    }
    incoming_.taken += chunk.data.size();
    pieces_.push_back({message.index, message.index_term, std::move(chunk)});
}

// Says how many bytes have come. That is no promise: who restarts has none of them.
void Core::answer_chunk() {
    Message reply;
    reply.kind = Message::Kind::snapshot_reply;
    reply.to = incoming_.from;
    reply.index = incoming_.index;
    reply.round = incoming_.round;
    reply.chunk.emplace();
    reply.chunk->offset = incoming_.taken;
    reply.chunk->total = incoming_.total;
    send(std::move(reply));
}

void Core::piece_written(Index index, std::uint64_t held) {
    if (index != incoming_.index || hard_.term != incoming_.term) return;
    if (held == incoming_.taken) answer_chunk(); // else others have come meanwhile, and will be answered
}

// The sender goes back to what this one says that it holds.
void Core::pieces_refused(Index index) {
    if (index == incoming_.index) incoming_ = {};
}

bool Core::restore(const Mark& mark) {
    CHECK(is_possible(mark));
    CHECK(mark.term <= hard_.term);
    const bool goes_on = has(mark.index, mark.term);
    if (mark.index <= commit_ && !(FLAW(raft_restore_lowers_commit) && goes_on)) return false;
    std::vector<InForce> later;
    for (InForce& each : configurations_)
        if (goes_on && each.since > mark.index) later.push_back(std::move(each));
    if (goes_on) {
        log_.compact(mark.index);
    } else {
        CHECK(role_ != Role::leader); // it has every committed entry
        log_.restore(mark.index, mark.term);
        verified_ = std::min(verified_, mark.index);
    }
    const Configuration& before = configurations_.front().configuration;
    configurations_.assign(1, {mark.index, FLAW(raft_snapshot_keeps_configuration) ? before : mark.configuration});
    if (FLAW(raft_snapshot_forgets_joint))
        configurations_.front().configuration = {.voters = {.incoming = mark.configuration.voters.incoming},
                                                 .learners = mark.configuration.learners};
    std::move(later.begin(), later.end(), std::back_inserter(configurations_));
    adopt();
    commit_ = mark.index;
    incoming_ = {};
    pieces_.clear();
    if (role_ == Role::follower && leader_ < options_.count) acknowledge(leader_, mark.index);
    check();
    return true;
}

} // namespace orrery::raft
