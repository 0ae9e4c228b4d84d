// A reader of EDN by recursive descent, with a bound on how deep values may nest.
#include "orrery/reports/formats/edn_value.h"

#include <algorithm>
#include <cctype>
#include <cstdint>

#include "orrery/reports/formats/independent_keys.h"

namespace orrery::reports::formats {
namespace {

bool is_blank(char each) { return each == ' ' || each == '\t' || each == '\n' || each == '\r' || each == ','; }
bool ends_word(char each) {
    return is_blank(each) || std::string_view("()[]{}\";").find(each) != std::string_view::npos;
}

} // namespace

Place EdnReader::place() {
    for (; counted_ < at_; ++counted_) {
        if (text_[counted_] != '\n') continue;
        ++line_;
        line_begin_ = counted_ + 1;
    }
    return {static_cast<std::uint32_t>(line_), static_cast<std::uint32_t>(at_ - line_begin_ + 1)};
}

bool EdnReader::fail(const std::string& expected) {
    error_ = expected_at(place(), expected);
    return false;
}

bool EdnReader::enter_sequence() {
    if (at_end() || (text_[at_] != '[' && text_[at_] != '(')) return false;
    close_ = text_[at_] == '[' ? ']' : ')';
    ++at_;
    return true;
}

bool EdnReader::at_close() {
    if (at_end() || text_[at_] != close_) return false;
    ++at_;
    return true;
}

bool EdnReader::at_end() {
    while (at_ < text_.size()) {
        if (text_[at_] == ';')
            at_ = std::min(text_.find('\n', at_), text_.size());
        else if (is_blank(text_[at_]))
            ++at_;
        else if (!leave_out())
            return false;
    }
    return true;
}

bool EdnReader::leave_out() {
    if (broken_ || !text_.substr(at_).starts_with("#_")) return false;
    at_ += 2;
    ++leaving_out_;
    Value ignored;
    broken_ = !read(ignored, leaving_out_);
    --leaving_out_;
    return !broken_;
}

bool EdnReader::at_tuple() const {
    if (at_ >= text_.size() || (text_[at_] != '[' && text_[at_] != '(')) return false;
    EdnReader inside(text_.substr(at_ + 1));
    if (inside.at_end()) return false;
    return std::string_view("[({#])").find(inside.text_[inside.at_]) == std::string_view::npos;
}

bool EdnReader::read(Value& value, int depth) {
    const bool nothing_left = at_end();
    if (broken_) return false; // where and why is known
    if (nothing_left) return fail("a value");
    if (depth > depth_max) return fail("values nested less deeply");
    switch (text_[at_]) {
    case '"':
        return read_string(value);
    case '[':
        return read_sequence(value, ']', depth);
    case '(':
        return read_sequence(value, ')', depth);
    case '{':
        return read_map(value, depth);
    case ']':
    case ')':
    case '}':
        return fail("a value");
    case '#':
        return read_tagged(value, depth);
    default:
        return read_word(value);
    }
}

// A set, a symbolic number like ##Inf, or a tag and the value that it is about.
bool EdnReader::read_tagged(Value& value, int depth) {
    const std::string_view rest = text_.substr(at_);
    ++at_;
    if (rest.starts_with("##")) {
        ++at_;
        return at_ == text_.size() || ends_word(text_[at_]) ? fail("a symbolic number") : read_word(value);
    }
    if (rest.starts_with("#{")) {
        if (!read_sequence(value, '}', depth)) return false;
        Value::List members = value.list();
        std::sort(members.begin(), members.end());
        value = std::move(members);
        return true;
    }
    const std::size_t begin = at_;
    while (at_ < text_.size() && !ends_word(text_[at_])) ++at_;
    const std::string_view tag = text_.substr(begin, at_ - begin);
    if (!read(value, depth + 1)) return false;
    std::string name(tag.substr(std::min(tag.find_last_of("./") + 1, tag.size())));
    for (char& each : name) each = static_cast<char>(std::tolower(static_cast<unsigned char>(each)));
    if ((name == "tuple" || name == "mapentry") && value.is_list() && value.list().size() == 2)
        value = marked_pair(value.list()[0], value.list()[1]);
    return true;
}

bool EdnReader::read_string(Value& value) {
    std::string text;
    for (++at_; at_ < text_.size(); ++at_) {
        char each = text_[at_];
        if (each == '"') {
            ++at_;
            value = Value(std::move(text));
            return true;
        }
        if (each == '\\' && at_ + 1 < text_.size()) {
            each = text_[++at_];
            if (each == 'n') each = '\n';
            if (each == 't') each = '\t';
            if (each == 'r') each = '\r';
        }
        text += each;
    }
    return fail("the end of a string");
}

bool EdnReader::read_word(Value& value) {
    const std::size_t begin = at_;
    if (text_[at_] == '\\') at_ = std::min(at_ + 2, text_.size()); // a character, even one that ends words
    while (at_ < text_.size() && !ends_word(text_[at_])) ++at_;
    std::string_view word = text_.substr(begin, at_ - begin);
    std::int64_t number = 0;
    if (word.size() > 1 && word.ends_with('N') && parse_integer(word.substr(0, word.size() - 1), number))
        word.remove_suffix(1); // a number that may be large, and is not
    if (word.size() > 1 && word[0] == '+' && parse_integer(word.substr(1), number)) word.remove_prefix(1);
    if (word == "nil")
        value = Value();
    else if (word == "true" || word == "false")
        value = Value(word == "true");
    else if (parse_integer(word, number))
        value = Value(number);
    else
        value = Value(word);
    return true;
}

bool EdnReader::read_sequence(Value& value, char close, int depth) {
    Value::List list;
    ++at_;
    while (true) {
        if (at_end()) return fail(std::string("'") + close + "'");
        if (text_[at_] == close) break;
        if (!read(list.emplace_back(), depth + 1)) return false;
    }
    ++at_;
    value = Value(std::move(list));
    return true;
}

bool EdnReader::read_map(Value& value, int depth) {
    Value::Map map;
    ++at_;
    while (true) {
        if (at_end()) return fail("'}'");
        if (text_[at_] == '}') break;
        Value::Pair& pair = map.emplace_back();
        if (!read(pair.first, depth + 1) || !read(pair.second, depth + 1)) return false;
    }
    std::vector<const Value*> keys;
    for (const auto& [key, each] : map) keys.push_back(&key);
    std::sort(keys.begin(), keys.end(), [](const Value* a, const Value* b) { return *a < *b; });
    const auto twice =
        std::adjacent_find(keys.begin(), keys.end(), [](const Value* a, const Value* b) { return *a == *b; });
    if (twice != keys.end()) return fail("each key once, and not " + (*twice)->rendered() + " twice");
    ++at_;
    value = Value(std::move(map));
    return true;
}

} // namespace orrery::reports::formats
