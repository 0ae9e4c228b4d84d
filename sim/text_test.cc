#include "orrery/sim/text.h"

#include <gtest/gtest.h>

namespace orrery::sim {
namespace {

const std::vector<std::string> names{"raft-kv", "raft-election", "lazy-register", "run", "sweep"};

TEST(Suggestion, FindsWhatASlipOfTheFingersMeant) {
    EXPECT_EQ(suggestion("raft-vk", names), "; did you mean 'raft-kv'?");
    EXPECT_EQ(suggestion("lazy_registre", names), "; did you mean 'lazy-register'?");
    EXPECT_EQ(suggestion("swep", names), "; did you mean 'sweep'?");
}

TEST(Suggestion, TakesABeginningForTheWhole) {
    EXPECT_EQ(suggestion("lazy", names), "; did you mean 'lazy-register'?");
}

TEST(Suggestion, SaysNothingOfWordsThatAreFarFromAll) {
    EXPECT_EQ(suggestion("paxos", names), "");
    EXPECT_EQ(suggestion("", names), "");
}

TEST(Text, IsAWholeNumberOrNothing) {
    std::int64_t number = 7;
    EXPECT_TRUE(parse_integer("-12", number));
    EXPECT_EQ(number, -12);
    for (const char* text : {"", "-", "+1", " 1", "1 ", "0x10", "9223372036854775808", "1.0"})
        EXPECT_FALSE(parse_integer(text, number)) << text;
    EXPECT_EQ(number, -12);
    std::uint64_t natural = 0;
    EXPECT_FALSE(parse_integer("-1", natural));
    EXPECT_TRUE(parse_integer("18446744073709551615", natural));
}

TEST(Text, ReadsBackDurationsAndHexadecimals) {
    for (const std::int64_t count : {0, 1, 999, 1000, 1500, 1'500'000, 2'000'000'000, -5}) {
        Duration back{};
        EXPECT_TRUE(parse_duration(duration_text(Duration{count}), back));
        EXPECT_EQ(back.count(), count);
    }
    Duration out{};
    for (const char* text : {"", "s", "1", "1.5s", "1m", "10000000000s"})
        EXPECT_FALSE(parse_duration(text, out)) << text;
    std::uint64_t number = 0;
    EXPECT_TRUE(parse_hexadecimal(hexadecimal(UINT64_MAX - 16), number));
    EXPECT_EQ(number, UINT64_MAX - 16);
    for (const char* text : {"", "1a", "000000000000001A", "0x00000000000001"})
        EXPECT_FALSE(parse_hexadecimal(text, number)) << text;
}

TEST(Text, NamesTheUnitsThatItReads) {
    EXPECT_EQ(duration_units(), "ns, us, ms or s");
    Duration out{};
    for (const char* text : {"1ns", "1us", "1ms", "1s"}) EXPECT_TRUE(parse_duration(text, out)) << text;
    for (const char* text : {"1m", "1h", "1", "1 s", "1sec"}) EXPECT_FALSE(parse_duration(text, out)) << text;
}

TEST(Text, JoinsAndSplits) {
    EXPECT_EQ(join(std::vector<std::string>{"a", "b"}), "a, b");
    EXPECT_EQ(join(std::vector<std::string>{}), "");
    EXPECT_EQ(split("", ',').size(), 0u);
    EXPECT_EQ(split("a,,b,", ','), (std::vector<std::string_view>{"a", "", "b", ""}));
}

TEST(Text, APathInsideHasNoNameThatIsEmptyOrADot) {
    for (const char* path : {"f", "a/b/c", "..f", "a.b", "...", " "}) EXPECT_TRUE(is_path_inside(path)) << path;
    for (const char* path : {"", "/", "/f", "f/", "a//b", ".", "..", "a/.", "../f", "a/../f"})
        EXPECT_FALSE(is_path_inside(path)) << path;
    EXPECT_FALSE(is_path_inside(std::string_view("a\0b", 3)));
}

} // namespace
} // namespace orrery::sim
