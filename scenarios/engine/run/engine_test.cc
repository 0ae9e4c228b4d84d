// Runs, repros and verification on small scenarios of the tests' own.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "orrery/reports/judges/judge.h"
#include "orrery/scenarios/catalogue.h"
#include "orrery/scenarios/engine/artifact/drawn_repro_test.h"
#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/scenarios/engine/process/verify.h"
#include "orrery/scenarios/engine/run/settings.h"
#include "orrery/scenarios/engine/search/sweep.h"
#include "orrery/sim/stack.h"

namespace orrery::scenarios::engine {
namespace {

using namespace std::chrono_literals;

RunInput input_of(const char* scenario, std::uint64_t seed, const char* flaws = "") {
    RunInput input = engine::input_of(*find_scenario(scenario), seed);
    EXPECT_FALSE(set_setting(*input.scenario, input.settings, "flaws", flaws).has_value());
    EXPECT_FALSE(set_setting(*input.scenario, input.settings, "duration", "5s").has_value());
    return input;
}

RunResult output_of(const RunInput& input) { return *run(input); }

TEST(Run, FindsTheLazyRegisterGuilty) {
    int guilty = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed)
        guilty += output_of(input_of("lazy-register", seed)).verdict == RunVerdict::violated;
    EXPECT_GE(guilty, 5);
}

TEST(Run, EndsAtTheReturnThatNoOrderExplains) {
    int stopped = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        RunInput input = input_of("lazy-register", seed);
        // That something reached nobody is only known at the end.
        EXPECT_FALSE(set_setting(*input.scenario, input.settings, "knowledge", "false"));
        const RunResult shorter = output_of(input);
        EXPECT_FALSE(set_setting(*input.scenario, input.settings, "online", "false"));
        const RunResult whole = output_of(input);
        EXPECT_EQ(shorter.verdict, whole.verdict) << seed;
        if (shorter.verdict == RunVerdict::passed) {
            EXPECT_EQ(shorter.digest, whole.digest);
            continue;
        }
        ++stopped;
        EXPECT_LT(shorter.events, whole.events);
        EXPECT_NE(shorter.findings.front().event, 0u);
        EXPECT_EQ(shorter.findings.front().event, whole.findings.front().event);
        reports::History before = shorter.history;
        EXPECT_EQ(before.entries.back().type, reports::Entry::Type::ok);
        EXPECT_EQ(before.entries.back().time, shorter.time);
        EXPECT_TRUE(reports::judges::judge(before).violated()) << seed;
        before.entries.pop_back();
        EXPECT_TRUE(reports::judges::judge(before).passed()) << seed;
    }
    EXPECT_GE(stopped, 5);
}

// The kernel's figure of what this process has in memory, in bytes.
std::uint64_t memory_in_use() {
    const std::string text = *read_file("/proc/self/statm");
    std::uint64_t pages = 0;
    EXPECT_TRUE(sim::parse_integer(sim::split(text, ' ').at(1), pages));
    return pages * 4096;
}

