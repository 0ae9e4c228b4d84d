// Notes and gauges: what a process reports about itself, as typed values, so that monitors and triggers never parse a
// log line. A note marks an instant: "became leader of term 4". A gauge has a value until it gets the next one, and the
// world keeps the last value for each host: "raft.role" = "leader".
//
//     constexpr sim::NoteKind became_leader{"raft.leader", {"term", "last_index"}};
//     env.note(became_leader, term, last_index);
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace orrery::sim {

// A stable hash of a name, the same in every build: FNV-1a.
constexpr std::uint64_t name_hash(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325u;
    for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    return hash;
}

// One value of a note or gauge: an integer or a text. A text is borrowed for the duration of the call only.
struct Field {
    std::int64_t integer = 0;
    std::string_view text{};
    bool is_text = false;
    bool is_beyond = false; // the integer stands for one above INT64_MAX, as identities may be

    constexpr Field() = default;
    constexpr Field(std::integral auto value)
        : integer(static_cast<std::int64_t>(value)),
          is_beyond(std::unsigned_integral<decltype(value)> && static_cast<std::uint64_t>(value) > INT64_MAX) {}
    constexpr Field(std::string_view value) : text(value), is_text(true) {}
    constexpr Field(const char* value) : text(value), is_text(true) {}
    Field(const std::string& value) : text(value), is_text(true) {}
    constexpr bool operator==(const Field&) const = default;
};

// A text as it is, a number in decimal.
inline std::string to_text(const Field& field) {
    if (field.is_text) return std::string(field.text);
    return field.is_beyond ? std::to_string(static_cast<std::uint64_t>(field.integer)) : std::to_string(field.integer);
}

// The static descriptor of a note. A goal is a note that a good test reaches in some seeds, though not in each
// (Antithesis: a sometimes assertion); a sweep names the goals that no seed reached. By a note that refuses the disk a
// process says that it cannot go on with what is there, and ends: what was found, and what was expected.
struct NoteKind {
    static constexpr std::size_t fields_max = 6;

    std::string_view name;
    std::array<std::string_view, fields_max> fields{};
    bool goal = false;
    bool refuses_disk = false;
    std::uint64_t hash = name_hash(name);
};

// The static name of a gauge.
struct StateKey {
    std::string_view name;
    std::uint64_t hash = name_hash(name);
};

} // namespace orrery::sim
