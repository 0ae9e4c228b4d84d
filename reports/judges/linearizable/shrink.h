// Shrink: from an impossible history to a small one, impossible for the same reason.
//
// An operation may be left out only if no legal order can depend on it: every legal order of all operations must still
// be legal without it. So the small history is impossible for a reason that was in the large one, and not because
// something is missing. These may be left out:
//   - observers: they change nothing
//   - of a register, the write of a value that no remaining operation saw: the value before it simply stays longer.
//     A refused compare-and-swap could notice that, so while one remains no write is left out
//   - of a queue or a stack, all operations on one value together; of a set, the addition of a value that no remaining
//     list shows. While an operation of another kind remains, none of this is done
//
// Example: write 1, then write 2, then a read of 1. "write 2, read -> 1" without write 1 would be impossible only
// because write 1 is missing; so write 1 stays, for the read saw its value. Add a write 3 before all of them: no read
// saw 3, so it goes.
//
// Unknown operations are treated like all others: they need not have taken effect, but a result may rest on them.
// A possible history stays possible when more is left out. So the result is minimal: without any one more of the
// operations that may be left out, the rest is possible.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "orrery/reports/judges/linearizable/part.h"

namespace orrery::reports::judges::linearizable {

struct Shrunk {
    std::vector<std::uint32_t> left; // places, ascending
    bool minimal = false;            // without any one of those that could be left out, all is possible
};

// Whether these places alone are impossible. `over`: no more is to be tried.
enum class Tried : std::uint8_t { possible, impossible, unclear, over };
using Trial = std::function<Tried(const std::vector<std::uint32_t>& places)>;

// Of these places of a part, which are impossible together, those that are left; `kept` is one of them, if any.
constexpr std::uint32_t nothing_kept = UINT32_MAX;
Shrunk leave_out(const models::Operations& operations, const Part& part, std::vector<std::uint32_t> places,
                 std::uint32_t kept, const Trial& trial);

// `part` is impossible, and the return of its place `unpassable` is the earliest that cannot be passed; so
// it is afterwards. Uses about `budget` configurations of 64 operations; beyond them the result may not be minimal.
Shrunk shrink(const models::Operations& operations, const Part& part, std::uint32_t unpassable, std::uint64_t budget);

// The facts of real time that matter: pairs of places (earlier, later), one of which had returned before
// the other was invoked. Without any one of them - or of those they follow from - all would be possible.
std::vector<std::pair<std::uint32_t, std::uint32_t>> essential_edges(const models::Operations& operations,
                                                                     const Part& part);

} // namespace orrery::reports::judges::linearizable
