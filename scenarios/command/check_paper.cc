// orrery check --paper: whether what servers of raft did is what the paper allows, from traces in etcd's format.
#include <map>

#include "orrery/reports/paper/raft.h"
#include "orrery/scenarios/command/annotations.h"
#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/command/terminal.h"
#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/scenarios/engine/artifact/json.h"

namespace orrery::scenarios::command {

using namespace engine;

namespace {

int check_trace(const std::string& file, bool json) {
    const sim::Checked<std::string> text = read_file(file);
    if (!text) return complain(text.complaint());
    const sim::Checked<reports::paper::Reading> reading = reports::paper::check_raft(*text);
    if (!reading) {
        sim::Complaint complaint = reading.complaint();
        complaint.place.file = file;
        return complain(complaint);
    }
    const auto& breach = reading->breach;
    if (json) {
        Object object("check");
        object.text("file", file).text("verdict", breach ? "violated" : "passed").count("events", reading->events);
        if (breach) object.count("line", breach->line).text("rule", breach->rule).text("text", breach->text);
        object.print();
    } else if (breach) {
        say("{}: violated: {}\n    {}\n", shown_line(sim::Place{file, breach->line, 0}.text()), breach->rule,
            breach->text);
    } else {
        say("{}: passed ({} events)\n", shown_line(file), reading->events);
    }
    return breach ? exit_violated : exit_passed;
}

} // namespace

int check_paper(const CheckOptions& options) {
    if (options.files.empty()) return complain(sim::usage_complaint("check needs the names of traces"));
    const bool is_alone = options.model.empty() && options.judge.empty() && options.format.empty() &&
                          options.as.empty() && options.monitors.empty() && options.junit.empty() && !options.stream;
    if (!is_alone) return complain(sim::usage_complaint("--paper goes with --json only: it reads no histories"));
    std::map<int, std::size_t> codes; // how many files ended with each
    for (const std::string& file : options.files) ++codes[check_trace(file, options.json)];
    for (const auto& [code, count] : codes)
        if (code != exit_passed && code != exit_violated) return code;
    return codes[exit_violated] > 0 ? exit_violated : exit_passed;
}

} // namespace orrery::scenarios::command
