// Promises of sockets and datagrams.
#include <set>

#include "orrery/protocols/conformance/stage_test.h"

namespace orrery::conformance {
namespace {

class Datagrams : public Promise {};
IN_BOTH_WORLDS(Datagrams);

// Says something until there is an answer: from then on both sides are up.
Datagram ask(Env& env, Socket& socket, Address to, std::string_view text) {
    while (true) {
        EXPECT_TRUE(socket.send(to, label, Bytes(text)).ok());
        Result<Datagram> answer = socket.receive(env.deadline(20ms));
        if (answer.ok()) return std::move(*answer);
        EXPECT_EQ(answer.error(), Error::timed_out);
    }
}
// Answers with what it got, until somebody says "end".
void echo(Env& env) {
    Socket socket = *env.bind(port);
    while (true) {
        Result<Datagram> got = socket.receive();
        if (!got.ok()) return;
        const bool is_end = got->bytes.text() == "end";
        EXPECT_TRUE(socket.send(got->from, label, std::move(got->bytes)).ok());
        if (is_end) return;
    }
}

TEST_P(Datagrams, ComeWholeAndFromAnAddressThatCanBeAnswered) {
    pair(echo, [](Env& env) {
        for (const std::uint64_t from : {std::uint64_t{3}, std::uint64_t{0}}) {
            Socket socket = *env.bind(from);
            for (const std::size_t size : {0u, 1u, 48u, 49u, 1000u, 65'507u}) {
                const std::string text(size, 'd');
                const Datagram answer = ask(env, socket, server_of(env), text);
                EXPECT_EQ(answer.bytes.text(), text);
                EXPECT_EQ(answer.from, server_of(env));
            }
        }
        Socket socket = *env.bind(0);
        (void)ask(env, socket, server_of(env), "end");
    });
}

TEST_P(Datagrams, NameTheMemberThatSentThemAndItsPort) {
    pair(
        [](Env& env) {
            Socket socket = *env.bind(port);
            const Datagram got = *socket.receive();
            EXPECT_EQ(got.from, env.peers("client")[0].at(3));
            EXPECT_TRUE(socket.send(got.from, label, {}).ok());
        },
        [](Env& env) {
            Socket socket = *env.bind(3);
            EXPECT_EQ(socket.address(), env.self().address.at(3));
            (void)ask(env, socket, server_of(env), "hello");
        });
}

TEST_P(Datagrams, AboveTheLimitAreRefused) {
    alone([](Env& env) {
        Socket socket = *env.bind(0);
        Bytes large;
        large.resize(65'508);
        EXPECT_EQ(socket.send(socket.address(), label, std::move(large)).error(), Error::too_large);
    });
}

TEST_P(Datagrams, ToNobodyAreSentAndLost) {
    pair([](Env& env) { (void)env.sleep(1ms); },
         [](Env& env) {
             Socket socket = *env.bind(0);
             EXPECT_TRUE(socket.send(server_of(env), label, Bytes(std::string_view("x"))).ok());
             EXPECT_TRUE(socket.send(Address{}, label, {}).ok());
             EXPECT_EQ(socket.receive(env.deadline(5ms)).error(), Error::timed_out);
         });
}

TEST_P(Datagrams, ThatCameBeforeTheyWereAskedForAreKeptUpToABound) {
    alone([](Env& env) {
        Socket sender = *env.bind(0);
        Socket socket = *env.bind(port);
        constexpr int sent = 4'500;
        for (int i = 0; i < sent; ++i) {
            EXPECT_TRUE(sender.send(socket.address(), label, Bytes(std::to_string(i))).ok());
            if (i % 50 == 49) {
                EXPECT_TRUE(env.sleep(2ms).ok());
            }
        }
        EXPECT_TRUE(env.sleep(10ms).ok());
        std::set<std::string> kept;
        while (true) {
            const Result<Datagram> got = socket.receive(env.deadline(-1ms)); // what is there needs no time
            if (!got.ok()) break;
            kept.emplace(got->bytes.text());
        }
        EXPECT_EQ(kept.size(), 4'096u);
        EXPECT_TRUE(kept.contains("0"));
        EXPECT_FALSE(kept.contains(std::to_string(sent - 1)));
    });
}

TEST_P(Datagrams, APortIsTakenUntilItIsClosed) {
    alone([](Env& env) {
        for (const std::uint64_t of : {port, std::uint64_t{23'457}}) {
            Socket first = *env.bind(of);
            EXPECT_EQ(first.address(), env.self().address.at(of));
            EXPECT_EQ(env.bind(of).error(), Error::address_in_use);
            first.close();
            EXPECT_FALSE(first.is_open());
            EXPECT_TRUE(env.bind(of).ok());
        }
    });
}

TEST_P(Datagrams, AnyFreePortIsAboveThoseThatThisBootWasGivenBefore) {
    alone([](Env& env) {
        std::uint64_t last = 0;
        for (int i = 0; i < 500; ++i) {
            const std::uint64_t given = env.bind(0)->address().port;
            EXPECT_GT(given, last);
            last = given;
        }
    });
}

TEST_P(Datagrams, AClosedSocketHearsNothingMore) {
    alone([](Env& env) {
        Socket sender = *env.bind(0);
        Socket first = *env.bind(port);
        EXPECT_TRUE(sender.send(first.address(), label, {}).ok());
        EXPECT_TRUE(env.sleep(5ms).ok());
        first.close();
        Socket second = *env.bind(port);
        EXPECT_EQ(second.receive(env.deadline(5ms)).error(), Error::timed_out);
        EXPECT_TRUE(sender.send(second.address(), label, {}).ok());
        EXPECT_EQ(second.receive()->from.host, env.self().address.host);
    });
}

TEST_P(Datagrams, AnAddressMeansTheSameToEveryProcess) {
    pair(
        [](Env& env) {
            Socket socket = *env.bind(port);
            const Datagram got = *socket.receive();
            std::uint64_t host = 0;
            CHECK(got.bytes.size() == sizeof host);
            std::memcpy(&host, got.bytes.data(), sizeof host);
            EXPECT_EQ(host, env.self().address.host);
            EXPECT_TRUE(socket.send(got.from, label, {}).ok());
        },
        [](Env& env) {
            Socket socket = *env.bind(0);
            const std::uint64_t host = server_of(env).host;
            std::string text(sizeof host, '\0');
            std::memcpy(text.data(), &host, sizeof host);
            (void)ask(env, socket, server_of(env), text);
        });
}

} // namespace
} // namespace orrery::conformance
