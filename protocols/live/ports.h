// Ports: the sockets of one Env. Each is a UDP socket, and a TCP socket at the same number where streams are accepted.
//
// What comes is taken from the kernel as it comes, up to the bound that Env names: the kernel's own bound counts
// bytes, and is less for small datagrams. A datagram that the kernel does not want is lost, as datagrams may be.
#pragma once

#include <fcntl.h>

#include <utility> // boost 1.74 forgets it
//
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <deque>
#include <memory>
#include <vector>

#include "orrery/protocols/live/addresses.h"
#include "orrery/protocols/live/loop.h"
#include "orrery/protocols/live/seat.h"
#include "orrery/sim/env.h"

namespace orrery::live {

constexpr std::size_t datagram_max = 65'507;    // bytes: what UDP over IPv4 carries
constexpr std::size_t datagrams_max = 4'096;    // that wait in one socket
constexpr std::size_t scratch_size = 64 * 1024; // of what is received, before its size is known

// Asio opens sockets that a program started by this one would inherit, and with them their ports.
inline void keep_from_children(int socket) { (void)::fcntl(socket, F_SETFD, FD_CLOEXEC); }

// What is received comes here first: one for all sockets and streams of an Env.
using Scratch = std::vector<std::uint8_t>;

struct Port {
    explicit Port(boost::asio::io_context& io) : datagrams(io), streams(io) {}
    std::uint64_t port = 0; // as addresses name it
    boost::asio::ip::udp::socket datagrams;
    boost::asio::ip::tcp::acceptor streams;
    std::deque<sim::Datagram> queue;
    Seat receiver;
    Seat acceptor;
    bool expects_stream = false; // the kernel was asked to report the next one
};

class Ports {
public:
    Ports(Loop& loop, sim::Tasks& tasks, AddressBook& book, Scratch& scratch)
        : loop_(loop), tasks_(tasks), book_(book), scratch_(scratch) {}
    Ports(const Ports&) = delete;
    Ports& operator=(const Ports&) = delete;

    // --- the calls of Env; a slot is one that bind gave, and is not closed ---
    sim::Result<std::uint32_t> bind(std::uint64_t port);
    sim::Status send(std::uint32_t slot, sim::Address to, sim::ByteView bytes);
    sim::Result<sim::Datagram> receive(std::uint32_t slot, sim::Deadline deadline);
    sim::Address address(std::uint32_t slot) const { return book_.self().at(port(slot).port); }
    void close(std::uint32_t slot);
    // The process ends.
    void close_all();

    // --- for streams ---
    const std::shared_ptr<Port>& held(std::uint32_t slot) const {
        CHECK(slot < ports_.size());
        CHECK(ports_[slot] != nullptr);
        return ports_[slot];
    }

private:
    Port& port(std::uint32_t slot) const { return *held(slot); }
    // False: the number is taken, or the process may not have it.
    bool open(Port& port, std::uint16_t number) const;
    void expect(const std::shared_ptr<Port>& port);
    void take_arrived(Port& port);

    Loop& loop_;
    sim::Tasks& tasks_;
    AddressBook& book_;
    Scratch& scratch_;
    std::vector<std::shared_ptr<Port>> ports_; // by slot; null: free
    std::uint64_t given_ = 0;                  // numbers that the system chose, for bind(0)
};

} // namespace orrery::live
