// A search backwards through the steps. Each leads to its cause, and to the step before it at the same host.
#include "orrery/reports/trace/past.h"

#include <algorithm>
#include <map>

namespace orrery::reports::trace {
namespace {

// The steps by what they are searched for.
class Steps {
public:
    explicit Steps(const std::vector<Step>& steps) : steps_(steps), before_(steps.size(), none) {
        std::map<std::uint32_t, std::size_t> latest; // of each host
        for (std::size_t place = 0; place < steps.size(); ++place) {
            by_event_.push_back(place);
            if (steps[place].host == Step::nowhere) continue;
            const auto [at, first] = latest.try_emplace(steps[place].host, place);
            if (!first) before_[place] = std::exchange(at->second, place);
        }
        std::stable_sort(by_event_.begin(), by_event_.end(),
                         [&](std::size_t a, std::size_t b) { return steps[a].event < steps[b].event; });
    }

    // Calls `visit` with the place of each step of an event.
    template <class Visit>
    void each_of(std::uint64_t event, const Visit& visit) const {
        const auto first = std::partition_point(by_event_.begin(), by_event_.end(),
                                                [&](std::size_t place) { return steps_[place].event < event; });
        for (auto at = first; at != by_event_.end() && steps_[*at].event == event; ++at) visit(*at);
    }
    // Calls `visit` with each event from which that step comes.
    template <class Visit>
    void each_before(std::size_t place, const Visit& visit) const {
        if (steps_[place].cause != 0) visit(steps_[place].cause);
        if (before_[place] != none) visit(steps_[before_[place]].event);
    }

private:
    static constexpr std::size_t none = SIZE_MAX;

    const std::vector<Step>& steps_;
    std::vector<std::size_t> before_;   // the step before, at the same host
    std::vector<std::size_t> by_event_; // places, by event
};

} // namespace

bool Past::contains(std::uint64_t event) const { return std::binary_search(events.begin(), events.end(), event); }

Past past_of(const Recording& recording, std::uint64_t event) {
    const Steps steps(recording.steps);
    std::vector<bool> seen(recording.steps.size(), false);
    std::vector<std::uint64_t> open{event};
    Past past;
    while (!open.empty()) {
        const std::uint64_t next = open.back();
        open.pop_back();
        bool is_new = false;
        steps.each_of(next, [&](std::size_t place) {
            if (seen[place]) return;
            seen[place] = is_new = true;
            steps.each_before(place, [&](std::uint64_t before) { open.push_back(before); });
        });
        if (is_new) past.events.push_back(next);
    }
    std::sort(past.events.begin(), past.events.end());
    past.is_whole = recording.steps_dropped == 0;
    return past;
}

std::vector<std::size_t> rows_of(const Recording& recording, const Past& past) {
    std::vector<std::size_t> places;
    for (std::size_t place = 0; place < recording.rows.size(); ++place)
        if (past.contains(recording.rows[place].event)) places.push_back(place);
    return places;
}

} // namespace orrery::reports::trace
