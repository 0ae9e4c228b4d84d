// Essence: of all operations that a judge names, the few that already tell the story.
//
// A counterexample holds everything that happened to an object up to the violation: right, and far
// too much to read. Operations are taken away as long as the rest is still impossible in the same
// way (delta debugging: Zeller and Hildebrandt, 2002), those first that matter least. What could
// have explained the impossible result is never taken away, so that the story does not lie. Which
// operations could is known of registers only, where a read returns what one write wrote: of other
// models - a counter is the sum of all its additions - all that the judge names is left.
#pragma once

#include <string_view>
#include <vector>

#include "orrery/reports/verdict.h"

namespace orrery::reports::views {

// What is left, as a history of its own with a verdict of its own.
struct Essence {
    std::vector<Call> calls; // in the order of their invocations
    Verdict verdict;         // of them alone; indices are places in `calls`
    std::string kind;        // of the whole violation

    bool empty() const { return calls.empty(); }
    const Call& impossible() const { return calls[verdict.counterexample->unpassable]; }
};

// Empty if the verdict is not a violation. `verdict` is of `history`, `calls` are calls(history).
Essence essence(const History& history, const std::vector<Call>& calls, const Verdict& verdict);

// Whether an operation on this model sees what one other has written.
bool is_register(std::string_view model);
// Whether the operation surely changed the object; whether it may have set it to `value`.
bool changes(const Call& call, const Call& impossible);
bool sets(const Call& call, const Value& value);
// Whether `a` had returned before `b` was invoked.
bool precedes(const Call& a, const Call& b);

} // namespace orrery::reports::views
