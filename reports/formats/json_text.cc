// One walk over the text, without recursion. What is rare - escapes, letters beyond ASCII, fractions - is left to the
// parser of json_value.h.
#include "orrery/reports/formats/json_text.h"

#include <charconv>

#include "orrery/sim/check.h"

namespace orrery::reports::formats {

bool JsonPart::is_null() const { return whole_ == nullptr || whole_->nodes_[place_].kind == JsonText::Kind::null; }
bool JsonPart::is_object() const { return whole_ != nullptr && whole_->nodes_[place_].kind == JsonText::Kind::object; }
bool JsonPart::is_array() const { return whole_ != nullptr && whole_->nodes_[place_].kind == JsonText::Kind::array; }
bool JsonPart::is_text() const { return whole_ != nullptr && whole_->nodes_[place_].kind == JsonText::Kind::text; }
bool JsonPart::is_boolean() const {
    return whole_ != nullptr && whole_->nodes_[place_].kind == JsonText::Kind::boolean;
}
bool JsonPart::is_integer() const {
    return whole_ != nullptr && whole_->nodes_[place_].kind == JsonText::Kind::integer;
}

bool JsonPart::boolean() const {
    CHECK(is_boolean());
    return whole_->nodes_[place_].truth;
}
std::int64_t JsonPart::integer() const {
    CHECK(is_integer());
    return whole_->nodes_[place_].number;
}
std::string_view JsonPart::text() const {
    CHECK(is_text());
    return whole_->nodes_[place_].text;
}

JsonPart JsonPart::find(std::string_view name) const {
    if (!is_object()) return {};
    for (std::uint32_t each = place_ + 1; each < whole_->nodes_[place_].end; each = whole_->nodes_[each].end)
        if (whole_->nodes_[each].name == name) return {*whole_, each};
    return {};
}

JsonPart::Iterator& JsonPart::Iterator::operator++() {
    place_ = whole_->nodes_[place_].end;
    return *this;
}
JsonPart::Iterator JsonPart::begin() const {
    static const JsonText none;
    return is_array() ? Iterator(*whole_, place_ + 1) : Iterator(none, 0);
}
JsonPart::Iterator JsonPart::end() const {
    static const JsonText none;
    return is_array() ? Iterator(*whole_, whole_->nodes_[place_].end) : Iterator(none, 0);
}
std::size_t JsonPart::size() const {
    std::size_t count = 0;
    for (auto each = begin(); each != end(); ++each) ++count;
    return count;
}

bool JsonText::read(std::string_view text) {
    source_ = text;
    at_ = 0;
    name_ = {};
    nodes_.clear();
    open_.clear();
    spelled_.clear();
    do {
        const std::size_t depth = open_.size();
        if (!read_value()) return false;
        if (open_.size() > depth) continue; // its first part comes next
        if (!read_behind_value()) return false;
    } while (!open_.empty());
    return true;
}

void JsonText::skip_blanks() {
    while (at_ < source_.size() && (source_[at_] == ' ' || (source_[at_] >= '\t' && source_[at_] <= '\r'))) ++at_;
}
bool JsonText::skip(char expected) {
    if (at_ >= source_.size() || source_[at_] != expected) return false;
    ++at_;
    return true;
}

// One that is no array or object, or is an empty one; else its beginning.
bool JsonText::read_value() {
    skip_blanks();
    if (at_ >= source_.size()) return false;
    const auto place = static_cast<std::uint32_t>(nodes_.size());
    Node& node = nodes_.emplace_back();
    node.name = name_;
    node.end = place + 1;
    const char first = source_[at_];
    if (first == '{' || first == '[') {
        ++at_;
        node.kind = first == '{' ? Kind::object : Kind::array;
        skip_blanks();
        if (skip(first == '{' ? '}' : ']')) return true;
        open_.push_back(place);
        name_ = {};
        return open_.size() <= static_cast<std::size_t>(depth_max) && (first == '[' || read_name());
    }
    if (first == '"') {
        node.kind = Kind::text;
        return read_text(node.text);
    }
    if (first == 't' || first == 'f') {
        node.kind = Kind::boolean;
        node.truth = first == 't';
        return read_word(node.truth ? "true" : "false");
    }
    return first == 'n' ? read_word("null") : read_number(node);
}

// Ends all that ends here, up to the comma before the next value or the end of the whole.
bool JsonText::read_behind_value() {
    while (!open_.empty()) {
        skip_blanks();
        Node& whole = nodes_[open_.back()];
        if (skip(',')) return whole.kind == Kind::array || read_name();
        if (!skip(whole.kind == Kind::object ? '}' : ']')) return false;
        whole.end = static_cast<std::uint32_t>(nodes_.size());
        open_.pop_back();
        name_ = {};
    }
    return true;
}

bool JsonText::read_name() {
    skip_blanks();
    if (!read_text(name_)) return false;
    skip_blanks();
    return skip(':');
}

bool JsonText::read_text(std::string_view& text) {
    const std::size_t begin = at_;
    if (!skip('"')) return false;
    bool plain = true;
    for (; at_ < source_.size() && source_[at_] != '"'; ++at_) {
        const auto each = static_cast<unsigned char>(source_[at_]);
        if (each < 0x20) return false;
        plain = plain && each < 0x80 && each != '\\';
        if (each == '\\') ++at_;
    }
    if (!skip('"')) return false;
    text = source_.substr(begin + 1, at_ - begin - 2);
    if (plain) return true;
    const sim::Checked<Json> spelled = parse_json(source_.substr(begin, at_ - begin));
    if (!spelled) return false;
    text = spelled_.emplace_back(spelled->get<std::string>());
    return true;
}

bool JsonText::digits() {
    const std::size_t begin = at_;
    while (at_ < source_.size() && source_[at_] >= '0' && source_[at_] <= '9') ++at_;
    return at_ > begin;
}

bool JsonText::read_number(Node& node) {
    const std::size_t begin = at_;
    (void)skip('-');
    if (!skip('0') && !digits()) return false;
    const bool whole = at_ >= source_.size() || std::string_view(".eE").find(source_[at_]) == std::string_view::npos;
    const char* end = source_.data() + at_;
    node.kind = Kind::integer;
    if (whole && std::from_chars(source_.data() + begin, end, node.number).ec == std::errc{}) return true;
    while (at_ < source_.size() && std::string_view("+-.eE0123456789").find(source_[at_]) != std::string_view::npos)
        ++at_;
    const sim::Checked<Json> spelled = parse_json(source_.substr(begin, at_ - begin));
    node.kind = Kind::fraction; // or a number beyond 64 bits
    return spelled.ok();
}

bool JsonText::read_word(std::string_view word) {
    if (!source_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
}

} // namespace orrery::reports::formats
