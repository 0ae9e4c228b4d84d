// Values: the options that are more than a word or a number - ranges of seeds, shares, parts, lengths of time. Each
// has one spelling, its bounds, and one sentence that says both to somebody who wrote something else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "orrery/sim/types.h"

namespace orrery::scenarios::command {

// What was expected, in words that follow "expects"; nothing if the text was that.
using Expected = std::optional<std::string>;

constexpr std::uint64_t jobs_max = 1024;
constexpr std::uint64_t seed_max = std::uint64_t{1} << 62; // so that counting on never wraps

struct SeedRange {
    std::uint64_t first = 1;
    std::uint64_t last = 100;
};
// "1..1000", or "7" for that seed alone.
Expected parse_seeds(std::string_view text, SeedRange& seeds);

// A part of a whole, exactly: no rounding decides a verdict.
struct Share {
    std::uint64_t part = 0;
    std::uint64_t whole = 1;
    bool is_exceeded(std::uint64_t count, std::uint64_t all) const { return count * whole > part * all; }
};
// "1/1000"
Expected parse_share(std::string_view text, Share& share);

// "1/64": one of 64. "0": none.
struct OneOf {
    std::uint64_t interval = 64; // 0: none
};
Expected parse_one_of(std::string_view text, OneOf& one_of);

// Part `index` of `count` parts of a sweep.
struct Shard {
    std::uint64_t index = 0;
    std::uint64_t count = 1;
};
// "0/4"
Expected parse_shard(std::string_view text, Shard& shard);

// "60s"; whole seconds.
Expected parse_seconds(std::string_view text, std::int64_t& seconds);

// "1500ms": more than nothing.
Expected parse_length(std::string_view text, sim::Duration& length);

// "1322ms": an instant of a run.
Expected parse_time(std::string_view text, std::optional<sim::Duration>& time);

// "512MiB", "4GiB", or 0 for no limit.
Expected parse_memory(std::string_view text, std::uint64_t& bytes);
std::string print_memory(std::uint64_t bytes); // the same spelling

// As many as the machine has cores, if none are asked for.
unsigned jobs_or_cores(std::uint64_t jobs);

} // namespace orrery::scenarios::command
