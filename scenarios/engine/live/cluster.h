// The members of a run in the live world: those that a cluster file names, which must be of the scenario's roles; or
// all that the settings ask for, at free addresses of this machine.
#pragma once

#include <string>
#include <vector>

#include "orrery/protocols/live/cluster.h"
#include "orrery/scenarios/engine/run/run.h"

namespace orrery::scenarios::engine::live {

namespace world = orrery::live;

// "server0", in the order of the cluster.
std::vector<std::string> hosts_of(const world::Cluster& cluster);
// The role that drives the workload is "client".
bool has_role(const Scenario& scenario, std::string_view role);
std::vector<std::string> roles_of(const Scenario& scenario);

// Of how many members there are the cluster decides, so the settings that say it follow it. A complaint if the cluster
// names a role that the scenario does not have, or if somebody chose another number.
sim::Problem fit_to_cluster(const world::Cluster& cluster, const std::string& file, RunInput& input);

// Whether the ports of a member are taken by somebody.
sim::Problem problem_of_ports(const world::Member& member);

// Every host of the run at a loopback address of its own, with ports that are free.
sim::Checked<world::Cluster> loopback_cluster(const RunInput& input);

} // namespace orrery::scenarios::engine::live
