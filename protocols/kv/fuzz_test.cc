// Damaged commands, results, transactions and snapshots of the store.
#include "orrery/protocols/damaged_bytes_test.h"
#include "orrery/protocols/kv/store.h"

namespace orrery::kv {
namespace {

std::optional<std::string> any_value(Damage& damage) {
    if (damage.below(3) == 0) return std::nullopt;
    return damage.text();
}

Operation any_operation(Damage& damage, bool may_transact = true) {
    Operation operation;
    operation.kind = static_cast<Operation::Kind>(damage.below(may_transact ? 6 : 5));
    operation.key = std::string(1, static_cast<char>('a' + damage.below(3)));
    operation.value = damage.text();
    operation.from = any_value(damage);
    if (operation.kind != Operation::Kind::transact) return operation;
    Transaction transaction;
    for (std::uint64_t more = damage.below(3); more > 0; --more)
        transaction.compare.push_back({operation.key, any_value(damage)});
    for (std::uint64_t more = damage.below(3); more > 0; --more)
        transaction.then.push_back(any_operation(damage, false));
    for (std::uint64_t more = damage.below(3); more > 0; --more)
        transaction.otherwise.push_back(any_operation(damage, false));
    return operation_of(transaction);
}

Command any_command(Damage& damage) {
    Command command;
    command.session = damage.below(3);
    command.sequence = 1 + damage.below(4);
    command.operation = any_operation(damage);
    command.time = sim::Duration(static_cast<std::int64_t>(damage.number() >> 2));
    return command;
}

template <class T>
std::optional<sim::Bytes> again(sim::ByteView bytes) {
    const std::optional<T> value = sim::decode<T>(bytes);
    return value ? std::optional(sim::encode(*value)) : std::nullopt;
}

TEST(Fuzzed, AnyCommandOrResultIsOneOrNone) {
    expect_values_or_nothing([](Damage& damage) { return sim::encode(any_command(damage)); }, again<Command>);
    expect_values_or_nothing(
        [](Damage& damage) {
            return sim::encode(Result{any_value(damage), damage.below(2) == 0, damage.below(2) == 0});
        },
        again<Result>);
}

// What a client calls a transaction is one, or the service refuses it: the machine executes what is left.
TEST(Fuzzed, AnyTransactionIsExecutedOrRefused) {
    std::uint64_t executed = 0;
    std::uint64_t refused = 0;
    Store store;
    for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
        Damage damage(seed);
        Command command = any_command(damage);
        command.session = seed;
        command.sequence = 1;
        command.time = {};
        if (command.operation.kind != Operation::Kind::transact) continue;
        for (std::uint64_t edits = damage.below(3); edits > 0; --edits) damage.edit(command.operation.value);
        const bool is_one = transaction_of(command.operation).has_value();
        (is_one ? executed : refused) += 1;
        if (is_one) (void)store.apply(seed + 1, sim::encode(command));
    }
    EXPECT_GT(executed, 500u);
    EXPECT_GT(refused, 500u);
}

// A member that is broken, or somebody who speaks in its name, may bring anything into the log.
TEST(Fuzzed, AnyBytesAreExecutedTheSameWayEverywhere) {
    Store one;
    Store other;
    std::uint64_t results = 0;
    for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
        Damage damage(seed);
        std::string bytes = damage.below(4) == 0 ? damage.text() : std::string(sim::encode(any_command(damage)).text());
        for (std::uint64_t edits = damage.below(3); edits > 0; --edits) damage.edit(bytes);
        const sim::Bytes result = one.apply(seed + 1, sim::view_of(bytes));
        results += !result.empty();
        ASSERT_EQ(result.text(), other.apply(seed + 1, sim::view_of(bytes)).text()) << seed;
    }
    EXPECT_GT(results, 5'000u);
    EXPECT_EQ(one.snapshot().text(), other.snapshot().text());
}

TEST(Fuzzed, AnySnapshotIsRestoredAndWrittenTheSameWayOrRefused) {
    expect_values_or_nothing(
        [](Damage& damage) {
            Store store;
            const std::uint64_t count = damage.below(6);
            for (std::uint64_t index = 1; index <= count; ++index)
                (void)store.apply(index, sim::encode(any_command(damage)));
            return store.snapshot();
        },
        [](sim::ByteView bytes) -> std::optional<sim::Bytes> {
            Store store;
            if (!store.restore(bytes)) return std::nullopt;
            sim::Bytes snapshot = store.snapshot();
            for (std::uint64_t session = 0; session < 3; ++session) { // and the machine goes on from there
                if (store.applied() == UINT64_MAX) break;
                Command command;
                command.session = session;
                command.sequence = 9;
                command.operation = Operation::append("a", "x");
                (void)store.apply(store.applied() + 1, sim::encode(command));
                (void)store.done(command);
            }
            return snapshot;
        });
}

} // namespace
} // namespace orrery::kv
