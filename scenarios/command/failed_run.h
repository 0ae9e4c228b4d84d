// A run that did not pass: repeated in a new process before anybody hears of it, kept as a repro, told to people and in
// JSON.
#pragma once

#include <optional>
#include <string>

#include "orrery/scenarios/command/terminal.h"
#include "orrery/scenarios/engine/artifact/json.h"
#include "orrery/scenarios/engine/process/isolate.h"
#include "orrery/sim/complaint.h"

namespace orrery::scenarios::command {

// Does a new process do the same? Says where they parted if not.
bool is_repeated(const engine::Summary& summary, bool json);
// Writes the summary's repro into a folder and returns its path.
sim::Checked<std::string> save(const engine::Summary& summary, const std::string& folder, const std::string& stem);
// In words, to stdout: the story, and the event at which it was found.
void tell(const engine::Summary& summary);
// Text, time and event of the finding that counts; null where there is none.
engine::Object& add_finding(engine::Object& object, const engine::Summary& summary);
int exit_of(engine::RunVerdict verdict);
// Where a sweep or a zoo that was given no folder keeps what it finds: a name that follows from its manifest.
std::string own_folder(const std::string& name, const std::string& manifest);

} // namespace orrery::scenarios::command
