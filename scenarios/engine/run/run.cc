// A run, straight through: build the world, arm the plan, run, heal, run the tail, judge.
#include "orrery/scenarios/engine/run/run.h"

#include <algorithm>

#include "orrery/faults/injector.h"
#include "orrery/faults/swarm.h"
#include "orrery/reports/judges/judge.h"
#include "orrery/reports/judges/linearizable/violation.h"
#include "orrery/reports/views/story.h"
#include "orrery/scenarios/engine/run/driver.h"
#include "orrery/scenarios/engine/run/fault_setting.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::engine {
namespace {

constexpr const char* online_judge = "linearizable"; // the promise that can be judged while it happens
constexpr std::uint64_t progress_least = 3;          // answers per client to operations invoked after the heal

// Counts one kind of note, for the floor.
struct NoteCounter final : sim::Monitor {
    std::string wanted;
    std::uint64_t count = 0;
    std::string_view name() const override { return "floor"; }
    void observe(const sim::Observation& seen) override {
        if (seen.kind == sim::Observation::Kind::note && seen.name == wanted) ++count;
    }
};

sim::world::WorldOptions world_options(const RunInput& input) {
    sim::world::WorldOptions options;
    options.seed = input.seed;
    options.overrides = input.overrides;
    options.reseeds = input.reseeds;
    options.policy = input.settings.text("policy");
    options.slack = input.settings.duration("slack");
    options.events_max = static_cast<std::uint64_t>(input.settings.integer("events"));
    options.latency_max = input.settings.duration("latency");
    options.uneven_links = input.settings.text("links") == "uneven";
    options.drift_max = input.settings.integer("drift");
    options.settings = input.settings;
    return options;
}

// Whether the history is.
bool is_judged(const RunInput& input) {
    const std::string& judges = input.settings.text("judges");
    return !input.scenario->judges.empty() && (judges == "all" || judges == "linearizable");
}

// Everything that lives during a run, in the order in which it must be destroyed last.
struct Stage {
    sim::world::World world;
    Recording recording;
    std::vector<std::unique_ptr<ClientDriver>> drivers;
    faults::Injector injector;
    NoteCounter* notes = nullptr;   // the world's; null if the floor names no note
    std::vector<const Role*> roles; // of each host; null for clients

