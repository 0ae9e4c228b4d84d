#include "orrery/reports/judges/linearizable/online.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdio>

#include "orrery/reports/judges/linearizable/permutation_oracle.h"
#include "orrery/reports/judges/linearizable/random_history.h"
#include "orrery/reports/models/etcd.h"
#include "orrery/reports/models/sequence.h"
#include "orrery/reports/models/set.h"

namespace orrery::reports::judges::linearizable {
namespace {

// What happens to operation `which`, in the order in which it is told.
struct Event {
    enum class Kind { invoke, ok, info, fail };
    sim::WorldTime time{};
    Kind kind{};
    std::size_t which = 0;
};

// Of equal stamps, any order may have been told.
template <models::Model M>
std::vector<Event> events_of(Draws& draws, const std::vector<models::Operation<M>>& operations) {
    std::vector<Event> events;
    for (std::size_t each = 0; each < operations.size(); ++each) {
        const models::Operation<M>& operation = operations[each];
        events.push_back({operation.invoked, Event::Kind::invoke, each});
        if (operation.result) {
            events.push_back({operation.returned, Event::Kind::ok, each});
        } else if (draws.below(3) > 0) {
            const Event::Kind kind = draws.below(3) == 0 ? Event::Kind::fail : Event::Kind::info;
            events.push_back({operation.invoked + sim::Duration{draws.below(6)}, kind, each});
        }
    }
    for (std::size_t each = events.size(); each > 1; --each)
        std::swap(events[each - 1], events[static_cast<std::size_t>(draws.below(static_cast<std::int64_t>(each)))]);
    std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.time < b.time; });
    for (std::size_t each = 0; each < events.size(); ++each)
        for (std::size_t later = each + 1; later < events.size(); ++later)
            if (events[later].which == events[each].which && events[later].kind == Event::Kind::invoke)
                std::swap(events[each], events[later]);
    return events;
}

// What was known after some events: what has not returned is unknown, what was refused never was.
template <models::Model M>
std::vector<models::Operation<M>> known_after(const std::vector<models::Operation<M>>& operations,
                                              const std::vector<Event>& events, std::size_t count) {
    std::vector<std::optional<models::Operation<M>>> known(operations.size());
    for (std::size_t each = 0; each < count; ++each) {
        auto& operation = known[events[each].which];
        if (events[each].kind == Event::Kind::invoke) {
            operation = operations[events[each].which];
            operation->result.reset();
        }
        if (events[each].kind == Event::Kind::ok) operation = operations[events[each].which];
        if (events[each].kind == Event::Kind::fail) operation.reset();
    }
    std::vector<models::Operation<M>> result;
    for (const auto& each : known)
        if (each) result.push_back(*each);
    return result;
}

template <models::Model M>
bool tell(Online& online, const models::Operation<M>& operation, const Event& event) {
    const auto process = static_cast<std::int64_t>(event.which);
    switch (event.kind) {
    case Event::Kind::invoke:
        online.invoke(process, models::to_words<M>(operation.operation), event.time);
        return true;
    case Event::Kind::ok:
        return online.ok(process, models::result_value<M>(operation.operation, *operation.result), event.time);
    case Event::Kind::info:
        return online.info(process, event.time);
    case Event::Kind::fail:
        return online.fail(process, event.time);
    }
    return false;
}

// Objects at the very end of the first prefix that is impossible, and not before.
template <models::Model M>
bool agrees_with_permutations(Draws& draws, std::int64_t count_max, bool unique) {
    auto operations = any_history<M>(draws, count_max, unique);
    for (auto& each : operations) // what a client is told has to survive the way through a history
        if (each.result)
            each.result = models::to_result<M>(each.operation, models::result_value<M>(each.operation, *each.result));
    const std::vector<Event> events = events_of<M>(draws, operations);
    const models::TypedLanguage<M> language;
    Online online(language);
    for (std::size_t each = 0; each < events.size(); ++each) {
        const bool legal = tell<M>(online, operations[events[each].which], events[each]);
        if (online.gave_up() > 0) return false;
        if (legal != linearizable_by_permutation<M>(known_after<M>(operations, events, each + 1))) return false;
        if (!legal) return true;
    }
    return true;
}

