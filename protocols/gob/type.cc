#include "orrery/protocols/gob/type.h"

namespace orrery::gob {
namespace {

char capital(char letter) { return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter; }

// A number of 64 bits is Go's int or uint, which is what programs use.
std::string sized(std::string word, int bits) { return bits == 64 ? word : word + std::to_string(bits); }

std::string refer_text(Reference reference) { return go_text(reference.type(), reference.pointers); }

std::string text_of(const Type& type) {
    switch (type.kind) {
    case Kind::boolean:
        return "bool";
    case Kind::integer:
        return sized("int", type.bits);
    case Kind::natural:
        return sized("uint", type.bits);
    case Kind::floating:
        return "float" + std::to_string(type.bits);
    case Kind::complex:
        return "complex" + std::to_string(type.bits);
    case Kind::bytes:
        return "[]uint8";
    case Kind::text:
        return "string";
    case Kind::array:
        return "[" + std::to_string(type.length) + "]" + refer_text(type.element);
    case Kind::slice:
        return "[]" + refer_text(type.element);
    case Kind::map:
        return "map[" + refer_text(type.key) + "]" + refer_text(type.element);
    case Kind::structure:
        break;
    case Kind::interface:
    case Kind::marshalled:
        CHECK(false); // no C++ type is one
    }
    if (!type.name.empty()) return "main." + std::string(type.name);
    if (type.fields.empty()) return "struct {}";
    std::string text = "struct {";
    for (const Field& field : type.fields)
        text += (text.back() == '{' ? " " : "; ") + exported(field.name) + " " + refer_text(field.type);
    return text + " }";
}

} // namespace

std::string go_text(const Type& type, int pointers) {
    return std::string(static_cast<std::size_t>(pointers), '*') + text_of(type);
}

std::string exported(std::string_view member) {
    std::string name(member);
    if (!name.empty()) name[0] = capital(name[0]);
    return name;
}

bool is_exported_as(std::string_view member, std::string_view name) {
    return member.size() == name.size() && !name.empty() && capital(member[0]) == name[0] &&
           member.substr(1) == name.substr(1);
}

} // namespace orrery::gob
