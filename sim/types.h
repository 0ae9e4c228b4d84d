// The vocabulary of the seam: addresses, the three kinds of time, exact ratios, results, and the names of
// messages, draws, tasks and processes.
//
// Times are types so that a host's monotonic clock, its wall clock and the world's own time can
// never be compared or subtracted by accident. All are int64 nanoseconds: nothing here is floating.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "orrery/sim/bytes.h"
#include "orrery/sim/check.h"
#include "orrery/sim/note.h"

namespace orrery::sim {

using Duration = std::chrono::nanoseconds;

// A point on one clock. `Clock` is only a tag.
template <class Clock>
struct Point {
    std::int64_t nanoseconds = 0;

    constexpr auto operator<=>(const Point&) const = default;
    constexpr Point operator+(Duration d) const { return {nanoseconds + d.count()}; }
    constexpr Point operator-(Duration d) const { return {nanoseconds - d.count()}; }
    constexpr Duration operator-(Point other) const { return Duration{nanoseconds - other.nanoseconds}; }
};

// What a host's steady clock shows: starts each boot at a drawn offset, never goes back.
using Monotonic = Point<struct MonotonicClock>;
// What a host believes the date to be, in nanoseconds since the Unix epoch: may be wrong, may jump.
using Wall = Point<struct WallClock>;
// The simulator's own time, seen by no process: histories and traces are stamped with it.
using WorldTime = Point<struct WorldClock>;

// The instant at which a suspending call gives up, on the host's monotonic clock.
struct Deadline {
    Monotonic at{INT64_MAX};

    constexpr bool is_never() const { return at.nanoseconds == INT64_MAX; }
    static constexpr Deadline never() { return {}; }
};

// Opaque: 16 bytes that only the world that gave them can read. `port` chooses among the sockets of one host. The
// addresses that `peers` returns name a host, with port 0.
struct Address {
    std::uint64_t host = 0;
    std::uint64_t port = 0;

    constexpr auto operator<=>(const Address&) const = default;
    constexpr Address at(std::uint64_t other_port) const { return {host, other_port}; }
    constexpr bool is_set() const { return host != 0; }
};
static_assert(sizeof(Address) == 16);

// An exact probability or speed: numerator / denominator.
struct Ratio {
    std::uint64_t numerator = 0;
    std::uint64_t denominator = 1;

    constexpr bool operator==(const Ratio&) const = default;
};

// Why an Env call did not give its value.
enum class Error : std::uint8_t {
    timed_out,      // the deadline passed
    cancelled,      // Task::cancel reached this call
    dead,           // the process has crashed: nothing it does reaches anything
    closed,         // the socket, stream or file was closed here, or the peer half-closed
    reset,          // the stream broke: its peer crashed, refused it, or was silent past the user timeout
    refused,        // no process listens at that port
    too_large,      // datagram above 65,507 bytes
    address_in_use, // bind: the port is taken
    not_found,      // open without create, rename, remove: no such file
    exists,         // open exclusively: the file is there
    no_space,       // the disk is full
    input_output,   // the disk failed
};

constexpr std::string_view name(Error error) {
    constexpr std::string_view names[] = {"timed_out", "cancelled", "dead",      "closed",
                                          "reset",     "refused",   "too_large", "address_in_use",
                                          "not_found", "exists",    "no_space",  "input_output"};
    return names[static_cast<std::size_t>(error)];
}

struct Nothing {
    constexpr bool operator==(const Nothing&) const = default;
};

// A value or the reason why there is none. Reading the wrong half is a bug and CHECKs.
template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : either_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : either_(std::in_place_index<1>, error) {}

    bool ok() const { return either_.index() == 0; }
    explicit operator bool() const { return ok(); }
    Error error() const {
        CHECK(!ok());
        return *std::get_if<1>(&either_);
    }
    T& value() & {
        CHECK(ok());
        return *std::get_if<0>(&either_);
    }
    const T& value() const& {
        CHECK(ok());
        return *std::get_if<0>(&either_);
    }
    T&& value() && {
        CHECK(ok());
        return std::move(*std::get_if<0>(&either_));
    }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

private:
    std::variant<T, Error> either_;
};

using Status = Result<Nothing>;
inline Status success() { return Nothing{}; }

// What a message is, for traces and for triggers that name it. Static: never destroyed.
struct Label {
    std::string_view name;                             // "raft.append"
    std::string (*describe)(ByteView bytes) = nullptr; // the content in words; may be null
    std::uint64_t hash = name_hash(name);
};

// The static name of a place in code that draws: "latency", "election".
struct Site {
    std::string_view name;
    std::uint64_t hash = name_hash(name);
    constexpr Site(const char* text) : name(text) {}
};

// Who this process is. `boot` differs for every start of the process, also across hosts.
struct Identity {
    std::string name;        // "replica2"
    std::string role;        // "replica"
    std::uint32_t index = 0; // place among the role's members, from 0
    Address address{};
    std::uint64_t boot = 0;
    std::uint64_t cluster =
        0; // the members of its role have it in common, and no other cluster has; 0: there is one only
};

// A handle on a task of this process; copyable, never keeps the task alive.
struct Task {
    std::uint32_t slot = 0;
    std::uint32_t generation = 0; // 0: no task
    constexpr bool operator==(const Task&) const = default;
};

enum class OpenMode : std::uint8_t { read, read_write, create, create_new };

} // namespace orrery::sim
