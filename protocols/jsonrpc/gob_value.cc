// From JSON in two walks: the first finds the type, the second writes the value after it.
#include "orrery/protocols/jsonrpc/gob_value.h"

#include <charconv>
#include <map>
#include <memory>

#include "orrery/protocols/jsonrpc/cursor.h"
#include "orrery/protocols/jsonrpc/value_writer.h"
#include "orrery/sim/text.h"

namespace orrery::jsonrpc {
namespace {

constexpr std::int32_t first_id = 1'000'000; // an Encoder counts from 65 on

// What a JSON value is to Go.
struct Shape {
    enum class Kind : std::uint8_t { nothing, boolean, integer, fraction, text, list, object };
    Kind kind = Kind::nothing;
    std::vector<std::pair<std::string, Shape>> fields{}; // of an object, as they come
    std::unique_ptr<Shape> element{};                    // of a list; of kind nothing if it is empty
    std::int32_t id = 0;

    Shape* field(std::string_view name) {
        for (auto& [each, shape] : fields)
            if (each == name) return &shape;
        return nullptr;
    }
    // Something of that type can be written.
    bool is_written() const { return kind != Kind::nothing && (kind != Kind::list || element->is_written()); }
};

Problem mismatch(std::string text) { return Error{ErrorKind::mismatch, std::move(text)}; }

Problem merge(Shape& into, Shape from) {
    using Kind = Shape::Kind;
    if (from.kind == Kind::nothing) return std::nullopt;
    if (into.kind == Kind::nothing) {
        into = std::move(from);
        return std::nullopt;
    }
    const bool are_numbers = (into.kind == Kind::integer || into.kind == Kind::fraction) &&
                             (from.kind == Kind::integer || from.kind == Kind::fraction);
    if (are_numbers) {
        if (from.kind == Kind::fraction) into.kind = Kind::fraction;
        return std::nullopt;
    }
    if (into.kind != from.kind) return mismatch("the elements of an array have to be of one type");
    if (into.kind == Kind::list) return merge(*into.element, std::move(*from.element));
    for (auto& [name, shape] : from.fields) {
        Shape* const known = into.field(name);
        if (known == nullptr) {
            into.fields.emplace_back(name, std::move(shape));
        } else if (Problem problem = merge(*known, std::move(shape))) {
            return problem;
        }
    }
    return std::nullopt;
}

bool is_fraction(std::string_view number) { return number.find_first_of(".eE") != number.npos; }

Problem find_shape(Cursor& cursor, Shape& shape, std::size_t depth_left) {
    using Kind = Shape::Kind;
    if (depth_left == 0) return Error{ErrorKind::limit, "the value is nested too deeply"};
    if (cursor.is_number()) {
        shape.kind = is_fraction(cursor.skip()) ? Kind::fraction : Kind::integer;
    } else if (cursor.peek() == '[') {
        shape.kind = Kind::list;
        shape.element = std::make_unique<Shape>();
        for (bool more = cursor.enter(); more; more = cursor.next()) {
            Shape element;
            if (Problem problem = find_shape(cursor, element, depth_left - 1)) return problem;
            if (element.kind == Kind::nothing) return mismatch("an array cannot hold null");
            if (Problem problem = merge(*shape.element, std::move(element))) return problem;
        }
    } else if (cursor.peek() == '{') {
        shape.kind = Kind::object;
        for (bool more = cursor.enter(); more; more = cursor.next()) {
            const std::string name = gob::exported(cursor.name());
            if (name.empty()) return mismatch("a field has to have a name");
            if (shape.field(name) != nullptr) return mismatch("field '" + name + "' is there twice");
            shape.fields.emplace_back(name, Shape{});
            if (Problem problem = find_shape(cursor, shape.fields.back().second, depth_left - 1)) return problem;
        }
    } else {
        const char first = cursor.peek();
        shape.kind = first == '"' ? Kind::text : first == 'n' ? Kind::nothing : Kind::boolean;
        cursor.skip();
    }
    return std::nullopt;
}

// --- definitions -------------------------------------------------------------------------------------

void append_message(sim::Bytes& out, sim::ByteView content) { gob::append_counted(out, content); }

// The id, and nothing else: the type has no name.
void append_common(sim::Bytes& out, std::int32_t id) {
    gob::append_natural(out, 1);
    gob::append_natural(out, 2);
    gob::append_integer(out, id);
    gob::append_natural(out, 0);
}

// Gives an id to each type, and appends the definitions of those that Go does not know.
void define(sim::Bytes& out, Shape& shape, std::int32_t& next) {
    using Kind = Shape::Kind;
    static constexpr std::int32_t builtin[] = {0, 1, 2, 4, 6};
    if (shape.kind != Kind::list && shape.kind != Kind::object) {
        shape.id = builtin[static_cast<std::size_t>(shape.kind)];
        return;
    }
    shape.id = next++;
    if (shape.kind == Kind::list) define(out, *shape.element, next);
    std::erase_if(shape.fields, [](const auto& field) { return !field.second.is_written(); });
    for (auto& [name, field] : shape.fields) define(out, field, next);
    sim::Bytes content;
    gob::append_integer(content, -shape.id);
    gob::append_natural(content, shape.kind == Kind::list ? 2 : 3);
    append_common(content, shape.id);
    if (shape.kind == Kind::list) {
        gob::append_natural(content, 1);
        gob::append_integer(content, shape.element->id);
    } else if (!shape.fields.empty()) {
        gob::append_natural(content, 1);
        gob::append_natural(content, shape.fields.size());
    }
    for (const auto& [name, field] : shape.fields) {
        gob::append_natural(content, 1);
        gob::append_counted(content, sim::view_of(name));
        gob::append_natural(content, 1);
        gob::append_integer(content, field.id);
        gob::append_natural(content, 0);
    }
    gob::append_natural(content, 0);
    gob::append_natural(content, 0);
    append_message(out, content);
}

// --- the value ---------------------------------------------------------------------------------------

Problem write(sim::Bytes& out, Cursor& cursor, const Shape& shape);

Problem write_number(sim::Bytes& out, std::string_view digits, Shape::Kind kind) {
    if (kind == Shape::Kind::fraction) {
        double number = 0;
        if (std::from_chars(digits.data(), digits.data() + digits.size(), number).ec != std::errc())
            return Error{ErrorKind::range, "number " + std::string(digits) + " does not fit into 64 bits"};
        gob::append_floating(out, number);
        return std::nullopt;
    }
    std::int64_t number = 0;
    if (!sim::parse_integer(digits, number))
        return Error{ErrorKind::range, "integer " + std::string(digits) + " does not fit into 64 bits"};
    gob::append_integer(out, number);
    return std::nullopt;
}

// In the order of the type's fields, which need not be that of the text. Null is left out.
Problem write_object(sim::Bytes& out, Cursor& cursor, const Shape& shape) {
    std::map<std::string, std::string_view, std::less<>> values;
    for (bool more = cursor.enter(); more; more = cursor.next()) {
        std::string name = gob::exported(cursor.name());
        values[std::move(name)] = cursor.skip();
    }
    std::size_t next = 0;
    for (std::size_t i = 0; i < shape.fields.size(); ++i) {
        const auto& [name, field] = shape.fields[i];
        const auto value = values.find(name);
        if (value == values.end() || value->second == "null") continue;
        gob::append_natural(out, i + 1 - next);
        next = i + 1;
        Cursor inside(value->second);
        if (Problem problem = write(out, inside, field)) return problem;
    }
    gob::append_natural(out, 0);
    return std::nullopt;
}

Problem write(sim::Bytes& out, Cursor& cursor, const Shape& shape) {
    using Kind = Shape::Kind;
    switch (shape.kind) {
    case Kind::nothing:
        CHECK(shape.kind != Kind::nothing);
        break;
    case Kind::boolean:
        gob::append_natural(out, cursor.skip() == "true" ? 1 : 0);
        break;
    case Kind::integer:
    case Kind::fraction:
        return write_number(out, cursor.skip(), shape.kind);
    case Kind::text:
        gob::append_counted(out, sim::view_of(cursor.text()));
        break;
    case Kind::object:
        return write_object(out, cursor, shape);
    case Kind::list: {
        sim::Bytes elements;
        std::uint64_t count = 0;
        for (bool more = cursor.enter(); more; more = cursor.next(), ++count)
            if (Problem problem = write(elements, cursor, *shape.element)) return problem;
        gob::append_natural(out, count);
        out.append(elements);
    }
    }
    return std::nullopt;
}

// --- from gob ----------------------------------------------------------------------------------------

class JsonWriter {
public:
    JsonWriter(sim::Bytes& out, gob::Input& in, const Limits& limits)
        : out_(out), in_(in), end_(out.size() + limits.value_max), nesting_left_(limits.nesting_max) {}

