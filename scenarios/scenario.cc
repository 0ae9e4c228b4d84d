// The list of scenarios, and the settings they share.
#include "orrery/scenarios/scenario.h"

#include <algorithm>

#include "orrery/reports/judges/registry.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios {
namespace {

std::vector<const Scenario*>& registry() {
    static std::vector<const Scenario*> scenarios;
    return scenarios;
}

} // namespace

Scenario::Scenario(Description description) : Description(std::move(description)) {
    CHECK(!name.empty());
    CHECK(!roles.empty()); // something must run
    for (const std::string& judge : judges)
        CHECK(reports::judges::find_judge(judge.substr(0, judge.find('='))) != nullptr);
    for (const sim::NoteKind& note : goals) CHECK(note.goal);
    registry().push_back(this);
}

std::vector<const Scenario*> all_scenarios() {
    std::vector<const Scenario*> scenarios = registry();
    std::sort(scenarios.begin(), scenarios.end(),
              [](const Scenario* a, const Scenario* b) { return a->name < b->name; });
    return scenarios;
}

const Scenario* find_scenario(std::string_view name) {
    for (const Scenario* scenario : registry())
        if (scenario->name == name) return scenario;
    return nullptr;
}

std::vector<Setting> settings_of(const Scenario& scenario) {
    std::vector<Setting> settings = scenario.settings;
    settings.push_back({"latency", "1500us", {"1500us", "15ms"}, true, "of a message, at most"});
    settings.push_back(
        {"links", "even", {"even", "uneven"}, true, "whether each link has a slowest latency of its own"});
    settings.push_back({"policy", "time", {"time", "random"}, false, "order of events"});
    settings.push_back({"slack", "0ns", {}, false, "how late the policy may run an event"});
    settings.push_back({"faults", "default", {}, false, "which are drawn: none, default, or kinds like crash=0,cut=4"});
    settings.push_back({"flaws", "", {}, false, "planted bugs to switch on, separated by commas"});
    settings.push_back({"duration", sim::duration_text(scenario.duration), {}, false, "from the start to the heal"});
    settings.push_back({"tail",
                        sim::duration_text(scenario.tail),
                        {},
                        false,
                        "from the heal to the end; the bound of progress; 0s: none is asked"});
    settings.push_back({"events", "20000000", {}, false, "the most events of a run"});
    settings.push_back({"core", "all", {"all"}, false, "who restarts at the heal"});
    settings.push_back({"knowledge", "true", {"true", "false"}, false, "an operation that reached nobody has failed"});
    settings.push_back({"judges", "all", {"all", "linearizable", "monitors", "progress"}, false, "who judges"});
    settings.push_back(
        {"online", "true", {"true", "false"}, false, "a run stops at the return that no order explains"});
    settings.push_back({"budget", "2000000", {}, false, "search nodes of a judge"});
    settings.push_back({"drift", "0", {}, false, "clock drift, at most, in parts per billion", 100'000'000});
    return settings;
}

} // namespace orrery::scenarios
