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
// does what is wanted; nothing if none does, or if no more can be tried. What could not be left out is not tried again
// before all behind it was: so a pass asks about as many candidates as there are parts, in batches that can be tried at
// once. Returns what remains.
template <class Element, class Make, class Keep>
std::vector<Element> reduce_list(std::vector<Element> all, const Make& make, const Keep& keep) {
    const auto without = [&](std::size_t begin, std::size_t end) {
        std::vector<Element> rest(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(begin));
        rest.insert(rest.end(), all.begin() + static_cast<std::ptrdiff_t>(end), all.end());
        return rest;
    };
    for (std::size_t part = (all.size() + 1) / 2; part > 0;) {
        bool is_smaller = false;
        for (std::size_t begin = 0; begin < all.size();) {
            std::vector<decltype(make(all))> candidates;
            for (std::size_t each = begin; each < all.size(); each += part)
                candidates.push_back(make(without(each, std::min(each + part, all.size()))));
            const std::optional<std::size_t> kept = keep(candidates);
            if (!kept) break;
            begin += *kept * part;
            all = without(begin, std::min(begin + part, all.size()));
            is_smaller = true;
        }
        if (part > 1 || !is_smaller) part = part == 1 ? 0 : (part + 1) / 2; // single ones until all are needed
    }
    return all;
}

} // namespace orrery::scenarios::engine
