// Keys as jepsen.independent puts them into values: every operation is of the object under one key, and its value is
// a pair of the key and of what the operation would have without it.
//
//     {:f :write :value [1 5]}   {:f :read :value [1 nil]}   {:f :cas :value [1 [5 6]]}
//
// Newer files mark such a pair with a tag or write {:key 1 :value 5}: that is certain. Plain pairs are told from
// values that are lists by what only a pair can be: a question whose second half is nil, a swap whose second half
// has two values itself, or the steps of a transaction. All invocations and all answers must be pairs then;
// else the values are lists.
#pragma once

#include <variant>

#include "orrery/reports/formats/format.h"

namespace orrery::reports::formats {

// A pair that is marked: {key K, value V}, as a value.
Value marked_pair(Value key, Value value);
// Moves the key of a marked pair to where keys stand.
void split_pair(Entry& entry);
// The same for plain pairs, if the history has them. Whether its operations have keys at all; an error if one
// returned under another key than it was invoked with.
sim::Checked<bool> find_keys(History& history);

} // namespace orrery::reports::formats
