#include "orrery/reports/views/explanation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "orrery/reports/views/rows.h"
#include "orrery/sim/text.h"

namespace orrery::reports::views {
namespace {

constexpr std::size_t rows_shown = 5; // of each continuation

std::size_t percent(const Inevitability& moment) {
    return moment.tried == 0 ? 0 : (100 * moment.failed + moment.tried / 2) / moment.tried;
}

std::string share(const Inevitability& moment) {
    const auto [least, most] = moment.interval();
    return std::to_string(moment.failed) + " of " + std::to_string(moment.tried) + " (" + std::to_string(least) +
           "% to " + std::to_string(most) + "%)";
}

// "server2: raft.role = leader", "server0 -> server2 raft.append term 3 ...".
std::string row_words(const trace::Row& row, const std::vector<std::string>& hosts) {
    using Kind = trace::Row::Kind;
    const auto host = [&](std::uint32_t index) { return index < hosts.size() ? hosts[index] : std::string("?"); };
    const std::string words = told(row);
    switch (row.kind) {
    case Kind::boot:
        return host(row.host) + " starts";
    case Kind::crash:
        return host(row.host) + " dies";
    case Kind::fault_begin:
        return without_times(row.name) + " begins";
    case Kind::fault_end:
        return without_times(row.name) + " ends";
    case Kind::send:
        return host(row.host) + " to " + host(row.peer) + ": " + words;
    case Kind::deliver:
        return "arrives, " + host(row.peer) + " to " + host(row.host) + ": " + words;
    case Kind::lose:
        return "lost, " + host(row.host) + " to " + host(row.peer) + ": " + words;
    case Kind::note:
    case Kind::state:
        return told_of(host(row.host), row);
    case Kind::invoke:
        return host(row.host) + " asks: " + row.name + " " + words;
    case Kind::ok:
        return host(row.host) + " is told: " + answer_of(row, true);
    case Kind::fail:
        return host(row.host) + " is refused";
    case Kind::info:
        return host(row.host) + " learns nothing";
    }
    return {};
}

// What a reader can do without: what left and will arrive, what a narrator calls routine, what is told anew next, and
// the beginning and end of what is over in an instant and has struck a message.
bool is_worth_a_line(const std::vector<trace::Row>& rows, std::size_t place) {
    using Kind = trace::Row::Kind;
    using Weight = sim::Telling::Weight;
    const trace::Row& row = rows[place];
    const auto is_with = [&](Kind kind) {
        return std::any_of(rows.begin(), rows.end(), [&](const trace::Row& each) {
            return each.kind == kind && each.event == row.event && (!each.is_fault() || each.fault == row.fault);
        });
    };
    if (row.kind == Kind::fault_begin) return !is_with(Kind::lose);
    if (row.kind == Kind::fault_end) return !is_with(Kind::fault_begin);
    if (row.kind == Kind::send || row.telling.weight == Weight::routine) return false;
    for (std::size_t next = place + 1; next < rows.size() && rows[next].time == row.time; ++next)
        if (rows[next].telling.replaces && rows[next].host == row.host && row.telling.weight != Weight::none &&
            (rows[next].name == row.name || rows[next].event == row.event))
            return false;
    return row.kind != Kind::state || row.telling.weight != Weight::none;
}

std::string continuation(std::string_view title, const std::vector<trace::Row>& rows,
                         const std::vector<std::string>& hosts, std::size_t most, const Style& style) {
    std::string text = "  " + std::string(title) + "\n";
    std::size_t used = 0;
    for (std::size_t place = 0; place < rows.size() && used < most; ++place) {
        if (!is_worth_a_line(rows, place)) continue;
        const trace::Row& row = rows[place];
        ++used;
        const std::size_t room = style.width - std::min<std::size_t>(style.width, 18);
        std::string start = "    " + padded(in_milliseconds(row.time), 12);
        for (const std::string& piece : pieces(row_words(row, hosts), room, room, style)) {
            text += start + piece + "\n";
            start = std::string(18, ' ');
        }
    }
    return used == 0 ? text + "    nothing more\n" : text;
}

std::string parting(const Parting& parted, const std::vector<std::string>& hosts, std::size_t most,
                    const Style& style) {
    const std::string end =
        parted.is_only_late ? "the run ends before it fails. Nothing but timing: with more time it fails all the same."
                            : "the run passes" + (parted.instead.empty() ? "." : ": " + parted.instead + ".");
    std::string text = wrapped("If " + parted.change + ", " + end, 2, style) + "\n";
    if (parted.is_only_late) return text;
    if (!parted.line.empty()) text += wrapped("in a plan: " + parted.line, 2, style) + "\n";
    text += "  The two share their first " + std::to_string(parted.common) + " events; then\n";
    return text + continuation("as it failed", parted.failed, hosts, most, style) +
           continuation("as it passes", parted.passed, hosts, most, style);
}

// What happened between two moments that a reader would call a reason: faults, and what is not told of every run.
std::string meanwhile(const Failure& failed, sim::WorldTime from, sim::WorldTime to) {
    constexpr std::size_t most = 2;
    std::vector<std::string> all;
    for (const trace::Row& row : failed.recording.rows) {
        if (row.time <= from || row.time > to || all.size() == most) continue;
        const bool is_reason = row.kind == trace::Row::Kind::fault_begin || row.kind == trace::Row::Kind::lose ||
                               (row.telling.weight == sim::Telling::Weight::telling && !row.telling.replaces &&
                                row.kind != trace::Row::Kind::send);
        if (is_reason) all.push_back(row_words(row, failed.participants.hosts));
    }
    return sim::join(all, "; ");
}

} // namespace

std::pair<std::size_t, std::size_t> Inevitability::interval() const {
    if (tried == 0) return {0, 100};
    constexpr double z = 1.96;
    const auto n = static_cast<double>(tried);
    const double p = static_cast<double>(failed) / n;
    const double middle = p + z * z / (2 * n);
    const double width = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    const double scale = 100 / (1 + z * z / n);
    const auto least = static_cast<std::size_t>(std::max(0.0, std::floor((middle - width) * scale + 0.5)));
    const auto most = static_cast<std::size_t>(std::min(100.0, std::floor((middle + width) * scale + 0.5)));
    return {least, most};
}

std::string inevitability(const std::vector<Inevitability>& moments, const Failure& failed, const Style& style) {
    if (moments.empty()) return {};
    constexpr std::array<std::string_view, 9> bars = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    constexpr std::array<std::string_view, 9> digits = {"0", "1", "2", "3", "4", "5", "6", "7", "8"};
    std::size_t steepest = 0; // rises most behind this one
    for (std::size_t i = 0; i + 1 < moments.size(); ++i)
        if (percent(moments[i + 1]) + percent(moments[steepest]) >
            percent(moments[steepest + 1 < moments.size() ? steepest + 1 : steepest]) + percent(moments[i]))
            steepest = i;
    const Inevitability& first = moments.front();
    const Inevitability& last = moments.back();
    const bool rises = steepest + 1 < moments.size() && percent(moments[steepest + 1]) > percent(moments[steepest]);
    if (!rises && first.failed == 0)
        return wrapped("Never: up to " + in_seconds(last.time) +
                           " no future failed likewise. With other luck it passes, so late still.",
                       2, style) +
               "\n";
    if (!rises)
        return wrapped(first.failed == first.tried
                           ? "Certain from the beginning: whatever chance decides, it fails in " + share(first) +
                                 " futures."
                           : "No moment decides: of the futures of the first " + share(first) +
                                 " fail likewise, and of no later one more.",
                       2, style) +
               "\n";
    std::string line = "  ";
    for (const Inevitability& each : moments) line += (style.unicode ? bars : digits)[(percent(each) * 8 + 50) / 100];
    line += "  from " + in_seconds(first.time) + " to " + in_seconds(last.time) +
            (style.unicode ? "" : "; 8 is always") + "\n";
    const Inevitability& below = moments[steepest];
    const Inevitability& above = moments[steepest + 1];
    const std::string why = meanwhile(failed, below.time, above.time);
    const std::string words = "It rises most behind " + in_seconds(below.time) + ": of the futures of that moment " +
                              share(below) + " fail likewise, of those of the next, " + in_seconds(above.time) + ", " +
                              share(above) + (why.empty() ? "." : ". In between: " + why + ".");
    return line + wrapped(words, 2, style) + "\n";
}

std::string explanation(const Explanation& explained, const Style& style) {
    std::string text = failure(explained.failure, style);
    if (!explained.input.empty()) text += heading("all that was given", style);
    for (const std::string& each : explained.input) {
        std::string indent = "  ";
        for (const std::string& piece : pieces(each, style.width - 2, style.width - 4, style)) {
            text += std::exchange(indent, "    ") + piece + "\n";
        }
    }
    if (!explained.inevitability.empty())
        text += heading("when it had become inevitable", style) +
                inevitability(explained.inevitability, explained.failure, style);
    if (!explained.decision && explained.changes_tried > 0)
        text += heading("the decision", style) +
                wrapped("No single fault or message decides: taken away or delayed one at a time, in " +
                            std::to_string(explained.changes_tried) + " runs, none lets it pass.",
                        2, style) +
                "\n";
    if (!explained.decision) return text;
    const std::vector<std::string>& hosts = explained.failure.participants.hosts;
    text += heading("the decision", style) + parting(explained.decision->critical, hosts, rows_shown, style);
    if (explained.decision->nearest && !explained.decision->critical.is_only_late)
        text += heading("the nearest run that passes", style) + parting(*explained.decision->nearest, hosts, 1, style);
    return text;
}

} // namespace orrery::reports::views
