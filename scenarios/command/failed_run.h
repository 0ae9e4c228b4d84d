// A run that did not pass: repeated in a fresh process before it is reported, kept as a repro, shown to people and
// in JSON.
#pragma once

#include <string>
#include <vector>

#include "orrery/scenarios/command/terminal.h"
#include "orrery/scenarios/engine/artifact/json.h"
#include "orrery/scenarios/engine/process/verify.h"
#include "orrery/sim/complaint.h"

namespace orrery::scenarios::command {

// Why nothing is known of a run that has no verdict.
sim::Complaint why_unknown(const engine::Summary& summary);
// Does a fresh process do the same? 0 if it does; else an exit code, after saying where the two diverge, or why that is
// not known.
int repeat(const engine::Summary& summary, bool json);
void print_divergence(const engine::Summary& summary, const engine::Divergence& divergence, bool json);
// Writes the run's repro into a folder and returns its path.
sim::Checked<std::string> save(const engine::Summary& summary, const std::string& folder, const std::string& stem);
// In words, to stdout: the story, and the event at which it was found.
void tell(const engine::Summary& summary);
// Why a run is undecided, in lines; nothing of an empty text.
void tell_undecided(const std::string& why);
// Text, time and event of the finding that counts; null where there is none.
engine::Object& add_finding(engine::Object& object, const engine::Summary& summary);
// The faults of a plan that someone wrote whose triggers were never met: likely not what he meant.
std::vector<std::string> never_began(const engine::RunInput& input, const engine::Summary& summary);
// The first `most` of them, a line each, and what they waited for besides.
void tell_never_began(const engine::RunInput& input, const engine::Summary& summary, std::size_t most);
int exit_of(engine::RunVerdict verdict);
// Why a run that passed has tested nothing, in a clause: no client was answered, or nobody made the note by which the
// scenario counts its work. Empty: it has tested something, as far as anybody can say, or did not pass.
std::string why_vacuous(const engine::RunInput& input, const engine::Summary& summary);
bool is_vacuous(const engine::RunInput& input, const engine::Summary& summary);
// Where a sweep or a zoo that was given no folder keeps what it finds: a name that follows from its manifest.
std::string own_folder(const std::string& name, const std::string& manifest);

} // namespace orrery::scenarios::command
