// The parts of a failure in their order: the findings, what the clients saw, how it came to it, the faults.
#include "orrery/reports/views/failure.h"

#include <algorithm>
#include <set>

#include "orrery/reports/judges/registry.h"
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

// Where a judge does not work by orders: all operations if they are few, else those that it named.
struct Sight {
    std::vector<Call> calls;
    std::vector<std::size_t> named; // places of those that the finding names
};

Sight sight_of(const Failure& failed, const std::vector<Call>& all, bool is_judgement) {
    const std::vector<std::size_t> named = is_judgement ? evidence(failed.verdict) : std::vector<std::size_t>{};
    Sight sight;
    for (std::size_t place = 0; place < all.size() && sight.calls.size() < story_max; ++place) {
        const bool is_named = std::find(named.begin(), named.end(), place) != named.end();
        if (all.size() > story_max && !is_named) continue;
        if (is_named) sight.named.push_back(sight.calls.size());
        sight.calls.push_back(all[place]);
    }
    return sight;
}

std::string operations(const Sight& sight, const Participants& participants, const Style& style) {
    const std::string named = sight.named.empty() ? "" : "; <- is in the finding";
    return heading("what the clients saw (bars that overlap were under way together" + named + ")", style) +
           timeline(sight.calls, sight.named, participants, style);
}

// The events in which these operations came to an end.
std::vector<std::uint64_t> ends_of(const std::vector<Call>& calls, const trace::Recording& recording) {
    std::vector<std::uint64_t> events;
    for (const trace::Row& row : recording.rows)
        if (row.kind >= trace::Row::Kind::ok)
            for (const Call& call : calls)
                if (call.process == row.process && call.returned == row.time) events.push_back(row.event);
    return events;
}

bool is_of_history(const sim::Finding& finding, const Verdict& verdict) {
    return verdict.violated() && finding.judge == verdict.judge;
}

std::string one_finding(const Failure& failed, const sim::Finding& each, bool first, const MinimalHistory& minimal,
                        const Style& style) {
    const bool clients = is_of_history(each, failed.verdict) && !minimal.empty();
    std::string words = clients ? in_words(minimal, failed.participants) : with_clients(each.text, failed.participants);
    if (!clients && each.time.nanoseconds > 0) words = "at " + in_seconds(each.time) + ", " + words;
    // The rule of a judge without orders only names the judge: its promise says what was broken.
    const judges::Judge* judge = judges::find_judge(each.judge);
    const bool is_named = judge == nullptr || each.judge == "linearizable";
    const std::string rule = is_named ? each.rule : std::string(judge->promise);
    const std::string name = (first ? "violated: " : "also: ") + rule + " (" + each.judge + ", " + each.kind + ")";
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
    sim::Finding focus = failed.findings.front();
    focus.text = with_clients(focus.text, failed.participants);
    const bool is_judgement = is_of_history(focus, failed.verdict);
    const bool clients = is_judgement && !minimal.empty();
    const MinimalHistory none;
    Scene scene{failed.recording, clients ? minimal : none, failed.participants, focus};
    scene.is_minimal = failed.is_minimal;
    scene.is_of_clients = judges::find_judge(focus.judge) != nullptr;
    if (focus.event != 0) scene.past_of = {focus.event};
    if (!minimal.empty()) text += operations(minimal, failed.participants, style, failed.recording.rows.empty());
    // The return of the impossible result has a row of its own, so its recorded event needs none.
    if (clients) {
        focus.event = 0;
        focus.time = minimal.impossible().returned;
    } else if (scene.is_of_clients) {
        const Sight sight = sight_of(failed, all, is_judgement);
        if (!sight.calls.empty()) text += operations(sight, failed.participants, style);
        if (failed.is_minimal) scene.past_of = ends_of(sight.calls, failed.recording);
        // What a small history ends with belongs to it: a session's finding names writes, and not the read.
        for (const Call& call : sight.calls)
            if (failed.is_minimal && call.outcome != Call::Outcome::unknown)
                focus.time = std::max(focus.time, call.returned);
    }
    if (!failed.recording.rows.empty()) text += heading("how it came to this", style) + columns(scene, style);
    const sim::WorldTime until = focus.time.nanoseconds == 0 ? sim::WorldTime{INT64_MAX - 1} : focus.time;
    const std::string faults = applied_faults(failed.applied_faults, failed.recording, until, style);
    // In a minimal run each of them has a row.
    if (!faults.empty() && !failed.is_minimal) text += heading("faults that took effect", style) + faults;
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
