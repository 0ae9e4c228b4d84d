// One side of a measurement: a server of Arith.Multiply, or a client that calls it as often as it can. peer.go is the
// same program in Go; compare.sh runs each with each.
//
//     rpc_bench_peer serve 127.0.0.1:7000
//     rpc_bench_peer call 127.0.0.1:7000 100000 64        so many calls, so many of them in flight
#include <csignal>
#include <cstdio>
#include <deque>

#include "orrery/protocols/live/env.h"
#include "orrery/protocols/rpc/go_client.h"
#include "orrery/protocols/rpc/rpc.h"
#include "orrery/sim/text.h"

using namespace orrery;
using namespace std::chrono_literals;

namespace {

struct Args {
    std::int64_t a = 0;
    std::int64_t b = 0;
    static constexpr auto members() { return std::tuple{sim::member("a", &Args::a), sim::member("b", &Args::b)}; }
};

live::Env* running = nullptr;

void serve(sim::Env& env) {
    rpc::Server server(env);
    server.publish("Arith.Multiply", [](const Args& args) { return args.a * args.b; });
    server.serve();
}

void call(sim::Env& env, std::uint64_t count, std::uint64_t in_flight) {
    rpc::GoClient client(env);
    for (int tries = 0; client.open(env.peers("server")[0], rpc::GoProtocol::gob, env.deadline(1s)); ++tries) {
        if (tries == 1000) return (void)std::printf("no server\n");
        (void)env.sleep(10ms);
    }
    const sim::Monotonic begin = env.now();
    std::deque<rpc::GoPending<std::int64_t>> calls;
    std::uint64_t wrong = 0;
    const auto finish = [&] {
        const rpc::GoReply<std::int64_t> reply = calls.front().wait();
        wrong += !reply.ok() || reply.value() != 56;
        calls.pop_front();
    };
    for (std::uint64_t i = 0; i < count; ++i) {
        if (calls.size() == in_flight) finish();
        calls.push_back(client.start<std::int64_t>("Arith.Multiply", Args{7, 8}));
    }
    while (!calls.empty()) finish();
    const sim::Duration took = env.now() - begin;
    std::printf("%.0f%s\n", static_cast<double>(count) / static_cast<double>(took.count()) * 1e9,
                wrong > 0 ? " WRONG" : "");
}

int usage() {
    std::fprintf(stderr, "usage: rpc_bench_peer serve HOST:PORT | call HOST:PORT CALLS IN_FLIGHT\n");
    return 64;
}

} // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    const bool serves = words.size() == 2 && words[0] == "serve";
    if (!serves && !(words.size() == 4 && words[0] == "call")) return usage();
    live::Member server{"server", 0, {}, 0, {}};
    if (!live::parse_address(words[1], server)) return usage();
    const live::Cluster cluster{{server, {"client", 0, server.host, 0, {}}}};
    auto env = live::Env::make({.role = serves ? "server" : "client", .cluster = cluster});
    if (!env.ok()) return std::fprintf(stderr, "%s\n", env.complaint().message.c_str()), 1;
    running = env->get();
    std::signal(SIGTERM, [](int) { running->stop(); });
    const std::uint64_t count = serves ? 0 : std::stoull(words[2]);
    const std::uint64_t in_flight = serves ? 0 : std::stoull(words[3]);
    const live::Ending ending =
        (*env)->run(serves ? serve : std::function<void(sim::Env&)>([&](sim::Env& of) { call(of, count, in_flight); }));
    return ending.kind == live::Ending::Kind::died ? 1 : 0;
}
