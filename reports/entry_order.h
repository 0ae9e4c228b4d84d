// EntryOrder: whether entries come in an order in which processes can make them, fed one entry at a time. It
// remembers which operations are under way, and nothing of those that are over.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "orrery/reports/history.h"
#include "orrery/sim/complaint.h"

namespace orrery::reports {

// An operation as messages name it: its word, and its key if it has one.
std::string words_of(Word f, const Value& key);

class EntryOrder {
public:
    // An invocation under way. `tag` is the caller's own, handed back when the invocation ends.
    struct Open {
        Word f;
        Value key;
        std::size_t tag = 0;
    };

    // What does not fit, if anything. Errors: time that goes back, an invocation while the process is
    // still busy or after it retired.
    sim::Problem invoke(const Entry& entry, std::size_t tag = 0);
    // The invocation that it ends. Errors: time that goes back, an end without an invocation, or of another word or
    // key than its invocation.
    sim::Checked<Open> complete(const Entry& entry);

private:
    sim::Problem pass_time(const Entry& entry);

    std::optional<sim::WorldTime> time_;
    std::map<std::int64_t, Open> open_; // by process
    std::set<std::int64_t> retired_;
};

} // namespace orrery::reports
