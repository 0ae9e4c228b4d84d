// A field is looked up, and its kind is checked.
#include "orrery/reports/formats/etcd_fields.h"

namespace orrery::reports::formats {

JsonPart EtcdFields::field(JsonPart object, std::string_view name, bool (JsonPart::*is)() const, const char* kind) {
    if (!object.is_null() && !object.is_object()) expect("an object that may hold " + std::string(name));
    const JsonPart found = object.find(name);
    if (found.is_null()) return {};
    if ((found.*is)()) return found;
    expect(std::string(name) + " to be " + kind);
    return {};
}

std::int64_t EtcdFields::number(JsonPart object, std::string_view name) {
    const JsonPart found = field(object, name, &JsonPart::is_integer, "a whole number of 64 bits");
    return found.is_null() ? 0 : found.integer();
}
std::string_view EtcdFields::text(JsonPart object, std::string_view name) {
    const JsonPart found = field(object, name, &JsonPart::is_text, "a text");
    return found.is_null() ? "" : found.text();
}
bool EtcdFields::flag(JsonPart object, std::string_view name) {
    const JsonPart found = field(object, name, &JsonPart::is_boolean, "true or false");
    return !found.is_null() && found.boolean();
}
JsonPart EtcdFields::object(JsonPart whole, std::string_view name) {
    return field(whole, name, &JsonPart::is_object, "an object");
}
JsonPart EtcdFields::array(JsonPart whole, std::string_view name) {
    return field(whole, name, &JsonPart::is_array, "an array");
}

std::string_view EtcdFields::key(JsonPart object, std::string_view name) {
    if (object.find(name).is_null()) expect(std::string(name) + " to be there");
    return text(object, name);
}
JsonPart EtcdFields::needed_object(JsonPart whole, std::string_view name) {
    if (whole.find(name).is_null()) expect(std::string(name) + " to be there");
    return object(whole, name);
}
std::int64_t EtcdFields::needed_number(JsonPart object, std::string_view name) {
    if (object.find(name).is_null()) expect(std::string(name) + " to be there");
    return number(object, name);
}

std::string EtcdFields::value(JsonPart object) {
    const JsonPart whole = object.find("Value");
    if (whole.is_text()) return std::string(whole.text());
    const JsonPart parts = this->object(object, "Value");
    const std::int64_t hash = number(parts, "Hash");
    return hash != 0 ? "hash " + std::to_string(hash) : std::string(text(parts, "Value"));
}

} // namespace orrery::reports::formats
