// THE DOOR. A process touches the world - time, chance, network, disk, its own tasks - through Env and through
// nothing else. The simulated world and the live one both implement it; protocols are written once, against this
// page.
//
// Calls that suspend take a Deadline on the host's monotonic clock (default: never) and return a Result. Each may
// return, besides the errors that stand at the call:
//     timed_out   the deadline passed before what the call waits for was there
//     cancelled   Env::cancel named the calling task, and this call has taken the cancellation; it is looked at first,
//                 also by a call that would not have to wait
//     dead        the process has crashed
// A crash mutes the process at once: every call of its tasks returns `dead`, reaches nothing and wakes nobody. Then
// its tasks end: by unwinding, which runs destructors, or by being dropped, as its role declares. A call that
// suspends while a task unwinds is a bug (CHECK), and so is one from outside of any task.
//
// Handles (Socket, Stream, File) are owned by whoever holds them, belong to the Env that gave them, must not
// outlive it, and close themselves. Task is a name, not an owner. Spans and texts that Env returns live as long as the
// process. What is passed by reference or view is borrowed for the call; a Label, NoteKind and StateKey for ever:
// they are static.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/sim/bytes.h"
#include "orrery/sim/note.h"
#include "orrery/sim/peers.h"
#include "orrery/sim/settings.h"
#include "orrery/sim/types.h"

namespace orrery::sim {

class Env;

struct Datagram {
    Address from{}; // where its sender is answered
    Bytes bytes;
};

// An owned endpoint of the Env that opened it; closes itself. Common to sockets, streams and files.
class Handle {
public:
    Handle() = default;
    Handle(Env& env, std::uint32_t slot) : env_(&env), slot_(slot) {}
    Handle(Handle&& other) noexcept : env_(std::exchange(other.env_, nullptr)), slot_(other.slot_) {}
    Handle& operator=(Handle&& other) noexcept {
        std::swap(env_, other.env_);
        std::swap(slot_, other.slot_);
        return *this;
    }
    bool is_open() const { return env_ != nullptr; }
    Env& env() const {
        CHECK(env_ != nullptr);
        return *env_;
    }
    std::uint32_t slot() const { return slot_; }

protected:
    ~Handle() = default;
    Env* env_ = nullptr;
    std::uint32_t slot_ = 0;
};

// One port of this host: datagrams both ways, and the place where streams are accepted.
class Socket : public Handle {
public:
    using Handle::Handle;
    Socket(Socket&&) = default;
    Socket& operator=(Socket&&) = default;
    ~Socket() { close(); }
    // One datagram leaves. It may be lost, doubled, or overtaken; nothing is known of its arrival, also if nobody is
    // there. Errors: too_large (above 65,507 bytes), dead.
    Status send(Address to, const Label& label, Bytes bytes);
    // The next datagram, whole. One task a socket may wait in it; what came before it is called is kept, up to 4,096.
    // Errors: timed_out, cancelled, dead.
    Result<Datagram> receive(Deadline deadline = {});
    Address address() const;
    void close();
};

// One end of an ordered byte stream with bounded buffers.
class Stream : public Handle {
public:
    using Handle::Handle;
    Stream(Stream&&) = default;
    Stream& operator=(Stream&&) = default;
    ~Stream() { close(); }
    // At least one byte and at most `size_max`, which is not 0; empty once the peer has half-closed and all was read.
    // One task a stream may wait in it. Errors: reset, refused, timed_out, cancelled, dead.
    Result<Bytes> read(std::size_t size_max, Deadline deadline = {});
    // Returns when all is in the send buffer, which waits for the peer to read. One task a stream may wait in it. On
    // an error a prefix may have been sent. Errors: closed (after shutdown), reset, timed_out, cancelled, dead.
    Status write(ByteView bytes, const Label& label, Deadline deadline = {});
    // Half-close: the peer reads to the end of what was written, then an empty read. Errors: reset, dead.
    Status shutdown();
    Address peer() const;
    void close();
};

// An open file. Offsets and sizes in bytes. Nothing is durable before sync has returned. Each call may fail with
// input_output, timed_out, cancelled, dead, and those that make the file longer with no_space; one that ended early
// - timed out, cancelled - may have had its effect or not. To change a file that was opened to read is a bug (CHECK).
class File : public Handle {
public:
    using Handle::Handle;
    File(File&&) = default;
    File& operator=(File&&) = default;
    ~File() { close(); }
    Result<Bytes> read_at(std::uint64_t offset, std::size_t size, Deadline deadline = {}); // shorter at the end
    Status write_at(std::uint64_t offset, ByteView bytes, Deadline deadline = {});
    Status truncate(std::uint64_t size, Deadline deadline = {});
    Status sync(Deadline deadline = {}); // covers the writes that had returned before it was called
    Result<std::uint64_t> size(Deadline deadline = {});
    void close();
};

class Env {
public:
    virtual ~Env() = default;

