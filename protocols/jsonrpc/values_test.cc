// JSON to values and back, as Go does it; go_test.cc compares more with Go itself.
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "orrery/protocols/jsonrpc/json_values_test.h"

namespace orrery::jsonrpc {
namespace {

using namespace shapes;

TEST(Writing, StructsListsAndMaps) {
    EXPECT_EQ(json_of(Args{7, 8}), R"({"A":7,"B":8})");
    EXPECT_EQ(json_of(Empty{}), "{}");
    EXPECT_EQ(json_of(In{}), R"({"X":0})"); // zeroes are written
    KV pair;
    pair.k = "k";
    pair.v = sim::Bytes("hello");
    pair.f = 1.5;
    EXPECT_EQ(json_of(pair), R"({"K":"k","V":"aGVsbG8=","N":0,"F":1.5,"T":false})");
    EXPECT_EQ(json_of(std::vector<std::int64_t>{1, 2}), "[1,2]");
    EXPECT_EQ(json_of(std::vector<std::int64_t>()), "[]");
    EXPECT_EQ(json_of(std::vector<bool>{true, false}), "[true,false]");
    EXPECT_EQ(json_of(std::optional<In>()), "null");
    EXPECT_EQ(json_of(std::optional<In>(In{3})), R"({"X":3})");
    EXPECT_EQ(json_of(Colour::green), "1");
    // In the order of the texts.
    EXPECT_EQ((json_of(std::map<std::int64_t, bool>{{2, true}, {10, false}, {-1, true}})),
              R"({"-1":true,"10":false,"2":true})");
}

TEST(Writing, TextsAreSafeInABrowser) {
    EXPECT_EQ(json_of(std::string("<a href='x'>&\"\\/")), R"("\u003ca href='x'\u003e\u0026\"\\/")");
    EXPECT_EQ(json_of(std::string("\n\r\t\b\f\x01\x7f")), "\"\\n\\r\\t\\u0008\\u000c\\u0001\x7f\"");
    EXPECT_EQ(json_of(std::string("\u00e9\u2028\u2029\u2030\U0001f600")), "\"\u00e9\\u2028\\u2029\u2030\U0001f600\"");
    EXPECT_EQ(json_of(std::string("\xff"
                                  "a\xc3")),
              R"("\ufffda\ufffd")");
}

TEST(Writing, BytesOfEachLength) {
    const std::pair<const char*, const char*> all[] = {
        {"", "\"\""},        {"f", "\"Zg==\""},        {"fo", "\"Zm8=\""},
        {"foo", "\"Zm9v\""}, {"foob", "\"Zm9vYg==\""}, {"\xff\xfe\xfb", "\"//77\""}};
    for (const auto& [bytes, expected] : all) {
        EXPECT_EQ(json_of(sim::Bytes(bytes)), expected);
        EXPECT_EQ(read_from<sim::Bytes>(expected), text_of(sim::Bytes(bytes)));
    }
}

TEST(Writing, FloatingPointNumbers) {
    const std::pair<double, const char*> all[] = {
        {0, "0"},
        {1, "1"},
        {-1.5, "-1.5"},
        {0.1, "0.1"},
        {1e20, "100000000000000000000"},
        {1e21, "1e+21"},
        {1e-6, "0.000001"},
        {1e-7, "1e-7"},
        {1.25e-10, "1.25e-10"},
        {123456.75, "123456.75"},
        {1e100, "1e+100"},
        {5e-324, "5e-324"},
        {-2.5e30, "-2.5e+30"},
    };
    for (const auto& [value, expected] : all) {
        EXPECT_EQ(json_of(value), expected);
        EXPECT_EQ(read_from<double>(expected), text_of(value));
    }
    EXPECT_EQ(json_of(0.1F), "0.1");
    EXPECT_EQ(json_of(std::numeric_limits<double>::infinity()), "json: unsupported value: +Inf");
    EXPECT_EQ(json_of(-std::numeric_limits<float>::infinity()), "json: unsupported value: -Inf");
    EXPECT_EQ(json_of(std::numeric_limits<double>::quiet_NaN()), "json: unsupported value: NaN");
}

TEST(Writing, WhatJsonHasNot) {
    EXPECT_EQ(json_of(std::complex<double>(1, 2)), "json: unsupported type: complex128");
    EXPECT_EQ((json_of(std::map<bool, double>{{true, 1}})), "json: unsupported type: map[bool]float64");
    sim::Bytes out("before");
    EXPECT_TRUE(append_value(out, std::vector<std::complex<double>>(1)));
    EXPECT_EQ(out.text(), "before");
}

TEST(Reading, NamesMatchWhateverTheirCase) {
    EXPECT_EQ(read_from<Args>(R"({"a":7,"B":8})"), "<7 8>");
    EXPECT_EQ(read_from<gob::shapes::Request>(R"({"SERVICEMETHOD":"x","\u017feq":5})"), "<'78' 5>");
    EXPECT_FALSE(is_same_name("Seq", "Se"));
    EXPECT_FALSE(is_same_name("Seq", "Seqs"));
    EXPECT_TRUE(is_same_name("Key", "\u212aey"));
    // The exact one counts; of two, the last one.
    struct Two {
        std::int64_t ab = 0;
        std::int64_t aB = 0;
        static constexpr auto members() { return std::tuple{sim::member("Ab", &Two::ab), sim::member("AB", &Two::aB)}; }
    };
    EXPECT_EQ(read_from<Two>(R"({"AB":1,"ab":2,"Ab":3})"), "<3 1>");
}

TEST(Reading, UnknownNamesAreIgnored) {
    EXPECT_EQ(read_from<Args>(R"({"C":{"A":[1,{"B":"}]\""}]},"A":1,"D":[],"B":2,"E":null})"), "<1 2>");
    EXPECT_EQ(read_from<Empty>(R"({"A":1})"), "<>");
}

