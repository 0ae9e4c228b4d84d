#include "orrery/scenarios/command/verbs.h"

#include <algorithm>

#include "orrery/scenarios/command/completion.h"
#include "orrery/scenarios/command/names.h"
#include "orrery/scenarios/command/read_options.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::command {
namespace {

Candidates file() { return {Candidates::Path::file}; }
Candidates folder() { return {Candidates::Path::folder}; }

template <class Names>
Completion words(Names names) {
    return [names] { return Candidates{Candidates::Path::none, names()}; };
}
Completion one_of(std::vector<std::string> all) {
    return [all = std::move(all)] { return Candidates{Candidates::Path::none, all}; };
}
Completion some_of(std::vector<std::string> (*names)()) {
    return [names] { return Candidates{Candidates::Path::none, names(), true}; };
}
Completion judging() { return one_of({"all", "histories", "monitors", "progress"}); }

Option json(bool& value) { return {"json", "one object a line", &value}; }

Option no_shrink(bool& value) { return {"no-shrink", "leave what fails as large as it was found", &value}; }

Option jobs(std::uint64_t& value) {
    return {"jobs", "how many seeds at once; default one a core", Number{&value, 1, jobs_max}};
}

Option parsed(const std::string& name, const std::string& help, Parse parse, Completion completion = {}) {
    return {name, help, std::move(parse), std::move(completion)};
}

Option memory() {
    return parsed("memory", "what a seed may take, like 512MiB; default 2GiB, 0 is no limit",
                  [](std::string_view text) { return parse_memory(text, engine::memory_bytes_default); });
}

// Which runs are made: the same for every verb that runs seeds.
void add_input(std::vector<Option>& options, InputOptions& input) {
    options.push_back({"set", "KEY=VALUE, a setting of the scenario; see orrery list SCENARIO", &input.settings,
                       words(setting_words)});
    options.push_back({"judges", "who judges: all, histories, monitors or progress", &input.judges, judging()});
    options.push_back({"faults", "none, or kinds with their most a seed: crash=0,cut=4; see orrery list", &input.faults,
                       some_of(fault_words)});
    options.push_back(memory());
    options.push_back({"no-knowledge", "an operation that reached nobody is unknown, not failed", &input.no_knowledge});
}

Verb list_verb(CommandLine& line) {
    return {"list",
            "scenarios, settings, models, judges, faults, flaws",
            {"orrery list", "orrery list raft-kv"},
            "name",
            &line.list.names,
            false,
            {json(line.list.json)},
            [&line] { return list(line.list); },
            words(listed_names)};
}

Verb run_verb(CommandLine& line) {
    RunOptions& run = line.run;
    Verb verb{
        "run",
        "one seed, shown as it happens",
        {"orrery run lazy-register --seed 3 --set duration=5s",
         "orrery run raft-kv --seed 7 --faults crash=0,cut=4 --quiet",
         "orrery run raft-kv --plan my.plan --trace trace.jsonl --history history.jsonl"},
        "scenario",
        &run.scenario,
        true,
        {{"seed", "the seed; default 1", Number{&run.seed}},
         {"plan", "faults from this file instead of drawn ones; of a repro, what is asked too", &run.input.plan, file},
         {"verify", "repeat it in a fresh process, also if it passes", &run.verify},
         {"out", "folder for a repro; default orrery-out", &run.out, folder},
         {"history", "write the clients' history to this file", &run.history, file},
         {"trace", "write all that was observed to this file, a line each", &run.trace, file},
         {"format", "of --trace: etcd, the state trace of etcd's raft, which check --paper reads", &run.format,
          one_of({"etcd"})},
         {"quiet", "without the story", &run.quiet},
         no_shrink(run.no_shrink),
         json(run.json)},
        [&line] { return command::run(line.run); },
        words(scenario_names)};
    add_input(verb.options, run.input);
    return verb;
}

Verb serve_verb(CommandLine& line) {
    ServeOptions& serve = line.serve;
    const auto time = [&](std::string_view text) { return parse_length(text, serve.time); };
    return {
        "serve",
        "one process of a scenario, on real sockets and files",
        {"orrery serve raft-kv --role server --index 0 --cluster cluster.txt --data data/server0",
         "orrery serve raft-kv --role client --index 0 --cluster cluster.txt --history client0.jsonl --time 10s",
         "orrery serve rpc-arith --listen 127.0.0.1:1234"},
        "scenario",
        &serve.scenario,
        true,
        {{"role", "which: server, client, or what else the scenario has", &serve.role},
         {"index", "which of that role, from 0; default 0", Number{&serve.index, 0, UINT32_MAX}},
         {"cluster", "the file that names all members, a line each: ROLE INDEX HOST:PORT", &serve.cluster, file},
         {"listen", "HOST:PORT in place of a cluster: a process that stands alone, of the first role if none is named",
          &serve.listen},
         {"data", "the folder that is its disk", &serve.data, folder},
         {"lose-unsynced", "keep in memory what was not synced: a kill -9 takes it, as a loss of power would",
          &serve.loses_unsynced},
         {"hold", "stop, by SIGSTOP, when it is ready to begin", &serve.holds},
         {"triggers", "stop, by SIGSTOP, where a trigger is met that this folder of a live run counts", &serve.triggers,
          folder},
         {"set", "KEY=VALUE, a setting of the scenario; see orrery list SCENARIO", &serve.settings,
          words(setting_words)},
         {"log", "add what it says of itself to this file, as a trace; see orrery check --monitors", &serve.log, file},
         {"history", "of a client: add what it asks and is told to this file", &serve.history, file},
         parsed("time", "of a client: end after so long, like 10s; default never", time),
         {"seed", "of what it draws; default what the operating system gives", Number{&serve.seed, 1}},
         {"quiet", "without a line where it listens", &serve.quiet}},
        [&line] { return command::serve(line.serve); },
        words(scenario_names),
        false};
}

Verb live_verb(CommandLine& line) {
    LiveCommandOptions& live = line.live;
    const auto time = [&](std::string_view text) { return parse_seconds(text, live.seconds); };
    Verb verb{"live",
              "a scenario as real processes on this machine, with faults that are really done",
              {"orrery live raft-kv --time 20s --seed 7",
               "orrery live raft-kv --time 10s --faults crash=6 --set servers=5 --out live-run"},
              "scenario",
              &live.scenario,
              true,
              {{"seed", "of settings, faults and operations; default 1", Number{&live.seed}},
               parsed("time", "how long, like 60s; default as long as a simulated run", time),
               {"plan", "faults from this file instead of drawn ones", &live.input.plan, file},
               {"out", "an empty folder for all files of the run; default one that is removed", &live.out, folder},
               {"quiet", "without the story", &live.quiet},
               json(live.json)},
              [&line] { return command::live(line.live); },
              words(scenario_names)};
    verb.options.push_back({"set", "KEY=VALUE, a setting of the scenario; see orrery list SCENARIO",
                            &live.input.settings, words(setting_words)});
    verb.options.push_back(
        {"judges", "who judges: all, histories, monitors or progress", &live.input.judges, judging()});
    verb.options.push_back({"faults", "none, or kinds with their most a seed: crash=0,cut=4; see orrery list",
                            &live.input.faults, some_of(fault_words)});
    return verb;
}

std::vector<std::string> protocol_names() { return {"gob-http", "gob", "jsonrpc"}; }

Verb call_verb(CommandLine& line) {
    CallOptions& call = line.call;
    const auto protocol = [&](std::string_view text) -> Expected {
        const std::vector<std::string> names = protocol_names();
        if (std::find(names.begin(), names.end(), text) == names.end()) return "one of " + sim::join(names);
        call.protocol = text;
        return std::nullopt;
    };
    const auto timeout = [&](std::string_view text) { return parse_length(text, call.timeout); };
    return {"call",
            "one call to a server that speaks Go's net/rpc or net/rpc/jsonrpc",
            {R"(orrery call 127.0.0.1:1234 Arith.Multiply '{"A":7,"B":8}')",
             R"(orrery call 127.0.0.1:1234 Arith.Divide '{"A":7,"B":2}' --protocol jsonrpc --timeout 1s)"},
            "address method json",
            &call.words,
            true,
            {parsed("protocol", "gob-http, gob or jsonrpc; default gob-http", protocol, one_of(protocol_names())),
             parsed("timeout", "give up after so long; default 5s", timeout), json(call.json)},
            [&line] { return command::call(line.call); }};
}

Verb sweep_verb(CommandLine& line) {
    SweepCommandOptions& sweep = line.sweep;
    const auto seeds = [&](std::string_view text) { return parse_seeds(text, sweep.seeds); };
    const auto time = [&](std::string_view text) { return parse_seconds(text, sweep.seconds_max); };
    const auto shard = [&](std::string_view text) { return parse_shard(text, sweep.shard); };
    const auto undecided = [&](std::string_view text) { return parse_share(text, sweep.undecided_max); };
    const auto verify = [&](std::string_view text) { return parse_one_of(text, sweep.verify); };
    Verb verb{
        "sweep",
        "many seeds",
        {"orrery sweep raft-kv --seeds 1..1000 --jobs 2", "orrery sweep --time 60s",
         "orrery sweep --seeds 1..300 --set engine=paxos",
         "orrery sweep raft-kv --seeds 1..500 --faults crash=0 --until-failure"},
        "scenario",
        &sweep.scenarios,
        false,
        {parsed("seeds", "A..B, or one seed; default 1..100", seeds),
         parsed("time", "stop each scenario after so long, like 60s", time),
         jobs(sweep.jobs),
         {"plan", "faults from this file, in each seed, instead of drawn ones; of a repro, what is asked too",
          &sweep.input.plan, file},
         {"until-failure", "stop at the first violation", &sweep.until_failure},
         no_shrink(sweep.no_shrink),
         parsed("shard", "I/N: only the seeds of this part, I from 0", shard),
         parsed("verify", "which share of the passing seeds is repeated in a fresh process; default 1/64, 0 is none",
                verify),
         parsed("undecided-max", "accepted share of undecided seeds; default 1/1000", undecided),
         {"out", "folder for repros; default one of its own below orrery-out", &sweep.out, folder},
         {"repros", "folder of kept repros, which are replayed first; default repros, if it is there", &sweep.repros,
          folder},
         {"junit", "write the result to this file as JUnit XML", &sweep.junit, file},
         json(sweep.json)},
        [&line] { return command::sweep(line.sweep); },
        words(scenario_names)};
    add_input(verb.options, sweep.input);
    return verb;
}

Verb replay_verb(CommandLine& line) {
    ReplayOptions& replay = line.replay;
    const auto until = [&](std::string_view text) { return parse_time(text, replay.until); };
    return {"replay",
            "repros once more, in a fresh process; a folder stands for all below it",
            {"orrery replay orrery-out/lazy-register-3.repro", "orrery replay repros/ --junit replay.xml",
             "orrery replay orrery-out/lazy-register-3.repro --gdb --back 20"},
            "file",
            &replay.files,
            true,
            {{"trace", "write all that was observed to this file, a line each", &replay.trace, file},
             {"against", "compare with this trace of the same repro, by another source: the first event that parted",
              &replay.against, file},
             {"bisect", "for git bisect run: exit 1 for the same fingerprint only, 0 if it passes, else 125",
              &replay.bisect},
             {"gdb", "start gdb and stop where --break-at, --until and --back say; default the finding's event",
              &replay.gdb},
             {"break-at", "EVENT: stop the debugger when this event begins; its identity, or its number in the run",
              &replay.break_at},
             parsed("until", "stop the debugger at the first event from this time of the run on, like 1322ms", until),
             {"back", "stop the debugger so many events before", Number{&replay.back}},
             {"junit", "write the result to this file as JUnit XML", &replay.junit, file},
             memory(),
             json(replay.json)},
            [&line] { return command::replay(line.replay); },
            file};
}

Verb shrink_verb(CommandLine& line) {
    ShrinkCommandOptions& shrink = line.shrink;
    return {"shrink",
            "the smallest run with the same failure as a repro",
            {"orrery shrink orrery-out/raft-kv-8.repro", "orrery shrink orrery-out/raft-kv-8.repro --runs 10000"},
            "file",
            &shrink.file,
            true,
            {{"out", "the repro to write; default X.minimal.repro beside X.repro", &shrink.out, file},
             {"runs", "how many runs may be tried; the result depends on nothing else; default 30000",
              Number{&shrink.runs_max, 1, 1'000'000'000}},
             jobs(shrink.jobs),
             memory(),
             json(shrink.json)},
            [&line] { return command::shrink(line.shrink); },
            file};
}

Completion event() { return one_of({"finding"}); }

Verb trace_verb(CommandLine& line) {
    TraceOptions& trace = line.trace;
    return {
        "trace",
        "what a run showed, a row a line: messages, notes, states, faults, operations",
        {"orrery trace orrery-out/raft-kv-8.repro --where 'kind=send to=server2 label=raft.append' --limit 20",
         "orrery trace orrery-out/raft-kv-8.repro --past-of finding --where 'time>=2.1s name~raft'",
         "orrery trace trace.jsonl --after 0123456789abcdef --json",
         "orrery trace orrery-out/raft-kv-8.repro --format etcd"},
        "file",
        &trace.file,
        true,
        {{"where", "QUERY: the rows for which all conditions hold, like 'kind=note term>3'; operators = != < <= > >= ~",
          &trace.where, words(query_words)},
         {"before", "EVENT: only what came before that event; its identity, or finding", &trace.before, event()},
         {"after", "EVENT: only what came after it", &trace.after, event()},
         {"past-of", "EVENT: only what can have led to it, by messages and by the order of each host", &trace.past_of,
          event()},
         {"limit", "at most so many rows; default 0, all", Number{&trace.limit}},
         {"format", "etcd: what servers of raft did, as the state trace of etcd's raft; default rows", &trace.format,
          one_of({"etcd"})},
         memory(),
         json(trace.json)},
        [&line] { return command::trace(line.trace); },
        file};
}

Verb explain_verb(CommandLine& line) {
    ExplainOptions& explain = line.explain;
    return {"explain",
            "a failure on one page: how it came to it, when it was inevitable, what would have prevented it",
            {"orrery explain orrery-out/raft-kv-8.minimal.repro"},
            "file",
            &explain.file,
            true,
            {jobs(explain.jobs), memory(), json(explain.json)},
            [&line] { return command::explain(line.explain); },
            file};
}

Verb check_verb(CommandLine& line) {
    CheckOptions& check = line.check;
    const auto initial = [&](std::string_view text) { return parse_initial(text, check.read); };
    const auto names = [&](std::string_view text) { return parse_names(text, check.read); };
    const auto order = [&](std::string_view text) { return parse_order(text, check.read); };
    return {
        "check",
        "judge recorded histories",
        {"orrery check --model cas-register etcd_000.log", "orrery check --counterexample history.jsonl",
         "orrery check --model register --initial 10 --names read=get store/latest",
         "orrery check --monitors raft live-run/logs/*.jsonl", "orrery check --paper trace.ndjson"},
        "file",
        &check.files,
        false,
        {{"model", "by name, see orrery list; default what the file names", &check.model, words(model_names)},
         {"judge", "by name, see orrery list; default the model's own", &check.judge, words(judge_names)},
         {"format", "by name; default by content; --format list tells which there are", &check.format,
          words(format_names)},
         parsed("initial",
                "VALUE, where objects start, as EDN or JSON: 10, nil, {\"a\":1000}; default what the format says",
                initial),
         parsed("names", "MODEL=FILE,... operations that go by another word in the files: write=write-set", names),
         parsed("order", "lines or time: by which entries of a history are ordered; default lines", order,
                one_of({"lines", "time"})),
         {"as", "write the history to stdout in this format: jsonl, edn, json, porcupine; no judging", &check.as,
          words(written_format_names)},
         {"budget", "nodes that the search of a history may visit; default 3000000", Number{&check.budget}},
         {"threads", "for the keys of a history; the verdict is the same with any; default the machine's",
          Number{&check.threads, 1, jobs_max}},
         {"stream", "judge line by line what is too long to be kept; jsonl, linearizable", &check.stream},
         {"counterexample", "show why", &check.counterexample},
         {"monitors", "NAME,... the files are logs of one run, and these monitors watch it; or all of its scenario",
          &check.monitors, some_of(monitor_names)},
         {"paper", "the files are state traces of raft, see orrery trace --format etcd: do they keep the paper's rules",
          &check.paper},
         {"junit", "write the result to this file as JUnit XML", &check.junit, file},
         json(check.json)},
        [&line] {
            if (line.check.paper) return check_paper(line.check);
            return line.check.monitors.empty() ? command::check(line.check) : check_logs(line.check);
        },
        file};
}

Verb zoo_verb(CommandLine& line) {
    ZooOptions& zoo = line.zoo;
    return {"zoo",
            "planted bugs: which are found, how fast",
            {"orrery zoo raft_append_ack_before_sync"},
            "flaw",
            &zoo.flaws,
            false,
            {{"out", "folder for repros; default one of its own below orrery-out", &zoo.out, folder},
             jobs(zoo.jobs),
             memory(),
             {"seconds", "of processor time for each flaw; default 60, 300 by --judges histories",
              Number{&zoo.seconds_max, 1, 1'000'000}},
             {"ranges", "hunt each flaw in so many ranges of seeds and show the hunt in the middle; default 1",
              Number{&zoo.ranges, 1, 99}},
             no_shrink(zoo.no_shrink),
             {"by-hand", "a folder of FLAW.repro; end with a table that compares what was shrunk with them",
              &zoo.by_hand, folder},
             {"set", "KEY=VALUE, a setting of every scenario", &zoo.input.settings, words(setting_words)},
             {"judges", "who judges: all, histories, monitors or progress", &zoo.input.judges, judging()},
             {"junit", "write the result to this file as JUnit XML", &zoo.junit, file},
             json(zoo.json)},
            [&line] { return command::zoo(line.zoo); },
            words(flaw_names)};
}

Verb bench_verb(CommandLine& line) {
    BenchOptions& bench = line.bench;
    return {"bench",
            "kernel and judge benchmarks",
            {"orrery bench ping-pong --operations 1000000"},
            "work",
            &line.bench_words,
            false,
            {{"operations", "how many", Number{&bench.operations, 1, 1'000'000'000}},
             {"hosts", "how many; default the work's own", Number{&bench.hosts, 1, 10'000}},
             {"model", "judge: of histories that name none", &bench.model, words(model_names)},
             json(bench.json)},
            [&line] {
                const std::vector<std::string>& words = line.bench_words;
                if (!words.empty()) line.bench.work = words.front();
                if (!words.empty()) line.bench.files.assign(words.begin() + 1, words.end());
                return command::bench(line.bench);
            },
            words(work_names)};
}

Verb help_verb(CommandLine& line) {
    HelpOptions& help = line.help;
    return {"help",
            "all options of a verb, with examples; the manual; completion for a shell",
            {"orrery help sweep", "orrery help --man | man -l -", "orrery help --completion bash"},
            "verb",
            &help.verb,
            false,
            {{"man", "print the manual page", &help.man},
             {"completion", "print the completion for a shell: " + sim::join(shells()), &help.shell, words(shells)}},
            [&line] { return command::help(line.help, verbs(line)); },
            [&line] {
                Candidates candidates;
                for (const Verb& verb : verbs(line)) candidates.words.push_back(verb.name);
                return candidates;
            },
            false};
}

} // namespace

std::vector<Verb> verbs(CommandLine& line) {
    return {list_verb(line),    run_verb(line),   sweep_verb(line), replay_verb(line), shrink_verb(line),
            explain_verb(line), trace_verb(line), check_verb(line), live_verb(line),   serve_verb(line),
            call_verb(line),    zoo_verb(line),   bench_verb(line), help_verb(line)};
}

} // namespace orrery::scenarios::command
