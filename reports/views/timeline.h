// Timeline: operations as bars, a lane a client, in the order in which they began and ended; two
// bars that overlap were under way at the same time. The lengths mean nothing else: real times
// differ by factors of thousands and would leave no room for words.
#pragma once

#include <string>

#include "orrery/reports/views/participants.h"
#include "orrery/reports/views/style.h"
#include "orrery/reports/views/words.h"

namespace orrery::reports::views {

constexpr std::size_t letters_max = 26;

// The letter by which a drawing names the operation at this place.
inline char letter(std::size_t place) { return static_cast<char>('A' + place); }

// At most `letters_max` operations. With `times`, or if there is no room for words in the bars, a
// list of the operations with their times stands below.
std::string timeline(const MinimalHistory& minimal, const Participants& participants, const Style& style, bool times);
// The same of the operations that another judge named, or of all: at most `letters_max`, in the order of their
// invocations. Those at `marked` places are what contradicts the promise.
std::string timeline(const std::vector<Call>& calls, const std::vector<std::size_t>& marked,
                     const Participants& participants, const Style& style);

// A line each for the operations that failed or are unknown and could have changed the object; nothing if none did.
std::string doubtful(const MinimalHistory& minimal, const Participants& participants, const Style& style);

} // namespace orrery::reports::views
