// Taking a fault out of a plan changes its causal future and nothing else: events elsewhere keep
// identity, time and payload.
//
// The causal future is reckoned conservatively, from what both runs show. The fault strikes hosts
// (crash, power, pause) or links (cut and rates) from its onset on. A host is in it from the moment
// it is struck, or is delivered something from a host that is in it or over a link that is struck;
// in either run, whichever comes first. Another fault whose onset moves - its trigger counts effects
// of such a host - strikes from the earlier of its two onsets.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "orrery/faults/swarm.h"
#include "orrery/scenarios/engine/run/settings.h"

namespace orrery::scenarios::engine {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t never = INT64_MAX;

// --- what a run shows ---

struct Seen {
    sim::Observation::Kind kind{};
    std::int64_t time = 0;
    std::uint64_t event = 0;
    std::uint32_t host = 0;
    std::uint32_t peer = 0;
    std::uint64_t content = 0; // boot, name and fields
    auto operator<=>(const Seen&) const = default;
};
struct Onset {
    std::int64_t time = never;
    std::string selected{}; // the host that a selector found
};
struct Story {
    std::vector<Seen> seen;
    std::map<sim::world::FaultId, Onset> onsets;
    RunResult output;
};

std::uint64_t content_of(const sim::Observation& observation) {
    std::uint64_t hash = sim::mix(observation.boot, sim::name_hash(observation.name));
    for (const sim::Field& field : observation.fields)
        hash = sim::mix(hash, field.is_text ? sim::name_hash(field.text) : static_cast<std::uint64_t>(field.integer));
    return hash;
}

Story story_of(RunInput input, const faults::Plan& plan) {
    Story story;
    input.plan = plan;
    RunOptions options;
    options.watcher.observe = [&](const sim::Observation& one) {
        using Kind = sim::Observation::Kind;
        if (one.kind == Kind::fault_begin) {
            const std::size_t bracket = one.name.find('(');
            const std::string_view selected =
                bracket == std::string_view::npos ? "" : one.name.substr(bracket + 1, one.name.find(')') - bracket - 1);
            story.onsets[one.fault] = {one.time.nanoseconds, std::string(selected)};
        } else if (one.kind != Kind::fault_end) {
            story.seen.push_back({one.kind, one.time.nanoseconds, one.event, one.host, one.peer, content_of(one)});
        }
    };
    story.output = *run(input, options);
    return story;
}

// --- the causal future ---

struct Future {
    std::vector<std::string> hosts;                                          // their names
    std::vector<std::int64_t> reached;                                       // by host: from when on
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::int64_t> links{}; // struck, from when on

