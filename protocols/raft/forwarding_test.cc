// Commands that are proposed at a member that does not lead: in dialogues with one core, and in clusters of nodes whose
// messages are lost and doubled.
#include "orrery/protocols/raft/monitors.h"
#include "orrery/protocols/raft/node.h"
#include "orrery/protocols/raft/one_core_test.h"
#include "orrery/protocols/replication/flaws.def"
#include "orrery/protocols/replication/foreign_bytes_test.h"
#include "orrery/protocols/replication/wire.h"
#include "orrery/sim/world/world.h"

namespace orrery::raft {
namespace {

using namespace std::chrono_literals;
using replication::Proposed;

sim::ByteView command() { return sim::view_of("command"); }

Core forwarding(Members witnesses = {}) {
    return Core({.self = 0, .count = 3, .forwards = true, .witnesses = std::move(witnesses)}, {4, 0}, {}, {}, 0);
}

TEST(Forwarding, GoesToTheLeaderIfOneIsKnown) {
    Core core = forwarding();
    EXPECT_EQ(core.forward(command()), 0u);
    appended(core, 2, 5, 0, 0, {5});
    (void)taken(core);
    const std::uint64_t first = core.forward(command());
    const std::uint64_t second = core.forward(command());
    EXPECT_NE(first, 0u);
    EXPECT_NE(second, first);
    EXPECT_EQ(taken(core), (Lines{"propose to 2 term 5", "propose to 2 term 5"}));
    EXPECT_EQ(core.log().last_index(), 1u); // nothing is appended here
}

TEST(Forwarding, IsNothingThatALeaderOrAWitnessDoesNorOneThatIsNotToldTo) {
    Core leader = forwarding();
    elect(leader);
    EXPECT_EQ(leader.forward(command()), 0u);
    Core witness = forwarding({0});
    Core other = made({4, 0}, {});
    for (Core* core : {&witness, &other}) {
        appended(*core, 2, 5, 0, 0, {5});
        EXPECT_EQ(core->forward(command()), 0u);
    }
}

Message forwarded(Member from, Term term, std::uint64_t round, std::string_view text) {
    Message message;
    message.kind = Message::Kind::propose;
    message.from = from;
    message.term = term;
    message.round = round;
    message.entries.push_back({0, sim::Bytes(text)});
    return message;
}

TEST(Forwarding, IsAnsweredWithThePlaceInTheLog) {
    Core core = made({4, 0}, {}); // it need not forward itself
    core.step(forwarded(1, 4, 71, "x"), 0);
    EXPECT_EQ(taken(core), Lines{"proposed to 1 term 4 no"}); // it does not lead
    elect(core);
    (void)taken(core);
    core.step(forwarded(1, 4, 72, "x"), 0); // of an earlier term; it is a command all the same
    const Lines lines = taken(core);
    EXPECT_NE(std::find(lines.begin(), lines.end(), "proposed to 1 term 5 at 2/5"), lines.end());
    EXPECT_EQ(core.log().entry(2).command.text(), "x");
    EXPECT_EQ(core.log().entry(2).term, 5u);
}

TEST(Forwarding, OfWhatIsNoCommandIsDropped) {
    Core core = made({4, 0}, {});
    elect(core);
    (void)taken(core);
    Message none = forwarded(1, 5, 1, "x");
    none.entries.clear();
    Message two = forwarded(1, 5, 1, "x");
    two.entries.push_back({0, sim::Bytes(std::string_view("y"))});
    Message configuration = forwarded(1, 5, 1, "x");
    configuration.entries[0] = {0, sim::encode(Configuration{.voters = {.incoming = {1}}}), Entry::Kind::configuration};
    Message* const wrong[] = {&none, &two, &configuration};
    for (Message* each : wrong) core.step(std::move(*each), 0);
    core.step(forwarded(1, 5, 1, ""), 0);
    EXPECT_EQ(core.log().last_index(), 1u);
    EXPECT_TRUE(taken(core).empty());
}

TEST(Forwarding, TellsWhoForwardedWhatBecameOfIt) {
    Core core = forwarding();
    appended(core, 2, 5, 0, 0, {5});
    const std::uint64_t request = core.forward(command());
    replied(core, Message::Kind::propose_reply, 2, 5, true, 9, request, 5);
    replied(core, Message::Kind::propose_reply, 2, 5, false, 9, request + 1, 5);
    std::vector<ForwardAnswer> answers;
    core.take_forwarded(answers);
    ASSERT_EQ(answers.size(), 2u);
    EXPECT_EQ(answers[0].request, request);
    EXPECT_EQ(answers[0].index, 9u);
    EXPECT_EQ(answers[0].term, 5u);
    EXPECT_EQ(answers[1].index, 0u);
}

// --- nodes ---------------------------------------------------------------------------------------------

// Keeps the commands in their order.
struct Listed final : replication::StateMachine {
    std::vector<std::string> commands;
    sim::Bytes apply(Index, sim::ByteView command) override {
        commands.emplace_back(sim::text_of(command));
        return sim::Bytes(command);
    }
    sim::Bytes snapshot() const override { return sim::encode(commands); }
    bool restore(sim::ByteView snapshot) override {
        auto restored = sim::decode<std::vector<std::string>>(snapshot);
        if (restored) commands = std::move(*restored);
        return restored.has_value();
    }
};

// Each server proposes commands of its own, whoever leads.
class ForwardingCluster {
public:
    ForwardingCluster(std::uint64_t seed, bool loses) : world_({.seed = seed}) {
        for (const sim::MonitorFactory factory : {safety_monitor, lemma_monitor}) world_.add_monitor(factory());
        for (std::uint32_t index = 0; index < 3; ++index)
            world_.add_host({"s" + std::to_string(index), "server", index, [this](sim::Env& env) { serve(env); }});
        world_.boot_all();
        for (std::uint32_t from = 0; loses && from < 3; ++from)
            for (std::uint32_t to = 0; to < 3; ++to)
                if (from != to)
                    world_.add_rule(from, to, {sim::world::RuleKind::loss, {1, 6}, {}, 1000 + from * 3 + to});
    }
    // What is wrong; empty: nothing.
    std::string run() {
        world_.run_until(world_.now() + 20s);
        for (const sim::Finding& finding : world_.findings()) return finding.kind + ": " + finding.text;
        for (const auto& [text, kind] : told_) {
            const bool is_there = std::find(longest_.begin(), longest_.end(), text) != longest_.end();
            if (kind == Proposed::Kind::applied && !is_there) return text + " was acknowledged, and is nowhere";
            if (kind == Proposed::Kind::not_leader && is_there) return text + " was refused, and is there";
        }
        return {};
    }
    std::uint64_t by_followers = 0;

private:
    void serve(sim::Env& env) {
        Listed machine;
        Node node(env, machine, {.core = {.forwards = true}});
        if (!node.start()) return;
        const std::uint32_t self = env.self().index;
        const sim::Deadline end = env.deadline(15s); // what was proposed until then is decided when the run ends
        for (int i = 0; env.now() < end.at; ++i) {
            const std::string text = std::to_string(self) + "." + std::to_string(i);
            const bool leads = node.is_leader();
            const Proposed proposed = node.propose(sim::Bytes(text), env.deadline(200ms));
            told_.emplace_back(text, proposed.kind);
            if (proposed.kind == Proposed::Kind::applied) {
                EXPECT_EQ(proposed.result.text(), text);
                by_followers += !leads && !node.is_leader();
            }
            if (!env.sleep(10ms).ok()) return;
        }
        if (!env.sleep(4s).ok()) return;
        if (machine.commands.size() > longest_.size()) longest_ = machine.commands;
        (void)env.park();
    }

