// One task drives the engine in rounds, another writes a snapshot when one is wanted. The driver waits in its socket,
// because most of what makes it work comes from there, and a task of its own that only receives would cost a switch for
// each message. What else makes it work - a proposal - calls it away from there by a cancellation.
#include "orrery/protocols/replication/node.h"

#include <algorithm>
#include <map>

#include "orrery/protocols/replication/flaws.def"
#include "orrery/protocols/replication/journal.h"
#include "orrery/protocols/replication/waiters.h"
#include "orrery/sim/flaw.h"
#include "orrery/sim/sync.h"

namespace orrery::replication {
namespace {

constexpr sim::StateKey state_role{"replication.role"};
// Before any time that a clock shows: who waits until then takes what is there.
constexpr sim::Deadline long_ago{sim::Monotonic{0}};
constexpr sim::NoteKind note_leads{"replication.leads", {"applied"}, true};
// Nobody waits for an index so far behind what is applied: no leader has put a command there.
constexpr Index forward_reach = 1 << 20;

} // namespace

std::vector<sim::NoteKind> node_goals() { return {note_leads}; }

class Node::Running : public std::enable_shared_from_this<Running> {
public:
    Running(sim::Env& env, StateMachine& machine, std::unique_ptr<Engine> engine, NodeOptions options);

    bool start();
    // Does not suspend. The tasks end in turns of their own.
    void end();
    void await_end();
    Proposed propose(sim::Bytes command, sim::Deadline deadline);
    Proposed read(sim::Deadline deadline);
    Proposed reconfigure(std::vector<Member> voters, sim::Deadline deadline);
    bool transfer(Member to);
    bool is_leader() const { return is_running_ && !has_ended_ && engine_->is_leader(); }

private:
    // Whoever waits for a step of the machine, or for leave to read. It is on the stack of its task.
    struct Waiter {
        sim::Task task{};
        std::uint64_t ticket = 0;
        bool is_done = false;
        Proposed outcome{};
        Waiters<Waiter>* place = nullptr; // where it waits ...
        std::uint64_t key = 0;            // ... and for what: an index, or the name of a read or of what was forwarded
    };

    sim::Task spawn(std::string_view what, void (Running::*task)());
    void drive();
    bool await_work();
    void call_driver();
    void tick();
    void publish_role();
    void apply();
    void apply(const Step& step);
    void restore(const Step& step);
    void answer_reads();
    void place_forwarded();
    void enter(Waiters<Waiter>& waiters, std::uint64_t key, Waiter& waiter);
    void leave(Waiter& waiter);
    void keep_snapshot();
    void finish(Waiter& waiter);
    Proposed wait(Waiters<Waiter>& waiters, std::uint64_t key, std::uint64_t ticket, sim::Deadline deadline);
    Proposed refusal() const;
    sim::Deadline next_tick() const { return {ticked_ + options_.tick * engine_->ticks_until_due()}; }

