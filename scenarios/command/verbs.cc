#include "orrery/scenarios/command/verbs.h"

namespace orrery::scenarios::command {
namespace {

// The two flags that are short for a setting.
std::vector<std::string> with_short_settings(const Words& words, std::vector<std::string> settings) {
    if (!words.judges.empty()) settings.push_back("judges=" + words.judges);
    if (words.no_knowledge) settings.emplace_back("knowledge=false");
    return settings;
}

Verb run_verb(Words& words) {
    RunOptions& run = words.run;
    return {"run",
            "one seed, told as it happens",
            "orrery run lazy-register --seed 3 --set duration=5s",
            "scenario",
            &run.scenario,
            true,
            {{"seed", "the seed; default 1", &run.seed},
             {"set", "KEY=VALUE, a setting of the scenario; see orrery list", &run.settings},
             {"plan", "faults from this file instead of drawn ones", &run.plan},
             {"verify", "repeat it in a new process, also if it passes", &run.verify},
             {"out", "folder for a repro; default orrery-out", &run.out},
             {"history", "write the clients' history to this file", &run.history},
             {"trace", "write all that was observed to this file, a line each", &run.trace},
             {"judges", "who judges: all, linearizable, monitors or progress", &words.judges},
             {"no-knowledge", "an operation that reached nobody is unknown, not failed", &words.no_knowledge},
             {"json", "one object a line", &run.json},
             {"quiet", "without the story", &run.quiet}},
            [&words] {
                words.run.settings = with_short_settings(words, words.run.settings);
                return command::run(words.run);
            }};
}

Verb sweep_verb(Words& words) {
    SweepCommandOptions& sweep = words.sweep;
    return {"sweep",
            "many seeds",
            "orrery sweep raft-kv --seeds 1..1000 --jobs 2",
            "scenario",
            &sweep.scenarios,
            false,
            {{"seeds", "A..B; default 1..100", &sweep.seeds},
             {"set", "KEY=VALUE, a setting of the scenario; see orrery list", &sweep.settings},
             {"time", "stop after so long, like 60s", &sweep.time},
             {"jobs", "how many at once; default one a core", &sweep.jobs},
             {"until-failure", "stop at the first violation", &sweep.until_failure},
             {"shard", "I/N: only the seeds of this part, I from 0", &sweep.shard},
             {"out", "folder for repros; default one of its own below orrery-out", &sweep.out},
             {"undecided-max", "accepted share of undecided seeds; default 1/1000", &sweep.undecided_max},
             {"judges", "who judges: all, linearizable, monitors or progress", &words.judges},
             {"no-knowledge", "an operation that reached nobody is unknown, not failed", &words.no_knowledge},
             {"json", "one object a line", &sweep.json}},
            [&words] {
                words.sweep.settings = with_short_settings(words, words.sweep.settings);
                return command::sweep(words.sweep);
            }};
}

Verb replay_verb(Words& words) {
    ReplayOptions& replay = words.replay;
    return {"replay",
            "a repro once more, in a new process",
            "orrery replay orrery-out/lazy-register-3.repro",
            "file",
            &replay.file,
            true,
            {{"break-at", "EVENT: stop in orrery_break_event when the event of this identity begins, for a debugger",
              &replay.break_at},
             {"trace", "write all that was observed to this file, a line each", &replay.trace},
             {"json", "one object a line", &replay.json}},
            [&words] { return command::replay(words.replay); }};
}

Verb check_verb(Words& words) {
    CheckOptions& check = words.check;
    return {"check",
            "judge recorded histories",
            "orrery check --model cas-register etcd_000.log",
            "files",
            &check.files,
            false,
            {{"model", "by name, see orrery list; default what the file names", &check.model},
             {"judge", "by name, see orrery list; default the model's own", &check.judge},
             {"format", "by name; default by content; --format list tells which there are", &check.format},
             {"as", "write the history to stdout in this format: jsonl, edn, json, porcupine; no judging", &check.as},
             {"budget", "search nodes a history", &check.budget},
             {"threads", "for the keys of a history; the verdict is the same with any; default the machine's",
              &check.threads},
             {"stream", "judge line by line what is too long to be kept; jsonl, linearizable", &check.stream},
             {"counterexample", "show why", &check.counterexample},
             {"json", "one object a line", &check.json}},
            [&words] { return command::check(words.check); }};
}

Verb zoo_verb(Words& words) {
    ZooOptions& zoo = words.zoo;
    return {"zoo",
            "planted bugs: which are found, how fast",
            "orrery zoo raft_append_ack_before_sync",
            "flaw",
            &zoo.flaws,
            false,
            {{"out", "folder for repros; default one of its own below orrery-out", &zoo.out},
             {"jobs", "how many seeds at once; default one a core", &zoo.jobs},
             {"seconds", "of processor time for each flaw; default 60, 300 by the judge alone", &zoo.seconds_max},
             {"set", "KEY=VALUE, a setting of every scenario", &zoo.settings},
             {"judges", "who judges: all, linearizable, monitors or progress", &words.judges},
             {"json", "one object a line", &zoo.json}},
            [&words] {
                words.zoo.settings = with_short_settings(words, words.zoo.settings);
                if (!words.judges.empty()) words.zoo.judges = words.judges;
                return command::zoo(words.zoo);
            }};
}

Verb bench_verb(Words& words) {
    BenchOptions& bench = words.bench;
    return {"bench",
            "kernel and judge benchmarks",
            "orrery bench ping-pong --operations 1000000",
            "work",
            &words.bench_words,
            false,
            {{"operations", "how many", &bench.operations},
             {"hosts", "how many; default the work's own", &bench.hosts},
             {"model", "judge: of histories that name none", &bench.model},
             {"json", "one object a line", &bench.json}},
            [&words] {
                if (!words.bench_words.empty()) {
                    words.bench.work = words.bench_words.front();
                    words.bench.files.assign(words.bench_words.begin() + 1, words.bench_words.end());
                }
                return command::bench(words.bench);
            }};
}

} // namespace

std::vector<Verb> verbs(Words& words) {
    return {{"list",
             "scenarios, settings, models, fault kinds, flaws",
             "orrery list --json",
             "",
             {},
             false,
             {{"json", "one object a line", &words.list_json}},
             [&words] { return command::list(words.list_json); }},
            run_verb(words),
            sweep_verb(words),
            replay_verb(words),
            check_verb(words),
            zoo_verb(words),
            bench_verb(words)};
}

} // namespace orrery::scenarios::command
