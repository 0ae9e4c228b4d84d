#include "orrery/reports/views/strikes.h"

#include <algorithm>

namespace orrery::reports::views {
namespace {

constexpr std::size_t lines_max = 12;

struct Struck {
    const Strike* strike = nullptr;
    sim::WorldTime from{INT64_MAX};
    sim::WorldTime to{INT64_MAX};
    std::string line;
};

Struck find(const Strike& strike, const Recording& recording) {
    Struck struck{&strike, {INT64_MAX}, {INT64_MAX}, strike.line};
    for (const Moment& moment : recording) {
        if (!moment.is_fault() || moment.fault != strike.fault) continue;
        if (moment.kind == Moment::Kind::fault_end) {
            struck.to = moment.time;
        } else if (struck.from.nanoseconds == INT64_MAX) {
            struck.from = moment.time;
            struck.line = moment.name;
        }
    }
    return struck;
}

std::string told(const Struck& struck, const Style& style) {
    std::string when = padded("", 24);
    if (struck.from.nanoseconds != INT64_MAX) {
        when = in_seconds(struck.from);
        if (struck.to.nanoseconds != INT64_MAX && struck.to > struck.from) when += " to " + in_seconds(struck.to);
    }
    const std::uint64_t times = struck.strike->effective;
    const std::string tail = ": took effect " + (times == 1 ? std::string("once") : std::to_string(times) + " times");
    const std::string what =
        clipped(without_times(struck.line), style.width - 28 - std::min(tail.size(), style.width - 40), style);
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

std::string strikes(const std::vector<Strike>& all, const Recording& recording, sim::WorldTime until,
                    const Style& style) {
    std::vector<Struck> struck;
    for (const Strike& strike : all)
        if (strike.effective > 0) struck.push_back(find(strike, recording));
    std::stable_sort(struck.begin(), struck.end(), [](const Struck& a, const Struck& b) { return a.from < b.from; });
    const auto later = std::find_if(struck.begin(), struck.end(), [&](const Struck& each) {
        return each.from > until && each.from.nanoseconds != INT64_MAX;
    });
    const auto before = static_cast<std::size_t>(later - struck.begin());
    const std::size_t first = before > lines_max ? before - lines_max : 0;
    std::string text;
    if (first > 0) text += "  ... " + std::to_string(first) + " earlier ones left out\n";
    for (std::size_t i = first; i < before; ++i) text += told(struck[i], style);
    if (before < struck.size())
        text += "  and " + std::to_string(struck.size() - before) + " more, after the violation\n";
    return text;
}

} // namespace orrery::reports::views
