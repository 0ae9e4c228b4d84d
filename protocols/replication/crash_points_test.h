// A crash at each of the first effects of a disk's owner, in every way of crashing; and once more, by a loss of power,
// soon after it is back: what it has read then, and perhaps acted upon, must not go.
//
//     struct Life {
//         Promise promise; // what must be there, over all boots
//         void operator()(sim::Env& env, Recovery& recovery) {
//             ... opens; in a boot after the first it calls recovery.read(what is wrong with what is there) ...
//             ... works until it dies ...
//         }
//     };
//     expect_right_after_every_crash<Life, sim::world::World>({EffectKind::write, EffectKind::sync},
//                                                             {CrashMode::process, CrashMode::power});
//
// The world comes as a parameter, as no header here may see it.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>

#include "orrery/sim/env.h"

namespace orrery::replication {

// What the boots of one process have found.
class Recovery {
public:
    bool is_first_boot() const { return boots_ == 1; }
    bool is_last_boot() const { return boots_ == 3; }
    // Empty: nothing is wrong.
    void read(std::string wrong) {
        ++reads_;
        wrong_ = std::move(wrong);
    }
    void boot() { ++boots_; }
    int reads() const { return reads_; }
    const std::string& wrong() const { return wrong_; }

private:
    int boots_ = 0;
    int reads_ = 0; // boots after a crash that read what was there
    std::string wrong_ = "it did not recover";
};

// What is wrong after a crash at the nth effect of that kind, and another in the way `again`; empty: nothing.
template <class Life, class World, class Effect, class Mode>
std::string wrong_after_crash(std::uint64_t seed, Effect effect, std::uint64_t nth, Mode mode, Mode again) {
    using namespace std::chrono_literals;
    World world({.seed = seed});
    Recovery recovery;
    Life life;
    world.add_host({"s0", "server", 0, [&](sim::Env& env) {
                        recovery.boot();
                        life(env, recovery);
                    }});
    world.watch_effect(0, effect, nth, 1, [&] { world.crash(0, 1, mode); });
    world.boot_all();
    world.run_until(world.now() + 200ms);
    if (world.host(0).is_up()) return ""; // so many effects never came
    world.restart(0, 1);
    for (int i = 0; i < 1000 && recovery.reads() == 0; ++i) world.run_until(world.now() + 100us);
    if (!recovery.wrong().empty()) return recovery.wrong();
    world.run_until(world.now() + 400us * (nth % 8)); // at once, or soon
    world.crash(0, 2, again);
    world.restart(0, 2);
    world.run_until(world.now() + 200ms);
    return recovery.reads() < 2 ? "it did not recover twice" : recovery.wrong();
}

// The last of the modes is that of the second crash.
template <class Life, class World, class Effect, class Mode>
void expect_right_after_every_crash(std::initializer_list<Effect> effects, std::initializer_list<Mode> modes) {
    for (std::uint64_t seed = 1; seed <= 6; ++seed)
        for (std::uint64_t nth = 1; nth <= 40; ++nth)
            for (const Effect effect : effects)
                for (const Mode mode : modes)
                    ASSERT_EQ((wrong_after_crash<Life, World>(seed, effect, nth, mode, modes.end()[-1])), "")
                        << "seed " << seed << " effect " << static_cast<int>(effect) << " number " << nth << " mode "
                        << static_cast<int>(mode);
}

} // namespace orrery::replication
