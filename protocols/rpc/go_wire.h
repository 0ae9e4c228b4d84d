// What Go's net/rpc puts around calls: the headers before each body, the texts of its errors, and the HTTP with which a
// connection may begin. And how a server tells, from the first bytes of a connection, which protocol its client speaks.
//
// Go 1.19, packages net/rpc and net/rpc/jsonrpc.
#pragma once

#include <string>

#include "orrery/protocols/rpc/published.h"

namespace orrery::rpc {

// Before the body of a call, and of a reply.
struct GoRequest {
    static constexpr std::string_view go_name = "Request";
    std::string method; // "Arith.Multiply"
    std::uint64_t sequence = 0;

    static constexpr auto members() {
        return std::tuple{sim::member("serviceMethod", &GoRequest::method), sim::member("seq", &GoRequest::sequence)};
    }
};
struct GoResponse {
    static constexpr std::string_view go_name = "Response";
    std::string method;
    std::uint64_t sequence = 0;
    std::string error; // empty: the body is the result

    static constexpr auto members() {
        return std::tuple{sim::member("serviceMethod", &GoResponse::method), sim::member("seq", &GoResponse::sequence),
                          sim::member("error", &GoResponse::error)};
    }
};

enum class Wire : std::uint8_t {
    own,  // frames of this tree: a 32-bit length, whose highest byte is 0
    gob,  // net/rpc: a message whose second or third byte announces a type
    http, // a request line
    json, // net/rpc/jsonrpc
};
constexpr std::size_t wire_bytes = 4; // that tell them apart
Wire wire_of(sim::ByteView first);

// The method of that name, or why there is none, in Go's words.
struct Found {
    Method* method = nullptr;
    std::string problem{};
};
Found find_method(const Published& published, std::string_view name);

constexpr std::string_view http_path = "/_goRPC_";
constexpr std::string_view http_connected = "HTTP/1.0 200 Connected to Go RPC\n\n";
constexpr std::string_view http_connect = "CONNECT /_goRPC_ HTTP/1.0\n\n";
constexpr std::size_t http_head_max = 8192; // bytes

// How long the head of an HTTP message is, with the empty line that ends it; 0 if that has not come.
std::size_t http_head(std::string_view text);
// The whole answer to a request. One that begins with http_connected is followed by calls; after any other the
// connection ends. The page /debug/rpc lists what is published.
std::string http_answer(std::string_view head, const Published& published);

inline constexpr sim::Label label_go_calls{"go.calls", nullptr};
inline constexpr sim::Label label_go_replies{"go.replies", nullptr};

} // namespace orrery::rpc
