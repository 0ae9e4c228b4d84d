// One task drives the core in rounds: take what has come, decide, make it durable, send, apply. Many messages share one
// sync that way. Another task only receives. What the node does is published as notes and states, from which the
// monitors judge; nothing here reads them.
#include "orrery/protocols/raft/node.h"

#include <map>
#include <optional>

#include "orrery/protocols/raft/core.h"
#include "orrery/protocols/raft/flaws.def"
#include "orrery/protocols/raft/storage.h"
#include "orrery/protocols/replication/members.h"
#include "orrery/sim/sync.h"

namespace orrery::raft {
namespace {

constexpr sim::StateKey state_role{"raft.role"};
constexpr sim::StateKey state_term{"raft.term"};
// Where plans may have a fault begin: entries are written and not yet synced; all is durable - a vote, entries - and
// nobody has been told.
constexpr sim::StateKey point_sync{"raft.before_sync"};
constexpr sim::StateKey point_answer{"raft.before_answer"};
constexpr sim::NoteKind note_leader{"raft.leader", {"term", "last_index"}, true};
constexpr sim::NoteKind note_deposed{"raft.deposed", {"term"}, true};
constexpr sim::NoteKind note_conflict{"raft.conflict", {"from", "last"}, true};
constexpr sim::NoteKind note_torn_tail{"raft.torn_tail", {"bytes"}, true};
constexpr sim::NoteKind note_hint{"raft.hint", {"hints"}, true};
constexpr sim::NoteKind note_withheld{"raft.withheld", {"index"}, true}; // figure 8 of the paper
constexpr sim::NoteKind note_append{"raft.append", {"index", "term", "digest"}};
constexpr sim::NoteKind note_truncate{"raft.truncate", {"from"}};
constexpr sim::NoteKind note_shorter{"raft.shorter", {"last", "published"}}; // without an entry in place of another
constexpr sim::NoteKind note_commit{"raft.commit", {"index", "term", "digest"}};
constexpr sim::NoteKind note_apply{"raft.apply", {"index", "term", "digest"}};

std::string number(std::uint64_t value) { return std::to_string(value); }
std::string entry_words(Index index, Term term) {
    return index == 0 ? "nothing" : "entry " + number(index) + " of term " + number(term);
}

// "entries 5..6 of terms 2, 3".
std::string entries_words(const Message& message) {
    if (message.entries.empty()) return "no entries";
    const Index first = message.index + 1;
    const Index last = message.index + message.entries.size();
    std::string terms;
    for (std::size_t i = 0; i < message.entries.size(); ++i) {
        const Term term = message.entries[i].term;
        if (i == 0 || term != message.entries[i - 1].term) terms += (i == 0 ? "" : ", ") + number(term);
    }
    return (first == last ? "entry " + number(first) + " of term "
                          : "entries " + number(first) + ".." + number(last) + " of term ") +
           terms;
}

std::string chunk_words(const Message& message) {
    if (!message.chunk) return {};
    const Chunk& chunk = *message.chunk;
    const std::string size = chunk.data.empty() ? "" : number(chunk.data.size()) + " bytes ";
    return ", " + size + "from byte " + number(chunk.offset) + " of " + number(chunk.total);
}

std::string describe(sim::ByteView bytes) {
    const auto message = sim::decode<Message>(bytes);
    if (!message) return "malformed";
    std::string text = "term " + number(message->term);
    switch (message->kind) {
    case Message::Kind::pre_vote:
        return text + ": would you vote for me, my log ends with " + entry_words(message->index, message->index_term);
    case Message::Kind::pre_vote_reply:
        return text + (message->success ? ": I would" : ": I would not");
    case Message::Kind::timeout_now:
        return text + ": campaign at once";
    case Message::Kind::vote:
        return text + ": vote for me, my log ends with " + entry_words(message->index, message->index_term);
    case Message::Kind::vote_reply:
        return text + (message->success ? ": granted" : ": refused");
    case Message::Kind::append:
        return text + ": " + entries_words(*message) + " after " + entry_words(message->index, message->index_term) +
               ", committed up to " + number(message->commit);
    case Message::Kind::append_reply:
        if (message->success) return text + ": has up to " + number(message->index);
        return text + ": refused, has " + entry_words(message->index, message->index_term);
    case Message::Kind::snapshot:
        return text + ": snapshot up to " + entry_words(message->index, message->index_term) + chunk_words(*message);
    case Message::Kind::snapshot_reply:
        return text + ": of the snapshot up to " + number(message->index) + chunk_words(*message);
    }
    return text;
}
constexpr sim::Label labels[] = {
    {"raft.vote", describe},         {"raft.vote_reply", describe}, {"raft.append", describe},
    {"raft.append_reply", describe}, {"raft.pre_vote", describe},   {"raft.pre_vote_reply", describe},
    {"raft.timeout_now", describe},  {"raft.snapshot", describe},   {"raft.snapshot_reply", describe}};
static_assert(std::size(labels) == static_cast<std::size_t>(Message::last_kind) + 1);

std::int64_t digest(const Entry& entry) { return static_cast<std::int64_t>(sim::name_hash(entry.command.text())); }

} // namespace

std::vector<sim::NoteKind> goals() {
    return {note_leader, note_deposed, note_conflict, note_torn_tail, note_hint, note_withheld};
}

class Node::Running : public std::enable_shared_from_this<Running> {
public:
    Running(sim::Env& env, StateMachine& machine, NodeOptions options);

