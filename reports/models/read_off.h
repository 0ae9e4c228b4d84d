// Reading off the order of appends: when a text grows out of pieces that are all different, whoever reads
// it whole sees in which order they came. So every version of the text is a value of its own, an append
// that was seen is a swap from one version to the next, and one that was never seen came last before the
// text was replaced, or last of all. The idea is Elle's for lists (Kingsbury & Alvaro 2020, section 3).
//
// Of equal pieces it guesses that each was the latest that can have been seen. An order that comes of it is
// as good as any other; that there is none means nothing.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "orrery/reports/models/register_effect.h"
#include "orrery/reports/models/verb.h"
#include "orrery/sim/types.h"

namespace orrery::reports::models {

// An operation on a text.
struct TextEffect {
    Verb::Effect effect = Verb::Effect::reads;
    bool unknown = false;
    const std::string* piece = nullptr; // written or appended
    const std::string* seen = nullptr;  // by a read; nullptr: there was no text
    sim::WorldTime invoked{};
    sim::WorldTime returned{};
};

// Nothing if it cannot be read off: pieces that can be read in two ways, removals and swaps, a text that no
// order of the pieces makes.
std::optional<RegisterEffects> read_off(std::span<const TextEffect> texts, const std::string* initial);

} // namespace orrery::reports::models
