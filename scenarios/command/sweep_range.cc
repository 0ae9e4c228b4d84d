#include "orrery/scenarios/command/sweep_range.h"

#include "orrery/scenarios/command/option.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::command {
namespace {

constexpr std::uint64_t seed_most = std::uint64_t{1} << 62; // so that counting on never wraps

// Two numbers around a separator.
bool parse_pair(const std::string& text, std::string_view separator, std::uint64_t& left, std::uint64_t& right) {
    const std::size_t at = text.find(separator);
    return at != std::string::npos && parse_whole(std::string_view(text).substr(0, at), left) &&
           parse_whole(std::string_view(text).substr(at + separator.size()), right);
}

std::string expectation(const char* option, const char* expected, const std::string& got) {
    return std::string(option) + " expects " + expected + ", got '" + got + "'";
}

} // namespace

std::optional<std::string> read_range(const SweepCommandOptions& options, SweepOptions& sweep, Share& undecided_max) {
    if (!parse_pair(options.seeds, "..", sweep.seed_first, sweep.seed_last) || sweep.seed_first > sweep.seed_last ||
        sweep.seed_last > seed_most)
        return expectation("--seeds", "A..B with A at most B", options.seeds);
    sim::Duration time{};
    if (!options.time.empty()) {
        if (!sim::parse_duration(options.time, time) || time < std::chrono::seconds(1))
            return expectation("--time", "a length of time like 60s", options.time);
        sweep.seconds_max = std::chrono::duration_cast<std::chrono::seconds>(time).count();
    }
    if (!options.shard.empty() && (!parse_pair(options.shard, "/", sweep.shard, sweep.shards) || sweep.shards == 0 ||
                                   sweep.shard >= sweep.shards || sweep.shards > seed_most))
        return expectation("--shard", "I/N with I below N", options.shard);
    if (!parse_pair(options.undecided_max, "/", undecided_max.above, undecided_max.below) || undecided_max.below == 0 ||
        undecided_max.above > undecided_max.below || undecided_max.below > 1'000'000'000)
        return expectation("--undecided-max", "a share like 1/1000", options.undecided_max);
    sweep.jobs = jobs_or_cores(options.jobs);
    sweep.until_failure = options.until_failure;
    return std::nullopt;
}

} // namespace orrery::scenarios::command
