// Operations are sorted by their hints; of one hint the changes come first, then the reads, by invocation.
#include "orrery/reports/judges/linearizable/hints.h"

#include <algorithm>

#include "orrery/sim/check.h"

namespace orrery::reports::judges::linearizable {

std::optional<std::vector<std::uint32_t>> order_by_hints(const models::Operations& operations, const Part& part) {
    struct Hinted {
        std::int64_t hint;
        bool read_only;
        sim::WorldTime invoked;
        std::uint32_t place;
        auto operator<=>(const Hinted&) const = default;
    };
    std::vector<Hinted> hinted;
    hinted.reserve(part.members.size());
    for (std::uint32_t each = 0; each < part.members.size(); ++each) {
        const std::optional<std::int64_t> hint = operations.order(part.members[each]);
        if (hint)
            hinted.push_back(
                {*hint, operations.verb(part.members[each]).is_read_only(), part.intervals[each].invoked, each});
        else if (!part.intervals[each].unknown)
            return std::nullopt;
    }
    if (hinted.empty()) return std::nullopt; // no operation has a hint
    if (!std::is_sorted(hinted.begin(), hinted.end())) std::sort(hinted.begin(), hinted.end());
    std::vector<std::uint32_t> order;
    std::vector<std::size_t> members;
    sim::WorldTime latest{INT64_MIN};
    for (const Hinted& each : hinted) {
        if (part.intervals[each.place].returned < latest) return std::nullopt;
        latest = std::max(latest, each.invoked);
        order.push_back(each.place);
        members.push_back(part.members[each.place]);
    }
    CHECK(order.size() == hinted.size());
    hinted = std::vector<Hinted>(); // there may be millions
    if (operations.first_refused(members)) return std::nullopt;
    return order;
}

} // namespace orrery::reports::judges::linearizable
