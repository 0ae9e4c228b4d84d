// The commands of the store: the same bytes travel to a server and stand in the log.
#pragma once

#include <optional>
#include <string>

#include "orrery/sim/codec.h"

namespace orrery::kv {

struct Operation {
    enum class Kind : std::uint8_t { get, put, remove, append, cas };
    Kind kind = Kind::get;
    std::string key;
    std::string value;               // put, append: it; cas: the new value
    std::optional<std::string> from; // cas: what must be there; nothing: the key must be absent

    static constexpr auto members() {
        return std::tuple{sim::member("kind", &Operation::kind), sim::member("key", &Operation::key),
                          sim::member("value", &Operation::value), sim::member("from", &Operation::from)};
    }
};

struct Result {
    std::optional<std::string> value; // get: what is there
    bool swapped = false;             // cas: whether it was

    static constexpr auto members() {
        return std::tuple{sim::member("value", &Result::value), sim::member("swapped", &Result::swapped)};
    }
};

// One operation of a client's session. Sequences count from 1; a repetition carries the same one.
struct Command {
    std::uint64_t session = 0;
    std::uint64_t sequence = 0;
    Operation operation;

    static constexpr auto members() {
        return std::tuple{sim::member("session", &Command::session), sim::member("sequence", &Command::sequence),
                          sim::member("operation", &Command::operation)};
    }
};

} // namespace orrery::kv
