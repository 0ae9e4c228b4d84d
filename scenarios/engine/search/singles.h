// Singles: what rates do, told as faults of single messages, and crowds of these told as cuts.
//
// A rate that strikes 1,590 messages says nothing of why a run fails. Written as 1,590 faults of one message each it is
// the same run, of which most can be left out one by one. Where those that remain come in crowds - all that a server
// sent for half a second - one cut says the same, and is what a person would have written:
//
//     loss 30% of all, 1,590 messages  ->  24 lost messages, 20 of them of server2  ->  1 cut of server2, 4 messages
#pragma once

#include <vector>

#include "orrery/scenarios/engine/process/summary.h"

namespace orrery::scenarios::engine {

bool is_rate(const faults::Fault& fault);
// Of a run that recorded which messages its rates and cuts struck: a fault for each that a rate struck ...
std::vector<faults::Fault> singles_of(const Summary& struck);
// ... and the plan without its rates.
faults::Plan without_rates(const Summary& struck);

// Of a run that recorded which messages its faults struck: the plan with its single messages named by the moment since
// which they are counted. It gives the same run, and still does where what happens long before is left out.
faults::Plan named_by_time(const Summary& struck);

// Of such a run: with a cut of one host in place of at least two of its lost messages; those first that replace most.
// The cut has the number of the first fault that it replaces.
std::vector<RunInput> with_cuts(const Summary& struck);
// And with a cut that is longer, in place of it and of another cut or lost message of its host.
std::vector<RunInput> with_longer_cuts(const Summary& struck);

} // namespace orrery::scenarios::engine
