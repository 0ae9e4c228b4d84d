#include "orrery/protocols/replication/members.h"

namespace orrery::replication {

std::vector<sim::Address> members_of(sim::Env& env, std::string_view role) {
    std::vector<sim::Address> members;
    for (const sim::Address peer : env.peers(role)) members.push_back(peer);
    CHECK(env.self().index <= members.size());
    members.insert(members.begin() + env.self().index, env.self().address);
    return members;
}

bool is_spoken_by_a_member(const std::vector<sim::Address>& members, Member self, Member from, Member to,
                           sim::Address sender) {
    return from < members.size() && members[from].host == sender.host && from != self && to == self;
}

} // namespace orrery::replication
