// The state trace of etcd's raft (github.com/etcd-io/raft, state_trace.go), read line by line: one event of one server.
// What protocols/raft/state_trace.h adds in `prop` is read as well, for without it nobody can tell what is in a log.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/sim/complaint.h"

namespace orrery::reports::paper {

struct Entry {
    std::uint64_t term = 0;
    std::int64_t digest = 0; // of its command
    bool operator==(const Entry&) const = default;
};

struct Point {
    std::uint64_t index = 0;
    std::uint64_t term = 0;
};

struct Sent {
    std::string type;
    std::uint64_t term = 0;
    std::string from;
    std::string to;
    std::uint64_t entries = 0;
    std::uint64_t log_term = 0;
    std::uint64_t index = 0;
    std::uint64_t commit = 0;
    bool reject = false;
};

struct Event {
    std::string name;
    std::string server;
    std::uint64_t term = 0;
    std::string vote; // "0": none
    std::uint64_t commit = 0;
    std::string role;
    std::uint64_t log = 0;               // its last index
    std::vector<std::string> voters;     // of the one configuration
    std::vector<std::string> old_voters; // of a joint one
    std::optional<Sent> message{};
    // From `prop`.
    std::optional<std::uint64_t> keep{};
    std::optional<std::uint64_t> stable{};
    std::optional<std::vector<Entry>> entries{};
    std::optional<Point> snapshot{};
};

// What stands in line `number`. Complains, with the line and what was expected, if it is no event.
sim::Checked<Event> read_event(std::string_view line, std::size_t number);

} // namespace orrery::reports::paper
