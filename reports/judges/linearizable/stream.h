// Stream: linearizability of a history that is too long to be kept, one entry at a time. What is remembered is what
// is under way, and of each key what it may hold and was told since it was last at rest.
//
// The judge is that of a run (online.h): exact, until a key has too many ways to be where it is. Then nobody knows,
// unless the whole history is kept and judged.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "orrery/reports/entry_order.h"
#include "orrery/reports/judges/linearizable/online.h"

namespace orrery::reports::judges {

class Stream {
public:
    // The language outlives this.
    Stream(const models::Language& language, std::optional<Value> initial)
        : language_(language), online_(language, std::move(initial)) {}

    // False: no order explains what was told up to here; then `violated_key` is whose object it is. Errors, in words:
    // entries that do not fit together, operations and results that the model does not have.
    std::variant<bool, std::string> take(const Entry& entry);

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

} // namespace orrery::reports::judges
