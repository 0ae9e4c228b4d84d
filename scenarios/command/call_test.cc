// Calls from a shell, in each of Go's protocols, to a server that was started from one: results, errors of the server,
// what cannot be sent, and whom nobody answers.
#include <arpa/inet.h>
#include <sys/socket.h>

#include "orrery/scenarios/command/executable_test.h"

namespace orrery::scenarios {
namespace {

// Of the loopback interface, and no other test's.
std::string own_address() {
    const auto process = static_cast<unsigned>(getpid());
    return "127." + std::to_string(101 + process % 100) + "." + std::to_string(process / 100 % 250) + ".1";
}

class Calls : public Executable {
protected:
    std::string at_ = own_address() + ":1234";

    // A line that calls, and then says how that ended.
    std::string call(const std::string& words, const std::string& protocol) const {
        return "ORRERY call " + at_ + " " + words + " --protocol " + protocol + " 2>&1; echo $?; ";
    }
    // What a script prints while the arithmetic service is there. The script's code is the server's.
    Answer beside_server(const std::string& script) {
        return shell("rm -f told; { ORRERY serve rpc-arith --listen " + at_ +
                     " >told & }; server=$!; until [ -s told ]; do :; done; " + script + "kill $server; wait $server");
    }
    // The same of each protocol.
    void expect_in_each_protocol(const std::string& words, const std::string& expected) {
        std::string script;
        for (const char* protocol : {"gob-http", "gob", "jsonrpc"}) script += call(words, protocol);
        const Answer answer = beside_server(script);
        EXPECT_EQ(answer.out, expected + expected + expected) << words << answer.err;
        EXPECT_EQ(answer.code, 0);
    }
    void expect_in(const std::string& protocol, const std::string& words, const std::string& expected) {
        EXPECT_EQ(beside_server(call(words, protocol)).out, expected) << words << " in " << protocol;
    }
};

TEST_F(Calls, GiveTheResultInJson) {
    expect_in_each_protocol(R"(Arith.Multiply '{"A":7,"B":8}')", "56\n0\n");
    expect_in_each_protocol(R"(Arith.Divide '{"a":-7,"b":2}')", "{\"Quo\":-3,\"Rem\":-1}\n0\n");
    expect_in_each_protocol(R"(Arith.Slow '{}')", "0\n0\n");
    expect_in_each_protocol(R"(Arith.Divide '{"A":7,"B":2}' --json)",
                            R"({"type":"call","version":1,"method":"Arith.Divide","result":{"Quo":3,"Rem":1}})"
                            "\n0\n");
}

TEST_F(Calls, GiveTheErrorOfTheServerAndAreRefused) {
    expect_in_each_protocol(R"(Arith.Divide '{"A":7,"B":0}')", "orrery: divide by zero\n1\n");
    expect_in_each_protocol(R"(Arith.Divide '{"A":7}' --json)",
                            R"({"type":"call","version":1,"method":"Arith.Divide","error":"divide by zero"})"
                            "\norrery: divide by zero\n1\n");
    expect_in_each_protocol("Arith.Nope '{}'", "orrery: rpc: can't find method Arith.Nope\n1\n");
    expect_in_each_protocol("Nope.Multiply '{}'", "orrery: rpc: can't find service Nope.Multiply\n1\n");
    expect_in_each_protocol("Multiply '{}'", "orrery: rpc: service/method request ill-formed: Multiply\n1\n");
}

TEST_F(Calls, OfTheWrongTypesAreRefusedByTheServer) {
    for (const char* protocol : {"gob-http", "gob"}) {
        expect_in(protocol, R"(Arith.Multiply '"x"')",
                  "orrery: gob: type mismatch in decoder: want struct type main.Args; got non-struct\n1\n");
        expect_in(protocol, R"(Arith.Multiply '{"A":1.5}')",
                  "orrery: gob: wrong type (int) for received field .A\n1\n"); // Go's words: it names its own type
    }
    expect_in("jsonrpc", R"(Arith.Multiply '"x"')",
              "orrery: json: cannot unmarshal string into Go value of type main.Args\n1\n");
    expect_in("jsonrpc", R"(Arith.Multiply '{"A":1.5}')",
              "orrery: json: cannot unmarshal number 1.5 into Go struct field Args.A of type int\n1\n");
}

TEST_F(Calls, WhoseArgumentCannotBeSentAreNotMade) {
    for (const char* protocol : {"gob-http", "gob"}) {
        expect_in(protocol, "Arith.Multiply null",
                  "orrery: the argument cannot be sent: null, or an array of nothing, has no type\n64\n");
        expect_in(protocol, "Arith.Multiply 99999999999999999999",
                  "orrery: the argument cannot be sent: integer 99999999999999999999 does not fit into 64 bits\n64\n");
    }
    expect_in_each_protocol("Arith.Multiply '{'",
                            "orrery: expected an argument in JSON: unexpected end of JSON input\n64\n");
    const std::string call = "ORRERY call " + at_;
    expect_refused(call + " Arith.Multiply '{} {}'", 64, "expected an argument in JSON: ");
    expect_refused(call + " Arith.Multiply '{}' --protocol grpc", 64, "one of gob-http, gob, jsonrpc, got 'grpc'");
    expect_refused(call + " Arith.Multiply '{}' --timeout soon", 64, "--timeout expects ");
    expect_refused(call + " Arith.Multiply", 64, "json is required");
    expect_refused("ORRERY call nowhere Arith.Multiply '{}'", 64, "expected HOST:PORT, like 127.0.0.1:1234");
    expect_refused("ORRERY call 127.0.0.1:0 Arith.Multiply '{}'", 64, "expected HOST:PORT, like 127.0.0.1:1234");
}

TEST_F(Calls, ToWhereNobodyListensSaySo) {
    for (const char* protocol : {"gob-http", "gob", "jsonrpc"})
        expect_refused("ORRERY call " + at_ + " Arith.Multiply '{}' --protocol " + protocol, 69,
                       "no connection to " + at_ + ": refused");
}

// A peer that takes the connection and never says a word.
TEST_F(Calls, ToWhoeverDoesNotAnswerAreGivenUp) {
    const int silent = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(1234);
    ASSERT_EQ(inet_pton(AF_INET, own_address().c_str(), &address.sin_addr), 1);
    ASSERT_EQ(bind(silent, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(listen(silent, 8), 0);
    const std::string call = "ORRERY call " + at_ + " Arith.Multiply '{}' --timeout 50ms --protocol ";
    for (const char* protocol : {"gob", "jsonrpc", "gob-http"})
        expect_refused(call + protocol, 69, "no answer from " + at_ + " within 50ms");
    close(silent);
}

} // namespace
} // namespace orrery::scenarios
