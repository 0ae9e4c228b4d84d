// The parts of a failure in their order: the findings, what the clients saw, how it came to it, the faults.
#include "orrery/reports/views/failure.h"

#include <set>

#include "orrery/reports/views/anomalies.h"
#include "orrery/reports/views/columns.h"
#include "orrery/reports/views/story.h"
#include "orrery/reports/views/timeline.h"
#include "orrery/reports/views/words.h"
#include "orrery/sim/check.h"

namespace orrery::reports::views {
namespace {

constexpr std::size_t findings_max = 6;
constexpr std::size_t story_max = 12; // operations
static_assert(story_max <= letters_max);
constexpr std::int64_t steps_max = 1'000'000; // a history that ends within a millisecond has no times

std::vector<Call> calls_of(const History& history) {
    auto all = calls(history);
    return all ? *std::move(all) : std::vector<Call>{};
}

// Of a story with too many operations, those that began last: nearest to what is impossible.
MinimalHistory latest_of(MinimalHistory minimal) {
    if (minimal.calls.size() <= story_max) return minimal;
    const std::size_t first = std::min(minimal.calls.size() - story_max, minimal.unpassable);
    const auto cut = [&](auto& all) {
        all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(first));
        all.resize(story_max);
    };
    cut(minimal.calls);
    cut(minimal.effects);
    minimal.unpassable -= first;
    CHECK(minimal.unpassable < minimal.calls.size());
    return minimal;
}

std::string operations(const MinimalHistory& minimal, const Participants& participants, const Style& style,
                       bool times) {
    const Value& key = minimal.key;
    std::string title = "what the clients saw";
    if (!key.is_nil()) title += " of " + shown(key.rendered(), style);
    std::string text = heading(title + " (bars that overlap were under way together)", style) +
                       timeline(minimal, participants, style, times);
    const std::string others = doubtful(minimal, participants, style);
    if (!others.empty()) text += heading("failed or unknown meanwhile, on the same object", style) + others;
    return text;
}

bool is_of_history(const sim::Finding& finding, const Verdict& verdict) {
    return verdict.violated() && finding.judge == verdict.judge;
}

std::string one_finding(const Failure& failed, const sim::Finding& each, bool first, const MinimalHistory& minimal,
                        const Style& style) {
    const bool clients = is_of_history(each, failed.verdict) && !minimal.empty();
    std::string words = clients ? in_words(minimal, failed.participants) : each.text;
    if (!clients && each.time.nanoseconds > 0) words = "at " + in_seconds(each.time) + ", " + words;
    const std::string name = (first ? "violated: " : "also: ") + each.rule + " (" + each.judge + ", " + each.kind + ")";
    return painted(wrapped(name, 0, style), first ? Colour::red : Colour::none, style) + "\n" +
           wrapped(words, 2, style) + "\n";
}

// The first finding in full; of those after it, which mostly follow from it, one of each sort.
std::string verdicts(const Failure& failed, const MinimalHistory& minimal, const Style& style) {
    std::string text;
    std::set<std::string> seen;
    for (const sim::Finding& each : failed.findings)
        if (seen.size() < findings_max && seen.insert(each.fingerprint()).second)
            text += one_finding(failed, each, text.empty(), minimal, style);
    const std::size_t more = failed.findings.size() - seen.size();
    if (more > 0) text += "and " + std::to_string(more) + " more like " + (seen.size() == 1 ? "it" : "these") + "\n";
    return text;
}

} // namespace

std::string failure(const Failure& failed, const Style& style) {
    const std::vector<Call> all = calls_of(failed.history);
    if (failed.findings.empty()) return story(failed.verdict, all);
    const MinimalHistory minimal = latest_of(failed.minimal);
    std::string text = verdicts(failed, minimal, style);
    if (!minimal.empty()) text += operations(minimal, failed.participants, style, failed.recording.rows.empty());
    sim::Finding focus = failed.findings.front();
    // The return of the impossible result has a row of its own, so its recorded event needs none.
    const MinimalHistory none;
    const bool clients = is_of_history(focus, failed.verdict) && !minimal.empty();
    if (clients) {
        focus.event = 0;
        focus.time = minimal.impossible().returned;
    }
    Scene scene{failed.recording, clients ? minimal : none, failed.participants, focus};
    scene.is_minimal = failed.is_minimal;
    if (!failed.recording.rows.empty()) text += heading("how it came to this", style) + columns(scene, style);
    const sim::WorldTime until = focus.time.nanoseconds == 0 ? sim::WorldTime{INT64_MAX - 1} : focus.time;
    const std::string faults = applied_faults(failed.applied_faults, failed.recording, until, style);
    if (!faults.empty()) text += heading("faults that took effect", style) + faults;
    return text;
}

std::string judgement(const History& history, const Verdict& verdict, const MinimalHistory& of_history,
                      const Style& style) {
    const std::vector<Call> all = calls_of(history);
    if (!verdict.violated()) {
        const std::string why = story(verdict, all);
        return why.empty() ? why : why + "\n";
    }
    const MinimalHistory minimal = latest_of(of_history);
    Participants participants;
    participants.timed = !history.source.counted && history.entries.back().time.nanoseconds >= steps_max;
    participants.history = &history;
    if (!verdict.counterexample) return anomalies(verdict, history, all, style);
    if (minimal.empty()) return wrapped(verdict.counterexample->story, 2, style) + "\n";
    return wrapped(in_words(minimal, participants), 2, style) + "\n" + operations(minimal, participants, style, true);
}

} // namespace orrery::reports::views
