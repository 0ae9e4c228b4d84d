// The verbs of the command line, a file each. main.cc parses words into these and calls one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "orrery/reports/views/style.h"
#include "orrery/scenarios/engine/artifact/json.h"
#include "orrery/scenarios/engine/process/verify.h"

namespace orrery::scenarios::command {

// The engine has no other user: here its names are said plainly.
using namespace engine;

// Exit codes, the same for every verb.
constexpr int exit_passed = 0;
constexpr int exit_violated = 1;
constexpr int exit_undecided = 2;
constexpr int exit_nondeterminism = 3;
constexpr int exit_vacuous = 4;
constexpr int exit_usage = 64;
constexpr int exit_input = 65;
constexpr int exit_missing = 69; // something that this machine does not have, or does not let us write
constexpr int exit_internal = 70;

struct RunOptions {
    std::string scenario;
    std::uint64_t seed = 1;
    std::vector<std::string> settings; // key=value
    std::string plan;                  // a file
    std::string out = "orrery-out";    // where to write a repro
    std::string history;               // where to write the history
    std::string trace;                 // where to write all observations
    bool verify = false;
    bool json = false;
    bool quiet = false;
};

struct SweepCommandOptions {
    std::vector<std::string> scenarios;
    std::string seeds = "1..100";
    std::vector<std::string> settings;
    std::string time;       // "60s"
    std::string shard;      // "i/n"
    std::string out;        // empty: a folder of its own below orrery-out
    std::uint64_t jobs = 0; // 0: one a core
    bool until_failure = false;
    bool json = false;
    std::string undecided_max = "1/1000";
};

struct ReplayOptions {
    std::string file;
    std::string break_at; // the identity of an event
    std::string trace;
    bool json = false;
};

struct ZooOptions {
    std::string out; // empty: a folder of its own below orrery-out
    std::uint64_t jobs = 0;
    std::uint64_t seeds_max = 100'000;
    std::uint64_t seconds_max = 0;  // of processor time a flaw; 0: 60, or 300 for the judge of histories alone
    std::string judges = "all";     // who judges; linearizable: hunts only what clients can see
    std::vector<std::string> flaws; // none: all
    std::vector<std::string> settings;
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
// One line to stderr; returns the code.
int complain(int code, const std::string& text);
int complain(const sim::Complaint& complaint);
// False after one line to stderr: unknown scenario, or a bad setting.
bool prepare(RunInput& input, const std::string& scenario, const std::vector<std::string>& settings);
unsigned jobs_or_cores(std::uint64_t jobs);
// "lazy-register, seed 3".
std::string headline(const RunInput& input);
// A failed run in words, to stdout.
void tell(const Summary& summary);
// The line that replays a file, ready to be copied: as this program was called, quoted for a shell.
std::string replay_line(const std::string& file);
void set_program(const char* name);
// What stdout can show.
reports::views::Style terminal_style();
// Where a sweep or a zoo that was given no folder keeps what it finds: named by what it is.
std::string own_folder(const std::string& name, const std::string& manifest);
// Writes the run's repro into a folder; returns the path, empty after a line to stderr.
std::string save(const Summary& summary, const std::string& folder, const std::string& stem);
// Why nothing is known of a run, as one line to stderr; returns the code.
int complain_of(const Summary& summary);
// Does a fresh process say the same? 0 if it does; else a code, after saying where the two diverge, or why it is not
// known.
int verified(const Summary& summary, bool json = false);
void print_divergence(const Summary& summary, const Divergence& divergence, bool json);
int exit_of(RunVerdict verdict);

} // namespace orrery::scenarios::command
