// Values are cut out of a stream, whatever pieces it comes in, and what is no JSON is refused in Go's words.
#include "orrery/protocols/jsonrpc/reader.h"

#include <gtest/gtest.h>

namespace orrery::jsonrpc {
namespace {

std::vector<std::string> cut(std::string_view stream, std::size_t piece, Limits limits = {}) {
    Reader reader(limits);
    std::vector<std::string> values;
    for (; !stream.empty(); stream.remove_prefix(std::min(piece, stream.size()))) {
        reader.feed(sim::view_of(stream.substr(0, piece)));
        while (const auto value = reader.next()) values.emplace_back(*value);
    }
    if (reader.error()) values.push_back("error: " + reader.error()->text);
    if (!reader.error() && !reader.is_between_values()) values.push_back("more");
    return values;
}

using Values = std::vector<std::string>;

TEST(Reader, ValuesAreCutOneAfterTheOther) {
    const std::string_view stream = " {\"a\":[1,{}]}{} [ ]\n\"x\\\"}\"5 true-0.5e+1 null\t";
    const Values expected = {"{\"a\":[1,{}]}", "{}", "[ ]", "\"x\\\"}\"", "5", "true", "-0.5e+1", "null"};
    for (std::size_t piece = 1; piece < 20; ++piece) EXPECT_EQ(cut(stream, piece), expected) << piece;
}

TEST(Reader, WhatHasNotEndedIsWaitedFor) {
    for (const char* begin : {"{", "[1", "\"x", "tru", "12", "{\"a\":1", "-"}) EXPECT_EQ(cut(begin, 9), Values{"more"});
    EXPECT_EQ(cut(" \n ", 1), Values{});
}

// What Go says of each.
TEST(Reader, WhatIsNoJsonIsRefused) {
    const std::pair<const char*, const char*> all[] = {
        {"x", "invalid character 'x' looking for beginning of value"},
        {"{x", "invalid character 'x' looking for beginning of object key string"},
        {"{\"a\" 1", "invalid character '1' after object key"},
        {"{\"a\":1 \"b\"", "invalid character '\"' after object key:value pair"},
        {"{\"a\":1,}", "invalid character '}' looking for beginning of object key string"},
        {"[1 2", "invalid character '2' after array element"},
        {"[1,]", "invalid character ']' looking for beginning of value"},
        {"[1}", "invalid character '}' after array element"},
        {"\"\n", "invalid character '\\n' in string literal"},
        {"\"\\x", "invalid character 'x' in string escape code"},
        {"\"\\u00g", "invalid character 'g' in \\u hexadecimal character escape"},
        {"nul1", "invalid character '1' in literal null (expecting 'l')"},
        {"-a", "invalid character 'a' in numeric literal"},
        {"1.a", "invalid character 'a' after decimal point in numeric literal"},
        {"1ea", "invalid character 'a' in exponent of numeric literal"},
        {"[01", "invalid character '1' after array element"},
        {"'", "invalid character '\\'' looking for beginning of value"},
        {"\x01", "invalid character '\\x01' looking for beginning of value"},
        {"\xff", "invalid character 'ÿ' looking for beginning of value"},
    };
    for (const auto& [text, expected] : all) {
        EXPECT_EQ(cut(text, 1), Values{std::string("error: ") + expected}) << text;
        const Problem problem = check_whole(text);
        ASSERT_TRUE(problem) << text;
        EXPECT_EQ(problem->text, expected);
    }
    EXPECT_EQ(cut("{}x", 9), (Values{"{}", "error: invalid character 'x' looking for beginning of value"}));
}

TEST(Reader, AWholeTextIsOneValue) {
    for (const char* text : {"5", " 5 ", "{}", "[1,2] \n", "null", "\"x\""}) EXPECT_FALSE(check_whole(text)) << text;
    for (const char* text : {"", " ", "5 5", "{}{}", "[", "5x", "-", "1."}) EXPECT_TRUE(check_whole(text)) << text;
}

TEST(Reader, DepthAndSizeAreBounded) {
    EXPECT_EQ(cut("[[[]]]", 1, {.depth_max = 3}), Values{"[[[]]]"});
    EXPECT_EQ(cut("[[[[]]]]", 1, {.depth_max = 3}), Values{"error: exceeded max depth"});
    EXPECT_EQ(cut(std::string(1'000'000, '['), 1'000'000), Values{"error: exceeded max depth"});
    EXPECT_EQ(cut("\"123456\"", 1, {.value_max = 8}), Values{"\"123456\""});
    EXPECT_EQ(cut("\"1234567\"", 1, {.value_max = 8}), Values{"error: json: value too long"});
    EXPECT_EQ(cut(std::string(100, ' ') + "5 ", 1, {.value_max = 8}), Values{"5"}); // space is of no value
}

} // namespace
} // namespace orrery::jsonrpc
