// Traces of runs in etcd's format, and the reading of the paper that knows nothing of our core: it accepts what the
// correct tree does, and refuses each planted bug that breaks a rule of the paper.
#include <algorithm>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orrery/protocols/raft/state_trace.h"
#include "orrery/reports/paper/raft.h"
#include "orrery/scenarios/engine/run/run.h"
#include "orrery/scenarios/engine/run/settings.h"
#include "orrery/sim/flaw.h"

namespace orrery::scenarios::engine {
namespace {

using Chosen = std::vector<std::pair<std::string, std::string>>;

std::string trace_of(const std::string& scenario, std::uint64_t seed, const Chosen& chosen = {}) {
    RunInput input = input_of(*find_scenario(scenario), seed);
    for (const auto& [name, value] : chosen) {
        EXPECT_FALSE(set_setting(*input.scenario, input.settings, name, value)) << name;
        input.chosen.insert(name);
    }
    draw_settings(input);
    std::string text;
    raft::StateTrace trace([&](const std::string& line) { text += line; });
    RunOptions options;
    options.watcher.observe = [&](const sim::Observation& seen) { trace.observe(seen); };
    EXPECT_TRUE(run(input, options).ok());
    trace.finish();
    return text;
}

// Empty: the paper allows it all.
std::string objection_to(const std::string& trace) {
    const auto reading = reports::paper::check_raft(trace);
    if (!reading) return std::to_string(reading.complaint().place.line) + ": " + reading.complaint().message;
    if (!reading->breach) return {};
    return std::to_string(reading->breach->line) + ": " + reading->breach->rule + ": " + reading->breach->text;
}

void accepts(const std::string& scenario, std::uint64_t seeds, const Chosen& chosen = {}) {
    if (std::getenv("ORRERY_QUICK") != nullptr) seeds /= 10;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        const std::string trace = trace_of(scenario, seed, chosen);
        EXPECT_EQ(objection_to(trace), "") << scenario << " " << seed;
        EXPECT_GT(trace.size(), 10'000u);
    }
}

// Why the reader of the paper is silent about a planted bug.
enum class Silent {
    about_time,       // servers wait too long, or campaign too often; what they say is allowed
    about_reads,      // reads that pass by the log are not in a trace
    about_membership, // its changes are not judged
    out_of_reach,     // would break a rule, but in no run of these scenarios
    about_machine,    // what was applied is not in a trace
    about_witnesses,  // a trace tells which entries a server has, not what it holds of them
};

struct Case {
    std::string scenario = "raft-kv";
    Chosen chosen{};
    std::uint64_t seeds = 60; // of which one is refused at least
};

const Chosen snapshots{{"snapshot_every", "7"}};

// Those of which it must not be silent.
const std::map<std::string, Case, std::less<>> cases = {
    {"raft_vote_before_durable", {.chosen = {{"sync", "30ms"}, {"servers", "4"}, {"pre_vote", "true"}}, .seeds = 150}},
    {"raft_commit_earlier_term", {}},
    {"raft_commit_unverified_suffix", {}},
    {"raft_append_ack_before_sync", {}},
    {"raft_truncate_on_stale_append", {}},
    {"raft_candidate_log_not_compared", {}},
    {"raft_candidate_forgets_its_vote", {.scenario = "raft-election"}},
    {"raft_vote_of_an_earlier_term_counted", {}},
    {"raft_vote_not_written", {.scenario = "raft-election"}},
    {"raft_index_compared_before_term", {}},
    {"raft_half_is_a_quorum", {.chosen = {{"servers", "4"}}}},
    {"raft_whole_log_acknowledged", {}},
    {"raft_bare_append_not_awaited", {}},
    {"raft_commit_falls", {}},
    {"raft_conflict_kept", {}},
    {"raft_snapshot_cuts_log", {.chosen = snapshots}},
    {"raft_restore_lowers_commit", {.scenario = "raft-limits"}},
    {"raft_append_skips_large_entry", {.scenario = "raft-limits"}},
    {"raft_refused_vote_counts", {}},
    {"raft_leader_takes_term_over", {}},
    {"raft_refused_append_counts", {}},
    {"raft_leader_does_not_sync", {}},
    {"raft_term_of_snapshot_forgotten", {.chosen = snapshots}},
    {"raft_new_segment_without_vote", {}},
};

const std::map<Silent, std::vector<std::string>> silent = {
    {Silent::about_time,
     {"raft_known_leader_gets_no_vote", "raft_vote_resets_no_timer", "raft_heartbeat_resets_no_timer",
      "raft_window_stays_full", "raft_torn_tail_refused", "raft_snapshot_offset_kept", "raft_uncommitted_bytes_leak",
      "raft_pre_vote_counts_as_contact", "raft_pre_vote_given_beside_leader", "raft_low_pre_vote_ignored",
      "raft_candidate_deposes_heard_leader", "raft_transferee_ignored", "raft_leads_unheard",
      "raft_commit_stops_at_earlier_term", "raft_first_entry_taken_for_unknown", "raft_handed_over_too_early",
      "raft_asked_by_an_earlier_leader"}},
    {Silent::about_witnesses, {"raft_witness_campaigns"}},
    {Silent::about_reads,
     {"raft_witness_reads", "raft_read_unconfirmed", "raft_read_before_own_commit", "raft_lease_unchecked",
      "raft_lease_kept_in_transfer", "raft_learners_extend_lease", "raft_follower_reads_by_own_commit",
      "raft_lease_from_answer", "raft_alone_reads_wait", "raft_read_confirmed_by_an_answer_before",
      "raft_round_of_an_earlier_term_answered", "raft_lease_without_margin"}},
    {Silent::about_membership,
     {"raft_snapshot_forgets_joint", "raft_change_too_early", "raft_leader_forgets_change", "raft_learners_elect",
      "raft_learners_commit", "raft_learner_never_votes", "raft_non_voter_campaigns", "raft_joint_skipped",
      "raft_joint_left_only_if_last", "raft_snapshot_keeps_configuration", "raft_answers_of_earlier_member_count",
      "raft_changes_overlap", "raft_removed_leader_leads_on"}},
    {Silent::out_of_reach, {"raft_append_reply_of_an_earlier_term_counted", "raft_log_cut_before_snapshot"}},
    {Silent::about_machine, {"raft_install_gives_up"}},
};

TEST(Paper, KnowsOfEachPlantedBugWhetherItBreaksARule) {
    std::set<std::string, std::less<>> known;
    for (const auto& [flaw, planted] : cases) known.insert(flaw);
    for (const auto& [why, flaws] : silent) known.insert(flaws.begin(), flaws.end());
    std::size_t planted = 0;
    for (const sim::Flaw* flaw : sim::Flaw::all()) {
        if (!flaw->name.starts_with("raft_")) continue;
        ++planted;
        EXPECT_TRUE(known.contains(flaw->name)) << flaw->name;
    }
    EXPECT_EQ(planted, known.size());
}

// The seed that was refused; 0: none.
std::uint64_t refused_seed(const std::string& flaw, const Case& planted, std::string& objection) {
    Chosen chosen = planted.chosen;
    chosen.emplace_back("flaws", flaw);
    for (std::uint64_t seed = 1; seed <= planted.seeds; ++seed) {
        objection = objection_to(trace_of(planted.scenario, seed, chosen));
        if (!objection.empty()) return seed;
    }
    return 0;
}

TEST(Paper, ForbidsThePlantedBugsThatBreakARule) {
    if (std::getenv("ORRERY_QUICK") != nullptr) GTEST_SKIP() << "many runs of many bugs";
    for (const auto& [flaw, planted] : cases) {
        std::string objection;
        const std::uint64_t seed = refused_seed(flaw, planted, objection);
        EXPECT_GT(seed, 0u) << flaw;
        RecordProperty(flaw, objection);
    }
}

// Of all lines.
std::string without(std::string trace, const std::string& words) {
    for (std::size_t at = trace.find(words); at != std::string::npos; at = trace.find(words)) {
        const std::size_t begin = trace.rfind('\n', at) + 1; // npos + 1 is 0
        trace.erase(begin, trace.find('\n', at) + 1 - begin);
    }
    return trace;
}

std::string replaced(std::string trace, const std::string& what, const std::string& by) {
    const std::size_t at = trace.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return trace.replace(at, what.size(), by);
}

TEST(Paper, RefusesWhatIsNoWholeTraceAndSaysWhatItExpected) {
    const std::string trace = trace_of("raft-election", 1, {{"duration", "5s"}});
    ASSERT_EQ(objection_to(trace), "");
    EXPECT_EQ(objection_to(""), "1: expected at least one event of a server");
    const std::string untagged =
        "expected \"tag\":\"trace\", as each line has that `trace --format etcd` or etcd's raft wrote";
    EXPECT_EQ(objection_to("{\"type\":\"trace\",\"version\":1}\n"), "1: " + untagged);
    EXPECT_EQ(objection_to(trace + "{\"tag\":\"other\"}\n"),
              std::to_string(std::count(trace.begin(), trace.end(), '\n') + 1) + ": " + untagged);
    const auto lines = std::to_string(std::count(trace.begin(), trace.end(), '\n'));
    for (const std::size_t cut : {1u, 2u, 30u})
        EXPECT_EQ(objection_to(trace.substr(0, trace.size() - cut)),
                  lines + ": expected the end of this line: the trace is cut");
    const std::string objection = objection_to(without(trace, "\"InitState\",\"nid\":\"2\""));
    EXPECT_EQ(objection.substr(objection.find(": ")), ": expected an InitState of server 2 before anything else of it");
    EXPECT_EQ(objection_to(replaced(trace, "{\"tag\"", "{tag")).substr(0, 39),
              "1: expected an event as a JSON object: ");
    EXPECT_EQ(objection_to(replaced(trace, "\"commit\":0", "\"commit\":-1")),
              "1: expected the line.event.state.commit to be a number, not below 0");
}

// Each is one change of a trace that is allowed.
TEST(Paper, SeesWhatIsChangedInATrace) {
    const std::string trace = trace_of("raft-election", 1, {{"duration", "5s"}});
    const auto objection = [&](const char* what, const char* by) {
        const std::string text = objection_to(replaced(trace, what, by));
        return text.substr(text.find(": ") + 2);
    };
    EXPECT_THAT(objection("BecomeLeader", "Ready"), testing::StartsWith("a log takes what its leader sent"));
    EXPECT_THAT(objection("ReceiveRequestVoteResponse", "Nothing"),
                testing::StartsWith("expected an event that etcd's trace has"));
    EXPECT_THAT(objection("\"type\":\"MsgVoteResp\",\"term\":1", "\"type\":\"MsgVoteResp\",\"term\":9"),
                testing::StartsWith("a vote answers a request of its term"));
    EXPECT_THAT(objection("\"conf\":[[\"1\",", "\"conf\":[["),
                testing::StartsWith("expected the members to stay the same"));
}

TEST(Paper, RefusesToJudgeChangesOfMembership) {
    std::size_t refused = 0; // in some seeds nobody changes
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        const std::string objection = objection_to(trace_of("raft-membership", seed));
        const char* expected = "expected the members to stay the same: changes of membership are not judged";
        if (objection.empty()) continue;
        EXPECT_THAT(objection, testing::EndsWith(expected));
        ++refused;
    }
    EXPECT_GE(refused, 4u);
}

TEST(Paper, AllowsWhatTheStoreDoes) { accepts("raft-kv", 200); }
TEST(Paper, AllowsElections) { accepts("raft-election", 200); }
TEST(Paper, AllowsSnapshots) { accepts("raft-kv", 50, {{"snapshot_every", "7"}}); }
TEST(Paper, AllowsSmallLimits) { accepts("raft-limits", 30); }
TEST(Paper, AllowsWhatHappensOnABadNetwork) { accepts("raft-lossy", 30); }

} // namespace
} // namespace orrery::scenarios::engine
