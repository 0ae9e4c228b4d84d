// The list of Orrery's own scenarios. A new one is a file beside this one, a line in catalogue.h and one here.
#include "orrery/scenarios/catalogue.h"

namespace orrery::scenarios {

std::vector<const Scenario*> catalogue() {
    return {&forgetful_register, &lazy_register,   &paxos_decrees,  &paxos_log,         &paxos_membership,
            &raft_bank,          &raft_blackout,   &raft_counter,   &raft_drained,      &raft_election,
            &raft_ids,           &raft_kv,         &raft_leases,    &raft_limits,       &raft_lock,
            &raft_lossy,         &raft_membership, &raft_nearby,    &raft_queue,        &raft_replaced,
            &raft_set,           &raft_small,      &raft_snapshots, &raft_transactions, &raft_witness,
            &rpc_arith,          &rpc_at_most_once};
}

} // namespace orrery::scenarios
