// Elements: what was tried to add to a set, and what reads of all of it showed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "orrery/reports/judges/domain/objections.h"

namespace orrery::reports::judges::domain {

struct Element {
    std::optional<std::size_t> add;  // the call that added it; of several the one that returned first
    bool attempted = false;          // by an operation that did not fail
    sim::WorldTime known{INT64_MAX}; // when somebody knew that it is there
    std::size_t known_by = 0;        // and by which operation
};

struct SetRead {
    std::size_t call = 0;
    std::vector<Value> elements; // sorted
};

struct Elements {
    std::map<Value, Element> all;
    std::vector<SetRead> reads; // that returned, in the order of their invocations
    std::optional<Verdict> wrong{};
};

// Takes add and read; `wrong` is the verdict on anything else. An element is known when its add has returned,
// or a read that shows it.
Elements elements_of(const Case& given);
// Objects to elements that were never added, and to those that one read shows twice.
void object_to_strangers(const Case& given, const Elements& elements, Objections& objections);

} // namespace orrery::reports::judges::domain
