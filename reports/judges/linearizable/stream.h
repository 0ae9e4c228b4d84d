// Stream: linearizability of a history that is too long to be kept, one entry at a time. It remembers the operations
// under way, and of each key the states and results since the key was last at rest.
//
// The judge is that of a run (online.h): exact until a key has too many possible configurations. Then only the judge
// of a whole history can decide.
#pragma once

#include <optional>

#include "orrery/reports/entry_order.h"
#include "orrery/reports/judges/linearizable/online.h"

namespace orrery::reports::judges::linearizable {

class Stream {
public:
    // The language outlives this.
    Stream(const models::Language& language, std::optional<Value> initial)
        : language_(language), online_(language, std::move(initial)) {}

    // False: no order explains the results up to here; `violated_key` names the object. Errors:
    // entries that do not fit together, operations and results that the model does not have.
    sim::Checked<bool> take(const Entry& entry);

    std::size_t operations() const { return operations_; }
    std::size_t gave_up() const { return online_.gave_up(); }
    const Value& violated_key() const { return violated_key_; }

private:
    const models::Language& language_;
    Online online_;
    EntryOrder order_;
    std::map<std::int64_t, Value> keys_; // of what is under way, by process
    std::size_t operations_ = 0;
    Value violated_key_;
};

} // namespace orrery::reports::judges::linearizable
