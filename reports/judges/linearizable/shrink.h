// Shrink: from an impossible history to a small one, impossible for the same reason.
//
// Only those operations are left out without which a possible history stays possible; so what is left is
// not impossible just because something is missing:
//   - observers: they change nothing
//   - of registers, what made a value that nobody left saw: the value before it reigns on, unnoticed.
//     A compare-and-swap that was refused may have noticed; while one is left, this is not done
//   - of queues and stacks, all that was done with a value; of sets, what added a value that nobody left saw.
//     While an operation of another kind is left, this is not done
// Unknown operations are treated like all others: they need not have taken effect, but what others saw may
// be their doing.
// What is possible stays so when more is left out. So the order of trying does not matter to what is
// left, and the result is minimal: without any one of those that could be left out, it is possible.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "orrery/reports/judges/linearizable/part.h"

namespace orrery::reports::judges {

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
// it is afterwards. Uses about `budget` configurations; beyond them the result may not be minimal.
Shrunk shrink(const models::Operations& operations, const Part& part, std::uint32_t unpassable, std::uint64_t budget);

// The facts of real time that matter: pairs of places (earlier, later), one of which had returned before
// the other was invoked. Without any one of them - or of those they follow from - all would be possible.
std::vector<std::pair<std::uint32_t, std::uint32_t>> essential_edges(const models::Operations& operations,
                                                                     const Part& part);

} // namespace orrery::reports::judges