    std::int64_t link(std::uint32_t from, std::uint32_t to) const {
        const auto found = links.find({from, to});
        return found == links.end() ? never : found->second;
    }
    bool reach(std::int64_t& since, std::int64_t time) {
        if (since <= time) return false;
        since = time;
        return true;
    }
    // True if that told anything new.
    bool strike(const faults::Fault& fault, const Onset& onset) {
        bool news = false;
        std::vector<bool> struck(hosts.size());
        for (std::size_t i = 0; i < hosts.size(); ++i)
            struck[i] =
                fault.target.kind == faults::Target::Kind::everyone || hosts[i] == onset.selected ||
                std::find(fault.target.hosts.begin(), fault.target.hosts.end(), hosts[i]) != fault.target.hosts.end();
        const bool of_links =
            fault.kind == "cut" || fault.kind == "loss" || fault.kind == "duplication" || fault.kind == "delay";
        for (std::uint32_t from = 0; from < hosts.size(); ++from) {
            if (!of_links && struck[from]) news |= reach(reached[from], onset.time);
            for (std::uint32_t to = 0; of_links && to < hosts.size(); ++to)
                if (struck[from] || struck[to])
                    news |= reach(links.try_emplace({from, to}, never).first->second, onset.time);
        }
        return news;
    }
    bool spread(const Story& story) {
        bool news = false;
        for (const Seen& one : story.seen) {
            if (one.kind != sim::Observation::Kind::deliver) continue;
            if (reached[one.peer] <= one.time || link(one.peer, one.host) <= one.time)
                news |= reach(reached[one.host], one.time);
        }
        return news;
    }
};

Future future_of(const faults::Fault& removed, const faults::Plan& plan, const Story& with, const Story& without) {
    Future future{with.output.hosts, std::vector<std::int64_t>(with.output.hosts.size(), never)};
    const auto onset = [](const Story& story, sim::world::FaultId fault) {
        const auto found = story.onsets.find(fault);
        return found == story.onsets.end() ? Onset{} : found->second;
    };
    bool news = future.strike(removed, onset(with, removed.id));
    while (news) {
        news = future.spread(with);
        news |= future.spread(without);
        for (const faults::Fault& other : plan.faults) {
            const Onset one = onset(with, other.id);
            const Onset two = onset(without, other.id);
            if (other.id == removed.id || (one.time == two.time && one.selected == two.selected)) continue;
            for (const Onset& each : {one, two})
                news |= future.strike(other, {std::min(one.time, two.time), each.selected});
        }
    }
    return future;
}

std::vector<Seen> outside(const Story& story, const Future& future) {
    std::vector<Seen> seen = story.seen;
    std::erase_if(seen, [&](const Seen& one) {
        if (one.time >= future.reached[one.host]) return true;
        // That a message was lost is told of its sender, but happens to the link or at the receiver.
        return one.kind == sim::Observation::Kind::lose &&
               one.time >= std::min(future.link(one.host, one.peer), future.reached[one.peer]);
    });
    return seen;
}

// How many events after the onset were found unchanged.
std::uint64_t check_removal(const RunInput& input, const faults::Plan& plan, const Story& with, std::size_t place) {
    const faults::Fault& removed = plan.faults[place];
    faults::Plan fewer = plan;
    fewer.faults.erase(fewer.faults.begin() + static_cast<std::ptrdiff_t>(place));
    const Story without = story_of(input, fewer);
    const Future future = future_of(removed, plan, with, without);
    const std::vector<Seen> here = outside(with, future);
    const std::vector<Seen> there = outside(without, future);
    const auto parted = std::mismatch(here.begin(), here.end(), there.begin(), there.end()).first;
    EXPECT_TRUE(here == there) << "seed " << input.seed << " without " << faults::print(removed) << ": they part at "
                               << (parted == here.end() ? -1 : parted->time) << " ns on host "
                               << (parted == here.end() ? "?" : future.hosts[parted->host]) << ", kind "
                               << (parted == here.end() ? -1 : static_cast<int>(parted->kind)) << "; the plan is\n"
                               << faults::print(plan);
    const auto found = with.onsets.find(removed.id);
    const std::int64_t onset = found == with.onsets.end() ? never : found->second.time;
    // A fault that finds nobody is an event all the same, and checkpoints count events.
    if (onset == never) return 0;
    // A trigger that is met is an event too, before the onset by as much as the fault waits after it.
    const std::int64_t met = onset - removed.trigger.after.count();
    for (std::size_t i = 0; i < with.output.checkpoints.size() && with.output.checkpoints[i].time.nanoseconds < met;
         ++i)
        EXPECT_TRUE(with.output.checkpoints[i] == without.output.checkpoints[i]) << faults::print(removed);
    return static_cast<std::uint64_t>(
        std::count_if(here.begin(), here.end(), [&](const Seen& one) { return one.time > onset; }));
}

// --- islands: pairs of hosts that talk to each other only ---

constexpr sim::Label label_word{"islands.word"};
constexpr sim::NoteKind note_heard{"islands.heard", {"word"}};

void islander(sim::Env& env) {
    sim::Socket socket = *env.bind(1);
    sim::File file = *env.open("log", sim::OpenMode::create);
    (void)env.sync_directory("");
    const std::uint32_t index = env.self().index;
    const sim::Peers peers = env.peers("node");
    const sim::Address partner = peers[index % 2 == 0 ? index : index - 1].at(1); // peers are without ourselves
    env.spawn("talk", [&env, &socket, partner] {
        while (env.sleep(env.between("pause", 1ms, 30ms)).ok()) {
            const std::uint64_t word = env.draw("word", 1'000'000);
            const std::string text = std::to_string(word);
            (void)socket.send(partner, label_word, sim::Bytes(std::string_view(text)));
        }
    });
    for (std::uint64_t offset = 0;; offset += 8) {
        const sim::Result<sim::Datagram> got = socket.receive();
        if (!got.ok()) return;
        env.note(note_heard, got->bytes.text());
        (void)file.write_at(offset % 8192, got->bytes);
        if (env.draw("sync", 5) == 0) (void)file.sync();
    }
}

const Scenario islands{
    .name = "islands",
    .roles = {{"node", 6, islander}},
    .faults = {{"crash", 3}, {"power", 3}, {"pause", 3}, {"cut", 3}, {"loss", 2}, {"duplication", 2}, {"delay", 2}},
    .duration = 3s,
    .recovery = 1s,
    .faulty = true};

constexpr std::pair<const char*, const char*> time_order{"time", "0ns"};
constexpr std::pair<const char*, const char*> random_order{"random", "2ms"};

RunInput input_of(const Scenario& scenario, std::uint64_t seed,
                  std::pair<const char*, const char*> order = time_order) {
    RunInput input;
    input.scenario = &scenario;
    input.settings = default_settings(scenario);
    EXPECT_FALSE(set_setting(scenario, input.settings, "policy", order.first));
    EXPECT_FALSE(set_setting(scenario, input.settings, "slack", order.second));
    input.seed = seed;
    return input;
}

// The plan that swarm draws, with some faults that never end by themselves and some that wait for an
// effect of a host.
faults::Plan wild_plan(const RunInput& input, const std::vector<std::string>& hosts, sim::Duration horizon) {
    faults::Plan plan = faults::draw_plan(input.scenario->faults, input.seed, {hosts, hosts}, horizon);
    for (std::size_t i = 0; i < plan.faults.size(); ++i) {
        faults::Fault& fault = plan.faults[i];
        if (fault.id % 3 == 0) fault.duration = {};
        if (fault.id % 4 != 1) continue;
        fault.trigger.kind = faults::Trigger::Kind::effect;
        fault.trigger.host = hosts[i % hosts.size()];
        fault.trigger.effect = sim::world::EffectKind::send;
        fault.trigger.nth = 20 + 7 * i;
    }
    return plan;
}

void check_islands(std::pair<const char*, const char*> order) {
    const std::vector<std::string> hosts = {"node0", "node1", "node2", "node3", "node4", "node5"};
    std::uint64_t unchanged = 0;
    std::uint64_t removals = 0;
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        const RunInput input = input_of(islands, seed, order);
        const faults::Plan plan = wild_plan(input, hosts, 3s);
        const Story with = story_of(input, plan);
        for (std::size_t i = 0; i < plan.faults.size(); ++i, ++removals)
            unchanged += check_removal(input, plan, with, i);
    }
    EXPECT_GT(removals, 50u);
    EXPECT_GT(unchanged, removals * 200);
}

