// Telling: what one thing that was observed means, in the words of the protocol that it is part of. A narrator
// (narrator.h) says it; a recording keeps it; views show it.
#pragma once

#include <cstdint>
#include <string>

namespace orrery::sim {

struct Telling {
    // How much it says to who wants to know how a failure came about.
    enum class Weight : std::uint8_t {
        none,    // nobody has words for it: it is shown as it was recorded
        routine, // nothing new: a heartbeat, an answer that was known
        detail,  // what the protocol does in every run: of interest where it is the protocol that failed
        usual,
        telling // what does not happen in every run: a vote for a shorter log, an entry that is gone
    };

    Weight weight = Weight::none;
    std::string words{}; // of a message without its ends, of all else without the host: "leads term 4"
    // Its words say all that those of its host in the same event said just before: they stand in their place.
    bool replaces = false;

    // It is for people: what happened is the same however it is told.
    bool operator==(const Telling&) const { return true; }
};

} // namespace orrery::sim
