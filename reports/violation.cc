// The fixed words of the classes: fingerprints of findings are made of them, so they never change.
#include "orrery/reports/violation.h"

#include <cstddef>

#include "orrery/sim/check.h"

namespace orrery::reports {

namespace {

struct Texts {
    std::string_view name;
    std::string_view rule;
};

// In the order of the enumeration.
constexpr Texts texts[] = {
    {"value from nowhere", "a read returns only what was written"},
    {"future read", "a read returns nothing that was written only after it"},
    {"lost write", "an acknowledged write has its effect"},
    {"effect twice", "an operation has its effect only once"},
    {"stale read", "a read returns nothing that was overwritten before it began"},
    {"broken compare-and-swap", "a compare-and-swap swaps exactly when it finds what it compares with"},
    {"other", "the results are those of one client at a time"},
};

const Texts& texts_of(ViolationClass violation) {
    const auto place = static_cast<std::size_t>(violation);
    CHECK(place < std::size(texts));
    return texts[place];
}

} // namespace

std::string_view name(ViolationClass violation) { return texts_of(violation).name; }
std::string_view rule_of(ViolationClass violation) { return texts_of(violation).rule; }

} // namespace orrery::reports