TEST(Reading, WhatIsNotThereStaysAsItWas) {
    Args both{1, 2};
    EXPECT_FALSE(read_value(R"({"B":3})", both));
    EXPECT_EQ(text_of(both), "<1 3>");
}

TEST(Reading, NullLeavesAValueAndEmptiesAList) {
    Sparse sparse;
    sparse.a = 1;
    sparse.b = "x";
    sparse.e = true;
    sparse.f = sim::Bytes("bytes");
    EXPECT_FALSE(read_value(R"({"A":null,"B":null,"E":null,"F":null,"G":null})", sparse));
    EXPECT_EQ(sparse.a, 1);
    EXPECT_EQ(sparse.b, "x");
    EXPECT_TRUE(sparse.e);
    EXPECT_TRUE(sparse.f.empty());
    Pointers pointers;
    pointers.i = 5;
    pointers.l.emplace(3);
    EXPECT_FALSE(read_value(R"({"I":null,"L":null})", pointers));
    EXPECT_FALSE(pointers.i || pointers.l);
    MapsOfLists maps;
    maps.a["x"] = {"1"};
    maps.a["y"] = {"2"};
    EXPECT_FALSE(read_value(R"({"A":{"x":null,"z":[]}})", maps)); // a map is added to
    EXPECT_EQ(text_of(maps.a), "{'78':[] '79':['32'] '7a':[]}");
    EXPECT_FALSE(read_value(R"({"A":null})", maps));
    EXPECT_TRUE(maps.a.empty());
}

TEST(Reading, ArraysDropWhatIsTooMuchAndClearWhatIsMissing) {
    std::array<std::int64_t, 3> three = {7, 8, 9};
    EXPECT_FALSE(read_value("[1,2,3,\"four\",{}]", three));
    EXPECT_EQ(text_of(three), "[1 2 3]");
    EXPECT_FALSE(read_value("[5]", three));
    EXPECT_EQ(text_of(three), "[5 0 0]");
    EXPECT_FALSE(read_value("[]", three));
    EXPECT_EQ(text_of(three), "[0 0 0]");
    std::vector<std::int64_t> list = {7, 8, 9};
    EXPECT_FALSE(read_value("[5]", list));
    EXPECT_EQ(text_of(list), "[5]");
}

TEST(Reading, Texts) {
    EXPECT_EQ(read_from<std::string>(R"("\"\\\/\b\f\n\r\t\u00e9A")"), text_of(std::string("\"\\/\b\f\n\r\t\u00e9A")));
    EXPECT_EQ(read_from<std::string>(R"("\ud83d\ude00")"), text_of(std::string("\U0001f600")));
    const std::string unknown = "\ufffd";
    EXPECT_EQ(read_from<std::string>(R"("\ud83d")"), text_of(unknown));
    EXPECT_EQ(read_from<std::string>(R"("\ud83dx")"), text_of(unknown + "x"));
    EXPECT_EQ(read_from<std::string>(R"("\ud83d\u0041")"), text_of(unknown + "A"));
    EXPECT_EQ(read_from<std::string>(R"("\ude00")"), text_of(unknown));
    EXPECT_EQ(read_from<std::string>("\"\xff\xe2\x80\""), text_of(unknown + unknown + unknown));
    EXPECT_EQ(read_from<std::string>("\"\xed\xa0\x80\""), text_of(unknown + unknown + unknown));
}

