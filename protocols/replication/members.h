// Members: the processes of one role that agree with each other, each known by its place among them.
#pragma once

#include <vector>

#include "orrery/sim/env.h"

namespace orrery::replication {

using Member = std::uint32_t; // place, from 0: the index of the process in its role

// All of the role, this process among them, in the order of their places.
std::vector<sim::Address> members_of(sim::Env& env, std::string_view role);

// Only members speak, only as themselves, and only to whom they mean. Whether a message from one member to another that
// came from this sender may be taken for that by the member `self`.
bool is_spoken_by_a_member(const std::vector<sim::Address>& members, Member self, Member from, Member to,
                           sim::Address sender);

} // namespace orrery::replication
