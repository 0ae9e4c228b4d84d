// A minimal repro outlives changes that have nothing to do with its bug. Twenty of them are made here to the scenario
// of each repro - a draw, a timer, a message, a file, a host more - and nearly all repros still fail as they did: what
// they need is written in them, and an event keeps its draws under every edit outside its causal past.
#include <gtest/gtest.h>

#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/scenarios/engine/process/child.h"
#include "orrery/scenarios/engine/run/settings.h"

namespace orrery::scenarios {

using namespace engine;
namespace {

using namespace std::chrono_literals;
using sim::Env;

constexpr const char* repros_folder = ORRERY_SOURCE_ROOT "/scenarios/repros";
constexpr std::uint64_t port = 999;
constexpr sim::Label greeting{"test.greeting"};
constexpr sim::NoteKind started{"test.started"};
constexpr sim::StateKey mood{"test.mood"};

struct Change {
    const char* name;
    void (*make)(Scenario& scenario, RunInput& input);
};

// Every server does this first.
void add_to_servers(Scenario& scenario, void (*first)(Env&)) {
    for (Role& role : scenario.roles)
        role.main = [first, main = role.main](Env& env) {
            first(env);
            main(env);
        };
}

// And every client, in a task of its own or before anything else.
void add_to_clients(Scenario& scenario, void (*first)(Env&)) {
    if (!scenario.clients.main) return;
    scenario.clients.main = [first, main = scenario.clients.main](Env& env, Driver& driver) {
        first(env);
        main(env, driver);
    };
}

void add_role(Scenario& scenario, void (*main)(Env&)) { scenario.roles.push_back({"bystander", 1, main}); }

template <class Act>
void again_and_again(Env& env, sim::Duration pause, const Act& act) {
    env.spawn("again and again", [&env, pause, act] {
        while (env.sleep(pause).ok()) act(env);
    });
}

void greet(Env& env, const sim::Peers& peers) {
    sim::Result<sim::Socket> socket = env.bind(0);
    if (!socket.ok()) return;
    for (const sim::Address& each : peers)
        (void)socket->send({each.host, port}, greeting, sim::Bytes(std::string_view("hello")));
}

void write_a_file(Env& env) {
    sim::Result<sim::File> file = env.open("another", sim::OpenMode::create);
    if (!file.ok() || !file->write_at(0, sim::Bytes(std::string_view("text")).view()).ok()) return;
    (void)file->sync();
}

const Change changes[] = {
    {"a draw more", [](Scenario& s, RunInput&) { add_to_servers(s, [](Env& env) { env.draw("another", 10); }); }},
    {"ten draws more",
     [](Scenario& s, RunInput&) {
         add_to_servers(s, [](Env& env) {
             for (int i = 0; i < 10; ++i) env.draw("another", 10);
         });
     }},
    {"a draw more at a site that there is",
     [](Scenario& s, RunInput&) { add_to_servers(s, [](Env& env) { env.draw("election", 1000); }); }},
    {"a note more", [](Scenario& s, RunInput&) { add_to_servers(s, [](Env& env) { env.note(started); }); }},
    {"a state more",
     [](Scenario& s, RunInput&) { add_to_servers(s, [](Env& env) { env.state(mood, std::int64_t{7}); }); }},
    {"a task more that ends at once",
     [](Scenario& s, RunInput&) { add_to_servers(s, [](Env& env) { env.spawn("another", [] {}); }); }},
    {"a task more that waits for ever",
     [](Scenario& s, RunInput&) {
         add_to_servers(s, [](Env& env) { env.spawn("another", [&env] { (void)env.park(); }); });
     }},
    {"a timer more",
     [](Scenario& s, RunInput&) { add_to_servers(s, [](Env& env) { again_and_again(env, 10ms, [](Env&) {}); }); }},
    {"a timer more that draws",
     [](Scenario& s, RunInput&) {
         add_to_servers(s, [](Env& env) { again_and_again(env, 7ms, [](Env& own) { own.draw("another", 3); }); });
     }},
    {"a message before all others",
     [](Scenario& s, RunInput&) { add_to_servers(s, [](Env& env) { greet(env, env.peers(env.self().role)); }); }},
    {"messages in between",
     [](Scenario& s, RunInput&) {
         add_to_servers(
             s, [](Env& env) { again_and_again(env, 20ms, [](Env& own) { greet(own, own.peers(own.self().role)); }); });
     }},
    {"a file more at the start",
     [](Scenario& s, RunInput&) {
         add_to_servers(s, [](Env& env) { env.spawn("another", [&env] { write_a_file(env); }); });
     }},
    {"files in between",
     [](Scenario& s, RunInput&) { add_to_servers(s, [](Env& env) { again_and_again(env, 60ms, write_a_file); }); }},
    {"servers that start a microsecond later",
     [](Scenario& s, RunInput&) { add_to_servers(s, [](Env& env) { (void)env.sleep(1us); }); }},
    {"a host more", [](Scenario& s, RunInput&) { add_role(s, [](Env& env) { (void)env.park(); }); }},
    {"a host more with a timer",
     [](Scenario& s, RunInput&) {
         add_role(s, [](Env& env) {
             while (env.sleep(5ms).ok()) env.draw("another", 5);
         });
     }},
    {"a host more that greets the servers",
     [](Scenario& s, RunInput&) {
         add_role(s, [](Env& env) {
             while (env.sleep(30ms).ok()) greet(env, env.peers("server"));
         });
     }},
    {"a client more",
     [](Scenario& s, RunInput& input) {
         if (!input.settings.has("clients") || !s.clients.main) return;
         input.settings.set("clients", std::to_string(input.settings.integer("clients") + 1));
     }},
    {"clients that draw once more",
     [](Scenario& s, RunInput&) { add_to_clients(s, [](Env& env) { env.draw("another", 10); }); }},
    {"clients with a timer more",
     [](Scenario& s, RunInput&) { add_to_clients(s, [](Env& env) { again_and_again(env, 15ms, [](Env&) {}); }); }},
};

TEST(UnrelatedChanges, LeaveNineOfTenMinimalReprosAsTheyAre) {
    const sim::Checked<std::vector<std::string>> files = files_below(repros_folder, ".repro");
    if (!files) GTEST_SKIP() << "the tree this was compiled from is not here";
    ASSERT_EQ(std::size(changes), 20u);
    std::size_t tried = 0;
    std::string others;
    std::size_t failed_otherwise = 0;
    for (const std::string& file : *files) {
        const sim::Checked<Repro> repro = read_repro(file);
        ASSERT_TRUE(repro.ok()) << repro.complaint().text();
        if (repro->expected != RunVerdict::violated) continue;
        for (const Change& change : changes) {
            Scenario changed = *repro->input.scenario;
            RunInput input = repro->input;
            input.scenario = &changed;
            change.make(changed, input);
            ++tried;
            if (run_in_child(input).fingerprint() == repro->recorded().fingerprint()) continue;
            ++failed_otherwise;
            others += file.substr(file.rfind('/') + 1) + ": " + change.name + "\n";
        }
    }
    ASSERT_GE(tried, 400u);
    EXPECT_LE(failed_otherwise * 10, tried) << others;
    RecordProperty("survived", static_cast<int>(tried - failed_otherwise));
}

} // namespace
} // namespace orrery::scenarios
