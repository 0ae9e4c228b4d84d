// Verification: the same run in a newly executed process, with another address layout and other bytes in fresh memory.
// Forks share addresses and so hide code whose order depends on pointers.
//
// What does not repeat is nondeterminism, never a violation. A process that could not begin is neither.
#pragma once

#include <optional>
#include <string>

#include "orrery/scenarios/engine/process/child.h"

namespace orrery::scenarios::engine {

// Where two runs of one input first differ.
struct Divergence {
    std::vector<std::string> hosts{}; // whose digests differ first; none: it is not known, or they agree
    std::uint64_t events_from = 0;    // both agree when so many events had run ...
    std::uint64_t events_to = 0;      // ... and no longer when so many had; 0: nothing is known of later
    sim::WorldTime before{};          // the time then
    std::uint64_t event = 0;          // the event that did not do the same; 0: it was not found
    std::string one{};                // the runs agree, but this is what one found ...
    std::string other{};              // ... and this what the other did

    std::string text() const;
};

// Nothing if they agree.
std::optional<Divergence> divergence(const RunResult& one, const RunResult& other);

struct Verification {
    std::optional<Divergence> diverged{};
    Summary again{}; // what the fresh process says; if it is not known, then neither is whether the run repeats
};

// Repeats a run in a fresh process. If it diverges, both are run once more to find the event.
Verification verify(const Summary& summary, const Limits& limits = {});
// The event at which the input's runs here and in a fresh process differ, within a known interval; 0 if they do not.
std::uint64_t diverging_event(const RunInput& input, const Divergence& within, const Limits& limits = {});

// --- the other half: what the newly executed process does ---

inline constexpr const char* fresh_process_word = "fresh-process"; // its one argument
inline constexpr const char* fresh_process_variable = "ORRERY_FRESH_PROCESS";

// What it is asked, by its standard input.
sim::Bytes fresh_question(const RunInput& input, const ChildOptions& options);
// Every executable that verifies asks this first, and if so answers and ends with what that returns.
bool is_fresh_process(int argc, char** argv);
int answer_in_fresh_process();

} // namespace orrery::scenarios::engine
