// The service in the live world: three servers, each an Env on a thread of its own, on real sockets and disks.
#include <gtest/gtest.h>

#include "orrery/protocols/conformance/stage_test.h"
#include "orrery/protocols/kv/kv.h"

namespace orrery::kv {
namespace {

using namespace std::chrono_literals;
using Kind = Operation::Kind;

TEST(Live, ThreeServersElectALeaderAndAnswerAClientInOrder) {
    const auto client = [](sim::Env& env) {
        Client store(env);
        std::string expected;
        for (int i = 0; i < 50; ++i) {
            const std::string word = std::to_string(i) + " ";
            EXPECT_TRUE(store.run(Operation{Kind::append, "k", word, {}}, env.deadline(20s)).has_value());
            expected += word;
        }
        EXPECT_EQ(store.run(Operation::get("k"), env.deadline(20s)).value().value, expected);
        EXPECT_TRUE(store.run(Operation::cas("k", expected, "new"), env.deadline(20s)).value().swapped);
        EXPECT_EQ(store.read_nearby("k", env.deadline(20s)).value().value, "new");
    };
    const auto died = conformance::live_stage()->run(
        {{"server", 0, serve, true}, {"server", 1, serve, true}, {"server", 2, serve, true}, {"client", 0, client}});
    for (const conformance::Died& each : died) ADD_FAILURE() << each.rule << ": " << each.text;
}

} // namespace
} // namespace orrery::kv
