// Jepsen's operations as JSON: one array of objects. The array is cut into its elements first, so that
// each error has its line, and so that the whole never stands in memory twice.
#include <algorithm>

#include "orrery/reports/formats/jepsen.h"
#include "orrery/reports/formats/json_value.h"

namespace orrery::reports::formats {
namespace {

class Elements {
public:
    explicit Elements(std::string_view text) : text_(text) {}

    bool open() { return skip_to("["); }
    // False at the end of the array, or where something else stands; `good()` says which.
    bool next(std::string_view& element, Place& place) {
        skip_blanks();
        if (!first_ && at_ < text_.size() && text_[at_] == ',') {
            ++at_;
            skip_blanks();
        }
        first_ = false;
        if (at_ >= text_.size() || text_[at_] != '{') {
            good_ = at_ < text_.size() && text_[at_] == ']';
            return false;
        }
        place = here();
        const std::size_t begin = at_;
        step_over();
        element = text_.substr(begin, at_ - begin);
        return true;
    }
    bool good() const { return good_; }
    Place here() {
        for (; counted_ < std::min(at_, text_.size()); ++counted_) {
            if (text_[counted_] != '\n') continue;
            ++line_;
            line_begin_ = counted_ + 1;
        }
        return {line_, static_cast<std::uint32_t>(at_ - line_begin_ + 1)};
    }

private:
    void skip_blanks() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }
    bool skip_to(std::string_view what) {
        skip_blanks();
        if (!text_.substr(at_).starts_with(what)) return false;
        at_ += what.size();
        return true;
    }
    // Past the object that begins here. Braces within strings are text.
    void step_over() {
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

    std::string_view text_;
    std::size_t at_ = 0;
    bool first_ = true;
    bool good_ = true;
    std::size_t counted_ = 0;
    std::uint32_t line_ = 1;
    std::size_t line_begin_ = 0;
};

// Texts that are keys of maps stand for numbers in JSON: {"0": 100} is {0 100}.
void restore_numbers(Value& value) {
    if (!value.is_map()) return;
    Value::Map map = value.map();
    for (auto& [key, each] : map) {
        std::int64_t number = 0;
        if (key.is_text() && parse_integer(key.text(), number)) key = Value(number);
    }
    value = Value(std::move(map));
}

} // namespace

ReadResult read_json(std::string_view text) {
    History history;
    Elements elements(text);
    if (!elements.open()) return ReadError{1, 1, "an array of operations"};
    std::string_view element;
    Place place;
    while (elements.next(element, place)) {
        const auto parsed = parse_json(element);
        if (const auto* error = std::get_if<JsonError>(&parsed))
            return ReadError{place.line, place.column, error->expected};
        Value map;
        if (!value_of(std::get<Json>(parsed), map))
            return ReadError{place.line, place.column, "whole numbers of 64 bits"};
        Entry entry;
        bool skip = false;
        std::string expected;
        if (!jepsen_entry(map, entry, skip, expected)) return ReadError{place.line, place.column, expected};
        if (skip) continue;
        restore_numbers(entry.value);
        entry.index = history.entries.size();
        entry.time = {static_cast<std::int64_t>(history.entries.size()) + 1};
        entry.place = place;
        history.entries.push_back(std::move(entry));
    }
    place = elements.here();
    if (!elements.good()) return ReadError{place.line, place.column, "an object, or the end of the array"};
    finish_jepsen(history);
    return history;
}

} // namespace orrery::reports::formats