    bool start();
    // Does not suspend. The tasks end in turns of their own.
    void end();
    void await_end();
    Proposed propose(sim::Bytes command, sim::Deadline deadline);
    bool is_leader() const { return !has_ended_ && core_ != nullptr && core_->role() == Role::leader; }

private:
    struct Waiter {
        sim::Task task{};
        Term term = 0;
        bool done = false;
        Proposed outcome{};
    };

    sim::Task spawn(std::string_view name, void (Running::*task)());
    void receive();
    void drive();
    void tick();
    sim::Deadline next_tick() const;
    bool persist();
    void send_messages();
    void apply_committed();
    void publish_role();
    void publish_state();
    void publish_log(Index first, Index last);
    void publish_rare();
    std::uint64_t random() { return env_.draw("election", UINT32_MAX); }

    sim::Env& env_;
    StateMachine& machine_; // not used after the end
    NodeOptions options_;
    bool has_ended_ = false;
    Storage storage_;
    std::unique_ptr<Core> core_;
    sim::Socket socket_;
    std::vector<sim::Address> members_; // by Member
    sim::Signal work_;
    std::vector<Message> inbox_;
    std::vector<Message> arrived_; // what was in inbox_ when the round began
    std::vector<Message> outbox_;
    sim::Monotonic ticked_{}; // ticks were counted up to this time
    HardState durable_{};
    Index applied_ = 0;
    Index published_last_ = 0;    // last index of the log as it was published
    Index published_shorter_ = 0; // and as it was when it had fewer entries than that
    std::optional<Role> published_role_;
    std::optional<Term> published_term_;
    Term published_leader_term_ = 0;
    Rare published_rare_{};
    std::map<Index, Waiter*> waiters_;
    sim::Task receiver_{};
    sim::Task driver_{};
    sim::Signal task_ended_; // one of the two
    sim::TaskGroup tasks_;
};

Node::Node(sim::Env& env, StateMachine& machine, NodeOptions options)
    : running_(std::make_shared<Running>(env, machine, std::move(options))) {}
Node::~Node() { running_->end(); }

// Whoever suspends within a node holds what its tasks share: the node may go meanwhile.
bool Node::start() { return std::shared_ptr(running_)->start(); }
void Node::stop() {
    const std::shared_ptr<Running> held = running_;
    held->end();
    held->await_end();
}
Proposed Node::propose(sim::Bytes command, sim::Deadline deadline) {
    return std::shared_ptr(running_)->propose(std::move(command), deadline);
}
bool Node::is_leader() const { return running_->is_leader(); }

Node::Running::Running(sim::Env& env, StateMachine& machine, NodeOptions options)
    : env_(env), machine_(machine), options_(std::move(options)), storage_(env), work_(env), task_ended_(env),
      tasks_(env) {
    members_ = replication::members_of(env, options_.role);
}

bool Node::Running::start() {
    CHECK(core_ == nullptr);
    auto recovered = storage_.open();
    if (!recovered.ok() || has_ended_) return false;
    auto bound = env_.bind(options_.port);
    if (!bound.ok()) return false;
    socket_ = std::move(*bound);
    durable_ = recovered->hard;
    if (recovered->torn > 0) env_.note(note_torn_tail, recovered->torn);
    const CoreOptions options{.self = env_.self().index,
                              .count = static_cast<Member>(members_.size()),
                              .election_ticks = options_.election_ticks,
                              .heartbeat_ticks = options_.heartbeat_ticks,
                              .batch = options_.batch,
                              .pre_vote = options_.pre_vote,
                              .check_quorum = options_.check_quorum};
    core_ = std::make_unique<Core>(options, recovered->hard, Mark{}, std::move(recovered->entries), random());
    ticked_ = env_.now();
    publish_state();
    publish_log(1, core_->log().last_index());
    receiver_ = spawn("raft.receive", &Running::receive);
    driver_ = spawn("raft.drive", &Running::drive);
    return true;
}

sim::Task Node::Running::spawn(std::string_view name, void (Running::*task)()) {
    return tasks_.spawn(name, [self = shared_from_this(), task] {
        (self.get()->*task)();
        self->task_ended_.signal();
    });
}

void Node::Running::end() {
    if (std::exchange(has_ended_, true)) return;
    tasks_.cancel();
    for (const auto& [index, waiter] : waiters_) {
        waiter->done = true;
        env_.wake(waiter->task);
    }
}

void Node::Running::await_end() {
    CHECK(has_ended_);
    while (env_.is_alive(receiver_) || env_.is_alive(driver_))
        if (const sim::Status waited = task_ended_.wait(); !waited.ok() && waited.error() == sim::Error::dead) return;
    socket_.close();
}

void Node::Running::receive() {
    while (true) {
        auto datagram = socket_.receive();
        if (!datagram.ok()) return;
        auto message = sim::decode<Message>(datagram->bytes);
        if (!message || !replication::is_spoken_by_a_member(members_, env_.self().index, message->from, message->to,
                                                            datagram->from))
            continue;
        if (message->kind > Message::last_kind) continue;
        inbox_.push_back(std::move(*message));
        work_.signal();
    }
}

sim::Deadline Node::Running::next_tick() const { return {ticked_ + options_.tick * core_->ticks_until_due()}; }

// The ticks that have passed are counted when something happens or one is due, not one by one.
void Node::Running::tick() {
    const auto count = (env_.now() - ticked_) / options_.tick;
    if (count <= 0) return;
    ticked_ = ticked_ + options_.tick * count;
    CHECK(ticked_ <= env_.now());
    core_->tick(random(), static_cast<std::uint32_t>(std::min<std::int64_t>(count, UINT16_MAX)));
}

// A round. Everything that came is fed to the core, then made durable by one sync, then answered.
void Node::Running::drive() {
    while (true) {
        const sim::Status woken = work_.wait(next_tick());
        if (!woken.ok() && woken.error() != sim::Error::timed_out) return;
        tick();
        arrived_.swap(inbox_);
        for (Message& message : arrived_) core_->step(std::move(message), random());
        arrived_.clear();
        if (!persist()) return;
        if (!env_.fault_point(point_answer).ok() || has_ended_) return;
        send_messages();
        publish_state();
        publish_rare();
        apply_committed();
    }
}

bool Node::Running::persist() {
    while (true) {
        core_->take_messages(outbox_);
        const HardState hard = core_->hard();
        const Index stable = core_->log().stable();
        const Index last = core_->log().last_index();
        if (hard == durable_ && stable == last) break;
        if (hard != durable_) {
            if (!storage_.write_hard(hard).ok()) return false;
            if (!FLAW(raft_vote_before_durable) && !storage_.sync_hard().ok()) return false;
            durable_ = hard;
        }
        CHECK(stable <= last);
        if (stable < last) {
            // Proposals may come meanwhile; they are appended above `last` and wait for the next round.
            if (!storage_.write_entries(core_->log(), last).ok()) return false;
            if (!env_.fault_point(point_sync).ok()) return false;
            if (!FLAW(raft_append_ack_before_sync) && !storage_.sync_entries().ok()) return false;
            publish_log(stable + 1, last);
            core_->persisted(last);
        }
    }
    return true;
}

// They promise what the core held when it made them: all of that is durable now.
void Node::Running::send_messages() {
    CHECK(core_->hard() == durable_);
    CHECK(core_->log().stable() == core_->log().last_index());
    for (const Message& message : outbox_) {
        CHECK(message.to < members_.size());
        CHECK(message.term <= durable_.term);
        (void)socket_.send(members_[message.to].at(options_.port), labels[static_cast<std::size_t>(message.kind)],
                           sim::encode(message));
    }
    outbox_.clear();
}

// The entries from `first` on are new, in place of any that were published there. The role comes first: a leader that
// was deposed and truncated its log in one round did so as a follower.
void Node::Running::publish_log(Index first, Index last) {
    CHECK(first >= 1);
    CHECK(first <= published_last_ + 1);
    CHECK(last <= core_->log().last_index());
    if (first <= published_last_ || first == 1) {
        publish_role();
        if (first <= published_last_) env_.note(note_conflict, first, published_last_);
        env_.note(note_truncate, first);
    }
    for (Index index = first; index <= last; ++index)
        env_.note(note_append, index, core_->log().term(index), digest(core_->log().entry(index)));
    published_last_ = last;
}

void Node::Running::publish_role() {
    constexpr const char* names[] = {"follower", "pre_candidate", "candidate", "leader"};
    if (published_role_ == core_->role()) return;
    const bool led = published_role_ == Role::leader;
    published_role_ = core_->role();
    env_.state(state_role, names[static_cast<std::size_t>(core_->role())]);
    if (led) env_.note(note_deposed, core_->term());
}

// Publishes what changed since the last time. Called only when the term is durable.
void Node::Running::publish_state() {
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

void Node::Running::publish_rare() {
    const Rare& rare = core_->rare();
    if (rare.hints != published_rare_.hints) env_.note(note_hint, rare.hints);
    if (rare.withheld != published_rare_.withheld) env_.note(note_withheld, rare.withheld);
    published_rare_ = rare;
    const Index last = core_->log().last_index();
    if (last < published_last_ && last != published_shorter_) env_.note(note_shorter, last, published_last_);
    published_shorter_ = last;
}

void Node::Running::apply_committed() {
    CHECK(!has_ended_);
    CHECK(applied_ <= core_->commit());
    while (applied_ < core_->commit()) {
        const Index index = ++applied_;
        const Entry& entry = core_->log().entry(index);
        const std::int64_t hash = digest(entry);
        env_.note(note_commit, index, entry.term, hash);
        env_.note(note_apply, index, entry.term, hash);
        sim::Bytes result;
        if (entry.kind == Entry::Kind::command && !entry.command.empty()) result = machine_.apply(index, entry.command);
        const auto found = waiters_.find(index);
        if (found == waiters_.end()) continue;
        Waiter& waiter = *found->second;
        CHECK(!waiter.done);
        // With another term it is another leader's entry, and the proposed one can never commit. The outcome is
        // unknown all the same, because the client may have sent its command to that leader too.
        if (waiter.term == entry.term) waiter.outcome = {Proposed::Kind::applied, std::move(result), {}};
        waiter.done = true;
        env_.wake(waiter.task);
    }
}

Proposed Node::Running::propose(sim::Bytes command, sim::Deadline deadline) {
    Proposed refusal{Proposed::Kind::not_leader, {}, {}};
    if (core_ == nullptr || has_ended_) return refusal;
    const Index index = core_->propose(std::move(command));
    if (index == 0) {
        if (core_->leader() < members_.size()) refusal.leader = members_[core_->leader()];
        return refusal;
    }
    CHECK(index > applied_ || sim::Flaw::any_on());
    Waiter waiter{env_.current(), core_->term(), false, {}};
    Waiter*& place = waiters_[index];
    if (place != nullptr) { // it waits for an entry that was truncated, of a term in which this node led before
        CHECK(place->term < waiter.term);
        CHECK(!place->done || sim::Flaw::any_on());
        place->done = true;
        env_.wake(place->task);
    }
    place = &waiter;
    // The waiter is on this stack: however this call ends, the table must forget it.
    struct Leave {
        std::map<Index, Waiter*>& waiters;
        Index index;
        Waiter* waiter;
        ~Leave() {
            const auto found = waiters.find(index);
            if (found != waiters.end() && found->second == waiter) waiters.erase(found);
        }
    } leave{waiters_, index, &waiter};
    work_.signal();
    while (!waiter.done)
        if (!env_.park(deadline).ok()) break;
    return std::move(waiter.outcome);
}

} // namespace orrery::raft
