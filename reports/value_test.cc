#include "orrery/reports/value.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace orrery::reports {
namespace {

Value any_value(int depth) {
    switch (*rc::gen::inRange(0, depth > 0 ? 6 : 4)) {
    case 0:
        return {};
    case 1:
        return *rc::gen::arbitrary<bool>();
    case 2:
        return *rc::gen::inRange<std::int64_t>(-2, 3);
    case 3:
        return *rc::gen::elementOf(std::vector<std::string>{"", "a", "b"});
    case 4: {
        Value::List list;
        for (int i = *rc::gen::inRange(0, 3); i > 0; --i) list.push_back(any_value(depth - 1));
        return list;
    }
    default: {
        Value::Map map;
        for (int i = *rc::gen::inRange(0, 3); i > 0; --i) map.emplace_back(any_value(depth - 1), any_value(depth - 1));
        return map;
    }
    }
}

TEST(Value, IsNilOnceItWasMovedAway) {
    for (const Value& kept : {Value(true), Value(7), Value("a"), Value(Value::List{1, "b"}), Value(Value::Map{})}) {
        Value from = kept;
        const Value to = std::move(from);
        EXPECT_EQ(to, kept);
        EXPECT_TRUE(from.is_nil());
    }
}

TEST(Value, BecomesAPartOfItself) {
    Value value = Value::List{"a text that is long enough to be elsewhere", 2};
    value = value.list()[0];
    EXPECT_EQ(value, Value("a text that is long enough to be elsewhere"));
    value = *&value;
    EXPECT_EQ(value, Value("a text that is long enough to be elsewhere"));
}

TEST(Value, RendersEveryKind) {
    const Value value(Value::Map{{"nothing", {}}, {"truth", true}, {"list", Value::List{1, -2, "x"}}});
    EXPECT_EQ(value.rendered(), R"({"nothing": nil, "truth": true, "list": [1 -2 "x"]})");
    EXPECT_EQ(Value(Value::List{}).rendered(), "[]");
    EXPECT_EQ(Value(Value::Map{}).rendered(), "{}");
}

TEST(Value, QuotesWhatWouldBreakALine) {
    EXPECT_EQ(in_quotes("a\"b\\c\n\t\r"), R"("a\"b\\c\n\t\r")");
    EXPECT_EQ(in_quotes(std::string("\x01\x1f\x7f", 3)), "\"\\u0001\\u001f\\u007f\"");
    EXPECT_EQ(in_quotes("\xc3\xa4"), "\"\xc3\xa4\"");
}

TEST(Value, FindsKeysInMapsOnly) {
    const Value map(Value::Map{{1, 2}, {"key", 3}});
    ASSERT_NE(map.find("key"), nullptr);
    EXPECT_EQ(*map.find("key"), Value(3));
    EXPECT_EQ(map.find("other"), nullptr);
    EXPECT_EQ(Value("key").find("key"), nullptr);
}

TEST(Value, TellsTextTruthAndNumberApart) {
    EXPECT_TRUE(Value("true").is_text());
    EXPECT_TRUE(Value(true).is_boolean());
    EXPECT_TRUE(Value(1).is_integer());
    EXPECT_NE(Value(true), Value(1));
    EXPECT_NE(Value(1), Value("1"));
    EXPECT_NE(Value(), Value(0));
}

// A copy is the same content, and stays what it was when the variable that it came from gets another value.
TEST(Value, IsSharedByItsCopies) {
    Value list(Value::List{1, "a"});
    const Value copy = list;
    EXPECT_EQ(&copy.list(), &list.list());
    Value::List longer = list.list();
    longer.emplace_back(2);
    list = longer;
    EXPECT_EQ(copy, Value(Value::List{1, "a"}));
    EXPECT_EQ(list, Value(Value::List{1, "a", 2}));
    list = copy.list()[0];
    EXPECT_EQ(list, Value(1));
    EXPECT_EQ(copy.list().size(), 2u);
    Value from("text");
    const Value to = std::move(from);
    EXPECT_EQ(to, Value("text"));
    EXPECT_TRUE(from.is_nil());
}

TEST(ValueDeathTest, RefusesToBeReadAsAnotherKind) { EXPECT_DEATH(Value(1).text(), "is_text"); }

RC_GTEST_PROP(Value, IsOrderedTotally, ()) {
    const Value a = any_value(2);
    const Value b = any_value(2);
    const Value c = any_value(2);
    RC_ASSERT((a == b) == ((a <=> b) == std::strong_ordering::equal));
    RC_ASSERT((a < b) == (b > a));
    if (a <= b && b <= c) RC_ASSERT(a <= c);
    RC_ASSERT((a == b) == (a.rendered() == b.rendered()));
}

} // namespace
} // namespace orrery::reports
