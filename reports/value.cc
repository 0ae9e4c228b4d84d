// Values compare by kind first, then by content, so that any two have an order.
#include "orrery/reports/value.h"

namespace orrery::reports {

// Of the last that holds it.
void Value::take_away() {
    if (is_text()) delete static_cast<Shared<std::string>*>(content_.shared);
    if (is_list()) delete static_cast<Shared<List>*>(content_.shared);
    if (is_map()) delete static_cast<Shared<Map>*>(content_.shared);
}

const Value* Value::find(std::string_view key) const {
    if (!is_map()) return nullptr;
    for (const auto& [name, value] : map())
        if (name.is_text() && name.text() == key) return &value;
    return nullptr;
}

std::string Value::rendered() const {
    switch (kind()) {
    case Kind::nil:
        return "nil";
    case Kind::boolean:
        return boolean() ? "true" : "false";
    case Kind::integer:
        return std::to_string(integer());
    case Kind::text:
        return in_quotes(text());
    case Kind::list: {
        std::string all = "[";
        for (const Value& each : list()) all += (all.size() > 1 ? " " : "") + each.rendered();
        return all + "]";
    }
    case Kind::map: {
        std::string all = "{";
        for (const auto& [key, value] : map()) {
            if (all.size() > 1) all += ", ";
            all += key.rendered() + ": " + value.rendered();
        }
        return all + "}";
    }
    }
    return {};
}

bool Value::operator==(const Value& other) const {
    if (kind() != other.kind()) return false;
    switch (kind()) {
    case Kind::nil:
        return true;
    case Kind::boolean:
        return boolean() == other.boolean();
    case Kind::integer:
        return integer() == other.integer();
    case Kind::text:
        return &text() == &other.text() || text() == other.text();
    case Kind::list:
        return &list() == &other.list() || list() == other.list();
    case Kind::map:
        return &map() == &other.map() || map() == other.map();
    }
    return false;
}

std::strong_ordering Value::operator<=>(const Value& other) const {
    if (kind() != other.kind()) return kind() <=> other.kind();
    switch (kind()) {
    case Kind::nil:
        return std::strong_ordering::equal;
    case Kind::boolean:
        return boolean() <=> other.boolean();
    case Kind::integer:
        return integer() <=> other.integer();
    case Kind::text:
        return text() <=> other.text();
    case Kind::list:
        return list() <=> other.list();
    case Kind::map:
        return map() <=> other.map();
    }
    return std::strong_ordering::equal;
}

std::string_view name(Value::Kind kind) {
    constexpr std::string_view names[] = {"nil", "boolean", "integer", "text", "list", "map"};
    return names[static_cast<std::size_t>(kind)];
}

std::string in_quotes(std::string_view text) {
    constexpr char digits[] = "0123456789abcdef";
    std::string all = "\"";
    for (const char each : text) {
        const auto code = static_cast<unsigned char>(each);
        switch (each) {
        case '"':
            all += "\\\"";
            break;
        case '\\':
            all += "\\\\";
            break;
        case '\n':
            all += "\\n";
            break;
        case '\t':
            all += "\\t";
            break;
        case '\r':
            all += "\\r";
            break;
        default:
            if (code >= 0x20 && code != 0x7f)
                all += each;
            else
                all += std::string("\\u00") + digits[code >> 4] + digits[code & 15];
        }
    }
    return all + "\"";
}

} // namespace orrery::reports
