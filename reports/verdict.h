// Verdict: what a judge says of a history, with the evidence.
//
// A violated verdict has either a counterexample or anomalies, by its judge.
// Operations are named by their place in the list that was judged: for a History, in calls(history).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orrery/reports/history.h"
#include "orrery/reports/violation.h"
#include "orrery/sim/finding.h"

namespace orrery::reports {

// Why a history cannot be explained: in any legal order, the object gets as far as `order` and no
// further, because `unpassable` must take effect before it returns and cannot.
struct Counterexample {
    struct Refusal {
        std::size_t operation = 0;
        std::string reason; // "would return 5"
    };
    // One state in which the object may be when it can go no further.
    struct DeadEnd {
        std::string state;
        std::vector<Refusal> refusals; // every operation that could come next, and why it cannot
    };

    Value key;                           // the object concerned; nil if there is only one
    std::vector<std::size_t> operations; // these alone are already impossible, and no other reason than that
                                         // makes them so; see judges/linearizable/shrink.h for what was left out
    // The facts of real time that make them so: the first had returned before the second was invoked.
    std::vector<std::pair<std::size_t, std::size_t>> edges;
    bool minimal = false;           // without any one of those that could be left out all is possible
    std::vector<std::size_t> order; // the longest legal order found; `dead_ends[0]` is how it ends
    std::size_t unpassable = 0;     // its return is the earliest that no legal order can pass
    std::vector<DeadEnd> dead_ends; // the states reached with most done, at most eight
    ViolationClass kind = ViolationClass::other;
    std::string story;      // one sentence with names and values
    bool confirmed = false; // a second, plain search (for up to 20 operations) says the same
};

// What a judge found that does not work by orders: a cycle of transactions, money out of nowhere, a session that went
// back in time. Of linearizability: two answers that contradict each other (judges/linearizable/revisions.h).
struct Anomaly {
    std::string kind;                      // its class, in fixed words: "G-single-realtime", "lost element"
    Value key{};                           // the object concerned, if it is one
    std::vector<std::size_t> operations{}; // that show it; of a cycle, in its order
    std::vector<std::string> reasons{};    // of a cycle: why each comes before the next, the last before the first
    std::string story{};                   // in a sentence, with names and values
};

// Where an undecided search stood when its budget ran out.
struct Blocked {
    Value key;
    std::optional<std::size_t> deepest;   // all returns up to this operation's can be passed; none if not even one
    std::vector<std::size_t> window;      // the operations under way after it: none of them could return next
    std::size_t width = 0;                // most known operations under way at once, anywhere
    std::size_t unknown = 0;              // how many unknown ones may take effect there
    std::size_t states = 0;               // different states met
    std::string cost;                     // which of the last three multiplies the configurations most
    std::vector<std::string> suggestions; // what would help, most helpful first
    bool out_of_memory = false;           // what ran out was the memory, not the budget
};

struct Verdict {
    enum class Outcome : std::uint8_t { passed, violated, undecided };

    Outcome outcome = Outcome::undecided;
    std::string judge;          // "linearizable", "serializable", "bank", ...
    std::string model;          // "cas-register"
    std::string basis;          // what decided: "chains", "search", or both
    std::uint64_t nodes = 0;    // configurations visited: the unit of budgets
    std::size_t operations = 0; // judged: without those that failed
    std::size_t keys = 0;
    std::vector<std::size_t> certificate;         // passed: an order in which one client could have done all of this
    std::optional<Counterexample> counterexample; // violated, if the judge works by orders
    std::vector<Anomaly> anomalies;               // violated, if it does not; the worst first, never empty
    // Transactions: the weakest consistency models that what was found rules out, and all that promise more.
    // Those may be others than the one that was asked for, which may have passed.
    std::vector<std::string> broken;
    std::vector<std::string> also_broken;
    std::optional<Blocked> blocked; // undecided
    sim::Problem error{};           // the input could not be judged at all, and why
    bool unanswered = false;        // no operation of the history returned ok

    // Empty if it was judged.
    std::string error_text() const { return error ? error->text() : ""; }
    bool passed() const { return outcome == Outcome::passed; }
    bool violated() const { return outcome == Outcome::violated; }
    // A history in which nobody was answered keeps every promise, and says nothing.
    bool vacuous() const { return passed() && (unanswered || operations == 0); }
};

// "passed", "violated", "undecided".
std::string_view name(Verdict::Outcome outcome);

// The operations that show a violation: of the counterexample, or of the worst anomaly. Else none.
std::vector<std::size_t> evidence(const Verdict& verdict);

// The finding of a violated verdict; `operations` is the list that was judged. Nothing for other verdicts.
std::optional<sim::Finding> finding(const Verdict& verdict, const std::vector<Call>& operations);

} // namespace orrery::reports
