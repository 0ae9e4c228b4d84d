// The works of `orrery bench`: each runs a world until so many operations are done.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace orrery::scenarios::bench {

struct Work {
    std::string_view name;
    std::string_view operation; // what one operation is
    std::uint64_t hosts;        // by default
    // Returns the number of operations done, at least `operations`.
    std::uint64_t (*run)(std::uint64_t operations, std::uint64_t hosts);
};

const std::vector<Work>& works();

} // namespace orrery::scenarios::bench
