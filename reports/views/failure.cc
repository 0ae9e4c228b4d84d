#include "orrery/reports/views/failure.h"

#include <set>

#include "orrery/reports/views/anomalies.h"
#include "orrery/reports/views/columns.h"
#include "orrery/reports/views/story.h"
#include "orrery/reports/views/timeline.h"
#include "orrery/reports/views/words.h"

namespace orrery::reports::views {
namespace {

constexpr std::size_t findings_max = 6;
constexpr std::size_t told_max = 12; // operations
static_assert(told_max <= letters_max);
constexpr std::int64_t steps_max = 1'000'000; // a history that ends within a millisecond has no times

std::vector<Call> calls_of(const History& history) {
    auto read = calls(history);
    auto* all = std::get_if<std::vector<Call>>(&read);
    return all == nullptr ? std::vector<Call>{} : std::move(*all);
}

// Of a story with too many operations, those that began last: nearest to what is impossible.
Essence told_essence(const History& history, const std::vector<Call>& all, const Verdict& verdict) {
    Essence found = essence(history, all, verdict);
    if (found.calls.size() <= told_max) return found;
    Counterexample& example = *found.verdict.counterexample;
    std::size_t first = found.calls.size() - told_max;
    if (example.unpassable < first) first = example.unpassable;
    found.calls.erase(found.calls.begin(), found.calls.begin() + static_cast<std::ptrdiff_t>(first));
    found.calls.resize(std::min(found.calls.size(), told_max));
    example.unpassable -= first;
    example.dead_ends.clear();
    return found;
}

std::string heading(std::string_view text, const Style& style) {
    return "\n" + painted(text, Colour::dim, style) + "\n";
}

std::string operations(const Essence& essence, const Cast& cast, const Style& style, bool times) {
    const Value& key = essence.verdict.counterexample->key;
    std::string title = "what the clients saw";
    if (!key.is_nil()) title += " of " + shown(key.rendered(), style);
    return heading(title + " (bars that overlap were under way together)", style) +
           timeline(essence, cast, style, times);
}

bool is_of_history(const sim::Finding& finding, const Verdict& verdict) {
    return verdict.violated() && finding.judge == verdict.judge;
}

std::string one_finding(const Failure& failed, const sim::Finding& each, bool first, const Essence& essence,
                        const Style& style) {
    const bool clients = is_of_history(each, failed.verdict) && !essence.empty();
    std::string words = clients ? in_words(essence, failed.cast) : each.text;
    if (!clients && each.time.nanoseconds > 0) words = "at " + in_seconds(each.time) + ", " + words;
    const std::string name = (first ? "violated: " : "also: ") + each.rule + " (" + each.judge + ", " + each.kind + ")";
    return painted(wrapped(name, 0, style), first ? Colour::red : Colour::none, style) + "\n" +
           wrapped(words, 2, style) + "\n";
}

// The first finding in full; of those after it, which mostly follow from it, one of each sort.
std::string verdicts(const Failure& failed, const Essence& essence, const Style& style) {
    std::string text;
    std::set<std::string> seen;
    for (const sim::Finding& each : failed.findings)
        if (seen.size() < findings_max && seen.insert(each.fingerprint()).second)
            text += one_finding(failed, each, text.empty(), essence, style);
    const std::size_t more = failed.findings.size() - seen.size();
    if (more > 0) text += "and " + std::to_string(more) + " more like " + (seen.size() == 1 ? "it" : "these") + "\n";
    return text;
}

} // namespace

std::string failure(const Failure& failed, const Style& style) {
    const std::vector<Call> all = calls_of(failed.history);
    if (failed.findings.empty()) return story(failed.verdict, all);
    const Essence told = told_essence(failed.history, all, failed.verdict);
    std::string text = verdicts(failed, told, style);
    if (!told.empty()) text += operations(told, failed.cast, style, failed.recording.empty());
    sim::Finding focus = failed.findings.front();
    // The moment at which a client is told the impossible is told by its own row.
    const Essence none;
    const bool clients = is_of_history(focus, failed.verdict) && !told.empty();
    if (clients) {
        focus.event = 0;
        focus.time = told.impossible().returned;
    }
    const Scene scene{failed.recording, clients ? told : none, failed.cast, focus};
    if (!failed.recording.empty()) text += heading("how it came to this", style) + columns(scene, style);
    const sim::WorldTime until = focus.time.nanoseconds == 0 ? sim::WorldTime{INT64_MAX - 1} : focus.time;
    const std::string struck = strikes(failed.strikes, failed.recording, until, style);
    if (!struck.empty()) text += heading("faults that took effect", style) + struck;
    return text;
}

std::string judgement(const History& history, const Verdict& verdict, const Style& style) {
    const std::vector<Call> all = calls_of(history);
    if (!verdict.violated()) {
        const std::string why = story(verdict, all);
        return why.empty() ? why : why + "\n";
    }
    const Essence told = told_essence(history, all, verdict);
    Cast cast;
    cast.timed = history.entries.back().time.nanoseconds >= steps_max;
    if (!verdict.counterexample) return anomalies(verdict, all, style);
    if (told.empty()) return wrapped(verdict.counterexample->story, 2, style) + "\n";
    return wrapped(in_words(told, cast), 2, style) + "\n" + operations(told, cast, style, true);
}

} // namespace orrery::reports::views
