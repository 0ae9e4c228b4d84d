// What went wrong with a value or a stream. Code decides by the kind; the text is the one that Go's encoding/gob gives
// in the same case, because net/rpc sends it to the caller, who may compare it. Where Go has no such case - it has
// other limits - the text is ours and begins with "gob: " too.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace orrery::gob {

enum class ErrorKind : std::uint8_t {
    framing,     // lengths or type definitions make no sense: where the next message begins is not known any more
    corrupt,     // the bytes of one value are not what its type says; the stream goes on after it
    mismatch,    // the sender's type does not fit ours; the stream goes on
    range,       // a number does not fit into our type; the stream goes on
    unsupported, // interface values, and types that marshal themselves; the stream goes on
    limit,       // more than this side is willing to hold
};

struct Error {
    ErrorKind kind = ErrorKind::corrupt;
    std::string text;

    bool operator==(const Error&) const = default;
};

// What is wrong, if anything.
using Problem = std::optional<Error>;

} // namespace orrery::gob
