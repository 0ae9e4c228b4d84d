// What the executable prints: for people, and in JSON.
#include "orrery/reports/views/style.h"
#include "orrery/scenarios/command/executable_test.h"

namespace orrery::scenarios {
namespace {

TEST_F(Executable, WritesJsonThatSaysItsTypeFirstAndDoesNotVaryBetweenRuns) {
    const std::string repro = failure();
    const std::vector<std::string> lines = {"ORRERY run raft-election --json --seed 3 " + std::string(quick),
                                            "ORRERY replay --json " + repro,
                                            "ORRERY run lazy-register --json --set duration=5s --seed 3"};
    for (const std::string& line : lines) {
        const Answer one = shell(line);
        const Answer two = shell(line);
        EXPECT_TRUE(one.out.starts_with("{\"type\":\"")) << one.out;
        EXPECT_NE(one.out.find("\",\"version\":1,"), std::string::npos) << one.out;
        EXPECT_EQ(one.out, two.out);
        EXPECT_EQ(one.code, two.code);
    }
    EXPECT_EQ(shell("ORRERY run lazy-register --quiet --set duration=2s --seed 3 --history h.jsonl").code, 1);
    for (const char* verb : {"list", "sweep raft-election --seeds 1..2", "bench ping-pong --operations 100",
                             "zoo kv_no_duplicate_filter --out .", "check h.jsonl"}) {
        const Answer answer = shell("ORRERY " + std::string(verb) + " --json");
        std::string rest = answer.out;
        EXPECT_FALSE(rest.empty());
        for (; !rest.empty(); rest = rest.substr(std::min(rest.find('\n'), rest.size() - 1) + 1))
            EXPECT_TRUE(rest.starts_with("{\"type\":\"")) << rest.substr(0, 80);
    }
}

TEST_F(Executable, SweepsThoseThatTakeTheChosenSettingIfNoneIsNamed) {
    const std::string chosen = "ORRERY sweep --seeds 1..1 --set engine=paxos --set duration=1s --set recovery=5s";
    const Answer answer = shell(chosen + " --verify 0");
    EXPECT_NE(answer.err.find("left out, as they do not have a setting or value that was chosen: paxos-decrees,"),
              std::string::npos)
        << answer.err;
    EXPECT_EQ(answer.out.find("paxos-decrees"), std::string::npos) << answer.out;
    EXPECT_NE(answer.out.find("raft-kv: 1 seeds, 0 violated"), std::string::npos) << answer.out;
    EXPECT_EQ(shell("ORRERY sweep paxos-decrees --set engine=paxos").code, 64);
    EXPECT_EQ(shell("ORRERY sweep --set engines=paxos").code, 64);
    // Paxos reads from no lease.
    const Answer leases = shell("ORRERY sweep --seeds 1..1 --set reads=lease --set duration=1s --set recovery=5s "
                                "--faults none --verify 0");
    EXPECT_TRUE(has(leases.err, "paxos-membership")) << leases.err;
    EXPECT_TRUE(has(leases.out, "raft-kv: 1 seeds, 0 violated")) << leases.out;
    expect_refused("ORRERY sweep raft-kv paxos-membership --set reads=lease", 64,
                   "paxos-membership: setting reads expects one of log, index, got 'lease'");
}

TEST_F(Executable, TellsWhySeedsWereNotDecidedAndNotOfEachOne) {
    const std::string out = shell("ORRERY sweep raft-kv --seeds 1..5 --set budget=1").out;
    EXPECT_NE(out.find("undecided: seed 3: 3 nodes were not enough"), std::string::npos) << out;
    EXPECT_EQ(out.find("hard above all"), std::string::npos) << out; // one line each
    EXPECT_EQ(out.find("undecided: seed 4"), std::string::npos) << out;
    EXPECT_NE(out.find("undecided: 2 seeds more"), std::string::npos) << out;
}

TEST_F(Executable, TellsWhyAHistoryWasNotDecided) {
    EXPECT_EQ(shell("ORRERY run raft-kv --seed 3 --quiet --history h.jsonl").code, 0);
    const Answer told = shell("ORRERY check h.jsonl --budget 1 --counterexample");
    EXPECT_EQ(told.code, 2);
    for (const char* part : {"\n3 nodes were not enough", "were under way at once", "hard above all for its",
                             "next would have to return one of", "\n  try: a larger budget"})
        EXPECT_NE(told.out.find(part), std::string::npos) << told.out;
    const std::string json = shell("ORRERY check h.jsonl --budget 1 --json").out;
    for (const char* part : {"\"window\":[\"process ", "\"cost\":\"", "\"suggestions\":[\""})
        EXPECT_NE(json.find(part), std::string::npos) << json;
}

TEST_F(Executable, TellsOfAReplayWhatMetNoDrawAndWhetherTheFingerprintHolds) {
    const auto json = [&](const std::string& name) { return shell("ORRERY replay --json " + name).out; };
    const auto has = [](const std::string& text, const std::string& part) {
        return text.find(part) != std::string::npos;
    };
    const std::string repro = failure();
    EXPECT_TRUE(
        has(json(repro),
            "\"same_source\":true,\"same_fingerprint\":true,\"diverged\":null,\"unmet\":[],\"never_began\":[]}"));
    EXPECT_FALSE(has(shell("ORRERY replay " + repro).out, "met no draw"));
    std::string text = read(repro);
    text.insert(text.find("plan\n"), "override 11 12 0 1 3\n");
    write("edited.repro", text);
    const Answer edited = shell("ORRERY replay edited.repro");
    EXPECT_EQ(edited.code, 1);
    EXPECT_TRUE(has(edited.out, "met no draw:\n  override 11 12 0 1 3\n")) << edited.out;
    EXPECT_TRUE(has(json("edited.repro"), "\"unmet\":[\"override 11 12 0 1 3\"],\"never_began\":[]}"))
        << json("edited.repro");
    std::string bogus = text;
    bogus.insert(bogus.find("plan\n"), "fixed bogus 50%\nfixed latency 0%\n");
    write("bogus.repro", bogus);
    const std::string fixed = shell("ORRERY replay bogus.repro").out;
    EXPECT_TRUE(has(fixed, "met no draw:\n  override 11 12 0 1 3\n  fixed bogus 50%\n")) << fixed;
    EXPECT_FALSE(has(fixed, "  fixed latency 0%\n")) << fixed;
    // Other sources, and another fingerprint than is found now.
    text.replace(text.find("source ") + 7, 4, "0000");
    write("foreign.repro", text);
    EXPECT_TRUE(has(json("foreign.repro"), "\"same_source\":false,\"same_fingerprint\":true,"))
        << json("foreign.repro");
    EXPECT_TRUE(has(shell("ORRERY replay foreign.repro").out, "met no draw:\n  override 11 12 0 1 3\n"));
    text.insert(text.find('\n', text.find("expect violated")), " once");
    write("fixed.repro", text);
    EXPECT_TRUE(has(json("fixed.repro"), "\"same_source\":false,\"same_fingerprint\":false,")) << json("fixed.repro");
    EXPECT_EQ(shell("ORRERY replay fixed.repro").code, 1);
}

TEST_F(Executable, TellsWhichGoalsNoSeedReached) {
    const std::string sweep = "ORRERY sweep raft-election --set faults=none --seeds 1..3 ";
    const Answer told = shell(sweep);
    EXPECT_NE(told.out.find("  goal raft.leader reached in 3 seeds\n"), std::string::npos) << told.out;
    EXPECT_NE(told.out.find("  goals that no seed reached: raft.conflict, raft.deposed,"), std::string::npos)
        << told.out;
    const Answer json = shell(sweep + "--json");
    EXPECT_NE(json.out.find("\"raft.leader\":3,"), std::string::npos) << json.out;
    EXPECT_NE(json.out.find("\"kinds\":{},"), std::string::npos) << json.out;
    EXPECT_NE(json.out.find("\"goals_unreached\":[\"raft.conflict\",\"raft.deposed\","), std::string::npos) << json.out;
}

// What the text says of each kind of fault and of each scenario, JSON says too.
TEST_F(Executable, TellsInJsonWhatTheTextTells) {
    const std::string sweep = "ORRERY sweep lazy-register --seeds 1..4 --set duration=5s --out ";
    const std::string text = shell(sweep + "a").out;
    const std::string json = shell(sweep + "b --json").out;
    const std::size_t at = text.find("  crash        armed ");
    ASSERT_NE(at, std::string::npos) << text;
    unsigned long long armed = 0;
    unsigned long long fired = 0;
    unsigned long long effective = 0;
    ASSERT_EQ(
        std::sscanf(text.c_str() + at, "  crash armed %llu, fired %llu, effective %llu", &armed, &fired, &effective),
        3);
    const std::string expected = "\"crash\":{\"armed\":" + std::to_string(armed) +
                                 ",\"fired\":" + std::to_string(fired) + ",\"effective\":" + std::to_string(effective) +
                                 "}";
    EXPECT_NE(json.find(expected), std::string::npos) << expected << "\n" << json;
    const std::string list = shell("ORRERY list --json").out;
    EXPECT_NE(list.find("\"name\":\"raft-kv\""), std::string::npos);
    EXPECT_NE(list.find("\"roles\":[{\"name\":\"server\",\"setting\":\"servers\",\"disk\":true}],"
                        "\"clients\":{\"count\":5,\"model\":\"kv\"}"),
              std::string::npos)
        << list;
    EXPECT_NE(list.find("\"roles\":[{\"name\":\"replica\",\"count\":3,\"disk\":"), std::string::npos) << list;
}

TEST_F(Executable, ShowsHelpWithAnExampleForEveryVerb) {
    for (const std::string verb : {"list", "run", "sweep", "replay", "check", "zoo", "bench"}) {
        const Answer answer = shell("ORRERY " + verb + " --help");
        EXPECT_EQ(answer.code, 0);
        const std::size_t at = answer.out.find("\nexample");
        ASSERT_NE(at, std::string::npos) << answer.out;
        EXPECT_NE(answer.out.find(" orrery " + verb, at), std::string::npos) << answer.out;
        EXPECT_EQ(shell("ORRERY help " + verb).out, answer.out);
    }
    const Answer help = shell("ORRERY help");
    EXPECT_EQ(help.code, 0);
    EXPECT_EQ(shell("ORRERY --help").out, help.out);
    const Answer bare = shell("ORRERY ");
    EXPECT_EQ(bare.code, 64);
    EXPECT_EQ(bare.out, "");
    EXPECT_EQ(bare.err, help.out);
    EXPECT_EQ(shell("ORRERY help swep").err,
              "orrery: there is no verb 'swep'; see orrery help; did you mean 'sweep'?\n");
    EXPECT_TRUE(shell("ORRERY --version").out.starts_with("orrery 0."));
}

TEST_F(Executable, ListsOneNameInFull) {
    const Answer scenario = shell("ORRERY list raft-kv");
    EXPECT_EQ(scenario.code, 0);
    for (const char* part :
         {"scenarios\n  raft-kv ", "judged by linearizable", "fault crash, at most ", "raft-kv servers"})
        EXPECT_NE(scenario.out.find(part), std::string::npos) << part << "\n" << scenario.out;
    EXPECT_EQ(scenario.out.find("lazy-register"), std::string::npos) << scenario.out;
    const Answer flaw = shell("ORRERY list kv_no_duplicate_filter");
    EXPECT_TRUE(flaw.out.starts_with("flaws\n  kv_no_duplicate_filter ")) << flaw.out;
    EXPECT_NE(flaw.out.find("clients can see it"), std::string::npos) << flaw.out;
    const Answer flaws = shell("ORRERY list flaws");
    for (const char* part : {"\n  flaws ", "\nflaws\n", "\n  kv_no_duplicate_filter ", "\n  raft_vote_before_durable ",
                             "shows in raft-kv", "clients can see it"})
        EXPECT_TRUE(has("\n" + flaws.out, part)) << part << "\n" << flaws.out;
    EXPECT_FALSE(has(flaws.out, "\n  crash ")) << flaws.out;
    const std::string models = shell("ORRERY list models").out;
    EXPECT_TRUE(models.starts_with("models\n") && has(models, "\n  register ")) << models;
    EXPECT_FALSE(has(models, "lazy-register")) << models;
    const Answer json = shell("ORRERY list crash --json");
    EXPECT_TRUE(json.out.starts_with("{\"type\":\"fault\",\"version\":1,\"name\":\"crash\",")) << json.out;
    EXPECT_EQ(std::count(json.out.begin(), json.out.end(), '\n'), 1);
}

TEST_F(Executable, TellsWhatTheSeedDrewSoThatItCanBeSetAgain) {
    const Answer drawn = shell("ORRERY run raft-election --seed 3 --quiet " + std::string(quick));
    const std::size_t at = drawn.out.find("the seed drew --set servers=");
    ASSERT_NE(at, std::string::npos) << drawn.out;
    const std::string flags = drawn.out.substr(at + 14, drawn.out.find('\n', at) - at - 14);
    const Answer chosen = shell("ORRERY run raft-election --seed 3 --quiet " + std::string(quick) + flags);
    EXPECT_EQ(chosen.out.find("the seed drew"), std::string::npos) << chosen.out;
    EXPECT_EQ(chosen.out.substr(chosen.out.find("digest")), drawn.out.substr(drawn.out.find("digest")));
}

TEST_F(Executable, TellsWhatClientsAskAndAreTold) {
    const Answer told = shell("ORRERY run lazy-register --seed 1 --set duration=1s");
    EXPECT_NE(told.out.find("client0    asks: "), std::string::npos) << told.out;
    EXPECT_NE(told.out.find("client0    is told: "), std::string::npos) << told.out;
    // Identities need all 64 bits, and are none of them negative.
    const Answer rows = shell("ORRERY run raft-kv --seed 1 --set duration=2s --faults none");
    EXPECT_NE(rows.out.find("rpc.execute boot="), std::string::npos) << rows.out;
    EXPECT_EQ(rows.out.find("boot=-"), std::string::npos) << rows.out;
}

TEST_F(Executable, NamesTheEventOfAFailureForADebugger) {
    const std::string repro = failure();
    const Answer told = shell("ORRERY replay " + repro);
    const std::size_t at = told.out.find(", in event ");
    ASSERT_NE(at, std::string::npos) << told.out;
    const std::string event = told.out.substr(at + 11, 16);
    const Answer there = shell("ORRERY replay " + repro + " --break-at " + event);
    EXPECT_EQ(there.code, 0) << there.err;
    EXPECT_NE(there.out.find("\nevent " + event + ", number "), std::string::npos) << there.out;
}

TEST_F(Executable, TellsInJsonWhatWasFoundWhenAndWhy) {
    const Answer found = shell("ORRERY run lazy-register --json --seed 1 --set duration=5s");
    ASSERT_EQ(found.code, 1) << found.out;
    for (const char* part : {"\"finding\":\"linearizable/", "\"text\":\"", "\"time\":\"", "\"event\":\"",
                             "\"counterexample\":[\"process ", "\"drawn\":\"--set latency="})
        EXPECT_NE(found.out.find(part), std::string::npos) << part << "\n" << found.out;
    const Answer passed = shell("ORRERY run raft-election --json " + std::string(quick));
    EXPECT_NE(passed.out.find("\"finding\":null,\"text\":null,\"time\":null,\"event\":null,\"counterexample\":[]"),
              std::string::npos)
        << passed.out;
}

TEST_F(Executable, FitsATerminalOfFortyColumnsAndColoursNoDumbOne) {
    const std::string run = "ORRERY run lazy-register --seed 1 --quiet --set duration=5s";
    const std::string narrow = on_terminal("TERM=xterm " + run, 40);
    const std::size_t from = narrow.find("how it came to this");
    ASSERT_NE(from, std::string::npos) << narrow;
    EXPECT_NE(narrow.find("\x1b["), std::string::npos);
    std::size_t at = from;
    for (const std::size_t to = narrow.find("found at ", from); at < to; at = narrow.find('\n', at) + 1) {
        const std::string line = narrow.substr(at, narrow.find_first_of("\r\n", at) - at);
        EXPECT_LE(reports::views::columns_of(without_colours(line)), 40u) << line;
    }
    EXPECT_EQ(on_terminal("TERM=dumb " + run, 40).find('\x1b'), std::string::npos);
    EXPECT_EQ(on_terminal("TERM=xterm NO_COLOR=1 " + run, 40).find('\x1b'), std::string::npos);
}

// What the simulated program prints is no result, and what it notes is data.
TEST_F(Executable, KeepsWhatTheSimulatedProgramPrintsOutOfItsResults) {
    const std::string noisy = NOISY_EXECUTABLE;
    for (const char* verb : {" run noisy --json --verify", " sweep noisy --seeds 1..2 --json"}) {
        const Answer answer = shell(noisy + verb);
        EXPECT_TRUE(answer.out.starts_with("{\"type\":\"")) << answer.out;
        EXPECT_EQ(answer.out.find("NOISE"), std::string::npos) << answer.out;
        EXPECT_NE(answer.err.find("NOISE by puts\n"), std::string::npos) << answer.err;
        EXPECT_NE(answer.err.find("NOISE by write\n"), std::string::npos) << answer.err;
    }
    const Answer told = shell(noisy + " run noisy");
    EXPECT_EQ(told.code, 0) << told.err;
    EXPECT_NE(told.out.find(" noise text=?[31mred? and a second row\n"), std::string::npos) << told.out;
    EXPECT_EQ(told.out.find('\x1b'), std::string::npos);
}

} // namespace
} // namespace orrery::scenarios
