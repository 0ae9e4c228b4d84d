// Pool: a fixed number of threads for pieces of work that do not know of each other.
//
// The one place where a judge is not in one thread. Which thread does what, and when, is up to the machine; so
// a piece of work writes to nothing but its own place, and the caller puts the places together in their order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

namespace orrery::reports::judges {

// Calls `work` once for each number below `count`, in as many threads; returns when all are done. Numbers are begun
// in order. With one thread, or one piece of work, everything is done in the caller's.
void run_pool(std::size_t count, std::size_t threads, const std::function<void(std::size_t)>& work);

// What the first pieces of work came to, as far as all before them are through.
class Tally {
public:
    explicit Tally(std::size_t count) : amounts_(count) {}
    void add(std::size_t place, std::uint64_t amount);
    std::uint64_t sum();

private:
    std::mutex mutex_;
    std::vector<std::optional<std::uint64_t>> amounts_;
    std::size_t through_ = 0;
    std::uint64_t sum_ = 0;
};

} // namespace orrery::reports::judges
