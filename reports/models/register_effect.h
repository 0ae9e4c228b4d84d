// RegisterEffect: what one operation did to an object that holds one value. Values are numbers; 0 is the one with
// which the object starts.
#pragma once

#include <cstdint>
#include <vector>

namespace orrery::reports::models {

struct RegisterEffect {
    enum class Kind : std::uint8_t {
        read,    // saw `value`
        write,   // left `value`, whatever there was
        swap,    // found `from` and left `value`
        refused, // did not find `value`, and left what there was
        append   // changed what there was into something that no operation saw
    };
    Kind kind = Kind::read;
    std::uint32_t value = 0;
    std::uint32_t from = 0;
};

struct RegisterEffects {
    std::vector<RegisterEffect> all;
    std::uint32_t values = 1; // how many different ones
    bool appended = false;    // whether the swaps stand for appends, which are seen by the reads of what they made
    bool guessed = false;     // whether equal appends were assigned by a guess: then "impossible" proves nothing
};

} // namespace orrery::reports::models
