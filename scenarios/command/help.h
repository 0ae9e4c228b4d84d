// Help: what is said of all verbs at once, the manual page first of all. It comes from the table of verbs, as what
// `--help` prints and what shells complete; so they never tell two stories.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "orrery/scenarios/command/option.h"

namespace orrery::scenarios::command {

struct ExitCode {
    int code;
    std::string_view word; // in the help
    std::string_view meaning;
};
const std::vector<ExitCode>& exit_codes();

struct Example {
    std::string_view line;
    std::string_view meaning;
};
// Of the whole program; each verb has its own.
const std::vector<Example>& examples();

// As the words of a line stand in a synopsis: "--seed N", "--plan FILE", "--quiet".
std::string synopsis(const Option& option);
// The page in roff, for man. The same on every machine: it bears no date.
std::string man_page(const std::vector<Verb>& verbs, std::string_view version);

} // namespace orrery::scenarios::command
