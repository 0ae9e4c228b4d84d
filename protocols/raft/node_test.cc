// How a node ends, in both worlds: with its scope, in the middle of whatever it does, and by stop.
#include "orrery/protocols/raft/node.h"

#include "orrery/protocols/conformance/stage_test.h"

namespace orrery::raft {
namespace {

using namespace std::chrono_literals;
using replication::Proposed;
using Kind = Proposed::Kind;

// Says which commands it was given.
struct Recorder final : replication::StateMachine {
    std::string seen;
    sim::Bytes apply(Index, sim::ByteView command) override {
        seen += sim::text_of(command);
        return {};
    }
    sim::Bytes snapshot() const override { return sim::Bytes(std::string_view(seen)); }
    bool restore(sim::ByteView snapshot) override {
        seen = sim::text_of(snapshot);
        return true;
    }
};

constexpr std::uint64_t node_port = 2;

// Of the only member, so that it leads as soon as it has waited for others.
Kind propose(sim::Env& env, Node& node, std::string_view command) {
    while (true) {
        const Proposed proposed = node.propose(sim::Bytes(command), env.deadline(10s));
        if (proposed.kind != Kind::not_leader) return proposed.kind;
        EXPECT_TRUE(env.sleep(1ms).ok());
    }
}

void await_free_port(sim::Env& env) {
    while (!env.bind(node_port).ok()) EXPECT_TRUE(env.sleep(1ms).ok());
}

class Nodes : public conformance::Promise {};
IN_BOTH_WORLDS(Nodes);

// Three lives in one process, on one port and one disk. A world ends well only when no task is left.
TEST_P(Nodes, EndWithTheirScopeAndLetGoOfPortAndFiles) {
    alone([](sim::Env& env) {
        std::string expected;
        for (const std::string_view command : {"a", "b", "c"}) {
            const auto machine = std::make_unique<Recorder>();
            {
                Node node(env, *machine);
                EXPECT_TRUE(node.start());
                EXPECT_EQ(propose(env, node, command), Kind::applied);
                expected += command;
                EXPECT_EQ(machine->seen, expected);
            }
            await_free_port(env);
        }
    });
}

TEST_P(Nodes, ThatAreDestroyedTellWhoeverProposesThatNobodyKnows) {
    alone([](sim::Env& env) {
        auto machine = std::make_unique<Recorder>();
        auto node = std::make_unique<Node>(env, *machine);
        EXPECT_TRUE(node->start());
        EXPECT_EQ(propose(env, *node, "first"), Kind::applied);
        Kind kind = Kind::applied;
        const sim::Task proposer = env.spawn("proposes", [&, main = env.current()] {
            env.wake(main); // it has its turn while this task waits for the disk
            kind = node->propose(sim::Bytes(std::string_view("second")), {}).kind;
        });
        EXPECT_TRUE(env.park().ok());
        EXPECT_EQ(machine->seen, "first");
        node.reset();
        machine.reset();
        while (env.is_alive(proposer)) EXPECT_TRUE(env.sleep(1ms).ok());
        EXPECT_EQ(kind, Kind::unknown);
        await_free_port(env);
    });
}

TEST_P(Nodes, ThatWereStoppedHaveFreedTheirPortAndAreNeverLeadersAgain) {
    alone([](sim::Env& env) {
        Recorder machine;
        Node node(env, machine);
        EXPECT_TRUE(node.start());
        EXPECT_EQ(propose(env, node, "x"), Kind::applied);
        node.stop();
        EXPECT_TRUE(env.bind(node_port).ok());
        EXPECT_FALSE(node.is_leader());
        EXPECT_EQ(node.propose(sim::Bytes(std::string_view("y")), {}).kind, Kind::not_leader);
        node.stop();
        EXPECT_EQ(machine.seen, "x");
    });
}

// The log goes on behind a snapshot, which is made again and again, and so does the machine in its next life.
TEST_P(Nodes, GoOnFromTheirNewestSnapshot) {
    alone([](sim::Env& env) {
        std::string expected;
        for (int life = 0; life < 3; ++life) {
            Recorder machine;
            {
                Node node(env, machine, {.snapshot_every = 4});
                EXPECT_TRUE(node.start());
                for (char letter = 'a'; letter <= 'm'; ++letter) {
                    EXPECT_EQ(propose(env, node, std::string_view(&letter, 1)), Kind::applied);
                    expected += letter;
                    EXPECT_EQ(machine.seen, expected);
                }
                EXPECT_TRUE(env.sleep(50ms).ok()); // the last snapshot is written beside all that
            }
            await_free_port(env);
            const auto snapshots = env.list("raft.snapshot.");
            EXPECT_TRUE(snapshots.ok() && !snapshots->empty()) << life;
        }
    });
}

TEST_P(Nodes, LetWhoeverReadsSeeWhatWasAcknowledged) {
    alone([](sim::Env& env) {
        Recorder machine;
        Node node(env, machine);
        EXPECT_EQ(node.read({}).kind, Kind::not_leader); // not started
        EXPECT_TRUE(node.start());
        EXPECT_EQ(propose(env, node, "x"), Kind::applied);
        EXPECT_EQ(node.read(env.deadline(10s)).kind, Kind::applied);
        EXPECT_EQ(machine.seen, "x");
        node.stop();
        EXPECT_EQ(node.read({}).kind, Kind::not_leader);
    });
}

// Its task is cancelled while it recovers; nothing has begun then.
TEST_P(Nodes, ThatAreCancelledWhileTheyStartHaveNotStarted) {
    alone([](sim::Env& env) {
        Recorder machine;
        {
            Node node(env, machine);
            env.cancel(env.current());
            EXPECT_FALSE(node.start());
        }
        EXPECT_TRUE(env.bind(node_port).ok());
        Node node(env, machine);
        EXPECT_TRUE(node.start());
        EXPECT_EQ(propose(env, node, "x"), Kind::applied);
    });
}

// Elections, appends and answers of three, each ended at a moment of its own.
TEST_P(Nodes, OfAClusterEndAtAnyMoment) {
    const auto member = [](sim::Env& env) {
        for (int life = 0; life < 20; ++life) {
            const auto machine = std::make_unique<Recorder>();
            {
                Node node(env, *machine, {.tick = 2ms});
                EXPECT_TRUE(node.start());
                const sim::Deadline end = env.deadline(env.between("life", 0ms, 60ms));
                while (env.now() < end.at) {
                    (void)node.propose(sim::Bytes(std::string_view("x")), end);
                    EXPECT_TRUE(env.sleep(env.between("pause", 0ms, 2ms)).ok());
                }
            }
            await_free_port(env);
        }
    };
    together({{"server", 0, member}, {"server", 1, member}, {"server", 2, member}});
}

} // namespace
} // namespace orrery::raft