TEST(Run, TenThousandInOneProcessAreTheSameAgainAndKeepNoMemory) {
    const auto digest_of = [](std::uint64_t seed) {
        RunInput input = input_of("lazy-register", seed % 100);
        EXPECT_FALSE(set_setting(*input.scenario, input.settings, "duration", "20ms"));
        EXPECT_FALSE(set_setting(*input.scenario, input.settings, "recovery", "0s"));
        return output_of(input).digest;
    };
    std::vector<std::uint64_t> digests;
    for (std::uint64_t seed = 0; seed < 100; ++seed) digests.push_back(digest_of(seed));
    EXPECT_GT(std::set<std::uint64_t>(digests.begin(), digests.end()).size(), 90u);
    [[maybe_unused]] const std::uint64_t before = memory_in_use();
    std::uint64_t different = 0;
    for (std::uint64_t seed = 100; seed < 10'000; ++seed) different += digest_of(seed) != digests[seed % 100];
    EXPECT_EQ(different, 0u);
#if !defined(ORRERY_ASAN) // whose quarantine grows by design
    EXPECT_LT(memory_in_use(), before + (std::uint64_t{8} << 20));
#endif
}

TEST(Run, StopsAtTheEventThatIsAskedForAndHandsOutItsTrace) {
    const RunInput input = input_of("raft-kv", 1);
    RunOptions options;
    options.log_from = 1000;
    options.log_to = 1010;
    options.record_until = sim::WorldTime{INT64_MAX};
    const RunResult whole = *run(input, options);
    ASSERT_EQ(whole.log.size(), 10u);
    EXPECT_GT(whole.recording.rows.size(), 1000u);
    EXPECT_EQ(whole.digest, output_of(input).digest);
    RunOptions until;
    until.stop_at_event = whole.log[4].event;
    const RunResult stopped = *run(input, until);
    EXPECT_EQ(stopped.events, 1005u); // that event is over
    EXPECT_EQ(stopped.checkpoints[0], whole.checkpoints[0]);
    EXPECT_EQ(stopped.undecided, "");
}

RunResult spent_by(void (*main)(sim::Env&)) {
    const Scenario busy{.name = "busy", .roles = {{"sleeper", 2, main}}, .faulty = true};
    RunInput input = engine::input_of(busy);
    EXPECT_FALSE(set_setting(busy, input.settings, "events", "20000"));
    RunResult result = output_of(input);
    EXPECT_EQ(result.verdict, RunVerdict::undecided);
    EXPECT_EQ(result.events, 20000u);
    return result;
}

TEST(Run, SaysWhichTaskOfWhichHostSpentItsBudgetAndWhereTheClockStands) {
    const RunResult result = spent_by([](sim::Env& env) {
        const sim::Task loop = env.spawn("loop", [&env] {
            (void)env.sleep(3s);
            while (env.self().index == 1 && env.sleep(0ns).ok()) {
            }
        });
        while (env.is_alive(loop) && env.sleep(1s).ok()) {
        }
    });
    ASSERT_TRUE(result.spent.has_value());
    EXPECT_EQ(result.spent->events, 20000u);
    EXPECT_EQ(result.spent->time, result.spent->since); // time stands still
    EXPECT_EQ(result.spent->last, SpentBudget::last_max);
    const Repeated loop{"sleeper1", sim::world::EventKind::timer, "loop", SpentBudget::last_max};
    EXPECT_EQ(result.spent->busiest, std::vector<Repeated>{loop});
    EXPECT_EQ(result.why_undecided(),
              "the budget of 20000 events was spent; the last 10000 of them all happened at 3s: "
              "10000 timers of the task 'loop' at sleeper1");
}

TEST(Run, SaysWhichMessagesSpentItsBudget) {
    const RunResult result = spent_by([](sim::Env& env) {
        static constexpr sim::Label ball{"ball", nullptr};
        sim::Socket socket = *env.bind(7);
        for (int balls = 0; balls < 4; ++balls) (void)socket.send(env.peers("sleeper")[0].at(7), ball, sim::Bytes{});
        while (const auto got = socket.receive()) (void)socket.send(got->from, ball, sim::Bytes{});
    });
    ASSERT_TRUE(result.spent.has_value());
    EXPECT_LT(result.spent->since, result.spent->time);
    ASSERT_EQ(result.spent->busiest.size(), 2u);
    EXPECT_EQ(result.spent->busiest[0].name, "ball");
    EXPECT_EQ(result.spent->busiest[0].count + result.spent->busiest[1].count, SpentBudget::last_max);
    EXPECT_NE(result.why_undecided().find(" deliveries of 'ball' at sleeper0"), std::string::npos)
        << result.why_undecided();
}

// Clients that ask any replica do not even see what they wrote themselves.
TEST(Run, JudgesByThePromisesThatTheScenarioNames) {
    Scenario promising = lazy_register;
    promising.name = "lazy-register-of-sessions";
    promising.judges = {"read-your-writes", "unique-ids"};
    RunInput input = input_of("lazy-register", 2);
    input.scenario = &promising;
    const RunResult output = output_of(input);
    EXPECT_EQ(output.verdict, RunVerdict::violated);
    EXPECT_EQ(output.findings.front().judge, "read-your-writes");
    EXPECT_EQ(output.judgement.judge, "read-your-writes");
    EXPECT_NE(output.undecided.find("is not what this judge knows: generate"), std::string::npos) << output.undecided;
    EXPECT_GT(output.time.nanoseconds, 5'000'000'000); // nothing stops it early
}

TEST(Run, WorldsInOneProcessDoNotTouchEachOther) {
    const RunResult first = output_of(input_of("raft-kv", 1));
    const RunResult other = output_of(input_of("raft-kv", 2));
    const RunResult again = output_of(input_of("raft-kv", 1));
    EXPECT_EQ(first.digest, again.digest);
    EXPECT_EQ(first.history, again.history);
    EXPECT_NE(first.digest, other.digest);
}

TEST(Run, SkippingAnOperationLeavesOtherOperationsOfTheClientAlone) {
    RunInput input = input_of("lazy-register", 4);
    const RunResult before = output_of(input);
    input.skipped.insert({1, 3});
    const RunResult after = output_of(input);
    const auto asked = [](const RunResult& output, std::int64_t process) {
        std::vector<std::pair<std::string, reports::Value>> all;
        for (const reports::Entry& entry : output.history.entries)
            if (entry.type == reports::Entry::Type::invoke && entry.process % 4 == process)
                all.emplace_back(entry.f, entry.value);
        return all;
    };
    auto expected = asked(before, 1);
    expected.erase(expected.begin() + 3);
    auto got = asked(after, 1);
    const std::size_t shared = std::min(expected.size(), got.size()) - 2;
    expected.resize(shared);
    got.resize(shared);
    EXPECT_EQ(got, expected);
}

RC_GTEST_PROP(Repro, ReadsBackWhatItPrints, (std::uint64_t seed)) {
    for (const char* scenario : {"lazy-register", "raft-kv"}) {
        const Repro repro = ReproDraw(*find_scenario(scenario), seed).repro();
        std::string text = print(repro);
        const auto parsed = parse_repro(text, "r");
        RC_ASSERT(parsed.ok());
        RC_ASSERT(same(*parsed, repro));
        // As an editor for Windows leaves it.
        for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 2))
            text.insert(at, "\r");
        const auto again = parse_repro(text, "r");
        RC_ASSERT(again.ok());
        RC_ASSERT(same(*again, repro));
    }
}

