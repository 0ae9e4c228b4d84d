// orrery sweep: many seeds, progress on the way, the failures at the end.
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <set>

#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/engine/sweep.h"

namespace orrery::scenarios::command {
namespace {

bool parse_number(std::string_view text, std::uint64_t& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end == text.data() + text.size();
}

// Two numbers around a separator.
bool parse_pair(const std::string& text, std::string_view separator, std::uint64_t& left, std::uint64_t& right) {
    const std::size_t at = text.find(separator);
    return at != std::string::npos && parse_number(std::string_view(text).substr(0, at), left) &&
           parse_number(std::string_view(text).substr(at + separator.size()), right);
}

bool complain(const char* option, const std::string& text, const char* expected) {
    std::fprintf(stderr, "orrery: %s expects %s, got '%s'\n", option, expected, text.c_str());
    return false;
}

bool read_options(const SweepCommandOptions& options, SweepOptions& sweep) {
    if (!parse_pair(options.seeds, "..", sweep.seed_first, sweep.seed_last) || sweep.seed_first > sweep.seed_last)
        return complain("--seeds", options.seeds, "A..B with A at most B");
    sim::Duration time{};
    if (!options.time.empty()) {
        if (!sim::parse_duration(options.time, time) || time < std::chrono::seconds(1))
            return complain("--time", options.time, "a length of time like 60s");
        sweep.seconds_max = std::chrono::duration_cast<std::chrono::seconds>(time).count();
    }
    if (!options.shard.empty() &&
        (!parse_pair(options.shard, "/", sweep.shard, sweep.shards) || sweep.shards == 0 || sweep.shard >= sweep.shards))
        return complain("--shard", options.shard, "I/N with I below N");
    sweep.jobs = jobs_or_cores(options.jobs);
    sweep.until_failure = options.until_failure;
    return true;
}

void show_progress(const std::string& scenario, const SweepResult& so_far) {
    static std::uint64_t tenth = 0;
    const auto seeds = static_cast<unsigned long long>(so_far.seeds);
    const auto planned = static_cast<unsigned long long>(so_far.planned);
    if (isatty(2) != 0) {
        std::fprintf(stderr, "\r%s: %llu of %llu seeds, %zu violated ", scenario.c_str(), seeds, planned, so_far.violated.size());
    } else if (so_far.planned > 0 && so_far.seeds * 10 / so_far.planned != tenth) {
        tenth = so_far.seeds * 10 / so_far.planned;
        std::fprintf(stderr, "%s: %llu of %llu seeds, %zu violated\n", scenario.c_str(), seeds, planned, so_far.violated.size());
    }
}

void print_json(const std::string& scenario, const SweepResult& result, const std::string& vacuous) {
    std::printf("{\"type\":\"sweep\",\"version\":1,\"scenario\":%s,\"seeds\":%llu,\"violated\":%zu,\"undecided\":%llu,"
                "\"vacuous\":%s,\"answered_median\":%llu,\"effective_median\":%llu,\"notes_median\":%llu}\n",
                quoted(scenario).c_str(), static_cast<unsigned long long>(result.seeds), result.violated.size(),
                static_cast<unsigned long long>(result.undecided), quoted(vacuous).c_str(),
                static_cast<unsigned long long>(median(result.answered)),
                static_cast<unsigned long long>(median(result.effective)),
                static_cast<unsigned long long>(median(result.notes)));
}

void print_words(const std::string& scenario, const SweepResult& result, const std::string& vacuous) {
    std::printf("%s: %llu seeds, %zu violated, %llu undecided; medians: %llu operations answered, %llu faults effective\n",
                scenario.c_str(), static_cast<unsigned long long>(result.seeds), result.violated.size(),
                static_cast<unsigned long long>(result.undecided), static_cast<unsigned long long>(median(result.answered)),
                static_cast<unsigned long long>(median(result.effective)));
    for (const auto& [kind, counts] : result.kinds)
        std::printf("  %-12s armed %llu, fired %llu, effective %llu\n", kind.c_str(),
                    static_cast<unsigned long long>(counts.armed), static_cast<unsigned long long>(counts.fired),
                    static_cast<unsigned long long>(counts.effective));
    if (!vacuous.empty()) std::printf("  vacuous: %s\n", vacuous.c_str());
}

// The failures by fingerprint, each with its first seed told in full. False: nondeterminism.
bool tell_failures(const std::string& scenario, const SweepCommandOptions& options, const SweepResult& result) {
    std::map<std::string, std::size_t> counts;
    for (const Summary& each : result.violated) ++counts[each.findings.front().fingerprint];
    std::set<std::string> told;
    for (const Summary& each : result.violated) {
        const std::string& fingerprint = each.findings.front().fingerprint;
        if (!told.insert(fingerprint).second) continue;
        if (!verified(each)) return false;
        const std::string path = save(each, options.out, scenario + "-" + std::to_string(each.seed));
        if (options.json)
            std::printf("{\"type\":\"failure\",\"version\":1,\"scenario\":%s,\"seed\":\"%llu\",\"finding\":%s,\"seeds\":%zu,"
                        "\"repro\":%s}\n",
                        quoted(scenario).c_str(), static_cast<unsigned long long>(each.seed), quoted(fingerprint).c_str(),
                        counts[fingerprint], quoted(path).c_str());
        else {
            std::printf("\n%s, seed %llu and %zu more\n", scenario.c_str(), static_cast<unsigned long long>(each.seed),
                        counts[fingerprint] - 1);
            tell(each, path);
        }
    }
    return true;
}

// More severe first: violation, nondeterminism, vacuity, too much undecided.
int worse(int a, int b) {
    constexpr int order[] = {exit_violated, exit_nondeterminism, exit_vacuous, exit_undecided};
    for (const int code : order)
        if (a == code || b == code) return code;
    return exit_passed;
}

int sweep_one(const std::string& scenario, const SweepCommandOptions& options, SweepOptions& sweep_options) {
    if (!prepare(sweep_options.input, scenario, options.settings)) return exit_usage;
    sweep_options.progress = [&](const SweepResult& so_far) { show_progress(scenario, so_far); };
    const SweepResult result = scenarios::sweep(sweep_options);
    if (isatty(2) != 0) std::fprintf(stderr, "\r\033[K");
    if (!result.error.empty()) {
        std::fprintf(stderr, "orrery: %s\n", result.error.c_str());
        return exit_input;
    }
    const bool shortened = sweep_options.until_failure && !result.violated.empty();
    const std::string vacuous = shortened ? "" : vacuity(*sweep_options.input.scenario, result);
    if (options.json)
        print_json(scenario, result, vacuous);
    else
        print_words(scenario, result, vacuous);
    int code = exit_passed;
    if (!result.violated.empty()) code = tell_failures(scenario, options, result) ? exit_violated : exit_nondeterminism;
    if (!vacuous.empty()) code = worse(code, exit_vacuous);
    std::uint64_t above = 0;
    std::uint64_t below = 1;
    (void)parse_pair(options.undecided_max, "/", above, below);
    if (result.undecided * below > above * result.seeds) code = worse(code, exit_undecided);
    return code;
}

} // namespace

int sweep(const SweepCommandOptions& options) {
    SweepOptions sweep_options;
    if (!read_options(options, sweep_options)) return exit_usage;
    std::vector<std::string> names = options.scenarios;
    if (names.empty())
        for (const Scenario* scenario : all_scenarios())
            if (!scenario->faulty) names.push_back(scenario->name);
    int code = exit_passed;
    for (const std::string& name : names) {
        const int one = sweep_one(name, options, sweep_options);
        if (one >= exit_usage) return one;
        code = worse(code, one);
    }
    return code;
}

} // namespace orrery::scenarios::command
