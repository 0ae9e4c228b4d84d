// One round after the other: what came is fed to the core, what the core decided made durable, and then said. What an
// engine says of itself in notes is in publish.cc.
#include "orrery/protocols/raft/engine.h"

#include <algorithm>

#include "orrery/protocols/raft/flaws.def"
#include "orrery/protocols/raft/words.h"

namespace orrery::raft {
namespace {

// Where plans may have a fault begin: entries are written and not yet synced; all is durable - a vote, entries - and
// nobody has been told.
constexpr sim::StateKey point_sync{"raft.before_sync"};
constexpr sim::StateKey point_answer{"raft.before_answer"};
constexpr sim::NoteKind note_snapshot{"raft.snapshot", {"index", "term"}, true};   // made here
constexpr sim::NoteKind note_installed{"raft.installed", {"index", "term"}, true}; // came from a leader
constexpr sim::NoteKind note_no_snapshot{"raft.no_snapshot", {"index"}};           // what came as one is none
// A read beside the log begins, and is answered by the state as of an index; 0: it is refused.
constexpr sim::NoteKind note_read{"raft.read", {"read", "term", "leads"}};
constexpr sim::NoteKind note_read_answer{"raft.read_answer", {"read", "index", "term", "leads"}};
constexpr sim::NoteKind note_apply{"raft.apply", {"index", "term", "digest"}};

// Who is to be a witness cannot go on with the data of a member, and least of all the other way round.
std::string owner_words(const replication::Wire& wire, const EngineOptions& options, Member self) {
    return "raft, " + std::string(is_in(options.core.witnesses, self) ? "witness, " : "") + wire.owner();
}

// All members must be of one mind on who keeps no data.
std::string protocol_words(const EngineOptions& options) {
    return "raft" + (options.core.witnesses.empty() ? "" : ", witnesses " + members_words(options.core.witnesses));
}

} // namespace

std::vector<sim::NoteKind> snapshot_goals() { return {note_snapshot, note_installed}; }

Engine::Engine(sim::Env& env, EngineOptions options)
    : env_(env), options_(std::move(options)),
      wire_(env, protocol_words(options_), options_.role, options_.port, options_.message_format),
      storage_(env, owner_words(wire_, options_, env.self().index)), snapshots_(env, "raft.snapshot") {
    CHECK(options_.core.witnesses.empty() || options_.message_format > 1); // format 1 has no positions
    options_.core.self = env.self().index;
    options_.core.count = static_cast<Member>(members().size());
}

bool Engine::open() {
    CHECK(core_ == nullptr);
    Mark mark;
    if (!recover_snapshot(mark)) return false;
    auto recovered = storage_.open({mark.index, mark.term});
    if (!recovered.ok()) return false;
    if (recovered->damage) {
        replication::note_damage(env_, *recovered->damage);
        return false;
    }
    durable_ = recovered->hard;
    core_ = std::make_unique<Core>(options_.core, recovered->hard, mark, std::move(recovered->entries), random());
    publish_recovered(mark, recovered->torn);
    return true;
}

bool Engine::recover_snapshot(Mark& mark) {
    auto opened = snapshots_.open();
    if (!opened.ok()) return false;
    auto& newest = opened->newest;
    std::optional<Mark> found;
    if (newest) found = sim::decode<Mark>(newest->mark);
    if (!opened->damaged.empty() || (newest && (!found || found->index != newest->index))) {
        replication::note_damage(env_, {Storage::Damage::Cause::corrupt, opened->damaged, 0, {}, {}});
        return false;
    }
    if (!newest) return true;
    mark = std::move(*found);
    kept_ = mark.index;
    restored_ = std::move(newest->state);
    restored_index_ = mark.index;
    return true;
}

bool Engine::receive(const sim::Datagram& datagram) { return wire_.receive(datagram, inbox_); }

// One sync, however many proposals come meanwhile: those are appended above `last`, and what is said of them waits for
// the next round, as a heartbeat must not wait for them.
[[gnu::always_inline]] inline bool Engine::persist(sim::Socket& socket) {
    core_->take_messages(outbox_);
    const HardState hard = core_->hard();
    const Index stable = core_->log().stable();
    const Index last = core_->log().last_index();
    CHECK(stable <= last);
    if (hard == durable_ && stable == last) return true;
    if (hard == durable_) send_early(socket);
    if (!storage_.write(hard, core_->log(), last).ok()) return false;
    const bool is_vote = stable == last;
    if (is_vote ? FLAW(raft_vote_before_durable) : FLAW(raft_append_ack_before_sync))
        if (!send_messages(socket)) return false;
    if (!is_vote && !env_.fault_point(point_sync).ok()) return false;
    const bool is_skipped = FLAW(raft_leader_does_not_sync) && core_->role() == Role::leader;
    if (!is_skipped && !storage_.sync().ok()) return false;
    CHECK(core_->hard() == hard); // only a round changes it
    durable_ = hard;
    if (!is_vote) {
        publish_log(stable + 1, last);
        core_->persisted(last);
    }
    core_->take_messages(outbox_);
    return true;
}

// Everything that came is fed to the core, then made durable by one sync, then answered.
bool Engine::round(sim::Socket& socket) {
    wire_.greet(socket);
    arrived_.swap(inbox_);
    for (Message& message : arrived_) {
        const bool is_bare = message.kind == Message::Kind::append && message.entries.empty();
        core_->step(std::move(message), random());
        if (!FLAW(raft_bare_append_not_awaited) || !is_bare) continue;
        core_->take_messages(outbox_);
        (void)send_messages(socket);
    }
    arrived_.clear();
    for (const std::uint64_t read : begun_) { // after the ticks: a lease is a matter of time
        env_.note(note_read, read, core_->term(), is_leader());
        core_->read(read);
    }
    begun_.clear();
    collect_answers();
    if (!persist(socket) || !write_pieces() || !cut_log()) return false;
    if (!env_.fault_point(point_answer).ok()) return false;
    if (!send_messages(socket)) return false;
    publish_state();
    publish_configurations(); // before what was committed by them
    publish_commit();
    publish_rare();
    return true;
}

// Chunks of a snapshot that came. The term in which they were sent is durable.
bool Engine::write_pieces() {
    pieces_.clear();
    core_->take_pieces(pieces_);
    if (pieces_.empty()) return true;
    for (const Piece& piece : pieces_) {
        const Chunk& chunk = piece.chunk;
        if (is_witness()) {
            if (!install_mark(piece)) return false;
            continue;
        }
        if (chunk.offset > 0 && chunk.offset != snapshots_.received(piece.index, chunk.total)) continue;
        if (!snapshots_.receive(piece.index, chunk.total, chunk.offset, chunk.data).ok()) return false;
        const std::uint64_t held = snapshots_.received(piece.index, chunk.total);
        core_->piece_written(piece.index, held);
        if (held == chunk.total && !install(piece)) return false;
    }
    core_->take_messages(outbox_);
    return true;
}

// All of it has come. If it is no snapshot it was not whole where it came from, or others have mixed something in.
bool Engine::install(const Piece& piece) {
    std::optional<Mark> mark;
    auto finished = snapshots_.finish([&](const replication::Snapshots::Kept& kept) {
        mark = sim::decode<Mark>(kept.mark);
        return mark && mark->index == piece.index && mark->term == piece.term && core_->is_possible(*mark);
    });
    if (!finished.ok()) return false;
    if (*finished) return adopt(*mark, std::move((*finished)->state));
    env_.note(note_no_snapshot, piece.index);
    core_->pieces_refused(piece.index);
    return true;
}

// A witness keeps of a snapshot where its log goes on.
bool Engine::install_mark(const Piece& piece) {
    const Mark mark{piece.index, piece.term, piece.chunk.configuration};
    return snapshots_.keep(mark.index, sim::encode(mark), {}).ok() && adopt(mark, {});
}

// It is durable.
bool Engine::adopt(const Mark& mark, sim::Bytes state) {
    if (!core_->restore(mark)) return true; // it has come as far without it
    env_.note(note_installed, mark.index, mark.term);
    kept_ = mark.index;
    if (FLAW(raft_install_gives_up))
        applied_ = mark.index;
    else
        restored_ = std::move(state);
    restored_index_ = mark.index;
    publish_restore(mark);
    if (core_->log().last_index() == mark.index) storage_.begin_after({mark.index, mark.term});
    return storage_.roll().ok();
}

// Of a witness, for which there is no snapshot to wait for.
bool Engine::keep_mark() {
    if (!is_witness() || !is_log_long()) return true;
    const Mark mark = core_->mark(applied_);
    if (!snapshots_.keep(mark.index, sim::encode(mark), {}).ok()) return false;
    env_.note(note_snapshot, mark.index, mark.term);
    kept_ = mark.index;
    return storage_.drop(kept_).ok();
}

// Behind the newest snapshot of its own.
bool Engine::cut_log() {
    if (!keep_mark()) return false;
    if (kept_ <= core_->log().snapshot_index()) return true;
    core_->compact(kept_);
    return storage_.roll().ok();
}

void Engine::keep_snapshot(Index applied, sim::Bytes state) {
    if (applied <= core_->log().snapshot_index()) return;
    const Mark mark = core_->mark(applied);
    if (FLAW(raft_log_cut_before_snapshot)) (void)storage_.drop(kept_ = applied);
    if (!snapshots_.keep(applied, sim::encode(mark), state).ok()) return;
    env_.note(note_snapshot, mark.index, mark.term);
    kept_ = std::max(kept_, applied);
    (void)storage_.drop(kept_); // if the disk fails, the round will notice
}

// A leader's appends promise nothing: its followers write them while it does. A witness must not be the first to have
// an entry: if the leader loses it with its power, the witness votes for nobody who has not got it, and gives it to
// nobody.
void Engine::send_early(sim::Socket& socket) {
    std::erase_if(outbox_, [&](const Message& message) {
        if (!leaves_early(message) || message.kind == Message::Kind::snapshot) return false;
        if (!message.entries.empty() && core_->is_witness(message.to)) return false;
        send(socket, message);
        return true;
    });
}

// They promise what the core held when it made them: all of that is durable now.
bool Engine::send_messages(sim::Socket& socket) {
    sending_.clear();
    sending_.swap(outbox_);
    for (Message& message : sending_) {
        const bool is_snapshot = message.kind == Message::Kind::snapshot && !core_->is_witness(message.to);
        if (is_snapshot && !fill(message)) return false;
        if (!is_snapshot || message.chunk->total > 0) send(socket, message);
    }
    return true;
}

// The bytes of a chunk; a total of 0 if the snapshot is there no more. False: the disk failed.
bool Engine::fill(Message& message) {
    CHECK(message.chunk.has_value());
    Chunk& chunk = *message.chunk;
    chunk.total = 0;
    if (message.index != snapshots_.index() || chunk.offset > snapshots_.size()) return true;
    const std::uint64_t total = snapshots_.size();
    auto data = snapshots_.read(chunk.offset, options_.core.chunk_bytes);
    if (!data.ok()) return false;
    if (message.index != snapshots_.index()) return true; // a newer one took its place while this waited
    chunk.total = total;
    chunk.data = std::move(*data);
    return true;
}

// Whoever gets it. Format 1 has neither positions nor commands that are forwarded.
bool Engine::understands(const Message& message) const {
    return wire_.format_to(message.to) > 1 || (message.kind <= Message::last_kind_of(1) && !holds_positions(message));
}

void Engine::send(sim::Socket& socket, const Message& message) {
    CHECK(message.term <= durable_.term || sim::Flaw::any_on());
    if (!understands(message)) return;
    publish_promise(message);
    wire_.send(socket, label_of(message.kind), message);
}

std::optional<replication::Step> Engine::next() {
    using Kind = replication::Step::Kind;
    if (restored_) {
        CHECK(restored_index_ > applied_ || sim::Flaw::any_on());
        applied_ = restored_index_;
        restoring_ = std::move(*restored_);
        restored_.reset();
        return replication::Step{is_witness() ? Kind::passed : Kind::restore, applied_, 0, restoring_};
    }
    CHECK(applied_ <= core_->commit() || sim::Flaw::any_on());
    if (applied_ >= core_->commit()) {
        restoring_.reset();
        return std::nullopt;
    }
    const Index index = ++applied_;
    const Entry& entry = core_->log().entry(index);
    env_.note(note_apply, index, entry.term, digest(entry));
    const bool is_command = entry.kind == Entry::Kind::command && !entry.command.empty();
    return replication::Step{is_command ? Kind::command : Kind::nothing, index, entry.term, entry.command};
}

std::optional<replication::Place> Engine::propose(sim::Bytes command) {
    const Index index = core_->propose(std::move(command));
    if (index == 0) return std::nullopt;
    return replication::Place{index, core_->term()};
}

// Those who have not enough of the log to vote become learners first.
replication::Reconfigured Engine::reconfigure(const std::vector<Member>& voters) {
    using replication::Reconfigured;
    const Configuration& now = core_->configuration();
    std::vector<Change> changes;
    std::vector<Change> learners;
    for (const Member member : voters) {
        if (is_in(now.voters.incoming, member)) continue;
        changes.push_back({Change::Kind::voter, member});
        if (!is_in(now.learners, member)) learners.push_back({Change::Kind::learner, member});
    }
    for (const Member member : now.voters.incoming)
        if (!is_in(voters, member)) changes.push_back({Change::Kind::removed, member});
    for (const Member member : now.learners)
        if (!is_in(voters, member)) changes.push_back({Change::Kind::removed, member});
    ChangeAnswer answer = core_->change(changes);
    if (answer == ChangeAnswer::lags && !learners.empty()) answer = core_->change(learners);
    if (answer == ChangeAnswer::not_leader) return Reconfigured::not_leader;
    if (answer == ChangeAnswer::witnesses) return Reconfigured::impossible;
    return answer == ChangeAnswer::impossible ? Reconfigured::done : Reconfigured::under_way;
}

std::optional<Member> Engine::leader() const {
    if (core_->leader() >= members().size()) return std::nullopt;
    return core_->leader();
}

std::uint64_t Engine::forward(sim::ByteView command) {
    if (core_->leader() >= members().size() || wire_.format_to(core_->leader()) == 1) return 0;
    return core_->forward(command);
}

std::optional<replication::Forwarded> Engine::next_forwarded() {
    if (forwarded_.empty()) core_->take_forwarded(forwarded_);
    if (forwarded_.empty()) return std::nullopt;
    const ForwardAnswer answer = forwarded_.back(); // each is of another request
    forwarded_.pop_back();
    if (answer.index == 0) return replication::Forwarded{answer.request, std::nullopt};
    return replication::Forwarded{answer.request, replication::Place{answer.index, answer.term}};
}

std::uint64_t Engine::begin_read() {
    if (core_->leader() >= members().size()) return 0;
    begun_.push_back(++reads_);
    return reads_;
}

// They are said when they are given: a lease may have ended when the disk is done.
void Engine::collect_answers() {
    const std::size_t before = answers_.size();
    core_->take_reads(answers_);
    for (std::size_t i = before; i < answers_.size(); ++i)
        env_.note(note_read_answer, answers_[i].token, answers_[i].index, core_->term(), is_leader());
}

std::optional<replication::ReadAnswer> Engine::next_answer() {
    if (answered_ == answers_.size()) {
        answers_.clear();
        answered_ = 0;
        collect_answers();
        if (answers_.empty()) return std::nullopt;
    }
    const ReadAnswer& answer = answers_[answered_++];
    return replication::ReadAnswer{answer.token, answer.index, answer.index == 0};
}

} // namespace orrery::raft
