// Planted bugs. `if (FLAW(raft_vote_before_durable))` marks the one line that is wrong when the
// flaw is switched on; built without -DORRERY_FLAWS it is the constant false and costs nothing.
//
// Each protocol lists its flaws in flaws.def, one line each:
//     FLAW_DEFINE(raft_vote_before_durable, "a vote is answered before it is on disk", "robustmq PR 2039", clients)
// and includes it between the two lines of flaws.h that define FLAW_DEFINE. The last word says who
// can see it: clients, in a history that is not linearizable, or only monitors. A flaw is part of
// the settings of a run and stands in its repro.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

namespace orrery::sim {

struct Flaw {
    std::string_view name;
    std::string_view sentence; // what is wrong, for people
    std::string_view source;   // the real bug it is taken from
    enum class Seen : bool { monitors, clients };
    Seen seen; // by whom
    bool on = false;

    Flaw(std::string_view flaw_name, std::string_view what, std::string_view from, Seen by)
        : name(flaw_name), sentence(what), source(from), seen(by) {
        all().push_back(this);
    }
    Flaw(const Flaw&) = delete;
    Flaw& operator=(const Flaw&) = delete;

    // Every flaw linked in, in no useful order: sort by name before showing.
    static std::vector<Flaw*>& all() {
        static std::vector<Flaw*> flaws;
        return flaws;
    }
    // For invariants that a planted bug may break.
    static bool any_on() {
        return std::any_of(all().begin(), all().end(), [](const Flaw* flaw) { return flaw->on; });
    }
};

} // namespace orrery::sim

#if defined(ORRERY_FLAWS)
#define FLAW_DEFINE(name, sentence, source, seen)                                                                      \
    inline ::orrery::sim::Flaw name{#name, sentence, source, ::orrery::sim::Flaw::Seen::seen};
#define FLAW(name) (::orrery::flaws::name.on)
#else
#define FLAW_DEFINE(name, sentence, source, seen)
#define FLAW(name) false
#endif
