// The owner of a data directory: a small file in it, `.orrery`, says whose disk it is. Whoever else is given the
// directory - another member, one of another scenario or cluster - would take what it finds there for what it wrote
// itself, and is refused.
//
//     orrery data 1
//     server 0 of raft-kv
//     server 0 10.0.0.1:7000
//     server 1 10.0.0.2:7000
//
// The members are those that have something to lose: clients come and go.
#pragma once

#include <string>
#include <vector>

#include "orrery/protocols/live/cluster.h"
#include "orrery/scenarios/engine/run/run.h"
#include "orrery/sim/complaint.h"

namespace orrery::scenarios::engine::live {

namespace world = orrery::live;

struct DataOwner {
    std::string name;                 // "server 0 of raft-kv, engine=paxos"
    std::vector<std::string> members; // as lines of the cluster file

    bool operator==(const DataOwner&) const = default;
};
// The name has the settings to which data are bound (Setting::binds_data), where they are not the default ones.
DataOwner data_owner(const RunInput& input, const world::Member& self, const world::Cluster& cluster);

// Says in the directory, durably, that it is that owner's, if it is empty; a complaint if it is another's, if it holds
// files and does not say whose, or if a newer program made it. Whoever calls holds the directory's lock.
sim::Problem take_data_directory(const std::string& folder, const DataOwner& owner);

} // namespace orrery::scenarios::engine::live
