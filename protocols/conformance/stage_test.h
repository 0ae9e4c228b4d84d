// The stage: hosts, each with a main, that are run in one of the two worlds until every main has ended. A test of this
// folder is a promise of sim/env.h. Its body is told the promise and not the world, and is run in both:
//
//     TEST_P(Tasks, AWakeBeforeAParkIsNotLost) {
//         alone([](Env& env) {
//             env.wake(env.current());
//             EXPECT_TRUE(env.park().ok());
//         });
//     }
//
// In the live world each host is an Env on a thread of its own, so mains of two hosts share no variables; what one has
// to know of the other travels in messages. A host that is to crash is a process of its own, and its main stands in
// victims_test.h under a name.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "orrery/sim/env.h"
#include "orrery/sim/sync.h"

namespace orrery::conformance {

using namespace std::chrono_literals;
using namespace sim;

using Main = std::function<void(Env&)>;

struct Part {
    std::string role;
    std::uint32_t index = 0;
    Main main;
    bool serves = false; // it has no end of its own: it is stopped when the others have ended
};

struct Surroundings {
    Settings settings{};
    Duration user_timeout = 10s;
};

// Of a process that died by itself.
struct Died {
    std::string rule;
    std::string text;
};

// What a test may do to the host "victim" 0 while another one looks on.
class Fate {
public:
    virtual ~Fate() = default;
    virtual void crash() = 0;   // the process ends without a word of its own
    virtual void restart() = 0; // it boots again, on the same disk
};

// What a crash of the victim is: the end of its process, or of its machine, which loses what was not synced.
enum class Loss : std::uint8_t { process, power };

class Stage {
public:
    virtual ~Stage() = default;
    // Until all mains have ended that do not serve. What died by itself comes back.
    virtual std::vector<Died> run(const std::vector<Part>& parts, const Surroundings& surroundings = {}) = 0;
    // With a victim that runs the main of that name, and "observer" 0 beside it, until the observer's main has ended.
    virtual void run_with_victim(const std::string& name, std::function<void(Env&, Fate&)> observer,
                                 Loss loss = Loss::process) = 0;
};

std::unique_ptr<Stage> simulated_stage();
// `loses_unsynced`: of all its processes; else of none but victims whose machine loses its power.
std::unique_ptr<Stage> live_stage(bool loses_unsynced = false);

enum class World : std::uint8_t { simulated, live, live_that_loses_unsynced };

class Promise : public testing::TestWithParam<World> {
protected:
    static std::unique_ptr<Stage> stage() {
        if (GetParam() == World::simulated) return simulated_stage();
        return live_stage(GetParam() == World::live_that_loses_unsynced);
    }
    // One host.
    static void alone(Main main) { together({{"server", 0, std::move(main)}}); }
    static void together(const std::vector<Part>& parts) { EXPECT_TRUE(stage()->run(parts).empty()); }
    // A "server" and a "client".
    static void pair(Main server, Main client) {
        together({{"server", 0, std::move(server)}, {"client", 0, std::move(client)}});
    }
    // One host, whose process dies by itself: the rule that it broke.
    static std::string death_of(Main main) {
        const std::vector<Died> died = stage()->run({{"server", 0, std::move(main)}});
        return died.size() == 1 ? died[0].rule : "";
    }
};

// For INSTANTIATE_TEST_SUITE_P.
inline const auto both_worlds = testing::Values(World::simulated, World::live);
inline std::string world_name(const testing::TestParamInfo<World>& info) {
    if (info.param == World::simulated) return "Simulated";
    return info.param == World::live ? "Live" : "LiveThatLosesUnsynced";
}
#define IN_BOTH_WORLDS(suite)                                                                                          \
    INSTANTIATE_TEST_SUITE_P(Env, suite, ::orrery::conformance::both_worlds, ::orrery::conformance::world_name)

// --- words that many promises need -------------------------------------------------------------------

constexpr Label label{"test.bytes"};
constexpr std::uint64_t port = 7;

inline Address server_of(Env& env) { return env.peers("server")[0].at(port); }

// A stream to the address, as soon as somebody is bound there.
inline Stream reach(Env& env, Address to) {
    while (true) {
        Result<Stream> stream = env.connect(to);
        if (stream.ok()) return std::move(*stream);
        EXPECT_TRUE(stream.error() == Error::refused || stream.error() == Error::reset);
        EXPECT_TRUE(env.sleep(1ms).ok());
    }
}

// To the end of the stream, or to the error that comes first.
inline std::string read_all(Stream& stream, std::optional<Error>* error = nullptr) {
    std::string all;
    while (true) {
        const Result<Bytes> got = stream.read(4096);
        if (!got.ok() && error != nullptr) *error = got.error();
        if (!got.ok() || got->empty()) return all;
        all += got->text();
    }
}
inline Status write(Stream& stream, std::string_view text, Deadline deadline = {}) {
    return stream.write(view_of(text), label, deadline);
}

} // namespace orrery::conformance
