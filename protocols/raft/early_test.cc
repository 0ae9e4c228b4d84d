// Appends that come before what they follow, in dialogues with a follower.
#include "orrery/protocols/raft/one_core_test.h"

namespace orrery::raft {
namespace {

TEST(EarlyAppends, AreUsedWhenTheGapIsFilledAndAnsweredWithIt) {
    Core core = made({1, 0}, {1});
    appended(core, 1, 2, 3, 2, {2, 2}, 5);
    appended(core, 1, 2, 5, 2, {2}, 1);
    EXPECT_EQ(taken(core), (Lines{"appended to 1 term 2 no 1", "appended to 1 term 2 no 1"}));
    EXPECT_EQ(core.early().count(), 2u);
    EXPECT_EQ(core.log().last_index(), 1u);
    EXPECT_EQ(core.commit(), 0u);
    appended(core, 1, 2, 1, 1, {2, 2}, 1);
    EXPECT_EQ(taken(core), Lines{"appended to 1 term 2 yes 6"});
    EXPECT_EQ(core.log().last_index(), 6u);
    EXPECT_EQ(core.commit(), 5u); // as the one that came first had said
    EXPECT_EQ(core.early().count(), 0u);
    EXPECT_EQ(core.early().bytes(), 0u);
}

TEST(EarlyAppends, ArePutInPlaceOfWhatTheyContradict) {
    Core core = made({4, 0}, {1, 3, 3, 3});
    appended(core, 1, 5, 3, 4, {4, 5});
    EXPECT_EQ(taken(core), Lines{"appended to 1 term 5 no 3"});
    appended(core, 1, 5, 1, 1, {4, 4});
    EXPECT_EQ(taken(core), Lines{"appended to 1 term 5 yes 5"});
    for (const auto& [index, term] : {std::pair{2u, 4u}, {3u, 4u}, {4u, 4u}, {5u, 5u}})
        EXPECT_EQ(core.log().term(index), term) << index;
}

TEST(EarlyAppends, WaitAsLongAsAPartOfTheGapIsLeft) {
    Core core = made({1, 0}, {1});
    appended(core, 1, 2, 4, 2, {2});
    appended(core, 1, 2, 2, 2, {2}); // in the middle of the gap
    (void)taken(core);
    appended(core, 1, 2, 1, 1, {2});
    EXPECT_EQ(taken(core), Lines{"appended to 1 term 2 yes 3"});
    EXPECT_EQ(core.early().count(), 1u);
    appended(core, 1, 2, 3, 2, {2});
    EXPECT_EQ(taken(core), Lines{"appended to 1 term 2 yes 5"});
}

// Of another term they may be of another log.
TEST(EarlyAppends, AreForgottenWithTheirLeader) {
    Core core = made({1, 0}, {1});
    appended(core, 1, 2, 2, 2, {2});
    EXPECT_EQ(core.early().count(), 1u);
    appended(core, 2, 3, 1, 1, {3});
    EXPECT_EQ(core.early().count(), 0u);
    EXPECT_EQ(taken(core), (Lines{"appended to 1 term 2 no 1", "appended to 2 term 3 yes 2"}));
    EXPECT_EQ(core.log().last_index(), 2u);
    appended(core, 2, 3, 4, 3, {3});
    EXPECT_EQ(core.early().count(), 1u);
    ticks(core, 8);
    EXPECT_EQ(core.role(), Role::candidate);
    EXPECT_EQ(core.early().count(), 0u);
}

TEST(EarlyAppends, AreBoundedInNumberAndBytesAndTheLastGo) {
    for (const bool by_bytes : {false, true}) { // an entry has one byte
        CoreOptions options;
        (by_bytes ? options.in_flight_bytes_max : options.in_flight_max) = 2;
        Core core = made_with(options, {1, 0}, {1});
        for (const Index after : {4u, 2u, 3u, 3u, 5u}) appended(core, 1, 2, after, 2, {2});
        EXPECT_EQ(core.early().count(), 2u);
        (void)taken(core);
        appended(core, 1, 2, 1, 1, {2});
        EXPECT_EQ(taken(core), Lines{"appended to 1 term 2 yes 4"});
    }
}

TEST(EarlyAppends, AreNotHeartbeats) {
    Core core = made({1, 0}, {1});
    appended(core, 1, 2, 2, 2, {});
    EXPECT_EQ(taken(core), Lines{"appended to 1 term 2 no 1"});
    EXPECT_EQ(core.early().count(), 0u);
}

// What is already known to be the leader's log is said again: the answers may overtake each other too.
TEST(EarlyAppends, AreCountedInAnswersToWhatCameBefore) {
    Core core = made({1, 0}, {1});
    appended(core, 1, 2, 1, 1, {2});
    appended(core, 1, 2, 2, 2, {2});
    appended(core, 1, 2, 1, 1, {2});
    EXPECT_EQ(taken(core),
              (Lines{"appended to 1 term 2 yes 2", "appended to 1 term 2 yes 3", "appended to 1 term 2 yes 3"}));
}

} // namespace
} // namespace orrery::raft
