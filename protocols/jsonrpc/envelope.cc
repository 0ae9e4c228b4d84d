#include "orrery/protocols/jsonrpc/envelope.h"

namespace orrery::jsonrpc {
namespace {

Error mismatch(const Cursor& cursor, const std::string& where) {
    return {ErrorKind::mismatch, "json: cannot unmarshal " + std::string(cursor.kind()) + " into Go " + where};
}

// Calls visit(name, cursor) for each member, which takes the value. A null stands for an object without members.
template <class Visit>
Problem for_each_member(std::string_view json, const std::string& go_type, Visit visit) {
    Cursor cursor(json);
    if (cursor.peek() == 'n') return std::nullopt;
    if (cursor.peek() != '{') return mismatch(cursor, "value of type jsonrpc." + go_type);
    Problem first;
    for (bool more = cursor.enter(); more; more = cursor.next()) {
        const std::string name = cursor.name();
        Problem problem = visit(name, cursor);
        if (!first) first = std::move(problem);
    }
    return first;
}

// JSON as it stands; nothing if it is null.
std::optional<std::string_view> raw(Cursor& cursor) {
    const std::string_view json = cursor.skip();
    return json == "null" ? std::nullopt : std::optional(json);
}

} // namespace

Problem read_request(std::string_view json, Request& request) {
    return for_each_member(json, "serverRequest", [&](std::string_view name, Cursor& cursor) -> Problem {
        if (is_same_name("method", name)) {
            if (cursor.peek() != '"') {
                Error error = mismatch(cursor, "struct field serverRequest.method of type string");
                return raw(cursor) ? Problem(std::move(error)) : std::nullopt;
            }
            request.method = cursor.text();
        } else if (is_same_name("params", name)) {
            request.params = raw(cursor);
        } else if (is_same_name("id", name)) {
            request.id = cursor.skip();
        } else {
            cursor.skip();
        }
        return std::nullopt;
    });
}

Problem find_argument(const Request& request, std::optional<std::string_view>& argument) {
    if (!request.params) return Error{ErrorKind::mismatch, "jsonrpc: request body missing params"};
    Cursor cursor(*request.params);
    if (cursor.peek() != '[') return mismatch(cursor, "value of type [1]interface {}");
    for (bool more = cursor.enter(); more; more = cursor.next()) {
        const std::string_view element = cursor.skip();
        if (!argument) argument = element;
    }
    return std::nullopt;
}

Problem read_reply(std::string_view json, Reply& reply) {
    std::optional<std::string_view> result;
    std::optional<std::string_view> error;
    Problem problem = for_each_member(json, "clientResponse", [&](std::string_view name, Cursor& cursor) -> Problem {
        if (is_same_name("id", name)) {
            const bool is_number = cursor.is_number();
            Error wrong = mismatch(cursor, "struct field clientResponse.id of type uint64");
            const std::string_view id = cursor.skip();
            if (id == "null") return std::nullopt;
            if (is_number)
                wrong.text = "json: cannot unmarshal number " + std::string(id) +
                             " into Go struct field clientResponse.id of type uint64";
            const auto [end, code] = std::from_chars(id.data(), id.data() + id.size(), reply.id);
            if (code != std::errc() || end != id.data() + id.size()) return wrong;
        } else if (is_same_name("result", name)) {
            result = raw(cursor);
        } else if (is_same_name("error", name)) {
            error = raw(cursor);
        } else {
            cursor.skip();
        }
        return std::nullopt;
    });
    if (problem) return problem;
    if (result) reply.result = *result;
    if (!error && result) return std::nullopt;
    if (!error) return Error{ErrorKind::mismatch, "invalid error <nil>"};
    Cursor cursor(*error);
    if (cursor.peek() != '"') return Error{ErrorKind::mismatch, "invalid error " + std::string(*error)};
    reply.error = cursor.text();
    if (reply.error->empty()) reply.error = "unspecified error";
    return std::nullopt;
}

void append_error(sim::Bytes& out, std::string_view id, std::string_view error) {
    append(out, "{\"id\":");
    append_compact(out, id);
    append(out, ",\"result\":null,\"error\":");
    append_text(out, error);
    append(out, "}\n");
}

} // namespace orrery::jsonrpc
