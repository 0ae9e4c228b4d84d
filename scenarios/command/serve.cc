// orrery serve: one process of a scenario on real sockets. Its exit code says how it ended: 0 if it came to its end or
// was stopped, 65 if it could not go on with what was on its disk, 70 if it died.
#include "orrery/scenarios/engine/live/serve.h"

#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/command/terminal.h"
#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/scenarios/engine/live/cluster.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::command {

using namespace engine;

int serve(const ServeOptions& options) {
    live::Serving serving;
    if (const sim::Problem problem = read_input(options.scenario, {.settings = options.settings}, serving.input))
        return complain(*problem);
    if (!options.listen.empty() && !options.cluster.empty())
        return complain(sim::usage_complaint("--listen stands in place of a --cluster: leave out one of them"));
    if (options.role.empty() && options.listen.empty())
        return complain(sim::usage_complaint("serve needs a --role; scenario " + options.scenario + " has " +
                                             sim::join(live::roles_of(*serving.input.scenario))));
    if (options.cluster.empty() && options.listen.empty())
        return complain(
            sim::usage_complaint("serve needs a --cluster, a file with a line ROLE INDEX HOST:PORT for each member"));
    if (const sim::Problem problem =
            problem_of_names({{"--cluster", options.cluster}, {"--log", options.log}, {"--history", options.history}}))
        return complain(*problem);
    serving.role = options.role.empty() ? live::roles_of(*serving.input.scenario).front() : options.role;
    serving.index = static_cast<std::uint32_t>(options.index);
    serving.cluster = options.cluster;
    serving.listen = options.listen;
    serving.data = options.data;
    serving.loses_unsynced = options.loses_unsynced;
    serving.holds = options.holds;
    serving.triggers = options.triggers;
    serving.log = options.log;
    serving.history = options.history;
    serving.time = options.time;
    if (options.seed != 0) serving.seed = options.seed;
    serving.remark = [](const std::string& text) { mention("orrery: {}\n", shown_line(text)); };
    const std::string name = serving.role + std::to_string(options.index);
    const sim::Checked<orrery::live::Ending> ending = live::serve(serving, [&](const orrery::live::Member& member) {
        if (!options.quiet) say("{} of {}, at {}\n", name, options.scenario, member.address());
        std::fflush(stdout);
    });
    if (!ending) return complain(ending.complaint());
    if (ending->kind != orrery::live::Ending::Kind::died) return exit_passed;
    return complain({sim::Cause::internal,
                     {},
                     shown_line(name + " died, in task " + ending->task + ": " + ending->rule +
                                (ending->text.empty() ? "" : ": " + ending->text))});
}

} // namespace orrery::scenarios::command
