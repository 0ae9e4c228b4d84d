// The works of `orrery bench`: each runs a world until a given number of operations is done.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace orrery::scenarios::bench {

struct Task {
    std::uint64_t operations = 0;
    std::uint64_t hosts = 0;
    std::function<void(std::uint64_t)> progress{}; // called about a hundred times with the number done
    // The number done at which it is called next.
    std::uint64_t next_after(std::uint64_t done) const { return std::min(operations, done + operations / 100 + 1); }
};

struct Work {
    std::string_view name;
    std::string_view operation; // what one operation is
    std::uint64_t hosts;        // by default
    std::uint64_t hosts_least;
    // Returns the number of operations done, at least those of the task.
    std::uint64_t (*run)(const Task& task);
};

const std::vector<Work>& works();

} // namespace orrery::scenarios::bench