    std::vector<std::pair<std::string, Proposed::Kind>> told_;
    std::vector<std::string> longest_;
    sim::world::World world_;
};

TEST(Forwarding, LetsEveryServerPropose) {
    ForwardingCluster cluster(1, false);
    EXPECT_EQ(cluster.run(), "");
    EXPECT_GT(cluster.by_followers, 300u);
}

TEST(Forwarding, ClaimsNothingThatIsNotSo) {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        ForwardingCluster cluster(seed, true);
        EXPECT_EQ(cluster.run(), "") << seed;
        EXPECT_GT(cluster.by_followers, 100u);
    }
}

// Member 1 says that it leads, and where it has put what comes: far behind anything that is there. Room for all that
// may be waited for up to there would take all memory.
void lie_about_the_place(sim::Env& env) {
    replication::Wire wire(env, "raft", "server", 2, replication::newest_format);
    auto socket = env.bind(2);
    Message heartbeat;
    heartbeat.from = 1;
    heartbeat.term = 1;
    heartbeat.kind = Message::Kind::append;
    const replication::WireHeader header{2, 2, wire.cluster()};
    constexpr static sim::Label label{"lie"};
    while (env.sleep(20ms).ok()) {
        (void)socket->send(wire.members()[0].at(2), label, replication::datagram_of(header, heartbeat));
        while (true) {
            const auto datagram = socket->receive({env.now()});
            if (!datagram.ok()) break;
            const auto asked = replication::message_of<Message>(datagram->bytes);
            if (!asked || asked->kind != Message::Kind::propose) continue;
            Message reply;
            reply.kind = Message::Kind::propose_reply;
            reply.from = 1;
            reply.term = 1;
            reply.success = true;
            reply.round = asked->round;
            reply.index = 1 << 24;
            reply.index_term = 1;
            (void)socket->send(wire.members()[0].at(2), label, replication::datagram_of(header, reply));
        }
    }
}

TEST(Forwarding, WaitsForNoPlaceThatNoLeaderHasReached) {
    sim::world::World world({.seed = 1});
    sim::Duration waited{};
    world.add_host({"s0", "server", 0, [&](sim::Env& env) {
                        Listed machine;
                        Node node(env, machine, {.core = {.forwards = true}});
                        EXPECT_TRUE(node.start());
                        EXPECT_TRUE(env.sleep(100ms).ok()); // it follows by then
                        const sim::Monotonic begin = env.now();
                        EXPECT_EQ(node.propose(sim::Bytes(command()), env.deadline(10s)).kind, Proposed::Kind::unknown);
                        waited = env.now() - begin;
                    }});
    world.add_host({"s1", "server", 1, lie_about_the_place});
    world.add_host({"s2", "server", 2, [](sim::Env& env) { (void)env.park(); }});
    world.boot_all();
    world.run_until(world.now() + 15s);
    for (const sim::Finding& finding : world.findings()) ADD_FAILURE() << finding.kind << ": " << finding.text;
    EXPECT_GT(waited, 1ms);
    EXPECT_LT(waited, 1s);
}

#if defined(ORRERY_FLAWS)
TEST(Forwarding, IsFoundOutIfNothingHeardCountsAsRefused) {
    flaws::replication_lost_forward_refused.on = true;
    ForwardingCluster cluster(1, true);
    const std::string wrong = cluster.run();
    flaws::replication_lost_forward_refused.on = false;
    EXPECT_NE(wrong.find("was refused, and is there"), std::string::npos) << wrong;
}
#endif

} // namespace
} // namespace orrery::raft
