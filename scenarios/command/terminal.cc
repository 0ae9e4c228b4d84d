#include "orrery/scenarios/command/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace orrery::scenarios::command {

bool is_set(const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr && *value != '\0';
}

bool is_capable_terminal(int descriptor) {
    return isatty(descriptor) != 0 && is_set("TERM") && std::string_view(std::getenv("TERM")) != "dumb";
}

std::size_t terminal_width(int descriptor, std::size_t otherwise) {
    constexpr std::size_t least = 40; // narrower, a drawing says nothing
    winsize size{};
    if (isatty(descriptor) == 0 || ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return otherwise;
    return std::max<std::size_t>(size.ws_col, least);
}

reports::views::Style terminal_style() {
    reports::views::Style style;
    style.width = terminal_width(STDOUT_FILENO, style.width);
    style.colours = is_capable_terminal(STDOUT_FILENO) && !is_set("NO_COLOR");
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        if (!is_set(name)) continue;
        const std::string_view locale = std::getenv(name);
        style.unicode = locale.find("UTF-8") != std::string_view::npos || locale.find("utf8") != std::string_view::npos;
        break;
    }
    return style;
}

std::string shown_line(std::string_view text) { return reports::views::shown(text, terminal_style()); }

int complain(const sim::Complaint& complaint) {
    mention("orrery: {}\n", shown_line(complaint.text()));
    return sim::exit_code(complaint.cause);
}

std::string painted(engine::RunVerdict verdict) {
    using reports::views::Colour;
    const Colour colour = verdict == engine::RunVerdict::passed     ? Colour::green
                          : verdict == engine::RunVerdict::violated ? Colour::red
                                                                    : Colour::yellow;
    return reports::views::painted(engine::name(verdict), colour, terminal_style());
}

} // namespace orrery::scenarios::command
