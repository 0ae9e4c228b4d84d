// The slow, obvious answer, for tests: tries every order of every choice of unknown operations.
#pragma once

#include <algorithm>
#include <numeric>
#include <vector>

#include "orrery/reports/models/operations.h"

namespace orrery::reports::judges::linearizable {

template <models::Model M>
bool is_legal_order(const std::vector<models::Operation<M>>& operations, const std::vector<std::size_t>& order,
                    typename M::State state) {
    for (std::size_t later = 0; later < order.size(); ++later) {
        const auto& each = operations[order[later]];
        // Real time: nothing that stands before it began only after it had returned.
        for (std::size_t earlier = 0; each.result && earlier < later; ++earlier)
            if (each.returned < operations[order[earlier]].invoked) return false;
        const auto actual = M::apply(state, each.operation);
        if (each.result && !M::agrees(*each.result, actual)) return false;
    }
    return true;
}

// Whether one order of all known operations and of some of the unknown ones is legal. For at most eight
// operations or so.
template <models::Model M, class Legal>
bool some_order_is(const std::vector<models::Operation<M>>& operations, Legal legal) {
    std::vector<std::size_t> known;
    std::vector<std::size_t> unknown;
    for (std::size_t each = 0; each < operations.size(); ++each)
        (operations[each].result ? known : unknown).push_back(each);
    for (std::size_t choice = 0; choice < std::size_t{1} << unknown.size(); ++choice) {
        std::vector<std::size_t> order = known;
        for (std::size_t each = 0; each < unknown.size(); ++each)
            if ((choice >> each & 1) != 0) order.push_back(unknown[each]);
        std::sort(order.begin(), order.end());
        do {
            if (legal(order)) return true;
        } while (std::next_permutation(order.begin(), order.end()));
    }
    return false;
}

template <models::Model M>
bool linearizable_by_permutation(const std::vector<models::Operation<M>>& operations,
                                 const typename M::State& initial = M::initial()) {
    return some_order_is<M>(operations, [&](const std::vector<std::size_t>& order) {
        return is_legal_order<M>(operations, order, initial);
    });
}

} // namespace orrery::reports::judges::linearizable
