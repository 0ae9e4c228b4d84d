#include "orrery/protocols/gob/wire.h"

namespace orrery::gob {

// Go's text where a value ends too early is that of the end of a file.
void Input::end() { fail(ErrorKind::corrupt, "EOF"); }

std::uint64_t Input::bad_number(std::size_t count) {
    fail(ErrorKind::corrupt, count > 8 ? "gob: encoded unsigned integer out of range"
                                       : "gob: invalid uint data length " + std::to_string(count) +
                                             ": exceeds input size " + std::to_string(rest_.size()));
    return 0;
}

// Go prints 0 for most lengths, whatever they were.
void Input::bad_count(Counted what, std::uint64_t count) {
    const auto text = [&]() -> std::string {
        switch (what) {
        case Counted::bytes:
            return "gob: bad []uint8 slice length: 0";
        case Counted::text:
            return "gob: bad string slice length: 0";
        case Counted::text_in_list:
            return "gob: length of string exceeds input size (" + std::to_string(count) + " bytes)";
        case Counted::skipped:
            break;
        }
        return "gob: slice length too large";
    };
    fail(ErrorKind::corrupt, text());
}

std::size_t FieldNumbers::out_of_bounds(Input& in, std::uint64_t delta) {
    in.fail(ErrorKind::corrupt, delta > INT64_MAX ? "gob: decode: corrupted data: negative delta"
                                                  : "gob: bad data: field numbers out of bounds");
    return none;
}

} // namespace orrery::gob
