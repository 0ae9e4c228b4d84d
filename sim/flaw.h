// A flaw is a planted bug: one line `if (FLAW(raft_vote_before_durable))` that is wrong while the flaw is switched
// on. Built without -DORRERY_FLAWS the condition is the constant false and costs nothing. The flaws of a run are part
// of its settings and stand in its repro.
//
// Each protocol lists its flaws in its flaws.def, a header of nothing but entries. Code that has a flaw in it includes
// that file. An entry is
//     FLAW_DEFINE(raft_vote_before_durable,               // its name
//                 "a vote is answered before it is durable", // what is wrong
//                 "robustmq PR 2039",                      // the real bug that it is taken from
//                 clients,                                 // who can see it, see Flaw::Seen
//                 "raft-kv", "raft-lossy")                 // the scenarios in which it can show
// A flaw can be switched on in the scenarios that its entry names and in no other. The zoo hunts it in each of them in
// turn, so name those in which it shows fastest.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace orrery::sim {

struct Flaw {
    // Clients see a flaw in a history that breaks a promise; others only monitors can see.
    enum class Seen : bool { monitors, clients };

    std::string_view name;
    std::string_view sentence; // what is wrong, for people
    std::string_view source;   // the real bug that it is taken from
    Seen seen;
    std::vector<std::string_view> scenarios; // in which it can show; none: only a test of its protocol shows it
    bool on = false;

    Flaw(std::string_view flaw_name, std::string_view what, std::string_view from, Seen by,
         std::initializer_list<std::string_view> in)
        : name(flaw_name), sentence(what), source(from), seen(by), scenarios(in) {
        all().push_back(this);
    }
    Flaw(const Flaw&) = delete;
    Flaw& operator=(const Flaw&) = delete;

    bool shows_in(std::string_view scenario) const {
        return std::find(scenarios.begin(), scenarios.end(), scenario) != scenarios.end();
    }

    // Every flaw linked in, in no useful order: sort by name before showing.
    static std::vector<Flaw*>& all() {
        static std::vector<Flaw*> flaws;
        return flaws;
    }
    // A CHECK of an invariant that a flaw breaks adds `|| Flaw::any_on()`: a planted bug is to be found by the
    // monitors and judges that would find a real one, not by the code that has it.
    static bool any_on() {
        return std::any_of(all().begin(), all().end(), [](const Flaw* flaw) { return flaw->on; });
    }
};

} // namespace orrery::sim

#if defined(ORRERY_FLAWS)
#define FLAW_DEFINE(name, sentence, source, seen, ...)                                                                 \
    namespace orrery::flaws {                                                                                          \
    inline ::orrery::sim::Flaw name{#name, sentence, source, ::orrery::sim::Flaw::Seen::seen, {__VA_ARGS__}};          \
    }
#define FLAW(name) (::orrery::flaws::name.on)
#else
#define FLAW_DEFINE(name, sentence, source, seen, ...)
#define FLAW(name) false
#endif
