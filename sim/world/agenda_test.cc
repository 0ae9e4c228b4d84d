// The wheel against a plain sorted list, and the pool against itself.
#include "orrery/sim/world/agenda.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <deque>
#include <set>
#include <tuple>

namespace orrery::sim::world {
namespace {

using Key = std::tuple<std::int64_t, std::uint32_t, std::uint64_t>;

RC_GTEST_PROP(Agenda, GivesTheOrderOfASortedList, ()) {
    Agenda agenda;
    std::deque<Entry> entries;
    std::set<std::pair<Key, Entry*>> oracle;
    std::int64_t now = 0;
    const auto steps = *rc::gen::inRange(1, 300);
    for (int step = 0; step < steps; ++step) {
        const int action = *rc::gen::inRange(0, 4);
        if (action <= 1) {
            Entry& entry = entries.emplace_back();
            // Near, far, and exactly now.
            entry.place = now + (std::int64_t{1} << *rc::gen::inRange(0, 40)) * *rc::gen::inRange(0, 3);
            entry.priority = *rc::gen::inRange<std::uint32_t>(0, 3);
            entry.id = entries.size() * 0x9e3779b97f4a7c15u;
            agenda.put(entry);
            oracle.insert({Key{entry.place, entry.priority, entry.id}, &entry});
        } else if (action == 2 && !oracle.empty()) {
            const auto size = static_cast<std::ptrdiff_t>(oracle.size());
            auto victim = std::next(oracle.begin(), *rc::gen::inRange<std::ptrdiff_t>(0, size));
            agenda.cancel(*victim->second);
            oracle.erase(victim);
        } else {
            Entry* popped = agenda.pop();
            if (oracle.empty()) {
                RC_ASSERT(popped == nullptr);
            } else {
                RC_ASSERT(popped == oracle.begin()->second);
                now = popped->place;
                oracle.erase(oracle.begin());
            }
        }
        RC_ASSERT(agenda.size() == oracle.size());
    }
}

// Slots that are spread level by level, with arrays large enough to go round; a third is cancelled on the way.
TEST(Agenda, KeepsTheOrderOfManyThatAreClose) {
    Agenda agenda;
    std::deque<Entry> entries;
    std::set<std::pair<Key, Entry*>> oracle;
    std::uint64_t state = 1;
    const auto below = [&state](std::uint64_t bound) {
        return ((state = state * 6364136223846793005u + 1) >> 33) % bound;
    };
    std::int64_t now = 0;
    for (int step = 0; step < 60'000; ++step) {
        Entry& entry = entries.emplace_back();
        const auto wait = static_cast<std::int64_t>(500'000 + below(1'000'000));
        entry.place = now + wait;
        entry.priority = 1;
        entry.id = below(UINT64_MAX);
        agenda.put(entry);
        oracle.insert({Key{entry.place, entry.priority, entry.id}, &entry});
        if (step % 3 == 0) {
            const auto& [key, victim] = *std::next(oracle.begin(), static_cast<std::ptrdiff_t>(below(3)));
            agenda.cancel(*victim);
            oracle.erase({key, victim});
        }
        if (step < 30'000) continue;
        Entry* popped = agenda.pop();
        ASSERT_EQ(popped, oracle.begin()->second) << step;
        now = popped->place;
        oracle.erase(oracle.begin());
    }
    EXPECT_EQ(agenda.size(), oracle.size());
    EXPECT_GT(agenda.size(), 1000u);
}

} // namespace
} // namespace orrery::sim::world
