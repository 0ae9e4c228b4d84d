// Nothing here waits: bytes in, bytes out.
#include "orrery/protocols/rpc/go_wire.h"

#include <algorithm>

namespace orrery::rpc {
namespace {

std::string http_response(std::string_view status, std::string_view type, std::string_view body) {
    std::string text = "HTTP/1.0 ";
    text.append(status).append("\r\nContent-Type: ").append(type).append("\r\nContent-Length: ");
    text.append(std::to_string(body.size())).append("\r\nConnection: close\r\n\r\n").append(body);
    return text;
}

void append_escaped(std::string& page, std::string_view text) {
    for (const char each : text) switch (each) {
        case '&':
            page += "&amp;";
            break;
        case '<':
            page += "&lt;";
            break;
        case '>':
            page += "&gt;";
            break;
        default:
            page += each;
        }
}

// What stands before the last dot.
std::string_view service_of(std::string_view method) {
    return method.substr(0, std::min(method.rfind('.'), method.size()));
}

// A table for each service: its methods, and how often each was called.
std::string debug_page(const Published& published) {
    std::string page = "<html>\n<body>\n<title>Services</title>\n";
    std::string_view service;
    for (const auto& [name, method] : published) {
        if (service_of(name) != service) {
            if (!service.empty()) page += "</table>\n";
            service = service_of(name);
            page += "<hr>\nService ";
            append_escaped(page, service);
            page += "\n<hr>\n<table>\n<tr><th align=center>Method</th><th align=center>Calls</th></tr>\n";
        }
        page += "<tr><td align=left font=fixed>";
        append_escaped(page, name.substr(std::min(service.size() + 1, name.size())));
        append_escaped(page, "(" + method->argument_type() + ", " + method->result_type() + ") error");
        page += "</td><td align=center>" + std::to_string(method->calls) + "</td></tr>\n";
    }
    if (!service.empty()) page += "</table>\n";
    return page + "</body>\n</html>\n";
}

} // namespace

// An own frame of less than 16 MiB has a fourth byte of 0. In gob's first message, which is short, that is the number
// of a field or a part of a type's name; and no text has one.
Wire wire_of(sim::ByteView first) {
    CHECK(first.size() >= wire_bytes);
    const std::string_view text = sim::text_of(first);
    if (first[3] == 0) return Wire::own;
    for (const std::string_view method : {"CONN", "GET ", "POST", "HEAD", "PUT ", "DELE", "OPTI", "PATC", "TRAC"})
        if (text.starts_with(method)) return Wire::http;
    constexpr std::string_view json = "{[\"tfn-0123456789 \t\r\n"; // how a value, and the space before it, begins
    const bool is_text = std::all_of(text.begin(), text.begin() + wire_bytes,
                                     [](char each) { return static_cast<unsigned char>(each) < 0x80; });
    return is_text && json.find(text.front()) != json.npos ? Wire::json : Wire::gob;
}

Found find_method(const Published& published, std::string_view name) {
    if (name.rfind('.') == name.npos) return {nullptr, "rpc: service/method request ill-formed: " + std::string(name)};
    const auto found = published.find(name);
    if (found != published.end()) return {found->second.get()};
    const std::string service(service_of(name));
    const auto of_service = published.lower_bound(service + ".");
    const bool is_known = of_service != published.end() && service_of(of_service->first) == service;
    return {nullptr, (is_known ? "rpc: can't find method " : "rpc: can't find service ") + std::string(name)};
}

std::size_t http_head(std::string_view text) {
    std::size_t line = 0; // where it begins
    while (true) {
        const std::size_t end = text.find('\n', line);
        if (end == text.npos) return 0;
        const std::size_t size = end - line;
        if (line > 0 && (size == 0 || (size == 1 && text[line] == '\r'))) return end + 1;
        line = end + 1;
    }
}

std::string http_answer(std::string_view head, const Published& published) {
    const std::string_view line = head.substr(0, head.find_first_of("\r\n"));
    const std::string_view method = line.substr(0, line.find(' '));
    std::string_view path = line.substr(std::min(method.size() + 1, line.size()));
    path = path.substr(0, path.find_first_of(" ?"));
    constexpr std::string_view text = "text/plain; charset=utf-8";
    if (path == http_path && method == "CONNECT") return std::string(http_connected);
    if (path == http_path) return http_response("405 Method Not Allowed", text, "405 must CONNECT\n");
    if (path == "/debug/rpc") return http_response("200 OK", "text/html; charset=utf-8", debug_page(published));
    return http_response("404 Not Found", text, "404 page not found\n");
}

} // namespace orrery::rpc
