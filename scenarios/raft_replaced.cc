// The replicated store while machines are lost with their disks, and new ones come to their addresses. A machine with
// an empty disk has forgotten what was promised under its name: votes, and entries that count as committed because it
// had them. So it does not take part before the operator has admitted it, and that is not before the cluster has
// committed that the lost one is no member: from then on no majority rests on what it had promised.
//
// To be admitted is of one machine, not of an address: a new one draws a number, and an admission that names another -
// it was sent to the machine before, and was long on its way - is refused.
#include <algorithm>
#include <deque>

#include "orrery/faults/operator_order.h"
#include "orrery/protocols/raft/monitors.h"
#include "orrery/reports/models/kv.h"
#include "orrery/scenarios/catalogue.h"
#include "orrery/scenarios/flaws.def"
#include "orrery/scenarios/raft_store.h"
#include "orrery/sim/sync.h"
using namespace orrery;
using reports::models::Kv;
using namespace std::chrono_literals;

static constexpr std::uint64_t admission_port = 8;
static constexpr const char* admission_file = "machine.admitted";

struct Machine {
    std::uint64_t number = 0; // drawn by one whose disk is empty; 0: it was admitted
    static constexpr auto members() { return std::tuple{sim::member("number", &Machine::number)}; }
};

static bool is_admitted(sim::Env& env) { return env.open(admission_file, sim::OpenMode::read).ok(); }

// Durable before anybody is told.
static bool write_admission(sim::Env& env) {
    auto file = env.open(admission_file, sim::OpenMode::create);
    return file.ok() && file->sync().ok() && env.sync_directory("").ok();
}

// What a server says of itself to the operator. Its tasks share it: they may end after it.
struct Admission {
    std::uint64_t number = 0; // as Machine has it
    sim::Signal admitted;
    rpc::Server server;

    explicit Admission(sim::Env& env) : admitted(env), server(env, {.port = admission_port}) {
        if (!is_admitted(env)) {
            number = 1 + env.draw("machine", UINT32_MAX);
            env.note(raft::new_machine);
        }
        server.on("Machine.Who", [this](const Machine&) { return Machine{number}; });
        server.on("Machine.Admit", [this, &env](const Machine& wanted) -> rpc::Outcome<Machine> {
            if (wanted.number != number) return rpc::Refused{"another machine"};
            if (!write_admission(env)) return rpc::Unknown{"the disk failed"};
            number = 0;
            admitted.signal();
            return Machine{};
        });
    }
};

static void serve(sim::Env& env) {
    const auto admission = std::make_shared<Admission>(env);
    sim::TaskGroup tasks(env);
    tasks.spawn("admission", [admission] { admission->server.serve(); });
    const bool may_begin = admission->number == 0 || FLAW(replaced_machine_takes_part_at_once);
    if (!may_begin && !admission->admitted.wait().ok()) return;
    kv::serve(env);
}

// Until it is admitted, or the process ends.
static bool admit(sim::Env& env, sim::Address server) {
    while (env.sleep(20ms).ok()) {
        const auto who = rpc::call<Machine>(env, server.at(admission_port), "Machine.Who", Machine{}, 200ms);
        if (!who.has_value()) continue;
        if (who.value().number == 0) return true;
        (void)rpc::call<Machine>(env, server.at(admission_port), "Machine.Admit", who.value(), 200ms);
    }
    return false;
}

// Brings about one order after the other, none left out: what was lost has to leave before what is new comes.
static void operate(sim::Env& env) {
    static constexpr sim::StateKey state_members{faults::operator_members};
    auto socket = env.bind(faults::OperatorOrder::port);
    if (!socket.ok()) return;
    const sim::Peers servers = env.peers("server");
    for (const sim::Address server : servers)
        if (!admit(env, server)) return;
    kv::Client client(env);
    std::vector<std::uint32_t> members;
    for (std::uint32_t place = 0; place < servers.size(); ++place) members.push_back(place);
    while (true) {
        env.state(state_members, faults::words_of(members));
        const auto datagram = socket->receive(); // those that come meanwhile wait
        if (!datagram.ok()) return;
        env.state(state_members, "changing");
        const auto order = sim::decode<faults::OperatorOrder>(datagram->bytes);
        if (!order || order->kind != faults::OperatorOrder::Kind::members) continue;
        for (const std::uint32_t place : order->places)
            if (!std::binary_search(members.begin(), members.end(), place) && !admit(env, servers[place])) return;
        while (!client.reconfigure(order->places, env.deadline(1s)).has_value())
            if (!env.sleep(50ms).ok()) return;
        members = order->places;
    }
}

// No host loses its power there.
static std::vector<sim::NoteKind> replaced_goals(const sim::Settings& settings) {
    std::vector<sim::NoteKind> goals = scenarios::store_goals(settings);
    std::erase_if(goals, [](const sim::NoteKind& goal) { return goal.name == "raft.torn_tail"; });
    return goals;
}

const scenarios::Scenario scenarios::raft_replaced = [] {
    Scenario scenario = over_store({.name = "raft-replaced",
                                    .help = "the store over raft while machines are lost and replaced by new ones",
                                    .clients = raft_kv_clients(draw_of_model<Kv>()),
                                    .think = 100ms});
    scenario.roles = {{"server", "servers", serve}, {"operator", 1, operate, sim::world::CrashDisposal::unwind, false}};
    scenario.faults.budgets = {{"crash", 3}, {"pause", 2}, {"cut", 3}, {"loss", 1}, {"delay", 1}, {"replace", 8}};
    scenario.faults.longest = 2s;
    scenario.faults.roles = {"server"};
    scenario.faults.members = "server";
    scenario.faults.members_least = 2;
    // Not that all apply the same in the end: of a machine that was replaced within the way of a message the operator
    // hears only that all are members, and so does not admit the new one.
    scenario.monitors = {raft::safety_monitor, raft::changing_lemma_monitor, raft::configuration_monitor,
                         raft::changing_availability_monitor};
    scenario.goals = replaced_goals;
    scenario.duration = 15s;
    return scenario;
}();
