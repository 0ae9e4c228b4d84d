// Linearizable: could one object, serving one operation at a time, each at some instant between its
// invocation and its return, have given these results? (Herlihy & Wing 1990.)
//
// The operations are split by key, for a history is linearizable exactly if it is on every key. Each part
// is decided by the first stage that can: shortcut.h where values are all different, else search.h. The
// orders found are merged and checked again by certificate.h. A violation is made small by shrink.h and
// checked again by plain_search.h. What takes no search of a long history of etcd is in revisions.h, and found as an
// anomaly. Verdict::basis names the stages that decided.
#pragma once

#include <cstdint>

#include "orrery/reports/judges/linearizable/chains.h"
#include "orrery/reports/judges/linearizable/search.h"
#include "orrery/reports/judges/registry.h"
#include "orrery/reports/models/operations.h"
#include "orrery/reports/verdict.h"

namespace orrery::reports::judges::linearizable {

struct LinearizableOptions {
    std::uint64_t budget = budget_default; // configurations of searches, for all keys together
    std::size_t memory = memory_default;   // bytes that all searches that run at once may take
    Reductions reductions{};               // only tests switch any off
    bool shortcuts = true;                 // as well as this
    ChainRules chain_rules{};              // and these
    std::size_t threads = 1;               // for the keys; they change nothing but the time it takes
    bool split = true;                     // by key; without it, all keys are one object
    bool check_observers = false;          // CHECK the model's `observer` in every state that a search met
    bool shrink = true;                    // a violation is made minimal; else it names all that began before it
};

// Indices in the verdict are those of `operations`.
Verdict judge_operations(const models::Operations& operations, const LinearizableOptions& options = {});

} // namespace orrery::reports::judges::linearizable
