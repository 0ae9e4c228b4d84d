#include "orrery/scenarios/engine/nearest.h"

#include <gtest/gtest.h>

namespace orrery::scenarios::engine {
namespace {

const std::vector<std::string> names{"raft-kv", "raft-election", "lazy-register", "run", "sweep"};

TEST(Suggestion, FindsWhatASlipOfTheFingersMeant) {
    EXPECT_EQ(suggestion("raft-vk", names), "; did you mean 'raft-kv'?");
    EXPECT_EQ(suggestion("lazy_registre", names), "; did you mean 'lazy-register'?");
    EXPECT_EQ(suggestion("swep", names), "; did you mean 'sweep'?");
}

TEST(Suggestion, TakesABeginningForTheWhole) {
    EXPECT_EQ(suggestion("lazy", names), "; did you mean 'lazy-register'?");
}

TEST(Suggestion, SaysNothingOfWordsThatAreFarFromAll) {
    EXPECT_EQ(suggestion("paxos", names), "");
    EXPECT_EQ(suggestion("", names), "");
}

} // namespace
} // namespace orrery::scenarios::engine
