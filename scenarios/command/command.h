// The verbs of the command line, a file each, and what each is given. verbs.cc fills these from words; main.cc calls
// one. Every verb prints its result and returns the exit code.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "orrery/reports/formats/format.h"
#include "orrery/scenarios/command/option.h"
#include "orrery/scenarios/command/run_input.h"
#include "orrery/scenarios/command/values.h"

namespace orrery::scenarios::engine::live {
struct NotJudging;
}

namespace orrery::scenarios::command {

// Exit codes, the same for every verb. Complaints end with those of sim::exit_code.
constexpr int exit_passed = 0;
constexpr int exit_violated = 1;
constexpr int exit_refused = 1; // by the server that was called
constexpr int exit_undecided = 2;
constexpr int exit_nondeterminism = 3;
constexpr int exit_vacuous = 4;
constexpr int exit_usage = sim::exit_code(sim::Cause::usage);
constexpr int exit_input = sim::exit_code(sim::Cause::input);
constexpr int exit_missing = sim::exit_code(sim::Cause::missing);
constexpr int exit_internal = sim::exit_code(sim::Cause::internal);

struct ListOptions {
    std::vector<std::string> names; // none: everything
    bool json = false;
};

struct RunOptions {
    std::string scenario;
    std::uint64_t seed = 1;
    InputOptions input{};
    std::string out = "orrery-out"; // where to write a repro
    std::string history;            // where to write the history
    std::string trace;              // where to write all observations
    std::string format;             // of the trace: "etcd", the state trace of etcd's raft; empty: rows
    bool verify = false;
    bool no_shrink = false;
    bool json = false;
    bool quiet = false;
};

struct ServeOptions {
    std::string scenario;
    std::string role;
    std::uint64_t index = 0;
    std::string cluster; // a file
    std::string listen;  // in its place: HOST:PORT
    GivenList settings{};
    std::string data; // a folder
    bool loses_unsynced = false;
    bool holds = false;
    std::string triggers;   // a folder
    std::string log;        // a file of what the process says of itself
    std::string history;    // a file to which a client adds
    std::uint64_t seed = 0; // 0: the operating system draws
    sim::Duration time{};   // of a client; 0: until it is stopped
    bool quiet = false;
};

struct LiveCommandOptions {
    std::string scenario;
    std::uint64_t seed = 1;
    InputOptions input{};
    std::int64_t seconds = 0; // 0: as long as a simulated run
    std::string out;          // a folder for all files; empty: one that is removed
    bool json = false;
    bool quiet = false;
};

struct CallOptions {
    std::vector<std::string> words; // HOST:PORT METHOD JSON
    std::string protocol = "gob-http";
    sim::Duration timeout{5'000'000'000};
    bool json = false;
};

struct SweepCommandOptions {
    std::vector<std::string> scenarios;
    SeedRange seeds{};
    InputOptions input{};
    std::int64_t seconds_max = 0; // 0: no limit
    Shard shard{};
    std::string out;        // empty: a folder of its own below orrery-out
    std::string repros;     // a folder of them, replayed first; empty: `repros`, if it is there
    std::string junit;      // a file to write
    std::uint64_t jobs = 0; // 0: one a core
    bool until_failure = false;
    bool no_shrink = false;
    bool json = false;
    Share undecided_max{1, 1000};
    OneOf verify{};
};

struct ReplayOptions {
    std::vector<std::string> files; // or folders of them
    std::string trace;              // where to write all observations
    std::string against;            // a trace of the same repro, to compare with
    bool bisect = false;            // the exit code is for git bisect run
    // For a debugger: where to stop.
    std::string break_at;                 // an event, by its identity or its number
    std::optional<sim::Duration> until{}; // the first event from this time on
    std::uint64_t back = 0;               // so many events before
    bool gdb = false;                     // start it
    std::string junit;
    bool json = false;
};

struct ShrinkCommandOptions {
    std::string file;
    std::string out;                 // the minimal repro; empty: beside the file, X.minimal.repro
    std::uint64_t runs_max = 30'000; // the budget
    std::uint64_t jobs = 0;          // 0: one a core
    bool json = false;
};

struct TraceOptions {
    std::string file;  // a repro, or a trace
    std::string where; // a query; empty: every row
    // The identity of an event, or "finding"; empty: no bound.
    std::string before;
    std::string after;
    std::string past_of;
    std::string format;      // "etcd": the state trace of etcd's raft; empty: rows
    std::uint64_t limit = 0; // rows; 0: all
    bool json = false;
};

struct ExplainOptions {
    std::string file;
    std::uint64_t jobs = 0; // 0: one a core
    bool json = false;
};

struct CheckOptions {
    std::vector<std::string> files;
    std::string judge;                  // empty: the model's own
    std::string model;                  // empty: what the file names
    std::string format;                 // empty: by content
    reports::formats::ReadOptions read; // what is known of the files beyond what they say
    std::string as;                     // not empty: the histories are written in this format, and not judged
    std::uint64_t budget = 2'000'000;
    std::uint64_t threads = 0; // for the keys of a history; 0: as many as the machine has
    bool stream = false;       // judge line by line, and keep nothing that is over
    bool json = false;
    bool counterexample = false;
    std::string monitors; // not empty: the files are logs, and these fold over them: names, separated by commas
    bool paper = false;   // the files are state traces of raft, and read by the rules of its paper
    std::string junit;    // a file to write
};

struct ZooOptions {
    std::string out; // empty: a folder of its own below orrery-out
    std::uint64_t jobs = 0;
    std::uint64_t seeds_max = 100'000;
    std::uint64_t seconds_max = 0;  // of processor time a flaw; 0: 60, or 300 if only histories are judged
    std::uint64_t ranges = 1;       // of seeds, in each of which a flaw is hunted: what counts is the one in the middle
    std::vector<std::string> flaws; // none: all
    InputOptions input{};
    bool no_shrink = false;
    std::string junit;   // a file to write
    std::string by_hand; // a folder of failing runs, FLAW.repro: what was shrunk is compared with them in a table
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

struct HelpOptions {
    std::string verb; // main.cc shows its help; here for the table of verbs
    std::string shell;
    bool man = false;
};

int list(const ListOptions& options);
int run(const RunOptions& options);
int serve(const ServeOptions& options);
int live(const LiveCommandOptions& options);
int call(const CallOptions& options);
int sweep(const SweepCommandOptions& options);
int replay(const ReplayOptions& options);
// 0 if a smaller repro, or as small a one, was written.
int shrink(const ShrinkCommandOptions& options);
// 0 if it could be shown, whatever the verdict of the run.
int trace(const TraceOptions& options);
// 0 if the failure was explained.
int explain(const ExplainOptions& options);
// 65 if any file is bad, else 1 if any is violated, else 4 if any holds no operation, else 2 if any is undecided.
int check(const CheckOptions& options);
// The same of logs, with monitors: as one story, by time.
int check_logs(const CheckOptions& options);
// Of state traces of raft.
int check_paper(const CheckOptions& options);
// Says which monitors' silence says nothing, and why; nothing of none.
void tell_not_judging(const engine::live::NotJudging& silent);
int zoo(const ZooOptions& options);
int bench(const BenchOptions& options);
// The manual page, or the completion for a shell, of all verbs.
int help(const HelpOptions& options, const std::vector<Verb>& verbs);

} // namespace orrery::scenarios::command