std::string wrong_of(const std::string& text) {
    const auto parsed = parse_repro(text, "r");
    return parsed.ok() ? "nothing is wrong" : parsed.complaint().text();
}

TEST(Repro, TellsLineAndColumnOfWhatIsWrong) {
    const std::string head = "orrery repro 1\nscenario lazy-register\n";
    EXPECT_EQ(wrong_of(""), "r:1:1: expected 'orrery repro 1' in the first line: this is no repro");
    EXPECT_EQ(wrong_of("orrery repro 1\nscenario nope\n"), "r:2:10: expected the name of a scenario; see orrery list");
    EXPECT_EQ(wrong_of(head + "plan\nf1 crash at=x\nend\n"),
              "r:4:10: expected a time in ns, us, ms or s, like 1500ms, at most 2592000s");
    EXPECT_EQ(wrong_of(head + "plan\r\nf1 crash at=1s\r\nend\r\n"), "r:4:15: expected a target");
    EXPECT_EQ(wrong_of(head + "plan\nf1 crash at=1s target=*\n"), "r:4:1: expected a line 'end' after the plan");
    EXPECT_EQ(wrong_of(head + "seed x\n"), "r:3:6: expected a whole number");
    EXPECT_EQ(wrong_of(head + "seed 3 4\n"), "r:3:8: expected the end of the line");
    EXPECT_EQ(wrong_of(head + "seed\n"), "r:3:5: expected a whole number");
    EXPECT_EQ(wrong_of(head + "override 1 2 4294967296 4 5\n"),
              "r:3:14: expected a whole number for COUNT, at most 4294967295");
    EXPECT_EQ(wrong_of(head + "override 1 2 3 4\n"), "r:3:17: expected a whole number for CHOICES");
    EXPECT_EQ(wrong_of(head + "override 1 2 3 4 5 6\n"), "r:3:20: expected the end of the line");
    EXPECT_EQ(wrong_of(head + "reseed 9 x\n"), "r:3:10: expected a whole number for SALT");
    EXPECT_EQ(wrong_of(head + "reseed 9223372036854775808 1\n"),
              "r:3:8: expected a whole number for TIME, at most 9223372036854775807");
    EXPECT_EQ(wrong_of(head + "skip 4 1\n"), "r:3:6: expected a whole number for CLIENT, at most 3");
    EXPECT_EQ(wrong_of(head + "expect  nothing\n"), "r:3:9: expected passed, violated or undecided");
    EXPECT_EQ(wrong_of(head + "checkpoint 1 2 0123456789abcdef 12\n"), "r:3:33: expected 16 hexadecimal digits");
    EXPECT_EQ(wrong_of(head + "hosts a b\ncheckpoint 1 2 0123456789abcdef\n"),
              "r:4:32: expected a digest for each of 2 hosts");
    EXPECT_EQ(wrong_of(head + "seed 1\nevents 12"), "r:4:10: expected the end of the line: the file stops within it");
    EXPECT_EQ(wrong_of(head + "set judges=nobody\n").substr(0, 33), "r:3:12: expected a legal setting:");
    EXPECT_EQ(wrong_of(head + "set nope=1\n").substr(0, 32), "r:3:5: expected a legal setting:");
    EXPECT_EQ(wrong_of(head + "set judges\n"), "r:3:5: expected NAME=VALUE");
    EXPECT_EQ(wrong_of(head + "sede 1\n").substr(0, 29), "r:3:1: expected scenario, sou");
    EXPECT_EQ(wrong_of("orrery repro 1\nset judges=all\n"), "r:2:1: expected a line 'scenario NAME' before");
}

