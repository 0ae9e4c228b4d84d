// A shared counter gives the pieces out; a tally adds up in their order what they came to.
#include "orrery/reports/judges/pool.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "orrery/sim/check.h"

namespace orrery::reports::judges {

void run_pool(std::size_t count, std::size_t threads, const std::function<void(std::size_t)>& work) {
    std::atomic<std::size_t> next = 0;
    const auto run = [&] {
        for (std::size_t each = next++; each < count; each = next++) work(each);
    };
    std::vector<std::thread> others;
    for (std::size_t i = 1; i < std::min(threads, count); ++i) others.emplace_back(run);
    run();
    for (std::thread& each : others) each.join();
    CHECK(next >= count);
}

void Tally::add(std::size_t place, std::uint64_t amount) {
    const std::lock_guard lock(mutex_);
    CHECK(place < amounts_.size());
    CHECK(!amounts_[place]); // each piece of work counts once
    amounts_[place] = amount;
    for (; through_ < amounts_.size() && amounts_[through_]; ++through_) sum_ += *amounts_[through_];
}

std::uint64_t Tally::sum() {
    const std::lock_guard lock(mutex_);
    return sum_;
}

} // namespace orrery::reports::judges
