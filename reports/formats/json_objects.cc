// Braces are counted; those within strings are text.
#include "orrery/reports/formats/json_objects.h"

namespace orrery::reports::formats {

JsonObjects::JsonObjects(std::string_view text) : text_(text) {
    skip_blanks();
    array_ = at_ < text_.size() && text_[at_] == '[';
    if (array_) ++at_;
}

bool JsonObjects::next(std::string_view& object, Place& place) {
    skip_blanks();
    if (array_ && !first_ && at_ < text_.size() && text_[at_] == ',') {
        ++at_;
        skip_blanks();
    }
    first_ = false;
    if (at_ >= text_.size() || text_[at_] != '{') {
        good_ = array_ ? at_ < text_.size() && text_[at_] == ']' : at_ == text_.size();
        return false;
    }
    place = here();
    const std::size_t begin = at_;
    step_over();
    object = text_.substr(begin, at_ - begin);
    return true;
}

sim::Problem JsonObjects::problem() {
    if (good_ && array_) {
        ++at_;
        skip_blanks();
        good_ = at_ == text_.size();
    }
    if (good_) return std::nullopt;
    const Place place = here();
    return expected_at(place, array_ ? "an object, or the end of the array" : "an object, or nothing");
}

void JsonObjects::step_over() {
    int depth = 0;
    bool quoted = false;
    for (; at_ < text_.size(); ++at_) {
        const char each = text_[at_];
        if (quoted && each == '\\') ++at_;
        if (each == '"') quoted = !quoted;
        if (quoted) continue;
        if (each == '{') ++depth;
        if (each == '}' && --depth == 0) break;
    }
    at_ = std::min(at_ + 1, text_.size());
}

Place JsonObjects::here() {
    for (; counted_ < std::min(at_, text_.size()); ++counted_) {
        if (text_[counted_] != '\n') continue;
        ++line_;
        line_begin_ = counted_ + 1;
    }
    return {line_, static_cast<std::uint32_t>(at_ - line_begin_ + 1)};
}

} // namespace orrery::reports::formats