template <models::Model M>
void many_agree(bool unique) {
    Draws draws(static_cast<std::uint64_t>(*rc::gen::arbitrary<std::uint32_t>()));
    for (int each = 0; each < 200; ++each) RC_ASSERT(agrees_with_permutations<M>(draws, each % 4 == 0 ? 6 : 5, unique));
}

RC_GTEST_PROP(Online, OfACasRegisterObjectsExactlyWhereNoOrderIsLeft, ()) { many_agree<models::CasRegister>(false); }
RC_GTEST_PROP(Online, OfARegisterWithUniqueValuesDoesToo, ()) { many_agree<models::Register>(true); }
RC_GTEST_PROP(Online, OfAKeyValueStoreDoesToo, ()) { many_agree<models::Kv>(false); }
RC_GTEST_PROP(Online, OfAQueueDoesToo, ()) { many_agree<models::Queue>(false); }
RC_GTEST_PROP(Online, OfASetDoesToo, ()) { many_agree<models::Set>(false); }

class OfARegister : public testing::Test {
protected:
    models::TypedLanguage<models::Register> language;
    sim::WorldTime time{};

    sim::WorldTime later() { return time = time + sim::Duration{10}; }
    void invoke(Online& online, std::int64_t process, const std::string& f, Value argument = {}) {
        online.invoke(process, {f, {}, std::move(argument)}, later());
    }
};

TEST_F(OfARegister, KeysAreJudgedApart) {
    const models::TypedLanguage<models::Kv> keyed;
    Online online(keyed);
    online.invoke(1, {"put", "a", "1"}, later());
    online.invoke(2, {"put", "b", "2"}, later());
    EXPECT_TRUE(online.ok(1, {}, later()));
    EXPECT_TRUE(online.ok(2, {}, later()));
    online.invoke(1, {"get", "b", {}}, later());
    EXPECT_TRUE(online.ok(1, "2", later()));
    online.invoke(1, {"get", "a", {}}, later());
    EXPECT_FALSE(online.ok(1, "2", later()));
}

TEST_F(OfARegister, LagsBeyondItsCapAndObjectsToNothing) {
    const models::TypedLanguage<models::CasRegister> swaps;
    Online online(swaps, {}, 20);
    for (int process = 0; process < 8; ++process) invoke(online, process, "cas", Value::List{process, process + 1});
    for (int process = 0; process < 8; ++process) EXPECT_TRUE(online.ok(process, false, later()));
    EXPECT_EQ(online.gave_up(), 1u);
    invoke(online, 1, "read");
    EXPECT_TRUE(online.ok(1, 99, later()));
}

