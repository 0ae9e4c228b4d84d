// A run, from top to bottom: build the world, arm the plan, run until the heal, run the recovery period, judge.
//
// Safety first, then liveness: at the heal all faults end, and whoever is asked must answer again. The judges see the
// whole history. If it shows that an answer cannot be explained, the run is repeated up to the event of that answer, so
// that what it hands out - digest, faults that took effect, history - ends where things went wrong.
#include "orrery/scenarios/engine/run/run.h"

#include <algorithm>

#include "orrery/faults/injector.h"
#include "orrery/scenarios/engine/run/driver.h"
#include "orrery/scenarios/engine/run/judgement.h"
#include "orrery/scenarios/engine/run/plan.h"
#include "orrery/scenarios/engine/run/recorder.h"
#include "orrery/scenarios/engine/run/settings.h"
#include "orrery/scenarios/engine/run/tracer.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::engine {
namespace {

// Counts one kind of note, for the least work of a seed.
struct NoteCounter final : sim::Monitor {
    std::string wanted;
    std::uint64_t count = 0;
    std::string_view name() const override { return "minimum_work"; }
    void observe(const sim::Observation& seen) override {
        if (seen.kind == sim::Observation::Kind::note && seen.name == wanted) ++count;
    }
};

// A host that the run does not have draws nothing: it has an index beyond all.
sim::FixedDraw fixed_draw(const FixedSite& fixed, const faults::HostNames& hosts) {
    sim::FixedDraw draw{sim::name_hash(fixed.site), sim::nobody, fixed.percent};
    if (!fixed.host.empty())
        draw.host = static_cast<std::uint32_t>(std::find(hosts.begin(), hosts.end(), fixed.host) - hosts.begin());
    return draw;
}

sim::world::WorldOptions world_options(const RunInput& input, sim::StackArena* stacks) {
    sim::world::WorldOptions options;
    options.seed = input.seed;
    options.overrides = input.overrides;
    options.reseeds = input.reseeds;
    const faults::HostNames hosts = hosts_of(input);
    for (const FixedSite& each : input.fixed) options.fixed.push_back(fixed_draw(each, hosts));
    options.policy = input.settings.text("policy");
    options.slack = input.settings.duration("slack");
    options.events_max = static_cast<std::uint64_t>(input.settings.integer("events"));
    options.latency_max = input.settings.duration("latency");
    if (input.settings.has("sync")) options.sync_max = input.settings.duration("sync");
    options.uneven_links = input.settings.text("links") == "uneven";
    options.drift_max = input.settings.integer("drift");
    options.settings = input.settings;
    options.stacks = stacks;
    return options;
}

// Everything that lives during a run. Members are destroyed from the last to the first: the world outlives all others.
struct RunState {
    sim::world::World world;
    Workload workload;
    std::vector<std::unique_ptr<ClientDriver>> drivers;
    faults::Injector injector;
    std::optional<Recorder> recorder;
    std::optional<Tracer> tracer;
    std::vector<LoggedEvent> log;
    NoteCounter* notes = nullptr;   // the world's; null if the scenario counts no note
    std::vector<const Role*> roles; // of each host; null for clients
    bool stopped = false;           // at the event that was asked for
    bool recoverable = true;        // what survived the faults can serve

