// The works: tiny programs on the real Env. Digests, draws and the hooks of faults are on, as in every run.
#include "orrery/scenarios/bench/works.h"

#include "orrery/protocols/raft/node.h"
#include "orrery/protocols/rpc/rpc.h"
#include "orrery/scenarios/engine/run/settings.h"
#include "orrery/sim/world/world.h"

namespace orrery::scenarios::bench {

using namespace engine;
namespace {

using namespace std::chrono_literals;
using sim::Env;
using sim::Socket;

constexpr sim::Label label{"bench.message"};
constexpr std::uint64_t port = 1;
constexpr std::uint64_t seed = 42;

// Costs one comparison for each operation, whether progress is shown or not.
struct Counter {
    sim::world::World& world;
    const Task& task;
    std::uint64_t done = 0;
    std::uint64_t next = task.next_after(0);

    void count() {
        if (++done == next) pause();
    }
    void pause() {
        if (done == task.operations) world.stop();
        task.progress(done);
        next = task.next_after(done);
    }
};

// Runs `main` on `hosts` hosts of one role until the counter has counted enough.
template <class Main>
std::uint64_t run_hosts(const Task& task, std::uint64_t hosts, Main main) {
    sim::world::World world({.seed = seed});
    Counter counter{world, task};
    for (std::uint32_t i = 0; i < hosts; ++i)
        world.add_host({"n" + std::to_string(i), "node", i, [&counter, main](Env& env) { main(env, counter); }});
    world.boot_all();
    world.run_until(sim::WorldTime{INT64_MAX / 2});
    return counter.done;
}

std::uint64_t ping_pong(const Task& task) {
    return run_hosts(task, 2, [](Env& env, Counter& counter) {
        Socket socket = *env.bind(port);
        if (env.self().index == 0)
            (void)socket.send(env.peers("node")[0].at(port), label, sim::Bytes(std::string_view("0123456789abcdef")));
        while (true) {
            sim::Result<sim::Datagram> got = socket.receive();
            if (!got.ok()) return;
            counter.count();
            (void)socket.send(got->from, label, std::move(got->bytes));
        }
    });
}

// In rounds, every host sends to every other.
std::uint64_t all_to_all(const Task& task) {
    return run_hosts(task, task.hosts, [](Env& env, Counter& counter) {
        Socket socket = *env.bind(port);
        const sim::Peers peers = env.peers("node");
        while (true) {
            for (const sim::Address peer : peers)
                (void)socket.send(peer.at(port), label, sim::Bytes(std::string_view("01234567")));
            for (std::size_t i = 0; i < peers.size(); ++i) {
                if (!socket.receive().ok()) return;
                counter.count();
            }
        }
    });
}

// Ten tokens a host, each passed on to a random peer.
std::uint64_t gossip(const Task& task) {
    return run_hosts(task, task.hosts, [](Env& env, Counter& counter) {
        Socket socket = *env.bind(port);
        const sim::Peers peers = env.peers("node");
        for (int i = 0; i < 10; ++i)
            (void)socket.send(env.pick(peers).at(port), label, sim::Bytes(std::string_view("01234567")));
        while (true) {
            sim::Result<sim::Datagram> got = socket.receive();
            if (!got.ok()) return;
            counter.count();
            (void)socket.send(env.pick(peers).at(port), label, std::move(got->bytes));
        }
    });
}

// A request, its reply, and one long timeout that is cancelled. Half of the hosts serve.
std::uint64_t rpc_cancel(const Task& task) {
    return run_hosts(task, task.hosts, [&task](Env& env, Counter& counter) {
        Socket socket = *env.bind(port);
        const std::uint64_t half = task.hosts / 2;
        const bool serves = env.self().index < half;
        const sim::Address server{env.self().address.host - half, port};
        while (true) {
            if (!serves) (void)socket.send(server, label, sim::Bytes(std::string_view("request.")));
            sim::Result<sim::Datagram> got = socket.receive(serves ? sim::Deadline{} : env.deadline(1s));
            if (!got.ok()) return;
            if (serves)
                (void)socket.send(got->from, label, std::move(got->bytes));
            else
                counter.count();
        }
    });
}

std::uint64_t sleep(const Task& task) {
    return run_hosts(task, task.hosts, [](Env& env, Counter& counter) {
        while (env.sleep(env.between("nap", 500us, 1500us)).ok()) counter.count();
    });
}

// Fibers started, parked and let go: how many fit, and what one costs.
std::uint64_t fibers(const Task& task) {
    return run_hosts(task, 1, [&task](Env& env, Counter& counter) {
        for (std::uint64_t i = 0; i < task.operations; ++i) {
            env.spawn("fiber", [&env, &counter] {
                counter.count();
                (void)env.park();
            });
        }
        (void)env.park();
    });
}

struct NoMachine final : replication::StateMachine {
    sim::Bytes apply(replication::Index, sim::ByteView) override { return {}; }
    sim::Bytes snapshot() const override { return {}; }
    bool restore(sim::ByteView) override { return true; }
};

// A whole cluster with disks and timers, whose leader has so many proposals in flight. Snapshots cut the log, so that a
// long run costs no more for each of them than a short one.
template <int in_flight>
std::uint64_t raft_commits(const Task& task) {
    return run_hosts(task, task.hosts, [](Env& env, Counter& counter) {
        NoMachine machine;
        raft::Node node(env, machine, {.role = "node", .snapshot_every = 10'000});
        if (!node.start()) return;
        const auto propose = [&] {
            while (true) {
                const replication::Proposed proposed =
                    node.propose(sim::Bytes(std::string_view("0123456789abcdef")), env.deadline(1s));
                if (proposed.kind == replication::Proposed::Kind::applied)
                    counter.count();
                else if (!env.sleep(50ms).ok())
                    return;
            }
        };
        for (int i = 1; i < in_flight; ++i) env.spawn("propose", propose);
        propose();
    });
}

// Whole seeds of raft-kv, drawn as a sweep draws them and judged, in this process.
std::uint64_t seeds(const Task& task) {
    RunInput input;
    input.scenario = find_scenario("raft-kv");
    if (input.scenario == nullptr) return 0;
    input.settings = default_settings(*input.scenario);
    for (input.seed = 1; input.seed <= task.operations; ++input.seed) {
        draw_settings(input);
        if (engine::run(input)->verdict != RunVerdict::passed) return input.seed - 1;
        task.progress(input.seed);
    }
    return task.operations;
}

} // namespace

const std::vector<Work>& works() {
    static const std::vector<Work> all = {{"ping-pong", "a delivered datagram", 2, 0, ping_pong},
                                          {"all-to-all", "a delivered datagram", 50, 2, all_to_all},
                                          {"gossip", "a delivered datagram", 500, 2, gossip},
                                          {"rpc-cancel", "a request answered", 2, 2, rpc_cancel},
                                          {"sleep", "a timer that fired", 1000, 1, sleep},
                                          {"fibers", "a fiber started and parked", 1, 0, fibers},
                                          {"raft3", "a proposal committed", 3, 1, raft_commits<1>},
                                          {"raft5", "a proposal committed", 5, 1, raft_commits<1>},
                                          {"raft3-64", "a proposal committed, of 64 in flight", 3, 1, raft_commits<64>},
                                          {"seeds", "a seed of raft-kv, judged", 0, 0, seeds}};
    return all;
}

} // namespace orrery::scenarios::bench
