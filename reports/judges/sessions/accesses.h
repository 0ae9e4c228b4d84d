// Accesses: what each client read from keys and wrote to them, one operation after the other, for judges that
// know registers. A compare-and-swap that succeeded is a read and a write; a refused one is left out.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "orrery/reports/judges/registry.h"

namespace orrery::reports::judges::sessions {

constexpr std::uint32_t no_access = UINT32_MAX;

struct Access {
    std::size_t call = 0; // place in the calls of the history
    std::uint32_t client = 0;
    std::uint32_t turn = 0; // among those of its client
    std::uint32_t key = 0;
    bool reads = false;
    bool writes = false;
    std::uint32_t source = no_access; // reads: the access that wrote what was read; no_access: the initial value
};

struct Accesses {
    std::vector<Access> all;                         // in the order of their invocations
    std::vector<std::vector<std::uint32_t>> clients; // the accesses of each, in its order
    std::uint32_t keys = 0;
    std::size_t operations = 0;
    std::vector<std::uint32_t> from_nowhere; // reads of values that were never written; they have no source
    std::string ambiguous{};                 // not empty: a value was written twice, and nothing else is known
};

// Unknown operations count if what they wrote was read. Errors: what the model cannot read; a model without
// registers.
sim::Checked<Accesses> accesses_of(const Case& given);

} // namespace orrery::reports::judges::sessions