    RunState(const RunInput& input, sim::StackArena* stacks)
        : world(world_options(input, stacks)), workload{world}, injector(world) {
        const Scenario& scenario = *input.scenario;
        for (const Role& role : scenario.roles) add_role(role, input.settings);
        workload.clients = client_count(scenario, input.settings);
        workload.skipped = input.skipped;
        workload.operations = input.operations;
        if (workload.clients > 0) workload.think = input.settings.duration("think");
        if (scenario.clients.model != nullptr) workload.history.model = scenario.clients.model->name();
        workload.history.initial = scenario.clients.initial;
        workload.progress.assign(workload.clients, 0);
        workload.asked.assign(workload.clients, 0);
        for (std::uint32_t i = 0; i < workload.clients; ++i) add_client(scenario, i);
        if (is_judged_by(input, "monitors"))
            for (const sim::MonitorFactory factory : scenario.monitors) world.add_monitor(factory());
        if (scenario.minimum_work.note.empty()) return;
        auto counter = std::make_unique<NoteCounter>();
        notes = counter.get();
        notes->wanted = scenario.minimum_work.note;
        world.add_monitor(std::move(counter));
    }
    void add_role(const Role& role, const sim::Settings& settings) {
        for (std::uint32_t i = 0; i < role.count.of(settings); ++i) {
            world.add_host({role.name + std::to_string(i), role.name, i, role.main, role.crash});
            roles.push_back(&role);
        }
    }
    void add_client(const Scenario& scenario, std::uint32_t index) {
        const auto host = static_cast<sim::world::HostIndex>(world.host_count());
        drivers.push_back(std::make_unique<ClientDriver>(workload, index, host));
        Driver* driver = drivers.back().get();
        world.add_host({"client" + std::to_string(index), "client", index,
                        [main = scenario.clients.main, driver](sim::Env& env) { main(env, *driver); }});
        roles.push_back(nullptr);
    }
    // What the hosts with a disk have left, asked before anything restarts.
    bool can_recover(const Scenario& scenario) {
        if (!scenario.recoverable) return true;
        CHECK(roles.size() == world.host_count());
        std::vector<Survivor> survivors;
        for (sim::world::HostIndex i = 0; i < world.host_count(); ++i) {
            sim::world::Host& host = world.host(i);
            if (roles[i] == nullptr || !roles[i]->disk) continue;
            survivors.push_back({host.spec.name, host.spec.role, host.is_up(), &host.disk});
        }
        return scenario.recoverable(survivors);
    }
};

// Rows and steps are made if anybody takes them.
void trace(const RunOptions& options, sim::NarratorFactory narrator, RunState& state) {
    const Watcher& watcher = options.watcher;
    if (options.record_until) state.recorder.emplace(*options.record_until);
    if (!state.recorder && !watcher.at_row && !watcher.at_step) return;
    state.tracer.emplace(
        [&state, &watcher](reports::trace::Row row) {
            if (watcher.at_row) watcher.at_row(row);
            if (state.recorder) state.recorder->add(std::move(row));
        },
        [&state, &watcher](const reports::trace::Step& step) {
            if (watcher.at_step) watcher.at_step(step);
            if (state.recorder) state.recorder->add(step);
        },
        narrator == nullptr ? nullptr : narrator());
}

// Connects the world to those who watch it, without changing what it does.
void attach(const RunOptions& options, sim::NarratorFactory narrator, RunState& state) {
    trace(options, narrator, state);
    if (state.tracer || options.watcher.observe)
        state.world.set_recorder([&state, observe = options.watcher.observe](const sim::Observation& seen) {
            if (state.tracer) state.tracer->observe(seen);
            if (observe) observe(seen);
        });
    if (options.record_struck) state.world.record_struck();
    if (options.record_sites) state.world.chance().record_sites();
    if (options.record_points) state.world.record_points();
    if (state.tracer || options.watcher.at_entry)
        state.workload.at_entry = [&state, at_entry = options.watcher.at_entry](const reports::Entry& entry,
                                                                                const ClientOperation& operation,
                                                                                sim::world::HostIndex host) {
            if (state.tracer) state.tracer->add(entry, operation, host, state.world.running_event());
            if (at_entry) at_entry(entry, host);
        };
    if (options.stop_at_event == 0 && options.log_to == 0 && !options.watcher.at_event && !state.tracer) return;
    state.world.set_event_hook([&state, &options](const sim::world::Event& event) {
        if (state.tracer) state.tracer->begin(event, state.world.now());
        const std::uint64_t number = state.world.events();
        if (number >= options.log_from && number < options.log_to)
            state.log.push_back({event.id, state.world.digest()});
        if (options.watcher.at_event) options.watcher.at_event(event);
        if (event.id != options.stop_at_event) return;
        state.stopped = true;
        state.world.stop(); // when this event is over
    });
}

// False: the run ended before its time. It was stopped, or its budget of events was spent.
bool play(const RunInput& input, RunState& state) {
    const sim::Duration duration = input.settings.duration("duration");
    const sim::Duration recovery = input.settings.duration("recovery");
    state.workload.end = sim::WorldTime{} + duration + recovery - recovery / 5;
    state.world.boot_all();
    if (!state.world.run_until(sim::WorldTime{} + duration)) return false;
    state.workload.healed = state.world.now();
    state.recoverable = state.can_recover(*input.scenario);
    state.injector.heal_all();
    return state.world.run_until(sim::WorldTime{} + duration + recovery);
}

void collect(const RunInput& input, RunState& state, RunResult& result) {
    for (const auto& driver : state.drivers) driver->leave();
    if (input.settings.flag("knowledge")) conclude(state.workload);
    result.history = std::move(state.workload.history);
    for (const reports::Entry& each : result.history.entries) {
        result.refused += each.type == reports::Entry::Type::fail;
        result.unknown += each.type == reports::Entry::Type::info;
    }
    for (const auto& [key, value] : input.settings.values())
        result.history.settings.emplace_back(key, reports::Value(value));
    const sim::world::World& world = state.world;
    result.findings = world.findings();
    for (sim::world::HostIndex i = 0; i < world.host_count(); ++i) result.hosts.push_back(world.host(i).spec.name);
    result.checkpoints = world.trace().checkpoints();
    result.digest = world.digest();
    result.events = world.events();
    result.time = world.now();
    // The end is a checkpoint too: so a divergence after the last one has an interval as well.
    if (result.checkpoints.empty() || result.checkpoints.back().events < result.events)
        result.checkpoints.push_back({result.events, result.time, world.trace().hosts()});
    result.answered = state.workload.answered;
    result.notes = state.notes == nullptr ? 0 : state.notes->count;
    result.goals = world.goals();
    result.efficacies = world.efficacies();
    result.unmet = state.world.chance().unmet();
    if (state.recorder) result.recording = state.recorder->take();
    result.log = std::move(state.log);
    result.struck = state.world.take_struck();
    for (const sim::DrawnSite& each : state.world.chance().sites())
        result.sites.push_back({std::string(each.name), each.host == sim::nobody ? "" : result.hosts[each.host], 0});
    result.points.assign(state.world.points_reached().begin(), state.world.points_reached().end());
}

// Returns the event at which the run should have ended, or 0.
std::uint64_t add_judgement(const RunInput& input, const std::vector<std::uint64_t>& events, RunResult& result) {
    Judgement judgement = judge_history(input, result.history, events);
    std::uint64_t offending = 0;
    for (sim::Finding& finding : judgement.findings) {
        if (offending == 0) offending = finding.event;
        result.findings.push_back(std::move(finding));
    }
    result.undecided = std::move(judgement.undecided);
    result.judgement = std::move(judgement.verdict);
    return offending;
}

void check_progress(const RunState& state, RunResult& result) {
    for (std::size_t i = 0; i < state.workload.progress.size(); ++i) {
        // Who has only so many operations to invoke waits for no more answers.
        const std::uint64_t least =
            state.workload.operations ? std::min(progress_min, state.workload.asked[i]) : progress_min;
        if (state.workload.progress[i] >= least) continue;
        result.findings.push_back(no_progress(i, state.workload.progress[i], state.world.now()));
        return;
    }
}

// A role that was declared without a disk and writes to one would escape every loss of power.
void check_disks(const RunState& state, RunResult& result) {
    for (sim::world::HostIndex i = 0; i < state.world.host_count(); ++i) {
        const sim::world::Host& host = state.world.host(i);
        if (state.roles[i] == nullptr || state.roles[i]->disk) continue;
        if (host.effects[static_cast<std::size_t>(sim::world::EffectKind::write)] == 0) continue;
        result.findings.push_back({"scenario", "undeclared disk", "a role that writes files is declared with a disk",
                                   host.spec.name + " wrote to its disk", state.world.now()});
        return;
    }
}

// What the last events were of a run that spent its budget. It is played once more for this: to look at each event as
// it begins costs time, and only now it is known which are the last.
SpentBudget look_at_last_events(const RunInput& input, const RunOptions& options, std::uint64_t events) {
    RunState state(input, options.stacks);
    const sim::Problem unfit = state.injector.arm(plan_of(input));
    CHECK(!unfit); // it fitted before
    LastEvents last(events);
    state.world.set_event_hook([&](const sim::world::Event& event) { last.add(state.world, event); });
    if (options.watcher.at_start) options.watcher.at_start(state.world);
    const bool whole = play(input, state);
    CHECK(!whole);
    if (options.watcher.at_end) options.watcher.at_end();
    CHECK(state.world.events() == events);
    return last.result(state.world);
}

struct Played {
    RunResult result;
    std::uint64_t offending = 0; // the event at which it should have ended; 0: at its own end
};

sim::Checked<Played> play_and_judge(const RunInput& input, const RunOptions& options) {
    RunState state(input, options.stacks);
    Played played;
    RunResult& result = played.result;
    result.plan = plan_of(input);
    const sim::Problem unfit = state.injector.arm(result.plan);
    CHECK(!unfit); // what was given has been seen to fit, and what is drawn fits
    attach(options, input.scenario->narrator, state);
    if (options.watcher.at_start) options.watcher.at_start(state.world);
    const bool whole = play(input, state);
    if (state.tracer) state.tracer->finish();
    const bool recovers = whole && state.recoverable && input.settings.duration("recovery").count() > 0;
    if (recovers) state.world.end_monitors();
    if (options.watcher.at_end) options.watcher.at_end();
    collect(input, state, result);
    if (!whole && !state.stopped) result.spent.emplace();
    played.offending = add_judgement(input, state.workload.events, result);
    check_disks(state, result);
    if (recovers && is_judged_by(input, "progress")) check_progress(state, result);
    std::stable_sort(result.findings.begin(), result.findings.end(),
                     [](const sim::Finding& a, const sim::Finding& b) { return a.time < b.time; });
    const bool is_decided = result.undecided.empty() && !result.spent;
    result.verdict = !result.findings.empty() ? RunVerdict::violated
                     : is_decided             ? RunVerdict::passed
                                              : RunVerdict::undecided;
    return played;
}

} // namespace