    explicit Stage(const RunInput& input) : world(world_options(input)), recording{world}, injector(world) {
        const Scenario& scenario = *input.scenario;
        for (const Role& role : scenario.roles) add_role(role, input.settings);
        recording.clients = scenario.clients.count;
        recording.skipped = input.skipped;
        recording.think = scenario.think;
        recording.history.model = scenario.clients.model;
        recording.progress.assign(scenario.clients.count, 0);
        for (std::uint32_t i = 0; i < scenario.clients.count; ++i) add_client(scenario, i);
        const auto& promised = scenario.judges;
        const bool online = std::find(promised.begin(), promised.end(), online_judge) != promised.end();
        if (is_judged(input) && online && input.settings.flag("online"))
            if (const auto* language = reports::models::language(scenario.clients.model))
                recording.online.emplace(*language);
        const std::string& judges = input.settings.text("judges");
        if (judges == "all" || judges == "monitors")
            for (const sim::MonitorFactory factory : scenario.monitors) world.add_monitor(factory());
        if (scenario.floor.note.empty()) return;
        auto counter = std::make_unique<NoteCounter>();
        notes = counter.get();
        notes->wanted = scenario.floor.note;
        world.add_monitor(std::move(counter));
    }
    void add_role(const Role& role, const sim::Settings& settings) {
        CHECK(role.name != "client"); // the name of the hosts that drive the workload
        for (std::uint32_t i = 0; i < role.count.of(settings); ++i) {
            world.add_host({role.name + std::to_string(i), role.name, i, role.main, role.crash});
            roles.push_back(&role);
        }
    }
    void add_client(const Scenario& scenario, std::uint32_t index) {
        const auto host = static_cast<sim::world::HostIndex>(world.host_count());
        drivers.push_back(std::make_unique<ClientDriver>(recording, index, host));
        Driver* driver = drivers.back().get();
        world.add_host({"client" + std::to_string(index), "client", index,
                        [main = scenario.clients.main, driver](sim::Env& env) { main(env, *driver); }});
        roles.push_back(nullptr);
    }
    // What the hosts with a disk have left, asked before anything restarts.
    bool can_recover(const Scenario& scenario) {
        if (!scenario.recoverable) return true;
        std::vector<Survivor> survivors;
        for (sim::world::HostIndex i = 0; i < world.host_count(); ++i) {
            sim::world::Host& host = world.host(i);
            if (roles[i] == nullptr || !roles[i]->disk) continue;
            survivors.push_back({host.spec.name, host.spec.role, host.is_up(), &host.disk});
        }
        return scenario.recoverable(survivors);
    }
};

// One judge on the whole history; what it says counts unless an earlier one objected.
void judge_as(const std::string& name, const RunInput& input, bool objected, RunOutput& output) {
    reports::judges::JudgeOptions options;
    options.judge = name;
    options.budget = static_cast<std::uint64_t>(input.settings.integer("budget"));
    reports::Verdict verdict = reports::judges::judge(output.history, options);
    // Two judges that share no algorithm.
    CHECK(!objected || !verdict.passed());
    const auto read = reports::calls(output.history);
    const auto* calls = std::get_if<std::vector<reports::Call>>(&read);
    CHECK(calls != nullptr); // the driver records well-formed histories
    if (std::optional<sim::Finding> finding = reports::finding(verdict, *calls))
        output.findings.push_back(std::move(*finding));
    else if (objected)
        output.findings.push_back(
            {name, "other", std::string(reports::judges::rule_of("other")),
             "the last answer of the run cannot be explained; the reason is too long a search for the "
             "budget",
             output.time});
    else if (!verdict.passed() && output.undecided.empty())
        output.undecided = reports::views::story(verdict, *calls);
    if (output.judgement.judge.empty() || output.judgement.passed()) output.judgement = std::move(verdict);
}

// `objected`: the online judge did.
void judge(const RunInput& input, bool objected, RunOutput& output) {
    if (!is_judged(input) || output.history.model.empty()) return;
    for (const std::string& each : input.scenario->judges)
        judge_as(each, input, objected && each == online_judge, output);
}

void check_progress(const Stage& stage, RunOutput& output) {
    for (std::size_t i = 0; i < stage.recording.progress.size(); ++i) {
        if (stage.recording.progress[i] >= progress_least) continue;
        output.findings.push_back({"progress", "no progress", "every client gets answers after the heal",
                                   "client" + std::to_string(i) + " got " +
                                       std::to_string(stage.recording.progress[i]) +
                                       " answers to operations invoked after the heal",
                                   stage.world.now()});
        return;
    }
}

// A role that was declared without a disk and writes to one would escape every loss of power.
void check_disks(const Stage& stage, RunOutput& output) {
    for (sim::world::HostIndex i = 0; i < stage.world.host_count(); ++i) {
        const sim::world::Host& host = stage.world.host(i);
        if (stage.roles[i] == nullptr || stage.roles[i]->disk) continue;
        if (host.effects[static_cast<std::size_t>(sim::world::EffectKind::write)] == 0) continue;
        output.findings.push_back({"scenario", "undeclared disk", "a role that writes files is declared with a disk",
                                   host.spec.name + " wrote to its disk", stage.world.now()});
        return;
    }
}

// Safety first, then liveness: at the heal all faults end. False: the budget of events was spent, or the
// online judge objected.
bool play(const RunInput& input, Stage& stage, bool& recoverable) {
    const sim::Duration duration = input.settings.duration("duration");
    const sim::Duration tail = input.settings.duration("tail");
    stage.recording.end = sim::WorldTime{} + duration + tail - tail / 5;
    stage.world.boot_all();
    if (!stage.world.run_until(sim::WorldTime{} + duration)) return false;
    stage.recording.healed = stage.world.now();
    recoverable = stage.can_recover(*input.scenario);
    stage.injector.heal_all();
    return stage.world.run_until(sim::WorldTime{} + duration + tail);
}

void collect(Stage& stage, RunOutput& output) {
    const sim::world::World& world = stage.world;
    output.checkpoints = world.trace().checkpoints();
    output.host_digests = world.trace().hosts();
    for (sim::world::HostIndex i = 0; i < world.host_count(); ++i) output.hosts.push_back(world.host(i).spec.name);
    output.digest = world.digest();
    output.events = world.events();
    output.time = world.now();
    // The end is a checkpoint too: what parts late is localised as well.
    if (output.checkpoints.empty() || output.checkpoints.back().events < output.events)
        output.checkpoints.push_back({output.events, output.time, output.host_digests});
    output.answered = stage.recording.answered;
    output.lagging = stage.recording.online ? stage.recording.online->lagging() : 0;
    output.notes = stage.notes == nullptr ? 0 : stage.notes->count;
    output.goals = world.goals();
    output.efficacies = world.efficacies();
    output.unmet = stage.world.chance().unmet();
}

} // namespace

