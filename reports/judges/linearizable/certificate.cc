// Four things are checked: every operation exists, stands once, respects real time, and has its recorded result.
#include "orrery/reports/judges/linearizable/certificate.h"

#include <algorithm>

namespace orrery::reports::judges::linearizable {

std::optional<std::string> objection(const models::Operations& operations, std::span<const std::size_t> order) {
    std::vector<bool> seen(operations.size());
    sim::WorldTime latest_call{INT64_MIN};
    for (const std::size_t each : order) {
        const auto name = [each] { return "operation " + std::to_string(each); };
        if (each >= operations.size()) return name() + " does not exist";
        if (seen[each]) return name() + " stands twice";
        seen[each] = true;
        // All before it in the order must not have begun after it returned.
        if (operations.interval(each).returned < latest_call)
            return name() + " had returned before one ahead of it began";
        latest_call = std::max(latest_call, operations.interval(each).invoked);
    }
    for (std::size_t each = 0; each < operations.size(); ++each)
        if (!seen[each] && !operations.interval(each).unknown)
            return "operation " + std::to_string(each) + " is missing";
    if (const auto place = operations.first_refused(order))
        return "operation " + std::to_string(order[*place]) + " would have had another result";
    return {};
}

} // namespace orrery::reports::judges::linearizable
