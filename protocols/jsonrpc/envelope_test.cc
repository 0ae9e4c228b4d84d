// Requests and replies, as Go's clients and servers send them and as other people's do.
#include "orrery/protocols/jsonrpc/envelope.h"

#include <gtest/gtest.h>

#include "orrery/protocols/jsonrpc/json_values_test.h"

namespace orrery::jsonrpc {
namespace {

using shapes::Args;
using shapes::text_of;

TEST(Envelope, ARequestIsWrittenAsGoWritesIt) {
    sim::Bytes out;
    EXPECT_FALSE(append_request(out, "Arith.Multiply", Args{7, 8}, 0));
    EXPECT_EQ(out.text(), "{\"method\":\"Arith.Multiply\",\"params\":[{\"A\":7,\"B\":8}],\"id\":0}\n");
    EXPECT_TRUE(append_request(out, "Arith.Multiply", std::complex<double>(), 1));
    EXPECT_TRUE(out.text().ends_with("\"id\":0}\n"));
}

TEST(Envelope, RepliesAreWrittenAsGoWritesThem) {
    sim::Bytes out;
    EXPECT_FALSE(append_reply(out, "0", std::int64_t{56}));
    append_error(out, "2", "divide by zero");
    EXPECT_EQ(out.text(), "{\"id\":0,\"result\":56,\"error\":null}\n"
                          "{\"id\":2,\"result\":null,\"error\":\"divide by zero\"}\n");
    out.clear();
    EXPECT_TRUE(append_reply(out, "0", std::complex<double>()));
    EXPECT_TRUE(out.empty());
}

std::string id_of(const std::string& json) {
    Request request;
    EXPECT_FALSE(read_request(json, request));
    sim::Bytes out;
    append_error(out, request.id, "");
    const std::string_view text = out.text();
    return std::string(text.substr(6, text.find(",\"result\"") - 6));
}

TEST(Envelope, AnIdIsRepeatedWhateverItIs) {
    for (const char* id : {"0", "-1.50e+3", "123456789012345678901234567890", "\"x\\u00e9\\\"y\"", "true", "null",
                           "[1,2]", "{\"a\":{}}"})
        EXPECT_EQ(id_of(R"({"method":"x","id":)" + std::string(id) + "}"), id);
    EXPECT_EQ(id_of(R"({"method":"x"})"), "null");
    // Go takes the space out, and makes it safe.
    EXPECT_EQ(id_of("{\"id\": { \"a b\" : [ 1 ,\n2 ] , \"<\" : \"\u2028\" } }"), R"({"a b":[1,2],"\u003c":"\u2028"})");
}

std::string argument_of(std::string_view json) {
    Request request;
    if (const Problem problem = read_request(json, request)) return problem->text;
    Args argument;
    const Problem problem = read_argument(request, argument);
    return request.method + " " + (problem ? problem->text : text_of(argument));
}

TEST(Envelope, RequestsOfManyForms) {
    EXPECT_EQ(argument_of(R"({"method":"m","params":[{"A":7,"B":8}],"id":0})"), "m <7 8>");
    EXPECT_EQ(argument_of(R"( { "id" : 0 , "PARAMS" : [ { "a" : 7 } ] , "jsonrpc":"2.0","Method":"m" } )"), "m <7 0>");
    EXPECT_EQ(argument_of(R"({"method":"m","params":[{"A":7},{"A":"x"},5],"id":0})"), "m <7 0>");
    EXPECT_EQ(argument_of(R"({"method":"m","params":[],"id":0})"), "m <0 0>");
    EXPECT_EQ(argument_of(R"({"method":"m","params":[null],"id":0})"), "m <0 0>");
    EXPECT_EQ(argument_of(R"({"method":"m","id":0})"), "m jsonrpc: request body missing params");
    EXPECT_EQ(argument_of(R"({"method":"m","params":null,"id":0})"), "m jsonrpc: request body missing params");
    EXPECT_EQ(argument_of(R"({"method":"m","params":{"A":7},"id":0})"),
              "m json: cannot unmarshal object into Go value of type [1]interface {}");
    EXPECT_EQ(argument_of(R"({"method":"m","params":"x","id":0})"),
              "m json: cannot unmarshal string into Go value of type [1]interface {}");
    EXPECT_EQ(argument_of(R"({"method":"m","params":[{"A":7.5}],"id":0})"),
              "m json: cannot unmarshal number 7.5 into Go struct field Args.A of type int");
    EXPECT_EQ(argument_of("null"), " jsonrpc: request body missing params");
    EXPECT_EQ(argument_of(R"({"method":null})"), " jsonrpc: request body missing params");
    // These end the connection.
    EXPECT_EQ(argument_of("[]"), "json: cannot unmarshal array into Go value of type jsonrpc.serverRequest");
    EXPECT_EQ(argument_of(R"({"method":5})"),
              "json: cannot unmarshal number into Go struct field serverRequest.method of type string");
}

std::string reply_of(std::string_view json) {
    Reply reply;
    if (const Problem problem = read_reply(json, reply)) return "problem " + problem->text;
    const std::string id = std::to_string(reply.id) + " ";
    return reply.error ? id + "error " + *reply.error : id + "result " + std::string(reply.result);
}

TEST(Envelope, RepliesOfManyForms) {
    EXPECT_EQ(reply_of(R"({"id":0,"result":56,"error":null})"), "0 result 56");
    EXPECT_EQ(reply_of(R"({"RESULT":[1],"id":18446744073709551615})"), "18446744073709551615 result [1]");
    EXPECT_EQ(reply_of(R"({"id":2,"result":null,"error":"divide by zero"})"), "2 error divide by zero");
    EXPECT_EQ(reply_of(R"({"id":2,"result":5,"error":"both"})"), "2 error both");
    EXPECT_EQ(reply_of(R"({"id":2,"error":""})"), "2 error unspecified error");
    EXPECT_EQ(reply_of(R"({"id":null,"result":5})"), "0 result 5");
    EXPECT_EQ(reply_of(R"({"id":2,"result":null})"), "problem invalid error <nil>");
    EXPECT_EQ(reply_of(R"({"id":2,"error":5})"), "problem invalid error 5");
    EXPECT_EQ(reply_of(R"({"id":-1,"result":5})"),
              "problem json: cannot unmarshal number -1 into Go struct field clientResponse.id of type uint64");
    EXPECT_EQ(reply_of(R"({"id":"2","result":5})"),
              "problem json: cannot unmarshal string into Go struct field clientResponse.id of type uint64");
}

} // namespace
} // namespace orrery::jsonrpc
