// Two programs of different ages: fields are matched by name, those that only one side has do no harm, and widths of
// numbers may differ as long as the number fits.
#include "orrery/protocols/gob/stream_test.h"

namespace orrery::gob {
namespace {

using namespace shapes;

struct Order {
    std::int64_t id = 0;
    std::string item;
    std::vector<In> parts;
    static constexpr auto members() {
        return std::tuple{sim::member("Id", &Order::id), sim::member("Item", &Order::item),
                          sim::member("Parts", &Order::parts)};
    }
};

struct NewerPart {
    std::string colour;
    std::int64_t x = 0;
    static constexpr auto members() {
        return std::tuple{sim::member("Colour", &NewerPart::colour), sim::member("X", &NewerPart::x)};
    }
};
// More fields of all kinds, in another order, around those that Order has.
struct NewerOrder {
    std::map<std::string, std::vector<std::complex<double>>> prices;
    std::vector<NewerPart> parts;
    Nest nest;
    std::int32_t id = 0;
    std::array<double, 2> size{};
    std::optional<Tree> tree;
    std::string item;
    sim::Bytes picture;
    static constexpr auto members() {
        return std::tuple{sim::member("Prices", &NewerOrder::prices), sim::member("Parts", &NewerOrder::parts),
                          sim::member("Nest", &NewerOrder::nest),     sim::member("Id", &NewerOrder::id),
                          sim::member("Size", &NewerOrder::size),     sim::member("Tree", &NewerOrder::tree),
                          sim::member("Item", &NewerOrder::item),     sim::member("Picture", &NewerOrder::picture)};
    }
};

NewerOrder a_newer_order() {
    Draws draws(5);
    NewerOrder order = any<NewerOrder>(draws);
    order.prices["net"] = {{1, 2}, {3, 4}};
    order.id = 41;
    order.item = "lamp";
    order.picture = sim::Bytes("....");
    order.tree.emplace().children.resize(2);
    order.tree->children[1].children.resize(1);
    order.parts.clear();
    for (std::int64_t x = 0; x < 2; ++x) {
        order.parts.emplace_back().x = x;
        order.parts.back().colour = "red";
    }
    return order;
}

TEST(Evolution, WhatOnlyTheSenderHasIsSkipped) {
    EXPECT_EQ(taken<Order>(stream_of(a_newer_order())), "<41 '6c616d70' [<0> <1>]>");
}

TEST(Evolution, WhatOnlyTheReceiverHasStaysAsItWas) {
    Order order{7, "desk", {}};
    order.parts.emplace_back().x = 3;
    NewerOrder newer = a_newer_order();
    const std::string untouched = text_of(newer.prices) + text_of(newer.nest) + text_of(newer.tree);
    Decoder decoder;
    decoder.feed(stream_of(order));
    ASSERT_TRUE(decoder.ready());
    EXPECT_FALSE(decoder.take(newer));
    EXPECT_EQ(newer.id, 7);
    EXPECT_EQ(newer.item, "desk");
    ASSERT_EQ(newer.parts.size(), 1u);
    EXPECT_EQ(newer.parts[0].x, 3);
    EXPECT_EQ(text_of(newer.prices) + text_of(newer.nest) + text_of(newer.tree), untouched);
}

// As in Go: a sender leaves a zero out, and the receiver keeps what it had.
TEST(Evolution, AZeroDoesNotOverwrite) {
    Order order{7, "desk", {}};
    Decoder decoder;
    decoder.feed(stream_of(Order{0, "lamp", {}}));
    ASSERT_TRUE(decoder.ready());
    EXPECT_FALSE(decoder.take(order));
    EXPECT_EQ(text_of(order), "<7 '6c616d70' []>");
}

TEST(Evolution, MapsAreAddedToAndListsAreReplaced) {
    MapsOfLists have;
    have.a["x"] = {"1", "2"};
    have.a["y"] = {"3"};
    MapsOfLists sent;
    sent.a["x"] = {"4"};
    Decoder decoder;
    decoder.feed(stream_of(sent));
    ASSERT_TRUE(decoder.ready());
    EXPECT_FALSE(decoder.take(have));
    EXPECT_EQ(text_of(have.a), "{'78':['34'] '79':['33']}");
}

TEST(Evolution, WidthsMayDifferIfTheNumberFits) {
    struct Wide {
        std::int64_t a = 0, b = 0, c = 0, d = 0;
        std::uint64_t e = 0, f = 0, g = 0, h = 0;
        static constexpr auto members() {
            return std::tuple{sim::member("A", &Wide::a), sim::member("B", &Wide::b), sim::member("C", &Wide::c),
                              sim::member("D", &Wide::d), sim::member("E", &Wide::e), sim::member("F", &Wide::f),
                              sim::member("G", &Wide::g), sim::member("H", &Wide::h)};
        }
    };
    const Wide lowest{INT8_MIN, INT16_MIN, INT32_MIN, INT64_MIN, 0, 0, 0, 0};
    const Wide highest{INT8_MAX, INT16_MAX, INT32_MAX, INT64_MAX, UINT8_MAX, UINT16_MAX, UINT32_MAX, UINT64_MAX};
    for (const Wide& each : {lowest, highest}) EXPECT_EQ(taken<Widths>(stream_of(each)), text_of(each));
    const auto refused = [](auto field, auto value) {
        Wide wide;
        wide.*field = value;
        return taken<Widths>(stream_of(wide));
    };
    EXPECT_EQ(refused(&Wide::a, INT8_MAX + 1), "value for \"A\" out of range");
    EXPECT_EQ(refused(&Wide::a, INT8_MIN - 1), "value for \"A\" out of range");
    EXPECT_EQ(refused(&Wide::b, INT16_MAX + 1), "value for \"B\" out of range");
    EXPECT_EQ(refused(&Wide::c, std::int64_t{INT32_MIN} - 1), "value for \"C\" out of range");
    EXPECT_EQ(refused(&Wide::e, 256u), "value for \"E\" out of range");
    EXPECT_EQ(refused(&Wide::f, 65536u), "value for \"F\" out of range");
    EXPECT_EQ(refused(&Wide::g, std::uint64_t{UINT32_MAX} + 1), "value for \"G\" out of range");
}

TEST(Evolution, FloatsMayDifferInWidthIfTheNumberFits) {
    EXPECT_EQ(taken<float>(stream_of(1.5)), text_of(1.5F));
    EXPECT_EQ(taken<double>(stream_of(1.5F)), text_of(1.5));
    EXPECT_EQ(taken<float>(stream_of(std::numeric_limits<double>::infinity())),
              text_of(std::numeric_limits<float>::infinity()));
    EXPECT_EQ(taken<float>(stream_of(1e-300)), "f0");
    EXPECT_EQ(taken<float>(stream_of(-1e300)), "value for \"*float32\" out of range");
    EXPECT_EQ(taken<std::complex<float>>(stream_of(std::complex<double>(0, 1e39))),
              "value for \"*complex64\" out of range");
}

TEST(Evolution, PointersAreTransparent) {
    EXPECT_EQ(taken<std::optional<std::int64_t>>(stream_of(std::int64_t{5})), "5");
    EXPECT_EQ(taken<std::int64_t>(stream_of(std::optional<std::optional<std::int64_t>>(5))), "5");
    std::vector<std::optional<In>> pointers = {In{1}, In{}};
    EXPECT_EQ(taken<std::vector<In>>(stream_of(pointers)), "[<1> <0>]");
}

// The types of one stream stay what they were, whatever the receiver reads them into in between.
TEST(Evolution, OneSenderTypeIsReadIntoSeveralOfOurs) {
    Encoder encoder;
    Decoder decoder;
    for (int i = 0; i < 3; ++i) {
        for (int kind = 0; kind < 3; ++kind) {
            decoder.feed(message_of(encoder, a_newer_order()));
            const std::string got = kind == 0   ? taken<Order>(decoder)
                                    : kind == 1 ? taken<NewerOrder>(decoder)
                                                : taken<Args>(decoder);
            const std::string expected[] = {"<41 '6c616d70' [<0> <1>]>", text_of(a_newer_order()),
                                            "gob: type mismatch: no fields matched compiling decoder for Args"};
            EXPECT_EQ(got, expected[kind]);
        }
    }
}

} // namespace
} // namespace orrery::gob
