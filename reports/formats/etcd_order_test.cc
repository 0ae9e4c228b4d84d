// Each rule by which a request gets its place, in the smallest run that needs it.
#include "orrery/reports/formats/etcd_order.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace orrery::reports::formats {
namespace {

struct Times {
    std::int64_t call = 0;
    std::int64_t end = 0;
};

Value put_step(const char* key, const char* value, std::int64_t lease) { return Value::List{"put", key, value, lease}; }
Value delete_step(const char* key) { return Value::List{"delete", key}; }

// Requests in the order in which they are added; without a revision nobody answered them.
class EtcdOrders : public testing::Test {
protected:
    using Kind = EtcdRequest::Kind;

    std::size_t grant(std::int64_t lease, Times times, std::int64_t revision = 0) {
        return add(Kind::grant, lease, times, revision);
    }
    std::size_t revoke(std::int64_t lease, Times times, std::int64_t revision = 0) {
        return add(Kind::revoke, lease, times, revision);
    }
    std::size_t range(Times times, std::int64_t revision) {
        return add(Kind::range, Value::List{"a", "z", 0}, times, revision);
    }
    // `answers` to its steps: nil, or how many keys were deleted.
    std::size_t txn(Value::List steps, Times times, std::int64_t revision = 0, Value::List answers = {Value()}) {
        bool changed = false;
        for (std::size_t each = 0; revision > 0 && each < steps.size(); ++each) {
            const Value::List& step = steps[each].list();
            changed = changed || answers[each] == Value(1) || (step[0] == Value("put") && step[3] == Value(0));
        }
        const Value none = Value::List{};
        const std::size_t place = add(Kind::txn, Value::List{none, std::move(steps), none}, times, revision);
        requests_[place].changed = changed;
        requests_[place].result = Value::List{revision, false, std::move(answers)};
        return place;
    }
    std::size_t put(const char* key, const char* value, std::int64_t lease, Times times, std::int64_t revision = 0) {
        Value::List steps;
        steps.push_back(put_step(key, value, lease));
        return txn(std::move(steps), times, revision);
    }
    std::size_t erase(const char* key, Times times, std::int64_t revision = 0, int deleted = 1) {
        Value::List steps;
        steps.push_back(delete_step(key));
        return txn(std::move(steps), times, revision, {Value(deleted)});
    }
    // If the key was last changed at that revision.
    std::size_t erase_if(const char* key, std::int64_t changed, Times times) {
        return add(Kind::txn, compared(key, changed, delete_step(key)), times, 0);
    }
    // Answered that the key was not last changed at that revision.
    std::size_t put_if(const char* key, const char* value, std::int64_t changed, Times times, std::int64_t revision) {
        const std::size_t place = add(Kind::txn, compared(key, changed, put_step(key, value, 0)), times, revision);
        requests_[place].result = Value::List{revision, true, Value::List{}};
        return place;
    }
    void show_put(std::int64_t revision, const char* key, const char* value) {
        shown_.push_back({revision, {true, key, value}});
    }
    void show_delete(std::int64_t revision, const char* key) { shown_.push_back({revision, {false, key, {}}}); }

    // A key k with the lease 7, which was granted: revision 2.
    void leased_key() {
        grant(7, {1, 2}, 1);
        put("k", "1", 7, {3, 4}, 2);
        show_put(2, "k", "1");
    }
    // Those that have a place, in their order.
    std::vector<std::size_t> order() {
        EtcdOrder(requests_, shown_).find();
        std::vector<std::pair<std::int64_t, std::size_t>> placed;
        for (std::size_t each = 0; each < requests_.size(); ++each)
            if (requests_[each].order) placed.emplace_back(*requests_[each].order, each);
        std::sort(placed.begin(), placed.end());
        std::vector<std::size_t> order;
        for (const auto& [at, each] : placed) order.push_back(each);
        return order;
    }

private:
    static Value compared(const char* key, std::int64_t changed, Value step) {
        Value::List conditions;
        conditions.push_back(Value::List{key, changed, 0});
        Value::List steps;
        steps.push_back(std::move(step));
        return Value::List{std::move(conditions), std::move(steps), Value::List{}};
    }
    std::size_t add(Kind kind, Value argument, Times times, std::int64_t revision) {
        EtcdRequest request;
        request.kind = kind;
        request.argument = std::move(argument);
        request.call = times.call;
        request.end = times.end;
        request.revision = revision;
        if (revision > 0) request.outcome = Entry::Type::ok;
        requests_.push_back(std::move(request));
        return requests_.size() - 1;
    }

