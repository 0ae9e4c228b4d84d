// Type definitions of the sending half: which ids types get, and in which order they are defined. Both are as in a Go
// program whose first value is this stream's first value, so that the same bytes result.
#include "orrery/protocols/gob/encoder.h"

namespace orrery::gob {
namespace {

// Go's own types have ids that everybody knows; 0 for all others.
std::int32_t builtin_id(const Type& type) {
    switch (type.kind) {
    case Kind::boolean:
        return 1;
    case Kind::integer:
        return 2;
    case Kind::natural:
        return 3;
    case Kind::floating:
        return 4;
    case Kind::bytes:
        return 5;
    case Kind::text:
        return 6;
    case Kind::complex:
        return 7;
    default:
        return 0;
    }
}

// A type in a struct's field has its name, or else its spelling, for a name.
std::string name_in_field(const Type& type) {
    return type.kind == Kind::structure && !type.name.empty() ? std::string(type.name) : go_text(type);
}

void append_text(sim::Bytes& out, std::string_view text) { append_counted(out, sim::view_of(text)); }

// What each kind of definition begins with: the name, left out if there is none, and the id.
void append_common(sim::Bytes& out, std::string_view name, std::int32_t id) {
    append_natural(out, 1);
    if (!name.empty()) {
        append_natural(out, 1);
        append_text(out, name);
    }
    append_natural(out, name.empty() ? 2 : 1);
    append_integer(out, id);
    append_natural(out, 0);
}

} // namespace

Encoder::Known* Encoder::find(const Type& type) {
    for (Known& known : known_)
        if (known.type == &type) return &known;
    return nullptr;
}

// The id of a type that `identify` has seen.
std::int32_t Encoder::number(const Type& type) {
    if (const std::int32_t id = builtin_id(type)) return id;
    Known* known = find(type);
    CHECK(known != nullptr);
    if (known->id == 0) known->id = ++last_id_;
    return known->id;
}

// Gives ids to a type and to all that it is made of: a struct before its fields, a list or map after its elements. A
// type keeps the name under which it is met first; as the element of a map or an array it has none. (It makes no
// difference to any reader. It does to the bytes, and Go's are what ours are compared with.)
std::int32_t Encoder::identify(const Type& type, std::string_view name) {
    if (const std::int32_t id = builtin_id(type)) return id;
    if (find(type) != nullptr) return number(type);
    known_.push_back({&type, 0, false, std::string(name)});
    if (type.kind == Kind::structure) {
        const std::int32_t id = number(type);
        for (const Field& field : type.fields) identify(field.type.type(), name_in_field(field.type.type()));
        return id;
    }
    if (type.kind == Kind::map) identify(type.key.type(), "");
    const bool is_named = type.kind == Kind::slice && type.element.pointers == 0;
    identify(type.element.type(), is_named ? type.element.type().name : "");
    return number(type);
}

std::int32_t Encoder::announce_new(sim::Bytes& out, const Type& type) {
    const std::int32_t id = identify(type, type.name);
    define(out, type);
    announced_.push_back({&type, id, true, {}});
    return id;
}

// Each definition is a message of its own: first the type, then what it is made of, from left to right.
void Encoder::define(sim::Bytes& out, const Type& type) {
    Known* known = find(type);
    if (known == nullptr || known->is_defined) return;
    known->is_defined = true;
    const std::size_t begin = begin_message(out);
    append_definition(out, *known);
    const Problem problem = end_message(out, begin, {});
    CHECK(!problem); // a definition is short: it comes from our own source
    for (const Field& field : type.fields) define(out, field.type.type());
    if (type.key.is_set()) define(out, type.key.type());
    if (type.element.is_set()) define(out, type.element.type());
}

// The id, negated, and a struct of Go's that has one field for each kind of type, of which one is set.
void Encoder::append_definition(sim::Bytes& out, const Known& known) {
    const Type& type = *known.type;
    append_integer(out, -known.id);
    const auto place = [&]() -> std::uint64_t {
        if (type.kind == Kind::array) return 1;
        if (type.kind == Kind::slice) return 2;
        return type.kind == Kind::structure ? 3 : 4;
    };
    append_natural(out, place());
    append_common(out, known.name, known.id);
    if (type.kind == Kind::structure) {
        if (!type.fields.empty()) {
            append_natural(out, 1);
            append_natural(out, type.fields.size());
        }
        for (const Field& field : type.fields) {
            append_natural(out, 1);
            append_text(out, exported(field.name));
            append_natural(out, 1);
            append_integer(out, number(field.type.type()));
            append_natural(out, 0);
        }
    } else {
        if (type.kind == Kind::map) {
            append_natural(out, 1);
            append_integer(out, number(type.key.type()));
        }
        append_natural(out, 1);
        append_integer(out, number(type.element.type()));
        if (type.kind == Kind::array && type.length != 0) {
            append_natural(out, 1);
            append_integer(out, static_cast<std::int64_t>(type.length));
        }
    }
    append_natural(out, 0);
    append_natural(out, 0);
}

// Nearly every message is short, and its length one byte. For a longer one the content moves.
std::size_t Encoder::begin_message(sim::Bytes& out) {
    const std::size_t begin = out.size();
    append_natural(out, 0);
    return begin;
}

Problem Encoder::end_message(sim::Bytes& out, std::size_t begin, Problem problem) const {
    const std::size_t size = out.size() - begin - 1;
    if (!problem && size > limits_.message_max) problem = Error{ErrorKind::limit, "gob: encoder: message too big"};
    if (problem) {
        out.resize(begin);
        return problem;
    }
    sim::Bytes length;
    append_natural(length, size);
    if (length.size() > 1) {
        out.resize(out.size() + length.size() - 1);
        std::memmove(out.data() + begin + length.size(), out.data() + begin + 1, size);
    }
    std::memcpy(out.data() + begin, length.data(), length.size());
    return std::nullopt;
}

} // namespace orrery::gob
