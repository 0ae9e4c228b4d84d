// Each variation draws which of its changes it makes; a change that has nothing to change makes none.
#include "orrery/scenarios/engine/search/variations.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "orrery/scenarios/engine/run/plan.h"
#include "orrery/scenarios/engine/search/simpler.h"

namespace orrery::scenarios::engine {
namespace {

using faults::Draw;
using faults::Fault;
using std::chrono::milliseconds;

// Some milliseconds, mostly few, sooner or later.
sim::WorldTime moved(sim::WorldTime time, Draw& draw) {
    const auto scale = static_cast<std::int64_t>(draw("scale", 9));
    const sim::Duration by = draw.between("by", {}, milliseconds(std::int64_t{1} << scale));
    if (draw("sooner", 2) == 0) return std::max(sim::WorldTime{}, time - by);
    return time + by;
}

struct Window {
    sim::WorldTime begin{};
    sim::WorldTime end{};
};

// From the first that begins to the last that ends; nothing of faults that begin at no time.
std::optional<Window> window_of(std::vector<Fault> faults) {
    std::optional<Window> window;
    for (Fault& each : faults)
        if (const sim::WorldTime* time = moment_of(each)) {
            if (!window) window = Window{*time, *time};
            window->begin = std::min(window->begin, *time);
            window->end = std::max(window->end, *time + each.duration);
        }
    return window;
}

void sort_by_time(std::vector<Fault>& faults) {
    const auto time = [](Fault& each) { return moment_of(each) ? *moment_of(each) : sim::WorldTime{}; };
    std::stable_sort(faults.begin(), faults.end(), [&](Fault a, Fault b) { return time(a) < time(b); });
}

// As long as all that went, or a little more or less.
void span(Fault& fault, const std::vector<Fault>& gone, Draw& draw) {
    const std::optional<Window> window = window_of(gone);
    if (!window) return;
    if (fault.trigger.kind == faults::Trigger::Kind::at) fault.trigger.time = window->begin;
    const sim::WorldTime until = draw("until", 2) == 0 ? window->end : moved(window->end, draw);
    fault.duration = std::max<sim::Duration>(milliseconds(1), until - window->begin);
}

// One to four neighbours in the plan go, and one comes, mostly near to them: of one of their hosts, from the time of
// the first on, and half of them as long as all that went.
void replace_faults(RunInput& run, const std::vector<std::string>& points, Draw& draw) {
    std::vector<Fault>& all = run.plan->faults;
    if (all.empty()) return;
    sort_by_time(all);
    const std::size_t count = 1 + draw("gone", std::min<std::size_t>(4, all.size()));
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(draw("where", all.size() - count + 1));
    const std::vector<Fault> gone(begin, begin + static_cast<std::ptrdiff_t>(count));
    all.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
    if (draw("without", 4) == 0) return;
    std::optional<Fault> fault = draw_fault(run, gone.front().id, points, draw);
    if (!fault) return;
    Fault first = gone.front();
    const bool is_near = draw("near", 4) != 0;
    if (is_near && moment_of(first) && fault->trigger.kind == faults::Trigger::Kind::at)
        fault->trigger.time = moved(*moment_of(first), draw);
    if (draw("spans", 2) == 0) span(*fault, gone, draw);
    const Fault& one = gone[draw("like", gone.size())];
    if (one.target.kind == fault->target.kind && draw("there", 2) == 0) fault->target = one.target;
    all.push_back(*std::move(fault));
}

void move_a_fault(RunInput& run, Draw& draw) {
    if (run.plan->faults.empty()) return;
    Fault& fault = run.plan->faults[draw("which", run.plan->faults.size())];
    if (sim::WorldTime* time = moment_of(fault)) *time = moved(*time, draw);
    if (fault.duration.count() > 0 && draw("length", 2) == 0)
        fault.duration =
            std::max<sim::Duration>(milliseconds(1), moved(sim::WorldTime{} + fault.duration, draw) - sim::WorldTime{});
}

void leave_out_operations(RunInput& run, Draw& draw) {
    if (!run.operations || run.operations->empty()) return;
    const std::uint64_t most = std::min<std::uint64_t>(run.operations->size(), 16);
    const std::uint64_t count = 1 + draw("count", most);
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::uint64_t place = draw("operation", run.operations->size());
        run.operations->erase(std::next(run.operations->begin(), static_cast<std::ptrdiff_t>(place)));
    }
}

// One, or that and all behind it.
void move_operations(RunInput& run, Draw& draw) {
    if (!run.operations || run.operations->empty()) return;
    const std::uint64_t place = draw("moved", run.operations->size());
    const sim::WorldTime before = std::next(run.operations->begin(), static_cast<std::ptrdiff_t>(place))->second.time;
    const sim::WorldTime now = moved(before, draw);
    const bool all_behind = draw("behind", 2) == 0;
    std::uint64_t at = 0;
    for (auto& [operation, invocation] : *run.operations)
        if (at++ == place || (all_behind && invocation.time > before))
            invocation.time = invocation.time + (now - before);
}

RunInput variation(const RunInput& run, const Summary& recorded, std::uint32_t number, sim::Chance& chance) {
    Draw draw(chance, "variation", number);
    RunInput varied = run;
    if (draw("faults", 2) == 0) replace_faults(varied, recorded.points, draw);
    if (draw("fault", 3) == 0) move_a_fault(varied, draw);
    if (draw("fewer", 3) == 0) leave_out_operations(varied, draw);
    if (draw("times", 3) == 0) move_operations(varied, draw);
    if (draw("luck", 4) == 0) varied.seed = 1 + draw("seed", 1000);
    return varied;
}

// The hosts that a fault in place of these may strike: theirs, all, one.
std::vector<std::vector<std::string>> hosts_in_place_of(const std::vector<Fault>& gone,
                                                        const std::vector<std::string>& all) {
    std::vector<std::vector<std::string>> choices;
    std::vector<std::string> struck;
    for (const std::string& host : all)
        if (std::any_of(gone.begin(), gone.end(), [&](const Fault& each) {
                const std::vector<std::string>& hosts = each.target.hosts;
                return std::find(hosts.begin(), hosts.end(), host) != hosts.end();
            }))
            struck.push_back(host);
    if (struck.size() > 1 && struck.size() < all.size()) choices.push_back(struck);
    if (all.size() > 1) choices.push_back(all);
    for (const std::string& host : all) choices.push_back({host});
    return choices;
}

} // namespace

