// What a call by net/rpc and by jsonrpc promises, simulated and live: the same tests; and the bytes on the wire, which
// were recorded of Go 1.19.
#include <gtest/gtest.h>

#include "orrery/protocols/conformance/stage_test.h"
#include "orrery/protocols/rpc/arith_test.h"
#include "orrery/protocols/rpc/go_client.h"

namespace orrery::rpc {
namespace {

using namespace std::chrono_literals;
using conformance::World;
using Kind = GoError::Kind;

struct GoCase {
    World world;
    GoProtocol protocol;
};

class GoCalls : public testing::TestWithParam<GoCase> {
protected:
    // Runs `client` to its end, while the service is there.
    void run(std::function<void(sim::Env&)> client, ServerOptions options = {}) {
        const auto stage = GetParam().world == World::live ? conformance::live_stage() : conformance::simulated_stage();
        const auto died = stage->run({{"server", 0,
                                       [&](sim::Env& env) {
                                           Server server(env, options);
                                           publish_arith(server, env);
                                           server.serve();
                                       },
                                       true},
                                      {"client", 0, std::move(client)}});
        EXPECT_TRUE(died.empty());
        EXPECT_TRUE(ended_);
    }
    // A client that is connected; until the server is up, it is refused.
    void with_client(std::function<void(sim::Env&, GoClient&)> body, ServerOptions options = {}) {
        run(
            [&, body = std::move(body)](sim::Env& env) {
                for (int tries = 0; tries < 1000; ++tries) {
                    GoClient client(env);
                    if (client.open(env.peers("server")[0], GetParam().protocol, env.deadline(1s))) {
                        (void)env.sleep(1ms);
                        continue;
                    }
                    body(env, client);
                    ended_ = true;
                    return;
                }
            },
            options);
    }
    bool ended_ = false;
};

TEST_P(GoCalls, AnswerWithTheResultOrTheError) {
    with_client([](sim::Env& env, GoClient& client) {
        EXPECT_EQ(client.call<std::int64_t>("Arith.Multiply", Args{7, 8}, env.deadline(1s)).value(), 56);
        EXPECT_EQ(client.call<Quotient>("Arith.Divide", Args{7, 2}, env.deadline(1s)).value(), (Quotient{3, 1}));
        const GoReply<Quotient> failed = client.call<Quotient>("Arith.Divide", Args{7, 0}, env.deadline(1s));
        EXPECT_EQ(failed.error().kind, Kind::server);
        EXPECT_EQ(failed.error().text, "divide by zero");
        const std::string text(100'000, 'x');
        EXPECT_EQ(client.call<std::string>("Echo.Text", text, env.deadline(1s)).value(), text);
    });
}

TEST_P(GoCalls, AreRefusedInTheWordsOfGoAndTheConnectionGoesOn) {
    with_client([](sim::Env& env, GoClient& client) {
        const auto error = [&](const char* method) {
            return client.call<std::int64_t>(method, Args{1, 2}, env.deadline(1s)).error().text;
        };
        EXPECT_EQ(error("Arith"), "rpc: service/method request ill-formed: Arith");
        EXPECT_EQ(error("Nope.Nope"), "rpc: can't find service Nope.Nope");
        EXPECT_EQ(error("Arith.Nope"), "rpc: can't find method Arith.Nope");
        const GoReply<std::string> mismatch = client.call<std::string>("Echo.Text", Args{1, 2}, env.deadline(1s));
        EXPECT_EQ(mismatch.error().kind, Kind::server);
        EXPECT_EQ(mismatch.error().text, GetParam().protocol == GoProtocol::json
                                             ? "json: cannot unmarshal object into Go value of type string"
                                             : "gob: decoding into local type *string, received remote type Args");
        EXPECT_EQ(client.call<std::int64_t>("Arith.Multiply", Args{7, 8}, env.deadline(1s)).value(), 56);
    });
}

struct Unfit {
    std::vector<std::optional<Args>> a;
    static constexpr auto members() { return std::tuple{sim::member("a", &Unfit::a)}; }
};

TEST_P(GoCalls, WhoseArgumentHasNoFormLeaveTheConnectionWhole) {
    if (GetParam().protocol == GoProtocol::json) GTEST_SKIP() << "null has a form there";
    with_client([](sim::Env& env, GoClient& client) {
        Unfit unfit;
        unfit.a.emplace_back();
        for (int i = 0; i < 3; ++i) {
            const GoReply<std::int64_t> none = client.call<std::int64_t>("Arith.Multiply", unfit, env.deadline(1s));
            EXPECT_EQ(none.error().kind, Kind::request);
            EXPECT_EQ(none.error().text, "gob: encodeArray: nil element");
            EXPECT_EQ(client.call<std::int64_t>("Arith.Multiply", Args{7, 8}, env.deadline(1s)).value(), 56);
        }
    });
}

TEST_P(GoCalls, TakeAndGiveValuesThatAreNoStructs) {
    with_client([](sim::Env& env, GoClient& client) {
        using Map = std::map<std::int64_t, std::int64_t>;
        const std::int64_t seven = 7;
        EXPECT_EQ(client.call<Map>("Builtin.Map", seven, env.deadline(1s)).value(), (Map{{7, 7}}));
        using Slice = std::vector<std::int64_t>;
        EXPECT_EQ(client.call<Slice>("Builtin.Slice", seven, env.deadline(1s)).value(), Slice{7});
        using Array = std::array<std::int64_t, 1>;
        EXPECT_EQ(client.call<Array>("Builtin.Array", seven, env.deadline(1s)).value(), Array{7});
    });
}

// The types are only known from the text.
TEST_P(GoCalls, AreMadeOfJson) {
    with_client([](sim::Env& env, GoClient& client) {
        const auto call = [&](const char* method, const char* json) {
            const GoReply<GoJson> reply = client.call<GoJson>(method, GoJson{json}, env.deadline(1s));
            return reply.ok() ? reply.value().text : reply.error().text;
        };
        EXPECT_EQ(call("Arith.Divide", R"({"a": 7, "B": 2})"), R"({"Quo":3,"Rem":1})");
    });
}

TEST_P(GoCalls, OvertakeEachOther) {
    with_client([](sim::Env& env, GoClient& client) {
        GoPending<std::int64_t> slow = client.start<std::int64_t>("Arith.Slow", std::int64_t{30});
        const sim::Monotonic begin = env.now();
        EXPECT_EQ(client.call<std::int64_t>("Arith.Multiply", Args{7, 8}, env.deadline(1s)).value(), 56);
        EXPECT_LT(env.now() - begin, sim::Duration{25ms});
        EXPECT_EQ(slow.wait(env.deadline(1s)).value(), 30);
    });
}

// More than run at once, and than are sent in one piece.
TEST_P(GoCalls, ManyAtOnceAllGetTheirOwnAnswer) {
    with_client(
        [](sim::Env& env, GoClient& client) {
            std::vector<GoPending<std::int64_t>> calls;
            for (std::int64_t i = 0; i < 500; ++i)
                calls.push_back(client.start<std::int64_t>("Arith.Multiply", Args{i, i + 1}));
            for (std::int64_t i = 499; i >= 0; --i)
                EXPECT_EQ(calls[static_cast<std::size_t>(i)].wait(env.deadline(5s)).value(), i * (i + 1));
        },
        {.concurrency = 7});
}

TEST_P(GoCalls, AReplyThatComesTooLateIsForgotten) {
    with_client([](sim::Env& env, GoClient& client) {
        const GoReply<std::int64_t> late = client.call<std::int64_t>("Arith.Slow", std::int64_t{30}, env.deadline(5ms));
        EXPECT_EQ(late.error().kind, Kind::waiting);
        EXPECT_EQ(client.call<std::int64_t>("Arith.Slow", std::int64_t{40}, env.deadline(1s)).value(), 40);
    });
}

TEST_P(GoCalls, EndWithShutDownOnceTheClientIsClosed) {
    with_client([](sim::Env& env, GoClient& client) {
        GoPending<std::int64_t> inside = client.start<std::int64_t>("Arith.Slow", std::int64_t{30});
        (void)env.sleep(5ms);
        EXPECT_FALSE(client.close());
        EXPECT_EQ(inside.wait(env.deadline(1s)).error().text, "connection is shut down");
        EXPECT_EQ(client.call<std::int64_t>("Arith.Multiply", Args{1, 2}).error().kind, Kind::shutdown);
        EXPECT_EQ(client.close()->text, "connection is shut down");
    });
}

// It is told to that call, ends the connection, and with it all other calls.
TEST_P(GoCalls, AResultThatDoesNotDecodeEndsTheConnection) {
    with_client([](sim::Env& env, GoClient& client) {
        GoPending<std::int64_t> other = client.start<std::int64_t>("Arith.Slow", std::int64_t{300});
        const GoReply<std::string> wrong = client.call<std::string>("Arith.Multiply", Args{7, 8}, env.deadline(1s));
        EXPECT_EQ(wrong.error().kind, Kind::reply);
        const std::string text = GetParam().protocol == GoProtocol::json
                                     ? "json: cannot unmarshal number into Go value of type string"
                                     : "gob: decoding into local type *string, received remote type int";
        EXPECT_EQ(wrong.error().text, "reading body " + text);
        EXPECT_EQ(other.wait(env.deadline(1s)).error().text, text);
        EXPECT_EQ(client.call<std::int64_t>("Arith.Multiply", Args{1, 2}).error().kind, Kind::shutdown);
    });
}

std::string go_case_name(const testing::TestParamInfo<GoCase>& info) {
    const char* protocol = info.param.protocol == GoProtocol::gob    ? "Gob"
                           : info.param.protocol == GoProtocol::json ? "Json"
                                                                     : "GobOverHttp";
    return (info.param.world == World::live ? "Live" : "Simulated") + std::string(protocol);
}
INSTANTIATE_TEST_SUITE_P(
    InBothWorlds, GoCalls,
    testing::Values(GoCase{World::simulated, GoProtocol::gob}, GoCase{World::simulated, GoProtocol::gob_over_http},
                    GoCase{World::simulated, GoProtocol::json}, GoCase{World::live, GoProtocol::gob},
                    GoCase{World::live, GoProtocol::gob_over_http}, GoCase{World::live, GoProtocol::json}),
    go_case_name);

// What the server answers to these bytes, until it closes.
std::string answer_to(const std::string& sent, bool half_closes = true) {
    std::string answer;
    const auto stage = conformance::simulated_stage();
    (void)stage->run({{"server", 0,
                       [](sim::Env& env) {
                           Server server(env);
                           publish_arith(server, env);
                           server.serve();
                       },
                       true},
                      {"client", 0, [&](sim::Env& env) {
                           (void)env.sleep(10ms);
                           sim::Result<sim::Stream> stream =
                               env.connect(env.peers("server")[0].at(port_default), env.deadline(1s));
                           ASSERT_TRUE(stream.ok());
                           ASSERT_TRUE(stream->write(sim::view_of(sent), label_go_calls, env.deadline(1s)).ok());
                           if (half_closes) {
                               ASSERT_TRUE(stream->shutdown().ok());
                           }
                           while (true) {
                               const sim::Result<sim::Bytes> more = stream->read(4096, env.deadline(1s));
                               if (!more.ok() || more->empty()) return;
                               answer += more->text();
                           }
                       }}});
    return answer;
}

// What a call is told by a server that reads a while, answers with these bytes, and closes.
GoError told_by(const std::string& answer, GoProtocol protocol) {
    GoError told;
    const auto stage = conformance::simulated_stage();
    (void)stage->run({{"server", 0,
                       [&](sim::Env& env) {
                           sim::Result<sim::Socket> socket = env.bind(port_default);
                           ASSERT_TRUE(socket.ok());
                           sim::Result<sim::Stream> stream = env.accept(*socket);
                           ASSERT_TRUE(stream.ok());
                           ASSERT_TRUE(stream->read(4096).ok());
                           ASSERT_TRUE(stream->write(sim::view_of(answer), label_go_replies).ok());
                       }},
                      {"client", 0, [&](sim::Env& env) {
                           (void)env.sleep(10ms);
                           GoClient client(env);
                           ASSERT_FALSE(client.open(env.peers("server")[0], protocol, env.deadline(1s)));
                           told = client.call<std::int64_t>("Arith.Multiply", Args{7, 8}, env.deadline(1s)).error();
                           EXPECT_EQ(client.call<std::int64_t>("Arith.Multiply", Args{}, env.deadline(1s)).error().text,
                                     told.kind == Kind::server ? "unexpected EOF" : "connection is shut down");
                       }}});
    return told;
}

TEST(GoServers, ThatAnswerWithWhatIsNoReplyEndTheConnection) {
    const auto json = [](const std::string& answer) { return told_by(answer, GoProtocol::json).text; };
    EXPECT_EQ(json(""), "unexpected EOF");
    EXPECT_EQ(json(R"({"id":7,"result":56,"error":null})"), "unexpected EOF"); // to a call that nobody made
    EXPECT_EQ(json(R"({"id":0,"result":null,"error":null})"), "invalid error <nil>");
    EXPECT_EQ(json(R"({"id":0,"result":null,"error":7})"), "invalid error 7");
    EXPECT_EQ(json("x"), "invalid character 'x' looking for beginning of value");
    EXPECT_EQ(told_by("", GoProtocol::gob).text, "unexpected EOF");
    EXPECT_EQ(told_by(std::string("\x03\x04\x00\x02", 4), GoProtocol::gob).text,
              "gob: type mismatch in decoder: want struct type main.Response; got non-struct");
    EXPECT_EQ(told_by(std::string(http_connected), GoProtocol::gob_over_http).text, "unexpected EOF");
}

TEST(GoServers, ThatAnswerWithAnErrorDoNot) {
    const GoError told = told_by(R"({"id":0,"result":null,"error":"no"})", GoProtocol::json);
    EXPECT_EQ(told.kind, Kind::server);
    EXPECT_EQ(told.text, "no");
    EXPECT_EQ(told_by(R"({"id":0,"result":null,"error":""})", GoProtocol::json).text, "unspecified error");
}

std::string unhex(std::string_view hexadecimal) {
    std::string text;
    for (std::size_t i = 0; i + 1 < hexadecimal.size();) {
        if (hexadecimal[i] == ' ') {
            ++i;
            continue;
        }
        text += static_cast<char>(std::stoi(std::string(hexadecimal.substr(i, 2)), nullptr, 16));
        i += 2;
    }
    return text;
}

const std::string multiply = "Arith.Multiply";
// The first call of a Go client: Arith.Multiply of Args{7, 8}.
const std::string go_call = unhex("2f ff81 03 01 01 07") + "Request" + unhex("01 ff82 00 01 02 01 0d") +
                            "ServiceMethod" + unhex("01 0c 00 01 03") + "Seq" + unhex("01 06 00 00 00 13 ff82 01 0e") +
                            multiply + unhex("00 1e ff83 03 01 01 04") + "Args" + unhex("01 ff84 00 01 02 01 01") +
                            "A" + unhex("01 04 00 01 01") + "B" + unhex("01 04 00 00 00 07 ff84 01 0e 01 10 00");
const std::string go_reply = unhex("3a ff81 03 01 01 08") + "Response" + unhex("01 ff82 00 01 03 01 0d") +
                             "ServiceMethod" + unhex("01 0c 00 01 03") + "Seq" + unhex("01 06 00 01 05") + "Error" +
                             unhex("01 0c 00 00 00 13 ff82 01 0e") + multiply + unhex("00 03 04 00 70");

TEST(GoBytes, AreThoseOfGo) {
    EXPECT_EQ(go_call.size(), 107u);
    EXPECT_EQ(go_reply.size(), 83u);
    EXPECT_EQ(answer_to(go_call), go_reply);
    EXPECT_EQ(answer_to("CONNECT /_goRPC_ HTTP/1.0\n\n" + go_call), "HTTP/1.0 200 Connected to Go RPC\n\n" + go_reply);
    EXPECT_EQ(answer_to("CONNECT /_goRPC_ HTTP/1.0\r\nHost: x\r\n\r\n" + go_call),
              "HTTP/1.0 200 Connected to Go RPC\n\n" + go_reply);
    EXPECT_EQ(answer_to("{\"method\":\"Arith.Multiply\",\"params\":[{\"A\":7,\"B\":8}],\"id\":0}"),
              "{\"id\":0,\"result\":56,\"error\":null}\n");
    EXPECT_EQ(
        answer_to(" {\"method\":\"Arith.Divide\",\"params\":[{\"A\":7}],\"id\":\"x\"}{\"method\":\"Arith.Multiply\"}"),
        "{\"id\":null,\"result\":null,\"error\":\"jsonrpc: request body missing params\"}\n"
        "{\"id\":\"x\",\"result\":null,\"error\":\"divide by zero\"}\n");
}

TEST(GoBytes, OfAnErrorAreThoseOfGo) {
    std::string divide = go_call;
    divide.replace(divide.find(multiply) - 1, multiply.size() + 1,
                   "\x0c"
                   "Arith.Divide");
    divide[48] = 0x11;
    divide.replace(divide.size() - 8, 8, unhex("05 ff84 01 0e 00"));
    const std::string reply = answer_to(divide);
    EXPECT_EQ(reply.size(), 108u);
    EXPECT_TRUE(reply.ends_with(unhex("21 ff82 01 0c") + "Arith.Divide" + unhex("02 0e") + "divide by zero" +
                                unhex("00 0a ff83 03 01 02 ff84 00 00 00 03 ff84 00")));
}

TEST(GoBytes, ThatAreNoCallEndTheConnectionAndNothingElse) {
    for (const std::string& sent :
         {std::string("garbage that is nothing"), std::string("{\"method\":7}"), std::string("[1,"),
          unhex("f8 1000000000000000 00"), unhex("03 04 00 02"), go_call.substr(0, 60)})
        EXPECT_EQ(answer_to(sent), "") << sent;
    // Of what came before, all is answered.
    EXPECT_EQ(answer_to("{}x{}"),
              "{\"id\":null,\"result\":null,\"error\":\"rpc: service/method request ill-formed: \"}\n");
    EXPECT_EQ(answer_to(go_call + "garbage", false), go_reply);
}

TEST(GoBytes, OfHttpThatIsNoCall) {
    const std::string refused = answer_to("GET /_goRPC_ HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(refused.starts_with("HTTP/1.0 405 Method Not Allowed\r\nContent-Type: text/plain; charset=utf-8\r\n"));
    EXPECT_TRUE(refused.ends_with("\r\n\r\n405 must CONNECT\n"));
    EXPECT_TRUE(answer_to("POST /x HTTP/1.1\r\n\r\n").ends_with("\r\n\r\n404 page not found\n"));
    const std::string page = answer_to("GET /debug/rpc HTTP/1.1\r\n\r\n");
    EXPECT_NE(page.find("Multiply(main.Args, *int) error</td><td align=center>0</td>"), page.npos) << page;
    EXPECT_EQ(answer_to("GET " + std::string(9000, 'x'), false), "");
}

} // namespace
} // namespace orrery::rpc
