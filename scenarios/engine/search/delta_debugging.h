// Delta debugging: leaves out of a list what is not needed (A. Zeller, R. Hildebrandt, "Simplifying and Isolating
// Failure-Inducing Input", 2002; the complements only). First halves are left out, then quarters and so on, down to
// single elements; of what remains, no single element can be left out.
//
//     needed: 3 and 7     1 2 3 4 5 6 7 8  ->  no half  ->  without 1 2: 3 4 5 6 7 8  ->  without 5 6  ->  ...  3 7
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

namespace orrery::scenarios::engine {

// `make`: the candidate that has only the given elements. `keep`: the place of the first of some candidates that still
// does what is wanted; nothing if none does, or if no more can be tried. Asks about n log n candidates at best, and n
// squared at worst, in batches that can be tried at once. Returns what remains.
template <class Element, class Make, class Keep>
std::vector<Element> reduce_list(std::vector<Element> all, const Make& make, const Keep& keep) {
    std::size_t part = (all.size() + 1) / 2;
    while (part > 0 && !all.empty()) {
        std::vector<std::vector<Element>> rests;
        std::vector<decltype(make(all))> candidates;
        for (std::size_t begin = 0; begin < all.size(); begin += part) {
            const auto first = all.begin() + static_cast<std::ptrdiff_t>(begin);
            const auto last = all.begin() + static_cast<std::ptrdiff_t>(std::min(begin + part, all.size()));
            std::vector<Element> rest(all.begin(), first);
            rest.insert(rest.end(), last, all.end());
            candidates.push_back(make(rest));
            rests.push_back(std::move(rest));
        }
        if (const std::optional<std::size_t> kept = keep(candidates)) {
            all = rests[*kept];
            part = std::min(part, (all.size() + 1) / 2);
        } else {
            part = part == 1 ? 0 : (part + 1) / 2;
        }
    }
    return all;
}

} // namespace orrery::scenarios::engine
