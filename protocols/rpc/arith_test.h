// For tests: the arithmetic service of Go's documentation of net/rpc, and some that misbehave.
#pragma once

#include "orrery/protocols/rpc/rpc.h"

namespace orrery::rpc {

struct Args {
    std::int64_t a = 0;
    std::int64_t b = 0;
    static constexpr auto members() { return std::tuple{sim::member("a", &Args::a), sim::member("b", &Args::b)}; }
};
struct Quotient {
    std::int64_t quo = 0;
    std::int64_t rem = 0;
    bool operator==(const Quotient&) const = default;
    static constexpr auto members() {
        return std::tuple{sim::member("quo", &Quotient::quo), sim::member("rem", &Quotient::rem)};
    }
};

inline void publish_arith(Server& server, sim::Env& env) {
    server.publish("Arith.Multiply", [](const Args& args) { return args.a * args.b; });
    server.publish("Arith.Divide", [](const Args& args) -> Outcome<Quotient> {
        if (args.b == 0) return Refused{"divide by zero"};
        return Quotient{args.a / args.b, args.a % args.b};
    });
    // Answers after so many milliseconds.
    server.publish("Arith.Slow", [&env](std::int64_t milliseconds) {
        (void)env.sleep(std::chrono::milliseconds{milliseconds});
        return milliseconds;
    });
    server.publish("Echo.Text", [](std::string text) { return text; });
    // Arguments and results that are no structs.
    server.publish("Builtin.Map", [](std::int64_t i) { return std::map<std::int64_t, std::int64_t>{{i, i}}; });
    server.publish("Builtin.Slice", [](std::int64_t i) { return std::vector<std::int64_t>{i}; });
    server.publish("Builtin.Array", [](std::int64_t i) { return std::array<std::int64_t, 1>{i}; });
}

} // namespace orrery::rpc
