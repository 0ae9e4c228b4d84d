// One task drives the core in rounds: take what has come, decide, make it durable, say so, send. Another one only
// receives. What the node does is published as notes, from which the monitors judge; nothing here reads them.
#include "orrery/protocols/paxos/node.h"

#include "orrery/protocols/paxos/flaws.def"
#include "orrery/protocols/replication/members.h"

namespace orrery::paxos {
namespace {

// Where plans may have a fault begin: something is written and not yet synced; all is durable, and nobody has been
// told.
constexpr sim::StateKey point_sync{"paxos.before_sync"};
constexpr sim::StateKey point_answer{"paxos.before_answer"};
constexpr sim::StateKey state_members{"paxos.members"};
constexpr sim::NoteKind note_promise{"paxos.promise", {"decree", "round", "member"}};
constexpr sim::NoteKind note_accept{"paxos.accept", {"decree", "round", "member", "digest", "value"}};
constexpr sim::NoteKind note_propose{"paxos.propose", {"decree", "round", "member", "digest", "value"}};
// That it has accepted, as it says so to the proposer of that ballot.
constexpr sim::NoteKind note_accepted{"paxos.accepted", {"decree", "round", "member"}};
constexpr sim::NoteKind note_chosen{"paxos.chosen", {"decree", "digest", "value"}};

std::string ballot_words(const Ballot& ballot) {
    return ballot.is_none() ? "none" : std::to_string(ballot.round) + "." + std::to_string(ballot.member);
}

std::string describe(sim::ByteView bytes) {
    using Kind = Message::Kind;
    const auto message = sim::decode<Message>(bytes);
    if (!message) return "malformed";
    const std::string text = "decree " + std::to_string(message->decree) + ", ballot " + ballot_words(message->ballot);
    switch (message->kind) {
    case Kind::prepare:
        return text + ": prepare";
    case Kind::promise:
        if (message->other.is_none()) return text + ": promised, has accepted nothing";
        return text + ": promised, has accepted '" + message->value + "' in ballot " + ballot_words(message->other);
    case Kind::accept:
        return text + ": accept '" + message->value + "'";
    case Kind::accepted:
        return text + ": accepted";
    case Kind::refuse:
        return text + ": refused, has promised ballot " + ballot_words(message->other);
    case Kind::chosen:
        return "decree " + std::to_string(message->decree) + ": '" + message->value + "' is chosen";
    }
    return text;
}
constexpr sim::Label labels[] = {{"paxos.prepare", describe},  {"paxos.promise", describe}, {"paxos.accept", describe},
                                 {"paxos.accepted", describe}, {"paxos.refuse", describe},  {"paxos.chosen", describe}};

// No cluster lives to count so far. Numbers from here on would be counted past their end.
constexpr std::uint64_t round_end = std::uint64_t{1} << 62;

std::int64_t digest(const std::string& value) { return static_cast<std::int64_t>(sim::name_hash(value)); }

} // namespace

Node::Node(sim::Env& env, std::function<std::string(std::uint64_t count)> next, NodeOptions options)
    : env_(env), next_(std::move(next)), options_(std::move(options)), storage_(env), work_(env), ended_(env) {
    members_ = replication::members_of(env, options_.role);
    CHECK(options_.patience_min < options_.patience_max);
}

void Node::run() {
    auto recovered = storage_.open();
    if (!recovered.ok()) return;
    auto bound = env_.bind(options_.port);
    if (!bound.ok()) return;
    socket_ = std::move(*bound);
    core_ = std::make_unique<Core>(env_.self().index, static_cast<Member>(members_.size()), std::move(*recovered));
    env_.state(state_members, members_.size());
    due_ = env_.now() + env_.between("paxos.pause", {}, options_.pause_max);
    sim::TaskGroup tasks(env_);
    const sim::Task receiver = tasks.spawn("paxos.receive", [this] {
        receive();
        ended_.signal();
    });
    while (drive()) {
    }
    tasks.cancel();
    while (env_.is_alive(receiver))
        if (const sim::Status waited = ended_.wait(); !waited.ok() && waited.error() == sim::Error::dead) return;
}

void Node::receive() {
    while (true) {
        auto datagram = socket_.receive();
        if (!datagram.ok()) return;
        auto message = sim::decode<Message>(datagram->bytes);
        if (!message || !replication::is_spoken_by_a_member(members_, env_.self().index, message->from, message->to,
                                                            datagram->from))
            continue;
        if (message->kind > Message::Kind::chosen || message->decree == 0) continue;
        if (std::max(message->ballot.round, message->other.round) >= round_end) continue;
        inbox_.push_back(std::move(*message));
        work_.signal();
    }
}

// A round. False: it has ended.
bool Node::drive() {
    const sim::Status woken = work_.wait(inbox_.empty() ? sim::Deadline{due_} : env_.deadline({}));
    if (!woken.ok() && woken.error() != sim::Error::timed_out) return false;
    for (const Message& message : std::exchange(inbox_, {})) core_->step(message);
    learn();
    if (due_ <= env_.now()) propose();
    if (!persist()) return false;
    if (!env_.fault_point(point_answer).ok()) return false;
    send_messages();
    return true;
}

// A ballot that had its time is followed by a higher one.
void Node::propose() {
    std::string value = next_(mine_);
    CHECK(!value.empty());
    if (core_->is_proposing())
        core_->retry(std::move(value));
    else
        core_->propose(std::move(value));
    due_ = env_.now() + env_.between("paxos.patience", options_.patience_min, options_.patience_max);
}

bool Node::persist() {
    const std::map<Decree, bool> changed = core_->take_changed();
    core_->take_messages(outbox_);
    if (changed.empty()) return true;
    if (!storage_.write(*core_, changed).ok()) return false;
    if (!env_.fault_point(point_sync).ok()) return false;
    if (!FLAW(paxos_promise_before_durable) && !storage_.sync().ok()) return false;
    publish_changes(changed);
    return true;
}

// What was accepted, which is a promise too; then a promise above it, if that came later in the same round. What is
// chosen is published where it is learned.
void Node::publish_changes(const std::map<Decree, bool>& changed) {
    for (const auto& [decree, accepts] : changed) {
        const Acceptance& own = core_->acceptance(decree);
        if (own.is_chosen) continue;
        if (accepts)
            env_.note(note_accept, decree, own.accepted.round, own.accepted.member, digest(own.value), own.value);
        if (!accepts || own.promised != own.accepted)
            env_.note(note_promise, decree, own.promised.round, own.promised.member);
    }
}

// They promise what the core held when it made them: all of that is durable now. What it says to itself it hears next.
void Node::send_messages() {
    const Proposal& proposal = core_->proposal();
    const bool is_new = proposal.ballot != published_ballot_ || proposal.decree != published_decree_;
    if (proposal.phase == Proposal::Phase::accept && is_new) {
        published_ballot_ = proposal.ballot;
        published_decree_ = proposal.decree;
        env_.note(note_propose, proposal.decree, proposal.ballot.round, proposal.ballot.member, digest(proposal.value),
                  proposal.value);
    }
    for (Message& message : std::exchange(outbox_, {})) {
        CHECK(message.to < members_.size());
        if (message.kind == Message::Kind::accepted)
            env_.note(note_accepted, message.decree, message.ballot.round, message.ballot.member);
        if (message.to == env_.self().index)
            inbox_.push_back(std::move(message));
        else
            (void)socket_.send(members_[message.to].at(options_.port), labels[static_cast<std::size_t>(message.kind)],
                               sim::encode(message));
    }
}

void Node::learn() {
    const std::string wanted = next_(mine_);
    for (const Learned& each : core_->take_learned()) {
        env_.note(note_chosen, each.decree, digest(each.value), each.value);
        if (each.value == wanted) ++mine_;
        if (!core_->is_proposing()) due_ = env_.now() + env_.between("paxos.pause", {}, options_.pause_max);
    }
}

} // namespace orrery::paxos
