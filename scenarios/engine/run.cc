// A run, straight through: build the world, arm the plan, run, heal, run the tail, judge.
#include "orrery/scenarios/engine/run.h"

#include <algorithm>

#include "orrery/faults/injector.h"
#include "orrery/faults/swarm.h"
#include "orrery/reports/judges/judge.h"
#include "orrery/reports/views/story.h"
#include "orrery/scenarios/engine/driver.h"
#include "orrery/sim/flaw.h"

namespace orrery::scenarios {
namespace {

constexpr std::uint64_t progress_least = 3; // answers per client to operations invoked after the heal

// Comma separated names of flaws; false if one is not known.
bool switch_flaws(std::string_view list, bool apply) {
    if (apply)
        for (sim::Flaw* flaw : sim::Flaw::all()) flaw->on = false;
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        const std::string_view wanted = list.substr(0, comma);
        const auto found = std::find_if(sim::Flaw::all().begin(), sim::Flaw::all().end(),
                                        [&](const sim::Flaw* flaw) { return flaw->name == wanted; });
        if (found == sim::Flaw::all().end()) return false;
        if (apply) (*found)->on = true;
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return true;
}

// Counts one kind of note, for the floor.
struct NoteCounter final : sim::Monitor {
    std::string wanted;
    std::uint64_t count = 0;
    std::string_view name() const override { return "floor"; }
    void observe(const sim::Observation& seen) override {
        if (seen.kind == sim::Observation::Kind::note && seen.name == wanted) ++count;
    }
};

sim::WorldOptions world_options(const RunInput& input) {
    sim::WorldOptions options;
    options.seed = input.seed;
    options.overrides = input.overrides;
    options.reseeds = input.reseeds;
    options.policy = input.settings.text("policy");
    options.slack = input.settings.duration("slack");
    options.events_max = static_cast<std::uint64_t>(input.settings.integer("events"));
    options.latency_max = input.settings.duration("latency");
    options.drift_max = input.settings.integer("drift");
    options.settings = input.settings;
    return options;
}

// Everything that lives during a run, in the order in which it must be destroyed last.
struct Stage {
    sim::World world;
    Recording recording;
    std::vector<std::unique_ptr<ClientDriver>> drivers;
    faults::Injector injector;
    NoteCounter* notes = nullptr; // the world's; null if the floor names no note
    std::vector<std::string> strikable;

