// Values of the shapes of gob's tests, as JSON. JSON has no complex numbers, and its names are texts or integers.
#pragma once

#include "orrery/protocols/gob/values_test.h"
#include "orrery/protocols/jsonrpc/value_reader.h"
#include "orrery/protocols/jsonrpc/value_writer.h"

namespace orrery::jsonrpc {

struct IntegerKeys {
    std::map<std::int64_t, std::string> a;
    std::map<std::uint8_t, gob::shapes::In> b;
    std::map<std::int16_t, std::vector<std::int64_t>> c;
    static constexpr auto members() {
        return std::tuple{sim::member("A", &IntegerKeys::a), sim::member("B", &IntegerKeys::b),
                          sim::member("C", &IntegerKeys::c)};
    }
};

namespace shapes {
using namespace gob::shapes;

using JsonShapes =
    Shapes<Args, Quotient, Empty, KV, Nest, In, Out, Deep, Widths, Floats, Texts, Pointers, Lists, ListsOfLists, Arrays,
           ArraysOfArrays, IntegerKeys, MapsOfLists, Tree, Point, Flags, Sparse, Colours, gob::shapes::Request,
           gob::shapes::Response, PointersInside, Inner, Middle, Outer, bool, std::int64_t, std::int8_t, std::uint64_t,
           double, float, std::string, sim::Bytes, std::vector<std::int64_t>, std::vector<std::string>, std::vector<KV>,
           std::map<std::string, std::int64_t>, std::map<std::string, In>, std::array<std::int32_t, 4>,
           std::vector<std::map<std::string, std::vector<Args>>>>;

// Infinity is no JSON.
template <class T>
void without_infinity(T& value) {
    if constexpr (std::floating_point<T>) {
        if (value - value != 0) value = 1;
    } else if constexpr (sim::codec::is_optional<T>) {
        if (value.has_value()) without_infinity(*value);
    } else if constexpr (sim::HasMembers<T>) {
        sim::for_each_member(value, [](std::string_view, auto& field) { without_infinity(field); });
    } else if constexpr (sim::codec::is_map<T>) {
        for (auto& [key, element] : value) without_infinity(element);
    } else if constexpr (sim::codec::is_array<T> || (gob::type::is_list<T> && !std::same_as<T, std::vector<bool>>)) {
        for (auto& each : value) without_infinity(each);
    }
}
template <class T>
T any_for_json(Draws& draws) {
    T value = any<T>(draws);
    without_infinity(value);
    return value;
}
} // namespace shapes

template <class T>
std::string json_of(const T& value) {
    sim::Bytes out;
    const Problem problem = append_value(out, value);
    return problem ? problem->text : std::string(out.text());
}
// The value as a text, or what is wrong.
template <class T>
std::string read_from(std::string_view json) {
    if (const Problem problem = check_whole(json)) return problem->text;
    T value{};
    const Problem problem = read_value(json, value);
    return problem ? problem->text : shapes::text_of(value);
}

} // namespace orrery::jsonrpc
