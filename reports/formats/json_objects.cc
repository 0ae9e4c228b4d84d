// Braces are counted; those within strings are text.
#include "orrery/reports/formats/json_objects.h"

namespace orrery::reports::formats {

JsonObjects::JsonObjects(std::string_view text) : text_(text) {
    skip_blanks();
    array_ = at_ < text_.size() && text_[at_] == '[';
    if (!array_) return;
    ++at_;
    expected_ = "an object, or the end of the array";
}

bool JsonObjects::find(Place& place) {
    const auto stands = [&](char each) { return at_ < text_.size() && text_[at_] == each; };
    skip_blanks();
    const bool comma = array_ && !first_ && stands(',');
    const bool ends = array_ ? stands(']') : at_ == text_.size();
    const bool another = comma || !array_ || first_;
    first_ = false;
    if (comma) ++at_;
    skip_blanks();
    if (another && stands('{')) {
        place = here();
        return true;
    }
    good_ = ends;
    if (array_ && !another) expected_ = "a comma, or the end of the array";
    if (comma) expected_ = "an object behind the comma";
    return false;
}

bool JsonObjects::next(std::string_view& object, Place& place) {
    if (!find(place)) return false;
    object = rest().substr(0, size_of_object());
    step_over(object.size());
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
    return expected_at(place, expected_);
}

std::size_t JsonObjects::size_of_object() const {
    int depth = 0;
    bool quoted = false;
    std::size_t at = at_;
    for (; at < text_.size(); ++at) {
        const char each = text_[at];
        if (quoted && each == '\\') ++at;
        if (each == '"') quoted = !quoted;
        if (quoted) continue;
        if (each == '{') ++depth;
        if (each == '}' && --depth == 0) break;
    }
    return std::min(at + 1, text_.size()) - at_;
}

Place JsonObjects::here() {
    const std::string_view before = text_.substr(0, at_);
    for (; (counted_ = std::min(before.find('\n', counted_), at_)) < at_; ++counted_) {
        ++line_;
        line_begin_ = counted_ + 1;
    }
    return {line_, static_cast<std::uint32_t>(at_ - line_begin_ + 1)};
}

} // namespace orrery::reports::formats