std::string_view name(RunVerdict verdict) {
    return verdict == RunVerdict::passed ? "passed" : verdict == RunVerdict::violated ? "violated" : "undecided";
}

sim::world::Efficacy RunResult::efficacy(sim::world::FaultId fault) const {
    const auto found = efficacies.find(fault);
    return found == efficacies.end() ? sim::world::Efficacy{} : found->second;
}

std::uint64_t RunResult::effective_faults() const {
    return static_cast<std::uint64_t>(std::count_if(efficacies.begin(), efficacies.end(), [](const auto& entry) {
        return entry.first != 0 && entry.second.effective > 0;
    }));
}

sim::Checked<RunResult> run(const RunInput& input, const RunOptions& options) {
    CHECK(input.scenario != nullptr);
    switch_flaws(input.settings);
    if (!options.is_sound)
        if (const sim::Problem problem = problem_of(*input.scenario)) return *problem;
    if (const sim::Problem problem = problem_of_faults(input)) return *problem;
    sim::Checked<Played> whole = play_and_judge(input, options);
    if (!whole.ok()) return whole.complaint();
    if (whole->result.spent) whole->result.spent = look_at_last_events(input, options, whole->result.events);
    if (whole->offending == 0 || options.stop_at_event != 0 || !input.settings.flag("online"))
        return std::move(whole->result);
    RunOptions up_to_there;
    up_to_there.stop_at_event = whole->offending;
    up_to_there.log_from = options.log_from;
    up_to_there.log_to = options.log_to;
    up_to_there.record_struck = options.record_struck;
    up_to_there.record_sites = options.record_sites;
    up_to_there.record_points = options.record_points;
    up_to_there.stacks = options.stacks;
    up_to_there.watcher.at_start = options.watcher.at_start;
    up_to_there.watcher.at_end = options.watcher.at_end;
    sim::Checked<Played> stopped = play_and_judge(input, up_to_there);
    CHECK(stopped.ok()); // the same plan fitted before
    // What became of an operation may be known only at the end, and may be what makes the answer impossible.
    if (stopped->offending != whole->offending) return std::move(whole->result);
    stopped->result.recording = std::move(whole->result.recording);
    return std::move(stopped->result);
}

} // namespace orrery::scenarios::engine
