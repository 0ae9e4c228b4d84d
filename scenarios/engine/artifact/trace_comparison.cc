// Steps are the events in their order, rows are what they showed. The first step that differs and the first row that
// differs are found each by itself; the row belongs to an event, and the earlier of the two events is the answer.
//
//     then:  step A, row 1    step B, row 2    step C
//     now:   step A, row 1    step B, row 3    step D      the rows part in B, the steps after it: B
#include "orrery/scenarios/engine/artifact/trace_comparison.h"

#include <algorithm>

#include "orrery/reports/views/style.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::engine {
namespace {

using reports::trace::Row;
using reports::trace::Step;

std::string host_of(const KeptTrace& trace, std::uint32_t host) {
    return host < trace.head.hosts.size() ? trace.head.hosts[host] : "";
}

bool is_same(const KeptTrace& a, const Step& one, const KeptTrace& b, const Step& other) {
    return one.event == other.event && one.cause == other.cause && one.time == other.time &&
           host_of(a, one.host) == host_of(b, other.host);
}

bool is_same(const KeptTrace& a, const Row& one, const KeptTrace& b, const Row& other) {
    if (!one.is_fault() && host_of(a, one.host) != host_of(b, other.host)) return false;
    if (one.is_message() && host_of(a, one.peer) != host_of(b, other.peer)) return false;
    Row elsewhere = other; // with the places of its hosts in the other trace
    elsewhere.host = one.host;
    elsewhere.peer = one.peer;
    return one == elsewhere;
}

// The first place where the two lists differ; as long as the shorter one if that is the beginning of the other.
template <class Each>
std::size_t first_difference(const KeptTrace& a, const std::vector<Each>& one, const KeptTrace& b,
                             const std::vector<Each>& other) {
    std::size_t place = 0;
    while (place < std::min(one.size(), other.size()) && is_same(a, one[place], b, other[place])) ++place;
    return place;
}

// The place of the event's first step; that of none if it has none, as a message that was lost.
std::size_t place_of(const KeptTrace& trace, std::uint64_t event) {
    const std::vector<Step>& steps = trace.recording.steps;
    const auto found = std::find_if(steps.begin(), steps.end(), [&](const Step& each) { return each.event == event; });
    return static_cast<std::size_t>(found - steps.begin());
}

std::size_t place_of_row(const KeptTrace& trace, std::size_t row) {
    const std::vector<Row>& rows = trace.recording.rows;
    return row < rows.size() ? place_of(trace, rows[row].event) : trace.recording.steps.size();
}

// "send raft.append to server2: append term 3"
std::string said(const KeptTrace& trace, const Row& row) {
    std::string text = std::string(reports::trace::name(row.kind)) + " " + row.name;
    if (row.is_message()) text += (row.kind == Row::Kind::deliver ? " from " : " to ") + host_of(trace, row.peer);
    const std::string words = row.words();
    return words.empty() ? text : text + ": " + words;
}

// What the event showed first.
std::string said_by(const KeptTrace& trace, std::uint64_t event) {
    const std::vector<Row>& rows = trace.recording.rows;
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& each) { return each.event == event; });
    return event == 0 || found == rows.end() ? "" : said(trace, *found) + " on " + host_of(trace, found->host);
}

Parted::Side side_of(const KeptTrace& trace, std::size_t step, std::size_t row) {
    Parted::Side side;
    if (step >= trace.recording.steps.size()) return side;
    side.step = trace.recording.steps[step];
    side.host = host_of(trace, side.step->host);
    side.cause = said_by(trace, side.step->cause);
    const std::vector<Row>& rows = trace.recording.rows;
    if (row < rows.size() && rows[row].event == side.step->event) side.row = rows[row];
    if (side.row) side.shown = said(trace, *side.row);
    return side;
}

} // namespace

sim::Checked<KeptTrace> read_kept_trace(const std::string& file) {
    const sim::Checked<std::string> text = read_file(file);
    if (!text) return text.complaint();
    sim::Checked<TraceHead> head = read_trace_head(*text, file);
    if (!head) return head.complaint();
    KeptTrace trace{std::move(*head), {}};
    const sim::Problem problem = read_trace(
        *text, file, [&](const Row& row) { trace.recording.rows.push_back(row); },
        [&](const Step& step) { trace.recording.steps.push_back(step); });
    if (problem) return *problem;
    return trace;
}

std::optional<Parted> parted(const KeptTrace& then, const KeptTrace& now) {
    const std::vector<Step>& steps = then.recording.steps;
    const std::size_t step = first_difference(then, steps, now, now.recording.steps);
    const std::size_t row = first_difference(then, then.recording.rows, now, now.recording.rows);
    const bool steps_end = step == steps.size() && step == now.recording.steps.size();
    const bool rows_end = row == then.recording.rows.size() && row == now.recording.rows.size();
    if (steps_end && rows_end) return std::nullopt;
    const std::size_t place = std::min({step, place_of_row(then, row), place_of_row(now, row)});
    Parted parted;
    parted.agreed = place;
    parted.same_event = place < step;
    parted.then = side_of(then, place, row);
    parted.now = side_of(now, place, row);
    return parted;
}

std::string Parted::Side::text() const {
    if (!step) return "the run has ended";
    std::string text = "event " + sim::hexadecimal(step->event) + " at " + reports::views::in_seconds(step->time);
    if (!host.empty()) text += " on " + host;
    if (step->cause == 0) return text + ", caused by nothing in the run";
    return text + ", caused by " + sim::hexadecimal(step->cause) + (cause.empty() ? "" : " (" + cause + ")");
}

std::string Parted::text() const {
    const std::string count = std::to_string(agreed);
    const auto shown = [](const Side& side) { return side.shown.empty() ? "nothing more" : side.shown; };
    if (same_event)
        return "the first " + count + " events are the same; in the next one the two do not do the same\n  " +
               then.text() + "\n  then: " + shown(then) + "\n  now:  " + shown(now) + "\n";
    return "the first " + count + " events are the same; then another one begins\n  then: " + then.text() +
           "\n  now:  " + now.text() + "\n";
}

} // namespace orrery::scenarios::engine
