// Violation: the class of a violation, in words that people who build storage use.
//
//   value from nowhere       nobody ever wrote what was read
//   future read              it was written only after the read had returned
//   lost write               an acknowledged write is missing, and nobody ever saw it
//   effect twice             a value came back after it had been overwritten, to stay: a write was done again
//   stale read               a value was read after it had been overwritten
//   broken compare-and-swap  a comparison came out as it could not
//   other                    none of these can be told
// The class is a guess at the cause, made from what the operations' verbs declare; the verdict does
// not depend on it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "orrery/reports/models/operations.h"

namespace orrery::reports::judges {

// The class of the violation that `operation` showed among the operations `part` on its object.
// `from_initial`: its result is what the object would have said at the very beginning.
std::string_view classify(const models::Operations& operations, std::span<const std::size_t> part,
                          std::size_t operation, bool from_initial);

// What was broken, in fixed words: the rule of a finding.
std::string_view rule_of(std::string_view kind);

} // namespace orrery::reports::judges
