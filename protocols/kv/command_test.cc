// Commands and results as bytes: they travel, and they lie in the log.
#include "orrery/protocols/kv/command.h"

#include "orrery/protocols/messages_test.h"

namespace orrery::kv {
namespace {

std::optional<std::string> draw_maybe() {
    if (*rc::gen::arbitrary<bool>()) return std::nullopt;
    return *rc::gen::arbitrary<std::string>();
}

Command draw_command() {
    using Kind = Operation::Kind;
    Command command;
    command.session = *rc::gen::arbitrary<std::uint64_t>();
    command.sequence = *rc::gen::arbitrary<std::uint64_t>();
    command.operation.kind = *rc::gen::element(Kind::get, Kind::put, Kind::remove, Kind::append, Kind::cas);
    command.operation.key = *rc::gen::arbitrary<std::string>();
    command.operation.value = *rc::gen::arbitrary<std::string>();
    command.operation.from = draw_maybe();
    command.time = sim::Duration(*rc::gen::arbitrary<std::int64_t>());
    return command;
}
bool same(const Command& a, const Command& b) {
    const auto& [session, sequence, operation, time] = a;
    const auto& [kind, key, value, from] = operation;
    return session == b.session && sequence == b.sequence && time == b.time && kind == b.operation.kind &&
           key == b.operation.key && value == b.operation.value && from == b.operation.from;
}

Result draw_result() {
    Result result;
    result.value = draw_maybe();
    result.swapped = *rc::gen::arbitrary<bool>();
    result.forgotten = *rc::gen::arbitrary<bool>();
    return result;
}
bool same(const Result& a, const Result& b) {
    const auto& [value, swapped, forgotten] = a;
    return value == b.value && swapped == b.swapped && forgotten == b.forgotten;
}

Transaction draw_transaction() {
    Transaction transaction;
    for (std::vector<Operation>* operations : {&transaction.then, &transaction.otherwise}) {
        const int count = *rc::gen::inRange(0, 3);
        for (int i = 0; i < count; ++i) operations->push_back(draw_command().operation);
    }
    const int count = *rc::gen::inRange(0, 3);
    for (int i = 0; i < count; ++i) transaction.compare.push_back({*rc::gen::arbitrary<std::string>(), draw_maybe()});
    return transaction;
}
bool same(const Transaction& a, const Transaction& b) {
    const auto same_operations = [](const std::vector<Operation>& one, const std::vector<Operation>& other) {
        return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                          [](const Operation& x, const Operation& y) {
                              return same({0, 0, x}, {0, 0, y});
                          });
    };
    const auto same_comparison = [](const Comparison& x, const Comparison& y) {
        return x.key == y.key && x.value == y.value;
    };
    return same_operations(a.then, b.then) && same_operations(a.otherwise, b.otherwise) &&
           std::equal(a.compare.begin(), a.compare.end(), b.compare.begin(), b.compare.end(), same_comparison);
}

RC_GTEST_PROP(Messages, ATransactionTravelsWithinAnOperation, ()) {
    const Transaction transaction = draw_transaction();
    Operation operation = operation_of(transaction);
    const std::optional<Transaction> back = transaction_of(operation);
    RC_ASSERT(back.has_value());
    RC_ASSERT(same(*back, transaction));
    Transaction around = draw_transaction();
    (*rc::gen::arbitrary<bool>() ? around.then : around.otherwise).push_back(operation);
    RC_ASSERT(!transaction_of(operation_of(around)).has_value()); // none within another
    operation.value.pop_back();
    RC_ASSERT(!transaction_of(operation).has_value());
}

RC_GTEST_PROP(Messages, ComeBackAsTheyWere, ()) {
    expect_comes_back(draw_command(), [](const Command& a, const Command& b) { return same(a, b); });
    expect_comes_back(draw_result(), [](const Result& a, const Result& b) { return same(a, b); });
    expect_comes_back(draw_transaction(), [](const Transaction& a, const Transaction& b) { return same(a, b); });
}

RC_GTEST_PROP(Messages, AreRefusedUnlessWhole, ()) {
    expect_refused_unless_whole(draw_command());
    expect_refused_unless_whole(draw_result());
    expect_refused_unless_whole(draw_transaction());
}

RC_GTEST_PROP(Messages, HaveOneSpelling, ()) {
    expect_no_other_spelling(draw_command());
    expect_no_other_spelling(draw_result());
    expect_no_other_spelling(draw_transaction());
}

} // namespace
} // namespace orrery::kv
