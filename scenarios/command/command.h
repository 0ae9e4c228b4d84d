// The verbs of the command line, a file each. main.cc parses words into these and calls one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "orrery/reports/views/style.h"
#include "orrery/scenarios/engine/isolate.h"

namespace orrery::scenarios::command {

// Exit codes, the same for every verb.
constexpr int exit_passed = 0;
constexpr int exit_violated = 1;
constexpr int exit_undecided = 2;
constexpr int exit_nondeterminism = 3;
constexpr int exit_vacuous = 4;
constexpr int exit_usage = 64;
constexpr int exit_input = 65;
constexpr int exit_internal = 70;

struct RunOptions {
    std::string scenario;
    std::uint64_t seed = 1;
    std::vector<std::string> settings; // key=value
    std::string plan;                  // a file
    std::string out;                   // where to write a repro; empty: orrery-out
    std::string history;               // where to write the history
    bool verify = false;
    bool json = false;
    bool quiet = false;
};

struct SweepCommandOptions {
    std::vector<std::string> scenarios;
    std::string seeds = "1..100";
    std::vector<std::string> settings;
    std::string time;  // "60s"
    std::string shard; // "i/n"
    std::string out = "orrery-out";
    unsigned jobs = 0; // 0: one a core
    bool until_failure = false;
    bool json = false;
    std::string undecided_max = "1/1000";
};

struct ReplayOptions {
    std::string file;
    bool json = false;
};

struct ZooOptions {
    std::string out = "orrery-out/zoo";
    unsigned jobs = 0;
    std::uint64_t seeds_max = 100'000;
    std::uint64_t seconds_max = 60; // of processor time a flaw
    std::vector<std::string> flaws; // none: all
    bool json = false;
};

struct BenchOptions {
    std::string work = "ping-pong";
    std::uint64_t operations = 1'000'000;
    std::uint64_t hosts = 0;        // 0: the work's own
    std::vector<std::string> files; // judge: histories; none: its own
    std::string model = "cas-register";
    bool json = false;
};

int list(bool json);
int run(const RunOptions& options);
int sweep(const SweepCommandOptions& options);
int replay(const ReplayOptions& options);
int zoo(const ZooOptions& options);
int bench(const BenchOptions& options);

// --- shared by the verbs ---
// False after one line to stderr: unknown scenario, or a bad setting.
bool prepare(RunInput& input, const std::string& scenario, const std::vector<std::string>& settings);
unsigned jobs_or_cores(unsigned jobs);
// A failed run in words, to stdout; `replay` is the file to name in the last line.
void tell(const Summary& summary, const std::string& replay);
// What stdout can show.
reports::views::Style terminal_style();
// Writes the summary's repro into a folder; returns the path, empty after a line to stderr.
std::string save(const Summary& summary, const std::string& folder, const std::string& stem);
// Does a new process say the same? Tells where they part if not.
bool verified(const Summary& summary);
int exit_of(Verdict verdict);
// Quoted and escaped for JSON.
std::string quoted(const std::string& text);

} // namespace orrery::scenarios::command
