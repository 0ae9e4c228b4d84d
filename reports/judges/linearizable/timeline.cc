// One sweep along the time axis gives slots out and takes them back.
#include "orrery/reports/judges/linearizable/timeline.h"

#include <algorithm>

#include "orrery/sim/check.h"

namespace orrery::reports::judges::linearizable {

Timeline::Timeline(std::vector<models::Interval> operations)
    : intervals(std::move(operations)), return_place(intervals.size(), never), slot(intervals.size(), never) {
    for (std::uint32_t each = 0; each < intervals.size(); ++each) {
        by_call.push_back(each);
        if (!intervals[each].unknown) by_return.push_back(each);
    }
    std::stable_sort(by_call.begin(), by_call.end(),
                     [this](std::uint32_t a, std::uint32_t b) { return intervals[a].invoked < intervals[b].invoked; });
    std::stable_sort(by_return.begin(), by_return.end(), [this](std::uint32_t a, std::uint32_t b) {
        return intervals[a].returned < intervals[b].returned;
    });
    // One sweep along the time axis: at equal stamps calls come before returns, which is what makes
    // operations with a common instant concurrent.
    std::vector<std::uint32_t> free_slots;
    std::uint32_t begun = 0;
    std::uint32_t known = 0; // of these
    quiet.assign(1, true);
    for (std::uint32_t place = 0; place < by_return.size(); ++place) {
        const std::uint32_t returning = by_return[place];
        for (; begun < by_call.size() && intervals[by_call[begun]].invoked <= intervals[returning].returned; ++begun) {
            if (intervals[by_call[begun]].unknown) continue;
            ++known;
            if (free_slots.empty()) free_slots.push_back(width++);
            slot[by_call[begun]] = free_slots.back();
            free_slots.pop_back();
        }
        CHECK(slot[returning] != never); // it was invoked before it returned
        return_place[returning] = place;
        called.push_back(begun);
        free_slots.push_back(slot[returning]);
        quiet.push_back(known == place + 1);
    }
    CHECK(called.size() == by_return.size());
    CHECK(free_slots.size() == width); // all known operations have returned
}

std::vector<std::uint32_t> Timeline::begun_by(std::uint32_t place) const {
    CHECK(place < called.size());
    std::vector<std::uint32_t> begun(by_call.begin(), by_call.begin() + called[place]);
    std::sort(begun.begin(), begun.end());
    return begun;
}

} // namespace orrery::reports::judges::linearizable
