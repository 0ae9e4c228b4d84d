#include "orrery/reports/judges/linearizable/memo.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

namespace orrery::reports::judges::linearizable {
namespace {

constexpr std::size_t plenty = std::size_t{1} << 30;

bool covers(const std::map<std::uint32_t, std::uint32_t>& cheaper,
            const std::map<std::uint32_t, std::uint32_t>& other) {
    for (const auto& [unknown_class, count] : cheaper)
        if (!other.contains(unknown_class) || other.at(unknown_class) < count) return false;
    return true;
}

// Against a list of everything ever seen.
RC_GTEST_PROP(Memo, KnowsWhatItSawAtTheSameOrLessExpense, ()) {
    const bool dominance = *rc::gen::arbitrary<bool>();
    Memo memo(2, dominance, plenty);
    std::vector<std::pair<std::vector<std::uint64_t>, std::map<std::uint32_t, std::uint32_t>>> seen;
    const int visits = *rc::gen::inRange(0, 200);
    for (int i = 0; i < visits; ++i) {
        const std::vector<std::uint64_t> key = {*rc::gen::inRange<std::uint64_t>(0, 4),
                                                *rc::gen::inRange<std::uint64_t>(0, 4) << 60};
        std::map<std::uint32_t, std::uint32_t> spent;
        for (std::uint32_t unknown_class = 0; unknown_class < 3; ++unknown_class)
            if (const auto count = *rc::gen::inRange<std::uint32_t>(0, 3)) spent[unknown_class] = count;
        bool expected = true;
        for (const auto& [seen_key, seen_spent] : seen)
            if (seen_key == key && (dominance ? covers(seen_spent, spent) : seen_spent == spent)) expected = false;
        Memo::Bag bag;
        for (const auto& [unknown_class, count] : spent) bag.push_back({unknown_class, count});
        // Without dominance a bag that another contains may be forgotten, which is allowed but does not help.
        RC_ASSERT(memo.visit(key, bag) == expected || (!dominance && expected == false));
        seen.emplace_back(key, spent);
    }
}

TEST(Memo, KeepsKeysApartWhenItGrows) {
    Memo memo(1, true, plenty);
    for (std::uint64_t key = 0; key < 10'000; ++key) EXPECT_TRUE(memo.visit(std::vector{key << 32}, {}));
    for (std::uint64_t key = 0; key < 10'000; ++key) EXPECT_FALSE(memo.visit(std::vector{key << 32}, {}));
}

TEST(Memo, ForgetsInsteadOfGrowingBeyondItsSize) {
    Memo memo(1, true, 64 * 12);
    std::size_t remembered = 0;
    for (std::uint64_t key = 0; key < 100; ++key) EXPECT_TRUE(memo.visit(std::vector{key << 32}, {}));
    for (std::uint64_t key = 0; key < 100; ++key)
        if (!memo.visit(std::vector{key << 32}, {})) ++remembered;
    EXPECT_EQ(remembered, 40u);
    memo.forget();
    EXPECT_TRUE(memo.visit(std::vector{std::uint64_t{0}}, {}));
}

} // namespace
} // namespace orrery::reports::judges::linearizable
