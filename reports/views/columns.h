// Columns: a log with a lane for every host, one row an event, words at the right.
//
//              faults  replica       client
//    time ms           0    1    2    0    1
//   8104.046           |    |    |    A    |     A client0 asks: write 13601
//   8105.101           <--------------A    |     A rpc.request apply #12
//   8110.000   |       |    X    |    |    |     replica1 dies
//
// A lane shows how its host stands at that instant: running, down, or the first letter of its role
// if it has noted one; a client with an operation under way shows the operation's letter, small.
#pragma once

#include <string>

#include "orrery/reports/views/rows.h"

namespace orrery::reports::views {

// Nothing if there are no rows.
std::string columns(const Scene& scene, const Style& style);

} // namespace orrery::reports::views
