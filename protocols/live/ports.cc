#include "orrery/protocols/live/ports.h"

#include <algorithm>

namespace orrery::live {
namespace {

using boost::asio::ip::tcp;
using boost::asio::ip::udp;
using boost::system::error_code;

// So many datagrams are taken at a time, and so many free numbers are tried.
constexpr int arrivals_max = 64;
constexpr int tries_max = 100;
constexpr int receive_buffer = 4 << 20; // the kernel gives less if its limit is lower
constexpr int backlog_max = 128;

} // namespace

// TCP takes a number whose former streams linger; that UDP does not share it is what keeps two processes apart.
bool Ports::open(Port& port, std::uint16_t number) const {
    error_code error;
    const Ip& ip = book_.own_ip();
    const udp::endpoint datagrams_at(ip, number);
    port.datagrams = udp::socket(loop_.io());
    port.streams = tcp::acceptor(loop_.io());
    port.datagrams.open(datagrams_at.protocol(), error);
    if (error) return false;
    keep_from_children(port.datagrams.native_handle());
    error_code ignored;
    port.datagrams.set_option(boost::asio::socket_base::receive_buffer_size(receive_buffer), ignored);
    port.datagrams.native_non_blocking(true, ignored);
    if (ip.is_v6()) port.datagrams.set_option(boost::asio::ip::v6_only(false), ignored);
    port.datagrams.bind(datagrams_at, error);
    if (error) return false;
    const tcp::endpoint streams_at(ip, port.datagrams.local_endpoint(ignored).port());
    port.streams.open(streams_at.protocol(), error);
    if (error) return false;
    keep_from_children(port.streams.native_handle());
    port.streams.set_option(boost::asio::socket_base::reuse_address(true), ignored);
    if (ip.is_v6()) port.streams.set_option(boost::asio::ip::v6_only(false), ignored);
    port.streams.native_non_blocking(true, ignored);
    port.streams.bind(streams_at, error);
    if (!error) port.streams.listen(backlog_max, error);
    return !error;
}

sim::Result<std::uint32_t> Ports::bind(std::uint64_t name) {
    const bool is_taken = name != 0 && std::any_of(ports_.begin(), ports_.end(), [&](const auto& each) {
                              return each != nullptr && each->port == name;
                          });
    if (is_taken || name > UINT16_MAX) return sim::Error::address_in_use;
    auto port = std::make_shared<Port>(loop_.io());
    const std::uint16_t number = book_.own_port(name);
    bool is_open = open(*port, number);
    for (int i = 0; !is_open && number == 0 && i < tries_max; ++i) is_open = open(*port, number);
    if (!is_open) return sim::Error::address_in_use;
    error_code ignored;
    port->port = name != 0 ? name : (++given_ << 16) | port->datagrams.local_endpoint(ignored).port();
    std::size_t slot = 0;
    while (slot < ports_.size() && ports_[slot] != nullptr) ++slot;
    if (slot == ports_.size()) ports_.emplace_back();
    ports_[slot] = port;
    expect(port);
    return static_cast<std::uint32_t>(slot);
}

sim::Status Ports::send(std::uint32_t slot, sim::Address to, sim::ByteView bytes) {
    if (bytes.size() > datagram_max) return sim::Error::too_large;
    const std::optional<Endpoint> target = book_.endpoint(to);
    if (!target) return sim::success();
    Ip ip = target->ip;
    if (book_.own_ip().is_v6() && ip.is_v4())
        ip = boost::asio::ip::make_address_v6(boost::asio::ip::v4_mapped, ip.to_v4());
    udp::endpoint endpoint(ip, target->port);
    (void)::sendto(port(slot).datagrams.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                   endpoint.data(), static_cast<socklen_t>(endpoint.size()));
    return sim::success();
}

void Ports::take_arrived(Port& port) {
    for (int i = 0; i < arrivals_max; ++i) {
        udp::endpoint from;
        auto size = static_cast<socklen_t>(from.capacity());
        const ssize_t count = ::recvfrom(port.datagrams.native_handle(), scratch_.data(), scratch_.size(), MSG_DONTWAIT,
                                         from.data(), &size);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return;
        from.resize(size);
        if (port.queue.size() >= datagrams_max) continue;
        port.queue.push_back({book_.address({from.address(), from.port()}),
                              sim::Bytes(sim::ByteView(scratch_.data(), static_cast<std::size_t>(count)))});
    }
}

// Always asked for, so that a socket in which nobody waits keeps what comes.
void Ports::expect(const std::shared_ptr<Port>& port) {
    port->datagrams.async_wait(udp::socket::wait_read, [this, port](const error_code& error) {
        if (error || tasks_.is_dead()) return;
        take_arrived(*port);
        if (!port->queue.empty()) port->receiver.call(tasks_);
        if (port->datagrams.is_open()) expect(port);
    });
}

sim::Result<sim::Datagram> Ports::receive(std::uint32_t slot, sim::Deadline deadline) {
    sim::TaskState& task = tasks_.running();
    if (sim::Tasks::take_cancellation(task)) return sim::Error::cancelled;
    const std::shared_ptr<Port> from = held(slot);
    if (from->queue.empty()) take_arrived(*from);
    while (from->queue.empty())
        if (!from->receiver.wait(tasks_, task, sim::Waiting::receive, deadline)) return task.outcome;
    sim::Datagram datagram = std::move(from->queue.front());
    from->queue.pop_front();
    return datagram;
}

// Handlers that are still to come hold a port; what it holds goes now, on the thread that made it.
void Ports::close_all() {
    for (const std::shared_ptr<Port>& each : std::exchange(ports_, {})) {
        if (each == nullptr) continue;
        error_code ignored;
        each->datagrams.close(ignored);
        each->streams.close(ignored);
        each->queue.clear();
    }
}

void Ports::close(std::uint32_t slot) {
    const std::shared_ptr<Port> port = held(slot);
    CHECK(!port->receiver.is_taken()); // a task that waits in a socket that another closes: a bug of the program
    CHECK(!port->acceptor.is_taken());
    ports_[slot] = nullptr;
    error_code ignored;
    port->datagrams.close(ignored);
    port->streams.close(ignored);
}

} // namespace orrery::live
