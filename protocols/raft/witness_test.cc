// A voter without data: which clusters may have one, what it keeps, and that two servers with data and one without
// outlive the loss of any of them.
#include "orrery/protocols/raft/monitors.h"
#include "orrery/protocols/raft/node.h"
#include "orrery/protocols/raft/one_core_test.h"
#include "orrery/protocols/replication/counting_machine_test.h"
#include "orrery/protocols/replication/foreign_bytes_test.h"
#include "orrery/sim/world/world.h"

namespace orrery::raft {
namespace {

using namespace std::chrono_literals;
using replication::Proposed;

// The slow way: the set of those with data is one of the majorities.
TEST(Witness, IsOneOfFewerThanHalf) {
    for (Member count = 1; count <= 6; ++count)
        for (unsigned chosen = 0; chosen < 1u << count; ++chosen) {
            Configuration configuration;
            Members witnesses;
            for (Member member = 0; member < count; ++member) {
                configuration.voters.incoming.push_back(member);
                if ((chosen >> member & 1) != 0) witnesses.push_back(member);
            }
            bool is_majority = false;
            for (unsigned some = 0; some < 1u << count; ++some)
                if (2 * __builtin_popcount(some) > static_cast<int>(count) && (some & chosen) == 0) is_majority = true;
            EXPECT_EQ(is_held_by_majority(configuration, witnesses), is_majority) << count << " " << chosen;
            std::swap(configuration.voters.incoming, configuration.voters.outgoing);
            EXPECT_EQ(is_held_by_majority(configuration, witnesses), is_majority);
        }
}

Entry entry_of(Term term, std::string_view command) { return {term, sim::Bytes(command)}; }

TEST(Witness, GetsTheDigestOfACommandAndAllOfEverythingElse) {
    const Entry position = position_of(entry_of(3, "a command"));
    EXPECT_EQ(position.term, 3u);
    EXPECT_EQ(position.kind, Entry::Kind::position);
    EXPECT_EQ(position.command.size(), 8u);
    EXPECT_EQ(digest(position), digest(entry_of(3, "a command")));
    EXPECT_NE(digest(position), digest(entry_of(3, "another")));
    EXPECT_EQ(position_of(entry_of(3, "")).kind, Entry::Kind::command);
    const Entry configuration{3, sim::encode(Configuration{.voters = {.incoming = {0, 1, 2}}}),
                              Entry::Kind::configuration};
    EXPECT_EQ(position_of(configuration).command, configuration.command);
}

// A member with data that took a position for an entry would lose the command.
TEST(Witness, IsTheOnlyOneThatTakesAPosition) {
    for (const bool is_witness : {false, true}) {
        Core core({.self = 0, .count = 3, .witnesses = is_witness ? Members{0} : Members{1}}, {}, {}, {}, 0);
        Message message;
        message.kind = Message::Kind::append;
        message.from = 2;
        message.term = 1;
        message.entries.push_back(position_of(entry_of(1, "x")));
        core.step(std::move(message), 0);
        EXPECT_EQ(core.log().last_index(), is_witness ? 1u : 0u);
    }
}

TEST(Witness, RefusesAConfigurationThatOthersSayOfWhichNoMajorityHasData) {
    Core core({.self = 0, .count = 3, .witnesses = {2}}, {}, {}, {}, 0);
    for (const Members& voters : {Members{2}, Members{0, 2}, Members{0, 1, 2}}) {
        Message message;
        message.kind = Message::Kind::append;
        message.from = 1;
        message.term = 1;
        message.entries.push_back(
            {1, sim::encode(Configuration{.voters = {.incoming = voters}}), Entry::Kind::configuration});
        core.step(std::move(message), 0);
        EXPECT_EQ(core.log().last_index(), voters.size() == 3 ? 1u : 0u);
    }
}

// --- a cluster -----------------------------------------------------------------------------------------

constexpr std::string_view secret = "a command that no witness holds";

// How many files of this host have the text.
std::size_t files_with_secret(sim::Env& env) {
    std::size_t count = 0;
    const auto paths = env.list("raft.");
    EXPECT_TRUE(paths.ok());
    for (const std::string& path : *paths) {
        auto file = env.open(path, sim::OpenMode::read);
        const auto all = replication::read_whole(*file);
        count += all->text().find(secret) != std::string_view::npos;
    }
    return count;
}

// What the witness has, a member with data has durable before: servers say what they have after their sync.
struct DataFirst final : sim::Monitor {
    explicit DataFirst(std::uint64_t& out) : heard(out) {}
    std::string_view name() const override { return "test.data_first"; }
    void observe(const sim::Observation& seen) override {
        if (seen.kind != sim::Observation::Kind::note || seen.name != "raft.append") return;
        const std::int64_t index = seen.fields[0].integer;
        if (seen.host != 2) last = std::max(last, index);
        if (seen.host != 2) return;
        ++heard;
        if (index > last) object(seen, "witness first", "a witness is not the first to have an entry", "");
    }
    std::uint64_t& heard;
    std::int64_t last = 0;
};

// Member 2 is the witness. Whoever leads proposes all the time.
class WitnessCluster {
public:
    explicit WitnessCluster(std::uint64_t seed)
        : world_({.seed = seed, .latency_min = 1ms, .latency_max = 3ms, .sync_max = 20ms}) {
        for (const sim::MonitorFactory factory : monitors()) world_.add_monitor(factory());
        world_.add_monitor(std::make_unique<DataFirst>(heard));
        for (std::uint32_t index = 0; index < 3; ++index)
            world_.add_host({"s" + std::to_string(index), "server", index, [this](sim::Env& env) { serve(env); }});
        world_.boot_all();
        world_.run_until(world_.now() + 2s);
    }
    // What was applied during that time.
    std::uint64_t run(sim::Duration time) {
        const std::uint64_t before = applied_;
        world_.run_until(world_.now() + time);
        for (const sim::Finding& finding : world_.findings()) ADD_FAILURE() << finding.kind << ": " << finding.text;
        return applied_ - before;
    }
    std::uint64_t run_without(sim::world::HostIndex host, sim::Duration time) {
        world_.crash(host, ++fault_, sim::world::CrashMode::power);
        const std::uint64_t applied = run(time);
        world_.restart(host, fault_);
        return applied;
    }
    std::uint64_t heard = 0; // entries that the witness said to have
    std::array<std::uint64_t, 3> counts{};
    std::array<std::size_t, 3> secrets{};

private:
    void serve(sim::Env& env) {
        replication::CountingMachine machine;
        Node node(env, machine, {.core = {.witnesses = {2}}, .snapshot_every = 20});
        if (!node.start()) return;
        const std::uint32_t self = env.self().index;
        for (int turn = 0; env.sleep(10ms).ok(); ++turn) {
            if (turn % 50 == 0) secrets[self] = files_with_secret(env);
            counts[self] = machine.count;
            const bool reads = node.read(env.deadline(10ms)).kind == Proposed::Kind::applied;
            EXPECT_FALSE(reads && self == 2);
            if (!node.is_leader()) continue;
            EXPECT_NE(self, 2u);
            applied_ += node.propose(sim::Bytes(secret), env.deadline(1s)).kind == Proposed::Kind::applied;
        }
    }

