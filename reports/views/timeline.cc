// Bars are placed by the order of all ends: each bracket stands right of those before it.
#include "orrery/reports/views/timeline.h"

#include <algorithm>
#include <map>

#include "orrery/reports/views/source_places.h"
#include "orrery/reports/views/words.h"
#include "orrery/sim/check.h"

namespace orrery::reports::views {
namespace {

constexpr std::string_view mark_impossible = " <- impossible";
constexpr std::string_view mark_contradicts = " <-";

// From the column of its opening to that of its closing bracket.
struct Bar {
    std::size_t from = 0;
    std::size_t to = 0;
    std::string label;
};

struct Endpoint {
    sim::WorldTime time;
    int order = 0; // among equal times
    bool closes = false;
    std::size_t call = 0;
};

bool is_open(const Call& call) { return call.outcome == Call::Outcome::unknown; }

// What is drawn, and how.
struct Drawn {
    std::vector<Call> calls;        // in the order of their invocations; without what all have in common
    std::vector<std::string> marks; // behind each
};

std::string label_of(const Drawn& drawn, std::size_t place, bool words) {
    const std::string label(1, letter(place));
    return words ? label + " " + whole(drawn.calls[place]) : label;
}

// Each bracket right of those before it, and far enough from its partner for the words between.
std::vector<Bar> place_bars(const Drawn& drawn, const Style& style, bool words, std::size_t first) {
    std::vector<Bar> bars(drawn.calls.size());
    std::vector<Endpoint> endpoints;
    // What a client asks as soon as it is answered begins behind that answer.
    const auto goes_on = [&](const Call& call) {
        return std::any_of(drawn.calls.begin(), drawn.calls.end(), [&](const Call& other) {
            return other.process == call.process && other.invoked == call.returned && call.invoked < other.invoked;
        });
    };
    for (std::size_t place = 0; place < bars.size(); ++place) {
        const Call& call = drawn.calls[place];
        bars[place].label = shown(label_of(drawn, place, words), style);
        const sim::WorldTime end = is_open(call) ? sim::WorldTime{INT64_MAX} : call.returned;
        endpoints.push_back({call.invoked, 1, false, place});
        endpoints.push_back({end, goes_on(call) ? 0 : 2, true, place});
    }
    std::stable_sort(endpoints.begin(), endpoints.end(), [](const Endpoint& a, const Endpoint& b) {
        return std::pair(a.time, a.order) < std::pair(b.time, b.order);
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

void draw(Line& line, const Bar& bar, const Call& call, const std::string& mark, const Style& style) {
    const Colour colour = mark.empty() ? Colour::none : Colour::red;
    line.fill(bar.from + 1, bar.to, style.unicode ? "─" : "-", colour);
    line.put(bar.from, "[", colour);
    line.put(bar.from + 1, bar.label, mark.empty() ? Colour::cyan : Colour::red);
    line.put(bar.to, is_open(call) ? ">" : "]", colour);
    line.put(bar.to + 1, mark, Colour::red);
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

std::string list(const std::vector<Call>& calls, const Participants& participants, const Style& style) {
    std::string text;
    for (std::size_t place = 0; place < calls.size(); ++place)
        text += wrapped(std::string(1, letter(place)) + " " + with_times(calls[place], participants), 2, style) + "\n";
    return text;
}

// `all`: the operations with what they have in common, for the list.
std::string drawing(const Drawn& drawn, const std::vector<Call>& all, const Participants& participants,
                    const Style& style, bool times) {
    std::map<std::string, Line> lanes;
    std::size_t name = 0;
    for (const Call& call : all) name = std::max(name, columns_of(participants.client(call.process)));
    std::vector<Bar> bars;
    bool words = true;
    for (;; words = false) {
        bars = place_bars(drawn, style, words, name + 4);
        std::size_t end = 0;
        for (std::size_t place = 0; place < bars.size(); ++place)
            end = std::max(end, bars[place].to + 1 + mark_impossible.size());
        if (end <= style.width || !words) break;
    }
    for (std::size_t place = 0; place < bars.size(); ++place) {
        const std::string client = participants.client(all[place].process);
        lanes[client].put(2, client);
        draw(lanes[client], bars[place], all[place], drawn.marks[place], style);
    }
    std::string text;
    for (const auto& [client, line] : lanes) text += line.text(style) + "\n";
    if (times || !words) text += "\n" + list(all, participants, style);
    return text;
}

} // namespace

std::string timeline(const MinimalHistory& minimal, const Participants& participants, const Style& style, bool times) {
    CHECK(minimal.calls.size() <= letters_max);
    CHECK(minimal.unpassable < minimal.calls.size());
    Drawn drawn{minimal.calls, std::vector<std::string>(minimal.calls.size())};
    for (Call& each : drawn.calls) each.key = {}; // the key is the same for all: it stands in the heading
    drawn.marks[minimal.unpassable] = mark_impossible;
    return drawing(drawn, minimal.calls, participants, style, times);
}

std::string timeline(const std::vector<Call>& calls, const std::vector<std::size_t>& marked,
                     const Participants& participants, const Style& style) {
    CHECK(calls.size() <= letters_max);
    Drawn drawn{calls, std::vector<std::string>(calls.size())};
    for (const std::size_t each : marked) drawn.marks.at(each) = mark_contradicts;
    return drawing(drawn, calls, participants, style, false);
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
