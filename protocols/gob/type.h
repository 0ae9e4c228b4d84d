// What a C++ type is to Go, as a graph of constants: `describe<T>()`. What depends on types but not on values - names,
// definitions, whether two types fit - reads this graph and is no template.
//
//     C++                                          Go
//     bool, integers, enums                        bool, intN, uintN (of 64 bits: int, uint)
//     float, double, std::complex of them          float32, float64, complex64, complex128
//     std::string                                  string
//     sim::Bytes, a list of std::uint8_t           []byte
//     std::vector, std::deque; std::array          []T; [N]T
//     std::map                                     map[K]V; an empty one stands for nil
//     std::optional<T>                             *T
//     a struct with members()                      a struct of package main
//
// A struct is called in Go as in C++, without namespaces and template arguments, or as `static constexpr
// std::string_view go_name` says; "" makes it nameless. A field is called like the member, its first letter made a
// capital, since Go sends no others.
#pragma once

#include <complex>
#include <deque>
#include <span>

#include "orrery/sim/codec.h"

namespace orrery::gob {

enum class Kind : std::uint8_t {
    boolean,
    integer,
    natural, // an integer without a sign
    floating,
    bytes,
    text,
    complex,
    interface,  // only a sender has it: a value of any type
    marshalled, // only a sender has it: a type that encodes itself (GobEncoder, BinaryMarshaler, TextMarshaler)
    array,
    slice,
    structure,
    map,
};

struct Type;

// A type, behind so many pointers. Pointers are not seen on the wire. The type is behind a function, because one that
// contains itself is referred to before it is complete.
struct Reference {
    const Type& (*get)() = nullptr;
    int pointers = 0;

    bool is_set() const { return get != nullptr; }
    const Type& type() const { return get(); }
};

struct Field {
    std::string_view name; // of the member
    Reference type;
};

struct Type {
    Kind kind = Kind::boolean;
    int bits = 0;          // of a number, both parts of a complex one
    std::string_view name; // of a structure
    std::span<const Field> fields;
    Reference key;                // of a map
    Reference element;            // of an array, slice or map
    std::size_t length = 0;       // of an array
    std::size_t element_size = 0; // bytes in memory that one element of a slice or map takes
};

// As Go's reflection spells it: "map[string]*main.Args".
std::string go_text(const Type& type, int pointers = 0);
// "seq" -> "Seq".
std::string exported(std::string_view member);
// exported(member) == name, without making a text.
bool is_exported_as(std::string_view member, std::string_view name);

namespace type {

template <class T>
constexpr const char* pretty_name() {
    return __PRETTY_FUNCTION__;
}

// "... [with T = a::(anonymous)::Box<b::C>]" -> "Box". Both compilers write the type last, behind "T = ".
constexpr std::string_view unqualified(std::string_view pretty) {
    std::string_view name = pretty.substr(pretty.find("T = ") + 4);
    name.remove_suffix(1);
    if (name.ends_with('>')) {
        std::size_t open = name.size();
        for (int depth = 0; open > 0;) {
            --open;
            if (name[open] == '>') ++depth;
            if (name[open] == '<' && --depth == 0) break;
        }
        name = name.substr(0, open);
    }
    const std::size_t colons = name.rfind("::");
    return colons == std::string_view::npos ? name : name.substr(colons + 2);
}

template <class T>
constexpr std::string_view name_of() {
    if constexpr (requires { T::go_name; })
        return T::go_name;
    else
        return unqualified(pretty_name<T>());
}

template <class T>
struct Pointee {
    using Target = T;
    static constexpr int pointers = 0;
};
template <class T>
struct Pointee<std::optional<T>> {
    using Target = typename Pointee<T>::Target;
    static constexpr int pointers = 1 + Pointee<T>::pointers;
};
template <class T>
using Target = typename Pointee<T>::Target;

template <class T>
inline constexpr bool is_complex = std::same_as<T, std::complex<float>> || std::same_as<T, std::complex<double>>;
template <class T>
inline constexpr bool is_list = sim::codec::List<T> || std::same_as<T, std::vector<bool>>;
template <class T>
concept ListOfBytes = is_list<T> && std::same_as<typename T::value_type, std::uint8_t>;

template <class T>
constexpr Kind kind_of() {
    if constexpr (std::same_as<T, bool>)
        return Kind::boolean;
    else if constexpr (std::is_enum_v<T>)
        return kind_of<std::underlying_type_t<T>>();
    else if constexpr (std::signed_integral<T>)
        return Kind::integer;
    else if constexpr (std::unsigned_integral<T>)
        return Kind::natural;
    else if constexpr (std::same_as<T, float> || std::same_as<T, double>)
        return Kind::floating;
    else if constexpr (is_complex<T>)
        return Kind::complex;
    else if constexpr (std::same_as<T, std::string>)
        return Kind::text;
    else if constexpr (std::same_as<T, sim::Bytes> || ListOfBytes<T>)
        return Kind::bytes;
    else if constexpr (sim::codec::is_array<T>)
        return Kind::array;
    else if constexpr (sim::codec::is_map<T>)
        return Kind::map;
    else if constexpr (is_list<T>)
        return Kind::slice;
    else if constexpr (sim::HasMembers<T>)
        return Kind::structure;
    else
        static_assert(sim::codec::always_false<T>, "Go has no such type: see the list in protocols/gob/type.h");
}

template <class T>
struct Description {
    static const Type type;
};
template <class T>
const Type& get() {
    return Description<T>::type;
}
template <class T>
constexpr Reference refer() {
    return {&get<Target<T>>, Pointee<T>::pointers};
}

template <class Owner, class Value>
constexpr Field describe_field(const sim::Member<Owner, Value>& member) {
    static_assert(!std::is_const_v<Value>);
    return {member.name, refer<Value>()};
}

template <class T>
inline constexpr auto
    fields = std::apply([](const auto&... each) { return std::array<Field, sizeof...(each)>{describe_field(each)...}; },
                        T::members());

// T has no pointers around it.
template <class T>
constexpr Type describe_target() {
    Type type;
    type.kind = kind_of<T>();
    if constexpr (type::is_complex<T> || std::is_arithmetic_v<T> || std::is_enum_v<T>) type.bits = 8 * sizeof(T);
    if constexpr (kind_of<T>() == Kind::structure) {
        type.name = name_of<T>();
        type.fields = fields<T>;
    } else if constexpr (kind_of<T>() == Kind::map) {
        type.key = refer<typename T::key_type>();
        type.element = refer<typename T::mapped_type>();
        constexpr std::size_t tree_node = 48; // of pointers and a colour, and what the allocator adds
        type.element_size = sizeof(typename T::value_type) + tree_node;
    } else if constexpr (kind_of<T>() == Kind::array || kind_of<T>() == Kind::slice) {
        type.element = refer<typename T::value_type>();
        type.element_size = sizeof(typename T::value_type);
    }
    if constexpr (kind_of<T>() == Kind::array) type.length = std::tuple_size_v<T>;
    return type;
}

template <class T>
constinit const Type Description<T>::type = describe_target<T>();

} // namespace type

// What T is without the pointers around it.
template <class T>
const Type& describe() {
    return type::get<type::Target<T>>();
}

} // namespace orrery::gob
