// Terminal: the only way to print. Results go to stdout, complaints and remarks to stderr, and neither lets through
// what a terminal would obey: text from files, notes and labels is printed by shown_line.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include "orrery/reports/views/style.h"
#include "orrery/scenarios/engine/run/run.h"
#include "orrery/sim/complaint.h"

namespace orrery::scenarios::command {

// To stdout. Whether it could be written is asked once, at the end.
template <class... Values>
void say(fmt::format_string<Values...> format, Values&&... values) {
    std::fputs(fmt::format(format, std::forward<Values>(values)...).c_str(), stdout);
}
// To stderr.
template <class... Values>
void mention(fmt::format_string<Values...> format, Values&&... values) {
    std::fputs(fmt::format(format, std::forward<Values>(values)...).c_str(), stderr);
}
// One line to stderr; returns the exit code of the complaint's cause.
int complain(const sim::Complaint& complaint);

// What stdout can show: its width, and whether colours and more than ASCII.
reports::views::Style terminal_style();
// On one line, with a '?' for each control character and whatever else stdout cannot show.
std::string shown_line(std::string_view text);
// How wide the terminal behind a descriptor is, within bounds; `otherwise` if it is none.
std::size_t terminal_width(int descriptor, std::size_t otherwise);
// Can the terminal behind a descriptor move its cursor and show colours?
bool is_capable_terminal(int descriptor);
bool is_set(const char* variable);

// The verdict's word, in colour if stdout shows colours.
std::string painted(engine::RunVerdict verdict);

} // namespace orrery::scenarios::command
