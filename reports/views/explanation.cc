#include "orrery/reports/views/explanation.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "orrery/reports/views/rows.h"

namespace orrery::reports::views {
namespace {

constexpr std::size_t rows_shown = 8; // of each continuation

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
        return host(row.host) + " sends " + host(row.peer) + " " + row.name + " " + words;
    case Kind::deliver:
        return host(row.host) + " gets from " + host(row.peer) + " " + row.name + " " + words;
    case Kind::lose:
        return "lost between " + host(row.host) + " and " + host(row.peer) + ": " + row.name + " " + words;
    case Kind::note:
        return host(row.host) + ": " + row.name + " " + words;
    case Kind::state:
        return host(row.host) + ": " + row.name + " = " + words;
    case Kind::invoke:
        return host(row.host) + " asks: " + row.name + " " + words;
    case Kind::ok:
        return host(row.host) + " is told: " + (words.empty() ? "done" : words);
    case Kind::fail:
        return host(row.host) + " is refused";
    case Kind::info:
        return host(row.host) + " learns nothing";
    }
    return {};
}

std::string continuation(std::string_view title, const std::vector<trace::Row>& rows,
                         const std::vector<std::string>& hosts, const Style& style) {
    std::string text = "  " + std::string(title) + "\n";
    for (std::size_t i = 0; i < std::min(rows.size(), rows_shown); ++i)
        text += clipped("    " + padded(in_milliseconds(rows[i].time), 12) + shown(row_words(rows[i], hosts), style),
                        style.width, style) +
                "\n";
    return rows.empty() ? text + "    nothing more\n" : text;
}

std::string parting(const Parting& parted, const std::vector<std::string>& hosts, const Style& style) {
    std::string text = wrapped("If " + parted.change + ", the run passes.", 2, style) + "\n";
    if (!parted.line.empty()) text += "  in a plan: " + shown(parted.line, style) + "\n";
    text += "  The two share their first " + std::to_string(parted.common) + " events; then\n";
    return text + continuation("as it failed", parted.failed, hosts, style) +
           continuation("as it passes", parted.passed, hosts, style);
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

std::string inevitability(const std::vector<Inevitability>& moments, const Style& style) {
    if (moments.empty()) return {};
    constexpr std::array<std::string_view, 9> bars = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    constexpr std::array<std::string_view, 9> digits = {"0", "1", "2", "3", "4", "5", "6", "7", "8"};
    std::string line = "  ";
    for (const Inevitability& each : moments) line += (style.unicode ? bars : digits)[(percent(each) * 8 + 50) / 100];
    line += "  from " + in_seconds(moments.front().time) + " to " + in_seconds(moments.back().time) +
            (style.unicode ? "" : "; 8 is always") + "\n";
    std::size_t steepest = 0; // rises most behind this one
    for (std::size_t i = 0; i + 1 < moments.size(); ++i)
        if (percent(moments[i + 1]) + percent(moments[steepest]) >
            percent(moments[steepest + 1 < moments.size() ? steepest + 1 : steepest]) + percent(moments[i]))
            steepest = i;
    const Inevitability& first = moments.front();
    const bool rises = steepest + 1 < moments.size() && percent(moments[steepest + 1]) > percent(moments[steepest]);
    std::string words;
    if (!rises && first.failed == 0)
        words = "Up to " + in_seconds(moments.back().time) +
                " no future failed likewise: with other luck it passes, so late still.";
    else if (!rises)
        words = "Whatever chance decides, it fails in " + share(first) + " futures from the start on.";
    else
        words = "Up to " + in_seconds(moments[steepest].time) + " it failed in " + share(moments[steepest]) +
                " futures; from " + in_seconds(moments[steepest + 1].time) + " on in " + share(moments[steepest + 1]) +
                ".";
    return line + wrapped(words, 2, style) + "\n";
}

std::string explanation(const Explanation& explained, const Style& style) {
    std::string text = failure(explained.failure, style);
    if (!explained.input.empty()) text += heading("all that was given", style);
    for (const std::string& each : explained.input)
        text += clipped("  " + shown(each, style), style.width, style) + "\n";
    if (!explained.inevitability.empty())
        text += heading("when it had become inevitable", style) + inevitability(explained.inevitability, style);
    if (!explained.decision) return text;
    const std::vector<std::string>& hosts = explained.failure.participants.hosts;
    text += heading("the decision", style) + parting(explained.decision->critical, hosts, style);
    if (explained.decision->nearest)
        text += heading("the nearest run that passes", style) + parting(*explained.decision->nearest, hosts, style);
    return text;
}

} // namespace orrery::reports::views
