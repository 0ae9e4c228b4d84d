// Independent keys: a history of many objects, one under each key, for judges and models that know of one. Each key
// is judged as a history of its own, and all of them must keep the promise.
//
// That loses nothing for linearizability, which a system keeps if each of its objects does. For weaker promises it
// asks less than one judge over all keys would: the order that explains one key need not fit that of another.
#pragma once

#include <vector>

#include "orrery/reports/judges/registry.h"

namespace orrery::reports::judges {

// One key's part of a history: its entries without the key.
struct KeyPart {
    Value key;
    History history;
    std::vector<std::size_t> places;    // where its calls stand among all calls
    std::vector<std::uint32_t> entries; // where its entries stand among all entries
};

// Whether the history has keys that the model, and the judge, know nothing of.
bool has_independent_keys(const Case& given, const Judge& judge);
// A part for each key, in the order of the keys.
std::vector<KeyPart> key_parts(const History& history, const std::vector<Call>& calls);
// The verdict on all keys; what is violated comes first. The budget is for all of them together.
Verdict judge_each_key(const Case& given);

} // namespace orrery::reports::judges
