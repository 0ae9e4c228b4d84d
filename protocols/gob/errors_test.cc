// What is said of types that do not fit and of values that make no sense, word for word as Go says it; go_test.cc
// compares more of them with Go itself.
#include "orrery/protocols/gob/stream_test.h"

namespace orrery::gob {
namespace {

using namespace shapes;

std::string stream_text(std::string_view digits) { return bytes_of(digits); }
template <class T>
std::string taken_from(std::string_view digits) {
    return taken<T>(sim::view_of(stream_text(digits)));
}

TEST(Errors, KindsAtTopLevel) {
    EXPECT_EQ(taken<std::string>(stream_of(std::int64_t{5})),
              "gob: decoding into local type *string, received remote type int");
    EXPECT_EQ(taken<std::int64_t>(stream_of(std::uint64_t{5})),
              "gob: decoding into local type *int, received remote type uint");
    EXPECT_EQ(taken<double>(stream_of(std::string("x"))),
              "gob: decoding into local type *float64, received remote type string");
    EXPECT_EQ(taken<bool>(stream_of(sim::Bytes("x"))),
              "gob: decoding into local type *bool, received remote type bytes");
    EXPECT_EQ(taken<std::int64_t>(stream_of(Args{})), "gob: decoding into local type *int, received remote type Args");
    EXPECT_EQ(taken<std::vector<KV>>(stream_of(1.0)),
              "gob: decoding into local type *[]main.KV, received remote type float");
    EXPECT_EQ((taken<std::array<std::int64_t, 2>>(stream_of(std::array<std::int64_t, 3>{}))),
              "gob: decoding into local type *[2]int, received remote type ");
    EXPECT_EQ((taken<std::map<std::string, std::int64_t>>(stream_of(std::map<std::string, std::string>{}))),
              "gob: decoding into local type *map[string]int, received remote type ");
    EXPECT_EQ(taken<Args>(stream_of(std::int64_t{5})),
              "gob: type mismatch in decoder: want struct type main.Args; got non-struct");
}

struct Natural {
    static constexpr std::string_view go_name = "Args";
    std::uint64_t a = 0;
    static constexpr auto members() { return std::tuple{sim::member("A", &Natural::a)}; }
};
struct Apart {
    std::vector<Natural> list;
    static constexpr auto members() { return std::tuple{sim::member("List", &Apart::list)}; }
};
struct ApartToo {
    std::vector<Args> list;
    static constexpr auto members() { return std::tuple{sim::member("List", &ApartToo::list)}; }
};

TEST(Errors, KindsOfFields) {
    EXPECT_EQ(taken<Natural>(stream_of(Args{1, 2})), "gob: wrong type (uint) for received field Args.A");
    EXPECT_EQ(taken<Args>(stream_of(Natural{1})), "gob: wrong type (int) for received field Args.A");
    // The name of a nameless sender is empty.
    struct Pointed {
        std::optional<In> x;
        static constexpr auto members() { return std::tuple{sim::member("X", &Pointed::x)}; }
    };
    EXPECT_EQ(taken<In>(stream_of(Pointed{In{}})), "gob: wrong type (int) for received field Pointed.X");
    EXPECT_EQ(taken<Pointed>(stream_of(In{})),
              "gob: type mismatch in decoder: want struct type main.In; got non-struct");
    // Also deep inside, and also if no value of that type is sent.
    EXPECT_EQ(taken<ApartToo>(stream_of(Apart{})), "gob: wrong type (int) for received field Args.A");
}

TEST(Errors, NothingInCommon) {
    EXPECT_EQ(taken<Args>(stream_of(Quotient{1, 2})),
              "gob: type mismatch: no fields matched compiling decoder for Args");
    EXPECT_EQ(taken<Empty>(stream_of(Quotient{1, 2})), "<>");
    EXPECT_EQ(taken<Args>(stream_of(Empty{})), "<0 0>");
}

TEST(Errors, RangesInsideListsAndMaps) {
    struct Wide {
        std::vector<std::int64_t> a;
        std::map<std::uint64_t, std::vector<std::int64_t>> b;
        std::array<std::int64_t, 2> c{};
        static constexpr auto members() {
            return std::tuple{sim::member("A", &Wide::a), sim::member("B", &Wide::b), sim::member("C", &Wide::c)};
        }
    };
    struct Narrow {
        std::vector<std::int8_t> a;
        std::map<std::uint8_t, std::vector<std::int8_t>> b;
        std::array<std::int8_t, 2> c{};
        static constexpr auto members() {
            return std::tuple{sim::member("A", &Narrow::a), sim::member("B", &Narrow::b), sim::member("C", &Narrow::c)};
        }
    };
    EXPECT_EQ(taken<Narrow>(stream_of(Wide{{1, 300}, {}, {}})), "value for \"element of A\" out of range");
    EXPECT_EQ(taken<Narrow>(stream_of(Wide{{}, {{300, {}}}, {}})), "value for \"B\" out of range");
    EXPECT_EQ(taken<Narrow>(stream_of(Wide{{}, {{3, {300}}}, {}})),
              "value for \"element of element of B\" out of range");
    EXPECT_EQ(taken<Narrow>(stream_of(Wide{{}, {}, {1, 300}})), "value for \"element of C\" out of range");
    EXPECT_EQ(taken<std::int8_t>(stream_of(std::int64_t{300})), "value for \"*int8\" out of range");
}

// The definition of Args, to which tests add messages.
constexpr std::string_view args_definition =
    "1e ff81 03 01 01 04 41726773 01 ff82 00 01 02 01 01 41 01 04 00 01 01 42 01 04 00 00 00";
std::string with_args(std::string_view message) { return std::string(args_definition) + std::string(message); }

TEST(Errors, ValuesThatMakeNoSense) {
    EXPECT_EQ(taken_from<Args>(with_args("05 ff82 01 0e 00")), "<7 0>");
    EXPECT_EQ(taken_from<Args>(with_args("04 ff82 01 0e")), "<7 0>"); // as in Go, the end of the message will do
    EXPECT_EQ(taken_from<Args>(with_args("03 ff82 01")), "EOF");
    EXPECT_EQ(taken_from<Args>(with_args("04 ff82 03 0e")), "gob: bad data: field numbers out of bounds");
    EXPECT_EQ(taken_from<Args>(with_args("06 ff82 01 0e 02 0e")), "gob: bad data: field numbers out of bounds");
    EXPECT_EQ(taken_from<Args>(with_args("0b ff82 f8 ffffffffffffffff")),
              "gob: decode: corrupted data: negative delta");
    EXPECT_EQ(taken_from<Args>(with_args("05 ff82 01 f700")), "gob: encoded unsigned integer out of range");
    EXPECT_EQ(taken_from<Args>(with_args("05 ff82 01 fe01")), "gob: invalid uint data length 2: exceeds input size 1");
    EXPECT_EQ(taken_from<Args>("03 ff84 00"), "gob: unknown type id or corrupted data");
    EXPECT_EQ(taken_from<std::int64_t>("04 ff84 00 02"),
              "gob: decoding into local type *int, received remote type unknown type");
    EXPECT_EQ(taken_from<std::int64_t>("03 04 01 02"), "gob: decode: corrupted data: non-zero delta for singleton");
    EXPECT_EQ(taken_from<std::string>("05 0c 00 05 61 62"), "gob: bad string slice length: 0");
    EXPECT_EQ(taken_from<sim::Bytes>("05 0a 00 05 61 62"), "gob: bad []uint8 slice length: 0");
}

TEST(Errors, ListsThatMakeNoSense) {
    EXPECT_EQ(taken_from<std::vector<std::int64_t>>("0c ff81 02 01 02 ff82 00 01 04 00 00 06 ff82 00 03 02 04"),
              "gob: decoding int array or slice: length exceeds input size (3 elements)");
    EXPECT_EQ(taken_from<std::vector<std::string>>("0c ff81 02 01 02 ff82 00 01 0c 00 00 05 ff82 00 03 00"),
              "gob: decoding string array or slice: length exceeds input size (3 elements)");
    EXPECT_EQ(
        (taken_from<std::array<std::int64_t, 2>>("0e ff81 01 01 02 ff82 00 01 04 01 04 00 00 06 ff82 00 03 02 04")),
        "gob: length mismatch in decodeArray");
    EXPECT_EQ((taken_from<std::map<std::string, std::int64_t>>("0e ff81 04 01 02 ff82 00 01 0c 01 04 00 00"
                                                               "06 ff82 00 02 01 61")),
              "EOF");
}

TEST(Errors, DefinitionsThatMakeNoSense) {
    const auto kind_of = [](std::string_view digits) {
        Decoder decoder;
        decoder.feed(sim::view_of(stream_text(digits)));
        EXPECT_FALSE(decoder.ready());
        return decoder.error() ? decoder.error()->text : "none";
    };
    EXPECT_EQ(kind_of(with_args(args_definition)), "gob: duplicate type received");
    EXPECT_EQ(kind_of("05 7d 02 01 02 00"), "gob: duplicate type received"); // an id of Go's own
    EXPECT_EQ(kind_of("0d ff81 02 01 02 ff82 00 01 04 00 00 00"), "extra data in buffer");
    EXPECT_EQ(kind_of("09 ff81 09 01 02 ff82 00 00"), "gob: bad data: field numbers out of bounds");
    EXPECT_EQ(kind_of("03 ff81 00"), "gob: unknown type id or corrupted data");
    EXPECT_EQ(kind_of("00"), "EOF");
    EXPECT_EQ(kind_of("f700"), "gob: encoded unsigned integer out of range");
    // A list of a type that is never defined.
    EXPECT_EQ(taken_from<Args>("0d ff81 02 01 02 ff82 00 01 ff90 00 00 04 ff82 00 00"),
              "gob: bad data: undefined type <nil>");
}

// After a value that does not fit, the stream goes on.
TEST(Errors, AProblemConcernsOneValue) {
    Encoder encoder;
    Decoder decoder;
    for (int i = 0; i < 3; ++i) {
        decoder.feed(message_of(encoder, Quotient{1, 2}));
        decoder.feed(message_of(encoder, Args{7, i}));
        EXPECT_EQ(taken<Args>(decoder), "gob: type mismatch: no fields matched compiling decoder for Args");
        EXPECT_EQ(taken<Args>(decoder), "<7 " + std::to_string(i) + ">");
    }
}

// type T struct { When time.Time; X int }: a time is a type that marshals itself.
constexpr std::string_view with_a_time = "1f ff81 03 01 01 01 54 01 ff82 00 01 02 01 04 5768656e 01 ff84 00 01 01 58"
                                         "01 04 00 00 00 10 ff83 05 01 01 04 54696d65 01 ff84 00 00 00"
                                         "16 ff82 01 0f 010000000e7791f70500000000ffff 01 06 00";
// type T struct { V interface{}; X int }, with the int 7 in it.
constexpr std::string_view with_an_interface =
    "1b ff81 03 01 01 01 54 01 ff82 00 01 02 01 01 56 01 10 00 01 01 58 01 04"
    "00 00 00 0e ff82 01 03 696e74 04 02 00 0e 01 06 00";

TEST(Errors, InterfacesAndTypesThatMarshalThemselves) {
    struct T {
        std::int64_t when = 0;
        std::int64_t v = 0;
        static constexpr auto members() { return std::tuple{sim::member("When", &T::when), sim::member("V", &T::v)}; }
    };
    EXPECT_EQ(taken_from<In>(with_a_time), "<3>"); // skipped
    EXPECT_EQ(taken_from<T>(with_a_time), "gob: wrong type (int) for received field T.When");
    EXPECT_EQ(taken_from<T>(with_an_interface), "gob: wrong type (int) for received field T.V");
    EXPECT_EQ(taken_from<In>(with_an_interface), "gob: interface values are not supported");
}

TEST(Errors, WhatCannotBeSent) {
    Encoder encoder;
    sim::Bytes out;
    const auto text = [&](const auto& value) {
        const std::size_t before = out.size();
        const Problem problem = encoder.encode(out, value);
        EXPECT_TRUE(problem);
        EXPECT_EQ(out.size(), before);
        return problem ? problem->text : "";
    };
    EXPECT_FALSE(encoder.encode(out, PointersInside{{}, {}, {1, 1}})); // defines all that follows
    EXPECT_EQ(text(std::optional<std::optional<std::int64_t>>()), "gob: cannot encode nil pointer of type **int");
    EXPECT_EQ(text(PointersInside{{std::nullopt}, {}, {1, 1}}), "gob: encodeArray: nil element");
    EXPECT_EQ(text(PointersInside{{}, {}, {1, std::nullopt}}), "gob: encodeArray: nil element");
    EXPECT_EQ(text(PointersInside{{}, {{"a", std::nullopt}}, {1, 1}}), "gob: encodeReflectValue: nil element");
    // And the stream goes on.
    EXPECT_FALSE(encoder.encode(out, Args{1, 2}));
    Decoder decoder;
    decoder.feed(out);
    EXPECT_EQ(taken<PointersInside>(decoder), "<[] {} [1 1]>");
    EXPECT_EQ(taken<Args>(decoder), "<1 2>");
}

} // namespace
} // namespace orrery::gob
