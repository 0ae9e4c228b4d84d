// The store against a plain map, and what a session promises: once, up to a bound.
#include "orrery/protocols/kv/store.h"

#include <gtest/gtest.h>

#include <algorithm>

#include <rapidcheck/gtest.h>

namespace orrery::kv {
namespace {

using Kind = Operation::Kind;

class Applied {
public:
    Result run(const Command& command) {
        const auto result = sim::decode<Result>(store.apply(++index_, sim::encode(command)));
        CHECK(result.has_value());
        return *result;
    }
    Store store;

private:
    replication::Index index_ = 0;
};

Command append(std::uint64_t session, std::uint64_t sequence, std::string value) {
    return {session, sequence, {Kind::append, "k", std::move(value), {}}};
}
std::optional<std::string> value_of(const Store& store) { return store.read({Kind::get, "k", {}, {}}).value; }

using Map = std::map<std::string, std::string>;

std::optional<std::string> find(const Map& map, const std::string& key) {
    const auto found = map.find(key);
    return found == map.end() ? std::nullopt : std::optional(found->second);
}

// What the operation says and does, in the simplest way.
Result model(Map& map, const Operation& operation) {
    const std::optional<std::string> before = find(map, operation.key);
    if (operation.kind == Kind::get) return {before, false};
    if (operation.kind == Kind::remove) {
        map.erase(operation.key);
        return {};
    }
    if (operation.kind == Kind::cas && before != operation.from) return {};
    map[operation.key] = (operation.kind == Kind::append ? before.value_or("") : "") + operation.value;
    return {std::nullopt, operation.kind == Kind::cas};
}

Operation draw_operation() {
    const auto text = [](const char* first, const char* second, const char* third) {
        return *rc::gen::elementOf(std::vector<std::string>{first, second, third});
    };
    Operation operation;
    operation.kind = static_cast<Kind>(*rc::gen::inRange(0, 5));
    operation.key = text("a", "b", "c");
    operation.value = text("1", "2", "");
    if (*rc::gen::arbitrary<bool>()) operation.from = text("1", "2", "11");
    return operation;
}

// Commands of a few sessions, each repeated now and then: also one that others have followed.
RC_GTEST_PROP(Store, DoesEachCommandOnceAndAnswersTheLastOfASessionAgain, ()) {
    Applied applied;
    Map map;
    std::map<std::uint64_t, std::pair<Command, Result>> last;
    const int steps = *rc::gen::inRange(0, 60);
    for (int i = 0; i < steps; ++i) {
        const auto session = *rc::gen::inRange<std::uint64_t>(1, 4);
        if (last.contains(session) && *rc::gen::inRange(0, 3) == 0) {
            const auto& [command, result] = last.at(session);
            const std::optional<Result> done = applied.store.done(command);
            RC_ASSERT(done.has_value());
            RC_ASSERT(sim::encode(*done).view().size() == sim::encode(result).view().size());
            const Result again = applied.run(command);
            RC_ASSERT(again.value == result.value);
            RC_ASSERT(again.swapped == result.swapped);
            continue;
        }
        const std::uint64_t sequence = last.contains(session) ? last.at(session).first.sequence + 1 : 1;
        const Command command{session, sequence, draw_operation()};
        RC_ASSERT(!applied.store.done(command).has_value());
        const Result expected = model(map, command.operation);
        const Result result = applied.run(command);
        RC_ASSERT(result.value == expected.value);
        RC_ASSERT(result.swapped == expected.swapped);
        last[session] = {command, result};
    }
    for (const char* key : {"a", "b", "c"})
        RC_ASSERT(applied.store.read({Kind::get, key, {}, {}}).value == find(map, key));
}

Transaction draw_small_transaction() {
    const auto draw_operations = [](std::vector<Operation>& operations) {
        const int count = *rc::gen::inRange(0, 4);
        for (int i = 0; i < count; ++i) operations.push_back(draw_operation());
    };
    Transaction transaction;
    const int compared = *rc::gen::inRange(0, 3);
    for (int i = 0; i < compared; ++i) {
        const Operation operation = draw_operation();
        transaction.compare.push_back({operation.key, operation.from});
    }
    draw_operations(transaction.then);
    draw_operations(transaction.otherwise);
    return transaction;
}

RC_GTEST_PROP(Store, DoesOneBranchOfATransactionAsItsComparisonsSay, ()) {
    Applied applied;
    Map map;
    const auto steps = *rc::gen::inRange<std::uint64_t>(0, 20);
    for (std::uint64_t step = 1; step <= steps; ++step) {
        const Transaction transaction = draw_small_transaction();
        const bool held = std::all_of(transaction.compare.begin(), transaction.compare.end(),
                                      [&](const Comparison& each) { return find(map, each.key) == each.value; });
        std::vector<Result> expected;
        for (const Operation& each : held ? transaction.then : transaction.otherwise)
            expected.push_back(model(map, each));
        RC_ASSERT(applied.store.holds(transaction) == held);
        const Result result = applied.run({1, step, operation_of(transaction)});
        RC_ASSERT(result.swapped == held);
        RC_ASSERT(result.value == std::string(sim::encode(expected).text()));
    }
    for (const char* key : {"a", "b", "c"})
        RC_ASSERT(applied.store.read({Kind::get, key, {}, {}}).value == find(map, key));
}

TEST(Store, RestoredFromASnapshotGoesOnAsTheOneThatMadeIt) {
    Applied applied;
    (void)applied.run(append(1, 1, "first "));
    (void)applied.run(append(2, 1, "second "));
    Applied other;
    EXPECT_TRUE(other.store.restore(applied.store.snapshot()));
    EXPECT_EQ(value_of(other.store), "first second ");
    EXPECT_EQ(other.store.applied(), 2u);
    EXPECT_TRUE(other.store.done(append(2, 1, "second ")).has_value()); // its sessions came too
    EXPECT_FALSE(other.store.restore(sim::Bytes(std::string_view("no snapshot"))));
    EXPECT_EQ(value_of(other.store), "first second ");
}

TEST(Store, ACommandOlderThanTheLastOfItsSessionIsNotDone) {
    Applied applied;
    (void)applied.run(append(1, 1, "first "));
    (void)applied.run(append(1, 3, "new "));
    EXPECT_TRUE(applied.run(append(1, 2, "old ")).forgotten);
    EXPECT_EQ(value_of(applied.store), "first new ");
    EXPECT_FALSE(applied.store.done(append(1, 2, "old ")).has_value());
}

TEST(Store, ACommandOfASessionThatIsNotKnownIsNotDone) {
    Applied applied;
    EXPECT_TRUE(applied.run(append(1, 2, "x")).forgotten);
    EXPECT_EQ(value_of(applied.store), std::nullopt);
}

TEST(Store, IsNewEnoughForAClientThatKnowsNoMoreThanIsApplied) {
    Applied applied;
    EXPECT_TRUE(applied.store.is_new_enough({"k", 0, 7, 0}));
    EXPECT_FALSE(applied.store.is_new_enough({"k", 0, 7, 1})); // its own write is not here yet
    EXPECT_FALSE(applied.store.is_new_enough({"k", 1, 7, 0})); // it was shown a later state
    (void)applied.run(append(7, 1, "mine "));
    EXPECT_TRUE(applied.store.is_new_enough({"k", applied.store.applied(), 7, 1}));
    EXPECT_FALSE(applied.store.is_new_enough({"k", applied.store.applied() + 1, 7, 1}));
    EXPECT_FALSE(applied.store.is_new_enough({"k", 0, 7, 2}));
    EXPECT_FALSE(applied.store.is_new_enough({"k", 0, 8, 1})); // of another client nothing is applied
}

} // namespace
} // namespace orrery::kv
