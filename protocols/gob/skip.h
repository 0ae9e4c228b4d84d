// Skipper: passes over a value that nobody wants, by the sender's type. It keeps a list of what it is inside of and
// does not recurse: the sender decides how deep a value is, and a fiber has little stack.
#pragma once

#include "orrery/protocols/gob/sender_types.h"

namespace orrery::gob {

class Skipper {
public:
    static constexpr std::size_t depth_max = 10'000; // as in Go

    void skip(Input& in, const SenderType& type);

private:
    struct Level {
        const SenderType* type = nullptr;
        std::uint64_t count = 0; // of elements; of keys and elements of a map
        std::uint64_t left = 0;
        FieldNumbers fields;
    };
    void begin(Input& in, const SenderType& type);
    static const SenderType* next(Input& in, Level& level);

    std::vector<Level> levels_;
};

} // namespace orrery::gob
