// How the line of a plan and the recorded beginning and end of its fault become one line of the story.
#include "orrery/reports/views/applied_faults.h"

#include <algorithm>

namespace orrery::reports::views {
namespace {

constexpr std::size_t lines_max = 12;

// One fault that took effect, and when it began and ended.
struct Interval {
    const AppliedFault* fault = nullptr;
    sim::WorldTime from{INT64_MAX};
    sim::WorldTime to{INT64_MAX};
    std::string line;
};

Interval find(const AppliedFault& fault, const trace::Recording& recording) {
    Interval applied{&fault, {INT64_MAX}, {INT64_MAX}, fault.line};
    for (const trace::Row& recorded : recording.rows) {
        if (!recorded.is_fault() || recorded.fault != fault.fault) continue;
        if (recorded.kind == trace::Row::Kind::fault_end) {
            applied.to = recorded.time;
        } else if (applied.from.nanoseconds == INT64_MAX) {
            applied.from = recorded.time;
            applied.line = recorded.name;
        }
    }
    return applied;
}

std::string line_of(const Interval& applied, const Style& style) {
    std::string when = padded("", 24);
    if (applied.from.nanoseconds != INT64_MAX) {
        when = in_seconds(applied.from);
        if (applied.to.nanoseconds != INT64_MAX && applied.to > applied.from) when += " to " + in_seconds(applied.to);
    }
    const std::uint64_t times = applied.fault->effective;
    const std::string tail = ": took effect " + (times == 1 ? std::string("once") : std::to_string(times) + " times");
    const std::string what =
        clipped(without_times(applied.line), style.width - 28 - std::min(tail.size(), style.width - 40), style);
    return "  " + padded(when, 24) + "  " + painted(what, Colour::yellow, style) + tail + "\n";
}

} // namespace

std::string without_times(std::string_view line) {
    std::string result;
    while (!line.empty()) {
        const std::size_t end = std::min(line.find(' '), line.size());
        const std::string_view word = line.substr(0, end);
        if (!word.starts_with("at=") && !word.starts_with("for=")) {
            if (!result.empty()) result += ' ';
            result += word.starts_with("target=") ? word.substr(7) : word;
        }
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return result;
}

std::string applied_faults(const std::vector<AppliedFault>& all, const trace::Recording& recording,
                           sim::WorldTime until, const Style& style) {
    std::vector<Interval> applied;
    for (const AppliedFault& fault : all)
        if (fault.effective > 0) applied.push_back(find(fault, recording));
    std::stable_sort(applied.begin(), applied.end(),
                     [](const Interval& a, const Interval& b) { return a.from < b.from; });
    const auto later = std::find_if(applied.begin(), applied.end(), [&](const Interval& each) {
        return each.from > until && each.from.nanoseconds != INT64_MAX;
    });
    const auto before = static_cast<std::size_t>(later - applied.begin());
    const std::size_t first = before > lines_max ? before - lines_max : 0;
    std::string text;
    if (first > 0) text += "  ... " + std::to_string(first) + " earlier ones left out\n";
    for (std::size_t i = first; i < before; ++i) text += line_of(applied[i], style);
    if (before < applied.size())
        text += "  and " + std::to_string(applied.size() - before) + " more, after the violation\n";
    return text;
}

} // namespace orrery::reports::views
