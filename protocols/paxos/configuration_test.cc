// Who decides in which slot, against a table that is looked up the slow way; and that values keep what they were.
#include "orrery/protocols/paxos/configuration.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include <algorithm>

namespace orrery::paxos {
namespace {

TEST(Voters, AreDecidedByMoreThanHalfOfThem) {
    const Voters four = Voters::all(4);
    EXPECT_EQ(four.count(), 4u);
    EXPECT_EQ(four.quorum(), 3u);
    EXPECT_FALSE(four.is_decided_by(Voters::of(std::vector<Member>{0, 1})));
    EXPECT_FALSE(four.is_decided_by(Voters::of(std::vector<Member>{0, 1, 7}))); // 7 has no say
    EXPECT_TRUE(four.is_decided_by(Voters::of(std::vector<Member>{0, 1, 3})));
    EXPECT_EQ(Voters::all(members_max).count(), members_max);
    EXPECT_EQ(voters_text(Voters::of(std::vector<Member>{5, 0, 63})), "0 5 63");
    EXPECT_FALSE(four.has(members_max));
}

// Any two majorities of one set meet.
RC_GTEST_PROP(VotersProperty, HaveNoTwoMajoritiesApart, (std::uint64_t voters, std::uint64_t some)) {
    RC_PRE(voters != 0u);
    RC_ASSERT(!(Voters{voters}.is_decided_by({some}) && Voters{voters}.is_decided_by({~some})));
}

Configuration from_slot(Slot chosen_in, Slot since, std::uint64_t bits) { return {chosen_in, since, {bits}}; }

TEST(Configurations, DecideFromTheirSlotOn) {
    Configurations all(Voters::all(3));
    all.enter(from_slot(5, 9, 0b110));
    EXPECT_EQ(all.of(0), Voters::all(3));
    EXPECT_EQ(all.of(8), Voters::all(3));
    EXPECT_EQ(all.of(9).bits, 0b110u);
    EXPECT_EQ(all.of(1000).bits, 0b110u);
    EXPECT_EQ(all.voters_from(8), Voters::all(3));
    EXPECT_EQ(all.voters_from(9).bits, 0b110u);
}

TEST(Configurations, OfASnapshotAreThoseThatItsSlotsHaveBrought) {
    Configurations all(Voters::all(3));
    all.enter(from_slot(5, 9, 0b110));
    all.enter(from_slot(7, 11, 0b011));
    EXPECT_EQ(all.as_of(4), (std::vector{from_slot(0, 0, 0b111)}));
    EXPECT_EQ(all.as_of(5), (std::vector{from_slot(0, 0, 0b111), from_slot(5, 9, 0b110)}));
    EXPECT_EQ(all.as_of(8), (std::vector{from_slot(5, 9, 0b110), from_slot(7, 11, 0b011)}));
    EXPECT_EQ(all.as_of(10), (std::vector{from_slot(7, 11, 0b011)}));
}

TEST(Configurations, AreNotTakenFromWhatNoMemberHasMade) {
    const Configuration first = from_slot(0, 0, 0b111);
    EXPECT_TRUE(Configurations::is_valid(std::vector{first, from_slot(5, 9, 0b110)}, 3));
    EXPECT_FALSE(Configurations::is_valid(std::vector<Configuration>{}, 3));
    EXPECT_FALSE(Configurations::is_valid(std::vector{first, from_slot(5, 9, 0)}, 3));
    EXPECT_FALSE(Configurations::is_valid(std::vector{first, from_slot(5, 9, 0b1000)}, 3));
    EXPECT_FALSE(Configurations::is_valid(std::vector{first, from_slot(9, 5, 0b110)}, 3));
    EXPECT_FALSE(Configurations::is_valid(std::vector{from_slot(5, 9, 0b110), from_slot(6, 9, 0b11)}, 3));
}

// What a snapshot holds says the same of every slot behind it as all that came before.
RC_GTEST_PROP(ConfigurationsProperty, OfASnapshotDecideWhatAllDecide, ()) {
    Configurations all(Voters::all(6));
    const Slot window = *rc::gen::inRange<Slot>(1, 5);
    Slot slot = 0;
    std::vector<std::pair<Slot, std::uint64_t>> table{{0, Voters::all(6).bits}};
    for (int i = *rc::gen::inRange(0, 6); i > 0; --i) {
        slot += *rc::gen::inRange<Slot>(1, 6);
        table.emplace_back(slot + window, *rc::gen::inRange<std::uint64_t>(1, 64));
        all.enter(from_slot(slot, table.back().first, table.back().second));
    }
    Slot kept = slot + *rc::gen::inRange<Slot>(0, 8);
    const Configurations restored(all.as_of(kept));
    all.forget(kept);
    RC_ASSERT(Configurations::is_valid(restored.known(), 6));
    for (Slot each = kept + 1; each < kept + 20; ++each) {
        std::uint64_t expected = 0;
        for (const auto& [since, bits] : table)
            if (since <= each) expected = bits;
        RC_ASSERT(restored.of(each).bits == expected);
        RC_ASSERT(all.of(each).bits == expected);
    }
}

RC_GTEST_PROP(Value, KeepsEveryCommandAndTakesNoneForVoters, (std::vector<std::uint8_t> bytes, bool is_zero)) {
    if (is_zero && !bytes.empty()) bytes[0] = 0;
    const sim::Bytes value = value_of_command(sim::Bytes(sim::ByteView(bytes)));
    RC_ASSERT(!voters_of(value).has_value());
    RC_ASSERT(value.empty() == bytes.empty());
    if (!bytes.empty()) RC_ASSERT(std::ranges::equal(command_of(value), bytes));
}

TEST(Value, KeepsVoters) {
    const Voters voters = Voters::of(std::vector<Member>{1, 63});
    EXPECT_EQ(voters_of(value_of_voters(voters)), voters);
    const sim::Bytes like_voters = value_of_command(value_of_voters(voters)); // a command may have the same bytes
    EXPECT_FALSE(voters_of(like_voters).has_value());
    EXPECT_TRUE(std::ranges::equal(command_of(like_voters), value_of_voters(voters).view()));
}

} // namespace
} // namespace orrery::paxos
