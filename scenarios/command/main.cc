// The command line: words in, a verb called, an exit code out.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstring>

#include "orrery/scenarios/command/check.h"
#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/engine/verify.h"

namespace {

using namespace orrery::scenarios;
using namespace orrery::scenarios::command;

struct Words {
    CLI::App app{"Orrery: deterministic simulation of distributed systems", "orrery"};
    RunOptions run;
    SweepCommandOptions sweep;
    ReplayOptions replay;
    ZooOptions zoo;
    BenchOptions bench;
    CheckOptions check;
    bool list_json = false;
    int code = exit_passed;
};

void add_run(Words& words) {
    CLI::App* verb = words.app.add_subcommand("run", "one seed, told as it happens");
    verb->add_option("scenario", words.run.scenario, "which; see orrery list")->required();
    verb->add_option("--seed", words.run.seed, "the seed");
    verb->add_option("--set", words.run.settings, "key=value")->take_all();
    verb->add_option("--plan", words.run.plan, "faults from a file instead of drawn ones");
    verb->add_option("--out", words.run.out, "folder for a repro");
    verb->add_flag("--verify", words.run.verify, "repeat it in a new process");
    verb->add_flag("--json", words.run.json, "one object a line");
    verb->add_flag("--quiet", words.run.quiet, "without the story");
    verb->footer("example: orrery run lazy-register --seed 3 --set duration=5s");
    verb->callback([&words] { words.code = run(words.run); });
}

void add_sweep(Words& words) {
    CLI::App* verb = words.app.add_subcommand("sweep", "many seeds");
    verb->add_option("scenario", words.sweep.scenarios, "which; none: all that should pass");
    verb->add_option("--seeds", words.sweep.seeds, "A..B");
    verb->add_option("--set", words.sweep.settings, "key=value")->take_all();
    verb->add_option("--time", words.sweep.time, "stop after so long, like 60s");
    verb->add_option("--jobs", words.sweep.jobs, "how many at once; default one a core");
    verb->add_option("--shard", words.sweep.shard, "I/N: only the seeds of this part");
    verb->add_option("--out", words.sweep.out, "folder for repros");
    verb->add_option("--undecided-max", words.sweep.undecided_max, "accepted share of undecided seeds, like 1/1000");
    verb->add_flag("--until-failure", words.sweep.until_failure, "stop at the first violation");
    verb->add_flag("--json", words.sweep.json, "one object a line");
    verb->footer("example: orrery sweep raft-kv --seeds 1..1000 --jobs 2");
    verb->callback([&words] { words.code = sweep(words.sweep); });
}

void add_others(Words& words) {
    CLI::App* list_verb = words.app.add_subcommand("list", "scenarios, settings, models, fault kinds, flaws");
    list_verb->add_flag("--json", words.list_json, "one object a line");
    list_verb->callback([&words] { words.code = list(words.list_json); });
    CLI::App* replay_verb = words.app.add_subcommand("replay", "a repro once more, in a new process");
    replay_verb->add_option("file", words.replay.file, "the repro")->required();
    replay_verb->add_flag("--json", words.replay.json, "one object a line");
    replay_verb->callback([&words] { words.code = replay(words.replay); });
    CLI::App* zoo_verb = words.app.add_subcommand("zoo", "planted bugs: which are found, how fast");
    zoo_verb->add_option("flaw", words.zoo.flaws, "which; none: all");
    zoo_verb->add_option("--out", words.zoo.out, "folder for repros");
    zoo_verb->add_option("--jobs", words.zoo.jobs, "how many seeds at once; default one a core");
    zoo_verb->add_option("--seconds", words.zoo.seconds_max, "of processor time for each flaw");
    zoo_verb->add_flag("--json", words.zoo.json, "one object a line");
    zoo_verb->callback([&words] { words.code = zoo(words.zoo); });
    CLI::App* bench_verb = words.app.add_subcommand("bench", "kernel and judge benchmarks");
    bench_verb->add_option("work", words.bench.work, "ping-pong, all-to-all, gossip, rpc-cancel, sleep, fibers, seeds, judge");
    bench_verb->add_option("files", words.bench.files, "judge: recorded histories instead of its own");
    bench_verb->add_option("--model", words.bench.model, "judge: of histories that name none");
    bench_verb->add_option("--operations", words.bench.operations, "how many");
    bench_verb->add_option("--hosts", words.bench.hosts, "how many; default the work's own");
    bench_verb->add_flag("--json", words.bench.json, "one object a line");
    bench_verb->callback([&words] { words.code = bench(words.bench); });
}

void add_check(Words& words) {
    CLI::App* verb = words.app.add_subcommand("check", "judge recorded histories");
    verb->add_option("files", words.check.files, "the histories");
    verb->add_option("--model", words.check.model, "by name, see orrery list; default what the file names");
    verb->add_option("--format", words.check.format, "by name; default by content; list tells which there are");
    verb->add_option("--budget", words.check.budget, "search nodes a history");
    verb->add_flag("--json", words.check.json, "one object a line");
    verb->add_flag("--counterexample", words.check.counterexample, "show why");
    verb->footer("example: orrery check --model cas-register etcd_000.log");
    verb->callback([&words] { words.code = check(words.check); });
}

} // namespace

int main(int argc, char** argv) {
    if (argc == 2 && std::strcmp(argv[1], "answer-elsewhere") == 0) return answer_elsewhere();
    Words words;
    words.app.require_subcommand(1);
    words.app.footer("exit: 0 passed, 1 violated, 2 undecided, 3 nondeterminism, 4 vacuous, 64 usage, 65 bad input");
    add_run(words);
    add_sweep(words);
    add_others(words);
    add_check(words);
    try {
        words.app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return words.app.exit(error);
        std::fprintf(stderr, "orrery: %s; see orrery --help\n", error.what());
        return exit_usage;
    }
    return words.code;
}