    void write(const gob::SenderType& type) {
        if (!in_.ok()) return;
        if (out_.size() > end_) return in_.fail(ErrorKind::limit, "the value is too long as JSON");
        switch (type.kind) {
        case gob::Kind::boolean:
            return append(out_, in_.natural() != 0 ? "true" : "false");
        case gob::Kind::integer:
            return append(out_, std::to_string(in_.integer()));
        case gob::Kind::natural:
            return append(out_, std::to_string(in_.natural()));
        case gob::Kind::floating:
            return floating();
        case gob::Kind::complex:
            append(out_, "[");
            floating();
            append(out_, ",");
            floating();
            return append(out_, "]");
        case gob::Kind::bytes:
            return append_base64(out_, in_.counted(gob::Input::Counted::bytes));
        case gob::Kind::text:
            return append_text(out_, sim::text_of(in_.counted(gob::Input::Counted::text)));
        case gob::Kind::interface:
            return in_.fail(ErrorKind::unsupported, "gob: interface values are not supported");
        case gob::Kind::marshalled:
            return in_.fail(ErrorKind::unsupported, "gob: type " + type.name + " encodes itself: no JSON for it");
        case gob::Kind::array:
        case gob::Kind::slice:
        case gob::Kind::map:
        case gob::Kind::structure:
            break;
        }
        if (nesting_left_ == 0) return in_.fail(ErrorKind::limit, "gob: value nested too deeply");
        --nesting_left_;
        if (type.kind == gob::Kind::structure)
            structure(type);
        else if (type.kind == gob::Kind::map)
            map(type);
        else
            list(type);
        ++nesting_left_;
    }

private:
    void floating() {
        const double number = in_.floating();
        if (number - number == 0) return append_number(out_, number);
        append_text(out_, number != number ? "NaN" : number > 0 ? "+Inf" : "-Inf");
    }
    void list(const gob::SenderType& type) {
        append(out_, "[");
        const std::uint64_t count = in_.natural();
        for (std::uint64_t i = 0; i < count && is_there(); ++i) {
            if (i > 0) append(out_, ",");
            write(*type.element.type);
        }
        append(out_, "]");
    }
    void map(const gob::SenderType& type) {
        const gob::Kind key = type.key.type->kind;
        const bool is_object = key == gob::Kind::text || key == gob::Kind::integer || key == gob::Kind::natural;
        append(out_, is_object ? "{" : "[");
        const std::uint64_t count = in_.natural();
        for (std::uint64_t i = 0; i < count && is_there(); ++i) {
            if (i > 0) append(out_, ",");
            if (!is_object) append(out_, "[");
            if (is_object && key != gob::Kind::text) append(out_, "\"");
            write(*type.key.type);
            if (is_object && key != gob::Kind::text) append(out_, "\"");
            append(out_, is_object ? ":" : ",");
            write(*type.element.type);
            if (!is_object) append(out_, "]");
        }
        append(out_, is_object ? "}" : "]");
    }
    void structure(const gob::SenderType& type) {
        gob::FieldNumbers numbers;
        std::size_t written = 0;
        const auto name = [&] {
            append(out_, written == 0 ? "{" : ",");
            append_text(out_, type.fields[written++].name);
            append(out_, ":");
        };
        for (std::size_t number; (number = numbers.next(in_, type.fields.size())) != gob::FieldNumbers::none;) {
            while (written < number) {
                name();
                append(out_, zero(*type.fields[written - 1].type.type));
            }
            name();
            write(*type.fields[number].type.type);
        }
        while (written < type.fields.size()) {
            name();
            append(out_, zero(*type.fields[written - 1].type.type));
        }
        append(out_, written == 0 ? "{}" : "}");
    }
    static std::string_view zero(const gob::SenderType& type) {
        switch (type.kind) {
        case gob::Kind::boolean:
            return "false";
        case gob::Kind::integer:
        case gob::Kind::natural:
        case gob::Kind::floating:
            return "0";
        case gob::Kind::complex:
            return "[0,0]";
        case gob::Kind::bytes:
        case gob::Kind::text:
            return "\"\"";
        case gob::Kind::slice:
            return "[]";
        default:
            return "null";
        }
    }
    // A count may be a lie.
    bool is_there() {
        if (in_.ok() && in_.left() == 0) in_.end();
        return in_.ok();
    }

    sim::Bytes& out_;
    gob::Input& in_;
    std::size_t end_; // how long `out` may get
    std::size_t nesting_left_;
};

} // namespace

Problem append_gob(sim::Bytes& out, std::string_view json) {
    Shape shape;
    Cursor first(json);
    if (Problem problem = find_shape(first, shape, Limits().nesting_max)) return problem;
    if (!shape.is_written()) return mismatch("null, or an array of nothing, has no type");
    sim::Bytes definitions;
    std::int32_t next = first_id;
    define(definitions, shape, next);
    sim::Bytes content;
    gob::append_integer(content, shape.id);
    if (shape.kind != Shape::Kind::object) gob::append_natural(content, 0);
    Cursor second(json);
    if (Problem problem = write(content, second, shape)) return problem;
    out.append(definitions);
    append_message(out, content);
    return std::nullopt;
}

Problem append_json(sim::Bytes& out, gob::Decoder& decoder, const Limits& limits) {
    const std::size_t begin = out.size();
    Problem problem = decoder.take_as_sent(
        [&](gob::Input& in, const gob::SenderType& type) { JsonWriter(out, in, limits).write(type); });
    if (problem) out.resize(begin);
    return problem;
}

} // namespace orrery::jsonrpc
