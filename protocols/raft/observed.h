// What the monitors of raft share: how they read what they see, and how they say it.
#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>

#include "orrery/protocols/raft/message.h"
#include "orrery/sim/calm.h"

namespace orrery::raft::observed {

using sim::Calm;
using sim::Observation;

inline std::int64_t field(const Observation& seen, std::size_t index) { return seen.fields[index].integer; }
// Of a trace that anybody may have written: one less, and a length of time that can be multiplied.
inline std::int64_t before(std::int64_t value) { return value == INT64_MIN ? value : value - 1; }
inline sim::Duration length(const Observation& seen, std::size_t index) {
    constexpr std::int64_t most = 3'600'000'000'000; // an hour
    return sim::Duration{std::clamp<std::int64_t>(field(seen, index), 0, most)};
}
inline std::string at(const Observation& seen) { return std::string(seen.host_name); }
inline std::string number(std::int64_t value) { return std::to_string(value); }
inline std::uint64_t name_of(const Observation& seen) {
    return seen.note != nullptr ? seen.note->hash : sim::name_hash(seen.name);
}

// An entry as notes show it.
struct Known {
    std::int64_t term = 0; // 0: not known
    std::int64_t digest = 0;
    bool operator==(const Known&) const = default;
};

// Who said something first, and when: the other fact of a contradiction.
struct Said {
    std::string host;
    sim::WorldTime time{};
};
inline std::string milliseconds_of(sim::Duration length) {
    return std::to_string(std::chrono::floor<std::chrono::milliseconds>(length).count()) + " ms";
}
inline std::string in_words(const Said& said) {
    return said.host + " at " + milliseconds_of(said.time - sim::WorldTime{});
}
inline Said said_now(const Observation& seen) { return {at(seen), seen.time}; }
inline std::string entry_of(std::int64_t index, std::int64_t term) {
    return "entry " + number(index) + " of term " + number(term);
}

template <class T>
T& grown(std::vector<T>& values, std::size_t place) {
    if (place >= values.size()) values.resize(place + 1);
    return values[place];
}

} // namespace orrery::raft::observed
