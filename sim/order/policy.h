// A policy decides the order of events that could go either way. It sees what it chooses among: which event, of
// which kind, at which host, of which task, which message on which link.
//
// Mostly it decides when an event is put on the agenda: how much later than its time, at most the slack, and with
// which priority among equals, as a function of the choice alone, so that an edit elsewhere moves nothing here.
// Time order - the null policy - is offset 0 for all. A policy that must see all enabled events at once (bounded
// exhaustive search) decides when one is taken instead: `choose`, on a slow path that is not used yet.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "orrery/sim/chance.h"
#include "orrery/sim/types.h"

namespace orrery::sim::order {

// One event, as a policy sees it.
struct Choice {
    std::uint64_t event = 0;     // its identity
    std::uint8_t kind = 0;       // world::EventKind
    std::uint32_t host = 0;      // where it would happen
    std::uint64_t task = 0;      // whose turn it would be: the task's key; 0: no task's
    std::string_view label{};    // of a message
    bool is_message = false;     // and then it comes over the link ...
    std::uint32_t link_from = 0; // ... from this host to `host`
};

struct Place {
    std::int64_t offset = 0;    // nanoseconds, 0 .. slack
    std::uint32_t priority = 1; // lower first; 0 is the world's own
};

class Policy {
public:
    virtual ~Policy() = default;
    virtual Place place(const Choice& choice) const = 0;
    // Whether it decides when an event is taken as well.
    virtual bool chooses() const { return false; }
    // The index of the event that runs next. `enabled` are those that share the earliest time: at least one, by
    // priority and identity.
    virtual std::size_t choose(std::span<const Choice> enabled) {
        CHECK(!enabled.empty());
        return 0;
    }
};

// "time" gives null (the fast path), "random" a policy; any other name is refused.
bool make_policy(std::string_view name, std::uint64_t seed, Duration slack, std::unique_ptr<Policy>& out);

} // namespace orrery::sim::order
