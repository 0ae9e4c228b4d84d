// EntryOrder: whether entries come in an order in which processes can make them, told one entry at a time. It
// remembers what is under way, and nothing that is over.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>

#include "orrery/reports/history.h"

namespace orrery::reports {

class EntryOrder {
public:
    // An invocation under way. `tag` is whatever its invoker wants to know again when it is over.
    struct Open {
        std::string f;
        Value key;
        std::size_t tag = 0;
    };

    // What does not fit, in words; nothing if it fits. Errors: time that goes back, an invocation while the process is
    // still busy or after it retired.
    std::optional<std::string> invoke(const Entry& entry, std::size_t tag = 0);
    // The invocation that it ends. Errors: time that goes back, an end without an invocation, or of another word or
    // key than its invocation.
    std::variant<Open, std::string> complete(const Entry& entry);

private:
    std::optional<std::string> pass_time(const Entry& entry);

    std::optional<sim::WorldTime> time_;
    std::map<std::int64_t, Open> open_; // by process
    std::set<std::int64_t> retired_;
};

} // namespace orrery::reports
