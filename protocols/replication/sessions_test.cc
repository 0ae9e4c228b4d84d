// Once, up to two bounds that every replica sees at the same place of the log.
#include "orrery/protocols/replication/sessions.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace orrery::replication {
namespace {

using namespace std::chrono_literals;
using Standing = Sessions::Standing;

sim::Bytes bytes(std::string_view text) { return sim::Bytes(text); }

TEST(Sessions, ExecuteACommandOnceAndAnswerItAgain) {
    Sessions sessions;
    EXPECT_EQ(sessions.begin(7, 1, 1s), Standing::fresh);
    sessions.keep(7, bytes("one"));
    EXPECT_EQ(sessions.begin(7, 1, 2s), Standing::repeated);
    EXPECT_EQ(sessions.result_of(7, 1)->text(), "one");
    EXPECT_EQ(sessions.begin(7, 2, 3s), Standing::fresh);
    sessions.keep(7, bytes("two"));
    EXPECT_EQ(sessions.result_of(7, 1), nullptr);
    EXPECT_EQ(sessions.begin(7, 1, 4s), Standing::forgotten); // late: its client has gone on
    EXPECT_EQ(sessions.begin(7, 5, 5s), Standing::fresh);     // it gave up what was between
    EXPECT_EQ(sessions.sequence_of(7), 5u);
    EXPECT_EQ(sessions.sequence_of(8), 0u);
}

TEST(Sessions, ThatAreNotKnownBeginWithTheFirstCommandOnly) {
    Sessions sessions;
    EXPECT_EQ(sessions.begin(7, 2, 1s), Standing::forgotten);
    EXPECT_EQ(sessions.size(), 0u);
}

TEST(Sessions, EndAfterALifeWithoutUseByTheTimeInTheLog) {
    Sessions sessions;
    EXPECT_EQ(sessions.begin(1, 1, 5s), Standing::fresh);
    EXPECT_EQ(sessions.begin(2, 1, 6s), Standing::fresh);
    EXPECT_EQ(sessions.begin(1, 2, 5s + Sessions::life), Standing::fresh); // to the last moment
    EXPECT_EQ(sessions.begin(2, 2, 7s + Sessions::life), Standing::forgotten);
    EXPECT_EQ(sessions.begin(1, 3, 1s), Standing::fresh); // a stamp that lies behind does not turn time back
    EXPECT_EQ(sessions.stamp(), 7s + Sessions::life);
}

TEST(Sessions, OfWhichThereAreTooManyLoseTheOneUnusedForLongest) {
    Sessions sessions;
    for (std::uint64_t id = 1; id <= Sessions::sessions_max; ++id)
        EXPECT_EQ(sessions.begin(id, 1, sim::Duration(id)), Standing::fresh);
    EXPECT_EQ(sessions.begin(1, 2, 1s), Standing::fresh);
    EXPECT_EQ(sessions.begin(1'000'000, 1, 2s), Standing::fresh);
    EXPECT_EQ(sessions.size(), Sessions::sessions_max);
    EXPECT_EQ(sessions.begin(2, 2, 3s), Standing::forgotten);
    EXPECT_EQ(sessions.begin(1, 3, 3s), Standing::fresh);
}

// The slow way: the highest number that each session has executed, without any bound.
RC_GTEST_PROP(Sessions, ExecuteWhatIsNewOnceAndGoOnFromASnapshot, ()) {
    Sessions sessions;
    std::map<std::uint64_t, std::uint64_t> executed;
    const int steps = *rc::gen::inRange(0, 80);
    for (int i = 0; i < steps; ++i) {
        const auto session = *rc::gen::inRange<std::uint64_t>(1, 4);
        const auto sequence = *rc::gen::inRange<std::uint64_t>(1, 6);
        const std::uint64_t last = executed.contains(session) ? executed[session] : 0;
        const Standing expected = last == 0 && sequence > 1 ? Standing::forgotten
                                  : sequence > last         ? Standing::fresh
                                  : sequence == last        ? Standing::repeated
                                                            : Standing::forgotten;
        RC_ASSERT(sessions.begin(session, sequence, i * 1s) == expected);
        if (expected == Standing::fresh) {
            executed[session] = sequence;
            sessions.keep(session, bytes(std::to_string(sequence)));
        }
        if (expected == Standing::repeated)
            RC_ASSERT(sessions.result_of(session, sequence)->text() == std::to_string(sequence));
        if (*rc::gen::inRange(0, 5) > 0) continue;
        auto again = sim::decode<Sessions>(sim::encode(sessions));
        RC_ASSERT(again.has_value());
        sessions = std::move(*again);
    }
}

TEST(Stamps, GoOnFromTheLastThatWasApplied) {
    Stamps stamps;
    const sim::Monotonic start{};
    EXPECT_EQ(stamps.next(start + 3s), 0s);
    stamps.applied(10s, start + 5s);
    EXPECT_EQ(stamps.next(start + 7s), 12s);
    stamps.applied(9s, start + 8s); // it lies behind
    EXPECT_EQ(stamps.next(start + 8s), 13s);
}

} // namespace
} // namespace orrery::replication
