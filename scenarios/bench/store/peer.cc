// Load on the store: so many clients, each a session of its own, put one value after the other for some seconds. Prints
// puts a second, and the median and the 99th percentile of what one took, in milliseconds. peer.go does the same to
// etcd; compare.sh runs both.
//
//     store_bench_peer 127.0.0.1:7000,127.0.0.1:7010,127.0.0.1:7020 64 10
#include <algorithm>
#include <cstdio>
#include <optional>

#include "orrery/protocols/kv/command.h"
#include "orrery/protocols/live/env.h"
#include "orrery/protocols/rpc/rpc.h"
#include "orrery/sim/text.h"

using namespace orrery;
using namespace std::chrono_literals;

namespace {

struct Load {
    std::uint64_t clients = 0;
    sim::Duration time{};
    sim::Monotonic begin{};
    sim::Monotonic end{};
    std::size_t leader = 0; // index of the server that answered last
    std::uint64_t unanswered = 0;
    std::vector<sim::Duration> took{};
};

rpc::Outcome<kv::Result> put(sim::Env& env, Load& load, std::uint64_t session, std::uint64_t sequence) {
    const auto servers = env.peers("server");
    const kv::Command command{session, sequence,
                              kv::Operation::put("key" + std::to_string(session), "value " + std::to_string(sequence))};
    auto outcome = rpc::call<kv::Result>(env, servers[load.leader], "Kv.Do", command, env.deadline(1s));
    if (!outcome.is_refused()) return outcome;
    std::size_t next = (load.leader + 1) % servers.size();
    for (std::size_t i = 0; i < servers.size(); ++i)
        if (servers[i] == outcome.refused().redirect) next = i;
    load.leader = next;
    return outcome;
}

void client(sim::Env& env, Load& load, std::uint64_t session) {
    for (std::uint64_t sequence = 2; env.now() < load.end; ++sequence) {
        const sim::Monotonic since = env.now();
        if (put(env, load, session, sequence).has_value())
            load.took.push_back(env.now() - since);
        else
            ++load.unanswered;
    }
}

void run(sim::Env& env, Load& load) {
    while (!put(env, load, 1, 1).has_value()) (void)env.sleep(50ms);
    load.begin = env.now();
    load.end = load.begin + load.time;
    for (std::uint64_t i = 0; i < load.clients; ++i)
        env.spawn("client", [&env, &load, i] { client(env, load, 2 + i); });
}

double milliseconds(sim::Duration duration) { return static_cast<double>(duration.count()) / 1e6; }

void print(Load& load) {
    std::sort(load.took.begin(), load.took.end());
    if (load.took.empty()) return (void)std::printf("nothing was answered\n");
    const double seconds = static_cast<double>(load.time.count()) / 1e9;
    std::printf("%.0f %.2f %.2f", static_cast<double>(load.took.size()) / seconds,
                milliseconds(load.took[load.took.size() / 2]), milliseconds(load.took[load.took.size() * 99 / 100]));
    std::printf(load.unanswered == 0 ? "\n" : " (%zu not answered)\n", static_cast<std::size_t>(load.unanswered));
}

// The servers at these addresses, and this client; nothing if one is none.
std::optional<live::Cluster> cluster_of(std::string_view addresses) {
    live::Cluster cluster{{{"client", 0, "127.0.0.1", 0, {}}}};
    for (const std::string_view address : sim::split(addresses, ',')) {
        live::Member server{"server", static_cast<std::uint32_t>(cluster.members.size() - 1), {}, 0, {}};
        if (!live::parse_address(address, server)) return std::nullopt;
        cluster.members.push_back(server);
    }
    return cluster;
}

} // namespace

int main(int argc, char** argv) {
    const std::optional<live::Cluster> cluster = argc == 4 ? cluster_of(argv[1]) : std::nullopt;
    if (!cluster) return std::fprintf(stderr, "usage: store_bench_peer HOST:PORT,... CLIENTS SECONDS\n"), 64;
    auto env = live::Env::make({.role = "client", .cluster = *cluster});
    if (!env) return std::fprintf(stderr, "%s\n", env.complaint().text().c_str()), 1;
    Load load;
    load.clients = std::stoull(argv[2]);
    load.time = std::chrono::seconds(std::stoll(argv[3]));
    const live::Ending ending = (*env)->run([&](sim::Env& of) { run(of, load); });
    if (ending.kind != live::Ending::Kind::finished) return std::fprintf(stderr, "%s\n", ending.text.c_str()), 1;
    print(load);
    return 0;
}
