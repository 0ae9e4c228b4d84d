// Seats of a theatre, sold at two offices that tell each other what they sold - too late. Orrery finds a seat that
// was sold twice. A model, a protocol and a scenario: all that a project of its own needs.
#include <map>

#include "orrery/protocols/rpc/rpc.h"
#include "orrery/scenarios/scenario.h"
using namespace orrery;
using namespace std::chrono_literals;

struct Seats { // a seat is held by the first guest who asked for it, for ever
    using State = std::map<std::string, std::int64_t>;
    struct Operation {
        std::string seat{};
        std::int64_t guest = 0;
        static constexpr auto members() {
            return std::tuple{sim::member("seat", &Operation::seat), sim::member("guest", &Operation::guest)};
        }
    };
    struct Result {
        std::int64_t holder = 0;
        static constexpr auto members() { return std::tuple{sim::member("holder", &Result::holder)}; }
    };
    static constexpr auto key = &Operation::seat; // seats do not affect each other
    static State initial() { return {}; }
    static Result apply(State& state, const Operation& op) { return {state.emplace(op.seat, op.guest).first->second}; }
    static Operation draw(sim::Env& env, std::uint64_t client, std::uint64_t number) {
        return {"seat" + std::to_string(number + env.draw("seat", 2)), static_cast<std::int64_t>(1 + client)};
    }
};

static void office(sim::Env& env) {
    Seats::State state;
    rpc::Server server(env);
    server.on("reserve", [&](const Seats::Operation& op) {
        for (const auto& peer : env.peers("office")) rpc::notify(env, peer, "sold", op);
        return Seats::apply(state, op); // the bug: the other office may have sold it meanwhile
    });
    server.on("sold", [&](const Seats::Operation& op) { Seats::apply(state, op); });
    server.serve();
}
static sim::Outcome<Seats::Result> reserve(sim::Env& env, const Seats::Operation& op) {
    return rpc::call<Seats::Result>(env, env.pick(env.peers("office")), "reserve", op, 100ms);
}
static const scenarios::Scenario seats{.name = "seats",
                                       .roles = {{"office", 2, office}},
                                       .clients = scenarios::clients<Seats>(3, reserve),
                                       .faults = {{"cut", 1}}};
int main(int argc, char** argv) { return orrery::main(argc, argv, {&seats}); }
