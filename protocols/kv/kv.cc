// A server proposes each command and answers with what the log made of it. A client asks one server after the other,
// goes where a refusal sends it, and repeats the command under its number until a server answers.
#include "orrery/protocols/kv/kv.h"

#include <algorithm>

#include "orrery/protocols/kv/flaws.def"
#include "orrery/protocols/kv/replica.h"

namespace orrery::kv {
namespace {

using namespace std::chrono_literals;

constexpr sim::Duration attempt = 500ms; // for one request to one server
constexpr sim::Duration resend = 100ms;  // of that request
constexpr sim::Duration pause = 30ms;    // before the next server is asked
constexpr sim::Duration propose_max = 400ms;
// Where plans may have a fault begin: what was asked is applied here, and the client does not know.
constexpr sim::StateKey point_reply{"kv.before_reply"};
constexpr sim::NoteKind note_remembered{"kv.remembered", {"session", "sequence"}, true};

rpc::Outcome<Result> answer(replication::Proposed proposed) {
    using Kind = replication::Proposed::Kind;
    if (proposed.kind == Kind::not_leader) return rpc::Refused{"not leader", proposed.leader};
    if (proposed.kind == Kind::unknown) {
        if (FLAW(kv_refused_after_append)) return rpc::Refused{"not leader"};
        return rpc::Unknown{"leadership lost after the append"};
    }
    const auto result = sim::decode<Result>(proposed.result);
    CHECK(result.has_value());
    return *result;
}

// Who is in the cluster, and who leads it, is an operator's to say.
void serve_operator(sim::Env& env, rpc::Server& server, replication::Replicator& node) {
    const auto members = static_cast<std::uint32_t>(env.peers(env.self().role).size() + 1);
    server.on("Kv.Reconfigure", [&env, &node, members](const Reconfigure& wanted) -> rpc::Outcome<Result> {
        const auto is_beyond = [&](std::uint32_t voter) { return voter >= members; };
        if (wanted.voters.empty() || std::any_of(wanted.voters.begin(), wanted.voters.end(), is_beyond))
            return rpc::Refused{"no such members"};
        replication::Proposed done = node.reconfigure(wanted.voters, env.deadline(propose_max));
        if (done.kind == replication::Proposed::Kind::applied) return Result{};
        if (done.kind == replication::Proposed::Kind::unknown) return rpc::Unknown{"it goes on"};
        return rpc::Refused{"not leader", done.leader};
    });
    server.on("Kv.Transfer", [&node, members](const Transfer& wanted) -> rpc::Outcome<Result> {
        if (wanted.to >= members) return rpc::Refused{"no such member"};
        if (!node.transfer(wanted.to)) return rpc::Refused{"not leader, or that one is"};
        return Result{};
    });
}

} // namespace

std::vector<sim::NoteKind> goals(std::string_view engine) {
    std::vector<sim::NoteKind> all = replica_goals(engine);
    all.push_back(note_remembered);
    return all;
}

void serve(sim::Env& env) {
    Replica replica(env);
    const std::unique_ptr<replication::Replicator> node = make_replicator(env, replica);
    if (!node->start()) return;
    const bool reads_beside_log = kv::reads_beside_log(env.settings());
    rpc::Server server(env);
    server.on("Kv.Do", [&](const Command& command) -> rpc::Outcome<Result> {
        if (FLAW(kv_leader_reads_locally))
            if (node->is_leader() && command.operation.kind == Operation::Kind::get)
                return replica.store().read(command.operation);
        // The first command goes through the log all the same: it begins the session, and no other can.
        if (reads_beside_log && command.operation.kind == Operation::Kind::get && command.sequence > 1) {
            const replication::Proposed may = node->read(env.deadline(propose_max));
            if (may.kind != replication::Proposed::Kind::applied) return rpc::Refused{"not leader", may.leader};
            return replica.store().read(command.operation);
        }
        if (command.operation.kind >= Operation::Kind::transact && !transaction_of(command.operation))
            return rpc::Refused{"no such operation"};
        // What this replica has applied is committed, under every leader. A repetition need not go through the log.
        if (const std::optional<Result> done = replica.store().done(command)) {
            env.note(note_remembered, command.session, command.sequence);
            return *done;
        }
        if (FLAW(kv_answered_before_commit) && node->is_leader() && command.operation.kind == Operation::Kind::append) {
            env.spawn("propose",
                      [&, command] { (void)node->propose(replica.entry_of(command), env.deadline(propose_max)); });
            return Result{};
        }
        replication::Proposed proposed = node->propose(replica.entry_of(command), env.deadline(propose_max));
        if (!env.fault_point(point_reply).ok()) return rpc::Unknown{"cancelled"};
        return answer(std::move(proposed));
    });
    serve_operator(env, server, *node);
    const bool keeps_store = kv::keeps_store(env);
    server.on("Kv.Read", [&](const NearbyRead& read) -> rpc::Outcome<Nearby> {
        if (!keeps_store) return rpc::Refused{"a witness"};
        if (!replica.store().is_new_enough(read)) return rpc::Refused{"behind"};
        return Nearby{replica.store().read(Operation::get(read.key)).value, replica.store().applied()};
    });
    server.serve();
    node->stop();
}

void Client::begin_session() {
    session_ = env_.draw("session", UINT64_MAX);
    sequence_ = answered_ = 0;
}

// Where a refusal sends it, or to the next server in turn. After a refusal that was followed it is the next in turn in
// any case: two servers that were left out of the cluster may name each other for ever.
void Client::go_on(const rpc::Outcome<Result>& outcome) {
    if (!was_sent_) turn_ = guess_;
    std::size_t named = servers_.size();
    if (outcome.is_refused() && !was_sent_)
        for (std::size_t i = 0; i < servers_.size(); ++i)
            if (servers_[i] == outcome.refused().redirect) named = i;
    was_sent_ = named < servers_.size();
    guess_ = was_sent_ ? named : (turn_ + 1) % servers_.size();
}

template <class Argument>
rpc::Outcome<Result> Client::ask(std::string_view method, const Argument& argument, sim::Deadline deadline) {
    bool maybe = false; // some attempt may have reached a log
    while (env_.now() < deadline.at) {
        CHECK(guess_ < servers_.size());
        const sim::Deadline until{std::min(env_.deadline(attempt).at, deadline.at)};
        rpc::Outcome<Result> outcome =
            rpc::call<Result>(env_, servers_[guess_], method, argument, until, {.resend = resend});
        if (outcome.has_value()) return outcome;
        maybe = (maybe && !FLAW(kv_refusal_ends_doubt)) || outcome.is_unknown();
        go_on(outcome);
        if (!env_.sleep_until({std::min(env_.deadline(pause).at, deadline.at)}).ok()) break;
    }
    if (maybe) return rpc::Unknown{"no answer in time"};
    return rpc::Refused{"no leader in time"};
}

rpc::Outcome<Result> Client::run(const Operation& operation, sim::Deadline deadline) {
    if (answered_ == 0 && sequence_ > 0) begin_session(); // nobody may know of it, and only command 1 begins one
    const Command command{session_, ++sequence_, operation};
    rpc::Outcome<Result> outcome = ask("Kv.Do", command, deadline);
    if (FLAW(kv_number_of_unanswered_used_again) && !outcome.has_value() && answered_ > 0) sequence_ = answered_;
    if (!outcome.has_value()) return outcome;
    if (outcome.value().forgotten) {
        begin_session();
        return rpc::Unknown{"the session is forgotten"};
    }
    answered_ = sequence_;
    return outcome;
}

rpc::Outcome<Result> Client::reconfigure(std::vector<std::uint32_t> voters, sim::Deadline deadline) {
    return ask("Kv.Reconfigure", Reconfigure{std::move(voters)}, deadline);
}

rpc::Outcome<Result> Client::transfer(std::uint32_t to, sim::Deadline deadline) {
    return ask("Kv.Transfer", Transfer{to}, deadline);
}

rpc::Outcome<Result> Client::read_nearby(const std::string& key, sim::Deadline deadline) {
    NearbyRead read{key, shown_, session_, answered_};
    if (FLAW(kv_reads_forget_what_was_shown)) read.applied = read.sequence = 0;
    while (env_.now() < deadline.at) {
        const std::uint64_t server = env_.draw("nearby", servers_.size());
        const sim::Deadline until{std::min(env_.deadline(attempt).at, deadline.at)};
        const auto outcome = rpc::call<Nearby>(env_, servers_[server], "Kv.Read", read, until, {.resend = resend});
        if (outcome.has_value()) {
            shown_ = std::max(shown_, outcome.value().applied);
            return Result{outcome.value().value, false};
        }
        if (!env_.sleep_until({std::min(env_.deadline(pause).at, deadline.at)}).ok()) break;
    }
    return rpc::Refused{"no server that is new enough answered in time"};
}

rpc::Outcome<Transacted> Client::run(const Transaction& transaction, sim::Deadline deadline) {
    const rpc::Outcome<Result> outcome = run(operation_of(transaction), deadline);
    if (outcome.is_refused()) return outcome.refused();
    if (outcome.is_unknown()) return rpc::Unknown{outcome.reason()};
    const std::optional<std::string>& bytes = outcome.value().value;
    if (!bytes) return rpc::Unknown{"the reply is none to a transaction"};
    auto results = sim::decode<std::vector<Result>>(sim::view_of(*bytes));
    const bool compared = outcome.value().swapped;
    if (!results || results->size() != (compared ? transaction.then : transaction.otherwise).size())
        return rpc::Unknown{"the reply is none to this transaction"};
    return Transacted{compared, std::move(*results)};
}

} // namespace orrery::kv
