// Promises of streams.
#include "orrery/protocols/conformance/stage_test.h"

namespace orrery::conformance {
namespace {

class Streams : public Promise {};
IN_BOTH_WORLDS(Streams);

std::string pattern(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
    return text;
}

// Accepts one stream and does `with` it.
Main accepting(std::function<void(Env&, Stream&)> with) {
    return [with = std::move(with)](Env& env) {
        Socket socket = *env.bind(port);
        Stream stream = *env.accept(socket);
        with(env, stream);
    };
}
Main connecting(std::function<void(Env&, Stream&)> with) {
    return [with = std::move(with)](Env& env) {
        Stream stream = reach(env, server_of(env));
        with(env, stream);
    };
}

TEST_P(Streams, CarryWhatWasWrittenBothWaysInOrderToTheEnd) {
    const auto talk = [](Env& env, Stream& stream) {
        const Task writer = env.spawn("writer", [&] {
            const std::string text = pattern(1 << 20);
            for (std::size_t at = 0; at < text.size(); at += 100'000)
                EXPECT_TRUE(write(stream, text.substr(at, 100'000)).ok());
            EXPECT_TRUE(stream.shutdown().ok());
        });
        EXPECT_TRUE(read_all(stream) == pattern(1 << 20));
        while (env.is_alive(writer)) EXPECT_TRUE(env.sleep(1ms).ok());
    };
    pair(accepting(talk), connecting(talk));
}

TEST_P(Streams, AReadGivesAtLeastOneByteAndNotMoreThanWasAsked) {
    pair(accepting([](Env&, Stream& stream) { EXPECT_TRUE(write(stream, pattern(10'000)).ok()); }),
         connecting([](Env&, Stream& stream) {
             std::string all;
             for (std::size_t size = 1;; size = size * 2 % 257 + 1) {
                 const Bytes got = std::move(*stream.read(size));
                 if (got.empty()) break;
                 EXPECT_LE(got.size(), size);
                 all += got.text();
             }
             EXPECT_EQ(all, pattern(10'000));
         }));
}

TEST_P(Streams, AHalfCloseLetsTheOtherDirectionGoOn) {
    pair(accepting([](Env&, Stream& stream) {
             EXPECT_EQ(read_all(stream), "question");
             EXPECT_TRUE(stream.read(10)->empty()); // and it stays at its end
             EXPECT_TRUE(write(stream, "answer").ok());
         }),
         connecting([](Env&, Stream& stream) {
             EXPECT_TRUE(write(stream, "question").ok());
             EXPECT_TRUE(stream.shutdown().ok());
             EXPECT_TRUE(stream.shutdown().ok());
             EXPECT_EQ(write(stream, "more").error(), Error::closed);
             EXPECT_EQ(read_all(stream), "answer");
         }));
}

TEST_P(Streams, AReaderThatDoesNotReadHoldsTheWriterBack) {
    pair(
        [](Env& env) {
            Socket socket = *env.bind(port);
            Stream stream = *env.accept(socket);
            EXPECT_TRUE(env.accept(socket).ok()); // the sign that the writer was held back
            EXPECT_GE(read_all(stream).size(), std::size_t{64} << 10);
        },
        connecting([](Env& env, Stream& stream) {
            const std::string piece(64 << 10, 'x');
            int written = 0; // pieces
            while (written < 1000 && write(stream, piece, env.deadline(20ms)).ok()) ++written;
            EXPECT_LT(written, 1000);
            EXPECT_TRUE(env.connect(server_of(env)).ok());
            EXPECT_TRUE(write(stream, "goes on").ok());
        }));
}

TEST_P(Streams, APeerThatDoesNotReadForLongIsNotTakenForASilentOne) {
    const std::string all = pattern(12 << 20);
    const auto died = stage()->run(
        {{"server", 0, accepting([&all](Env& env, Stream& stream) {
              EXPECT_TRUE(env.sleep(800ms).ok());
              EXPECT_TRUE(read_all(stream) == all);
          })},
         {"client", 0, connecting([&all](Env&, Stream& stream) { EXPECT_TRUE(write(stream, all).ok()); })}},
        {.user_timeout = 100ms});
    EXPECT_TRUE(died.empty());
}

TEST_P(Streams, AreRefusedWhereNobodyIsBound) {
    pair(accepting([](Env&, Stream& stream) { EXPECT_EQ(read_all(stream), ""); }), connecting([](Env& env, Stream&) {
             EXPECT_EQ(env.connect(server_of(env).at(port + 1)).error(), Error::refused);
             EXPECT_EQ(env.connect(Address{}).error(), Error::refused);
             Socket own = *env.bind(0);
             const Address there = own.address();
             EXPECT_TRUE(env.connect(there).ok());
             own.close();
             EXPECT_EQ(env.connect(there).error(), Error::refused);
         }));
}

TEST_P(Streams, AreConnectedOnceTheyWaitToBeAccepted) {
    alone([](Env& env) {
        Socket socket = *env.bind(port);
        EXPECT_EQ(env.accept(socket, env.deadline(2ms)).error(), Error::timed_out);
        Stream first = *env.connect(socket.address());
        Stream second = *env.connect(socket.address());
        EXPECT_TRUE(write(first, "1").ok());
        EXPECT_TRUE(write(second, "2").ok());
        EXPECT_TRUE(env.sleep(5ms).ok());
        for (const char* expected : {"1", "2"}) {
            Stream accepted = *env.accept(socket, env.deadline(-1ms)); // it is there, so no time is needed
            EXPECT_EQ(accepted.read(10)->text(), expected);
        }
    });
}

TEST_P(Streams, ABacklogIsBounded) {
    alone([](Env& env) {
        Socket socket = *env.bind(port);
        std::vector<Stream> connected;
        int kept_out = 0;
        while (kept_out < 3 && connected.size() < 500) {
            Result<Stream> stream = env.connect(socket.address(), env.deadline(20ms));
            if (stream.ok()) {
                connected.push_back(std::move(*stream));
            } else {
                EXPECT_TRUE(stream.error() == Error::refused || stream.error() == Error::timed_out);
                ++kept_out;
            }
        }
        EXPECT_GE(connected.size(), 100u);
        EXPECT_LT(connected.size(), 500u);
        // Some may be accepted that gave up meanwhile, and the last not in the order in which they connected.
        const Task welcomes = env.spawn("welcome", [&] {
            for (Result<Stream> accepted = env.accept(socket); accepted.ok(); accepted = env.accept(socket))
                (void)write(*accepted, "welcome");
        });
        for (Stream& stream : connected) EXPECT_EQ(stream.read(9)->text(), "welcome");
        env.cancel(welcomes);
        while (env.is_alive(welcomes)) EXPECT_TRUE(env.sleep(1ms).ok());
    });
}

TEST_P(Streams, ACloseEndsThemInOrderAlsoWithBytesUnread) {
    pair(accepting([](Env& env, Stream& stream) {
             EXPECT_EQ(stream.read(1)->text(), "u"); // the rest is not read
             EXPECT_TRUE(write(stream, pattern(50'000)).ok());
             EXPECT_TRUE(env.sleep(5ms).ok());
             stream.close();
             EXPECT_FALSE(stream.is_open());
         }),
         connecting([](Env& env, Stream& stream) {
             EXPECT_TRUE(write(stream, "unread").ok());
             EXPECT_TRUE(env.sleep(20ms).ok());
             std::optional<Error> error;
             EXPECT_EQ(read_all(stream, &error), pattern(50'000));
             EXPECT_EQ(error, std::nullopt);
         }));
}

TEST_P(Streams, BreakForWhoWritesToAPeerThatHasClosedAndStayBroken) {
    pair(accepting([](Env&, Stream& stream) { stream.close(); }), connecting([](Env& env, Stream& stream) {
             Status written = success();
             while (written.ok()) {
                 written = write(stream, "more");
                 EXPECT_TRUE(env.sleep(1ms).ok());
             }
             EXPECT_EQ(written.error(), Error::reset);
             EXPECT_EQ(write(stream, "more").error(), Error::reset);
             EXPECT_EQ(stream.shutdown().error(), Error::reset);
             EXPECT_EQ(stream.read(1).error(), Error::reset);
             EXPECT_EQ(stream.read(1).error(), Error::reset);
         }));
}

TEST_P(Streams, ThatNobodyAcceptedAreResetWhenTheSocketCloses) {
    alone([](Env& env) {
        Socket socket = *env.bind(port);
        Stream stream = *env.connect(socket.address());
        EXPECT_TRUE(env.sleep(5ms).ok());
        socket.close();
        EXPECT_EQ(stream.read(1).error(), Error::reset);
    });
}

TEST_P(Streams, AWaitThatEndsEarlyLeavesThemAsTheyWere) {
    pair(accepting([](Env&, Stream& stream) {
             EXPECT_EQ(stream.read(1)->text(), "?");
             EXPECT_TRUE(write(stream, "answer").ok());
         }),
         connecting([](Env& env, Stream& stream) {
             EXPECT_EQ(stream.read(1, env.deadline(3ms)).error(), Error::timed_out);
             const Task main = env.current();
             env.spawn("canceller", [&env, main] { env.cancel(main); });
             EXPECT_EQ(stream.read(1).error(), Error::cancelled);
             EXPECT_TRUE(write(stream, "?").ok());
             EXPECT_EQ(read_all(stream), "answer");
         }));
}

TEST_P(Streams, KnowWhoIsAtTheirOtherEnd) {
    pair(accepting([](Env& env, Stream& stream) {
             EXPECT_EQ(stream.peer().host, env.peers("client")[0].host);
             EXPECT_NE(stream.peer().port, 0u);
         }),
         connecting([](Env& env, Stream& stream) { EXPECT_EQ(stream.peer(), server_of(env)); }));
}

TEST_P(Streams, OfAProcessThatDiesAreReset) {
    std::vector<Died> died = stage()->run(
        {{"server", 0, accepting([](Env& env, Stream& stream) {
              EXPECT_EQ(stream.read(1)->text(), "x");
              env.spawn("holder", [&env, held = std::make_shared<Stream>(std::move(stream))] { (void)env.park(); });
              const bool lives = false;
              CHECK(lives);
          })},
         {"client", 0, connecting([](Env&, Stream& stream) {
              EXPECT_TRUE(write(stream, "x").ok());
              EXPECT_EQ(stream.read(1).error(), Error::reset);
          })}});
    EXPECT_EQ(died.size(), 1u);
}

TEST_P(Streams, ManyAtOnceDoNotDisturbEachOther) {
    static constexpr int many = 60;
    pair(
        [](Env& env) {
            Socket socket = *env.bind(port);
            for (int i = 0; i < many; ++i)
                env.spawn("echo", [stream = std::make_shared<Stream>(*env.accept(socket))] {
                    const std::string all = read_all(*stream);
                    EXPECT_TRUE(write(*stream, all).ok());
                });
        },
        [](Env& env) {
            int answered = 0;
            for (int i = 0; i < many; ++i)
                env.spawn("ask", [&env, &answered, i] {
                    Stream stream = reach(env, server_of(env));
                    const std::string text = std::to_string(i) + pattern(20'000);
                    EXPECT_TRUE(write(stream, text).ok());
                    EXPECT_TRUE(stream.shutdown().ok());
                    answered += read_all(stream) == text;
                });
            for (int i = 0; i < 3000 && answered < many; ++i) EXPECT_TRUE(env.sleep(2ms).ok());
            EXPECT_EQ(answered, many);
        });
}

} // namespace
} // namespace orrery::conformance
