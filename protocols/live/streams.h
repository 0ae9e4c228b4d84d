// Streams: TCP connections, as Env promises them. Where TCP by itself would do something else:
//
//   - a process that dies without closing its streams resets them, as SO_LINGER with no time makes the kernel do; a
//     stream that is closed ends in order, after everything that was written;
//   - what was received and not read when a stream is closed is thrown away first, for the kernel would answer it by a
//     reset, which destroys what the peer has not read yet;
//   - a broken stream stays broken: the kernel says so once, and then "end of stream";
//   - a peer that does not read for long is not silent, since its kernel answers. TCP_USER_TIMEOUT would end such a
//     stream, so the silence of peers is measured here.
#pragma once

#include <memory>
#include <vector>

#include "orrery/protocols/live/ports.h"

namespace orrery::live {

class Streams {
public:
    Streams(Loop& loop, sim::Tasks& tasks, AddressBook& book, Scratch& scratch, Ports& ports,
            sim::Duration user_timeout)
        : loop_(loop), tasks_(tasks), book_(book), scratch_(scratch), ports_(ports), user_timeout_(user_timeout),
          silence_alarm_(loop.io()) {}
    Streams(const Streams&) = delete;
    Streams& operator=(const Streams&) = delete;

    // --- the calls of Env; a slot is one that connect or accept gave, and is not closed ---
    sim::Result<std::uint32_t> connect(sim::Address to, sim::Deadline deadline);
    sim::Result<std::uint32_t> accept(std::uint32_t socket, sim::Deadline deadline);
    sim::Result<sim::Bytes> read(std::uint32_t slot, std::size_t size_max, sim::Deadline deadline);
    sim::Status write(std::uint32_t slot, sim::ByteView bytes, sim::Deadline deadline);
    sim::Status shutdown(std::uint32_t slot);
    sim::Address peer(std::uint32_t slot) const { return slots_[slot]->peer; }
    void close(std::uint32_t slot);
    // The process ends: its streams are reset.
    void reset_all();

private:
    using Socket = boost::asio::ip::tcp::socket;
    struct End {
        explicit End(boost::asio::io_context& io) : socket(io) {}
        Socket socket;
        sim::Address peer{};
        bool broken = false;
        bool finished_out = false;
        bool is_drained = false; // by the last read, which was given less than it asked for
        Seat reader;
        Seat writer;
        bool expects_read = false; // the kernel was asked to report it
        bool expects_write = false;
        std::optional<sim::Monotonic> silent_since{}; // the peer owes an answer
    };
    using Held = std::shared_ptr<End>;

    const Held& end(std::uint32_t slot) const {
        CHECK(slot < slots_.size());
        CHECK(slots_[slot] != nullptr);
        return slots_[slot];
    }
    std::uint32_t hold(Held end);
    static void prepare(Socket& socket);
    // Waits until the end may be read or written again. False: task.outcome says why not.
    bool wait_readable(const Held& end, sim::TaskState& task, sim::Deadline deadline);
    bool wait_writable(const Held& end, sim::TaskState& task, sim::Deadline deadline);
    bool wait_acceptable(const std::shared_ptr<Port>& port, sim::TaskState& task, sim::Deadline deadline);
    // Now and then, as long as there are streams.
    void watch_silence();
    bool is_silent_too_long(End& end) const;
    sim::Status establish(const Held& end, const Endpoint& to, sim::Deadline deadline);

    Loop& loop_;
    sim::Tasks& tasks_;
    AddressBook& book_;
    Scratch& scratch_;
    Ports& ports_;
    sim::Duration user_timeout_;
    boost::asio::steady_timer silence_alarm_;
    bool watches_silence_ = false;
    std::vector<Held> slots_;
    std::vector<std::uint32_t> free_;
};

} // namespace orrery::live