TEST(Reading, BytesAreBase64OrAList) {
    EXPECT_EQ(read_from<sim::Bytes>("[1,2,255]"), "'0102ff'");
    EXPECT_EQ(read_from<sim::Bytes>("[1,256]"), "json: cannot unmarshal number 256 into Go value of type uint8");
    EXPECT_EQ(read_from<sim::Bytes>("\"Zm\\n9v\\r\""), "'666f6f'");
    const std::pair<const char*, int> corrupt[] = {{"\"Z\"", 0},     {"\"Zm9vZ\"", 4}, {"\"Zg=\"", 3},  {"\"Zg=x\"", 2},
                                                   {"\"Z===\"", 1},  {"\"Zg==x\"", 4}, {"\"Z?==\"", 1}, {"\"Zm9\"", 0},
                                                   {"\"Zm8=x\"", 4}, {"\"=\"", 0}};
    for (const auto& [json, at] : corrupt)
        EXPECT_EQ(read_from<sim::Bytes>(json), "illegal base64 data at input byte " + std::to_string(at)) << json;
    EXPECT_EQ(read_from<sim::Bytes>("5"), "json: cannot unmarshal number into Go value of type []uint8");
}

TEST(Reading, Numbers) {
    EXPECT_EQ(read_from<std::int64_t>("-9223372036854775808"), "-9223372036854775808");
    EXPECT_EQ(read_from<std::uint64_t>("18446744073709551615"), "18446744073709551615");
    EXPECT_EQ(read_from<std::int64_t>("-0"), "0");
    EXPECT_EQ(read_from<std::uint64_t>("-0"), "json: cannot unmarshal number -0 into Go value of type uint");
    EXPECT_EQ(read_from<std::int64_t>("9223372036854775808"),
              "json: cannot unmarshal number 9223372036854775808 into Go value of type int");
    EXPECT_EQ(read_from<std::int8_t>("128"), "json: cannot unmarshal number 128 into Go value of type int8");
    EXPECT_EQ(read_from<std::int64_t>("1e2"), "json: cannot unmarshal number 1e2 into Go value of type int");
    EXPECT_EQ(read_from<double>("1e400"), "json: cannot unmarshal number 1e400 into Go value of type float64");
    EXPECT_EQ(read_from<float>("1e39"), "json: cannot unmarshal number 1e39 into Go value of type float32");
    EXPECT_EQ(read_from<double>("1e-400"), "f0");
    EXPECT_EQ(read_from<float>("1e-60"), "f0");
}

TEST(Reading, WhatDoesNotFitIsNamed) {
    EXPECT_EQ(read_from<Args>(R"({"A":7.5})"),
              "json: cannot unmarshal number 7.5 into Go struct field Args.A of type int");
    EXPECT_EQ(read_from<Args>(R"({"A":"x"})"), "json: cannot unmarshal string into Go struct field Args.A of type int");
    EXPECT_EQ(read_from<Args>("[1]"), "json: cannot unmarshal array into Go value of type main.Args");
    EXPECT_EQ(read_from<Args>("5"), "json: cannot unmarshal number into Go value of type main.Args");
    EXPECT_EQ(read_from<Out>(R"({"S":{"X":true}})"),
              "json: cannot unmarshal bool into Go struct field In.S.X of type int");
    EXPECT_EQ(read_from<Nest>(R"({"Kvs":[{},{"V":{}}]})"),
              "json: cannot unmarshal object into Go struct field KV.Kvs.V of type []uint8");
    EXPECT_EQ(read_from<Nest>(R"({"M":{"x":"y"}})"),
              "json: cannot unmarshal string into Go struct field Nest.M of type int");
    EXPECT_EQ(read_from<Nest>(R"({"P":[]})"),
              "json: cannot unmarshal array into Go struct field Nest.P of type main.Args");
    EXPECT_EQ((read_from<std::map<std::int64_t, bool>>(R"({"x":true})")),
              "json: cannot unmarshal number x into Go value of type int");
    EXPECT_EQ((read_from<std::map<bool, bool>>("{}")),
              "json: cannot unmarshal object into Go value of type map[bool]bool");
    EXPECT_EQ(read_from<std::complex<double>>("5"), "json: cannot unmarshal number into Go value of type complex128");
}

