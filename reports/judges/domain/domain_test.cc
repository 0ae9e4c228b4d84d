#include "orrery/reports/judges/domain/domain.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "orrery/reports/judges/judge.h"
#include "orrery/reports/judges/linearizable/random_history.h"

namespace orrery::reports::judges::domain {
namespace {

using linearizable::Draws;

using Type = Entry::Type;
using Kinds = std::vector<std::string>;

// Calls one after the other, ten apart and five long, unless times are given.
class Recording {
public:
    Recording& call(std::int64_t process, const std::string& f, Value argument, Value result, Type end = Type::ok) {
        now_ += 10;
        return call(process, f, std::move(argument), std::move(result), now_, now_ + 5, end);
    }
    Recording& call(std::int64_t process, const std::string& f, Value argument, Value result, std::int64_t invoked,
                    std::int64_t returned, Type end = Type::ok, Value key = {}) {
        entries_.push_back({Type::invoke, process, f, key, std::move(argument), {invoked}});
        entries_.push_back({end, process, f, std::move(key), std::move(result), {returned}});
        return *this;
    }
    Recording& starting_at(Value initial) {
        initial_ = std::move(initial);
        return *this;
    }
    Verdict judged(const std::string& judge) const {
        History history;
        history.entries = entries_;
        history.initial = initial_;
        std::stable_sort(history.entries.begin(), history.entries.end(), [](const Entry& a, const Entry& b) {
            return std::pair(a.time, a.type != Type::invoke) < std::pair(b.time, b.type != Type::invoke);
        });
        return judges::judge(history, {.judge = judge});
    }
    Kinds kinds(const std::string& judge) const {
        const Verdict verdict = judged(judge);
        EXPECT_EQ(verdict.error_text(), "");
        EXPECT_EQ(verdict.violated(), !verdict.anomalies.empty());
        Kinds kinds;
        for (const Anomaly& each : verdict.anomalies)
            if (std::find(kinds.begin(), kinds.end(), each.kind) == kinds.end()) kinds.push_back(each.kind);
        return kinds;
    }

private:
    std::vector<Entry> entries_;
    std::optional<Value> initial_;
    std::int64_t now_ = 0;
};

Value balances(std::int64_t one, std::int64_t other) { return Value::Map{{1, one}, {2, other}}; }
Value transfer(std::int64_t amount) { return Value::Map{{"from", 1}, {"to", 2}, {"amount", amount}}; }
Value list(Value::List values) { return values; }

TEST(Bank, ReadsAddUpToTheTotalThatMostOfThemShow) {
    const auto bank = [] {
        return Recording().call(1, "read", {}, balances(10, 0)).call(1, "transfer", transfer(3), {});
    };
    EXPECT_EQ(bank().call(1, "read", {}, balances(7, 3)).kinds("bank"), Kinds{});
    EXPECT_EQ(bank().call(1, "read", {}, balances(7, 4)).call(2, "read", {}, balances(7, 3)).kinds("bank"),
              (Kinds{"wrong total"}));
    EXPECT_EQ(bank().call(1, "read", {}, balances(12, -2)).kinds("bank"), (Kinds{"negative balance"}));
    EXPECT_EQ(bank().call(1, "read", {}, Value::Map{{1, 10}}).kinds("bank"), (Kinds{"other accounts"}));
    EXPECT_EQ(Recording().starting_at(balances(5, 5)).call(1, "read", {}, balances(6, 5)).kinds("bank"),
              (Kinds{"wrong total"}));
    EXPECT_EQ(bank().call(1, "read", {}, Value::Map{{1, 10}, {2, {}}}).kinds("bank"), (Kinds{"nil balance"}));
    EXPECT_EQ(bank().call(1, "read", {}, Value::Map{{1, 10}, {2, "much"}}).judged("bank").outcome,
              Verdict::Outcome::undecided);
    EXPECT_EQ(bank().call(1, "read", {}, 5).judged("bank").error_text().substr(0, 8), "entry 0:");
    const Verdict verdict = bank().call(3, "read", {}, balances(1, 1)).judged("bank");
    EXPECT_EQ(verdict.anomalies[0].story, "process 3 read balances that add up to 2, not to 10");
    EXPECT_EQ(verdict.anomalies[0].operations, (std::vector<std::size_t>{2}));
}

TEST(Set, TheLastReadShowsWhatWasAdded) {
    const auto set = [] {
        return Recording().call(1, "add", 1, {}).call(2, "add", 2, {}, Type::info).call(3, "add", 3, {}, Type::fail);
    };
    EXPECT_EQ(set().call(4, "read", {}, list({1})).kinds("set"), Kinds{});
    EXPECT_EQ(set().call(4, "read", {}, list({2, 1})).kinds("set"), Kinds{});
    EXPECT_EQ(set().call(4, "read", {}, list({2})).kinds("set"), (Kinds{"lost element"}));
    EXPECT_EQ(set().call(4, "read", {}, list({})).call(4, "read", {}, list({1})).kinds("set"), Kinds{});
    EXPECT_EQ(set().call(4, "read", {}, list({1, 3})).kinds("set"), (Kinds{"value from nowhere"}));
    EXPECT_EQ(set().call(4, "read", {}, list({1, 7})).kinds("set"), (Kinds{"value from nowhere"}));
    EXPECT_EQ(set().call(4, "read", {}, list({1, 1})).kinds("set"), (Kinds{"duplicate element"}));
    EXPECT_EQ(set().judged("set").outcome, Verdict::Outcome::undecided);
    // What was added while the last read was under way may be missing.
    EXPECT_EQ(set().call(5, "add", 5, {}, 100, 120).call(4, "read", {}, list({1}), 110, 130).kinds("set"), Kinds{});
}

TEST(SetFull, EveryReadShowsWhatWasKnownBefore) {
    const auto set = [] { return Recording().call(1, "add", 1, {}); };
    EXPECT_EQ(set().call(2, "read", {}, list({1})).call(2, "read", {}, list({1})).kinds("set-full"), Kinds{});
    EXPECT_EQ(set().call(2, "read", {}, list({})).call(2, "read", {}, list({1})).kinds("set-full"),
              (Kinds{"stale read"}));
    EXPECT_EQ(set().call(2, "read", {}, list({1})).call(2, "read", {}, list({})).kinds("set-full"),
              (Kinds{"lost element"}));
    // An unknown add is known once it was read.
    const auto seen = [] { return Recording().call(1, "add", 1, {}, Type::info); };
    EXPECT_EQ(seen().call(2, "read", {}, list({})).call(2, "read", {}, list({1})).kinds("set-full"), Kinds{});
    EXPECT_EQ(seen().call(2, "read", {}, list({1})).call(2, "read", {}, list({})).kinds("set-full"),
              (Kinds{"lost element"}));
    EXPECT_EQ(Recording().call(2, "read", {}, list({1})).call(1, "add", 1, {}).kinds("set-full"),
              (Kinds{"future read"}));
}

TEST(SetFull, IsUndecidedWhereNoElementWasEverSeen) {
    const auto unseen = [] { return Recording().call(1, "add", 1, {}, Type::info); };
    for (const char* judge : {"set", "set-full"}) {
        EXPECT_EQ(unseen().call(2, "read", {}, list({})).judged(judge).outcome, Verdict::Outcome::undecided) << judge;
        EXPECT_EQ(unseen().call(2, "read", {}, list({1})).judged(judge).outcome, Verdict::Outcome::passed) << judge;
        EXPECT_EQ(Recording().call(1, "add", 1, {}).call(2, "read", {}, list({})).judged(judge).outcome,
                  Verdict::Outcome::violated)
            << judge;
    }
}

TEST(QueueOfItems, MayBeDrainedUntilItSaysThatItIsExhausted) {
    const auto queue = [] { return Recording().call(1, "enqueue", 1, {}).call(1, "enqueue", 2, {}); };
    EXPECT_EQ(queue().call(1, "drain", {}, ":exhausted").kinds("queue"), Kinds{});
    EXPECT_EQ(queue().call(1, "drain", {}, list({1, 2, ":exhausted"})).kinds("queue"), Kinds{});
    EXPECT_EQ(queue().call(1, "drain", {}, list({1, "exhausted"})).kinds("queue"), (Kinds{"lost element"}));
    // What a drain without an answer took is not known either.
    EXPECT_EQ(queue().call(3, "drain", {}, {}, Type::info).call(1, "drain", {}, list({2})).kinds("queue"), Kinds{});
    EXPECT_EQ(queue().call(3, "drain", {}, {}, Type::fail).call(1, "drain", {}, list({2})).kinds("queue"),
              (Kinds{"lost element"}));
    EXPECT_NE(queue().call(1, "drain", {}, "gone").judged("queue").error_text(), "");
}

TEST(QueueOfItems, NothingComesOutTwiceOrOutOfNothingOrNever) {
    const auto queue = [] {
        return Recording()
            .call(1, "enqueue", 1, {})
            .call(5, "enqueue", 2, {}, Type::info)
            .call(6, "enqueue", 3, {}, Type::fail);
    };
    EXPECT_EQ(queue().call(2, "dequeue", {}, 1).call(2, "dequeue", {}, 2).call(2, "dequeue", {}, {}).kinds("queue"),
              Kinds{});
    EXPECT_EQ(queue().call(2, "dequeue", {}, 1).call(3, "dequeue", {}, 1).kinds("queue"), (Kinds{"duplicate"}));
    EXPECT_EQ(queue().call(2, "dequeue", {}, 3).kinds("queue"), (Kinds{"value from nowhere"}));
    EXPECT_EQ(queue().call(2, "dequeue", {}, 4).kinds("queue"), (Kinds{"value from nowhere"}));
    EXPECT_EQ(queue().call(2, "drain", {}, list({2})).kinds("queue"), (Kinds{"lost element"}));
    EXPECT_EQ(queue().call(2, "drain", {}, list({1})).kinds("queue"), Kinds{});
    EXPECT_EQ(queue().call(2, "dequeue", {}, {}, Type::info).call(3, "drain", {}, list({})).kinds("queue"), Kinds{});
    EXPECT_EQ(Recording().call(2, "dequeue", {}, 1).call(1, "enqueue", 1, {}).kinds("queue"), (Kinds{"future read"}));
}

TEST(UniqueIds, AreGivenOutOnce) {
    EXPECT_EQ(Recording().call(1, "generate", {}, 1).call(2, "generate", {}, 2).kinds("unique-ids"), Kinds{});
    EXPECT_EQ(Recording().call(1, "generate", {}, "a").call(2, "generate", {}, "a").kinds("unique-ids"),
              (Kinds{"duplicate id"}));
    EXPECT_EQ(Recording().call(1, "generate", {}, 1, Type::info).call(2, "generate", {}, 1).kinds("unique-ids"),
              Kinds{});
}

TEST(LongForkOfReads, IsTwoReadsThatSawTwoWritesInOppositeOrders) {
    const auto read = [](Value one, Value other) {
        return list({list({"r", 1, std::move(one)}), list({"r", 2, std::move(other)})});
    };
    const auto writes = [] {
        return Recording().call(1, "write", list({list({"w", 1, 1})}), list({list({"w", 1, 1})}));
    };
    EXPECT_EQ(writes()
                  .call(2, "read", read({}, {}), read(1, {}))
                  .call(2, "read", read({}, {}), read(1, 1))
                  .kinds("long-fork"),
              Kinds{});
    EXPECT_EQ(writes()
                  .call(2, "read", read({}, {}), read(1, {}))
                  .call(2, "read", read({}, {}), read({}, 1))
                  .kinds("long-fork"),
              (Kinds{"long fork"}));
    EXPECT_NE(writes()
                  .call(1, "write", list({list({"w", 1, 2})}), list({list({"w", 1, 2})}))
                  .judged("long-fork")
                  .error_text(),
              "");
}

TEST(CausalReverse, IsALaterWriteSeenWithoutAnEarlierOne) {
    const auto writes = [] { return Recording().call(0, "write", 1, 1).call(1, "write", 2, 2); };
    EXPECT_EQ(writes().call(2, "read", {}, list({1, 2})).kinds("causal-reverse"), Kinds{});
    EXPECT_EQ(writes().call(2, "read", {}, list({1})).kinds("causal-reverse"), Kinds{});
    EXPECT_EQ(writes().call(2, "read", {}, list({})).kinds("causal-reverse"), Kinds{});
    EXPECT_EQ(writes().call(2, "read", {}, list({2})).kinds("causal-reverse"), (Kinds{"causal reverse"}));
    EXPECT_EQ(writes().call(2, "read", {}, list({2})).judged("causal-reverse").anomalies[0].operations,
              (std::vector<std::size_t>{0, 1, 2}));
    EXPECT_EQ(writes().call(2, "read", {}, list({7})).kinds("causal-reverse"), (Kinds{"value from nowhere"}));
    // What was under way together has no order, and what failed or is unknown must not be seen.
    const auto together = [] { return Recording().call(0, "write", 1, 1, 0, 10).call(1, "write", 2, 2, 10, 20); };
    EXPECT_EQ(together().call(2, "read", {}, list({2}), 30, 40).kinds("causal-reverse"), Kinds{});
    const auto unsure = [](Type end) { return Recording().call(0, "write", 1, {}, end).call(1, "write", 2, 2); };
    EXPECT_EQ(unsure(Type::info).call(2, "read", {}, list({2})).kinds("causal-reverse"), Kinds{});
    EXPECT_EQ(unsure(Type::info).call(2, "read", {}, list({1, 2})).kinds("causal-reverse"), Kinds{});
    EXPECT_EQ(unsure(Type::fail).call(2, "read", {}, list({1, 2})).kinds("causal-reverse"),
              (Kinds{"value from nowhere"}));
    EXPECT_EQ(Recording().call(2, "read", {}, list({1})).call(0, "write", 1, 1).kinds("causal-reverse"),
              (Kinds{"future read"}));
    EXPECT_NE(writes().call(0, "write", 2, 2).judged("causal-reverse").error_text(), "");
}

TEST(CausalReverse, IsJudgedOfEachKeyApart) {
    const auto read = [](Value key) {
        return Recording()
            .call(0, "write", 1, 1, 0, 1, Type::ok, "a")
            .call(0, "write", 2, 2, 2, 3, Type::ok, "b")
            .call(1, "read", {}, list({2}), 4, 5, Type::ok, std::move(key))
            .kinds("causal-reverse");
    };
    EXPECT_EQ(read("b"), Kinds{});
    EXPECT_EQ(read("a"), (Kinds{"value from nowhere"}));
}

// Steps of logs. `sent` and `polled` are answers, `send` a question.
Value send(std::int64_t key, Value value) { return list({"send", key, std::move(value)}); }
Value sent(std::int64_t key, Value offset, Value value) {
    return send(key, list({std::move(offset), std::move(value)}));
}
Value polled(std::int64_t key, Value::List messages) {
    return list({"poll", Value::Map{{key, list(std::move(messages))}}});
}
Value at(std::int64_t offset, Value value) { return list({offset, std::move(value)}); }

class Logs : public Recording {
public:
    Logs& sends(std::int64_t process, Value step, Type end = Type::ok) {
        call(process, "send", list({send(step.list()[1].integer(), step.list()[2].list()[1])}), list({step}), end);
        return *this;
    }
    Logs& polls(std::int64_t process, Value::List steps) {
        call(process, "poll", list({list({"poll"})}), list(std::move(steps)));
        return *this;
    }
    Logs& assigns(std::int64_t process, Value::List keys, const std::string& f = "assign") {
        call(process, f, list(keys), list(keys));
        return *this;
    }
    Kinds kinds() const { return Recording::kinds("kafka"); }
};

Logs three_sent() { return Logs().sends(0, sent(0, 0, "a")).sends(0, sent(0, 2, "b")).sends(1, sent(0, 5, "c")); }

TEST(Kafka, PassesWhereClientsGoAlongTheLogs) {
    EXPECT_EQ(three_sent().polls(2, {polled(0, {at(0, "a"), at(2, "b"), at(5, "c")})}).kinds(), Kinds{});
    EXPECT_EQ(three_sent().polls(2, {polled(0, {at(0, "a")})}).polls(2, {polled(0, {at(2, "b")})}).kinds(), Kinds{});
    EXPECT_EQ(three_sent().polls(2, {polled(0, {at(0, "a"), at(2, "b")})}).polls(3, {polled(0, {at(0, "a")})}).kinds(),
              Kinds{});
    EXPECT_EQ(three_sent().judged("kafka").outcome, Verdict::Outcome::undecided); // nobody looked
    EXPECT_EQ(Logs().polls(2, {list({"poll", Value::Map{}})}).kinds(), Kinds{});
    EXPECT_NE(Logs().call(1, "push", 1, {}).judged("kafka").error_text(), "");
    EXPECT_NE(Logs().polls(2, {list({"poll", 7})}).judged("kafka").error_text(), "");
    // JSON has the keys of a map as texts.
    const Value json = list({"poll", Value::Map{{"0", list({at(0, "x")})}}});
    EXPECT_EQ(three_sent().polls(2, {json}).kinds(), (Kinds{"inconsistent-offsets", "value from nowhere"}));
}

TEST(Kafka, FindsWhatIsWrongWithALog) {
    EXPECT_EQ(three_sent().polls(2, {polled(0, {at(0, "a")})}).polls(3, {polled(0, {at(2, "c")})}).kinds(),
              (Kinds{"inconsistent-offsets", "duplicate"}));
    EXPECT_EQ(three_sent().polls(2, {polled(0, {at(0, "a"), at(2, "b"), at(7, "a")})}).kinds(), (Kinds{"duplicate"}));
    EXPECT_EQ(three_sent().polls(2, {polled(0, {at(0, "a")})}).polls(3, {polled(0, {at(5, "c")})}).kinds(),
              (Kinds{"lost-write"}));
    EXPECT_EQ(three_sent().polls(2, {polled(0, {at(9, "z")})}).kinds()[0], "value from nowhere");
    EXPECT_EQ(Logs().polls(2, {polled(0, {at(0, "a")})}).sends(0, sent(0, 0, "a")).kinds(), (Kinds{"future read"}));
    const auto unsure = [](Type end) { return Logs().sends(0, sent(0, 0, "a"), end).sends(1, sent(0, 1, "b")); };
    EXPECT_EQ(unsure(Type::fail).polls(2, {polled(0, {at(0, "a"), at(1, "b")})}).kinds(), (Kinds{"G1a"}));
    EXPECT_EQ(unsure(Type::fail).polls(2, {polled(0, {at(1, "b")})}).kinds(), Kinds{});
    EXPECT_EQ(unsure(Type::info).polls(2, {polled(0, {at(0, "a"), at(1, "b")})}).kinds(), Kinds{});
    EXPECT_EQ(unsure(Type::info).polls(2, {polled(0, {at(1, "b")})}).kinds(), Kinds{});
}

// Of one whose end is not known, one message was polled: so the other is there as well.
TEST(Kafka, KnowsThatWhatWasPolledInPartWasDoneAsAWhole) {
    const Value both = list({send(0, "a"), send(1, "x")});
    const Value told = list({sent(0, 0, "a"), sent(1, 0, "x")});
    const auto logs = [&] {
        Logs recorded;
        recorded.call(0, "txn", both, told, Type::info);
        return recorded.sends(1, sent(0, 1, "b"));
    };
    EXPECT_EQ(logs().polls(2, {polled(0, {at(1, "b")})}).kinds(), Kinds{});
    EXPECT_EQ(logs().polls(2, {polled(0, {at(1, "b")})}).polls(3, {polled(1, {at(0, "x")})}).kinds(),
              (Kinds{"lost-write"}));
}

TEST(Kafka, FindsClientsThatSkipOrGoBack) {
    const auto all_seen = [] { return three_sent().polls(9, {polled(0, {at(0, "a"), at(2, "b"), at(5, "c")})}); };
    const auto first = polled(0, {at(0, "a")});
    const auto last = polled(0, {at(5, "c")});
    EXPECT_EQ(all_seen().polls(2, {first}).polls(2, {last}).kinds(), (Kinds{"poll-skip"}));
    EXPECT_EQ(all_seen().polls(2, {first}).polls(2, {first}).kinds(), (Kinds{"nonmonotonic-poll"}));
    EXPECT_EQ(all_seen().polls(2, {last}).polls(2, {first}).kinds(), (Kinds{"nonmonotonic-poll"}));
    EXPECT_EQ(all_seen().polls(2, {first, last}).kinds(), (Kinds{"int-poll-skip"}));
    EXPECT_EQ(all_seen().polls(2, {last, first}).kinds(), (Kinds{"int-nonmonotonic-poll"}));
    // A client that keeps its keys goes on where it was; one that is given others, or may be at any time, does not.
    EXPECT_EQ(all_seen().polls(2, {last}).assigns(2, {0}).polls(2, {first}).kinds(), (Kinds{"nonmonotonic-poll"}));
    EXPECT_EQ(all_seen().polls(2, {last}).assigns(2, {1}).polls(2, {first}).kinds(), Kinds{});
    EXPECT_EQ(all_seen().polls(2, {last}).assigns(2, {0}, "subscribe").polls(2, {first}).kinds(), Kinds{});
    const auto sends = [](std::int64_t offset) {
        return Logs().sends(0, sent(0, 4, "a")).sends(0, sent(0, offset, "b"));
    };
    const auto seen = [](std::int64_t offset) {
        return polled(0,
                      offset < 4 ? Value::List{at(offset, "b"), at(4, "a")} : Value::List{at(4, "a"), at(offset, "b")});
    };
    EXPECT_EQ(sends(8).polls(2, {seen(8)}).kinds(), Kinds{});
    EXPECT_EQ(sends(2).polls(2, {seen(2)}).kinds(), (Kinds{"nonmonotonic-send"}));
    const auto inside = [&](Value::List told) {
        Logs logs;
        logs.call(0, "txn", list({send(0, "a"), send(0, "b")}), list(std::move(told)));
        return logs;
    };
    EXPECT_EQ(inside({sent(0, 4, "a"), sent(0, 2, "b")}).polls(2, {seen(2)}).kinds(), (Kinds{"int-nonmonotonic-send"}));
    EXPECT_EQ(inside({sent(0, 2, "a"), polled(0, {at(2, "a")})}).kinds(), (Kinds{"precommitted-read"}));
}

// A faithful log is never objected to, however its clients poll it; and an acknowledged message that is left out of
// every poll is missed exactly if somebody saw a later one.
RC_GTEST_PROP(Kafka, MissesExactlyTheMessagesThatSomebodyPolledPast, (std::uint64_t seed)) {
    Draws draws(seed);
    for (int round = 0; round < 50; ++round) {
        Logs logs;
        const std::int64_t count = 1 + draws.below(6);
        const std::int64_t gap = 1 + draws.below(3);
        const std::int64_t gone = draws.below(count + 1); // none, if it is `count`
        for (std::int64_t each = 0; each < count; ++each) logs.sends(draws.below(2), sent(0, each * gap, each));
        bool passed_it = false;
        bool any = false;
        for (std::int64_t client = 10; client < 13; ++client) {
            std::int64_t next = draws.below(count);
            for (std::int64_t polls = draws.below(3); polls > 0; --polls) {
                Value::List messages;
                for (std::int64_t more = draws.below(3); more > 0 && next < count && next != gone; --more, ++next)
                    messages.push_back(at(next * gap, next));
                any = any || !messages.empty();
                passed_it = passed_it || (!messages.empty() && next - 1 > gone);
                logs.polls(client, {polled(0, std::move(messages))});
            }
        }
        // Whatever was not polled and stands before something that was is lost as well: so poll all the rest.
        Value::List rest;
        for (std::int64_t each = 0; each < gone; ++each) rest.push_back(at(each * gap, each));
        any = any || !rest.empty();
        if (!rest.empty()) logs.polls(20, {polled(0, rest)});
        Value::List behind;
        if (passed_it)
            for (std::int64_t each = gone + 1; each < count; ++each) behind.push_back(at(each * gap, each));
        if (!behind.empty()) logs.polls(21, {polled(0, behind)});
        const Verdict verdict = logs.judged("kafka");
        RC_ASSERT(!verdict.error);
        const bool lost = passed_it && gone < count;
        RC_ASSERT(verdict.violated() == lost);
        RC_ASSERT(!lost || (verdict.anomalies.size() == 1 && verdict.anomalies[0].kind == "lost-write"));
        RC_ASSERT(lost || verdict.passed() == any);
    }
}

TEST(Watch, TellsEveryRevisionOnceAndInOrder) {
    const auto put = [](Recording recording, std::int64_t revision, std::int64_t value) {
        return recording.call(1, "put", value, revision, 20 * revision, 20 * revision + 5, Type::ok, "k");
    };
    const auto event = [](std::int64_t revision, std::int64_t value) { return list({revision, "k", value}); };
    const auto watched = [&](Value::List events) {
        return put(put(put(Recording(), 1, 10), 2, 20), 3, 30).call(2, "watch", 1, events, 1, 100).kinds("watch");
    };
    EXPECT_EQ(watched({event(1, 10), event(2, 20), event(3, 30)}), Kinds{});
    EXPECT_EQ(watched({event(1, 10), event(2, 20)}), Kinds{});
    EXPECT_EQ(watched({event(1, 10), event(3, 30)}), (Kinds{"gap"}));
    EXPECT_EQ(watched({event(2, 20)}), (Kinds{"gap"}));
    EXPECT_EQ(watched({event(1, 10), event(1, 10)}), (Kinds{"duplicate event"}));
    EXPECT_EQ(watched({event(1, 10), event(2, 20), event(1, 10), event(2, 20)})[0], "events out of order");
    EXPECT_EQ(watched({event(1, 11)}), (Kinds{"wrong event"}));
    EXPECT_EQ(put(Recording().call(2, "watch", 1, list({event(1, 10)}), 1, 9), 1, 10).kinds("watch"),
              (Kinds{"future revision"}));
}

TEST(Lock, IsHeldByOneAtATime) {
    const auto held = [] { return Recording().call(1, "acquire", {}, {}, 0, 10); };
    EXPECT_EQ(held().call(1, "release", {}, {}, 20, 30).call(2, "acquire", {}, {}, 15, 25).kinds("lock"), Kinds{});
    EXPECT_EQ(held().call(1, "release", {}, {}, 20, 30).call(2, "acquire", {}, {}, 11, 19).kinds("lock"),
              (Kinds{"two holders"}));
    EXPECT_EQ(held().call(2, "acquire", {}, {}, 100, 110).kinds("lock"), (Kinds{"two holders"}));
    EXPECT_EQ(held().call(2, "acquire", {}, {}, 100, 110, Type::info).kinds("lock"), Kinds{});
    EXPECT_EQ(held().call(1, "release", {}, {}, 20, 30, Type::info).call(2, "acquire", {}, {}, 100, 110).kinds("lock"),
              Kinds{});
    EXPECT_EQ(held().call(1, "release", {}, {}, 20, 30, Type::fail).call(2, "acquire", {}, {}, 11, 19).kinds("lock"),
              (Kinds{"two holders"}));
    // A lease ends by itself, so long after it was asked for.
    EXPECT_EQ(held().call(2, "acquire", {}, {}, 50, 60).kinds("lock=50ns"), Kinds{});
    EXPECT_EQ(held().call(2, "acquire", {}, {}, 40, 49).kinds("lock=50ns"), (Kinds{"two holders"}));
    EXPECT_EQ(held().judged("lock=soon").error_text(),
              "lock expects the time of a lease, like lock=5s, in ns, us, ms or s, got 'soon'");
}

TEST(Lock, GivesOutTokensThatGrow) {
    const auto tokens = [](Value first, Value second) {
        return Recording()
            .call(1, "acquire", {}, std::move(first))
            .call(1, "release", {}, {})
            .call(2, "acquire", {}, std::move(second))
            .kinds("lock");
    };
    const auto fence = [](Value number) { return Value::Map{{":client", "n1"}, {":fence", std::move(number)}}; };
    EXPECT_EQ(tokens(fence(1), fence(2)), Kinds{});
    EXPECT_EQ(tokens(fence(2), fence(1)), (Kinds{"token went back"}));
    EXPECT_EQ(tokens(fence(2), Value::Map{{"fence", 2}}), (Kinds{"token went back"}));
    EXPECT_EQ(tokens(fence(2), fence(":invalid-fence")), Kinds{});
    EXPECT_EQ(tokens(1, 2), Kinds{});
    EXPECT_EQ(tokens(2, 2), (Kinds{"token went back"}));
    EXPECT_EQ(tokens(3, 2), (Kinds{"token went back"}));
}

// --- a counter against every choice of what took effect -------------------------------------------

struct Addition {
    std::int64_t amount = 0;
    std::int64_t invoked = 0;
    std::int64_t returned = 0;
    Type end = Type::ok;
};

// Whether a read of [invoked, returned] may show `told`: each addition that may have begun by then counts, those
// that had surely ended before must.
bool can_be_read(const std::vector<Addition>& additions, std::int64_t invoked, std::int64_t returned,
                 std::int64_t told) {
    std::int64_t low = 0;
    std::int64_t high = 0;
    for (const Addition& each : additions) {
        if (each.end == Type::fail || each.invoked > returned) continue;
        const bool must = each.end == Type::ok && each.returned < invoked;
        if (must || each.amount < 0) low += each.amount;
        if (must || each.amount > 0) high += each.amount;
    }
    return low <= told && told <= high;
}

RC_GTEST_PROP(Counter, ObjectsToExactlyTheReadsThatNoChoiceOfAdditionsExplains, (std::uint64_t seed)) {
    Draws draws(seed);
    for (int count = 0; count < 50; ++count) {
        Recording recording;
        std::vector<Addition> additions;
        for (std::int64_t each = draws.below(6); each > 0; --each) {
            const std::int64_t invoked = draws.below(20);
            constexpr Type ends[] = {Type::ok, Type::ok, Type::info, Type::fail};
            additions.push_back({draws.below(7) - 3, invoked, invoked + draws.below(10), ends[draws.below(4)]});
            const Addition& made = additions.back();
            recording.call(each, "add", made.amount, {}, made.invoked, made.returned, made.end);
        }
        const std::int64_t invoked = draws.below(20);
        const std::int64_t returned = invoked + draws.below(10);
        const std::int64_t told = draws.below(9) - 4;
        recording.call(100, "read", {}, told, invoked, returned);
        RC_ASSERT(recording.kinds("counter").empty() == can_be_read(additions, invoked, returned, told));
    }
}

} // namespace
} // namespace orrery::reports::judges::domain
