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

} // namespace
} // namespace orrery::sim::world
