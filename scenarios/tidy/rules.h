// Rules of this tree that no ordinary tool knows. Each is a pure function from a file, or from the whole tree, to what
// is wrong with it; a breach says what to write instead.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "orrery/scenarios/tidy/source.h"

namespace orrery::scenarios::tidy {

struct Breach {
    std::string path;
    std::size_t line = 1;
    std::string text; // what is wrong, and what to do instead
};
using Breaches = std::vector<Breach>;

struct Rule {
    std::string_view name;
    Breaches (*check)(const Source& source);
};
const std::vector<Rule>& rules();

// The rules of one file.
Breaches check_includes(const Source& source); // layering, and how an include is spelled
Breaches check_names(const Source& source);    // banned names
Breaches check_wording(const Source& source);  // work left open; names of single machines
Breaches check_lengths(const Source& source);  // of the file and its functions
Breaches check_draws(const Source& source);    // two draws whose order the compiler may choose

// The rules of the whole tree.
Breaches check_all_built(const std::vector<Source>& tree);  // every .cc stands in a meson.build
Breaches check_pages(const std::vector<Source>& tree);      // every folder has its README.md
Breaches check_references(const std::vector<Source>& tree); // files that pages name, between backticks, are there
Breaches check_flaws(const std::vector<Source>& tree);      // each planted bug stands in a table of its folder's page

} // namespace orrery::scenarios::tidy
