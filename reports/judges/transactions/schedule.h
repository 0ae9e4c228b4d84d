// Schedule: an order of all moments of a polygraph, made from the first to the last, in which every read shows what was
// written last. Nothing is tried twice: where it gets stuck it names two writers whose order has to be chosen.
#pragma once

#include <optional>
#include <vector>

#include "orrery/reports/judges/transactions/polygraph.h"

namespace orrery::reports::judges::transactions {

struct Schedule {
    std::vector<Polygraph::Moment> order; // of all, if `stuck` is empty
    std::optional<WriterPair> stuck;      // it went so; one has to go the other way, or more must be known
};
Schedule schedule(Polygraph& polygraph, std::uint64_t& work);

// Whether the order gives what was read and keeps the promise. Knows nothing of how it was found.
bool explains(const RegisterHistory& history, const OrderPromise& promise, const Polygraph& polygraph,
              const std::vector<Polygraph::Moment>& order);

} // namespace orrery::reports::judges::transactions
