// The engine of raft among others: what it does not take for its own, and members of two versions side by side.
#include "orrery/protocols/raft/engine.h"

#include "orrery/protocols/raft/monitors.h"
#include "orrery/protocols/raft/node.h"
#include "orrery/protocols/replication/counting_machine_test.h"
#include "orrery/protocols/replication/flaws.def"
#include "orrery/protocols/replication/foreign_bytes_test.h"
#include "orrery/sim/world/world.h"

namespace orrery::raft {
namespace {

using namespace std::chrono_literals;
using replication::Format;
using replication::Proposed;

std::unique_ptr<replication::Engine> make_engine(sim::Env& env, Format format) {
    return std::make_unique<Engine>(env, EngineOptions{.role = "server", .port = 3, .message_format = format});
}

TEST(Engine, HearsMembersOnly) {
    replication::expect_only_members_are_heard<sim::world::World, Message>("raft", make_engine);
}

TEST(Engine, OpensItsOwnDiskOnly) {
    replication::expect_only_its_own_disk_is_opened<sim::world::World>(
        make_engine,
        [](sim::Env& env) { return std::make_unique<Engine>(env, EngineOptions{.role = "another", .port = 3}); },
        "raft.log.00000001");
}

// --- what comes as a snapshot --------------------------------------------------------------------------

// The file of a snapshot that ends with `mark`.
sim::Bytes snapshot_file(sim::Env& env, const std::string& name, const Mark& mark) {
    replication::Snapshots made(env, name);
    EXPECT_TRUE(made.open().ok());
    EXPECT_TRUE(made.keep(mark.index, sim::encode(mark), sim::view_of("the state")).ok());
    return std::move(*made.read(0, 100'000));
}

// In member 1's name come bytes that are no snapshot, and snapshots that end otherwise than was said, or with members
// that nobody has. The last one is right.
TEST(Engine, TakesForASnapshotWhatIsOne) {
    const auto refused = replication::notes_of_member<sim::world::World>("raft.no_snapshot", [&](sim::Env& env) {
        Engine engine(env, {.role = "server", .port = 3});
        EXPECT_TRUE(engine.open());
        auto socket = env.bind(3);
        const replication::Wire wire(env, "raft", "server", 3, replication::newest_format);
        std::uint64_t round = 0;
        const auto hear = [&](Term term, sim::Bytes file) {
            Message message;
            message.kind = Message::Kind::snapshot;
            message.from = 1;
            message.term = 5;
            message.index = 10;
            message.index_term = term;
            message.round = ++round;
            message.chunk.emplace();
            message.chunk->configuration.voters.incoming = {0, 1, 2};
            message.chunk->total = file.size();
            message.chunk->data = std::move(file);
            EXPECT_TRUE(
                engine.receive({wire.members()[1].at(3), replication::datagram_of({2, 2, wire.cluster()}, message)}));
            EXPECT_TRUE(engine.round(*socket));
        };
        const Configuration all{.voters = {.incoming = {0, 1, 2}}};
        hear(4, sim::Bytes(std::string_view("no snapshot at all")));
        hear(4, snapshot_file(env, "of_another_term", {10, 3, all}));
        hear(4, snapshot_file(env, "of_another_index", {11, 4, all}));
        hear(4, snapshot_file(env, "of_strangers", {10, 4, {.voters = {.incoming = {0, 1, 7}}}}));
        EXPECT_FALSE(engine.next().has_value());
        hear(4, snapshot_file(env, "right", {10, 4, all}));
        const auto step = engine.next();
        ASSERT_TRUE(step.has_value());
        EXPECT_EQ(step->index, 10u);
        EXPECT_EQ(std::string(reinterpret_cast<const char*>(step->bytes.data()), step->bytes.size()), "the state");
        Engine again(env, {.role = "server", .port = 4});
        EXPECT_TRUE(again.open()); // nothing of the others was kept
    });
    EXPECT_EQ(refused, std::vector<std::string>(4, "10"));
}

// --- two versions --------------------------------------------------------------------------------------

// Servers, of which one after the other is stopped and started again in the next of its formats, while whoever
// leads proposes all the time.
class Upgrade {
public:
    explicit Upgrade(std::vector<std::vector<Format>> formats) : formats_(std::move(formats)) {
        world_.add_monitor(std::make_unique<replication::NoteListener>("replication.refused", refused_));
        world_.add_monitor(std::make_unique<replication::NoteListener>("replication.older_format", older_));
        for (const sim::MonitorFactory factory : {safety_monitor}) world_.add_monitor(factory());
        for (std::uint32_t index = 0; index < format_of_.size(); ++index)
            world_.add_host({"s" + std::to_string(index), "server", index, [this](sim::Env& env) { serve(env); }});
        world_.boot_all();
    }
    // What was proposed and applied in the time after the last restart.
    std::uint64_t run() {
        world_.run_until(world_.now() + 2s);
        for (std::size_t step = 1; step < formats_.size(); ++step)
            for (std::uint32_t index = 0; index < format_of_.size(); ++index) {
                if (formats_[step][index] == formats_[step - 1][index]) continue;
                world_.crash(index, index + 1, sim::world::CrashMode::process);
                world_.run_until(world_.now() + 100ms);
                format_of_[index] = formats_[step][index];
                world_.restart(index, index + 1);
                world_.run_until(world_.now() + 2s);
            }
        const std::uint64_t before = applied_;
        world_.run_until(world_.now() + 3s);
        for (const sim::Finding& finding : world_.findings()) ADD_FAILURE() << finding.kind << ": " << finding.text;
        return applied_ - before;
    }
    std::vector<std::string> refused_;
    std::vector<std::string> older_;

private:
    void serve(sim::Env& env) {
        replication::CountingMachine counter;
        Node node(env, counter,
                  {.core = {.pre_vote = true, .check_quorum = true},
                   .snapshot_every = 20,
                   .message_format = format_of_[env.self().index]});
        if (!node.start()) return;
        while (env.sleep(10ms).ok()) {
            if (!node.is_leader()) continue;
            applied_ +=
                node.propose(sim::Bytes(std::string_view("x")), env.deadline(1s)).kind == Proposed::Kind::applied;
        }
    }

    std::vector<std::vector<Format>> formats_;
    std::vector<Format> format_of_ = formats_.front();
    std::uint64_t applied_ = 0;
    sim::world::World world_{{.seed = 3}};
};

TEST(Engine, WorksInEachFormatAndInBothSideBySide) {
    for (const std::vector<Format>& formats : {std::vector<Format>{1, 1, 1}, {2, 2, 2}, {1, 2, 2}, {1, 1, 2}, {1, 2}}) {
        Upgrade cluster({formats});
        EXPECT_GT(cluster.run(), 50u);
        EXPECT_TRUE(cluster.refused_.empty()); // nobody was ever spoken to in what it does not know
    }
}

TEST(Engine, IsUpgradedAndTakenBackServerByServer) {
    Upgrade cluster({{1, 1, 1}, {2, 2, 2}, {1, 1, 1}, {2, 2, 2}});
    EXPECT_GT(cluster.run(), 50u);
    EXPECT_FALSE(cluster.older_.empty());
    EXPECT_FALSE(cluster.refused_.empty());  // who was taken back was first taken for what it had been ...
    EXPECT_LT(cluster.refused_.size(), 20u); // ... and soon no more
}

#if defined(ORRERY_FLAWS)
TEST(Engine, AgreesOnNothingIfItSpeaksAFormatThatWasNotAgreed) {
    flaws::replication_format_not_agreed.on = true;
    Upgrade cluster({{1, 2}});
    EXPECT_EQ(cluster.run(), 0u);
    flaws::replication_format_not_agreed.on = false;
    EXPECT_FALSE(cluster.refused_.empty());
}
#endif

} // namespace
} // namespace orrery::raft
