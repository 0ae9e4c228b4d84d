// Bars are placed by the order of all ends: each bracket stands right of those before it.
#include "orrery/reports/views/timeline.h"

#include <algorithm>
#include <map>

#include "orrery/reports/views/source_places.h"
#include "orrery/reports/views/words.h"
#include "orrery/sim/check.h"

namespace orrery::reports::views {
namespace {

constexpr std::string_view mark = " <- impossible";

// From the column of its opening to that of its closing bracket.
struct Bar {
    std::size_t from = 0;
    std::size_t to = 0;
    std::string label;
};

struct Endpoint {
    sim::WorldTime time;
    bool closes = false;
    std::size_t call = 0;
};

bool is_open(const Call& call) { return call.outcome == Call::Outcome::unknown; }

std::string label_of(const MinimalHistory& minimal, std::size_t place, bool words) {
    const Call& call = minimal.calls[place];
    std::string label(1, letter(place));
    if (!words) return label;
    // The key is the same for all: it stands in the heading.
    Call without_key = call;
    without_key.key = {};
    return label + " " + whole(without_key);
}

// Each bracket right of those before it, and far enough from its partner for the words between.
std::vector<Bar> place_bars(const MinimalHistory& minimal, const Style& style, bool words, std::size_t first) {
    std::vector<Bar> bars(minimal.calls.size());
    std::vector<Endpoint> endpoints;
    for (std::size_t place = 0; place < bars.size(); ++place) {
        bars[place].label = shown(label_of(minimal, place, words), style);
        endpoints.push_back({minimal.calls[place].invoked, false, place});
        endpoints.push_back(
            {is_open(minimal.calls[place]) ? sim::WorldTime{INT64_MAX} : minimal.calls[place].returned, true, place});
    }
    std::stable_sort(endpoints.begin(), endpoints.end(), [](const Endpoint& a, const Endpoint& b) {
        return std::pair(a.time, a.closes) < std::pair(b.time, b.closes);
    });
    std::size_t next = first;
    for (const Endpoint& each : endpoints) {
        Bar& bar = bars[each.call];
        if (each.closes) next = std::max(next, bar.from + columns_of(bar.label) + 1);
        (each.closes ? bar.to : bar.from) = next;
        next += each.closes ? 2 : 1;
    }
    return bars;
}

void draw(Line& line, const Bar& bar, const Call& call, bool impossible, const Style& style) {
    const Colour colour = impossible ? Colour::red : Colour::none;
    line.fill(bar.from + 1, bar.to, style.unicode ? "─" : "-", colour);
    line.put(bar.from, "[", colour);
    line.put(bar.from + 1, bar.label, impossible ? Colour::red : Colour::cyan);
    line.put(bar.to, is_open(call) ? ">" : "]", colour);
    if (impossible) line.put(bar.to + 1, mark, Colour::red);
}

// "write 7, from 3.000 to 4.000 ms"; "write 7 -> ?, from step 3 on"; "write 7, lines 3 to 4".
std::string with_times(const Call& call, const Participants& participants) {
    const auto time = [&](sim::WorldTime at) {
        return participants.timed ? in_milliseconds(at) : std::to_string(at.nanoseconds);
    };
    const std::string done = participants.client(call.process) + ": " + whole(call) + ", ";
    const std::string places = participants.history == nullptr ? "" : source_places(*participants.history, call);
    if (!participants.timed && !places.empty()) return done + places + (is_open(call) ? " on" : "");
    const std::string unit = participants.timed ? " ms" : "";
    const std::string end = is_open(call) ? unit + " on" : " to " + time(call.returned) + unit;
    return done + "from " + (participants.timed ? "" : "step ") + time(call.invoked) + end +
           (places.empty() ? "" : " (" + places + ")");
}

std::string list(const MinimalHistory& minimal, const Participants& participants, const Style& style) {
    std::string text;
    for (std::size_t place = 0; place < minimal.calls.size(); ++place) {
        const std::string line = std::string(1, letter(place)) + " " + with_times(minimal.calls[place], participants);
        text += "  " + clipped(line, style.width - std::min<std::size_t>(style.width, 2), style) + "\n";
    }
    return text;
}

} // namespace

std::string timeline(const MinimalHistory& minimal, const Participants& participants, const Style& style, bool times) {
    CHECK(minimal.calls.size() <= letters_max);
    CHECK(minimal.unpassable < minimal.calls.size());
    std::map<std::string, Line> lanes;
    std::size_t name = 0;
    for (const Call& call : minimal.calls) name = std::max(name, columns_of(participants.client(call.process)));
    std::vector<Bar> bars;
    bool words = true;
    for (;; words = false) {
        bars = place_bars(minimal, style, words, name + 4);
        std::size_t end = 0;
        for (const Bar& bar : bars) end = std::max(end, bar.to + 1 + mark.size());
        if (end <= style.width || !words) break;
    }
    for (std::size_t place = 0; place < bars.size(); ++place) {
        const std::string client = participants.client(minimal.calls[place].process);
        lanes[client].put(2, client);
        draw(lanes[client], bars[place], minimal.calls[place], place == minimal.unpassable, style);
    }
    std::string text;
    for (const auto& [client, line] : lanes) text += line.text(style) + "\n";
    if (times || !words) text += "\n" + list(minimal, participants, style);
    return text;
}

std::string doubtful(const MinimalHistory& minimal, const Participants& participants, const Style& style) {
    std::string text;
    for (const Call& call : minimal.doubtful)
        text += "  " +
                clipped(with_times(call, participants), style.width - std::min<std::size_t>(style.width, 2), style) +
                "\n";
    return text;
}

} // namespace orrery::reports::views
