// Requests and replies of JSON-RPC 1.0, as Go's net/rpc/jsonrpc writes and reads them.
//
//     {"method":"Arith.Multiply","params":[{"A":7,"B":8}],"id":0}
//     {"id":0,"result":56,"error":null}
//
// Each ends with a newline, and none is needed to read it. A request without an id is answered, with the id null: there
// are no notifications.
#pragma once

#include "orrery/protocols/jsonrpc/value_reader.h"
#include "orrery/protocols/jsonrpc/value_writer.h"

namespace orrery::jsonrpc {

// What a server reads. The views are of the text that was read.
struct Request {
    std::string method;
    std::optional<std::string_view> params; // JSON
    std::string_view id = "null";           // JSON of any kind; a reply repeats it
};

// What a client reads.
struct Reply {
    std::uint64_t id = 0;
    std::optional<std::string> error;
    std::string_view result = "null"; // JSON, if there is no error
};

// Of a value that a Reader gave. After a problem, the connection is of no more use.
[[nodiscard]] Problem read_request(std::string_view json, Request& request);
[[nodiscard]] Problem read_reply(std::string_view json, Reply& reply);

// The parameters that a list of one has room for; the method's own are the first of them.
[[nodiscard]] Problem find_argument(const Request& request, std::optional<std::string_view>& argument);

// A list without an element leaves the argument as it is.
template <class T>
[[nodiscard]] Problem read_argument(const Request& request, T& argument, const Limits& limits = {}) {
    std::optional<std::string_view> json;
    if (Problem problem = find_argument(request, json)) return problem;
    return json ? read_value(*json, argument, limits) : std::nullopt;
}

template <class T>
[[nodiscard]] Problem append_request(sim::Bytes& out, std::string_view method, const T& argument, std::uint64_t id) {
    const std::size_t begin = out.size();
    append(out, "{\"method\":");
    append_text(out, method);
    append(out, ",\"params\":[");
    Problem problem = append_value(out, argument);
    append(out, "],\"id\":" + std::to_string(id) + "}\n");
    if (problem) out.resize(begin);
    return problem;
}

template <class T>
[[nodiscard]] Problem append_reply(sim::Bytes& out, std::string_view id, const T& result) {
    const std::size_t begin = out.size();
    append(out, "{\"id\":");
    append_compact(out, id);
    append(out, ",\"result\":");
    Problem problem = append_value(out, result);
    append(out, ",\"error\":null}\n");
    if (problem) out.resize(begin);
    return problem;
}
void append_error(sim::Bytes& out, std::string_view id, std::string_view error);

} // namespace orrery::jsonrpc
