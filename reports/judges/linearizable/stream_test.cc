#include "orrery/reports/judges/linearizable/stream.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "orrery/reports/judges/judge.h"
#include "orrery/reports/judges/linearizable/random_history.h"

namespace orrery::reports::judges::linearizable {
namespace {

using Type = Entry::Type;

// Whether the entries could be taken one by one, each in turn.
sim::Checked<bool> streamed(const History& history, Stream& stream) {
    for (const Entry& entry : history.entries) {
        auto taken = stream.take(entry);
        if (!taken || !*taken) return taken;
    }
    return true;
}

template <class M>
void says_the_same_as_the_judge_of_the_whole(std::uint64_t seed) {
    Draws draws(seed);
    for (int i = 0; i < 20; ++i) {
        const History history = recorded_history<M>(any_history<M>(draws, 8));
        Stream stream(*models::language(M::name), {});
        const auto taken = streamed(history, stream);
        RC_ASSERT(taken.ok());
        RC_ASSERT(stream.gave_up() == 0);
        RC_ASSERT(*taken == judge(history, {.judge = "linearizable"}).passed());
    }
}
RC_GTEST_PROP(Stream, OfSwapsSaysTheSameAsTheJudgeOfTheWhole, (std::uint64_t seed)) {
    says_the_same_as_the_judge_of_the_whole<models::CasRegister>(seed);
}
RC_GTEST_PROP(Stream, OfKeysSaysTheSameAsTheJudgeOfTheWhole, (std::uint64_t seed)) {
    says_the_same_as_the_judge_of_the_whole<models::Kv>(seed);
}

// Clients, alternately alone and together, and values that are all different.
History long_history(std::int64_t operations) {
    History history;
    history.model = "register";
    std::int64_t time = 0;
    for (std::int64_t each = 0; each < operations; ++each) {
        history.entries.push_back({Type::invoke, 1, "write", {}, each, {++time}, 0});
        history.entries.push_back({Type::invoke, 2, "read", {}, {}, {++time}, 0});
        history.entries.push_back({Type::ok, 1, "write", {}, {}, {++time}, 0});
        history.entries.push_back({Type::ok, 2, "read", {}, each, {++time}, 0});
        history.entries.push_back({Type::invoke, 3, "read", {}, {}, {++time}, 0}); // alone
        history.entries.push_back({Type::ok, 3, "read", {}, each, {++time}, 0});
    }
    return history;
}

TEST(Stream, ForgetsWhatIsOverWheneverAKeyIsAtRest) {
    Online online(*models::language("register"));
    std::size_t most = 0;
    for (const Entry& entry : long_history(30'000).entries) {
        if (entry.type == Type::invoke)
            online.invoke(entry.process, {entry.f, {}, entry.value}, entry.time);
        else
            ASSERT_TRUE(online.ok(entry.process, entry.value, entry.time));
        most = std::max(most, online.remembered());
    }
    EXPECT_GT(most, 10'000u);
    EXPECT_LT(most, 10'010u);
}

TEST(Stream, StillKnowsTheStateWhenItHasForgottenTheRest) {
    for (const std::int64_t value : {19'999, 5}) {
        History history = long_history(20'000);
        history.entries.push_back({Type::invoke, 1, "read", {}, {}, {200'001}, 0});
        history.entries.push_back({Type::ok, 1, "read", {}, value, {200'002}, 0});
        Stream stream(*models::language("register"), {});
        EXPECT_EQ(*streamed(history, stream), value == 19'999);
        EXPECT_EQ(stream.operations(), 60'001u);
    }
}

TEST(Stream, TellsWhatDoesNotFit) {
    const auto told = [](const Entry& entry) {
        Stream stream(*models::language("register"), {});
        return stream.take(entry).complaint().message;
    };
    EXPECT_EQ(told({Type::ok, 1, "read", {}, {}, {1}, 7}),
              "entry 7: process 1 returned from read without having invoked anything");
    EXPECT_EQ(told({Type::invoke, 1, "swim", {}, {}, {1}, 8}),
              "entry 8: a register has no such operation swim; it has read, write VALUE");
    Stream stream(*models::language("counter"), {});
    EXPECT_TRUE(*stream.take({Type::invoke, 1, "read", {}, {}, {1}, 0}));
    EXPECT_EQ(stream.take({Type::ok, 1, "read", {}, true, {2}, 1}).complaint().message,
              "entry 1: read cannot return true");
}

} // namespace
} // namespace orrery::reports::judges::linearizable
