// The arithmetic service of Go's documentation of net/rpc: what a server of it answers, whoever asks, in this tree's
// own protocol or in Go's.
#pragma once

#include "orrery/protocols/rpc/rpc.h"

namespace orrery::scenarios::arith {

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

// Arith.Multiply; Arith.Slow, which multiplies after a while; Arith.Divide, which refuses to divide by zero.
void publish(rpc::Server& server, sim::Env& env);

} // namespace orrery::scenarios::arith
