// MinimalHistory: of all operations that a counterexample names, the few that tell the story.
//
// A counterexample holds whatever is needed for a proof: right, and often too much to read. Here operations are
// taken away as long as the rest is still violated by the same operation and in the same way; those first that
// matter least. What could have explained the impossible result is never taken away, so that the story does not
// lie. Which operations could is known of objects that hold one value, where a read returns what one operation
// wrote. Of other objects - a counter is the sum of all its additions - all that the counterexample names is kept.
//
// Example: a register. write 1; write 7 and write 8 at once; a read of 7; then a read of 8; and a write 9 meanwhile.
// The last read is impossible, for 8 had been replaced by 7. Kept are write 7, write 8 and the two reads. Without
// write 8 the last read would be a value from nowhere: another story. Without write 7 it would be the same for the
// first read. Write 1 and write 9 explain nothing and go.
#pragma once

#include <string>
#include <vector>

#include "orrery/reports/judges/registry.h"
#include "orrery/reports/models/verb.h"
#include "orrery/reports/verdict.h"

namespace orrery::reports::judges::linearizable {

struct MinimalHistory {
    // What the model's verbs say of the object: it holds one value, it holds many, or something else.
    enum class Object : std::uint8_t { one_value, many_values, other };

    std::vector<Call> calls;                     // in the order of their invocations
    std::vector<models::Verb::Effect> effects;   // of each of them
    std::size_t unpassable = 0;                  // the place in `calls` of the one whose result is impossible
    Value key;                                   // the object; nil if there is only one
    ViolationClass kind = ViolationClass::other; // of the whole violation
    Object object = Object::other;
    // What the object would have returned instead, in the history as it was: "would return 7, not 8". Empty if that
    // depends on the order of the other operations, or takes too long to find out.
    std::string instead;
    // Other operations on the object that have failed or are unknown and could have changed it. No judge can count on
    // them; but a system that carries out what it has refused is found only by looking at them.
    std::vector<Call> doubtful;

    bool empty() const { return calls.empty(); }
    const Call& impossible() const { return calls[unpassable]; }
};

// Empty if the verdict has no counterexample. `verdict` is of `history`, `calls` are calls(history).
MinimalHistory minimal_history(const History& history, const std::vector<Call>& calls, const Verdict& verdict,
                               const JudgeOptions& options = {});

// Whether the operation surely changed the object; whether it may have left `value` there.
bool changes(const Call& call, models::Verb::Effect effect);
bool leaves(const Call& call, models::Verb::Effect effect, const Value& value);
// Whether `a` had returned before `b` was invoked.
bool precedes(const Call& a, const Call& b);

} // namespace orrery::reports::judges::linearizable
