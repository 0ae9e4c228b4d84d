#include "orrery/sim/check.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace orrery::sim {

void check_failed(const char* condition, const char* where) {
    const char* inside = std::strstr(where, "orrery/");
    const char* place = inside != nullptr ? inside + std::strlen("orrery/") : where;
    while (std::strncmp(place, "../", 3) == 0) place += 3; // as seen from the folder of the build
    if (check_throws) throw CheckFailed(std::string("CHECK(") + condition + ") failed at " + place, place);
    std::fprintf(stderr, "orrery: internal error: CHECK(%s) failed at %s\n", condition, place);
    std::abort();
}

} // namespace orrery::sim
