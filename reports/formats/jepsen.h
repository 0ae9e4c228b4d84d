// What Jepsen's maps mean, whether they are written as EDN or as JSON: :process, :type, :f, :value.
//
// :fail means that it did not happen, a nil read on :ok is an unknown one, :nemesis is nobody, and a
// process id may be used again after :info.
#pragma once

#include <string>

#include "orrery/reports/formats/format.h"

namespace orrery::reports::formats {

// An entry out of one map; false with `expected` set if it is none. `skip`: it concerns no client.
bool jepsen_entry(const Value& map, Entry& entry, bool& skip, std::string& expected);

// What holds for a whole history, once all entries are there: where it starts, unknown reads, processes.
void finish_jepsen(History& history);

// The other reading of a :cas that failed: not that it did not happen, but that it compared and was unequal.
ReadResult failed_swaps_observed(ReadResult read);

} // namespace orrery::reports::formats
