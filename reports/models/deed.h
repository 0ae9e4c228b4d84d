// Deed: what one operation did to an object that holds one value. Values are numbers; 0 is the one with
// which the object starts.
#pragma once

#include <cstdint>
#include <vector>

namespace orrery::reports::models {

struct Deed {
    enum class Kind : std::uint8_t {
        read,    // saw `value`
        write,   // left `value`, whatever there was
        swap,    // found `from` and left `value`
        refused, // did not find `value`, and left what there was
        append   // made out of whatever there was something that nobody ever saw
    };
    Kind kind = Kind::read;
    std::uint32_t value = 0;
    std::uint32_t from = 0;
};

struct Deeds {
    std::vector<Deed> all;
    std::uint32_t values = 1; // how many different ones
    bool appended = false;    // whether swaps are appends, seen by who read what came of them
    bool guessed = false;     // whether it could have been otherwise: that this is impossible then tells nothing
};

} // namespace orrery::reports::models
