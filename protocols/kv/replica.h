// A replica of the store, and what replicates it: raft or paxos, as the settings of the run say. The service knows
// neither of them.
//
//     engine          raft, paxos
//     batch           most entries of one append
//     snapshot_every  so many entries after a snapshot another is made; 0: raft makes none
//     reads           log, index, lease: how a get is served; a lease is raft's only, and means check_quorum
//     message_format  1, 2: the newest in which servers speak to each other; drawn: by each boot, as in an upgrade that
//                     goes server by server, or is taken back. With witnesses it is 2
//     forward         of raft: servers that do not lead give commands to the one that does
//     witnesses       of raft: so many of the servers, the last ones, vote and hold no data; fewer than half of them
//     window          of paxos: slots from a change of members to where it counts; the same for all, for ever
//     pre_vote, check_quorum    of raft: see its options
//     append_bytes, chunk_bytes, uncommitted_bytes    of raft: the most that its options of these names allow
//     voters          of raft: so many servers, the first ones, decide from the start, and the others are learners
//
// A setting that the scenario does not have is left as the protocol has it.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "orrery/protocols/kv/store.h"
#include "orrery/protocols/replication/replicator.h"

namespace orrery::kv {

// The store, with a note for each command that was in the log before.
class Replica final : public replication::StateMachine {
public:
    explicit Replica(sim::Env& env) : env_(env) {}

    sim::Bytes apply(replication::Index index, sim::ByteView command) override;
    sim::Bytes snapshot() const override { return store_.snapshot(); }
    bool restore(sim::ByteView snapshot) override;
    // A command as it goes into the log. What a transaction compares is what the keys hold when the log executes it.
    sim::Bytes entry_of(Command command) const;
    const Store& store() const { return store_; }

private:
    sim::Env& env_;
    Store store_;
    replication::Stamps stamps_;
};

// The machine lives at least as long as the replicator.
std::unique_ptr<replication::Replicator> make_replicator(sim::Env& env, replication::StateMachine& machine);
// Whether gets need not go through the log.
bool reads_beside_log(const sim::Settings& settings);
// Whether this server has the store: a witness has not.
bool keeps_store(sim::Env& env);
// The notes of rare paths in a replica of that engine.
std::vector<sim::NoteKind> replica_goals(std::string_view engine);

} // namespace orrery::kv
