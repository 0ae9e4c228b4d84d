// Of each class the first anomaly in full; transactions by their steps.
#include "orrery/reports/views/anomalies.h"

#include <set>
#include <string_view>

#include "orrery/reports/models/transaction.h"
#include "orrery/reports/views/source_places.h"
#include "orrery/sim/text.h"

namespace orrery::reports::views {
namespace {

constexpr std::size_t kinds_max = 4;
constexpr std::size_t operations_max = 12;
constexpr std::ptrdiff_t elements_max = 5;

std::string numbered(std::size_t place) { return "#" + std::to_string(place + 1); }

// Of a long list the end, which is what a reader of it saw last.
std::string ending(const Value& value) {
    if (!value.is_list() || std::ssize(value.list()) <= elements_max) return value.rendered();
    const Value::List& all = value.list();
    return "[... " + Value(Value::List(all.end() - elements_max, all.end())).rendered().substr(1);
}

// A transaction by its steps with what they read; other operations as they are.
std::string in_steps(const Call& call) {
    const bool ok = call.outcome == Call::Outcome::ok;
    const Value& steps = ok ? call.result : call.argument;
    if (!steps.is_list() || steps.list().empty()) return call.rendered();
    std::string text = "process " + std::to_string(call.process) + ":";
    for (const Value& each : steps.list()) {
        const auto step = models::Step::of(each);
        if (!step) return call.rendered();
        constexpr std::string_view words[] = {"r", "w", "append"};
        text += " [" + std::string(words[static_cast<std::size_t>(step->kind)]) + " " + step->key->rendered() + " " +
                ending(*step->value) + "]";
    }
    return text + (ok ? "" : call.outcome == Call::Outcome::fail ? " (aborted)" : " (unknown)");
}

std::string one_anomaly(const Anomaly& anomaly, const History& history, const std::vector<Call>& calls,
                        const Style& style) {
    std::string text = wrapped(anomaly.story, 2, style) + "\n";
    const std::size_t listed = std::min(anomaly.operations.size(), operations_max);
    for (std::size_t place = 0; place < listed; ++place) {
        const Call& call = calls[anomaly.operations[place]];
        const std::string source = source_places(history, call);
        text +=
            wrapped(numbered(place) + "  " + in_steps(call) + (source.empty() ? "" : " (" + source + ")"), 4, style) +
            "\n";
    }
    if (listed < anomaly.operations.size())
        text += "    and " + std::to_string(anomaly.operations.size() - listed) + " more\n";
    const std::size_t reasons = std::min(anomaly.reasons.size(), operations_max);
    for (std::size_t place = 0; place < reasons; ++place) {
        const std::string next = numbered((place + 1) % anomaly.reasons.size());
        text += wrapped(numbered(place) + " before " + next + ": " + anomaly.reasons[place], 4, style) + "\n";
    }
    return text;
}

} // namespace

std::string anomalies(const Verdict& verdict, const History& history, const std::vector<Call>& calls,
                      const Style& style) {
    std::string text;
    std::set<std::string> kinds;
    for (const Anomaly& each : verdict.anomalies) {
        if (kinds.size() == kinds_max || !kinds.insert(each.kind).second) continue;
        const std::string title = (text.empty() ? "violated: " : "also: ") + each.kind;
        text += painted(wrapped(title, 0, style), text.empty() ? Colour::red : Colour::none, style) + "\n";
        text += one_anomaly(each, history, calls, style);
    }
    if (verdict.anomalies.size() > kinds.size())
        text += "and " + std::to_string(verdict.anomalies.size() - kinds.size()) + " more\n";
    if (!verdict.broken.empty()) text += wrapped("so it is not " + sim::join(verdict.broken), 0, style) + "\n";
    if (!verdict.also_broken.empty())
        text += wrapped("and therefore not " + sim::join(verdict.also_broken), 0, style) + "\n";
    return text;
}

} // namespace orrery::reports::views
