// Completion: what a shell offers for the next word of a command line, as a script for that shell. It is made from the
// table of verbs and holds all names that this program knows; so a shell never has to start the program to complete.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "orrery/scenarios/command/option.h"

namespace orrery::scenarios::command {

std::vector<std::string> shells();
// Empty if there is none for that shell. `program` is the name under which the shell knows it.
std::string completion(std::string_view shell, const std::string& program, const std::vector<Verb>& verbs);

} // namespace orrery::scenarios::command
