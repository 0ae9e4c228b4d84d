// A register on three replicas that acknowledges a write before its peers have it. Wrong on
// purpose: the smallest program that Orrery finds guilty.
#include "orrery/protocols/rpc/rpc.h"
#include "orrery/reports/models/register.h"
#include "orrery/scenarios/catalogue.h"
using namespace orrery;
using reports::models::Register;
using namespace std::chrono_literals;

static void replica(sim::Env& env) {
    Register::State value = Register::initial();
    rpc::Server server(env);
    server.on("apply", [&](Register::Operation op) { // a client's operation
        const auto result = Register::apply(value, op);
        if (op.is_write())
            for (auto peer : env.peers("replica")) rpc::notify(env, peer, "copy", op);
        return result; // answered before the peers have it
    });
    server.on("copy", [&](Register::Operation op) { Register::apply(value, op); });
    server.serve();
}
static rpc::Outcome<Register::Result> client(sim::Env& env, const Register::Operation& op) {
    return rpc::call<Register::Result>(env, env.pick(env.peers("replica")), "apply", op, 100ms);
}
const scenarios::Scenario scenarios::lazy_register{.name = "lazy-register",
                                                   .help = "answers a write before its peers have it",
                                                   .roles = {{"replica", 3, replica}},
                                                   .clients = scenarios::clients<Register>(4, client),
                                                   .faults = {{"crash", 2}, {"cut", 2}},
                                                   .faulty = true};
