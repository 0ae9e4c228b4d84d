#include "orrery/reports/models/verb.h"

#include <gtest/gtest.h>

#include "orrery/reports/models/cas_register.h"
#include "orrery/reports/models/kv.h"
#include "orrery/reports/models/register.h"
#include "orrery/sim/codec.h"

namespace orrery::reports::models {
namespace {

// Through words and back, and through bytes and back.
template <class M>
void returns(const typename M::Operation& operation, const typename M::Result& result, const Words& words,
             const Value& value) {
    EXPECT_EQ(to_words<M>(operation), words);
    EXPECT_EQ(to_operation<M>(words.f, words.key, words.argument), operation);
    EXPECT_EQ(result_value<M>(operation, result), value);
    EXPECT_EQ(to_result<M>(operation, value), result);
    EXPECT_EQ(sim::decode<typename M::Operation>(sim::encode(operation)), operation);
    EXPECT_EQ(sim::decode<typename M::Result>(sim::encode(result)), result);
}

TEST(Verb, TurnsOperationsIntoWordsAndBack) {
    returns<Register>(Register::Operation::read(), {5}, {"read", {}, {}}, 5);
    returns<Register>(Register::Operation::read(), {}, {"read", {}, {}}, {});
    returns<Register>(Register::Operation::write(5), {}, {"write", {}, 5}, {});
    using Cas = CasRegister::Operation;
    returns<CasRegister>(Cas::cas({}, 2), {{}, true}, {"cas", {}, Value::List{{}, 2}}, true);
    returns<CasRegister>(Cas::cas(1, 2), {{}, false}, {"cas", {}, Value::List{1, 2}}, false);
    using KvOperation = Kv::Operation;
    returns<Kv>(KvOperation::get("k"), {"v", false}, {"get", "k", {}}, "v");
    returns<Kv>(KvOperation::put("k", "v"), {}, {"put", "k", "v"}, {});
    returns<Kv>(KvOperation::remove("k"), {}, {"delete", "k", {}}, {});
    returns<Kv>(KvOperation::append("k", "v"), {}, {"append", "k", "v"}, {});
    returns<Kv>(KvOperation::cas("k", "v", "w"), {{}, true}, {"cas", "k", Value::List{"v", "w"}}, true);
}

TEST(Verb, RefusesWordsThatTheModelDoesNotHave) {
    EXPECT_FALSE(to_operation<Register>("cas", {}, Value::List{1, 2}));
    EXPECT_FALSE(to_operation<Register>("write", {}, "text"));
    EXPECT_FALSE(to_operation<Register>("read", "key", {}));
    EXPECT_FALSE(to_operation<CasRegister>("cas", {}, 1));
    EXPECT_FALSE(to_operation<CasRegister>("cas", {}, Value::List{1, 2, 3}));
    EXPECT_FALSE(to_operation<Kv>("get", {}, {}));
    EXPECT_FALSE(to_operation<Kv>("put", "k", {}));
    EXPECT_FALSE(to_result<Register>(Register::Operation::read(), "text"));
    EXPECT_FALSE(to_result<Kv>(Kv::Operation::get("k"), true));
}

TEST(Verb, TakesTheArgumentRepeatedForATruth) {
    const auto operation = CasRegister::Operation::cas(1, 2);
    EXPECT_EQ(to_result<CasRegister>(operation, Value::List{1, 2})->swapped, true);
    EXPECT_EQ(to_result<CasRegister>(operation, {})->swapped, true);
    EXPECT_EQ(to_result<CasRegister>(operation, false)->swapped, false);
}

TEST(Verb, TakesNumbersForTexts) { EXPECT_EQ(to_operation<Kv>("put", 1, -2), Kv::Operation::put("1", "-2")); }

TEST(Verb, DescribesTheWholeLanguage) {
    EXPECT_EQ(describe_verbs<CasRegister>(), "read, write VALUE, cas [FROM VALUE]");
}

} // namespace
} // namespace orrery::reports::models
