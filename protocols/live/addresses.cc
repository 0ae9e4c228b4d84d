#include "orrery/protocols/live/addresses.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>

#include "orrery/sim/chance.h"

namespace orrery::live {
namespace {

constexpr std::uint64_t is_member = std::uint64_t{1} << 63;
constexpr std::uint64_t is_four = std::uint64_t{1} << 62;
constexpr std::uint64_t is_six = std::uint64_t{1} << 61;

std::uint64_t host_of_member(const Member& member) {
    return is_member | sim::mix(sim::name_hash("member"), sim::name_hash(member.role), member.index);
}

// One IPv4 address has one form here, also where a socket of both families reports it.
Ip plain(const Ip& ip) {
    if (ip.is_v6() && ip.to_v6().is_v4_mapped())
        return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, ip.to_v6());
    return ip;
}

} // namespace

AddressBook::AddressBook(const Cluster& cluster, std::vector<Ip> ips, std::size_t self) : self_(self) {
    CHECK(ips.size() == cluster.members.size());
    CHECK(self < ips.size());
    for (std::size_t i = 0; i < ips.size(); ++i) {
        const Member& member = cluster.members[i];
        const std::uint64_t host = host_of_member(member);
        const bool fresh = places_.emplace(host, i).second;
        CHECK(fresh);
        members_.push_back({plain(ips[i]), member.port, {host, 0}, member.role});
        std::vector<sim::Address>& role = roles_[member.role];
        role.resize(std::max<std::size_t>(role.size(), member.index + std::size_t{1}));
        role[member.index] = {host, 0};
    }
}

sim::Peers AddressBook::peers(std::string_view role) const {
    const auto found = roles_.find(role);
    if (found == roles_.end()) return {};
    const auto own = std::find(found->second.begin(), found->second.end(), self());
    return {found->second, static_cast<std::size_t>(own - found->second.begin())};
}

std::uint16_t AddressBook::real_port(const Listed& member, std::uint64_t port) {
    const auto low = static_cast<std::uint16_t>(port & 0xffff);
    if (port == 0 || port > ports_per_member) return low;
    return member.port == 0 ? std::uint16_t{0} : static_cast<std::uint16_t>(member.port + port - 1);
}

std::optional<Endpoint> AddressBook::endpoint(sim::Address address) const {
    std::optional<Endpoint> to;
    if ((address.host & is_member) != 0) {
        const auto found = places_.find(address.host);
        if (found != places_.end()) {
            const Listed& member = members_[found->second];
            to = Endpoint{member.ip, real_port(member, address.port)};
        }
    } else if ((address.host & is_four) != 0) {
        const auto number = static_cast<std::uint32_t>(address.host);
        to = Endpoint{boost::asio::ip::address_v4(number), static_cast<std::uint16_t>(address.port & 0xffff)};
    } else if (const auto found = strangers_.find(address.host); found != strangers_.end()) {
        to = Endpoint{found->second, static_cast<std::uint16_t>(address.port & 0xffff)};
    }
    if (to && to->port == 0) to.reset();
    return to;
}

std::uint64_t AddressBook::host_of(const Ip& ip) {
    if (ip.is_v4()) return is_four | ip.to_v4().to_uint();
    std::uint64_t hash = ip.to_v6().scope_id();
    for (const unsigned char byte : ip.to_v6().to_bytes()) hash = sim::mix(hash, byte);
    const std::uint64_t host = is_six | (hash & (is_six - 1));
    if (!strangers_.emplace(host, ip).second) return host;
    strangers_order_.push_back(host);
    if (strangers_order_.size() > strangers_max) {
        strangers_.erase(strangers_order_.front());
        strangers_order_.pop_front();
    }
    return host;
}

sim::Address AddressBook::address(const Endpoint& endpoint) {
    const Ip ip = plain(endpoint.ip);
    const Listed* only = nullptr; // the one member at this IP address
    std::size_t count = 0;
    for (const Listed& member : members_) {
        if (member.ip != ip) continue;
        const int behind = endpoint.port - member.port;
        if (member.port != 0 && behind >= 0 && behind < ports_per_member)
            return member.address.at(static_cast<std::uint64_t>(behind) + 1);
        only = &member;
        ++count;
    }
    if (count == 1 && endpoint.port > ports_per_member) return only->address.at(endpoint.port);
    return {host_of(ip), endpoint.port};
}

sim::Checked<std::vector<Ip>> resolve(const Cluster& cluster) {
    std::vector<Ip> ips;
    boost::asio::io_context io;
    boost::asio::ip::udp::resolver resolver(io);
    for (const Member& member : cluster.members) {
        boost::system::error_code error;
        Ip ip = boost::asio::ip::make_address(member.host, error);
        if (error) {
            const auto found = resolver.resolve(member.host, "0", error);
            if (error || found.empty())
                return sim::Complaint{sim::Cause::input, member.place,
                                      "cannot resolve '" + member.host + "': " + error.message()};
            ip = found.begin()->endpoint().address();
        }
        ips.push_back(ip);
    }
    return ips;
}

} // namespace orrery::live
