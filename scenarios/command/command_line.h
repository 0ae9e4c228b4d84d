// Command lines to copy: what repeats a run, quoted for a shell and beginning as this program was called.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "orrery/scenarios/command/run_input.h"

namespace orrery::scenarios::command {

// How this program was called; main says it once.
void set_program(const std::string& name);
// Without its folder.
std::string program_name();
// Quoted where a shell would not take the word as it is.
std::string shell_word(const std::string& word);
// Replays a file.
std::string replay_line(const std::string& file);
// Tells a failure on a page.
std::string explain_line(const std::string& file);
// Hunts a flaw again.
std::string hunt_line(const std::string& flaw);
// Judges a history again, with these flags and their values.
std::string check_line(const std::vector<std::string>& flags, const std::string& file);
// Runs a seed again: for a failure of which no file could be kept.
std::string run_line(const std::string& scenario, std::uint64_t seed, const InputOptions& options);

} // namespace orrery::scenarios::command
