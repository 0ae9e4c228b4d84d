// Numbers are decimal. Whatever is out of bounds is refused with the bound: nothing is cut down to one in silence.
#include "orrery/scenarios/command/values.h"

#include <algorithm>
#include <thread>

#include "orrery/sim/check.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::command {
namespace {

constexpr std::uint64_t share_max = 1'000'000'000;       // so that products of counts fit 64 bits
constexpr std::int64_t seconds_a_year = 365 * 24 * 3600; // a year

// Two numbers around a separator.
bool parse_pair(std::string_view text, std::string_view separator, std::uint64_t& left, std::uint64_t& right) {
    const std::size_t at = text.find(separator);
    return at != std::string_view::npos && sim::parse_integer(text.substr(0, at), left) &&
           sim::parse_integer(text.substr(at + separator.size()), right);
}

} // namespace

Expected parse_seeds(std::string_view text, SeedRange& seeds) {
    SeedRange read;
    if (sim::parse_integer(text, read.first))
        read.last = read.first;
    else if (!parse_pair(text, "..", read.first, read.last))
        return "A..B or one seed, each at most " + std::to_string(seed_max);
    if (read.first > seed_max || read.last > seed_max) return "seeds of at most " + std::to_string(seed_max);
    if (read.first > read.last) return "A..B with A at most B";
    seeds = read;
    return std::nullopt;
}

Expected parse_share(std::string_view text, Share& share) {
    Share read;
    if (!parse_pair(text, "/", read.part, read.whole) || read.whole == 0 || read.part > read.whole ||
        read.whole > share_max)
        return "a share like 1/1000, at most 1/1 and with no number above " + std::to_string(share_max);
    share = read;
    return std::nullopt;
}

Expected parse_one_of(std::string_view text, OneOf& one_of) {
    std::uint64_t one = 0;
    std::uint64_t interval = 0;
    if (text != "0" && (!parse_pair(text, "/", one, interval) || one != 1 || interval == 0 || interval > share_max))
        return "1/N for one of N, with N from 1 to " + std::to_string(share_max) + ", or 0 for none";
    one_of.interval = interval;
    return std::nullopt;
}

Expected parse_shard(std::string_view text, Shard& shard) {
    Shard read;
    if (!parse_pair(text, "/", read.index, read.count) || read.index >= read.count || read.count > seed_max)
        return "I/N with I below N, counted from 0";
    shard = read;
    return std::nullopt;
}

Expected parse_seconds(std::string_view text, std::int64_t& seconds) {
    sim::Duration time{};
    const bool fits = sim::parse_duration(text, time) && time >= std::chrono::seconds(1) &&
                      time <= std::chrono::seconds(seconds_a_year);
    if (!fits)
        return "a length of time in " + sim::duration_units() + ", like 60s, from 1s to " +
               std::to_string(seconds_a_year) + "s";
    seconds = std::chrono::duration_cast<std::chrono::seconds>(time).count();
    return std::nullopt;
}

Expected parse_length(std::string_view text, sim::Duration& length) {
    sim::Duration read{};
    if (!sim::parse_duration(text, read) || read.count() <= 0 || read > std::chrono::seconds(seconds_a_year))
        return "a length of time in " + sim::duration_units() + ", like 1500ms";
    length = read;
    return std::nullopt;
}

Expected parse_time(std::string_view text, std::optional<sim::Duration>& time) {
    sim::Duration read{};
    if (!sim::parse_duration(text, read) || read.count() < 0)
        return "a time of the run in " + sim::duration_units() + ", like 1322ms";
    time = read;
    return std::nullopt;
}

Expected parse_memory(std::string_view text, std::uint64_t& bytes) {
    constexpr std::uint64_t mebibytes_least = 16; // below it no run begins
    constexpr std::uint64_t mebibytes_max = std::uint64_t{1} << 30;
    std::uint64_t number = 0;
    const bool is_gibibytes = text.ends_with("GiB");
    const bool has_unit = is_gibibytes || text.ends_with("MiB");
    bool fits = text == "0";
    if (has_unit && sim::parse_integer(text.substr(0, text.size() - 3), number) && number <= mebibytes_max) {
        number *= is_gibibytes ? 1024 : 1;
        fits = number >= mebibytes_least && number <= mebibytes_max;
    }
    if (!fits) return "a size like 512MiB or 4GiB, from 16MiB to 1048576GiB, or 0 for no limit";
    bytes = number << 20;
    return std::nullopt;
}

std::string print_memory(std::uint64_t bytes) { return bytes == 0 ? "0" : std::to_string(bytes >> 20) + "MiB"; }

unsigned jobs_or_cores(std::uint64_t jobs) {
    CHECK(jobs <= jobs_max);
    return jobs > 0 ? static_cast<unsigned>(jobs) : std::max(std::thread::hardware_concurrency(), 1u);
}

} // namespace orrery::scenarios::command
