// The list of Orrery's own scenarios. A new one is a file beside this one, a line in catalogue.h and one here.
#include "orrery/scenarios/catalogue.h"

namespace orrery::scenarios {

std::vector<const Scenario*> catalogue() {
    return {&forgetful_register, &lazy_register, &raft_election, &raft_kv, &raft_lossy, &rpc_at_most_once};
}

} // namespace orrery::scenarios
