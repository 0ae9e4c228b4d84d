// EDN, as much of it as recorded histories use: nil, true, false, integers, strings, keywords (read
// as texts that begin with a colon), symbols, vectors, lists, sets and maps, comments, #tags skipped.
#pragma once

#include <string>
#include <string_view>

#include "orrery/reports/formats/format.h"

namespace orrery::reports::formats {

class EdnReader {
public:
    explicit EdnReader(std::string_view text) : text_(text) {}
    // Past blanks, commas and comments; true if nothing is left.
    bool at_end();
    // Reads one value; on failure `error()` tells where and what.
    bool read(Value& value, int depth = 0);
    const ReadError& error() const { return error_; }
    // Steps into a vector or list, if one begins here; then at_close() tells, and steps over, its end.
    bool enter_sequence();
    bool at_close();
    // Where it stands. Asked in the order of the text, the whole text costs one walk over it.
    Place place();

private:
    bool fail(std::string expected);
    bool read_string(Value& value);
    bool read_word(Value& value);
    bool read_sequence(Value& value, char close, int depth);
    bool read_map(Value& value, int depth);

    std::string_view text_;
    std::size_t at_ = 0;
    ReadError error_{};
    std::size_t counted_ = 0; // how far lines were counted
    std::size_t line_ = 1;
    std::size_t line_begin_ = 0;
};

} // namespace orrery::reports::formats