    EtcdRequests requests_;
    std::vector<EtcdShown> shown_;
};
using Order = std::vector<std::size_t>;

TEST_F(EtcdOrders, FollowRevisionsThenCalls) {
    range({5, 9}, 2);
    put("k", "1", 0, {6, 9}, 2);
    range({1, 9}, 1);
    range({4, 9}, 2);
    EXPECT_EQ(order(), (Order{2, 1, 3, 0})); // who made the revision comes first
}

TEST_F(EtcdOrders, LetHimWhoCertainlyChangedSomethingMakeTheRevision) {
    leased_key();
    const std::size_t revoked = revoke(7, {5, 9}, 3);
    const std::size_t deleted = erase("k", {6, 9}, 3);
    show_delete(3, "k");
    EXPECT_EQ(order(), (Order{0, 1, deleted, revoked}));
}

TEST_F(EtcdOrders, LetNobodyMakeARevisionWhoBeganAfterItWasSeen) {
    leased_key();
    const std::size_t lost = revoke(7, {5, 6});
    const std::size_t seen = range({10, 20}, 3);
    const std::size_t late = revoke(7, {30, 40}, 3);
    show_delete(3, "k");
    EXPECT_EQ(order(), (Order{0, 1, lost, seen, late}));
}

TEST_F(EtcdOrders, TakeAnUnknownRevokeBeforeADeleteThatMayStillCome) {
    leased_key();
    const std::size_t deleted = erase("k", {5, 6});
    const std::size_t revoked = revoke(7, {7, 8});
    const std::size_t again = put("k", "2", 0, {10, 20}, 4);
    show_delete(3, "k");
    show_put(4, "k", "2");
    show_delete(5, "k");
    EXPECT_EQ(order(), (Order{0, 1, revoked, again, deleted}));
}

TEST_F(EtcdOrders, TakeTheDeleteIfALaterPutFindsTheLease) {
    leased_key();
    const std::size_t deleted = erase("k", {5, 6});
    revoke(7, {7, 8});
    const std::size_t later = put("l", "2", 7, {10, 20}, 4);
    show_delete(3, "k");
    show_put(4, "l", "2");
    EXPECT_EQ(order(), (Order{0, 1, deleted, later}));
}

TEST_F(EtcdOrders, TakeWhatMakesAllThatWasShownAndNothingElse) {
    Value::List both;
    for (const char* key : {"k", "l"}) both.push_back(put_step(key, "1", 0));
    txn(both, {1, 2});
    const std::size_t one = put("l", "1", 0, {3, 4});
    show_put(2, "l", "1");
    EXPECT_EQ(order(), Order{one});
}

TEST_F(EtcdOrders, TakeTheEarliestUnknownRequestWhereNothingWasShown) {
    const std::size_t first = put("k", "1", 0, {1, 2});
    put("k", "2", 0, {3, 4});
    const std::size_t seen = range({10, 20}, 2);
    EXPECT_EQ(order(), (Order{first, seen}));
}

TEST_F(EtcdOrders, TakeNoUnknownRequestThatBeganAfterItsRevisionWasSeen) {
    put("k", "1", 0, {21, 22});
    const std::size_t seen = range({10, 20}, 2);
    EXPECT_EQ(order(), Order{seen});
}

TEST_F(EtcdOrders, LetAnUnknownGrantTakeEffectJustBeforeThePutThatFindsIt) {
    const std::size_t granted = grant(7, {1, 2});
    const std::size_t missed = put("k", "1", 7, {3, 4}, 1);
    const std::size_t found = put("k", "2", 7, {5, 6}, 2);
    show_put(2, "k", "2");
    EXPECT_EQ(order(), (Order{missed, granted, found}));
}

TEST_F(EtcdOrders, LetAnUnknownRevokeTakeEffectJustBeforeThePutThatMissesIt) {
    const std::size_t granted = grant(7, {1, 2}, 1);
    const std::size_t revoked = revoke(7, {3, 4});
    const std::size_t missed = put("k", "1", 7, {5, 6}, 1);
    EXPECT_EQ(order(), (Order{granted, revoked, missed}));
}

TEST_F(EtcdOrders, LetAPutMissOneLeaseAndFindAnother) {
    const std::size_t seven = grant(7, {1, 2}, 1);
    const std::size_t eight = grant(8, {3, 4}, 1);
    const std::size_t revoked = revoke(7, {5, 6});
    Value::List both;
    both.push_back(put_step("k", "1", 7));
    both.push_back(put_step("l", "1", 8));
    const std::size_t half = txn(std::move(both), {7, 8}, 2, {Value(), Value()});
    show_put(2, "l", "1");
    EXPECT_EQ(order(), (Order{seven, eight, revoked, half}));
}

TEST_F(EtcdOrders, LetAGrantWaitForThePutThatMissesIt) {
    const std::size_t granted = grant(7, {1, 20}, 1);
    const std::size_t missed = put("k", "1", 7, {2, 20}, 1);
    EXPECT_EQ(order(), (Order{missed, granted}));
}

TEST_F(EtcdOrders, LetARevokeGoBeforeThePutThatMissesItsLease) {
    const std::size_t granted = grant(7, {1, 2}, 1);
    const std::size_t missed = put("k", "1", 7, {3, 20}, 1);
    const std::size_t revoked = revoke(7, {4, 20}, 1);
    EXPECT_EQ(order(), (Order{granted, revoked, missed}));
}

TEST_F(EtcdOrders, LetTheRevokeGoFirstThatMustReturnFirst) {
    const std::size_t later = revoke(7, {1, 36}, 1);
    const std::size_t sooner = revoke(7, {2, 14}, 1);
    const std::size_t granted = grant(7, {15, 30}, 1);
    const std::size_t missed = put("k", "1", 7, {40, 41}, 1);
    EXPECT_EQ(order(), (Order{sooner, granted, later, missed}));
}

TEST_F(EtcdOrders, LetAGrantGoBehindAllRevokesIfItsLeaseIsFoundLater) {
    const std::size_t first = revoke(7, {1, 36}, 1);
    const std::size_t second = revoke(7, {2, 34}, 1);
    const std::size_t granted = grant(7, {3, 30}, 1);
    const std::size_t found = put("k", "1", 7, {40, 41}, 2);
    show_put(2, "k", "1");
    EXPECT_EQ(order(), (Order{second, first, granted, found}));
}

TEST_F(EtcdOrders, LetAPutMissOneLeaseByWhatIsKnownAndAnotherByWhatIsNot) {
    const std::size_t seven = grant(7, {1, 2}, 1);
    const std::size_t eight = grant(8, {3, 4}, 1);
    const std::size_t unknown = revoke(8, {5, 6});
    Value::List both;
    both.push_back(put_step("k", "1", 7));
    both.push_back(put_step("l", "1", 8));
    const std::size_t missed = txn(std::move(both), {7, 20}, 1, {Value(), Value()});
    const std::size_t known = revoke(7, {8, 30}, 1);
    EXPECT_EQ(order(), (Order{seven, eight, known, unknown, missed}));
}

TEST_F(EtcdOrders, LetAnUnknownRevokeGoInTimeForAPutThatMustNotSeeAGrant) {
    const std::size_t seven = grant(7, {1, 2}, 1);
    const std::size_t unknown = revoke(7, {3, 4});
    Value::List both;
    both.push_back(put_step("k", "1", 7));
    both.push_back(put_step("l", "1", 8));
    const std::size_t missed = txn(std::move(both), {5, 30}, 1, {Value(), Value()});
    const std::size_t granted = grant(8, {6, 20}, 1);
    const std::size_t later = range({25, 26}, 1);
    EXPECT_EQ(order(), (Order{seven, unknown, missed, granted, later}));
}

TEST_F(EtcdOrders, TakeNobodyWhoMakesLessThanWasShown) {
    put("k", "1", 0, {1, 2});
    show_put(2, "k", "1");
    show_put(2, "l", "1");
    EXPECT_EQ(order(), Order{});
}

TEST_F(EtcdOrders, TakeWhatCanBeDoneNowOnlyBeforeWhatCanBeDoneLater) {
    put("k", "1", 0, {1, 2}, 2);
    const std::size_t plain = erase("k", {3, 4});
    const std::size_t only_now = erase_if("k", 2, {5, 6});
    const std::size_t again = put("k", "2", 0, {7, 8}, 4);
    show_delete(3, "k");
    show_delete(5, "k");
    EXPECT_EQ(order(), (Order{0, only_now, again, plain}));
}

TEST_F(EtcdOrders, LetNobodyMakeARevisionWhoFoundItMade) {
    const std::size_t compared = put_if("k", "1", 0, {1, 9}, 2);
    const std::size_t made = put("k", "1", 0, {2, 9}, 2);
    show_put(2, "k", "1");
    EXPECT_EQ(order(), (Order{made, compared}));
}

TEST_F(EtcdOrders, GoOnBehindWhatFitsNowhere) {
    const std::size_t wrong = erase("k", {1, 2}, 1); // it deleted a key at a revision that nobody made
    const std::size_t put_later = put("k", "1", 0, {3, 4}, 2);
    EXPECT_EQ(order(), (Order{wrong, put_later}));
}

} // namespace
} // namespace orrery::reports::formats
