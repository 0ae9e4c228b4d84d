#include "orrery/protocols/rpc/go_wire.h"

#include <gtest/gtest.h>

#include "orrery/protocols/rpc/message.h"

namespace orrery::rpc {
namespace {

Wire wire(std::string_view first) { return wire_of(sim::view_of(first)); }

TEST(Wire, IsToldByTheFirstBytes) {
    EXPECT_EQ(wire("CONNECT /_goRPC_"), Wire::http);
    EXPECT_EQ(wire("GET / HTTP/1.0"), Wire::http);
    EXPECT_EQ(wire("{\"method\""), Wire::json);
    EXPECT_EQ(wire("\r\n {\"method\""), Wire::json);
    EXPECT_EQ(wire("\x2f\xff\x81\x03\x01"), Wire::gob);
    EXPECT_EQ(wire("{\xff\x81\x03\x01"), Wire::gob); // a definition of 123 bytes
    // Frames of every length below 16 MiB.
    for (const std::size_t size : {0u, 1u, 13u, 123u, 255u, 256u, 0x7b7bu, 0x474554u, 0xffffffu}) {
        sim::Bytes frame;
        sim::Writer(frame).number(static_cast<std::uint32_t>(size));
        frame.resize(8);
        EXPECT_EQ(wire_of(frame), Wire::own) << size;
    }
}

// The first message that an encoder of any name makes: a definition, its length in one byte or two.
TEST(Wire, OfAnyFirstMessageOfGobIsGob) {
    struct Shape {
        std::int64_t a = 0;
        static constexpr auto members() { return std::tuple{sim::member("a", &Shape::a)}; }
    };
    gob::Encoder encoder;
    sim::Bytes out;
    ASSERT_FALSE(encoder.encode(out, GoRequest{"Arith.Multiply", 1}));
    EXPECT_EQ(wire_of(out), Wire::gob);
    gob::Encoder other;
    sim::Bytes text;
    ASSERT_FALSE(other.encode(text, Shape{}));
    EXPECT_EQ(wire_of(text), Wire::gob);
}

TEST(Http, TheHeadEndsWithAnEmptyLine) {
    EXPECT_EQ(http_head("CONNECT / HTTP/1.0\n\nrest"), 20u);
    EXPECT_EQ(http_head("CONNECT / HTTP/1.0\r\n\r\nrest"), 22u);
    EXPECT_EQ(http_head("CONNECT / HTTP/1.0\r\nHost: x\n\r\n"), 31u - 1);
    for (const char* part : {"", "\n", "CONNECT", "CONNECT / HTTP/1.0\n", "CONNECT / HTTP/1.0\r\nHost: x\r\n"})
        EXPECT_EQ(http_head(part), 0u) << part;
}

TEST(Http, OnlyConnectToThePathIsConnected) {
    const Published none;
    EXPECT_EQ(http_answer("CONNECT /_goRPC_ HTTP/1.0\n\n", none), http_connected);
    for (const char* other : {"CONNECT /other HTTP/1.0\n\n", "PUT /_goRPC_ HTTP/1.0\n\n", "CONNECT\n\n", "\n\n", "x"})
        EXPECT_NE(http_answer(other, none), http_connected) << other;
}

TEST(Methods, AreFoundByTheLastDot) {
    Published published;
    struct Twice {
        std::int64_t operator()(std::int64_t value) const { return 2 * value; }
    };
    published["a.b.Twice"] = std::make_unique<MethodOf<Twice>>(std::make_shared<Twice>());
    EXPECT_NE(find_method(published, "a.b.Twice").method, nullptr);
    EXPECT_EQ(find_method(published, "a.b.Other").problem, "rpc: can't find method a.b.Other");
    EXPECT_EQ(find_method(published, "a.Twice").problem, "rpc: can't find service a.Twice");
    EXPECT_EQ(find_method(published, "Twice").problem, "rpc: service/method request ill-formed: Twice");
}

} // namespace
} // namespace orrery::rpc