TEST(Repro, RefusesASecondLineOfWhatStandsOnceAndOneWithoutWhatIsNeeded) {
    const std::vector<std::string> lines = {"scenario lazy-register", "seed 1", "plan\nend", "expect passed",
                                            "digest 0123456789abcdef"};
    const std::vector<std::string> missing = {"a line 'scenario NAME'", "a line 'seed NUMBER'",
                                              "a plan between the lines 'plan' and 'end'", "a line 'expect VERDICT'",
                                              "a line 'digest HEX'"};
    const auto text_of = [&](std::size_t without) {
        std::string text = "orrery repro 1\n";
        for (std::size_t i = 0; i < lines.size(); ++i) text += i == without ? "" : lines[i] + "\n";
        return text;
    };
    const std::string whole = text_of(lines.size());
    EXPECT_EQ(wrong_of(whole), "nothing is wrong");
    for (std::size_t i = 0; i < lines.size(); ++i)
        EXPECT_TRUE(wrong_of(text_of(i)).ends_with(":1: expected " + missing[i])) << wrong_of(text_of(i));
    EXPECT_EQ(wrong_of(whole + "seed 1\n"), "r:8:1: expected 'seed' once; line 3 has it");
    for (const std::string line : {"scenario lazy-register", "plan", "expect passed", "digest 0123456789abcdef"})
        EXPECT_NE(wrong_of(whole + line).find("once; line "), std::string::npos) << line;
    for (const std::string line : {"source a", "events 1", "hosts a", "set policy=random", "override 1 2 3 4 5"})
        EXPECT_NE(wrong_of(whole + line + "\n" + line).find("once; line 8 has it"), std::string::npos) << line;
    EXPECT_EQ(wrong_of(whole + "set policy=time\n set policy=random"),
              "r:9:6: expected setting policy once; line 8 has it");
    EXPECT_EQ(wrong_of(whole + "override 1 2 3 4 5\noverride 1 2 3 5 6\n"),
              "r:9:10: expected an override of draw 1 2 3 once; line 8 has it");
    EXPECT_EQ(wrong_of(whole + "reseed 1 1\nreseed 1 1\nskip 1 1\nskip 2 2\n"), "nothing is wrong");
}

TEST(Child, AReproRepeatsTheVerdictAndTheDigest) {
    const RunInput input = input_of("lazy-register", 3);
    const Summary first = run_in_child(input);
    const auto parsed = parse_repro(print(make_repro(input, first)), "r");
    ASSERT_TRUE(parsed.ok());
    const Summary again = run_in_child(parsed->input);
    EXPECT_EQ(first.digest, again.digest);
    EXPECT_EQ(first.verdict, again.verdict);
    EXPECT_FALSE(divergence(first, again).has_value());
    EXPECT_FALSE(divergence(parsed->recorded(), again).has_value());
    EXPECT_EQ(parsed->recorded().fingerprint(), first.fingerprint());
}

