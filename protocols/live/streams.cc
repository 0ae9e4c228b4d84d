#include "orrery/protocols/live/streams.h"

#include <netinet/tcp.h>

#include <algorithm>

namespace orrery::live {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::tcp;
using boost::system::error_code;
using sim::Error;

// How long an acceptor pauses when the process may open nothing more.
constexpr sim::Duration shortage_pause = 10ms;
// What an early close throws away at most of what the peer has sent.
constexpr std::size_t unread_max = 4 << 20;

bool must_wait(int error) { return error == EAGAIN || error == EWOULDBLOCK; }
bool is_shortage(int error) { return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM; }

void set_linger(tcp::socket& socket, bool resets) {
    error_code ignored;
    socket.set_option(boost::asio::socket_base::linger(resets, 0), ignored);
}

} // namespace

void Streams::prepare(Socket& socket) {
    error_code ignored;
    set_linger(socket, true);
    socket.set_option(tcp::no_delay(true), ignored);
}

// The peer owes an answer to the last that was sent and not acknowledged, be it a repetition, and when it was asked
// whether it has room. One whose buffer is full answers that it is, though not to two questions within half a second:
// so only the second question without an answer counts.
bool Streams::is_silent_too_long(End& end) const {
    tcp_info info{};
    socklen_t size = sizeof info;
    if (::getsockopt(end.socket.native_handle(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return false;
    const sim::Monotonic now = Loop::now();
    const bool is_unanswered = info.tcpi_unacked > 0 && info.tcpi_last_ack_recv > info.tcpi_last_data_sent;
    if (!is_unanswered && info.tcpi_probes < 2) {
        end.silent_since.reset();
        return false;
    }
    const sim::Monotonic heard = now - std::chrono::milliseconds(info.tcpi_last_ack_recv);
    end.silent_since = end.silent_since ? std::max(*end.silent_since, heard) : now;
    return now - *end.silent_since >= user_timeout_;
}

void Streams::watch_silence() {
    silence_alarm_.expires_after(std::max<sim::Duration>(user_timeout_ / 8, 10ms));
    silence_alarm_.async_wait([this](const error_code& error) {
        if (error || tasks_.is_dead()) return;
        watches_silence_ = slots_.size() > free_.size();
        if (watches_silence_) watch_silence();
        for (std::size_t i = 0; i < slots_.size(); ++i) {
            const Held each = slots_[i]; // those who wait may close it
            if (each == nullptr || each->broken || (!each->reader.is_taken() && !each->writer.is_taken())) continue;
            if (!is_silent_too_long(*each)) continue;
            each->broken = true;
            each->reader.call(tasks_);
            each->writer.call(tasks_);
        }
    });
}

std::uint32_t Streams::hold(Held end) {
    if (!std::exchange(watches_silence_, true)) watch_silence();
    if (free_.empty()) {
        slots_.push_back(std::move(end));
        return static_cast<std::uint32_t>(slots_.size() - 1);
    }
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    CHECK(slots_[slot] == nullptr);
    slots_[slot] = std::move(end);
    return slot;
}

bool Streams::wait_readable(const Held& end, sim::TaskState& task, sim::Deadline deadline) {
    if (!std::exchange(end->expects_read, true))
        end->socket.async_wait(Socket::wait_read, [this, end](const error_code& error) {
            end->expects_read = false;
            if (!error) end->reader.call(tasks_);
        });
    return end->reader.wait(tasks_, task, sim::Waiting::stream, deadline);
}

bool Streams::wait_writable(const Held& end, sim::TaskState& task, sim::Deadline deadline) {
    if (!std::exchange(end->expects_write, true))
        end->socket.async_wait(Socket::wait_write, [this, end](const error_code& error) {
            end->expects_write = false;
            if (!error) end->writer.call(tasks_);
        });
    return end->writer.wait(tasks_, task, sim::Waiting::stream, deadline);
}

bool Streams::wait_acceptable(const std::shared_ptr<Port>& port, sim::TaskState& task, sim::Deadline deadline) {
    if (!std::exchange(port->expects_stream, true))
        port->streams.async_wait(tcp::acceptor::wait_read, [this, port](const error_code& error) {
            port->expects_stream = false;
            if (!error) port->acceptor.call(tasks_);
        });
    return port->acceptor.wait(tasks_, task, sim::Waiting::stream, deadline);
}

// Until the peer has answered, or was silent past the user timeout.
sim::Status Streams::establish(const Held& end, const Endpoint& to, sim::Deadline deadline) {
    sim::TaskState& task = tasks_.running();
    const tcp::endpoint target(to.ip, to.port);
    const sim::Deadline silent{Loop::now() + user_timeout_};
    error_code error;
    end->socket.native_non_blocking(true, error);
    int failure = 0;
    if (::connect(end->socket.native_handle(), target.data(), static_cast<socklen_t>(target.size())) != 0)
        failure = errno;
    while (failure == EINPROGRESS || failure == EINTR) {
        if (!wait_writable(end, task, std::min(deadline, silent, [](auto a, auto b) { return a.at < b.at; }))) {
            const bool is_silent = task.outcome == Error::timed_out && silent.at < deadline.at;
            return is_silent ? Error::reset : task.outcome;
        }
        socklen_t size = sizeof failure;
        ::getsockopt(end->socket.native_handle(), SOL_SOCKET, SO_ERROR, &failure, &size);
        (void)end->socket.remote_endpoint(error);
        if (failure == 0 && error) failure = EINPROGRESS; // called too early
    }
    if (failure == ECONNREFUSED || failure == EADDRNOTAVAIL || is_shortage(failure)) return Error::refused;
    if (failure != 0) return Error::reset;
    // Two ends at one port: the system chose the number that nobody listens at.
    if (end->socket.local_endpoint(error) == end->socket.remote_endpoint(error)) return Error::refused;
    return sim::success();
}

sim::Result<std::uint32_t> Streams::connect(sim::Address to, sim::Deadline deadline) {
    if (sim::Tasks::take_cancellation(tasks_.running())) return Error::cancelled;
    std::optional<Endpoint> target = book_.endpoint(to);
    if (!target) return Error::refused;
    const Ip& own = book_.own_ip();
    if (own.is_v6() && target->ip.is_v4())
        target->ip = boost::asio::ip::make_address_v6(boost::asio::ip::v4_mapped, target->ip.to_v4());
    auto made = std::make_shared<End>(loop_.io());
    made->peer = to;
    error_code error;
    made->socket.open(tcp::endpoint(own, 0).protocol(), error);
    if (error) return Error::refused;
    if (own.is_v6()) made->socket.set_option(boost::asio::ip::v6_only(false), error);
    keep_from_children(made->socket.native_handle());
    prepare(made->socket);
    if (!own.is_unspecified()) { // so that the peer knows who it is
        made->socket.set_option(boost::asio::detail::socket_option::boolean<IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT>(true),
                                error);
        made->socket.bind(tcp::endpoint(own, 0), error);
        if (error) return Error::refused;
    }
    if (const sim::Status established = establish(made, *target, deadline); !established.ok())
        return established.error();
    return hold(std::move(made));
}

sim::Result<std::uint32_t> Streams::accept(std::uint32_t socket, sim::Deadline deadline) {
    sim::TaskState& task = tasks_.running();
    if (sim::Tasks::take_cancellation(task)) return Error::cancelled;
    const std::shared_ptr<Port> port = ports_.held(socket);
    while (true) {
        tcp::endpoint peer;
        auto size = static_cast<socklen_t>(peer.capacity());
        const int accepted = ::accept4(port->streams.native_handle(), peer.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        int failure = accepted < 0 ? errno : 0;
        if (accepted >= 0) {
            auto made = std::make_shared<End>(loop_.io());
            error_code error;
            made->socket.assign(peer.protocol(), accepted, error);
            if (!error) {
                peer.resize(size);
                prepare(made->socket);
                made->peer = book_.address({peer.address(), peer.port()});
                return hold(std::move(made));
            }
            ::close(accepted);
            failure = ENOMEM; // it cannot be waited for
        }
        if (must_wait(failure)) {
            if (!wait_acceptable(port, task, deadline)) return task.outcome;
        } else if (is_shortage(failure)) {
            // The kernel would report the same stream again at once.
            const sim::Deadline pause{Loop::now() + shortage_pause};
            if (!port->acceptor.wait(tasks_, task, sim::Waiting::stream, pause.at < deadline.at ? pause : deadline) &&
                (task.outcome != Error::timed_out || deadline.at <= pause.at))
                return task.outcome;
        } // else: that peer has gone again
    }
}

sim::Result<sim::Bytes> Streams::read(std::uint32_t slot, std::size_t size_max, sim::Deadline deadline) {
    CHECK(size_max > 0);
    sim::TaskState& task = tasks_.running();
    if (sim::Tasks::take_cancellation(task)) return Error::cancelled;
    const Held from = end(slot);
    const std::size_t size = std::min(size_max, scratch_.size());
    // To ask the kernel for a report is to learn whether there is more, so nothing is lost by not trying first. Whoever
    // does not wait must try.
    if (std::exchange(from->is_drained, false) && !from->broken && deadline.is_never() &&
        !wait_readable(from, task, deadline))
        return task.outcome;
    while (true) {
        const ssize_t count = ::recv(from->socket.native_handle(), scratch_.data(), size, MSG_DONTWAIT);
        from->is_drained = count > 0 && static_cast<std::size_t>(count) < size;
        if (count > 0) return sim::Bytes(sim::ByteView(scratch_.data(), static_cast<std::size_t>(count)));
        if (count == 0 && from->broken) return Error::reset;
        if (count == 0) return sim::Bytes{};
        if (errno == EINTR) continue;
        if (!must_wait(errno) || from->broken) {
            from->broken = true;
            return Error::reset;
        }
        if (!wait_readable(from, task, deadline)) return task.outcome;
    }
}

sim::Status Streams::write(std::uint32_t slot, sim::ByteView bytes, sim::Deadline deadline) {
    sim::TaskState& task = tasks_.running();
    if (sim::Tasks::take_cancellation(task)) return Error::cancelled;
    const Held to = end(slot);
    while (true) {
        if (to->broken) return Error::reset;
        if (to->finished_out) return Error::closed;
        if (bytes.empty()) return sim::success();
        const ssize_t count =
            ::send(to->socket.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count >= 0) {
            bytes = bytes.subspan(static_cast<std::size_t>(count));
        } else if (must_wait(errno)) {
            if (!wait_writable(to, task, deadline)) return task.outcome;
        } else if (errno != EINTR) {
            to->broken = true;
        }
    }
}

sim::Status Streams::shutdown(std::uint32_t slot) {
    End& of = *end(slot);
    error_code error;
    if (!of.broken && !std::exchange(of.finished_out, true)) of.socket.shutdown(Socket::shutdown_send, error);
    if (error) of.broken = true;
    if (of.broken) return Error::reset;
    return sim::success();
}

void Streams::close(std::uint32_t slot) {
    const Held closed = end(slot);
    CHECK(!closed->reader.is_taken()); // a task waits in a stream that another closes: a bug of the program
    CHECK(!closed->writer.is_taken());
    slots_[slot] = nullptr;
    free_.push_back(slot);
    std::size_t thrown = 0;
    while (thrown < unread_max) {
        const ssize_t count = ::recv(closed->socket.native_handle(), nullptr, scratch_size, MSG_DONTWAIT | MSG_TRUNC);
        if (count <= 0) break;
        thrown += static_cast<std::size_t>(count);
    }
    set_linger(closed->socket, false);
    error_code ignored;
    closed->socket.close(ignored);
}

// By close, for the destructor of a socket would turn the lingering off.
void Streams::reset_all() {
    for (const Held& each : std::exchange(slots_, {})) {
        error_code ignored;
        if (each != nullptr) each->socket.close(ignored);
    }
}

} // namespace orrery::live
