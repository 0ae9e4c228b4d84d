// orrery check --monitors: the logs of the processes of one run, or its trace, as one story, and monitors that watch
// it.
#include <algorithm>

#include "orrery/scenarios/command/annotations.h"
#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/command/names.h"
#include "orrery/scenarios/command/terminal.h"
#include "orrery/scenarios/engine/artifact/json.h"
#include "orrery/scenarios/engine/live/logs.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::command {

using namespace engine;

namespace {

constexpr std::string_view every_one = "all";

// The first that there is of that name, whatever number of scenarios has it; null: there is none.
sim::MonitorFactory find_monitor(std::string_view name) {
    for (const Scenario* scenario : all_scenarios())
        for (const sim::MonitorFactory factory : scenario->monitors)
            if (factory()->name() == name) return factory;
    return nullptr;
}

// Before anything is read.
sim::Problem problem_of_monitors(const std::string& list) {
    for (const std::string_view name : sim::split(list, ',')) {
        if (name == every_one || find_monitor(name) != nullptr) continue;
        const std::vector<std::string> names = monitor_names();
        return sim::usage_complaint("there is no monitor '" + std::string(name) + "'; there are " + sim::join(names) +
                                    sim::suggestion(name, names));
    }
    return std::nullopt;
}

// All: those of the scenario that the logs name.
sim::Checked<std::vector<sim::MonitorFactory>> monitors_of(const std::string& list, const std::string& scenario) {
    std::vector<sim::MonitorFactory> found;
    for (const std::string_view name : sim::split(list, ',')) {
        if (name != every_one) {
            found.push_back(find_monitor(name));
            continue;
        }
        const Scenario* its = find_scenario(scenario);
        if (its == nullptr)
            return sim::usage_complaint("the logs are of a scenario '" + scenario +
                                        "' that is not among those of this program; name the monitors");
        found.insert(found.end(), its->monitors.begin(), its->monitors.end());
    }
    return found;
}

void print_story(const CheckOptions& options, const live::Story& story, const std::vector<sim::Finding>& findings,
                 const live::NotJudging& silent, const std::string& verdict) {
    std::vector<std::string> fingerprints;
    std::vector<std::string> texts;
    for (const sim::Finding& each : findings) {
        fingerprints.push_back(each.fingerprint());
        texts.push_back(each.text);
    }
    Object("check")
        .text("scenario", story.head.scenario)
        .text("verdict", verdict)
        .text("monitors", options.monitors)
        .texts("files", options.files)
        .count("rows", story.rows.size())
        .texts("findings", fingerprints)
        .texts("texts", texts)
        .texts("deaf", silent.deaf)
        .texts("blind", silent.blind_names())
        .print();
}

void tell_story(const live::Story& story, const live::NotJudging& silent, const std::string& verdict) {
    say("{}: {} ({} rows of {} hosts)\n", shown_line(story.head.scenario), verdict, story.rows.size(),
        story.head.hosts.size());
    tell_not_judging(silent);
}

} // namespace

void tell_not_judging(const live::NotJudging& silent) {
    if (!silent.deaf.empty())
        say("not judged by {}: hears messages, of which logs have nothing\n", shown_line(sim::join(silent.deaf)));
    for (const live::NotJudging::Blind& each : silent.blind)
        say("not judged by {}: nothing here is a note or a state of {}\n", shown_line(each.monitor),
            shown_line(sim::join(each.watches)));
}

int check_logs(const CheckOptions& options) {
    if (options.files.empty()) return complain(sim::usage_complaint("check --monitors needs the names of logs"));
    if (!options.model.empty() || !options.judge.empty() || !options.format.empty() || !options.as.empty() ||
        options.stream)
        return complain(sim::usage_complaint(
            "--monitors watch logs; leave out --model, --judge, --format, --as and --stream, which are for histories"));
    if (const sim::Problem problem = problem_of_monitors(options.monitors)) return complain(*problem);
    for (auto file = options.files.begin(); file != options.files.end(); ++file)
        if (std::find(options.files.begin(), file, *file) != file)
            return complain(sim::usage_complaint("the log " + *file + " is named twice"));
    const sim::Checked<live::Story> story = live::read_logs(options.files);
    if (!story) return complain(story.complaint());
    for (const std::string& log : story->cut) mention("{}: its last line was cut, and is left out\n", shown_line(log));
    const auto monitors = monitors_of(options.monitors, story->head.scenario);
    if (!monitors) return complain(monitors.complaint());
    const std::vector<sim::Finding> findings = live::watched(story->rows, story->head.hosts, *monitors);
    const live::NotJudging silent = live::not_judging(story->rows, *monitors);
    const bool is_vacuous = story->rows.empty() || !silent.blind.empty() || silent.deaf.size() == monitors->size();
    const std::string verdict = !findings.empty() ? "violated" : is_vacuous ? "vacuous" : "passed";
    if (options.json)
        print_story(options, *story, findings, silent, verdict);
    else
        tell_story(*story, silent, verdict);
    for (const sim::Finding& each : findings) {
        if (options.json) break;
        say("  {} at {}: {}\n", shown_line(each.fingerprint()), sim::duration_text(each.time - sim::WorldTime{}),
            shown_line(each.text));
    }
    JunitCase result{"logs", options.files.front()};
    if (!findings.empty()) {
        result.outcome = JunitCase::Outcome::failed;
        result.message = findings.front().fingerprint();
        result.text = findings.front().text;
    } else if (is_vacuous) {
        result.outcome = JunitCase::Outcome::unknown;
        result.message = "vacuous";
    }
    if (const sim::Problem problem = publish("check", {result}, options.junit, options.json)) return complain(*problem);
    return !findings.empty() ? exit_violated : is_vacuous ? exit_vacuous : exit_passed;
}

} // namespace orrery::scenarios::command