std::string_view name(RunVerdict verdict) {
    return verdict == RunVerdict::passed ? "passed" : verdict == RunVerdict::violated ? "violated" : "undecided";
}

std::uint64_t RunOutput::effective_faults() const {
    return static_cast<std::uint64_t>(std::count_if(efficacies.begin(), efficacies.end(), [](const auto& entry) {
        return entry.first != 0 && entry.second.effective > 0;
    }));
}

faults::Plan plan_of(const RunInput& input) {
    if (input.plan) return *input.plan;
    const Scenario& scenario = *input.scenario;
    const sim::Checked<faults::Profile> profile = profile_of(scenario.faults, input.settings.text("faults"));
    faults::Strikable strikable;
    if (const std::size_t equals = scenario.faults.selector.find('='); equals != std::string_view::npos) {
        strikable.key = scenario.faults.selector.substr(0, equals);
        strikable.value = scenario.faults.selector.substr(equals + 1);
    }
    // Faults strike the roles that the profile names; if it names none, all but clients.
    const auto add = [&](const std::string& role, std::uint32_t count, bool disk) {
        const std::vector<std::string>& named = scenario.faults.roles;
        if (named.empty() ? role == "client" : std::find(named.begin(), named.end(), role) == named.end()) return;
        for (std::uint32_t i = 0; i < count; ++i) {
            strikable.hosts.push_back(role + std::to_string(i));
            if (disk) strikable.disks.push_back(strikable.hosts.back());
        }
    };
    for (const Role& role : scenario.roles) add(role.name, role.count.of(input.settings), role.disk);
    add("client", scenario.clients.count, false);
    return faults::draw_plan(*profile, input.seed, strikable, input.settings.duration("duration"));
}

std::variant<RunOutput, std::string> run(const RunInput& input, const Watcher& watcher) {
    switch_flaws(input.settings);
    Stage stage(input);
    RunOutput output;
    output.plan = plan_of(input);
    if (std::optional<std::string> wrong = stage.injector.arm(output.plan)) return *wrong;
    if (watcher.observe) stage.world.set_recorder(watcher.observe);
    if (watcher.at_start) watcher.at_start(stage.world);
    bool recoverable = true;
    const bool whole = play(input, stage, recoverable);
    if (watcher.at_end) watcher.at_end(stage.world);
    for (const auto& driver : stage.drivers) driver->leave();
    if (input.settings.flag("knowledge")) conclude(stage.recording);
    output.history = std::move(stage.recording.history);
    for (const auto& [key, value] : input.settings.values())
        output.history.settings.emplace_back(key, reports::Value(value));
    output.findings = stage.world.findings();
    collect(stage, output);
    if (!whole && !stage.recording.objected)
        output.undecided = "the budget of " + input.settings.text("events") + " events was spent at " +
                           sim::duration_text(output.time - sim::WorldTime{});
    judge(input, stage.recording.objected, output);
    // Judged at the end, but found where the world stopped.
    if (stage.recording.objected)
        for (sim::Finding& finding : output.findings)
            if (finding.judge == online_judge) finding.event = stage.recording.objected_event;
    check_disks(stage, output);
    const std::string& judges = input.settings.text("judges");
    const bool lively = whole && recoverable && input.settings.duration("tail").count() > 0;
    if (lively && (judges == "all" || judges == "progress")) check_progress(stage, output);
    std::stable_sort(output.findings.begin(), output.findings.end(),
                     [](const sim::Finding& a, const sim::Finding& b) { return a.time < b.time; });
    output.verdict = !output.findings.empty()   ? RunVerdict::violated
                     : output.undecided.empty() ? RunVerdict::passed
                                                : RunVerdict::undecided;
    if (watcher.keep)
        if (std::optional<std::string> wrong = watcher.keep(output)) return *wrong;
    return output;
}

} // namespace orrery::scenarios::engine
