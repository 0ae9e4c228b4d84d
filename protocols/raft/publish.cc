// What an engine says of itself, in notes and gauges: each change once, and none before it is durable where it must be.
// Monitors judge by nothing else (monitors.h), nor does the trace for etcd's readers (state_trace.h).
#include <algorithm>
#include <numeric>
#include <utility>

#include "orrery/protocols/raft/engine.h"
#include "orrery/protocols/raft/words.h"

namespace orrery::raft {
namespace {

constexpr sim::StateKey state_role{"raft.role"};
constexpr sim::StateKey state_term{"raft.term"};
constexpr sim::NoteKind note_leader{"raft.leader", {"term", "last_index"}, true};
constexpr sim::NoteKind note_deposed{"raft.deposed", {"term"}, true};
constexpr sim::NoteKind note_conflict{"raft.conflict", {"from", "last"}, true};
constexpr sim::NoteKind note_torn_tail{"raft.torn_tail", {"bytes"}, true};
constexpr sim::NoteKind note_hint{"raft.hint", {"hints"}, true};
constexpr sim::NoteKind note_withheld{"raft.withheld", {"index"}, true}; // figure 8 of the paper
constexpr sim::NoteKind note_restore{"raft.restore", {"index", "term"}}; // the log goes on behind it
constexpr sim::NoteKind note_configuration{"raft.configuration", {"voters", "outgoing", "learners", "since"}};
constexpr sim::NoteKind note_joint{"raft.joint", {"voters", "outgoing"}, true}; // a majority of both is needed
constexpr sim::NoteKind note_append{"raft.append", {"index", "term", "digest"}};
constexpr sim::NoteKind note_truncate{"raft.truncate", {"from"}};
constexpr sim::NoteKind note_shorter{"raft.shorter", {"last", "published"}}; // without an entry in place of another
constexpr sim::NoteKind note_commit{"raft.commit", {"index", "term", "digest"}};
// Messages that contradict what is known here, in this boot: a member is broken, or somebody speaks in its name.
constexpr sim::NoteKind note_contradiction{"raft.contradiction", {"times"}};
// What a boot starts with. `timeout` is its shortest election timeout, in nanoseconds; `sticky`: who hears from a
// leader ignores candidates.
constexpr sim::NoteKind note_start{"raft.start", {"member", "members", "term", "vote", "timeout", "sticky"}};
// What is promised to another member, as it is sent: the vote of a term, to which member; and that the log up to an
// entry, as it is in that term, will be found again.
constexpr sim::NoteKind note_voted{"raft.voted", {"term", "candidate"}};
constexpr sim::NoteKind note_acknowledged{"raft.acknowledged", {"term", "index"}};
constexpr sim::NoteKind note_hand_over{"raft.hand_over", {"term", "to"}}; // whom it takes to have the whole log
constexpr sim::NoteKind note_leases{"raft.leases", {"timeout", "tick"}};  // reads rest on promises of so many ticks

} // namespace

std::vector<sim::NoteKind> goals() {
    return {note_leader, note_deposed, note_conflict, note_torn_tail, note_hint, note_withheld};
}

std::vector<sim::NoteKind> membership_goals() { return {note_joint}; }

// What a boot begins with. Whatever an earlier one had said of the log holds no more.
void Engine::publish_recovered(const Mark& mark, std::uint64_t torn) {
    if (torn > 0) env_.note(note_torn_tail, torn);
    publish_state();
    if (mark.index > 0) publish_restore(mark);
    env_.note(note_truncate, mark.index + 1);
    publish_log(mark.index + 1, core_->log().last_index());
    published_configuration_.voters.incoming.resize(members().size()); // all: that is not said
    std::iota(published_configuration_.voters.incoming.begin(), published_configuration_.voters.incoming.end(), 0u);
    publish_configurations();
    const sim::Duration timeout = options_.tick * options_.core.election_ticks;
    env_.note(note_start, options_.core.self, options_.core.count, durable_.term, durable_.vote, timeout.count(),
              options_.core.check_quorum);
    if (options_.core.lease_reads) env_.note(note_leases, timeout.count(), options_.tick.count());
}

// The entries from `first` on are new, in place of any that were published there. The role comes first: a leader that
// was deposed and truncated its log in one round did so as a follower.
void Engine::publish_log(Index first, Index last) {
    CHECK(first >= 1);
    CHECK(first <= published_last_ + 1);
    CHECK(last <= core_->log().last_index());
    if (first <= published_last_) {
        publish_role();
        env_.note(note_conflict, first, published_last_);
        env_.note(note_truncate, first);
    }
    for (Index index = first; index <= last; ++index)
        env_.note(note_append, index, core_->log().term(index), digest(core_->log().entry(index)));
    published_last_ = last;
}

void Engine::publish_role() {
    if (published_role_ == core_->role()) return;
    constexpr const char* names[] = {"follower", "pre_candidate", "candidate", "leader"};
    const bool led = published_role_ == Role::leader;
    published_role_ = core_->role();
    env_.state(state_role, names[static_cast<std::size_t>(core_->role())]);
    if (led) env_.note(note_deposed, core_->term());
}

// Publishes what changed since the last time. Called only when the term is durable.
void Engine::publish_state() {
    if (published_term_ != core_->term()) {
        published_term_ = core_->term();
        env_.state(state_term, core_->term());
    }
    publish_role();
    if (core_->role() != Role::leader || published_leader_term_ == core_->term()) return;
    CHECK(core_->term() > published_leader_term_);
    published_leader_term_ = core_->term();
    env_.note(note_leader, core_->term(), core_->log().last_index());
}

// A vote asked for is the own one, promised to all who are asked. What was acknowledged before is not said again.
void Engine::publish_promise(const Message& message) {
    const bool gives = message.kind == Message::Kind::vote_reply && message.success;
    const bool asks = message.kind == Message::Kind::vote && message.term != published_vote_term_;
    if (gives || asks) {
        published_vote_term_ = message.term;
        env_.note(note_voted, message.term, gives ? message.to : options_.core.self);
    }
    if (message.kind == Message::Kind::timeout_now) env_.note(note_hand_over, message.term, message.to);
    if (message.kind != Message::Kind::append_reply || !message.success) return;
    const auto& [term, index] = published_acknowledged_;
    if (term == message.term && index >= message.index) return;
    published_acknowledged_ = {message.term, message.index};
    env_.note(note_acknowledged, message.term, message.index);
}

// Each entry as it becomes known to be committed, which is before it is applied.
void Engine::publish_commit() {
    const Index commit = core_->commit();
    if (commit < published_commit_) env_.note(note_commit, commit, 0, 0); // never: a monitor is to see it
    for (Index index = published_commit_ + 1; index <= commit; ++index) {
        const Entry& entry = core_->log().entry(index);
        env_.note(note_commit, index, entry.term, digest(entry));
    }
    published_commit_ = commit;
}

// Each that came into force since the last time, and the one that is in force again if others were cut off.
void Engine::publish_configurations() {
    if (std::exchange(published_adopted_, core_->configurations_adopted()) == core_->configurations_adopted()) return;
    for (const Core::InForce& each : core_->configurations()) {
        const Configuration& now = each.configuration;
        const bool is_last = &each == &core_->configurations().back();
        if ((each.since <= published_since_ && !is_last) || now == published_configuration_) continue;
        published_configuration_ = now;
        const std::string voters = members_words(now.voters.incoming);
        const std::string outgoing = members_words(now.voters.outgoing);
        env_.note(note_configuration, voters, outgoing, members_words(now.learners), each.since);
        if (now.is_joint()) env_.note(note_joint, voters, outgoing);
    }
    published_since_ = core_->configurations().back().since;
}

void Engine::publish_rare() {
    const Rare& rare = core_->rare();
    if (rare.hints != published_rare_.hints) env_.note(note_hint, rare.hints);
    if (rare.withheld != published_rare_.withheld) env_.note(note_withheld, rare.withheld);
    if (rare.contradictions != published_rare_.contradictions) env_.note(note_contradiction, rare.contradictions);
    published_rare_ = rare;
    const Index last = core_->log().last_index();
    if (last < published_last_ && last != published_shorter_) env_.note(note_shorter, last, published_last_);
    published_shorter_ = last;
}

// What a snapshot brings is not said entry by entry.
void Engine::publish_restore(const Mark& mark) {
    publish_role();
    env_.note(note_restore, mark.index, mark.term);
    published_commit_ = std::max(published_commit_, mark.index);
    if (core_->log().last_index() == mark.index || published_last_ < mark.index) published_last_ = mark.index;
}

} // namespace orrery::raft
