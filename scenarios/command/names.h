// Names: what there is to name on a command line, by kind and in the order of `orrery list`. Messages suggest them, and
// shells complete them.
#pragma once

#include <string>
#include <vector>

namespace orrery::scenarios::command {

std::vector<std::string> scenario_names();
std::vector<std::string> flaw_names();
std::vector<std::string> model_names();
std::vector<std::string> judge_names();
std::vector<std::string> monitor_names(); // of all scenarios, and "all"
std::vector<std::string> format_names();
std::vector<std::string> written_format_names(); // of `check --as`
std::vector<std::string> fault_names();
// "none", "default", "crash=": what the setting `faults` is made of.
std::vector<std::string> fault_words();
std::vector<std::string> work_names(); // of `bench`
// "kind=send" for each kind of row, "time" for each other field: what a query of `trace` is made of.
std::vector<std::string> query_words();
// What `list` takes.
std::vector<std::string> listed_names();
// "links=even" for each value that a setting of any scenario may have, "duration=" where it may have any.
std::vector<std::string> setting_words();

} // namespace orrery::scenarios::command
