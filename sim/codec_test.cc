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
    static constexpr auto members() {
        return std::tuple{member("id", &Outer::id),         member("text", &Outer::text),
                          member("list", &Outer::list),     member("maybe", &Outer::maybe),
                          member("colour", &Outer::colour), member("length", &Outer::length)};
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

TEST(Codec, WritesLittleEndianBytes) {
    const Bytes bytes = encode(Inner{0x01020304, true});
    EXPECT_EQ(bytes.text(), std::string_view("\x04\x03\x02\x01\x01", 5));
    EXPECT_FALSE(decode<bool>(view_of("\x02")));
}

} // namespace
} // namespace orrery::sim