// Each state of a set holds all that was added before.
TEST_F(OfARegister, AKeyThatTakesTheLastOfTheMemoryIsLeftToOthers) {
    const models::TypedLanguage<models::Set> sets;
    Online online(sets, {}, Frontier::configurations_standard, 100'000);
    Online with_more(sets);
    for (Online* each : {&online, &with_more}) {
        invoke(*each, 2, "add", -1); // under way all the time
        for (int element = 0; element < 100; ++element) {
            invoke(*each, 1, "add", element);
            EXPECT_TRUE(each->ok(1, {}, later()));
        }
    }
    EXPECT_EQ(with_more.gave_up(), 0u);
    EXPECT_EQ(online.gave_up(), 1u);
    EXPECT_EQ(online.remembered(), 0u);
    invoke(with_more, 1, "contains", 1000);
    EXPECT_FALSE(with_more.ok(1, true, later()));
    invoke(online, 1, "contains", 1000);
    EXPECT_TRUE(online.ok(1, true, later()));
    EXPECT_TRUE(online.ok(2, {}, later()));
    EXPECT_EQ(online.unknown(), 0u);
}

TEST_F(OfARegister, WhatTheModelDoesNotHaveIsLeftToOthers) {
    Online online(language);
    invoke(online, 1, "jump", 3);
    EXPECT_TRUE(online.ok(1, {}, later()));
    invoke(online, 1, "read");
    EXPECT_TRUE(online.ok(1, "text", later()));
    EXPECT_EQ(online.gave_up(), 0u);
}

// The read began before the write, so it may have been answered between an unknown write and that one.
TEST_F(OfARegister, AnUnknownWriteIsSpentForAReadThatIsStillUnderWay) {
    Online online(language);
    invoke(online, 1, "write", 5);
    EXPECT_TRUE(online.info(1, later()));
    invoke(online, 2, "read");
    invoke(online, 3, "write", 7);
    EXPECT_TRUE(online.ok(3, {}, later()));
    EXPECT_TRUE(online.ok(2, 5, later()));
    invoke(online, 2, "read");
    EXPECT_TRUE(online.ok(2, 7, later()));
}

// Both reads saw a write that came just before another one, and nobody can have seen it since.
TEST_F(OfARegister, WhatOneReadSawAtAGapOthersMayHaveSeenThereToo) {
    Online online(language);
    invoke(online, 1, "write", 5);
    invoke(online, 2, "read");
    invoke(online, 3, "read");
    invoke(online, 4, "write", 7);
    EXPECT_TRUE(online.ok(4, {}, later()));
    EXPECT_TRUE(online.ok(2, 5, later()));
    EXPECT_TRUE(online.ok(3, 5, later()));
    invoke(online, 2, "read");
    EXPECT_TRUE(online.ok(2, 7, later()));
    EXPECT_TRUE(online.ok(1, {}, later()));
}

// All keys of an etcd share a revision.
TEST_F(OfARegister, KeysThatHangTogetherAreJudgedTogether) {
    const models::TypedLanguage<models::Etcd> etcd;
    Online online(etcd);
    online.invoke(1, {"put", "a", "x"}, later());
    EXPECT_TRUE(online.ok(1, 2, later()));
    online.invoke(1, {"put", "b", "x"}, later());
    EXPECT_FALSE(online.ok(1, 2, later()));
}

// Twenty crashed writers do not make it wide: each way spends as few of them as it must.
TEST_F(OfARegister, UnknownWritesAreSpentOnlyWhereTheyAreSeen) {
    Online online(language);
    for (int process = 0; process < 20; ++process) {
        invoke(online, process, "write", process % 10);
        EXPECT_TRUE(online.info(process, later()));
    }
    for (int value = 0; value < 10; ++value) {
        invoke(online, 100, "read");
        EXPECT_TRUE(online.ok(100, value, later()));
    }
    for (int value = 0; value < 10; ++value) {
        invoke(online, 100, "read");
        EXPECT_TRUE(online.ok(100, value, later()));
    }
    EXPECT_EQ(online.gave_up(), 0u);
    invoke(online, 100, "read");
    EXPECT_FALSE(online.ok(100, 0, later()));
}

// Those who list a set while others add to it may have seen any of its states: that is no way of its own.
TEST(Frontier, OfASetThatIsListedMeanwhileStandsInOneWay) {
    models::TypedLive<models::Set> live({});
    Frontier frontier(live);
    const std::uint32_t lists = *live.operation({"read", {}, {}});
    for (std::int64_t i = 0; i < 6; ++i) (void)frontier.invoke(lists, {i});
    for (std::int64_t i = 0; i < 6; ++i) {
        const std::uint32_t adds = *live.operation({"add", {}, Value(i)});
        const Frontier::Place place = frontier.invoke(adds, {10 + 2 * i});
        EXPECT_EQ(frontier.ok(place, *live.result(adds, {}), {11 + 2 * i}), Frontier::Standing::legal);
        EXPECT_EQ(frontier.configurations(), 1u);
    }
}

} // namespace
} // namespace orrery::reports::judges::linearizable
