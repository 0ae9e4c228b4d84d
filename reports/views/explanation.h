// Explanation: a failure told on one page: the violation and how it came to it (failure.h), what was asked and what
// went wrong on purpose, when it had become inevitable, the decision without which it passes, and where the passing run
// nearest to it parts from it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "orrery/reports/trace/row.h"
#include "orrery/reports/views/failure.h"

namespace orrery::reports::views {

// Of the futures that were tried from a moment on, so many failed likewise.
struct Inevitability {
    sim::WorldTime time{};
    std::size_t failed = 0;
    std::size_t tried = 0;

    // Where the true share lies, in percent, with 95% confidence: Wilson's score interval (E. B. Wilson, "Probable
    // Inference, the Law of Succession, and Statistical Inference", 1927). Of no future: 0 to 100.
    std::pair<std::size_t, std::size_t> interval() const;
};

// Another run, which passes, and where it parts from the failed one.
struct Parting {
    std::string change{};             // what was done, in words: "server2's message ... is lost"
    std::string line{};               // as a plan has it; empty if a fault was left out
    std::size_t common = 0;           // events that both have, from the start
    std::vector<trace::Row> failed{}; // what each shows from there on, the first rows
    std::vector<trace::Row> passed{};
    // It passes only because it ends before what follows: given more time, it fails all the same.
    bool is_only_late = false;
    std::string instead{}; // what became of the operation with the impossible answer, in words; empty: nothing is known
};

struct Decision {
    Parting critical{};               // nearest to where the failure became inevitable
    std::optional<Parting> nearest{}; // of others, one that parts later, the latest; none: the critical one does
};

struct Explanation {
    Failure failure{};
    std::vector<std::string> input{}; // lines: faults, operations, settings and fixed draws, as a person would say them
    std::vector<Inevitability> inevitability{};
    std::size_t changes_tried = 0; // of one fault or message, in search of the decision
    std::optional<Decision> decision{};
};

std::string explanation(const Explanation& explained, const Style& style);
// A line of a glyph each, and the moments between which it rose most, with what happened there; one that never moves is
// a sentence.
std::string inevitability(const std::vector<Inevitability>& moments, const Failure& failed, const Style& style);

} // namespace orrery::reports::views
