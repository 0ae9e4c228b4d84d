#include "orrery/protocols/kv/replica.h"

#include <algorithm>

#include "orrery/protocols/kv/flaws.def"
#include "orrery/protocols/paxos/engine.h"
#include "orrery/protocols/raft/node.h"

namespace orrery::kv {
namespace {

constexpr sim::NoteKind note_repeated{"kv.repeated", {"index"}, true};

std::uint64_t number_of(const sim::Settings& settings, const char* name, std::uint64_t standard) {
    return settings.has(name) ? static_cast<std::uint64_t>(settings.integer(name)) : standard;
}
// The last of the servers, and fewer than half.
raft::Members witnesses_of(sim::Env& env) {
    const auto servers = static_cast<raft::Member>(env.peers(env.self().role).size() + 1);
    const std::uint64_t count = std::min<std::uint64_t>(number_of(env.settings(), "witnesses", 0), (servers - 1) / 2);
    raft::Members witnesses;
    for (raft::Member member = 0; member < servers; ++member)
        if (member + count >= servers) witnesses.push_back(member);
    return witnesses;
}

// The newest that this boot speaks.
replication::Format message_format_of(sim::Env& env) {
    if (!env.settings().has("message_format")) return replication::newest_format;
    const std::string_view format = env.settings().text("message_format");
    if (format == "drawn") return static_cast<replication::Format>(1 + env.draw("message_format", 2));
    return format == "1" ? 1 : 2;
}
bool flag_of(const sim::Settings& settings, const char* name) { return settings.has(name) && settings.flag(name); }

std::unique_ptr<replication::Replicator> make_paxos(sim::Env& env, replication::StateMachine& machine) {
    const sim::Settings& settings = env.settings();
    paxos::ReplicaNodeOptions options;
    options.engine.replica.batch = number_of(settings, "batch", options.engine.replica.batch);
    options.engine.message_format = message_format_of(env);
    if (const std::uint64_t every = number_of(settings, "snapshot_every", 0); every > 0)
        options.engine.snapshot_slots = every;
    options.engine.replica.window = number_of(settings, "window", options.engine.replica.window);
    return std::make_unique<paxos::ReplicaNode>(env, machine, options);
}

// Without a word on voters all are.
raft::Configuration first_configuration(const sim::Settings& settings, raft::Member servers) {
    const auto voters = static_cast<raft::Member>(number_of(settings, "voters", servers));
    raft::Configuration first;
    for (raft::Member member = 0; member < servers; ++member)
        (member < voters ? first.voters.incoming : first.learners).push_back(member);
    return first;
}

std::unique_ptr<replication::Replicator> make_raft(sim::Env& env, replication::StateMachine& machine) {
    const sim::Settings& settings = env.settings();
    raft::NodeOptions options;
    options.core.batch = number_of(settings, "batch", options.core.batch);
    options.core.append_bytes_max = number_of(settings, "append_bytes", options.core.append_bytes_max);
    options.core.in_flight_max = number_of(settings, "in_flight", options.core.in_flight_max);
    options.core.chunk_bytes = number_of(settings, "chunk_bytes", options.core.chunk_bytes);
    options.core.uncommitted_bytes_max = number_of(settings, "uncommitted_bytes", options.core.uncommitted_bytes_max);
    options.core.first = first_configuration(settings, static_cast<raft::Member>(env.peers(options.role).size() + 1));
    options.core.pre_vote = flag_of(settings, "pre_vote");
    options.core.lease_reads = settings.has("reads") && settings.text("reads") == "lease";
    options.core.check_quorum = flag_of(settings, "check_quorum") || options.core.lease_reads; // the promise it needs
    options.core.witnesses = witnesses_of(env);
    options.core.forwards = flag_of(settings, "forward");
    options.snapshot_every = number_of(settings, "snapshot_every", 0);
    options.message_format = message_format_of(env);
    if (!options.core.witnesses.empty()) options.message_format = replication::newest_format; // 1 has no positions
    return std::make_unique<raft::Node>(env, machine, options);
}

bool is_paxos(std::string_view engine) { return engine == "paxos"; }

} // namespace

sim::Bytes Replica::apply(replication::Index index, sim::ByteView command) {
    const std::uint64_t before = store_.repeated();
    sim::Bytes result = store_.apply(index, command);
    if (store_.repeated() != before) env_.note(note_repeated, index);
    stamps_.applied(store_.stamp(), env_.now());
    return result;
}

bool Replica::restore(sim::ByteView snapshot) {
    if (!store_.restore(snapshot)) return false;
    stamps_.applied(store_.stamp(), env_.now());
    return true;
}

sim::Bytes Replica::entry_of(Command command) const {
    command.time = stamps_.next(env_.now());
    if (FLAW(kv_compared_when_proposed))
        if (const auto transaction = transaction_of(command.operation); transaction && store_.holds(*transaction))
            command.operation = operation_of({{}, transaction->then, {}});
    return sim::encode(command);
}

std::unique_ptr<replication::Replicator> make_replicator(sim::Env& env, replication::StateMachine& machine) {
    const sim::Settings& settings = env.settings();
    return settings.has("engine") && is_paxos(settings.text("engine")) ? make_paxos(env, machine)
                                                                       : make_raft(env, machine);
}

bool reads_beside_log(const sim::Settings& settings) {
    return settings.has("reads") && settings.text("reads") != "log";
}

bool keeps_store(sim::Env& env) {
    const sim::Settings& settings = env.settings();
    if (settings.has("engine") && is_paxos(settings.text("engine"))) return true;
    return !raft::is_in(witnesses_of(env), env.self().index);
}

std::vector<sim::NoteKind> replica_goals(std::string_view engine) {
    std::vector<sim::NoteKind> all = is_paxos(engine) ? paxos::goals() : raft::goals();
    if (!is_paxos(engine))
        for (const sim::NoteKind& each : raft::snapshot_goals()) all.push_back(each);
    for (const sim::NoteKind& each : replication::node_goals()) all.push_back(each);
    all.push_back(note_repeated);
    return all;
}

} // namespace orrery::kv
