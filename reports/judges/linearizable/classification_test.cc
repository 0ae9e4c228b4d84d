#include "orrery/reports/judges/linearizable/classification.h"

#include <gtest/gtest.h>

#include "orrery/reports/judges/judge.h"
#include "orrery/reports/models/cas_register.h"
#include "orrery/reports/models/kv.h"

namespace orrery::reports::judges::linearizable {
namespace {

using models::CasRegister;
using models::Kv;

models::Operation<CasRegister> write(std::int64_t value, std::int64_t from, std::int64_t to) {
    return {CasRegister::Operation::write(value), CasRegister::Result{}, {from}, {to}, from};
}
models::Operation<CasRegister> read(std::optional<std::int64_t> value, std::int64_t from, std::int64_t to) {
    return {CasRegister::Operation::read(), CasRegister::Result{value, false}, {from}, {to}, from};
}
models::Operation<Kv> told(Kv::Operation operation, std::int64_t at, std::optional<std::string> value = {}) {
    return {std::move(operation), Kv::Result{std::move(value), false}, {at}, {at + 1}, at};
}

template <models::Model M>
std::string kind_of(std::vector<models::Operation<M>> operations) {
    const Verdict verdict = judge<M>(std::move(operations));
    return verdict.violated() ? std::string(name(verdict.counterexample->kind)) : std::string(name(verdict.outcome));
}

TEST(Violation, IsAValueFromNowhereIfNobodyWroteIt) {
    EXPECT_EQ(kind_of<CasRegister>({write(1, 0, 1), read(2, 2, 3)}), "value from nowhere");
}

TEST(Violation, IsAFutureReadIfItWasWrittenLater) {
    EXPECT_EQ(kind_of<CasRegister>({read(1, 0, 1), write(1, 2, 3)}), "future read");
}

TEST(Violation, IsAStaleReadIfTheNewerValueWasSeen) {
    EXPECT_EQ(kind_of<CasRegister>({write(1, 0, 1), write(2, 2, 3), read(2, 4, 5), read(1, 6, 7)}), "stale read");
    EXPECT_EQ(kind_of<CasRegister>({write(1, 0, 1), read(1, 2, 3), read({}, 4, 5)}), "stale read");
    // Both writes concurrent: only the reads order them.
    EXPECT_EQ(kind_of<CasRegister>({write(1, 0, 9), write(2, 0, 9), read(2, 10, 11), read(1, 12, 13), read(2, 14, 15)}),
              "stale read");
}

TEST(Violation, IsALostWriteIfNobodyEverSawIt) {
    EXPECT_EQ(kind_of<CasRegister>({write(1, 0, 1), write(2, 2, 3), read(1, 4, 5)}), "lost write");
    EXPECT_EQ(kind_of<CasRegister>({write(1, 0, 1), read({}, 4, 5)}), "lost write");
}

TEST(Violation, IsAnEffectTwiceIfAnOverwrittenValueComesBackToStay) {
    EXPECT_EQ(kind_of<CasRegister>({write(1, 0, 1), write(2, 2, 3), read(2, 4, 5), read(1, 6, 7), read(1, 8, 9)}),
              "effect twice");
}

TEST(Violation, IsABrokenCompareAndSwapIfTheComparisonIsWrong) {
    const models::Operation<CasRegister> swapped{
        CasRegister::Operation::cas(3, 4), CasRegister::Result{{}, true}, {4}, {5}, 4};
    const models::Operation<CasRegister> unequal{CasRegister::Operation::cas(1, 4), CasRegister::Result{}, {4}, {5}, 4};
    EXPECT_EQ(kind_of<CasRegister>({write(1, 0, 1), swapped}), "broken compare-and-swap");
    EXPECT_EQ(kind_of<CasRegister>({write(1, 0, 1), unequal}), "broken compare-and-swap");
}

TEST(Violation, OfAppendsIsTwiceLostOrOther) {
    using Operation = Kv::Operation;
    const auto first = told(Operation::append("k", "a."), 0);
    const auto second = told(Operation::append("k", "b."), 2);
    EXPECT_EQ(kind_of<Kv>({first, second, told(Operation::get("k"), 4, "a.b.")}), "passed");
    EXPECT_EQ(kind_of<Kv>({first, second, told(Operation::get("k"), 4, "a.b.a.")}), "effect twice");
    EXPECT_EQ(kind_of<Kv>({first, second, told(Operation::get("k"), 4, "a.")}), "lost write");
    EXPECT_EQ(kind_of<Kv>({first, second, told(Operation::get("k"), 4, "b.a.")}), "other");
}

TEST(Violation, HasARuleInFixedWords) {
    EXPECT_EQ(rule_of(ViolationClass::stale_read), "a read returns nothing that was overwritten before it began");
    EXPECT_EQ(rule_of(ViolationClass::other), "the results are those of one client at a time");
}

} // namespace
} // namespace orrery::reports::judges::linearizable