    // --- at once ---
    // Who this process is: the same for its whole life.
    virtual const Identity& self() const = 0;
    // The hosts of a role but this one, in the order of their index, with port 0. Empty if the role has no other
    // member. They are known from the start, up or not.
    virtual Peers peers(std::string_view role) const = 0;
    // The settings of the run; reading one that its scenario does not declare is a bug (CHECK).
    virtual const Settings& settings() const = 0;
    // The steady clock of this host: never goes back, stands at another value after each boot, may drift.
    virtual Monotonic now() = 0;
    // The date, as this host believes it: may be wrong. For people and for leases that say so; never for order.
    virtual Wall wall() = 0;
    // One of 0 .. n-1, from the seed, this event, the site and how often it was asked here. n > 0.
    virtual std::uint64_t draw(Site site, std::uint64_t n) = 0;
    // Says that something happened, for monitors and reports: see note(), which takes the fields as they are.
    virtual void note_fields(const NoteKind& kind, std::span<const Field> fields) = 0;
    // Sets a gauge: its last value is kept for the host until it crashes; triggers of faults may wait for it.
    virtual void state(const StateKey& key, Field value) = 0;
    // A socket at that port of this host, for datagrams both ways and for streams to be accepted; port 0: any free
    // one, above all that this boot was given so. Errors: address_in_use, dead.
    virtual Result<Socket> bind(std::uint64_t port) = 0;
    // Starts a task: `run` begins in a turn of its own after the running one; which of several begins first is not
    // said. An exception that leaves `run` kills the process, a finding. A dead process starts nothing and gives no
    // task.
    virtual Task spawn(std::string_view name, std::function<void()> run) = 0;
    // The calling task.
    virtual Task current() const = 0;
    // Gives the task its one permit, which the current or the next park takes. Never switches. Nothing happens if
    // the task has ended, or has a permit.
    virtual void wake(Task task) = 0;
    // The current or the next suspending call of the task returns `cancelled`, once. Never switches, never waits.
    virtual void cancel(Task task) = 0;
    // It was spawned and has not ended.
    virtual bool is_alive(Task task) const = 0;
    // The process computes for that long: what it sends leaves later, and its host handles nothing meanwhile. The
    // call returns at once, and now() is later by `work`. Code takes no simulated time otherwise. Where time passes by
    // itself, in the live world, it does nothing.
    virtual void charge(Duration work) = 0;

    // --- suspending ---
    // Takes the permit of the calling task, at once if it has one. Errors: timed_out, cancelled, dead.
    virtual Status park(Deadline deadline = {}) = 0;
    // Returns ok when the deadline has come. Errors: cancelled, dead.
    virtual Status sleep_until(Deadline deadline) = 0;
    // A stream to the socket at that address, once its host has taken it into its backlog. Errors: refused (no such
    // host, or nobody bound there), reset (silent past the user timeout), timed_out, cancelled, dead. A full backlog
    // refuses, or makes the caller wait.
    virtual Result<Stream> connect(Address to, Deadline deadline = {}) = 0;
    // The next stream that a peer has connected to the socket. One task a socket may wait in it. Errors: timed_out,
    // cancelled, dead.
    virtual Result<Stream> accept(Socket& socket, Deadline deadline = {}) = 0;
    // `path` is relative to the root of the host's disk: names joined by '/', none of them empty, "." or ".." (CHECK).
    // Folders need not be made. What leads to a file cannot be a file itself: to create it is input_output. A file
    // that is created is durable under its name after sync_directory. Errors: not_found (read, read_write), exists
    // (create_new), input_output, timed_out, cancelled, dead.
    virtual Result<File> open(std::string_view path, OpenMode mode, Deadline deadline = {}) = 0;
    // Replaces `to`. After a crash the old name or the new one is there, until sync_directory: then the new one.
    // Errors: not_found, input_output, timed_out, cancelled, dead.
    virtual Status rename(std::string_view from, std::string_view to, Deadline deadline = {}) = 0;
    // The name goes; open handles keep the content. Errors: not_found, input_output, timed_out, cancelled, dead.
    virtual Status remove(std::string_view path, Deadline deadline = {}) = 0;
    // The paths that begin with `prefix`, sorted. Errors: input_output, timed_out, cancelled, dead.
    virtual Result<std::vector<std::string>> list(std::string_view prefix, Deadline deadline = {}) = 0;
    // create, rename and remove below `directory` ("" is the root) are durable once it returned.
    virtual Status sync_directory(std::string_view directory, Deadline deadline = {}) = 0;
    // A place at which a fault may be armed by name. Returns ok at once, at no cost, if none is; else the fault begins
    // here, and the call returns once it has - or never, if it killed the process. Errors: cancelled, dead.
    virtual Status fault_point(const StateKey& name, Deadline deadline = {}) = 0;

