// Certificate: the check of an order that a search found. It knows nothing of searches, windows or
// interned numbers, so that a mistake in those cannot vouch for itself.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "orrery/reports/models/operations.h"

namespace orrery::reports::judges::linearizable {

// Nothing if `order` is a legal order of all known operations, each once, and of any of the unknown
// ones: real time is respected and every recorded result is what a single client would have got.
// Otherwise what is wrong with it.
std::optional<std::string> objection(const models::Operations& operations, std::span<const std::size_t> order);

} // namespace orrery::reports::judges::linearizable
