// A register on one server that keeps its value in memory only. Wrong on purpose: a crash makes it
// forget what it acknowledged.
#include "orrery/protocols/rpc/rpc.h"
#include "orrery/reports/models/register.h"
#include "orrery/scenarios/catalogue.h"
using namespace orrery;
using reports::models::Register;
using namespace std::chrono_literals;

static void server_main(sim::Env& env) {
    Register::State value = Register::initial();
    rpc::Server server(env);
    server.on("apply", [&](Register::Operation op) { return Register::apply(value, op); });
    server.serve();
}
static rpc::Outcome<Register::Result> client(sim::Env& env, const Register::Operation& op) {
    return rpc::call<Register::Result>(env, env.peers("server")[0], "apply", op, 100ms);
}
const scenarios::Scenario scenarios::forgetful_register{.name = "forgetful-register",
                                                        .help = "keeps its value in memory and crashes",
                                                        .roles = {{"server", 1, server_main}},
                                                        .clients = scenarios::clients<Register>(3, client),
                                                        .faults = {{"crash", 3}},
                                                        .faulty = true};
