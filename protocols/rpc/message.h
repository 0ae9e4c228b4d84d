// The two messages of rpc. A request is named by its client's boot and a number that is used once in that boot, so that
// the first request of a restarted client is not taken for one of its predecessor.
#pragma once

#include <string>

#include "orrery/sim/codec.h"
#include "orrery/sim/env.h"
#include "orrery/sim/outcome.h"

namespace orrery::rpc {

// What a call returns.
using sim::Outcome;
using sim::Refused;
using sim::Unknown;

constexpr std::uint64_t port_default = 1;

struct Request {
    std::uint64_t boot = 0;
    std::uint64_t sequence = 0;
    bool one_way = false;
    std::string service; // "Arith.Multiply"
    sim::Bytes argument;

    static constexpr auto members() {
        return std::tuple{sim::member("boot", &Request::boot), sim::member("sequence", &Request::sequence),
                          sim::member("one_way", &Request::one_way), sim::member("service", &Request::service),
                          sim::member("argument", &Request::argument)};
    }
};

enum class ReplyKind : std::uint8_t { value, refused, unknown };

// A reply names its request in full, because a restarted client uses the ports and numbers of its predecessor. It says
// how long its server has been up, because a request that was sent before then may have arrived twice, once at the
// server's predecessor.
struct Reply {
    std::uint64_t boot = 0;
    std::uint64_t sequence = 0;
    ReplyKind kind{};
    sim::Duration age{}; // of the server
    sim::Bytes content;  // value: it, encoded; refused: a Refused, encoded; unknown: the reason as text

    static constexpr auto members() {
        return std::tuple{sim::member("boot", &Reply::boot), sim::member("sequence", &Reply::sequence),
                          sim::member("kind", &Reply::kind), sim::member("age", &Reply::age),
                          sim::member("content", &Reply::content)};
    }
};

// The addresses that Env::peers gives name a host without a port; a server listens on the default port there.
inline sim::Address with_port(sim::Address address) { return address.port == 0 ? address.at(port_default) : address; }

std::string describe_request(sim::ByteView bytes);
std::string describe_reply(sim::ByteView bytes);
inline constexpr sim::Label label_request{"rpc.request", describe_request};
inline constexpr sim::Label label_reply{"rpc.reply", describe_reply};

} // namespace orrery::rpc
