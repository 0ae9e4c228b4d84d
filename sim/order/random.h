// The random policy: every event late by a drawn part of the slack, ties in a drawn order.
#pragma once

#include "orrery/sim/order/policy.h"

namespace orrery::sim::order {

class Random final : public Policy {
public:
    Random(std::uint64_t seed, Duration slack) : seed_(mix(seed, name_hash("order.random"))), slack_(slack.count()) {
        CHECK(slack_ >= 0);
    }
    Place place(const Choice& choice) const override {
        const std::uint64_t raw = mix(seed_, choice.event);
        const auto width = static_cast<std::uint64_t>(slack_) + 1;
        return {static_cast<std::int64_t>((static_cast<Wide>(raw) * width) >> 64),
                static_cast<std::uint32_t>(raw & 0xffff) + 1};
    }

private:
    std::uint64_t seed_;
    std::int64_t slack_;
};

} // namespace orrery::sim::order
