// Reading definitions. A definition is a value of a struct type of Go's own, which has one field for each kind of type;
// exactly one of them is set.
//
//     wireType    {ArrayT, SliceT, StructT, MapT, GobEncoderT, BinaryMarshalerT, TextMarshalerT}
//     CommonType  {Name string, Id int}              the first field of each of them
//     arrayType   {CommonType, Elem int, Len int}
//     sliceType   {CommonType, Elem int}
//     structType  {CommonType, Field []{Name string, Id int}}
//     mapType     {CommonType, Key int, Elem int}
#include "orrery/protocols/gob/sender_types.h"

#include "orrery/protocols/gob/plan.h"

namespace orrery::gob {
namespace {

constexpr std::int64_t first_user_id = 64;

void refuse(Input& in) { in.fail(ErrorKind::framing, "gob: unknown type id or corrupted data"); }

std::string read_text(Input& in) { return std::string(sim::text_of(in.counted(Input::Counted::text))); }

void read_common(Input& in, SenderType& type) {
    FieldNumbers numbers;
    for (std::size_t field; (field = numbers.next(in, 2)) != FieldNumbers::none;) {
        if (field == 0)
            type.name = read_text(in);
        else
            in.integer(); // the id, which the message gave already
    }
}

SenderField read_field(Input& in) {
    SenderField result;
    FieldNumbers numbers;
    for (std::size_t field; (field = numbers.next(in, 2)) != FieldNumbers::none;) {
        if (field == 0)
            result.name = read_text(in);
        else
            result.type.id = in.integer();
    }
    return result;
}

void read_fields(Input& in, SenderType& type) {
    const std::uint64_t count = in.natural();
    if (count > in.left()) return refuse(in);
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
        type.fields.push_back(read_field(in));
        if (type.fields.back().name.empty())
            in.fail(ErrorKind::framing, "gob: empty name for remote field of type " + type.name);
    }
}

// What follows the common part; `field` counts from 1.
void read_part(Input& in, SenderType& type, std::size_t field) {
    if (type.kind == Kind::structure) return read_fields(in, type);
    if (type.kind == Kind::map && field == 1) {
        type.key.id = in.integer();
    } else if (type.kind == Kind::array && field == 2) {
        const std::int64_t length = in.integer();
        if (length < 0) return refuse(in);
        type.length = static_cast<std::uint64_t>(length);
    } else {
        type.element.id = in.integer();
    }
}

std::size_t parts(Kind kind) {
    if (kind == Kind::marshalled) return 1;
    return kind == Kind::slice || kind == Kind::structure ? 2 : 3;
}

SenderType read_definition(Input& in) {
    constexpr Kind kinds[] = {Kind::array,      Kind::slice,      Kind::structure, Kind::map,
                              Kind::marshalled, Kind::marshalled, Kind::marshalled};
    SenderType type;
    FieldNumbers outer;
    std::size_t found = 0;
    for (std::size_t which; (which = outer.next(in, std::size(kinds))) != FieldNumbers::none; ++found) {
        type.kind = kinds[which];
        FieldNumbers inner;
        for (std::size_t field; (field = inner.next(in, parts(type.kind))) != FieldNumbers::none;) {
            if (field == 0)
                read_common(in, type);
            else
                read_part(in, type, field);
        }
    }
    if (found != 1) refuse(in);
    return type;
}

} // namespace

SenderType::SenderType() = default;
SenderType::SenderType(SenderType&&) noexcept = default;
SenderType::~SenderType() = default;

SenderTypes::SenderTypes(std::size_t definitions_max) : room_(definitions_max) {
    constexpr std::pair<Kind, const char*> builtin[] = {
        {Kind::boolean, "bool"}, {Kind::integer, "int"}, {Kind::natural, "uint"},    {Kind::floating, "float"},
        {Kind::bytes, "bytes"},  {Kind::text, "string"}, {Kind::complex, "complex"}, {Kind::interface, "interface"},
    };
    std::int64_t id = 0;
    for (const auto& [kind, name] : builtin) {
        SenderType& type = types_[++id];
        type.kind = kind;
        type.name = name;
        type.is_closed = true;
    }
}

void SenderTypes::define(Input& in, std::int64_t id) {
    if (id < first_user_id || types_.contains(id)) return in.fail(ErrorKind::framing, "gob: duplicate type received");
    const std::size_t cost = in.left() + 64;
    if (cost > room_) return in.fail(ErrorKind::limit, "gob: too many type definitions");
    room_ -= cost;
    SenderType type = read_definition(in);
    if (in.left() > 0) in.fail(ErrorKind::framing, "extra data in buffer");
    if (in.ok()) types_.emplace(id, std::move(type));
}

const SenderType* SenderTypes::closed(Input& in, std::int64_t id) {
    const auto found = types_.find(id);
    if (found == types_.end()) return nullptr;
    if (!found->second.is_closed) close(in, found->second);
    return &found->second;
}

bool SenderTypes::resolve(Input& in, SenderReference& reference, std::vector<SenderType*>& found) {
    const auto entry = types_.find(reference.id);
    if (entry == types_.end()) {
        in.fail(ErrorKind::corrupt, "gob: bad data: undefined type <nil>");
        return false;
    }
    reference.type = &entry->second;
    found.push_back(&entry->second);
    return true;
}

// Walks everything that the type is made of, with a list rather than by recursion: the other side decides how deep it
// is. Each type is marked before it is walked, so that none is twice; after a failure the marks are taken back.
void SenderTypes::close(Input& in, SenderType& start) {
    std::vector<SenderType*> walked;
    std::vector<SenderType*> found = {&start};
    bool complete = true;
    while (complete && !found.empty()) {
        SenderType& type = *found.back();
        found.pop_back();
        if (type.is_closed) continue;
        type.is_closed = true;
        walked.push_back(&type);
        for (SenderField& field : type.fields) complete = complete && resolve(in, field.type, found);
        if (type.kind == Kind::map) complete = complete && resolve(in, type.key, found);
        if (type.kind == Kind::map || type.kind == Kind::slice || type.kind == Kind::array)
            complete = complete && resolve(in, type.element, found);
    }
    if (complete) return;
    for (SenderType* each : walked) each->is_closed = false;
}

} // namespace orrery::gob
