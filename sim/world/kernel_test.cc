// A policy that decides when an event is taken: what it is shown, and that it is obeyed.
#include "orrery/sim/world/kernel.h"

#include <gtest/gtest.h>

namespace orrery::sim::world {
namespace {

// Takes the last of those that it is shown, and remembers how many there were.
class Last final : public order::Policy {
public:
    explicit Last(std::vector<std::size_t>& shown) : shown_(shown) {}
    order::Place place(const order::Choice&) const override { return {}; }
    bool chooses() const override { return true; }
    std::size_t choose(std::span<const order::Choice> enabled) override {
        shown_.push_back(enabled.size());
        for (const order::Choice& each : enabled) EXPECT_NE(each.event, 0u);
        return enabled.size() - 1;
    }

private:
    std::vector<std::size_t>& shown_;
};

Event* wake_at(Kernel& kernel, HostIndex host, std::int64_t time) {
    Event* event = kernel.make(EventKind::wake, host, host);
    event->time = time;
    return event;
}

// The hosts of the events in the order in which they are taken.
std::vector<HostIndex> taken(Kernel& kernel, std::int64_t end) {
    Entry horizon;
    horizon.place = end;
    horizon.priority = UINT32_MAX;
    horizon.id = UINT64_MAX;
    kernel.put_horizon(horizon);
    std::vector<HostIndex> hosts;
    while (true) {
        Entry* entry = kernel.next(horizon);
        if (entry == &horizon) return hosts;
        hosts.push_back(static_cast<Event*>(entry)->host);
        kernel.drop(static_cast<Event*>(entry));
    }
}

TEST(Kernel, LetsAPolicyChooseAmongTheEventsOfOneTime) {
    std::vector<std::size_t> shown;
    std::vector<HostIndex> by_time;
    for (const bool chooses : {false, true}) {
        std::unique_ptr<order::Policy> policy;
        if (chooses) policy = std::make_unique<Last>(shown);
        Kernel kernel(Chance(1), std::move(policy));
        kernel.put_fixed(wake_at(kernel, 9, 5)); // the world's own: never chosen among
        for (const HostIndex host : {0u, 1u, 2u}) kernel.put(wake_at(kernel, host, 5));
        kernel.put(wake_at(kernel, 3, 7));
        kernel.put(wake_at(kernel, 4, 8));
        const std::vector<HostIndex> hosts = taken(kernel, 7); // the horizon stands behind what is due with it
        if (!chooses) by_time = hosts;
        if (chooses) {
            EXPECT_EQ(hosts, (std::vector<HostIndex>{9, by_time[3], by_time[2], by_time[1], 3}));
        }
    }
    EXPECT_EQ(by_time.size(), 5u);
    EXPECT_EQ(shown, (std::vector<std::size_t>{3, 2, 1, 1}));
}

} // namespace
} // namespace orrery::sim::world
