// Object: one line of JSON, "type" and "version" first. Counts are numbers; seeds, ids, digests and
// times are texts, for they need all 64 bits.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace orrery::scenarios::engine {

// Quoted and escaped for JSON; bytes that are no UTF-8 are replaced.
std::string json_string(std::string_view text);

class Object {
public:
    explicit Object(std::string_view type, int version = 1)
        : text_("{\"type\":" + json_string(type) + ",\"version\":" + std::to_string(version)) {}
    Object& text(std::string_view key, std::string_view value) { return raw(key, json_string(value)); }
    Object& count(std::string_view key, std::uint64_t value) { return raw(key, std::to_string(value)); }
    Object& number(std::string_view key, std::uint64_t value) { return text(key, std::to_string(value)); } // in full
    Object& decimal(std::string_view key, double value, int digits);
    Object& flag(std::string_view key, bool value) { return raw(key, value ? "true" : "false"); }
    // An empty text is null.
    Object& text_or_null(std::string_view key, std::string_view value) {
        return value.empty() ? raw(key, "null") : text(key, value);
    }
    Object& texts(std::string_view key, const std::vector<std::string>& values);
    Object& counts(std::string_view key, const std::map<std::string, std::uint64_t>& values);
    Object& raw(std::string_view key, std::string_view json) {
        text_ += ",";
        text_ += json_string(key);
        text_ += ":";
        text_ += json;
        return *this;
    }
    std::string line() const { return text_ + "}\n"; }
    void print() const; // to stdout

private:
    std::string text_;
};

} // namespace orrery::scenarios::engine
