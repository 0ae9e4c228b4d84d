// What a failed CHECK does: inside a process it throws and becomes a finding, elsewhere it aborts. Paths are cut to
// what follows "orrery/", so that the text is the same in every build.
#include "orrery/sim/check.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace orrery::sim {

std::string CheckFailed::rule() const {
    std::string file(where);
    file.resize(std::min(file.rfind(':'), file.size()));
    file.erase(0, file.rfind('/') + 1); // none: nothing
    return message.substr(0, message.rfind(" at ")) + " in " + file;
}

void check_failed(const char* condition, const char* where) {
    const char* inside = std::strstr(where, "orrery/");
    const char* place = inside != nullptr ? inside + std::strlen("orrery/") : where;
    if (check_throws) throw CheckFailed(std::string("CHECK(") + condition + ") failed at " + place, place);
    std::fprintf(stderr, "orrery: internal error: CHECK(%s) failed at %s\n", condition, place);
    std::abort();
}

} // namespace orrery::sim
