// Orrery's own scenarios, one by one and as the list that its executables offer.
#pragma once

#include "orrery/reports/models/kv.h"
#include "orrery/scenarios/scenario.h"

namespace orrery::scenarios {

extern const Scenario forgetful_register;
extern const Scenario lazy_register;
extern const Scenario paxos_decrees;
extern const Scenario paxos_log;
extern const Scenario paxos_membership;
extern const Scenario raft_bank;
extern const Scenario raft_blackout;
extern const Scenario raft_counter;
extern const Scenario raft_drained;
extern const Scenario raft_election;
extern const Scenario raft_ids;
extern const Scenario raft_kv;
extern const Scenario raft_leases;
extern const Scenario raft_limits;
extern const Scenario raft_lock;
extern const Scenario raft_lossy;
extern const Scenario raft_membership;
extern const Scenario raft_nearby;
extern const Scenario raft_queue;
extern const Scenario raft_replaced;
extern const Scenario raft_set;
extern const Scenario raft_small;
extern const Scenario raft_snapshots;
extern const Scenario raft_transactions;
extern const Scenario raft_witness;
extern const Scenario rpc_arith;
extern const Scenario rpc_at_most_once;

std::vector<const Scenario*> catalogue();

// The clients of raft-kv, with operations that are drawn otherwise.
Clients raft_kv_clients(Draw<reports::models::Kv> draw);
// The same, each command to any server first: so who is deposed is asked for long, and who follows it too.
Clients raft_kv_roaming_clients(std::uint32_t count, Draw<reports::models::Kv> draw);

} // namespace orrery::scenarios
