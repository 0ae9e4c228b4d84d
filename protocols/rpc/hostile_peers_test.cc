// Peers that mean no good, or are ill: each costs the server what is bounded, and the others are served meanwhile.
#include <gtest/gtest.h>

#include "orrery/protocols/rpc/arith_test.h"
#include "orrery/protocols/rpc/go_client.h"
#include "orrery/sim/world/world.h"

namespace orrery::rpc {
namespace {

using namespace std::chrono_literals;

// What calls of another client see, in every protocol, while the hostile one is at it.
void expect_service(sim::Env& env) {
    for (const GoProtocol protocol : {GoProtocol::gob_over_http, GoProtocol::gob, GoProtocol::json}) {
        GoClient client(env);
        ASSERT_FALSE(client.open(env.peers("server")[0], protocol, env.deadline(1s)));
        EXPECT_EQ(client.call<std::int64_t>("Arith.Multiply", Args{7, 8}, env.deadline(1s)).value(), 56);
    }
    EXPECT_EQ(call<std::int64_t>(env, env.peers("server")[0], "Arith.Multiply", Args{7, 8}, 1s).value(), 56);
}

class HostilePeers : public testing::Test {
protected:
    // A simulated server, the hostile peer with a stream to it, and a client that asks once a second meanwhile.
    void run(std::function<void(sim::Env&, sim::Stream&)> hostile, std::function<void()> meanwhile = {}) {
        world_.add_host({"server", "server", 0, [](sim::Env& env) {
                             Server server(env);
                             publish_arith(server, env);
                             server.serve();
                         }});
        world_.add_host({"hostile", "hostile", 0, [&](sim::Env& env) {
                             (void)env.sleep(10ms);
                             sim::Result<sim::Stream> stream =
                                 env.connect(env.peers("server")[0].at(port_default), env.deadline(1s));
                             ASSERT_TRUE(stream.ok());
                             hostile(env, *stream);
                             ended_ = true;
                         }});
        int served = 0;
        world_.add_host({"client", "client", 0, [&](sim::Env& env) {
                             while (env.sleep(1s).ok()) {
                                 expect_service(env);
                                 ++served;
                             }
                         }});
        world_.boot_all();
        if (meanwhile) meanwhile();
        for (int second = 0; second < 400 && !ended_; ++second) world_.run_until(world_.now() + 1s);
        EXPECT_TRUE(ended_);
        world_.run_until(world_.now() + 2s);
        EXPECT_GE(served, 2);
        EXPECT_TRUE(world_.findings().empty());
    }
    static bool write(sim::Env& env, sim::Stream& stream, std::string_view text) {
        return stream.write(sim::view_of(text), label_go_calls, env.deadline(1s)).ok();
    }
    // To the end of the stream, or as long as something comes.
    static std::string rest(sim::Env& env, sim::Stream& stream) {
        std::string all;
        while (true) {
            const sim::Result<sim::Bytes> more = stream.read(64 * 1024, env.deadline(1s));
            if (!more.ok() || more->empty()) return all;
            all += more->text();
        }
    }

