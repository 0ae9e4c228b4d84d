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

TEST(Engine, HearsMembersOnly) { replication::expect_only_members_are_heard<sim::world::World, Message>(make_engine); }

TEST(Engine, OpensItsOwnDiskOnly) {
    replication::expect_only_its_own_disk_is_opened<sim::world::World>(
        make_engine,
        [](sim::Env& env) { return std::make_unique<Engine>(env, EngineOptions{.role = "another", .port = 3}); },
        "raft.log.00000001");
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
