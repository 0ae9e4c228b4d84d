// Everything of a run is drawn by its number, from a chance that belongs to no world.
#include "orrery/scenarios/engine/search/small_runs.h"

#include <algorithm>
#include <map>

#include "orrery/faults/kinds/kind.h"
#include "orrery/scenarios/engine/run/fault_setting.h"
#include "orrery/scenarios/engine/run/plan.h"
#include "orrery/scenarios/engine/run/settings.h"
#include "orrery/scenarios/engine/search/simpler.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::engine {
namespace {

using faults::Draw;
using faults::Fault;
using std::chrono::milliseconds;

// Short ones are tried more often than long ones: they cost less, and show more.
constexpr sim::Duration durations[] = {milliseconds(150), milliseconds(300),  milliseconds(300), milliseconds(600),
                                       milliseconds(600), milliseconds(1200), milliseconds(2500)};

bool strikes_one_host(const Fault& fault) {
    return fault.target.kind == faults::Target::Kind::hosts && fault.target.hosts.size() == 1;
}

// At a time; of one host also at a fault point or an effect of it; of a host that is selected by its state also when
// that state is reached.
faults::Trigger trigger_of(const Fault& fault, Draw& draw, sim::Duration duration,
                           const std::vector<std::string>& points) {
    faults::Trigger trigger;
    trigger.time = sim::WorldTime{} + draw.between("at", {}, duration);
    const std::uint64_t how = draw("trigger", 3);
    const std::uint64_t doublings = draw("doublings", 3);
    const std::uint64_t nth = 1 + draw("nth", std::uint64_t{4} << doublings);
    if (how == 0) return trigger;
    if (fault.target.kind == faults::Target::Kind::selector) {
        const std::uint64_t scale = draw("scale", 8);
        const sim::Duration after = draw.between("after", {}, milliseconds(std::int64_t{1} << scale));
        return {.kind = faults::Trigger::Kind::state,
                .name = fault.target.key,
                .value = fault.target.value,
                .nth = 1 + nth % 4,
                .after = after};
    }
    if (!strikes_one_host(fault)) return trigger;
    const std::string& host = fault.target.hosts.front();
    if (how == 1 && !points.empty())
        return {.kind = faults::Trigger::Kind::point,
                .host = host,
                .name = points[draw("point", points.size())],
                .nth = nth};
    const auto effect = static_cast<sim::world::EffectKind>(draw("effect", sim::world::effect_kinds));
    return {.kind = faults::Trigger::Kind::effect, .host = host, .effect = effect, .nth = nth};
}

faults::Plan small_plan(const RunInput& run, std::uint32_t faults, Draw& draw, const std::vector<std::string>& points) {
    faults::Plan plan;
    for (std::uint32_t id = 1; id <= faults; ++id)
        if (std::optional<Fault> fault = draw_fault(run, id, points, draw)) plan.faults.push_back(*std::move(fault));
    return plan;
}

// A site is left to the seed, or alike for all, or with one host that is slowest, or each host has its own.
void fix_draws(RunInput& run, Draw& draw, const std::vector<FixedSite>& sites) {
    const faults::HostNames there = hosts_of(run);
    faults::HostNames servers = there;
    servers.resize(there.size() - client_count(*run.scenario, run.settings));
    if (servers.empty()) return;
    std::vector<std::string> names; // at which servers draw
    for (const FixedSite& each : sites)
        if (std::find(servers.begin(), servers.end(), each.host) != servers.end() &&
            std::find(names.begin(), names.end(), each.site) == names.end())
            names.push_back(each.site);
    for (const std::string& site : names) {
        const std::uint64_t how = draw("site", 4);
        if (how == 0) continue;
        run.fixed.push_back({site, "", 0});
        if (how == 1) continue;
        if (how == 2) {
            run.fixed.push_back({site, servers[draw("slowest", servers.size())], 100});
            continue;
        }
        for (const std::string& host : servers)
            run.fixed.push_back({site, host, static_cast<std::uint32_t>(draw("percent", 101))});
    }
}

// Their order is kept, and who asks together; when they do is drawn.
std::map<ClientOperation, Invocation> spread(const std::vector<reports::Call>& calls, const SmallScope& scope,
                                             sim::Duration duration, Draw& draw) {
    std::vector<sim::Duration> times;
    for (std::size_t i = 0; i < calls.size(); ++i) times.push_back(draw.between("invoked", {}, duration));
    std::sort(times.begin(), times.end());
    std::map<std::int64_t, std::uint64_t> clients; // of the processes
    for (const reports::Call& each : calls) clients.emplace(each.process, clients.size() % scope.clients);
    std::map<ClientOperation, Invocation> operations;
    for (std::size_t i = 0; i < calls.size(); ++i)
        operations.insert(
            {{clients.at(calls[i].process), i},
             {sim::WorldTime{} + times[i], reports::models::Words{calls[i].f, calls[i].key, calls[i].argument}}});
    return operations;
}

RunInput small_run(const Summary& recorded, const std::vector<reports::Call>& calls, const SmallScope& scope,
                   std::uint32_t number, sim::Chance& chance) {
    Draw draw(chance, "small run", number);
    RunInput run;
    run.scenario = recorded.input.scenario;
    run.settings = recorded.input.settings;
    run.chosen = recorded.input.chosen;
    run.seed = number;
    for (const Setting& setting : settings_of(*run.scenario))
        if (is_part_of_the_run(setting) && !setting.legal.empty()) {
            const bool plainest = draw("plainest", 4) != 0;
            const std::uint64_t other = draw("value", setting.legal.size());
            if (may_be_changed(run, setting)) run.settings.set(setting.name, setting.legal[plainest ? 0 : other]);
        }
    const sim::Duration duration = durations[draw("duration", std::size(durations))];
    run.settings.set("duration", sim::duration_text(duration));
    run.settings.set("recovery", "0s");
    run.settings.set("budget", std::to_string(std::min<std::int64_t>(run.settings.integer("budget"), 20'000)));
    if (run.settings.has("clients")) {
        run.settings.set("clients", std::to_string(scope.clients));
        // Some rarely, some without a pause.
        const sim::Duration think = duration / (4 << 2 * draw("think", 3));
        if (run.settings.has("think")) run.settings.set("think", sim::duration_text(think));
    }
    const bool asks_likewise = draw("likewise", 2) == 0;
    if (scope.clients > 0 && !calls.empty() && asks_likewise) run.operations = spread(calls, scope, duration, draw);
    run.plan = small_plan(run, scope.faults, draw, recorded.points);
    fix_draws(run, draw, recorded.sites);
    return run;
}

} // namespace

std::vector<const faults::Kind*> kinds_of(const RunInput& input) {
    const sim::Checked<faults::Profile> profile = profile_of(input.scenario->faults, input.settings.text("faults"));
    CHECK(profile.ok()); // the setting was checked when it was set
    std::vector<const faults::Kind*> kinds;
    bool loses = false;
    for (const faults::Kind* kind : faults::standard_kinds()) {
        if (profile->count(kind->name) == 0) continue;
        if (!kind->is_rate) kinds.push_back(kind);
        loses = loses || kind->is_rate || kind->name == "cut";
    }
    const faults::Kind* cut = faults::standard_kinds().find("cut");
    if (loses && std::find(kinds.begin(), kinds.end(), cut) == kinds.end()) kinds.push_back(cut);
    return kinds;
}

std::optional<Fault> draw_fault(const RunInput& run, sim::world::FaultId id, const std::vector<std::string>& points,
                                Draw& draw) {
    const std::vector<const faults::Kind*> kinds = kinds_of(run);
    if (kinds.empty()) return std::nullopt;
    const faults::Kind& kind = *kinds[draw("kind", kinds.size())];
    const faults::Targets targets = kind.among(targets_of(run));
    if (targets.hosts.empty()) return std::nullopt;
    Fault fault = kind.fault(id);
    kind.draw(fault, draw, targets);
    fault.trigger = trigger_of(fault, draw, run.settings.duration("duration"), points);
    if (strikes_one_host(fault) && draw("all", 4) == 0) fault.target.hosts = targets.hosts;
    fault.duration = milliseconds(1 << draw("length", 12));
    return fault;
}

std::vector<RunInput> small_runs(const Summary& recorded, const std::vector<reports::Call>& calls,
                                 const SmallScope& scope, std::uint32_t first, std::uint32_t count) {
    const std::uint64_t name = sim::mix(sim::name_hash("small runs"), scope.faults, scope.clients);
    sim::Chance chance(sim::mix(recorded.input.seed, name));
    std::vector<RunInput> runs;
    for (std::uint32_t number = first; number < first + count; ++number)
        runs.push_back(small_run(recorded, calls, scope, number, chance));
    return runs;
}

} // namespace orrery::scenarios::engine