TEST(Causality, OnIslandsAFaultMovesNothingOutsideItsFuture) { check_islands(time_order); }
TEST(Causality, NorWhenARandomPolicyOrdersTheEvents) { check_islands(random_order); }

void check_raft(std::pair<const char*, const char*> order) {
    const Scenario* raft = find_scenario("raft-kv");
    ASSERT_NE(raft, nullptr);
    std::uint64_t removals = 0;
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        RunInput input = input_of(*raft, seed, order);
        ASSERT_FALSE(set_setting(*raft, input.settings, "duration", "4s"));
        ASSERT_FALSE(set_setting(*raft, input.settings, "recovery", "1s"));
        ASSERT_FALSE(set_setting(*raft, input.settings, "judges", "monitors"));
        const faults::Plan plan = wild_plan(input, {"server0", "server1", "server2"}, 4s);
        const Story with = story_of(input, plan);
        for (std::size_t i = 0; i < plan.faults.size(); ++i, ++removals) (void)check_removal(input, plan, with, i);
    }
    EXPECT_GT(removals, 20u);
}

TEST(Causality, InARaftClusterToo) { check_raft(time_order); }
TEST(Causality, InARaftClusterUnderARandomPolicyToo) { check_raft(random_order); }

// The digest up to the last instant before the onset is the same, to the bit.
TEST(Causality, ThePrefixDigestIsEqual) {
    const std::vector<std::string> hosts = {"node0", "node1", "node2"};
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        RunInput input = input_of(islands, seed, seed % 2 == 0 ? random_order : time_order);
        const faults::Plan plan = faults::draw_plan(islands.faults, seed, {hosts, hosts}, 3s);
        for (std::size_t i = 0; i < plan.faults.size(); ++i) {
            const std::int64_t onset = plan.faults[i].trigger.time.nanoseconds;
            if (onset <= 1) continue;
            ASSERT_FALSE(set_setting(islands, input.settings, "duration", std::to_string(onset - 1) + "ns"));
            ASSERT_FALSE(set_setting(islands, input.settings, "recovery", "0ns"));
            faults::Plan fewer = plan;
            fewer.faults.erase(fewer.faults.begin() + static_cast<std::ptrdiff_t>(i));
            EXPECT_EQ(story_of(input, plan).output.digest, story_of(input, fewer).output.digest)
                << faults::print(plan.faults[i]);
        }
    }
}

} // namespace
} // namespace orrery::scenarios::engine