// The first complaint counts, and the rest is read.
TEST(Reading, GoesOnBehindWhatDoesNotFit) {
    Args both;
    const Problem problem = read_value(R"({"A":[1,{"B":3}],"B":5,"a":"x"})", both);
    ASSERT_TRUE(problem);
    EXPECT_EQ(problem->text, "json: cannot unmarshal array into Go struct field Args.A of type int");
    EXPECT_EQ(both.b, 5);
}

TEST(Reading, DepthIsBounded) {
    const auto nested = [](int levels) {
        std::string text = "{}";
        for (int i = 1; i < levels; ++i) text = R"({"Children":[)" + text + "]}";
        return text;
    };
    EXPECT_EQ(read_from<Tree>(nested(32)).substr(0, 3), "<0 ");
    EXPECT_EQ(read_from<Tree>(nested(33)), "exceeded max depth");
    EXPECT_EQ(read_from<Tree>(nested(4000)), "exceeded max depth");
    // What is skipped may be deeper.
    EXPECT_EQ(read_from<Args>(R"({"C":)" + nested(4000) + "}"), "<0 0>");
}

// "0," is two bytes, and may become a large struct.
TEST(Reading, MemoryIsBounded) {
    struct Large {
        std::array<std::int64_t, 1000> numbers{};
        static constexpr auto members() { return std::tuple{sim::member("Numbers", &Large::numbers)}; }
    };
    const Limits limits{.memory_max = 100'000};
    std::string json = "[{}";
    for (int i = 0; i < 1000; ++i) json += ",{}";
    std::vector<Large> list;
    Problem problem = read_value(json + "]", list, limits);
    ASSERT_TRUE(problem);
    EXPECT_EQ(problem->text, "json: value too large");
    EXPECT_EQ(problem->kind, ErrorKind::limit);
    EXPECT_EQ(list.size(), 12u);
    std::map<std::string, Large> map;
    json = "{\"0\":{}";
    for (int i = 1; i < 1000; ++i) json += ",\"" + std::to_string(i) + "\":{}";
    problem = read_value(json + "}", map, limits);
    ASSERT_TRUE(problem);
    EXPECT_EQ(problem->text, "json: value too large");
    EXPECT_EQ(map.size(), 12u);
}

RC_GTEST_PROP(RoundTrip, JsonComesBackAsItWas, (std::uint64_t seed)) {
    Draws draws(seed, 127);
    for_each_shape(JsonShapes(), [&](std::size_t, auto* shape) {
        using T = std::remove_pointer_t<decltype(shape)>;
        const T value = any_for_json<T>(draws);
        RC_ASSERT(read_from<T>(json_of(value)) == text_of(value));
    });
}

// Damaged JSON is refused, or read, and what was read is written and read again.
TEST(Fuzzed, AnyTextGivesAValueOrAProblem) {
    const std::uint64_t rounds = std::getenv("ORRERY_NIGHTLY") == nullptr ? 500 : 100'000;
    std::size_t read = 0;
    std::size_t no_json = 0;
    std::size_t refused = 0;
    for (std::uint64_t round = 0; round < rounds; ++round) {
        Draws draws(round, round % 2 == 0 ? 127 : 255);
        for_each_shape(JsonShapes(), [&](std::size_t, auto* shape) {
            using T = std::remove_pointer_t<decltype(shape)>;
            std::string json = json_of(any_for_json<T>(draws));
            for (std::uint64_t edits = draws.below(3); edits > 0; --edits) {
                constexpr std::string_view bytes = "{}[]\",:\\0179-+.eE nutrfalsX\xe2\x80\xff";
                json[draws.below(json.size())] = bytes[draws.below(bytes.size())];
            }
            Reader reader;
            reader.feed(sim::view_of(json));
            while (reader.next()) {
            }
            if (check_whole(json)) {
                ++no_json;
                return;
            }
            T value{};
            if (read_value(json, value)) {
                ++refused;
                return;
            }
            ++read;
            const std::string once = json_of(value);
            T again{};
            ASSERT_FALSE(read_value(once, again)) << json;
            ASSERT_EQ(json_of(again), once) << json;
        });
        if (HasFatalFailure()) return;
    }
    EXPECT_GT(read, rounds);
    EXPECT_GT(no_json, rounds);
    EXPECT_GT(refused, rounds / 4);
}

} // namespace
} // namespace orrery::jsonrpc