    sim::Env& env_;
    StateMachine& machine_; // not used after the end
    std::unique_ptr<Engine> engine_;
    NodeOptions options_;
    bool is_running_ = false;
    bool has_ended_ = false;
    sim::Socket socket_;
    bool has_work_ = false;   // besides what is in the socket
    bool is_waiting_ = false; // the driver is, in its socket
    bool is_called_ = false;  // and was called away from there
    sim::Monotonic ticked_{}; // ticks were counted up to this time
    bool leads_ = false;      // as it was published
    Index applied_ = 0;
    Waiters<Waiter> proposals_;           // by index
    Waiters<Waiter> reads_;               // by name
    Waiters<Waiter> forwarded_;           // by name: it is not known at which index
    std::multimap<Index, Waiter*> ready_; // reads that may be answered once the machine is there
    Index snapshot_at_ = 0;               // of the state that waits to be written
    sim::Bytes snapshot_;
    sim::Task driver_{};
    std::vector<sim::Task> running_; // its tasks
    sim::Signal task_ended_;         // one of them
    sim::TaskGroup tasks_;
};

Node::Node(sim::Env& env, StateMachine& machine, std::unique_ptr<Engine> engine, NodeOptions options)
    : running_(std::make_shared<Running>(env, machine, std::move(engine), std::move(options))) {}
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
Proposed Node::read(sim::Deadline deadline) { return std::shared_ptr(running_)->read(deadline); }
Proposed Node::reconfigure(std::vector<std::uint32_t> voters, sim::Deadline deadline) {
    return std::shared_ptr(running_)->reconfigure(std::move(voters), deadline);
}
bool Node::transfer(std::uint32_t to) { return running_->transfer(to); }
bool Node::is_leader() const { return running_->is_leader(); }

Node::Running::Running(sim::Env& env, StateMachine& machine, std::unique_ptr<Engine> engine, NodeOptions options)
    : env_(env), machine_(machine), engine_(std::move(engine)), options_(std::move(options)), task_ended_(env),
      tasks_(env) {
    CHECK(engine_ != nullptr);
    CHECK(options_.tick > sim::Duration{});
}

bool Node::Running::start() {
    CHECK(!is_running_);
    if (!engine_->open() || has_ended_) return false;
    auto bound = env_.bind(options_.port);
    if (!bound.ok()) return false;
    socket_ = std::move(*bound);
    is_running_ = true;
    ticked_ = env_.now();
    apply(); // a snapshot
    if (has_ended_) return false;
    driver_ = spawn(".drive", &Running::drive);
    return true;
}

sim::Task Node::Running::spawn(std::string_view what, void (Running::*task)()) {
    std::erase_if(running_, [&](sim::Task each) { return !env_.is_alive(each); });
    running_.push_back(tasks_.spawn(options_.name + std::string(what), [self = shared_from_this(), task] {
        (self.get()->*task)();
        self->task_ended_.signal();
    }));
    return running_.back();
}

void Node::Running::end() {
    if (std::exchange(has_ended_, true)) return;
    tasks_.cancel();
    for (const auto* waiters : {&proposals_, &reads_, &forwarded_})
        waiters->for_each([this](std::uint64_t, Waiter& waiter) { finish(waiter); });
}

void Node::Running::await_end() {
    CHECK(has_ended_);
    while (std::any_of(running_.begin(), running_.end(), [&](sim::Task task) { return env_.is_alive(task); }))
        if (const sim::Status waited = task_ended_.wait(); !waited.ok() && waited.error() == sim::Error::dead) return;
    socket_.close();
}

void Node::Running::call_driver() {
    has_work_ = true;
    if (!is_waiting_ || std::exchange(is_called_, true)) return;
    env_.cancel(driver_);
}

// False: the node ends.
[[gnu::always_inline]] inline bool Node::Running::await_work() {
    if (!has_work_) {
        is_waiting_ = true;
        const auto datagram = socket_.receive(next_tick());
        is_waiting_ = false;
        const bool is_cancelled = !datagram.ok() && datagram.error() == sim::Error::cancelled;
        if (std::exchange(is_called_, false) ? !is_cancelled : is_cancelled) {
            if (is_cancelled) return false;       // not called: it is the end
            (void)env_.sleep_until({env_.now()}); // a datagram was faster than the call, which is still to be taken
        }
        if (datagram.ok())
            (void)engine_->receive(*datagram);
        else if (!is_cancelled && datagram.error() != sim::Error::timed_out)
            return false;
    }
    has_work_ = false;
    while (!has_ended_) { // all that has come already
        const auto datagram = socket_.receive(long_ago);
        if (!datagram.ok()) break;
        (void)engine_->receive(*datagram);
    }
    return !has_ended_;
}

// The ticks that have passed are counted when something happens or one is due, not one by one.
void Node::Running::tick() {
    const sim::Duration passed = env_.now() - ticked_;
    if (passed < options_.tick) return;
    const auto count = passed / options_.tick;
    ticked_ = ticked_ + options_.tick * count;
    CHECK(ticked_ <= env_.now());
    engine_->tick(static_cast<std::uint32_t>(std::min<std::int64_t>(count, UINT16_MAX)));
}

void Node::Running::drive() {
    while (true) {
        if (!await_work()) return;
        tick();
        if (!engine_->round(socket_) || has_ended_) return;
        publish_role();
        place_forwarded();
        sim::Bytes before = FLAW(replication_snapshot_index_ahead) ? machine_.snapshot() : sim::Bytes();
        apply();
        if (has_ended_) return;
        answer_reads();
        if (!engine_->is_snapshot_wanted() || snapshot_at_ > 0) continue;
        snapshot_at_ = applied_;
        snapshot_ = FLAW(replication_snapshot_index_ahead) ? std::move(before) : machine_.snapshot();
        spawn(".snapshot", &Running::keep_snapshot);
    }
}

// Whatever the protocol calls it.
void Node::Running::publish_role() {
    if (leads_ == engine_->is_leader()) return;
    leads_ = engine_->is_leader();
    env_.state(state_role, leads_ ? "leader" : "follower");
    if (leads_) env_.note(note_leads, applied_);
}

void Node::Running::keep_snapshot() {
    CHECK(snapshot_at_ > 0);
    engine_->keep_snapshot(snapshot_at_, std::exchange(snapshot_, {}));
    snapshot_at_ = 0;
    call_driver(); // the log can be cut now
}

void Node::Running::apply() {
    CHECK(!has_ended_);
    while (const std::optional<Step> step = engine_->next()) {
        if (step->kind == Step::Kind::restore || step->kind == Step::Kind::passed)
            restore(*step);
        else
            apply(*step);
        if (has_ended_) return;
        for (auto first = ready_.begin(); first != ready_.end() && first->first <= applied_; first = ready_.begin()) {
            first->second->outcome.kind = Proposed::Kind::applied;
            finish(*first->second);
            ready_.erase(first);
        }
    }
}

void Node::Running::apply(const Step& step) {
    CHECK(step.index == applied_ + 1 || sim::Flaw::any_on());
    applied_ = step.index;
    sim::Bytes result;
    if (step.kind == Step::Kind::command) result = machine_.apply(step.index, step.bytes);
    Waiter* const found = proposals_.find(step.index);
    if (found == nullptr) return;
    Waiter& waiter = *found;
    CHECK(!waiter.is_done);
    // With another ticket it is another leader's, and the proposed one can never be applied. The outcome is unknown all
    // the same, because the client may have sent its command to that leader too.
    const bool is_taken = FLAW(replication_ticket_not_compared) && step.kind == Step::Kind::command;
    if (waiter.ticket == step.ticket || is_taken) waiter.outcome = {Proposed::Kind::applied, std::move(result), {}};
    finish(waiter);
}

// Whoever waits for a step that the snapshot has made cannot learn its result.
void Node::Running::restore(const Step& step) {
    CHECK(step.index > applied_ || sim::Flaw::any_on());
    applied_ = step.index;
    if (step.kind != Step::Kind::passed && !machine_.restore(step.bytes)) { // it is whole, and not of such a machine
        note_damage(env_, {Journal::Damage::Cause::foreign, "snapshot " + std::to_string(step.index), 0,
                           std::to_string(step.bytes.size()) + " bytes", "a state of this machine"});
        end();
        return;
    }
    proposals_.for_each([this](Index index, Waiter& waiter) {
        if (index <= applied_ && !waiter.is_done) finish(waiter);
    });
}

void Node::Running::answer_reads() {
    if (reads_.empty()) return; // likewise
    while (const std::optional<ReadAnswer> answer = engine_->next_answer()) {
        Waiter* const found = reads_.find(answer->read);
        if (found == nullptr || found->is_done) continue;
        Waiter& waiter = *found;
        if (!answer->is_refused && answer->index > applied_) {
            ready_.emplace(answer->index, &waiter);
            continue;
        }
        waiter.outcome = refusal();
        if (!answer->is_refused) waiter.outcome.kind = Proposed::Kind::applied;
        finish(waiter);
    }
}

void Node::Running::finish(Waiter& waiter) {
    waiter.is_done = true;
    env_.wake(waiter.task);
}

Proposed Node::Running::refusal() const {
    Proposed refused{Proposed::Kind::not_leader, {}, {}};
    if (!is_running_ || has_ended_) return refused;
    if (const auto leader = engine_->leader()) refused.leader = engine_->members()[*leader];
    return refused;
}

Proposed Node::Running::propose(sim::Bytes command, sim::Deadline deadline) {
    if (!is_running_ || has_ended_) return refusal();
    if (!engine_->is_leader())
        if (const std::uint64_t request = engine_->forward(command); request != 0) {
            Proposed outcome = wait(forwarded_, request, 0, deadline);
            if (FLAW(replication_lost_forward_refused) && outcome.kind == Proposed::Kind::unknown) return refusal();
            return outcome;
        }
    const std::optional<Place> place = engine_->propose(std::move(command));
    if (!place) return refusal();
    CHECK(place->index > applied_ || sim::Flaw::any_on());
    return wait(proposals_, place->index, place->ticket, deadline);
}

Proposed Node::Running::read(sim::Deadline deadline) {
    if (!is_running_ || has_ended_) return refusal();
    const std::uint64_t name = engine_->begin_read();
    if (name == 0) return refusal();
    return wait(reads_, name, 0, deadline);
}

// Step by step: who joins has to catch up first, and one change ends before the next begins.
Proposed Node::Running::reconfigure(std::vector<Member> voters, sim::Deadline deadline) {
    CHECK(!voters.empty());
    std::sort(voters.begin(), voters.end());
    voters.erase(std::unique(voters.begin(), voters.end()), voters.end());
    bool has_begun = false;
    while (is_running_ && !has_ended_) {
        CHECK(voters.back() < engine_->members().size());
        const Reconfigured answer = engine_->reconfigure(voters);
        if (answer == Reconfigured::done) return {Proposed::Kind::applied, {}, {}};
        if (answer == Reconfigured::not_leader || answer == Reconfigured::impossible) break;
        if (FLAW(replication_change_done_when_begun)) return {Proposed::Kind::applied, {}, {}};
        has_begun = true;
        call_driver();
        const sim::Deadline next{std::min(env_.deadline(options_.tick).at, deadline.at)};
        if (env_.now() >= deadline.at || !env_.sleep_until(next).ok()) return {};
    }
    return has_begun ? Proposed{} : refusal();
}

bool Node::Running::transfer(Member to) {
    if (!is_leader()) return false;
    CHECK(to < engine_->members().size());
    if (!engine_->transfer(to)) return false;
    call_driver();
    return true;
}

// What was forwarded has an index now, and its waiter waits for that. If it was applied here already, what it gave is
// not known any more; and if the leader did not take it, a copy of the request may yet find it willing.
void Node::Running::place_forwarded() {
    if (forwarded_.empty()) return; // what came too late for its waiter is passed over when there is another
    while (const std::optional<Forwarded> answer = engine_->next_forwarded()) {
        Waiter* const waiter = forwarded_.find(answer->request);
        if (waiter == nullptr || waiter->is_done) continue;
        const bool is_near = answer->place && answer->place->index < applied_ + forward_reach;
        if (!is_near || answer->place->index <= applied_) {
            finish(*waiter);
            continue;
        }
        leave(*waiter);
        waiter->ticket = answer->place->ticket;
        enter(proposals_, answer->place->index, *waiter);
    }
}

void Node::Running::enter(Waiters<Waiter>& waiters, std::uint64_t key, Waiter& waiter) {
    if (Waiter* const before = waiters.find(key)) { // what was in this place before can never be applied
        CHECK(before->ticket != waiter.ticket || sim::Flaw::any_on());
        finish(*before);
    }
    waiters.put(key, &waiter);
    waiter.place = &waiters;
    waiter.key = key;
}

void Node::Running::leave(Waiter& waiter) {
    CHECK(waiter.place != nullptr);
    waiter.place->remove(waiter.key, &waiter);
    std::erase_if(ready_, [&](const auto& each) { return each.second == &waiter; });
}

// The waiter is on this stack: however this ends, the tables must forget it.
Proposed Node::Running::wait(Waiters<Waiter>& waiters, std::uint64_t key, std::uint64_t ticket,
                             sim::Deadline deadline) {
    Waiter waiter{env_.current(), ticket};
    enter(waiters, key, waiter);
    struct Leave {
        Running& running;
        Waiter& waiter;
        ~Leave() { running.leave(waiter); }
    } on_return{*this, waiter};
    call_driver();
    while (!waiter.is_done)
        if (!env_.park(deadline).ok()) break;
    return std::move(waiter.outcome);
}

} // namespace orrery::replication
