// ViolationClass: what kind of failure a violation looks like, in words that people who build storage use.
//
//   value from nowhere       a read returned a value that was never written
//   future read              the value was written only after the read had returned
//   lost write               an acknowledged write is missing, and no read ever saw it
//   effect twice             a value came back after it had been overwritten, and stayed: a write was done again
//   stale read               a read returned a value that had been overwritten before the read began
//   broken compare-and-swap  a compare-and-swap compared wrongly
//   other                    none of these
//
// The class is a guess at the cause. Verdicts never depend on it; findings are counted and named by it.
#pragma once

#include <cstdint>
#include <string_view>

namespace orrery::reports {

enum class ViolationClass : std::uint8_t {
    value_from_nowhere,
    future_read,
    lost_write,
    effect_twice,
    stale_read,
    broken_compare_and_swap,
    other
};

// "stale read".
std::string_view name(ViolationClass violation);
// The rule that was broken, in fixed words: "a read returns only what was written".
std::string_view rule_of(ViolationClass violation);

} // namespace orrery::reports
