// The policies by name.
#include "orrery/sim/order/policy.h"

#include "orrery/sim/order/random.h"

namespace orrery::sim::order {

bool make_policy(std::string_view name, std::uint64_t seed, Duration slack, std::unique_ptr<Policy>& out) {
    out = nullptr;
    if (name == "time") return true;
    if (name != "random") return false;
    out = std::make_unique<Random>(seed, slack);
    return true;
}

} // namespace orrery::sim::order