    sim::world::World world_{{.seed = 5}};
    bool ended_ = false;
};

const std::string echo_start = R"({"method":"Echo.Text","params":[")";

// Its replies back up, and then its calls do: two windows and a queue hold all that there is of it. When it reads at
// last, everything that was taken from it has its answer.
TEST_F(HostilePeers, ASlowReader) {
    run([](sim::Env& env, sim::Stream& stream) {
        const std::string call = echo_start + std::string(4'000, 'x') + "\"],\"id\":1}\n";
        std::size_t sent = 0;
        while (sent < 10'000'000 && write(env, stream, call)) sent += call.size();
        EXPECT_GT(sent, 100'000u);
        EXPECT_LT(sent, 1'000'000u);
        (void)env.sleep(5s);
        const std::string answers = rest(env, stream);
        EXPECT_GE(answers.size(), sent / call.size() * 4'000);
    });
}

// The network between is cut for good: nothing comes, and no end either.
TEST_F(HostilePeers, AHalfOpenPeer) {
    run(
        [](sim::Env& env, sim::Stream& stream) {
            EXPECT_TRUE(write(env, stream, R"({"method":"Arith.Slow","params":[200],"id":1}{"method":"Arith.Slow")"));
            (void)env.sleep(60s);
        },
        [&] {
            world_.run_until(world_.now() + 100ms);
            world_.cut(0, 1, sim::world::CutMode::hold, 1);
            world_.cut(1, 0, sim::world::CutMode::hold, 1);
        });
}

// In each protocol a call that takes its sender a minute or two, and is answered.
TEST_F(HostilePeers, OneByteASecond) {
    run([](sim::Env& env, sim::Stream& stream) {
        const std::string call = R"({"method":"Arith.Multiply","params":[{"A":7,"B":8}],"id":"slow"})";
        for (const char each : call) {
            ASSERT_TRUE(write(env, stream, std::string(1, each)));
            (void)env.sleep(1s);
        }
        ASSERT_TRUE(stream.shutdown().ok());
        EXPECT_EQ(rest(env, stream), "{\"id\":\"slow\",\"result\":56,\"error\":null}\n");
    });
}
TEST_F(HostilePeers, OneByteASecondOfGobOverHttp) {
    run([](sim::Env& env, sim::Stream& stream) {
        gob::Encoder encoder;
        sim::Bytes call(http_connect);
        ASSERT_FALSE(encoder.encode(call, GoRequest{"Arith.Multiply", 0}));
        ASSERT_FALSE(encoder.encode(call, Args{7, 8}));
        for (const char each : call.text()) {
            ASSERT_TRUE(write(env, stream, std::string(1, each)));
            (void)env.sleep(1s);
        }
        ASSERT_TRUE(stream.shutdown().ok());
        const std::string answer = rest(env, stream);
        ASSERT_TRUE(answer.starts_with(http_connected));
        gob::Decoder decoder;
        decoder.feed(sim::view_of(answer).subspan(http_connected.size()));
        GoResponse header;
        std::int64_t product = 0;
        ASSERT_TRUE(decoder.ready());
        ASSERT_FALSE(decoder.take(header));
        ASSERT_TRUE(decoder.ready());
        ASSERT_FALSE(decoder.take(product));
        EXPECT_EQ(product, 56);
    });
}

// Each connection is given up, or answered with an error; none takes the server with it.
TEST_F(HostilePeers, Garbage) {
    run([](sim::Env& env, sim::Stream&) {
        for (int round = 0; round < 300; ++round) {
            sim::Result<sim::Stream> stream = env.connect(env.peers("server")[0].at(port_default), env.deadline(1s));
            ASSERT_TRUE(stream.ok());
            std::string text(1 + env.draw("size", 300), '\0');
            for (char& each : text) each = static_cast<char>(env.draw("byte", 256));
            if (round % 3 == 1) text = std::string(http_connect) + text;
            if (round % 3 == 2) text = "{\"method\":" + text;
            if (!write(env, *stream, text) || !stream->shutdown().ok()) continue;
            rest(env, *stream);
        }
    });
}

std::string header_of(std::string_view method) {
    gob::Encoder encoder;
    sim::Bytes bytes;
    EXPECT_FALSE(encoder.encode(bytes, GoRequest{std::string(method), 0}));
    return std::string(bytes.text());
}

// A length of 2^60, a list of 2^60, types without end: see gob/hostile_test.cc for what a decoder makes of each.
TEST_F(HostilePeers, GobBombs) {
    run([](sim::Env& env, sim::Stream&) {
        const std::string length("\xf8\x10\0\0\0\0\0\0\0", 9);
        const std::string list("\x0c\xff\x83\x02\x01\x02\xff\x84\x00\x01\x0c\x00\x00"
                               "\x0c\xff\x84\x00\xf8\x10\0\0\0\0\0\0\0",
                               26);
        std::string types;
        for (int id = 0; id < 100'000; ++id) {
            sim::Bytes type; // a list of the next one
            gob::append_integer(type, -(1000 + id));
            type.append(sim::view_of(std::string_view("\x02\x01\x02\x04\x00\x01", 6)));
            gob::append_integer(type, 1001 + id);
            type.append(sim::view_of(std::string_view("\0\0", 2)));
            sim::Bytes message;
            gob::append_counted(message, type);
            types += message.text();
        }
        for (const std::string& bomb :
             {length, header_of("Echo.Text") + length, header_of("Echo.Text") + list, header_of("Echo.Text") + types}) {
            sim::Result<sim::Stream> stream = env.connect(env.peers("server")[0].at(port_default), env.deadline(1s));
            ASSERT_TRUE(stream.ok());
            (void)write(env, *stream, bomb);
            (void)stream->shutdown();
            rest(env, *stream); // at most a reply that is an error
        }
    });
}

} // namespace
} // namespace orrery::rpc
