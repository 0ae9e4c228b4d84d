// After the heal every client must make progress - unless what survived cannot serve.
#include <gtest/gtest.h>

#include "orrery/protocols/rpc/rpc.h"
#include "orrery/reports/models/register.h"
#include "orrery/scenarios/engine/run/settings.h"

namespace orrery::scenarios::engine {
namespace {

using namespace std::chrono_literals;
using reports::models::Register;

// Serves only while its file holds what it once wrote; a loss of power takes that for good.
void serve(sim::Env& env) {
    auto file = env.open("state", sim::OpenMode::create);
    if (!file.ok()) return;
    const sim::Monotonic start = env.now();
    auto size = file->size();
    if (env.settings().text("life") == "first" && size.ok() && *size == 0)
        (void)file->write_at(0, sim::view_of("life"));
    size = file->size();
    if (!size.ok() || *size == 0 || env.now() < start) return;
    Register::State value = Register::initial();
    rpc::Server server(env);
    server.on("apply", [&](Register::Operation op) { return Register::apply(value, op); });
    server.serve();
}
rpc::Outcome<Register::Result> ask(sim::Env& env, const Register::Operation& op) {
    return rpc::call<Register::Result>(env, env.peers("server")[0], "apply", op, 100ms);
}
bool has_life(std::span<const Survivor> survivors) {
    for (const Survivor& each : survivors) {
        CHECK(each.role == "server"); // clients have no disk
        if (each.disk->list("").empty()) return false;
        if (each.disk->open("state", sim::OpenMode::read).value()->visible.empty()) return false;
    }
    return !survivors.empty();
}

Scenario dead(const char* name, Recoverable recoverable) {
    return {.name = name,
            .settings = {{"life", "never", {"never", "first"}, false, "when the server writes its file"}},
            .roles = {{"server", 1, serve}},
            .clients = scenarios::clients<Register>(2, ask),
            .duration = 3s,
            .recovery = 2s,
            .recoverable = std::move(recoverable),
            .faulty = true};
}
const Scenario silent = dead("silent", {});
const Scenario excused = dead("excused", has_life);

RunResult output_of(const Scenario& scenario, std::initializer_list<std::pair<const char*, const char*>> settings) {
    RunInput input = input_of(scenario);
    for (const auto& [key, value] : settings)
        EXPECT_FALSE(set_setting(scenario, input.settings, key, value).has_value());
    return *run(input);
}

TEST(Liveness, SilenceAfterTheHealIsAFinding) {
    const RunResult output = output_of(silent, {});
    ASSERT_EQ(output.findings.size(), 1u);
    EXPECT_EQ(output.findings[0].fingerprint(), "progress/no progress/every client gets answers after the heal");
    EXPECT_EQ(output.findings[0].time.nanoseconds, 5'000'000'000);
}

TEST(Liveness, SilenceIsExcusedWhereWhatSurvivedCannotServe) {
    EXPECT_EQ(output_of(excused, {}).verdict, RunVerdict::passed);
}

TEST(Liveness, ProgressIsAskedForWhereWhatSurvivedCanServe) {
    const RunResult output = output_of(excused, {{"life", "first"}});
    EXPECT_EQ(output.verdict, RunVerdict::passed);
    EXPECT_GT(output.answered, 20u);
}

TEST(Liveness, IsNotAskedForWithoutATailOrByOtherJudges) {
    EXPECT_EQ(output_of(silent, {{"recovery", "0s"}}).verdict, RunVerdict::passed);
    EXPECT_EQ(output_of(silent, {{"judges", "histories"}}).verdict, RunVerdict::passed);
    EXPECT_EQ(output_of(silent, {{"judges", "monitors"}}).verdict, RunVerdict::passed);
    EXPECT_EQ(output_of(silent, {{"judges", "progress"}}).verdict, RunVerdict::violated);
}

TEST(Disks, ARoleDeclaredWithoutOneThatWritesIsAFinding) {
    static const Scenario undeclared{.name = "undeclared",
                                     .roles = {{.name = "server",
                                                .count = 1,
                                                .main =
                                                    [](sim::Env& env) {
                                                        auto file = env.open("x", sim::OpenMode::create);
                                                        (void)file->write_at(0, sim::view_of("y"));
                                                    },
                                                .disk = false}},
                                     .duration = 1s,
                                     .recovery = 0s,
                                     .faulty = true};
    EXPECT_EQ(output_of(undeclared, {}).findings.at(0).kind, "undeclared disk");
}

} // namespace
} // namespace orrery::scenarios::engine
