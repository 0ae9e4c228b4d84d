// JsonObjects: the objects of one JSON array, or of a text of objects one after the other, each with its place.
#pragma once

#include <optional>
#include <string_view>

#include "orrery/reports/formats/format.h"

namespace orrery::reports::formats {

class JsonObjects {
public:
    explicit JsonObjects(std::string_view text);

    // False at the end, or where something else stands; problem() says which. An object is not yet known to be JSON.
    bool next(std::string_view& object, Place& place);
    sim::Problem problem();

private:
    void skip_blanks() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }
    void step_over();
    Place here();

    std::string_view text_;
    std::size_t at_ = 0;
    bool array_ = false;
    bool first_ = true;
    bool good_ = true;
    std::size_t counted_ = 0; // up to where lines were counted
    std::uint32_t line_ = 1;
    std::size_t line_begin_ = 0;
};

} // namespace orrery::reports::formats