    explicit Stage(const RunInput& input) : world(world_options(input)), recording{world}, injector(world) {
        const Scenario& scenario = *input.scenario;
        for (const Role& role : scenario.roles) add_role(role, input.settings);
        recording.clients = scenario.clients.count;
        recording.skipped = input.skipped;
        recording.think = scenario.think;
        recording.history.model = scenario.clients.model;
        recording.progress.assign(scenario.clients.count, 0);
        for (std::uint32_t i = 0; i < scenario.clients.count; ++i) add_client(scenario, i);
        if (input.settings.text("judges") != "linearizable")
            for (const sim::MonitorFactory factory : scenario.monitors) world.add_monitor(factory());
        if (scenario.floor.note.empty()) return;
        auto counter = std::make_unique<NoteCounter>();
        notes = counter.get();
        notes->wanted = scenario.floor.note;
        world.add_monitor(std::move(counter));
    }
    void add_role(const Role& role, const sim::Settings& settings) {
        for (std::uint32_t i = 0; i < role.count.of(settings); ++i) {
            strikable.push_back(role.name + std::to_string(i));
            world.add_host({strikable.back(), role.name, i, role.main, role.crash});
        }
    }
    void add_client(const Scenario& scenario, std::uint32_t index) {
        const auto host = static_cast<sim::HostIndex>(world.host_count());
        drivers.push_back(std::make_unique<ClientDriver>(recording, index, host));
        Driver* driver = drivers.back().get();
        world.add_host({"client" + std::to_string(index), "client", index,
                        [main = scenario.clients.main, driver](sim::Env& env) { main(env, *driver); }});
    }
};

void judge(const RunInput& input, RunOutput& output) {
    if (input.settings.text("judges") == "monitors" || output.history.model.empty()) return;
    reports::judges::JudgeOptions options;
    options.budget = static_cast<std::uint64_t>(input.settings.integer("budget"));
    output.judgement = reports::judges::judge(output.history, options);
    if (output.judgement.passed()) return;
    const auto read = reports::calls(output.history);
    const auto* calls = std::get_if<std::vector<reports::Call>>(&read);
    CHECK(calls != nullptr); // the driver records well-formed histories
    if (std::optional<sim::Finding> finding = reports::finding(output.judgement, *calls))
        output.findings.push_back(std::move(*finding));
    else
        output.undecided = reports::views::story(output.judgement, *calls);
}

void check_progress(const Stage& stage, RunOutput& output) {
    for (std::size_t i = 0; i < stage.recording.progress.size(); ++i) {
        if (stage.recording.progress[i] >= progress_least) continue;
        output.findings.push_back({"progress", "no progress", "every client gets answers after the heal",
                                   "client" + std::to_string(i) + " got " + std::to_string(stage.recording.progress[i]) +
                                       " answers to operations invoked after the heal"});
        return;
    }
}

} // namespace

std::string_view name(Verdict verdict) {
    return verdict == Verdict::passed ? "passed" : verdict == Verdict::violated ? "violated" : "undecided";
}

std::uint64_t RunOutput::effective_faults() const {
    return static_cast<std::uint64_t>(std::count_if(efficacies.begin(), efficacies.end(), [](const auto& entry) {
        return entry.first != 0 && entry.second.effective > 0;
    }));
}

sim::Settings default_settings(const Scenario& scenario) {
    sim::Settings settings;
    for (const Setting& setting : settings_of(scenario)) settings.set(setting.name, setting.standard);
    return settings;
}

std::optional<std::string> set_setting(const Scenario& scenario, sim::Settings& settings, std::string_view key,
                                       std::string_view value) {
    std::string known;
    for (const Setting& setting : settings_of(scenario)) {
        known += (known.empty() ? "" : ", ") + setting.name;
        if (setting.name != key) continue;
        sim::Duration length{};
        std::string legal;
        for (const std::string& each : setting.legal) legal += (legal.empty() ? "" : ", ") + each;
        if (!setting.legal.empty() && std::find(setting.legal.begin(), setting.legal.end(), value) == setting.legal.end())
            return "setting " + setting.name + " expects one of " + legal;
        if (setting.name == "flaws" && !switch_flaws(value, false))
            return "there is no flaw like '" + std::string(value) + "'; see orrery list";
        if (setting.legal.empty() && sim::parse_duration(setting.standard, length) &&
            (!sim::parse_duration(value, length) || length.count() < 0))
            return "setting " + setting.name + " expects a length of time like 150ms";
        const bool number = !setting.standard.empty() && setting.standard.find_first_not_of("0123456789") == std::string::npos;
        if (setting.legal.empty() && number &&
            (value.empty() || value.size() > 18 || value.find_first_not_of("0123456789") != std::string_view::npos))
            return "setting " + setting.name + " expects a whole number";
        settings.set(std::string(key), std::string(value));
        return std::nullopt;
    }
    return "scenario " + scenario.name + " has no setting '" + std::string(key) + "'; it has " + known;
}

void draw_settings(RunInput& input) {
    sim::Chance chance(sim::mix(input.seed, sim::name_hash("settings")));
    for (const Setting& setting : settings_of(*input.scenario)) {
        if (!setting.swarm || input.chosen.contains(setting.name)) continue;
        const std::uint64_t choice = chance.draw(sim::name_hash(setting.name), "setting", 0, setting.legal.size());
        input.settings.set(setting.name, setting.legal[choice]);
    }
}

std::variant<RunOutput, std::string> run(const RunInput& input, const Watcher& watcher) {
    const Scenario& scenario = *input.scenario;
    CHECK(switch_flaws(input.settings.text("flaws"), true));
    const sim::Duration duration = input.settings.duration("duration");
    const sim::Duration tail = input.settings.duration("tail");
    Stage stage(input);
    RunOutput output;
    if (input.plan)
        output.plan = *input.plan;
    else if (input.settings.text("faults") == "default")
        output.plan = faults::draw_plan(scenario.faults, input.seed, stage.strikable, duration);
    if (std::optional<std::string> wrong = stage.injector.arm(output.plan)) return *wrong;
    if (watcher.observe) stage.world.set_recorder(watcher.observe);
    stage.recording.end = sim::WorldTime{} + duration + tail - tail / 5;
    stage.world.boot_all();
    bool whole = stage.world.run_until(sim::WorldTime{} + duration);
    if (whole) {
        stage.recording.healed = stage.world.now();
        stage.injector.heal_all();
        whole = stage.world.run_until(sim::WorldTime{} + duration + tail);
    }
    output.history = std::move(stage.recording.history);
    output.findings = stage.world.findings();
    if (!whole)
        output.undecided = "the budget of " + input.settings.text("events") + " events was spent at " +
                           sim::duration_text(stage.world.now() - sim::WorldTime{});
    judge(input, output);
    if (whole) check_progress(stage, output);
    output.verdict = !output.findings.empty()  ? Verdict::violated
                     : output.undecided.empty() ? Verdict::passed
                                                : Verdict::undecided;
    output.checkpoints = stage.world.trace().checkpoints();
    output.host_digests = stage.world.trace().hosts();
    for (sim::HostIndex i = 0; i < stage.world.host_count(); ++i) output.hosts.push_back(stage.world.host(i).spec.name);
    output.digest = stage.world.digest();
    output.events = stage.world.events();
    output.time = stage.world.now();
    output.answered = stage.recording.answered;
    output.notes = stage.notes == nullptr ? 0 : stage.notes->count;
    output.efficacies = stage.world.efficacies();
    output.unmet = stage.world.chance().unmet();
    return output;
}

} // namespace orrery::scenarios
