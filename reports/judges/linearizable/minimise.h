// Minimise: leaves out of a list as many items as it can, by delta debugging (Zeller and Hildebrandt 2002): all at
// once, then halves, quarters, ..., single ones, until no single item can go. What may go is the caller's policy:
//   shrink.h           only what cannot make a possible history impossible, so the result is sound
//   minimal_history.h  also what is only needed for other violations than the one at hand
//   stack.cc           values of a stack that are not needed to keep the others stuck
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "orrery/sim/check.h"

namespace orrery::reports::judges::linearizable {

// `without(begin, end)` says what is left if items at the places [begin, end) go, as far as they can: a shorter
// list, or nothing if none of them can go.
template <class Item, class Without>
void minimise(std::vector<Item>& left, const Without& without) {
    const auto sweep = [&](std::size_t size) {
        bool less = false;
        for (std::size_t begin = 0; begin < left.size();) {
            const std::size_t end = std::min(begin + size, left.size());
            std::optional<std::vector<Item>> rest = without(begin, end);
            if (!rest) {
                begin = end;
                continue;
            }
            CHECK(rest->size() < left.size());
            begin = end - std::min(end - begin, left.size() - rest->size()); // behind what had to stay
            left = std::move(*rest);
            less = true;
        }
        return less;
    };
    for (std::size_t size = left.size(); size > 1; size /= 2) (void)sweep(size);
    while (sweep(1)) continue;
}

} // namespace orrery::reports::judges::linearizable