TEST(Child, ADivergenceIsNamedByHostAndInterval) {
    const RunResult one = output_of(input_of("lazy-register", 3));
    RunResult other = one;
    other.checkpoints[1].hosts[2] ^= 1;
    const std::optional<Divergence> diverged = divergence(one, other);
    ASSERT_TRUE(diverged.has_value());
    EXPECT_EQ(diverged->hosts, std::vector<std::string>{"replica2"});
    EXPECT_EQ(diverged->events_from, 256u);
    EXPECT_EQ(diverged->events_to, 512u);
    EXPECT_NE(diverged->text().find("replica2 diverged between events 256 and 512"), std::string::npos);
}

// Everything that a result holds comes back from another process as it was here.
TEST(Child, HandsOverTheWholeResult) {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        RunInput input = input_of("lazy-register", seed);
        input.overrides = {{1, 2, 3, 4, 5}};
        input.reseeds = {{{1'000'000'000}, 7}};
        input.skipped = {{1, 3}, {2, 0}};
        ChildOptions options;
        options.detail = Detail::events;
        options.run.record_until = sim::WorldTime{INT64_MAX};
        options.run.log_to = 5;
        options.run.record_struck = true;
        const RunResult here = *run(input, options.run);
        for (const Summary& there : {run_in_child(input, options), run_in_fresh_process(input, options)}) {
            ASSERT_TRUE(there.is_known()) << there.lost;
            EXPECT_FALSE(divergence(here, there).has_value());
            EXPECT_EQ(there.verdict, here.verdict);
            EXPECT_EQ(there.fingerprint(), here.fingerprint());
            EXPECT_EQ(there.plan, here.plan);
            EXPECT_EQ(there.history, here.history);
            EXPECT_EQ(there.judgement.certificate, here.judgement.certificate);
            EXPECT_EQ(there.judgement.counterexample.has_value(), here.judgement.counterexample.has_value());
            EXPECT_EQ(there.checkpoints, here.checkpoints);
            EXPECT_EQ(there.hosts, here.hosts);
            EXPECT_EQ(there.goals, here.goals);
            EXPECT_EQ(there.unmet, here.unmet);
            EXPECT_EQ(there.log, here.log);
            EXPECT_EQ(there.struck, here.struck);
            EXPECT_EQ(there.effective_faults(), here.effective_faults());
            EXPECT_EQ(there.recording, here.recording);
            EXPECT_FALSE(here.recording.empty());
        }
    }
}

TEST(Sweep, CountsTheSameWhateverTheNumberOfJobs) {
    SweepOptions options;
    options.input = input_of("lazy-register", 1);
    options.seed_last = 12;
    const SweepResult one = sweep(options);
    options.jobs = 4;
    const SweepResult four = sweep(options);
    EXPECT_EQ(one.seeds, 12u);
    EXPECT_EQ(one.answered, four.answered);
    ASSERT_EQ(one.violated.size(), four.violated.size());
    for (std::size_t i = 0; i < one.violated.size(); ++i) EXPECT_EQ(one.violated[i].digest, four.violated[i].digest);
}

TEST(Flaws, ThoseThatAreQuickToFindAreFound) {
    for (const char* flaw : {"kv_no_duplicate_filter", "raft_append_ack_before_sync", "raft_vote_before_durable"}) {
        SweepOptions options;
        options.input = input_of("raft-kv", 1, flaw);
        options.seed_last = 60;
        options.until_failure = true;
        EXPECT_FALSE(sweep(options).violated.empty()) << flaw;
    }
}

TEST(Sweep, ThatNoClientWasAnsweredInIsVacuousWithoutAFloor) {
    const Scenario& lazy = *find_scenario("lazy-register");
    ASSERT_EQ(lazy.minimum_work.answered, 0u);
    SweepResult result;
    result.answered = {0, 0, 1};
    EXPECT_EQ(vacuity(lazy, result), "median of answered operations is 0, the scenario asks for 1");
    result.answered = {0, 1, 1};
    EXPECT_EQ(vacuity(lazy, result), "");
}

TEST(Sweep, MayAskForRefusalsAndForOperationsOfWhichNothingIsKnown) {
    Scenario demanding = *find_scenario("lazy-register");
    demanding.minimum_work = {.refused = 2, .unknown = 1};
    SweepResult result;
    result.answered = {1};
    result.refused = {0, 1, 5};
    result.unknown = {0, 0, 5};
    EXPECT_EQ(vacuity(demanding, result), "median of refused operations is 1, the scenario asks for 2; "
                                          "median of unknown operations is 0, the scenario asks for 1");
    result.refused = {0, 2, 5};
    result.unknown = {1, 0, 5};
    EXPECT_EQ(vacuity(demanding, result), "");
}

TEST(Run, CountsWhatIsRefusedAndWhatIsUnknown) {
    RunOptions options;
    const RunResult result = *run(input_of("raft-leases", 1), options);
    std::map<reports::Entry::Type, std::uint64_t> counted;
    for (const reports::Entry& each : result.history.entries) ++counted[each.type];
    EXPECT_EQ(result.refused, counted[reports::Entry::Type::fail]);
    EXPECT_EQ(result.unknown, counted[reports::Entry::Type::info]);
    EXPECT_GT(result.refused, 0u);
    EXPECT_GT(result.unknown, 0u);
}

TEST(Settings, RefuseWhatIsNotLegalAndSayWhatIs) {
    RunInput input = input_of("raft-kv", 1);
    const auto wrong = [&](const char* key, const char* value) {
        const sim::Problem problem = set_setting(*input.scenario, input.settings, key, value);
        return problem ? problem->message : "";
    };
    EXPECT_EQ(wrong("servers", "6"), "setting servers expects one of 3, 4, 5, got '6'");
    EXPECT_EQ(wrong("duration", "4"),
              "setting duration expects a length of time in ns, us, ms or s, like 150ms, at most 2592000s, got '4'");
    EXPECT_EQ(
        wrong("duration", "9000000s"),
        "setting duration expects a length of time in ns, us, ms or s, like 150ms, at most 2592000s, got '9000000s'");
    EXPECT_EQ(wrong("budget", "x"), "setting budget expects a whole number, at most 1000000000000000, got 'x'");
    EXPECT_EQ(wrong("drift", "100000001"), "setting drift expects a whole number, at most 100000000, got '100000001'");
    EXPECT_EQ(wrong("flaws", "kv_no_duplicate_filte"),
              "there is no flaw 'kv_no_duplicate_filte'; see orrery list; did you mean 'kv_no_duplicate_filter'?");
    EXPECT_NE(wrong("nope", "x").find("has no setting 'nope'"), std::string::npos);
    EXPECT_EQ(set_setting(*input.scenario, input.settings, "flaws", "kv_no_duplicate_filter,x")->place.column, 24u);
}

TEST(Settings, TakeTheOldNameOfTheJudgesOfHistories) {
    RunInput input = input_of("raft-kv", 1);
    EXPECT_FALSE(set_setting(*input.scenario, input.settings, "judges", "linearizable"));
    EXPECT_FALSE(set_setting(*input.scenario, input.settings, "tail", "1500ms"));
    EXPECT_EQ(input.settings.duration("recovery"), 1500ms);
    EXPECT_EQ(input.settings.text("judges"), "histories");
}

TEST(Flaws, NameTheScenariosInWhichTheyShow) {
    EXPECT_FALSE(sim::Flaw::all().empty());
    for (const sim::Flaw* flaw : sim::Flaw::all()) {
        for (const std::string_view scenario : flaw->scenarios)
            EXPECT_NE(find_scenario(scenario), nullptr) << flaw->name << " names " << scenario;
    }
}

TEST(Flaws, CannotBeSwitchedOnWhereTheyDoNotShow) {
    const Scenario& election = *find_scenario("raft-election");
    sim::Settings settings = default_settings(election);
    EXPECT_EQ(set_setting(election, settings, "flaws", "raft_commit_earlier_term")->message,
              "flaw 'raft_commit_earlier_term' shows in raft-kv, raft-lossy, not in raft-election");
    EXPECT_FALSE(set_setting(*find_scenario("raft-kv"), settings, "flaws", "raft_commit_earlier_term").has_value());
    for (const sim::Flaw* flaw : sim::Flaw::all()) {
        if (!flaw->scenarios.empty()) continue;
        EXPECT_EQ(set_setting(election, settings, "flaws", flaw->name)->message,
                  "flaw '" + std::string(flaw->name) + "' shows in no scenario, but in a test of its protocol");
    }
}

} // namespace
} // namespace orrery::scenarios::engine
