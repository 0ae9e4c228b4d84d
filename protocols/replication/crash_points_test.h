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
//     expect_right_after_every_crash<Life>();
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "orrery/sim/world/world.h"

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

// What is wrong after a crash at the nth effect of that kind; empty: nothing.
template <class Life>
std::string wrong_after_crash(std::uint64_t seed, sim::world::EffectKind effect, std::uint64_t nth,
                              sim::world::CrashMode mode) {
    using namespace std::chrono_literals;
    sim::world::World world({.seed = seed});
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
    world.crash(0, 2, sim::world::CrashMode::power_torn);
    world.restart(0, 2);
    world.run_until(world.now() + 200ms);
    return recovery.reads() < 2 ? "it did not recover twice" : recovery.wrong();
}

template <class Life>
void expect_right_after_every_crash() {
    using sim::world::CrashMode;
    using sim::world::EffectKind;
    for (std::uint64_t seed = 1; seed <= 6; ++seed)
        for (std::uint64_t nth = 1; nth <= 40; ++nth)
            for (const EffectKind effect : {EffectKind::write, EffectKind::sync})
                for (const CrashMode mode : {CrashMode::process, CrashMode::power, CrashMode::power_torn})
                    ASSERT_EQ(wrong_after_crash<Life>(seed, effect, nth, mode), "")
                        << "seed " << seed << " effect " << static_cast<int>(effect) << " number " << nth << " mode "
                        << static_cast<int>(mode);
}

} // namespace orrery::replication
