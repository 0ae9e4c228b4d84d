// Each floating operation goes to the first place that real time and the object allow, by order of invocation.
#include "orrery/reports/judges/linearizable/floating.h"

#include <algorithm>
#include <utility>

#include "orrery/sim/check.h"

namespace orrery::reports::judges::linearizable {

using models::RegisterEffect;

Floating::Floating(std::span<const models::Interval> intervals, const models::RegisterEffects& effects,
                   const std::vector<std::uint32_t>& order, bool refused_fit)
    : intervals_(intervals), effects_(effects), refused_fit_(refused_fit) {
    CHECK(intervals.size() == effects.all.size());
    CHECK(order.size() <= intervals.size());
    const std::size_t count = order.size();
    latest_call_.assign(count + 1, INT64_MIN);
    earliest_return_.assign(count + 1, INT64_MAX);
    value_.assign(count + 1, 0);
    reign_end_.assign(count + 1, count);
    for (std::size_t place = 0; place < count; ++place) {
        const RegisterEffect& effect = effects.all[order[place]];
        latest_call_[place + 1] = std::max(latest_call_[place], intervals[order[place]].invoked.nanoseconds);
        value_[place + 1] = effect.value;
        if (effect.kind == RegisterEffect::Kind::write) chain_ends_.push_back(place);
    }
    chain_ends_.push_back(count);
    for (std::size_t place = count; place-- > 0;) {
        earliest_return_[place] = std::min(earliest_return_[place + 1], intervals[order[place]].returned.nanoseconds);
        reign_end_[place] = value_[place] == value_[place + 1] ? reign_end_[place + 1] : place;
    }
}

// The first place from `from` on where the object allows it; behind the last if there is none.
std::size_t Floating::earliest_fit(std::uint32_t operation, std::size_t from) const {
    const RegisterEffect& effect = effects_.all[operation];
    if (effect.kind == RegisterEffect::Kind::append) {
        const auto end = std::lower_bound(chain_ends_.begin(), chain_ends_.end(), from);
        return end == chain_ends_.end() ? value_.size() : *end;
    }
    return value_[from] == effect.value && refused_fit_ ? reign_end_[from] + 1 : from;
}

bool Floating::place(const std::vector<std::uint32_t>& floating, std::vector<std::uint32_t>& order) const {
    std::vector<std::uint32_t> by_call = floating;
    std::stable_sort(by_call.begin(), by_call.end(),
                     [this](auto a, auto b) { return intervals_[a].invoked < intervals_[b].invoked; });
    std::vector<std::pair<std::int64_t, std::size_t>> returned; // of those put in, with their places
    std::vector<std::pair<std::size_t, std::uint32_t>> placed;
    // A heap, the earliest return on top.
    const auto later = [](const auto& a, const auto& b) { return a.first > b.first; };
    std::size_t not_before = 0; // where those stand that had returned when the next one began
    for (const std::uint32_t each : by_call) {
        const std::int64_t call = intervals_[each].invoked.nanoseconds;
        const std::int64_t end = intervals_[each].returned.nanoseconds;
        while (!returned.empty() && returned.front().first < call) {
            not_before = std::max(not_before, returned.front().second);
            std::pop_heap(returned.begin(), returned.end(), later);
            returned.pop_back();
        }
        // The first place behind all that had returned before it began.
        const auto begin = std::lower_bound(earliest_return_.begin(), earliest_return_.end(), call);
        const auto from = static_cast<std::size_t>(begin - earliest_return_.begin());
        const std::size_t place = earliest_fit(each, std::max(from, not_before));
        if (place >= value_.size() || latest_call_[place] > end) return false;
        placed.emplace_back(place, each);
        returned.emplace_back(end, place);
        std::push_heap(returned.begin(), returned.end(), later);
    }
    std::stable_sort(placed.begin(), placed.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::uint32_t> merged;
    merged.reserve(order.size() + placed.size());
    std::size_t next = 0;
    for (std::size_t place = 0; place <= order.size(); ++place) {
        for (; next < placed.size() && placed[next].first == place; ++next) merged.push_back(placed[next].second);
        if (place < order.size()) merged.push_back(order[place]);
    }
    order = std::move(merged);
    return true;
}

} // namespace orrery::reports::judges::linearizable
