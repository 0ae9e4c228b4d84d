// Waiters, compared with a map of the standard library.
#include <gtest/gtest.h>

#include <map>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "orrery/protocols/replication/waiters.h"

namespace orrery::replication {
namespace {

RC_GTEST_PROP(WaitersByKey, AreWhereAMapHasThem, ()) {
    int each[4] = {};
    Waiters<int> waiters;
    std::map<std::uint64_t, int*> model;
    const auto steps = *rc::gen::inRange(1, 200);
    for (int step = 0; step < steps; ++step) {
        const auto key = *rc::gen::inRange<std::uint64_t>(0, 12);
        int* const waiter = &each[*rc::gen::inRange(0, 4)];
        if (*rc::gen::arbitrary<bool>()) {
            waiters.put(key, waiter);
            model[key] = waiter;
        } else {
            waiters.remove(key, waiter);
            if (const auto found = model.find(key); found != model.end() && found->second == waiter) model.erase(found);
        }
        for (std::uint64_t of = 0; of < 13; ++of)
            RC_ASSERT(waiters.find(of) == (model.contains(of) ? model.at(of) : nullptr));
        std::map<std::uint64_t, int*> seen;
        waiters.for_each([&](std::uint64_t of, int& waits) { seen[of] = &waits; });
        RC_ASSERT(seen == model);
    }
}

} // namespace
} // namespace orrery::replication
