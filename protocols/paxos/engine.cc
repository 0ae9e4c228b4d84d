// A round: what came is fed to the replica; what promises nothing leaves at once, and a follower's disk works while the
// leader's does; then all is made durable, and the rest leaves.
#include "orrery/protocols/paxos/engine.h"

#include <algorithm>

#include "orrery/protocols/paxos/flaws.def"
#include "orrery/protocols/paxos/replica_words.h"

namespace orrery::paxos {
namespace {

constexpr sim::StateKey state_role{"paxos.role"};
constexpr sim::StateKey state_replicas{"paxos.members"};
// Where plans may have a fault begin: something is written and not yet synced; all is durable - a promise, what was
// accepted - and nobody has been told.
constexpr sim::StateKey point_written{"paxos.before_sync"};
constexpr sim::StateKey point_durable{"paxos.before_answer"};
constexpr sim::NoteKind note_leader{"paxos.leader", {"round", "member", "slot"}, true};
constexpr sim::NoteKind note_deposed{"paxos.deposed", {"round", "member"}, true};
constexpr sim::NoteKind note_torn_tail{"paxos.torn_tail", {"bytes"}, true};
constexpr sim::NoteKind note_gap{"paxos.gap_filled", {"slots"}, true};
constexpr sim::NoteKind note_adopted{"paxos.adopted", {"slots"}, true};
constexpr sim::NoteKind note_out_of_order{"paxos.out_of_order", {"slots"}, true};
constexpr sim::NoteKind note_behind{"paxos.candidate_behind", {"promises"}, true};
constexpr sim::NoteKind note_told{"paxos.told", {"slots"}, true};
constexpr sim::NoteKind note_restored{"paxos.restored", {"slot"}, true};
constexpr sim::NoteKind note_log_promise{"paxos.log.promise", {"round", "member"}};
constexpr sim::NoteKind note_log_propose{"paxos.log.propose", {"slot", "round", "member", "digest"}};
constexpr sim::NoteKind note_log_accept{"paxos.log.accept", {"slot", "round", "member", "digest"}};
constexpr sim::NoteKind note_log_recover{"paxos.log.recover", {"slot", "round", "member", "digest"}};
constexpr sim::NoteKind note_log_learn{"paxos.log.learn", {"slot", "round", "member", "digest"}};
constexpr sim::NoteKind note_log_chosen{"paxos.log.chosen", {"slot", "digest"}};
constexpr sim::NoteKind note_log_read{"paxos.log.read", {"read"}};
constexpr sim::NoteKind note_log_answer{"paxos.log.answer", {"read", "slot"}};
constexpr sim::NoteKind note_log_snapshot{"paxos.log.snapshot", {"slot"}};
// Voters that were chosen in that slot, and decide so many slots later; and which member this is, before it accepts
// anything where others decide than in the beginning.
constexpr sim::NoteKind note_log_members{"paxos.log.members", {"slot", "window", "voters"}, true};
constexpr sim::NoteKind note_log_member{"paxos.log.member", {"member"}};
constexpr sim::NoteKind note_hurried{"paxos.hurried", {"slots"}, true};
constexpr sim::NoteKind note_retired{"paxos.retired", {"leaders"}, true};
constexpr sim::NoteKind note_stranger{"paxos.stranger", {"ballots"}, true};
constexpr sim::NoteKind note_left_tells{"paxos.left_tells", {"times"}, true};

std::int64_t digest_of(const sim::Bytes& value) { return static_cast<std::int64_t>(sim::name_hash(value.text())); }

// The mark of a snapshot; none as long as nobody has joined or left.
sim::Bytes mark_of(const std::vector<Configuration>& configurations) {
    if (configurations.size() == 1 && configurations.front().chosen_in == 0) return {};
    return sim::encode(configurations);
}

// Empty: no member made that mark.
std::optional<std::vector<Configuration>> configurations_of(sim::ByteView mark, Member count) {
    if (mark.empty()) return std::vector<Configuration>{};
    auto configurations = sim::decode<std::vector<Configuration>>(mark);
    if (!configurations || !Configurations::is_valid(*configurations, count)) return std::nullopt;
    return configurations;
}

} // namespace

std::vector<sim::NoteKind> goals() {
    return {note_leader,       note_deposed, note_torn_tail, note_gap,     note_adopted,
            note_out_of_order, note_behind,  note_told,      note_restored};
}

std::vector<sim::NoteKind> membership_goals() { return {note_log_members, note_hurried, note_retired, note_stranger}; }

Engine::Engine(sim::Env& env, std::string_view role, std::uint64_t port, EngineOptions options)
    : env_(env), options_(options), wire_(env, "paxos", role, port, options.message_format),
      storage_(env, "paxos, " + wire_.owner()), snapshots_(env, "paxos.snapshot") {
    options_.replica.self = env.self().index;
    options_.replica.count = static_cast<Member>(members().size());
    CHECK(options_.snapshot_slots > 0);
}

bool Engine::open() {
    CHECK(replica_ == nullptr);
    auto snapshots = snapshots_.open();
    if (!snapshots.ok()) return false;
    restored_ = std::move(snapshots->newest);
    auto configurations =
        configurations_of(restored_ ? restored_->mark.view() : sim::ByteView(), options_.replica.count);
    if (!snapshots->damaged.empty() || !configurations) {
        replication::note_damage(env_, {replication::Journal::Damage::Cause::corrupt, snapshots->damaged});
        return false;
    }
    dropped_ = snapshots_.index();
    auto recovered = storage_.open(snapshots_.index());
    if (!recovered.ok()) return false;
    if (recovered->damage) {
        replication::note_damage(env_, *recovered->damage);
        return false;
    }
    if (recovered->torn > 0) env_.note(note_torn_tail, recovered->torn);
    durable_ = recovered->state.promised;
    recovered->state.configurations = std::move(*configurations);
    replica_ = std::make_unique<Replica>(options_.replica, std::move(recovered->state), random());
    settled_ = replica_->settled();
    publish_recovered();
    publish_state();
    return true;
}

bool Engine::receive(const sim::Datagram& datagram) { return wire_.receive(datagram, inbox_); }

bool Engine::round(sim::Socket& socket) {
    wire_.greet(socket);
    arrived_.swap(inbox_);
    for (ReplicaMessage& message : arrived_) {
        if (message.kind == ReplicaMessage::Kind::accept && message.round > 0) publish_member();
        replica_->step(std::move(message), random());
        collect_unsaved();
        if (!take_chunk()) return false;
    }
    arrived_.clear();
    if (!drop() || !persist(socket)) return false;
    if (!env_.fault_point(point_durable).ok()) return false;
    CHECK(replica_->promised() == durable_);
    for (const ReplicaMessage& message : std::exchange(outbox_, {})) send(socket, message);
    publish_state();
    publish_rare();
    return true;
}

// --- snapshots ---------------------------------------------------------------------------------------

void Engine::keep_snapshot(replication::Index applied, sim::Bytes state) {
    // If the disk failed, the next round finds that out.
    (void)snapshots_.keep(applied, mark_of(replica_->configurations().as_of(applied)), state);
}

// Up to the newest snapshot the log is not needed any more.
bool Engine::drop() {
    const Slot slot = snapshots_.index();
    if (slot == dropped_) return true;
    CHECK(slot > dropped_);
    replica_->compact(slot);
    dropped_ = slot;
    env_.note(note_log_snapshot, slot);
    return storage_.drop(slot).ok();
}

bool Engine::take_chunk() {
    const std::optional<Chunk> chunk = replica_->take_chunk();
    if (!chunk || chunk->data.empty()) return true;
    const std::uint64_t held = snapshots_.received(chunk->slot, chunk->total);
    if (chunk->offset != held || chunk->data.size() > chunk->total - held) {
        replica_->chunk_written(chunk->slot, held);
        return true;
    }
    if (!snapshots_.receive(chunk->slot, chunk->total, chunk->offset, chunk->data).ok()) return false;
    const std::uint64_t now = held + chunk->data.size();
    if (now == chunk->total) return restore(chunk->slot);
    replica_->chunk_written(chunk->slot, now);
    return true;
}

bool Engine::restore(Slot slot) {
    std::optional<std::vector<Configuration>> configurations;
    auto finished = snapshots_.finish([&](const replication::Snapshots::Kept& kept) {
        configurations = configurations_of(kept.mark, options_.replica.count);
        return configurations.has_value();
    });
    if (!finished.ok()) return false;
    if (!*finished) { // it was damaged on its way: once more from the beginning
        replica_->chunk_written(slot, 0);
        return true;
    }
    CHECK(replica_->needs_snapshot(slot)); // nobody else has fed the replica meanwhile
    restored_ = std::move(*finished);
    replica_->restore(slot, std::move(*configurations));
    env_.note(note_restored, slot);
    return true;
}

// False: it cannot be sent.
bool Engine::fill(ReplicaMessage& message) {
    if (message.slot != snapshots_.index() || message.offset >= snapshots_.size()) return false;
    message.total = snapshots_.size();
    auto data = snapshots_.read(message.offset, snapshot_chunk_bytes);
    if (!data.ok()) return false;
    message.data = std::move(*data);
    return message.slot == snapshots_.index();
}

// --- durable first -----------------------------------------------------------------------------------

// After each call of the replica: what it accepts in a slot next takes the place of this, and was accepted all the
// same.
void Engine::collect_unsaved() {
    for (const Unsaved& each : replica_->take_unsaved()) {
        unsaved_.push_back(each);
        standing_.push_back({each, digest_of(replica_->log().at(each.slot).value)});
    }
}

// Proposals may come while the disk works; they wait for the next turn.
bool Engine::persist(sim::Socket& socket) {
    while (true) {
        replica_->take_messages(outbox_);
        collect_unsaved();
        const std::vector<Unsaved> unsaved = std::exchange(unsaved_, {});
        const std::vector<Standing> standing = std::exchange(standing_, {});
        const bool is_saved = unsaved.empty() && replica_->promised() == durable_ && replica_->settled() <= settled_;
        publish_members();
        publish_proposals(standing);
        send_at_once(socket);
        if (is_saved) return true;
        if (!save(unsaved, standing)) return false;
    }
}

bool Engine::save(const std::vector<Unsaved>& unsaved, const std::vector<Standing>& standing) {
    const Ballot promised = replica_->promised();
    const Slot settled = replica_->settled();
    if (!storage_.write(promised, replica_->chosen(), replica_->log(), unsaved).ok()) return false;
    if (!env_.fault_point(point_written).ok()) return false;
    if (!FLAW(paxos_answer_before_durable) && !storage_.sync().ok()) return false;
    durable_ = promised;
    settled_ = settled;
    publish_saved(standing);
    replica_->persisted(unsaved, settled);
    return true;
}

void Engine::send_at_once(sim::Socket& socket) {
    std::vector<ReplicaMessage> later;
    for (ReplicaMessage& message : std::exchange(outbox_, {})) {
        if (!may_leave_at_once(message.kind))
            later.push_back(std::move(message));
        else if (message.kind != ReplicaMessage::Kind::snapshot || fill(message))
            send(socket, message);
    }
    outbox_ = std::move(later);
}

void Engine::send(sim::Socket& socket, const ReplicaMessage& message) {
    wire_.send(socket, label_of(message.kind), message);
}

// --- what is said of it ------------------------------------------------------------------------------

// What was written before a crash may never have been published.
void Engine::publish_recovered() {
    env_.state(state_replicas, members().size());
    publish_members();
    publish_saved({});
    const SlotLog& log = replica_->log();
    for (Slot slot = log.offset() + 1; slot <= log.last(); ++slot) {
        const Accepted& each = log.at(slot);
        if (each.ballot.is_none()) continue;
        env_.note(note_log_recover, slot, each.ballot.round, each.ballot.member, digest_of(each.value));
    }
}

// Before anybody can have heard of it.
void Engine::publish_proposals(const std::vector<Standing>& standing) {
    for (const auto& [what, digest] : standing)
        if (what.ballot.member == options_.replica.self && !what.is_learned)
            env_.note(note_log_propose, what.slot, what.ballot.round, what.ballot.member, digest);
}

// What was accepted, which is a promise too; then a promise above it, which came later in the same round.
void Engine::publish_saved(const std::vector<Standing>& standing) {
    for (const auto& [what, digest] : standing) {
        env_.note(what.is_learned ? note_log_learn : note_log_accept, what.slot, what.ballot.round, what.ballot.member,
                  digest);
        if (!what.is_learned) published_promise_ = std::max(published_promise_, what.ballot);
    }
    if (durable_ <= published_promise_) return;
    published_promise_ = durable_;
    env_.note(note_log_promise, durable_.round, durable_.member);
}

// Before anything is said of slots in which they decide.
void Engine::publish_members() {
    for (const Configuration& each : replica_->configurations().known()) {
        if (each.chosen_in <= published_members_) continue;
        published_members_ = each.chosen_in;
        publish_member();
        env_.note(note_log_members, each.chosen_in, options_.replica.window, voters_text(each.voters));
    }
}

void Engine::publish_member() {
    if (!std::exchange(has_published_member_, true)) env_.note(note_log_member, options_.replica.self);
}

void Engine::publish_state() {
    constexpr const char* names[] = {"follower", "candidate", "leader"};
    const Ballot ballot = replica_->ballot();
    if (published_role_ != replica_->role()) {
        const bool led = published_role_ == Replica::Role::leading;
        published_role_ = replica_->role();
        env_.state(state_role, names[static_cast<std::size_t>(replica_->role())]);
        if (led) env_.note(note_deposed, published_leader_.round, published_leader_.member);
    }
    if (!is_leader() || published_leader_ == ballot) return;
    published_leader_ = ballot;
    env_.note(note_leader, ballot.round, ballot.member, replica_->log().last());
}

void Engine::publish_rare() {
    const ReplicaRare& rare = replica_->rare();
    if (rare.gaps != published_rare_.gaps) env_.note(note_gap, rare.gaps);
    if (rare.adopted != published_rare_.adopted) env_.note(note_adopted, rare.adopted);
    if (rare.out_of_order != published_rare_.out_of_order) env_.note(note_out_of_order, rare.out_of_order);
    if (rare.behind != published_rare_.behind) env_.note(note_behind, rare.behind);
    if (rare.learned != published_rare_.learned) env_.note(note_told, rare.learned);
    if (rare.hurried != published_rare_.hurried) env_.note(note_hurried, rare.hurried);
    if (rare.retired != published_rare_.retired) env_.note(note_retired, rare.retired);
    if (rare.strangers != published_rare_.strangers) env_.note(note_stranger, rare.strangers);
    if (rare.told != published_rare_.told) env_.note(note_left_tells, rare.told);
    published_rare_ = rare;
}

// --- what comes out ----------------------------------------------------------------------------------

std::optional<replication::Step> Engine::next() {
    if (restored_) {
        applied_ = restored_->index;
        restoring_ = std::move(restored_->state);
        restored_.reset();
        return replication::Step{replication::Step::Kind::restore, applied_, 0, restoring_};
    }
    restoring_.reset();
    CHECK(applied_ <= replica_->chosen());
    if (applied_ == replica_->chosen()) return std::nullopt;
    const Slot slot = ++applied_;
    const Accepted& entry = replica_->log().at(slot);
    env_.note(note_log_chosen, slot, digest_of(entry.value));
    if (entry.value.empty() || voters_of(entry.value))
        return replication::Step{replication::Step::Kind::nothing, slot, ticket_of(entry.ballot), {}};
    return replication::Step{replication::Step::Kind::command, slot, ticket_of(entry.ballot), command_of(entry.value)};
}

// The window is full, it does not lead, or the value is too large.
std::optional<replication::Place> Engine::propose(sim::Bytes command) {
    const Slot slot = replica_->propose(std::move(command));
    if (slot == 0) return std::nullopt;
    return replication::Place{slot, ticket_of(replica_->ballot())};
}

replication::Reconfigured Engine::reconfigure(const std::vector<Member>& voters) {
    switch (replica_->change(Voters::of(voters))) {
    case ChangeAnswer::done:
        return replication::Reconfigured::done;
    case ChangeAnswer::under_way:
        return replication::Reconfigured::under_way;
    case ChangeAnswer::not_leader:
        break;
    }
    return replication::Reconfigured::not_leader;
}

std::uint64_t Engine::begin_read() {
    const std::uint64_t read = replica_->read();
    if (read != 0) env_.note(note_log_read, read);
    return read;
}

std::optional<replication::ReadAnswer> Engine::next_answer() {
    if (answers_.empty())
        for (const ReplicaRead& each : replica_->take_answers()) answers_.push_back(each);
    if (answers_.empty()) return std::nullopt;
    const ReplicaRead answer = answers_.front();
    answers_.pop_front();
    if (!answer.is_refused) env_.note(note_log_answer, answer.read, answer.slot);
    return replication::ReadAnswer{answer.read, answer.slot, answer.is_refused};
}

std::optional<Member> Engine::leader() const {
    if (replica_->leader() >= members().size()) return std::nullopt;
    return replica_->leader();
}

} // namespace orrery::paxos