std::vector<RunInput> with_merged_faults(const RunInput& run) {
    CHECK(run.plan.has_value());
    std::vector<Fault> all = run.plan->faults;
    sort_by_time(all);
    const faults::Targets targets = targets_of(run);
    std::vector<RunInput> merged;
    for (std::size_t count = std::min<std::size_t>(4, all.size()); count > 1; --count)
        for (std::size_t first = 0; first + count <= all.size(); ++first) {
            const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
            const std::vector<Fault> gone(begin, begin + static_cast<std::ptrdiff_t>(count));
            const std::optional<Window> window = window_of(gone);
            if (!window) continue;
            for (const faults::Kind* kind : kinds_of(run))
                for (const auto& hosts : hosts_in_place_of(gone, kind->strikes_disks ? targets.disks : targets.hosts)) {
                    Fault one = kind->fault(gone.front().id);
                    one.target.kind = faults::Target::Kind::hosts;
                    one.target.hosts = hosts;
                    one.trigger.time = window->begin;
                    one.duration = std::max<sim::Duration>(milliseconds(1), window->end - window->begin);
                    merged.push_back(run);
                    std::vector<Fault>& faults = merged.back().plan->faults;
                    faults = all;
                    faults.erase(faults.begin() + static_cast<std::ptrdiff_t>(first),
                                 faults.begin() + static_cast<std::ptrdiff_t>(first + count));
                    faults.push_back(std::move(one));
                }
        }
    return merged;
}

std::vector<RunInput> variations(const Summary& recorded, std::uint32_t first, std::uint32_t count) {
    const RunInput& run = recorded.input;
    CHECK(run.plan.has_value());
    sim::Chance chance(sim::mix(run.seed, sim::name_hash("variations")));
    std::vector<RunInput> runs;
    for (std::uint32_t number = first; number < first + count; ++number)
        runs.push_back(variation(run, recorded, number, chance));
    return runs;
}

} // namespace orrery::scenarios::engine
