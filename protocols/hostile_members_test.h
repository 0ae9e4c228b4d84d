// Clusters whose members say whatever they like, for each protocol: nothing of it may end another member. A cluster is
// made of a seed, goes on by step(), and says how far it has come, so that a test can see that it did.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <utility>
#include <vector>

#include "orrery/protocols/damaged_bytes_test.h"
#include "orrery/sim/check.h"

namespace orrery {

// Messages on their way: any of them may come next, and the oldest are lost when they are too many.
template <class Message>
class Network {
public:
    void say(Message message) {
        messages_.push_back(std::move(message));
        if (messages_.size() > 40) messages_.erase(messages_.begin(), messages_.begin() + 20);
    }
    std::optional<Message> take(Damage& damage) {
        if (messages_.empty()) return std::nullopt;
        const auto which = messages_.begin() + static_cast<std::ptrdiff_t>(damage.below(messages_.size()));
        std::optional<Message> taken = std::move(*which);
        messages_.erase(which);
        return taken;
    }

private:
    std::vector<Message> messages_;
};

// Some thousand clusters in the ordinary tests, with ORRERY_NIGHTLY in the environment half a million.
template <class Cluster>
void expect_nobody_ends() {
    const std::uint64_t rounds = std::getenv("ORRERY_NIGHTLY") == nullptr ? 2'000 : 500'000;
    sim::check_throws = true;
    std::uint64_t progress = 0;
    for (std::uint64_t seed = 0; seed < rounds && !testing::Test::HasFailure(); ++seed) {
        Cluster cluster(seed);
        try {
            for (int i = 0; i < 300; ++i) cluster.step();
        } catch (const sim::CheckFailed& failed) {
            ADD_FAILURE() << "seed " << seed << ": " << failed.message << " at " << failed.where;
        }
        progress += cluster.progress();
    }
    sim::check_throws = false;
    EXPECT_GT(progress, rounds);
}

} // namespace orrery
