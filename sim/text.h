// Text: the one home of what reads and writes the plain words of files and command lines: integers,
// durations, lists, and which known name a misspelt one means. Parsers take the whole text or nothing; what
// the writers give, the parsers take back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/sim/types.h"

namespace orrery::sim {

// Decimal digits, with a minus if the number is negative. False, and `out` untouched, if the text is anything
// else or too large.
bool parse_integer(std::string_view text, std::int64_t& out);
bool parse_integer(std::string_view text, std::uint64_t& out);

// "1500ms" -> 1.5 s. Units ns us ms s; false if the text is anything else.
bool parse_duration(std::string_view text, Duration& out);
// The units, for messages: "ns, us, ms or s".
std::string duration_units();
// The shortest exact spelling: 1500 ms -> "1500ms", 2 s -> "2s".
std::string duration_text(Duration duration);

// Sixteen digits, as identities and digests are written: 26 -> "000000000000001a".
std::string hexadecimal(std::uint64_t number);
// Exactly what `hexadecimal` gives; false if the text is anything else.
bool parse_hexadecimal(std::string_view text, std::uint64_t& out);

// {"a", "b"} -> "a, b". Of any range of texts.
template <class Range>
std::string join(const Range& texts, std::string_view separator = ", ") {
    std::string all;
    bool first = true;
    for (const auto& each : texts) {
        if (!first) all += separator;
        first = false;
        all += each;
    }
    return all;
}
// "a,b" -> {"a", "b"}; "" -> {}. Empty parts stay: "a," -> {"a", ""}. The parts are views of the text.
std::vector<std::string_view> split(std::string_view text, char separator);

// Names joined by '/', none of them empty, "." or "..", and without zero bytes: it cannot lead out of the folder that
// it is relative to.
bool is_path_inside(std::string_view path);

// "; did you mean 'raft-kv'?", or nothing if no name is near the word.
std::string suggestion(std::string_view word, const std::vector<std::string>& names);

} // namespace orrery::sim
