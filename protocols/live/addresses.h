// Addresses: what an opaque sim::Address stands for on real machines. It travels in messages ("ask that one instead"),
// so it must mean the same to every process of a cluster. It is therefore made of what all of them know:
//
//     host  a member      1 | hash of role and index (63 bits)
//           others        01 | an IPv4 address, or 001 | hash of an IPv6 address (61 bits), which a table turns back
//     port  of a member   1 .. ports_per_member: the listed port and those behind it; more: that port itself
//           of others     that port itself
//
// So server 0 at 10.0.0.1:7000 receives what is sent to its ports 1 and 2 at 10.0.0.1:7000 and :7001. The way back is
// unique too: what comes from 10.0.0.1:7001 comes from {server 0, port 2}, and what comes from another port of that
// machine from {server 0, that port} - unless several members share it; then it comes from {10.0.0.1, that port}.
//
// A port that the operating system chose may be chosen again later. Above its 16 bits an Address that bind(0) gave
// counts the sockets of this boot, so that no two have the same address and later ones have higher ports. To whom a
// message goes, only the lower 16 bits say.
#pragma once

#include <utility> // boost 1.74 forgets it
//
#include <boost/asio/ip/address.hpp>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "orrery/protocols/live/cluster.h"
#include "orrery/sim/peers.h"

namespace orrery::live {

using Ip = boost::asio::ip::address;

struct Endpoint {
    Ip ip{};
    std::uint16_t port = 0;
    bool operator==(const Endpoint&) const = default;
};

class AddressBook {
public:
    // `ips`: of each member of the cluster, in its order. `self` is one of them.
    AddressBook(const Cluster& cluster, std::vector<Ip> ips, std::size_t self);

    sim::Address self() const { return members_[self_].address; }
    const Ip& own_ip() const { return members_[self_].ip; }
    sim::Peers peers(std::string_view role) const;
    // Where a message to that address goes; nowhere if it names nobody that is known.
    std::optional<Endpoint> endpoint(sim::Address address) const;
    // Who is there.
    sim::Address address(const Endpoint& endpoint);
    // The real port for a port of this process; 0: any.
    std::uint16_t own_port(std::uint64_t port) const { return real_port(members_[self_], port); }

private:
    struct Listed {
        Ip ip;
        std::uint16_t port = 0;
        sim::Address address{};
        std::string role;
    };
    static std::uint16_t real_port(const Listed& member, std::uint64_t port);
    std::uint64_t host_of(const Ip& ip);

    std::vector<Listed> members_;
    std::size_t self_;
    std::map<std::uint64_t, std::size_t> places_; // of members, by host
    std::map<std::string, std::vector<sim::Address>, std::less<>> roles_;
    // IPv6 addresses of others, so that they can be answered: the last `strangers_max`.
    static constexpr std::size_t strangers_max = 65'536;
    std::map<std::uint64_t, Ip> strangers_;
    std::deque<std::uint64_t> strangers_order_;
};

// The IP address of each member, in order; of a name the first that the system gives. Blocks.
sim::Checked<std::vector<Ip>> resolve(const Cluster& cluster);

} // namespace orrery::live
