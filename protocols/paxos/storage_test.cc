// What the file gives back after a loss of power at every point of what was done to it.
#include "orrery/protocols/paxos/storage.h"

#include <gtest/gtest.h>

#include "orrery/protocols/replication/crash_points_test.h"
#include "orrery/sim/world/world.h"

namespace orrery::paxos {
namespace {

using namespace std::chrono_literals;

using Acceptances = std::map<Decree, Acceptance>;

// Of each decree the states that it may be in: the first is durable, the others were written since.
using Promise = std::map<Decree, std::vector<Acceptance>>;

// Empty if `recovered` keeps the promise.
std::string broken_by(const Promise& promise, const Acceptances& recovered) {
    for (const auto& [decree, states] : promise) {
        const auto found = recovered.find(decree);
        const Acceptance now = found == recovered.end() ? Acceptance{} : found->second;
        if (std::find(states.begin(), states.end(), now) == states.end())
            return "decree " + std::to_string(decree) + " is in a state that was never written, or was forgotten";
    }
    for (const auto& [decree, state] : recovered)
        if (!promise.contains(decree)) return "a decree that never was";
    return "";
}

// Promises and acceptances in some decrees, synced or not; until it dies.
void work(sim::Env& env, Storage& storage, Core& core, Promise& promise) {
    for (std::uint64_t round = 1;; ++round) {
        const Decree decree = 1 + env.draw("decree", 4);
        const std::uint64_t what = env.draw("what", 5);
        const std::uint64_t size = env.draw("size", 3) * 230;
        Message message{Message::Kind::prepare, 1, 0, decree, {round, 1}, {}, {}};
        if (what > 1) message = {Message::Kind::accept, 1, 0, decree, {round, 1}, {}, std::string(size, 'v')};
        if (what == 4) message = {Message::Kind::chosen, 1, 0, decree, {}, {}, std::string(size + 1, 'c')};
        core.step(message);
        const auto changed = core.take_changed();
        for (const auto& [each, accepts] : changed) {
            std::vector<Acceptance>& states = promise[each];
            if (states.empty()) states.push_back({});
            states.push_back(core.acceptance(each));
        }
        if (!storage.write(core, changed).ok()) return;
        if (env.draw("sync", 3) == 0) continue;
        if (!storage.sync().ok()) return;
        for (auto& [each, states] : promise) states = {states.back()};
    }
}

struct Life {
    Promise promise{};

    void operator()(sim::Env& env, replication::Recovery& recovery) {
        Storage storage(env);
        auto recovered = storage.open();
        if (!recovered.ok()) return;
        if (!recovery.is_first_boot()) {
            recovery.read(broken_by(promise, *recovered));
            return;
        }
        Core core(0, 3, std::move(*recovered));
        work(env, storage, core, promise);
    }
};

TEST(Storage, GivesBackWhatWasDurableAfterACrashAtEveryPoint) {
    using sim::world::CrashMode;
    using sim::world::EffectKind;
    replication::expect_right_after_every_crash<Life, sim::world::World>(
        {EffectKind::write, EffectKind::sync}, {CrashMode::process, CrashMode::power, CrashMode::power_torn});
}

// The last state of a decree counts, and one that was half written counts for nothing.
TEST(Storage, ReadsUpToATornTailAtEveryByte) {
    const auto read = [](const std::string& content) {
        Acceptances acceptances;
        sim::world::World world({.seed = 1});
        world.add_host({"s0", "server", 0, [&](sim::Env& env) {
                            sim::File file = *env.open("paxos.log", sim::OpenMode::create);
                            (void)file.write_at(0, sim::view_of(content));
                            Storage storage(env);
                            acceptances = *storage.open();
                        }});
        world.boot_all();
        world.run_until(world.now() + 1s);
        return acceptances;
    };
    std::string whole;
    std::vector<std::size_t> ends;
    sim::world::World world({.seed = 1});
    world.add_host({"s0", "server", 0, [&](sim::Env& env) {
                        Storage storage(env);
                        Core core(0, 3, *storage.open());
                        for (std::uint64_t round = 1; round <= 3; ++round) {
                            core.step({Message::Kind::prepare, 1, 0, 1, {round, 1}, {}, {}});
                            (void)storage.write(core, core.take_changed());
                            whole = env.open("paxos.log", sim::OpenMode::read)->read_at(0, 10'000)->text();
                            ends.push_back(whole.size());
                        }
                    }});
    world.boot_all();
    world.run_until(world.now() + 1s);
    ASSERT_EQ(ends.size(), 3u);
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        const auto rounds = static_cast<std::uint64_t>(
            std::count_if(ends.begin(), ends.end(), [&](std::size_t end) { return end <= size; }));
        const Acceptances acceptances = read(whole.substr(0, size));
        EXPECT_EQ(acceptances.contains(1) ? acceptances.at(1).promised.round : 0, rounds) << size;
    }
}

} // namespace
} // namespace orrery::paxos
