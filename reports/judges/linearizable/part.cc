// A part of a part, and a part as it was known at an instant.
#include "orrery/reports/judges/linearizable/part.h"

#include "orrery/sim/check.h"

namespace orrery::reports::judges::linearizable {

Part part_of(const models::Operations& operations, const Part& part, const std::vector<std::uint32_t>& places) {
    std::vector<std::size_t> members;
    members.reserve(places.size());
    for (const std::uint32_t each : places) {
        CHECK(each < part.members.size());
        members.push_back(part.members[each]);
    }
    return Part(operations, part.key, std::move(members));
}

Known known_before(const models::Operations& operations, const Part& part, sim::WorldTime end) {
    Known known;
    for (std::uint32_t each = 0; each < part.members.size(); ++each) {
        const bool read_only = operations.verb(part.members[each]).is_read_only();
        const models::Interval& interval = part.intervals[each];
        if (interval.invoked < end && (interval.returned < end || !read_only)) known.places.push_back(each);
    }
    known.part = part_of(operations, part, known.places);
    for (models::Interval& each : known.part.intervals)
        if (each.returned >= end) each = {each.invoked, sim::WorldTime{INT64_MAX}, true};
    return known;
}

} // namespace orrery::reports::judges::linearizable
