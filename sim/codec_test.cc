// Round trips, and the rejection of everything that encoding never makes.
#include "orrery/sim/codec.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace orrery::sim {
namespace {

enum class Colour : std::uint8_t { red, green };

struct Inner {
    std::int32_t number = 0;
    bool flag = false;
    static constexpr auto members() {
        return std::tuple{member("number", &Inner::number), member("flag", &Inner::flag)};
    }
    bool operator==(const Inner&) const = default;
};

struct Outer {
    std::uint64_t id = 0;
    std::string text;
    std::vector<Inner> list;
    std::optional<std::int64_t> maybe;
    Colour colour{};
    Duration length{};
    std::map<std::string, std::vector<std::int16_t>> lists;
    std::pair<std::uint8_t, std::string> both;
    std::array<std::int32_t, 3> three{};
    static constexpr auto members() {
        return std::tuple{
            member("id", &Outer::id),       member("text", &Outer::text),     member("list", &Outer::list),
            member("maybe", &Outer::maybe), member("colour", &Outer::colour), member("length", &Outer::length),
            member("lists", &Outer::lists), member("both", &Outer::both),     member("three", &Outer::three)};
    }
    bool operator==(const Outer&) const = default;
};

Outer drawn() {
    Outer outer;
    outer.id = *rc::gen::arbitrary<std::uint64_t>();
    outer.text = *rc::gen::arbitrary<std::string>();
    const auto count = *rc::gen::inRange(0, 5);
    for (int i = 0; i < count; ++i)
        outer.list.push_back({*rc::gen::arbitrary<std::int32_t>(), *rc::gen::arbitrary<bool>()});
    if (*rc::gen::arbitrary<bool>()) outer.maybe = *rc::gen::arbitrary<std::int64_t>();
    outer.colour = *rc::gen::element(Colour::red, Colour::green);
    outer.length = Duration{*rc::gen::arbitrary<std::int64_t>()};
    const auto keys = *rc::gen::inRange(0, 4);
    for (int i = 0; i < keys; ++i)
        outer.lists[*rc::gen::arbitrary<std::string>()] = *rc::gen::arbitrary<std::vector<std::int16_t>>();
    outer.both.first = *rc::gen::arbitrary<std::uint8_t>();
    outer.both.second = *rc::gen::arbitrary<std::string>();
    for (std::int32_t& each : outer.three) each = *rc::gen::arbitrary<std::int32_t>();
    return outer;
}

RC_GTEST_PROP(Codec, GivesBackWhatItWasGiven, ()) {
    const Outer outer = drawn();
    RC_ASSERT(decode<Outer>(encode(outer)) == outer);
}

RC_GTEST_PROP(Codec, RejectsEveryTruncationAndTrailingBytes, ()) {
    Bytes bytes = encode(drawn());
    for (std::size_t size = 0; size < bytes.size(); ++size) RC_ASSERT(!decode<Outer>(bytes.view().first(size)));
    const std::uint8_t more = 0;
    bytes.append({&more, 1});
    RC_ASSERT(!decode<Outer>(bytes));
}

RC_GTEST_PROP(Codec, NeverCrashesOnAnything, (const std::vector<std::uint8_t>& noise)) {
    const std::optional<Outer> decoded = decode<Outer>(noise);
    if (decoded) RC_ASSERT(encode(*decoded).size() == noise.size());
}

using Map = std::map<std::uint8_t, std::uint8_t>;

std::optional<Map> decoded_map(std::string_view text) { return decode<Map>(view_of(text)); }

TEST(Codec, WritesAMapInTheOrderOfItsKeysAndTakesNoOther) {
    const std::string_view sorted("\2\0\0\0\1\7\3\5", 8);
    EXPECT_EQ(encode(Map{{3, 5}, {1, 7}}).text(), sorted);
    EXPECT_EQ(decoded_map(sorted), (Map{{1, 7}, {3, 5}}));
    EXPECT_FALSE(decoded_map(std::string_view("\2\0\0\0\3\5\1\7", 8))); // it falls
    EXPECT_FALSE(decoded_map(std::string_view("\2\0\0\0\1\7\1\5", 8))); // it is there twice
    EXPECT_EQ(decoded_map(std::string_view("\0\0\0\0", 4)), Map{});
}

// A length that the bytes cannot hold is refused before anything is made of it.
TEST(Codec, RefusesLengthsBeyondWhatIsLeft) {
    const std::string_view huge("\377\377\377\377\1\7", 6);
    EXPECT_FALSE(decoded_map(huge));
    EXPECT_FALSE(decode<std::vector<Inner>>(view_of(huge)));
    EXPECT_FALSE(decode<std::string>(view_of(huge)));
    EXPECT_FALSE((decode<std::pair<std::string, std::uint8_t>>(view_of(huge))));
    EXPECT_FALSE((decode<std::array<std::string, 2>>(view_of(huge))));
    EXPECT_FALSE((decode<std::map<std::string, std::vector<std::string>>>(view_of(huge))));
}

TEST(Codec, WritesPairsAndArraysWithoutACount) {
    EXPECT_EQ(encode(std::pair<std::uint8_t, bool>{7, true}).text(), std::string_view("\7\1", 2));
    EXPECT_EQ(encode(std::array<std::uint16_t, 2>{1, 2}).text(), std::string_view("\1\0\2\0", 4));
    EXPECT_FALSE((decode<std::array<std::uint16_t, 2>>(view_of(std::string_view("\1\0\2", 3)))));
}

TEST(Codec, WritesLittleEndianBytes) {
    const Bytes bytes = encode(Inner{0x01020304, true});
    EXPECT_EQ(bytes.text(), std::string_view("\x04\x03\x02\x01\x01", 5));
    EXPECT_FALSE(decode<bool>(view_of("\x02")));
}

} // namespace
} // namespace orrery::sim
