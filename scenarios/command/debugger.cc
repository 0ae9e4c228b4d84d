// An event is named by its identity, by its number in the run, by a time - then it is the first from there on - or not
// at all: then it is the event of the finding. `--back N` means the one that comes N events before it.
//
// A run is the same each time, so going back is running again up to an earlier event. That takes as long as the run
// took up to there; a snapshot would only save that.
#include "orrery/scenarios/command/debugger.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "orrery/scenarios/command/command_line.h"
#include "orrery/scenarios/command/failed_run.h"
#include "orrery/scenarios/command/terminal.h"
#include "orrery/scenarios/engine/process/break_event.h"
#include "orrery/scenarios/engine/run/plan.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::command {

using namespace engine;

namespace {

// "0123456789abcdef", also with 0x before it, or "1034".
sim::Checked<OrreryBreak> parse_event(const std::string& text) {
    OrreryBreak place;
    if (sim::parse_hexadecimal(std::string_view(text).substr(text.starts_with("0x") ? 2 : 0), place.event))
        return place;
    if (sim::parse_integer(text, place.number) && place.number > 0) return place;
    return sim::usage_complaint("--break-at expects an event: its identity, 16 hexadecimal digits, or its number in "
                                "the run, from 1; got '" +
                                text + "'");
}

sim::Checked<OrreryBreak> event_of_finding(const RunInput& input) {
    const Summary summary = run_in_child(input);
    if (!summary.is_known()) return why_unknown(summary);
    OrreryBreak place;
    if (!summary.findings.empty()) place.event = summary.findings.front().event;
    if (place.event != 0) return place;
    return sim::usage_complaint("this run has no finding with an event; name one with --break-at or --until");
}

sim::Checked<OrreryBreak> place_of(const RunInput& input, const ReplayOptions& options) {
    if (!options.break_at.empty() && options.until)
        return sim::usage_complaint("--break-at and --until both name the event; give one");
    if (!options.break_at.empty()) return parse_event(options.break_at);
    if (!options.until) return event_of_finding(input);
    OrreryBreak place;
    place.time = options.until->count();
    return place;
}

sim::Complaint never_began(const OrreryBreak& place) {
    if (place.event != 0)
        return sim::usage_complaint("no event " + sim::hexadecimal(place.event) + " began in this run");
    if (place.number != 0) return sim::usage_complaint("the run has no event number " + std::to_string(place.number));
    return sim::usage_complaint("no event began from " + sim::duration_text(sim::Duration{place.time}) + " on");
}

std::string own_path() {
    char path[4096];
    const ssize_t size = readlink("/proc/self/exe", path, sizeof path);
    return size <= 0 ? "" : std::string(path, static_cast<std::size_t>(size));
}

// The event so many before that one, by its number.
sim::Checked<OrreryBreak> before(const RunInput& input, const OrreryBreak& place, std::uint64_t back) {
    const sim::Checked<Reached> reached = find_event(input, place);
    if (!reached) return reached.complaint();
    if (reached->event == 0) return never_began(place);
    OrreryBreak earlier;
    earlier.number = reached->number - std::min(back, reached->number - 1);
    return earlier;
}

std::string text_of(const Reached& reached, const RunInput& input) {
    const faults::HostNames hosts = hosts_of(input);
    const bool is_fault = reached.kind == sim::world::EventKind::fault;
    CHECK(is_fault || reached.host < hosts.size());
    return "event " + sim::hexadecimal(reached.event) + ", number " + std::to_string(reached.number) + ", at " +
           std::string(reports::views::in_seconds(reached.time)) +
           (reached.kind == sim::world::EventKind::operation ? ": an " : ": a ") + std::string(name(reached.kind)) +
           (is_fault ? "" : " on " + hosts[reached.host]);
}

// This process becomes gdb. Returns only if it cannot.
int become_gdb(const std::string& file, std::uint64_t number) {
    const std::string program = own_path();
    // The commands are in the program itself, and gdb reads those only of programs that it is told to trust.
    const std::string trust = "add-auto-load-safe-path " + program;
    const std::string break_at = std::to_string(number);
    std::vector<std::string> words{"gdb",    "-q",    "-iex",   trust, "-ex",        "run",
                                   "--args", program, "replay", file,  "--break-at", break_at};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    std::fflush(nullptr);
    execvp("gdb", arguments.data());
    return complain(sim::missing_complaint(std::string("gdb cannot be started: ") + std::strerror(errno) +
                                           (errno == ENOENT ? "; install it with: apt-get install gdb" : "")));
}

// Nobody is there to stop: where the event is, and how to stop at it.
int tell_place(const std::string& file, const Repro& repro, const OrreryBreak& place, bool becomes_gdb) {
    const sim::Checked<Reached> reached = find_event(repro.input, place);
    if (!reached) return complain(reached.complaint());
    if (reached->event == 0) return complain(never_began(place));
    say("{}\n", text_of(*reached, repro.input));
    if (becomes_gdb) return become_gdb(file, reached->number);
    say("stop a debugger there with:\n{} --break-at {} --gdb\n", replay_line(file), reached->number);
    return exit_passed;
}

} // namespace

bool is_for_debugger(const ReplayOptions& options) {
    return !options.break_at.empty() || options.until || options.back > 0 || options.gdb;
}

int replay_for_debugger(const std::string& file, const Repro& repro, const ReplayOptions& options) {
    sim::Checked<OrreryBreak> place = place_of(repro.input, options);
    if (place && options.back > 0) place = before(repro.input, *place, options.back);
    if (!place) return complain(place.complaint());
    if (!is_traced()) return tell_place(file, repro, *place, options.gdb);
    const sim::Checked<std::optional<RunVerdict>> ran = run_to(repro.input, *place);
    if (!ran) return complain(ran.complaint());
    return *ran ? exit_of(**ran) : complain(never_began(*place));
}

} // namespace orrery::scenarios::command