    std::uint64_t applied_ = 0;
    sim::world::FaultId fault_ = 0;
    sim::world::World world_;
};

TEST(Witness, LetsOneOfTwoGoOnAndHoldsNothing) {
    WitnessCluster cluster(5);
    EXPECT_GT(cluster.run_without(0, 5s), 100u);
    EXPECT_GT(cluster.run(3s), 50u);
    EXPECT_GT(cluster.run_without(1, 5s), 100u);
    EXPECT_GT(cluster.run(3s), 50u);
    EXPECT_GT(cluster.run_without(2, 5s), 100u);
    EXPECT_GT(cluster.run(3s), 50u);
    EXPECT_GT(cluster.counts[0], 500u);
    EXPECT_GT(cluster.counts[1], 500u);
    EXPECT_EQ(cluster.counts[2], 0u);
    EXPECT_GT(cluster.secrets[0], 0u);
    EXPECT_EQ(cluster.secrets[2], 0u);
    EXPECT_GT(cluster.heard, 500u);
}

// What a witness wrote is no data of a member, and a member that becomes a witness would forget.
TEST(Witness, DoesNotGoOnWithTheDiskOfAMemberNorAMemberWithIts) {
    const auto notes = replication::notes_of_member<sim::world::World>("replication.damaged", [](sim::Env& env) {
        const auto opens = [&](Members witnesses) {
            return Engine(env, {.role = "server", .port = 3, .core = {.witnesses = std::move(witnesses)}}).open();
        };
        EXPECT_TRUE(opens({0}));
        EXPECT_FALSE(opens({1}));
        EXPECT_TRUE(opens({0}));
    });
    ASSERT_EQ(notes.size(), 1u);
    EXPECT_TRUE(notes[0].starts_with("foreign raft.log.00000001 0 raft, witness, member 0 of server")) << notes[0];
}

} // namespace
} // namespace orrery::raft
