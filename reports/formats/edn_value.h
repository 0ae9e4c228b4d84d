// EDN, as recorded histories use it: nil, true, false, integers, strings, characters, keywords (read as texts that
// begin with a colon), symbols and other numbers (read as texts), vectors, lists, maps, comments. #_ leaves out the
// form behind it. Sets are read as sorted lists: two are equal if they have the same members. Tags are skipped, and so
// records are the maps that they hold; only the pairs of jepsen.independent are marked as such (independent_keys.h).
#pragma once

#include <string>
#include <string_view>

#include "orrery/reports/formats/format.h"

namespace orrery::reports::formats {

class EdnReader {
public:
    explicit EdnReader(std::string_view text) : text_(text) {}
    // Past blanks, commas, comments and forms that are left out; true if nothing is left. If a form that is to
    // be left out has no end, read() says so.
    bool at_end();
    // Reads one value; on failure `error()` tells where and what.
    bool read(Value& value, int depth = 0);
    const sim::Complaint& error() const { return error_; }
    // Steps into a vector or list, if one begins here; then at_close() tells, and steps over, its end.
    bool enter_sequence();
    bool at_close();
    // Whether a vector or list begins here whose first member is no collection: not a sequence of operations, but
    // one operation itself.
    bool at_tuple() const;
    std::size_t offset() const { return at_; } // in the text
    // Where it stands. Asked in the order of the text, the whole text costs one walk over it.
    Place place();

private:
    bool fail(const std::string& expected);
    bool leave_out();
    bool read_tagged(Value& value, int depth);
    bool read_string(Value& value);
    bool read_word(Value& value);
    bool read_sequence(Value& value, char close, int depth);
    bool read_map(Value& value, int depth);

    std::string_view text_;
    std::size_t at_ = 0;
    char close_ = ']';    // of the sequence that was entered
    int leaving_out_ = 0; // forms that are being left out, within each other
    bool broken_ = false; // a form that was to be left out has no end
    sim::Complaint error_{};
    std::size_t counted_ = 0; // how far lines were counted
    std::size_t line_ = 1;
    std::size_t line_begin_ = 0;
};

} // namespace orrery::reports::formats
