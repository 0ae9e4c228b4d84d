// THE DOOR. A process touches the world - time, chance, network, disk, its own tasks - through Env
// and through nothing else. The simulated world and the live one both implement it; protocols are
// written once, against this page.
//
// Suspending calls take a Deadline on the host's monotonic clock (default never) and return a
// Result: timed_out, cancelled, dead, or their own errors. After a crash every call returns `dead`
// and reaches nothing. A suspending call while a task unwinds is a bug (CHECK).
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/sim/bytes.h"
#include "orrery/sim/note.h"
#include "orrery/sim/settings.h"
#include "orrery/sim/types.h"

namespace orrery::sim {

class Env;

struct Datagram {
    Address from{};
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
    Status send(Address to, const Label& label, Bytes bytes);
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
    // At least one byte and at most `size_max`; empty once the peer has half-closed.
    Result<Bytes> read(std::size_t size_max, Deadline deadline = {});
    // Returns when all is in the send buffer. On an error a prefix may have been sent.
    Status write(ByteView bytes, const Label& label, Deadline deadline = {});
    // Half-close: the peer reads to the end of what was written, then an empty read.
    Status shutdown();
    Address peer() const;
    void close();
};

// An open file. Offsets and sizes in bytes. Nothing is durable before sync has returned. A call that
// ended early - timed out, cancelled - may have had its effect or not.
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
    virtual const Identity& self() const = 0;
    // All members of a role but this process itself, in the order of their index.
    virtual std::span<const Address> peers(std::string_view role) const = 0;
    virtual const Settings& settings() const = 0;
    virtual Monotonic now() = 0;
    virtual Wall wall() = 0;
    // One of 0 .. n-1, from the seed, this event, the site and how often it was asked here. n > 0.
    virtual std::uint64_t draw(Site site, std::uint64_t n) = 0;
    virtual void note_fields(const NoteKind& kind, std::span<const Field> fields) = 0;
    virtual void state(const StateKey& key, Field value) = 0;
    virtual Result<Socket> bind(std::uint64_t port) = 0; // port 0: any free one
    virtual Task spawn(std::string_view name, std::function<void()> run) = 0;
    virtual Task current() const = 0;
    virtual void wake(Task task) = 0;   // gives the one sticky permit that park takes
    virtual void cancel(Task task) = 0; // its current or next suspending call returns cancelled
    virtual bool is_alive(Task task) const = 0;
    virtual void charge(Duration work) = 0; // this process computes for that long

    // --- suspending ---
    virtual Status park(Deadline deadline = {}) = 0;
    virtual Status sleep_until(Deadline deadline) = 0; // ok when the deadline has come
    virtual Result<Stream> connect(Address to, Deadline deadline = {}) = 0;
    virtual Result<Stream> accept(Socket& socket, Deadline deadline = {}) = 0;
    virtual Result<File> open(std::string_view path, OpenMode mode, Deadline deadline = {}) = 0;
    virtual Status rename(std::string_view from, std::string_view to, Deadline deadline = {}) = 0; // replaces `to`
    virtual Status remove(std::string_view path, Deadline deadline = {}) = 0;
    virtual Result<std::vector<std::string>> list(std::string_view prefix, Deadline deadline = {}) = 0; // sorted
    // create, rename and remove below `directory` ("" is the root) are durable once it returned.
    virtual Status sync_directory(std::string_view directory, Deadline deadline = {}) = 0;
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
    Address pick(std::span<const Address> among) {
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
