// The cluster: who its members are and where each listens, as every one of them reads it from the same file.
//
//     # role  index  address
//     server  0      10.0.0.1:7000
//     server  1      [2001:db8::2]:7000
//     server  2      node3.example:7000
//
// The port is that of the protocol's port 1. Further ports of the protocol follow it, up to ports_per_member, so
// members with the same host stand at least so far apart.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "orrery/sim/complaint.h"

namespace orrery::live {

constexpr std::uint16_t ports_per_member = 10;
// The last that a member can have.
constexpr std::uint16_t port_max = 65'535 - (ports_per_member - 1);

struct Member {
    std::string role;
    std::uint32_t index = 0;
    std::string host;       // an address, or a name that is resolved when an Env starts
    std::uint16_t port = 0; // 0: nobody finds it by number; it takes what ports are free
    sim::Place place{};     // where it was read

    // "[::1]:7000"
    std::string address() const;
    bool operator==(const Member&) const = default;
};

struct Cluster {
    std::vector<Member> members; // of each role the indices 0, 1, 2 ... without a gap

    // Null if there is none.
    const Member* find(std::string_view role, std::uint32_t index) const;
};

// "127.0.0.1:7000" or "[::1]:7000" into `member`; false, and nothing is changed, if the text is anything else.
bool parse_address(std::string_view text, Member& member);
// In words, what is wrong with a port that leaves no room for those behind it; empty: nothing.
std::string objection_to_port(std::uint16_t port);
// `file` is named in complaints.
sim::Checked<Cluster> parse_cluster(std::string_view text, const std::string& file);
// What parse_cluster takes back.
std::string cluster_text(const Cluster& cluster);
// Made of the members of that role and their addresses as they are written, in the order of their indices: what they
// have in common, and a cluster elsewhere does not. Not 0.
std::uint64_t cluster_number(const Cluster& cluster, std::string_view role);

} // namespace orrery::live
