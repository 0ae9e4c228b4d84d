// A policy gives each event its place when it is put on the agenda: how much later than its time,
// at most the slack, and with which priority among equals, as functions of the event's identity.
// Time order - the null policy - is offset 0 for all.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "orrery/sim/chance.h"
#include "orrery/sim/types.h"

namespace orrery::sim::order {

struct Place {
    std::int64_t offset = 0;    // nanoseconds, 0 .. slack
    std::uint32_t priority = 1; // lower first; 0 is the world's own
};

class Policy {
public:
    virtual ~Policy() = default;
    virtual Place place(std::uint64_t event) const = 0;
};

// "time" gives null (the fast path), "random" a policy; any other name is refused.
bool make_policy(std::string_view name, std::uint64_t seed, Duration slack, std::unique_ptr<Policy>& out);

} // namespace orrery::sim::order
