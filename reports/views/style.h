// Style: how much room a terminal has and what it can show. Every view takes one and gives text, so
// that the same failure looks the same wherever the same style is asked for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/sim/types.h"

namespace orrery::reports::views {

struct Style {
    std::size_t width = 100;
    bool colours = false;
    bool unicode = false; // else plain ASCII
};

enum class Colour : std::uint8_t { none, red, green, yellow, cyan, dim };

std::string painted(std::string_view text, Colour colour, const Style& style);
// How many columns a text takes: its code points.
std::size_t columns_of(std::string_view text);
// On one line, without control characters, and without what the terminal cannot show.
std::string shown(std::string_view text, const Style& style);
// At most so many columns; a cut is marked by "...".
std::string clipped(std::string_view text, std::size_t columns, const Style& style);
std::string padded(std::string text, std::size_t columns);
// Words on lines no longer than the style's width, each behind `indent` blanks.
std::string wrapped(std::string_view text, std::size_t indent, const Style& style);
// The same as lines, not indented, which may have other lengths; at least one. A word that is longer than a line is cut
// into several.
std::vector<std::string> pieces(std::string_view text, std::size_t first, std::size_t others, const Style& style);
// A line of its own, a blank one before it.
std::string heading(std::string_view text, const Style& style);
// "8.188 s", and "8187.596" in milliseconds; "never" past the end of time.
std::string in_seconds(sim::WorldTime time);
std::string in_milliseconds(sim::WorldTime time);

// One line of a drawing: a glyph a column, written in any order.
class Line {
public:
    void put(std::size_t column, std::string_view text, Colour colour = Colour::none);
    // `glyph` in every column of [from, to).
    void fill(std::size_t from, std::size_t to, std::string_view glyph, Colour colour = Colour::none);
    // Without blanks at its end.
    std::string text(const Style& style) const;

private:
    struct Cell {
        std::string glyph = " ";
        Colour colour = Colour::none;
    };
    std::vector<Cell> cells_;
};

} // namespace orrery::reports::views