    // --- small words made of the above ---
    template <class... Values>
    void note(const NoteKind& kind, const Values&... values) {
        static_assert(sizeof...(Values) <= NoteKind::fields_max);
        const std::array<Field, sizeof...(Values)> fields{Field(values)...};
        note_fields(kind, fields);
    }
    Deadline deadline(Duration from_now) { return {now() + from_now}; }
    Status sleep(Duration duration) { return sleep_until(deadline(duration)); }
    Address pick(const Peers& among) {
        CHECK(!among.empty());
        return among[draw("pick", among.size())];
    }
    // A duration drawn from [least, most], by nanosecond.
    Duration between(Site site, Duration least, Duration most) {
        CHECK(least <= most);
        const auto width = static_cast<std::uint64_t>((most - least).count()) + 1;
        return least + Duration{static_cast<std::int64_t>(draw(site, width))};
    }

protected:
    friend class Socket;
    friend class Stream;
    friend class File;
    virtual Status socket_send(std::uint32_t slot, Address to, const Label& label, Bytes&& bytes) = 0;
    virtual Result<Datagram> socket_receive(std::uint32_t slot, Deadline deadline) = 0;
    virtual Address socket_address(std::uint32_t slot) const = 0;
    virtual void socket_close(std::uint32_t slot) = 0;
    virtual Result<Bytes> stream_read(std::uint32_t slot, std::size_t size_max, Deadline deadline) = 0;
    virtual Status stream_write(std::uint32_t slot, ByteView bytes, const Label& label, Deadline deadline) = 0;
    virtual Status stream_shutdown(std::uint32_t slot) = 0;
    virtual Address stream_peer(std::uint32_t slot) const = 0;
    virtual void stream_close(std::uint32_t slot) = 0;
    virtual Result<Bytes> file_read(std::uint32_t slot, std::uint64_t offset, std::size_t size, Deadline deadline) = 0;
    virtual Status file_write(std::uint32_t slot, std::uint64_t offset, ByteView bytes, Deadline deadline) = 0;
    virtual Status file_truncate(std::uint32_t slot, std::uint64_t size, Deadline deadline) = 0;
    virtual Status file_sync(std::uint32_t slot, Deadline deadline) = 0;
    virtual Result<std::uint64_t> file_size(std::uint32_t slot, Deadline deadline) = 0;
    virtual void file_close(std::uint32_t slot) = 0;
};

inline Status Socket::send(Address to, const Label& label, Bytes bytes) {
    return env().socket_send(slot_, to, label, std::move(bytes));
}
inline Result<Datagram> Socket::receive(Deadline deadline) { return env().socket_receive(slot_, deadline); }
inline Address Socket::address() const { return env().socket_address(slot_); }
inline void Socket::close() {
    if (Env* env = std::exchange(env_, nullptr)) env->socket_close(slot_);
}
inline Result<Bytes> Stream::read(std::size_t size_max, Deadline deadline) {
    return env().stream_read(slot_, size_max, deadline);
}
inline Status Stream::write(ByteView bytes, const Label& label, Deadline deadline) {
    return env().stream_write(slot_, bytes, label, deadline);
}
inline Status Stream::shutdown() { return env().stream_shutdown(slot_); }
inline Address Stream::peer() const { return env().stream_peer(slot_); }
inline void Stream::close() {
    if (Env* env = std::exchange(env_, nullptr)) env->stream_close(slot_);
}
inline Result<Bytes> File::read_at(std::uint64_t offset, std::size_t size, Deadline deadline) {
    return env().file_read(slot_, offset, size, deadline);
}
inline Status File::write_at(std::uint64_t offset, ByteView bytes, Deadline deadline) {
    return env().file_write(slot_, offset, bytes, deadline);
}
inline Status File::truncate(std::uint64_t size, Deadline deadline) {
    return env().file_truncate(slot_, size, deadline);
}
inline Status File::sync(Deadline deadline) { return env().file_sync(slot_, deadline); }
inline Result<std::uint64_t> File::size(Deadline deadline) { return env().file_size(slot_, deadline); }
inline void File::close() {
    if (Env* env = std::exchange(env_, nullptr)) env->file_close(slot_);
}

} // namespace orrery::sim
