#include "orrery/protocols/gob/skip.h"

namespace orrery::gob {

void Skipper::skip(Input& in, const SenderType& type) {
    levels_.clear();
    begin(in, type);
    while (!levels_.empty() && in.ok()) {
        const SenderType* part = next(in, levels_.back());
        if (part == nullptr)
            levels_.pop_back();
        else
            begin(in, *part);
    }
    constexpr std::size_t usual = 64;
    if (levels_.capacity() > usual) levels_ = {};
}

// Takes a value that has no parts, or enters one that has.
void Skipper::begin(Input& in, const SenderType& type) {
    Level level{&type, 0, 0, {}};
    switch (type.kind) {
    case Kind::boolean:
    case Kind::integer:
    case Kind::natural:
    case Kind::floating:
        in.natural();
        return;
    case Kind::complex:
        in.natural();
        in.natural();
        return;
    case Kind::bytes:
    case Kind::text:
    case Kind::marshalled:
        in.counted(Input::Counted::skipped);
        return;
    case Kind::interface:
        in.fail(ErrorKind::unsupported, "gob: interface values are not supported");
        return;
    case Kind::array:
        level.left = in.natural();
        if (level.left != type.length) in.fail(ErrorKind::corrupt, "gob: length mismatch in ignoreArray");
        break;
    case Kind::slice:
        level.left = in.natural();
        break;
    case Kind::map:
        level.left = in.natural();
        if (level.left > INT64_MAX) level.left = 0; // Go counts down from a negative number
        level.left *= 2;
        break;
    case Kind::structure:
        break;
    }
    level.count = level.left;
    if (levels_.size() == depth_max) return in.fail(ErrorKind::limit, "invalid nesting depth");
    levels_.push_back(level);
}

// The type of the next part; null after the last one. A count may be a lie: the end of the input ends the loop. (It has
// to be looked for, since a struct may end with the message and then takes no byte.)
const SenderType* Skipper::next(Input& in, Level& level) {
    const SenderType& type = *level.type;
    if (type.kind == Kind::structure) {
        const std::size_t field = level.fields.next(in, type.fields.size());
        return field == FieldNumbers::none ? nullptr : type.fields[field].type.type;
    }
    if (level.left == 0) return nullptr;
    if (in.left() == 0) {
        if (type.kind == Kind::map)
            in.end();
        else
            in.fail(ErrorKind::corrupt, "gob: decoding array or slice: length exceeds input size (" +
                                            std::to_string(level.count) + " elements)");
        return nullptr;
    }
    --level.left;
    return type.kind == Kind::map && level.left % 2 == 1 ? type.key.type : type.element.type;
}

} // namespace orrery::gob
