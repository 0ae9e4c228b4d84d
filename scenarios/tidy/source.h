// Source: one file of the tree as the rules see it: its text, and a mask of equal length in which comments and the
// insides of literals are blanks. A rule about code reads the mask, so that it never objects to a sentence.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace orrery::scenarios::tidy {

struct Source {
    std::string path; // from the root: "sim/world.cc"
    std::string text;
    std::string code; // the mask; for files that are not C++ the text itself

    Source(std::string where, std::string content);
    bool is_cpp() const;
    bool is_test() const { return path.ends_with("_test.cc"); }
    bool is_below(std::string_view folder) const;
    std::string_view file_name() const;
    std::size_t line_count() const;
};

constexpr bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t'; }
// A part of a name.
constexpr bool is_word(char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// The number of the line, from 1, in which a place of a text lies.
std::size_t line_of(std::string_view text, std::size_t place);

// Every file below the rooms and those at the top that people read; sorted by path.
std::vector<Source> read_tree(const std::string& root);

} // namespace orrery::scenarios::tidy
