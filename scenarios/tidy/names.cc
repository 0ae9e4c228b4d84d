// Banned names, each with what to write instead: the standard library has many doors to chance, time and threads, and
// a simulated run may use one of each. A pattern is a word; `*` before or after it stands for the rest of the word, and
// a `(` at its end asks for a call: `time(` is time(nullptr), but neither world.time(1) nor brand_time(1).
#include <algorithm>
#include <array>

#include "orrery/scenarios/tidy/rules.h"

namespace orrery::scenarios::tidy {
namespace {

enum Where : unsigned {
    in_sim = 1,
    in_protocols = 2,
    in_faults = 4,
    in_reports = 8,
    in_engine = 16,
    in_scenarios = 32, // scenario files, workload
    in_tools = 64,     // commands, benchmarks, the digests: what talks to people and looks at real clocks
    in_tests = 128,
    inside = in_sim | in_protocols | in_faults | in_scenarios,
    everywhere = 255,
    in_library = inside | in_reports | in_engine,
};

struct Ban {
    std::string_view pattern;
    unsigned where;
    std::string_view instead;
};

constexpr std::string_view by_draw = "draw(site, n): chance has one door";
constexpr std::string_view by_order = "std::map or a sorted vector: iteration must have an order";
constexpr std::string_view by_time = "env.now(), or the world's now(): time is virtual";
constexpr std::string_view by_task = "env.spawn and park/wake: everything runs in one thread";
constexpr std::string_view by_ratio = "integers, Ratio or parts per billion: floating point differs between builds";
constexpr std::string_view by_value = "a returned text or a Note: only commands print";
constexpr std::string_view by_noun = "a noun for what it is";

constexpr Ban bans[] = {
    {"rand(", everywhere, by_draw},
    {"srand(", everywhere, by_draw},
    {"mt19937*", everywhere, by_draw},
    {"default_random_engine", everywhere, by_draw},
    {"random_device", everywhere, by_draw},
    {"*_distribution", everywhere, by_draw},
    {"shuffle", everywhere, "draws by index: std::shuffle differs between libraries"},
    {"random_shuffle", everywhere, by_draw},
    {"unordered_*", inside | in_reports | in_engine, by_order},
    {"hash(", in_sim | in_protocols | in_faults, "name_hash or mix: std::hash differs between libraries"},
    {"std::hash", everywhere, "name_hash or mix: std::hash differs between libraries"},
    {"system_clock", in_library, by_time},
    {"steady_clock", in_library, by_time},
    {"high_resolution_clock", everywhere, by_time},
    {"gettimeofday", in_library, by_time},
    {"clock_gettime", in_library, by_time},
    {"time(", in_sim | in_protocols | in_faults | in_scenarios, by_time},
    {"std::thread", in_library | in_tests, by_task},
    {"std::jthread", everywhere, by_task},
    {"std::async", everywhere, by_task},
    {"std::mutex", in_library, by_task},
    {"std::atomic", in_library, by_task},
    {"thread_local", everywhere, by_task},
    {"sleep_for", everywhere, "env.sleep, or waiting for the thing itself"},
    {"usleep", everywhere, "env.sleep, or waiting for the thing itself"},
    {"float", in_sim | in_protocols | in_faults, by_ratio},
    {"double", in_sim | in_protocols | in_faults, by_ratio},
    {"printf(", in_library, by_value},
    {"fprintf(", in_library, by_value},
    {"puts(", in_library, by_value},
    {"cout", in_library, by_value},
    {"cerr", in_library, by_value},
    {"assert(", everywhere, "CHECK, which is always on"},
    {"*Impl", everywhere, by_noun},
    {"*Manager", everywhere, by_noun},
    {"*Util", everywhere, by_noun},
    {"*Utils", everywhere, by_noun},
    {"*Helper", everywhere, by_noun},
    {"*_impl", everywhere, by_noun},
    {"*_util", everywhere, by_noun},
    {"*_utils", everywhere, by_noun},
    {"*_helper", everywhere, by_noun},
};

// The few files and folders where something else is meant, or where the rule has its one exception.
struct Exception {
    std::string_view path;
    std::string_view pattern;
};
constexpr Exception exceptions[] = {
    {"sim/check.cc", "fprintf("},                  // the last words before an abort
    {"sim/check.h", "thread_local"},               // several live processes, each with a thread of its own
    {"sim/bytes.cc", "thread_local"},              // likewise
    {"protocols/live/loop.h", "steady_clock"},     // time is real there
    {"protocols/live/loop.cc", "steady_clock"},    // likewise
    {"protocols/live/env.cc", "system_clock"},     // likewise
    {"protocols/live/disk.h", "std::thread"},      // it makes the calls that block
    {"protocols/live/disk.h", "std::mutex"},       // between that thread and the one that runs the tasks
    {"protocols/live/env_test.cc", "std::thread"}, // several processes in one program
    {"protocols/conformance/live_stage_test.cc", "std::thread"}, // likewise
    {"protocols/rpc/live_server_test.cc", "std::thread"},        // likewise
    // Their values have such fields, whose bits are carried from one side to the other; nothing is computed.
    {"protocols/gob", "float"},
    {"protocols/gob", "double"},
    {"protocols/jsonrpc", "float"},
    {"protocols/jsonrpc", "double"},
    {"scenarios/engine/search/sweep.cc", "steady_clock"},   // progress and --time are real time
    {"scenarios/engine/process/child.cc", "clock_gettime"}, // so are the limits of a seed
    {"scenarios/engine/live/log.cc", "clock_gettime"},      // there all is real
    {"reports/judges/pool.cc", "std::thread"}, // keys are judged side by side; nothing shows which was first
    {"reports/judges/pool.cc", "std::atomic"},
    {"reports/judges/pool.h", "std::mutex"},
    {"reports/value.h", "std::atomic"}, // threads that judge copy what was recorded
    {"reports/word.cc", "std::mutex"},  // and name operations
};

unsigned where_is(const Source& source) {
    if (source.is_test()) return in_tests;
    if (source.is_below("sim")) return in_sim;
    if (source.is_below("protocols")) return in_protocols;
    if (source.is_below("faults")) return in_faults;
    if (source.is_below("reports/example")) return in_tools; // whole programs
    if (source.is_below("reports")) return in_reports;
    if (source.is_below("scenarios/engine")) return in_engine;
    if (source.is_below("scenarios/command") || source.is_below("scenarios/bench") ||
        source.is_below("scenarios/tidy") || source.is_below("scenarios/golden"))
        return in_tools;
    return in_scenarios;
}

// The places of a pattern in code.
std::vector<std::size_t> find_all(std::string_view code, std::string_view pattern) {
    const bool open_left = pattern.starts_with('*');
    const bool open_right = pattern.ends_with('*');
    const bool call = pattern.ends_with('(');
    pattern.remove_prefix(open_left ? 1 : 0);
    pattern.remove_suffix(open_right || call ? 1 : 0);
    std::vector<std::size_t> places;
    for (std::size_t at = code.find(pattern); at != std::string_view::npos; at = code.find(pattern, at + 1)) {
        const std::size_t end = at + pattern.size();
        if (!open_left && at > 0 && is_word(code[at - 1])) continue;
        if (!open_right && end < code.size() && is_word(code[end])) continue;
        // A member or a function of our own by that name is another thing.
        if (call && at > 0 && (code[at - 1] == '.' || code[at - 1] == '>')) continue;
        if (call && (end >= code.size() || code[end] != '(')) continue;
        places.push_back(at);
    }
    return places;
}

// A map or set whose key is a pointer: iterating it follows the addresses.
void check_keys(const Source& source, Breaches& breaches) {
    for (const std::string_view word : {"std::map<", "std::set<", "std::multimap<", "std::multiset<"}) {
        for (std::size_t at = source.code.find(word); at != std::string::npos; at = source.code.find(word, at + 1)) {
            const std::size_t end = source.code.find_first_of("<>,", at + word.size());
            if (end != std::string::npos && source.code[end] != '<' && source.code[end - 1] == '*')
                breaches.push_back(
                    {source.path, line_of(source.code, at),
                     "ordered by addresses, which differ between runs; use an index or a name as the key"});
        }
    }
}

} // namespace

Breaches check_names(const Source& source) {
    Breaches breaches;
    if (!source.is_cpp()) return breaches;
    check_keys(source, breaches);
    const unsigned where = where_is(source);
    for (const Ban& ban : bans) {
        if ((ban.where & where) == 0) continue;
        if (std::any_of(std::begin(exceptions), std::end(exceptions), [&](const Exception& each) {
                return (each.path == source.path || source.is_below(each.path)) && each.pattern == ban.pattern;
            }))
            continue;
        for (const std::size_t at : find_all(source.code, ban.pattern))
            breaches.push_back({source.path, line_of(source.code, at),
                                "'" + std::string(ban.pattern) + "' is banned here; use " + std::string(ban.instead)});
    }
    return breaches;
}

// Work left open, and paths or hosts that only one machine has.
Breaches check_wording(const Source& source) {
    // In two halves, so that this file does not object to itself.
    using Halves = std::array<std::string_view, 2>;
    static constexpr std::array<Halves, 4> open = {{{"TO", "DO"}, {"FIX", "ME"}, {"X", "XX"}, {"HA", "CK"}}};
    static constexpr std::array<Halves, 8> places = {{{"/ho", "me/"},
                                                      {"/ro", "ot/"},
                                                      {"/Us", "ers/"},
                                                      {"/wo", "rk/"},
                                                      {"//de", "b."},
                                                      {"//regis", "try."},
                                                      {"//pro", "xy."},
                                                      {"//stat", "ic."}}};
    Breaches breaches;
    const auto ban = [&](const Halves& halves, const char* instead) {
        const std::string word = std::string(halves[0]) + std::string(halves[1]);
        for (std::size_t at = source.text.find(word); at != std::string::npos; at = source.text.find(word, at + 1))
            breaches.push_back({source.path, line_of(source.text, at), "'" + word + "' " + instead});
    };
    for (const Halves& word : open) ban(word, "left open; do it, or file an issue");
    for (const Halves& word : places) ban(word, "names somebody's machine; use a relative path");
    return breaches;
}

} // namespace orrery::scenarios::tidy
