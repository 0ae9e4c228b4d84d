// The shapes of values that tests send: those that net/rpc programs use, and each thing that a gob can hold beside each
// other thing.
#pragma once

#include "orrery/protocols/gob/type.h"

namespace orrery::gob::shapes {

enum class Colour : std::int16_t { red, green, blue };

struct Args {
    std::int64_t a = 0;
    std::int64_t b = 0;
    static constexpr auto members() { return std::tuple{sim::member("A", &Args::a), sim::member("B", &Args::b)}; }
};
struct Quotient {
    std::int64_t quo = 0;
    std::int64_t rem = 0;
    static constexpr auto members() {
        return std::tuple{sim::member("Quo", &Quotient::quo), sim::member("Rem", &Quotient::rem)};
    }
};
struct Empty {
    static constexpr auto members() { return std::tuple{}; }
};
struct KV {
    std::string k;
    sim::Bytes v;
    std::uint64_t n = 0;
    double f = 0;
    bool t = false;
    static constexpr auto members() {
        return std::tuple{sim::member("K", &KV::k), sim::member("V", &KV::v), sim::member("N", &KV::n),
                          sim::member("F", &KV::f), sim::member("T", &KV::t)};
    }
};
struct Nest {
    std::vector<KV> kvs;
    std::map<std::string, std::int64_t> m;
    std::optional<Args> p;
    std::array<std::int64_t, 3> i{};
    static constexpr auto members() {
        return std::tuple{sim::member("Kvs", &Nest::kvs), sim::member("M", &Nest::m), sim::member("P", &Nest::p),
                          sim::member("I", &Nest::i)};
    }
};
struct In {
    std::int64_t x = 0;
    static constexpr auto members() { return std::tuple{sim::member("X", &In::x)}; }
};
struct Out {
    In s;
    std::optional<In> p;
    std::array<std::int64_t, 2> a{};
    std::vector<std::int64_t> sl;
    std::map<std::string, std::int64_t> m;
    sim::Bytes b;
    std::string st;
    std::int64_t z = 0;
    static constexpr auto members() {
        return std::tuple{sim::member("S", &Out::s),   sim::member("P", &Out::p), sim::member("A", &Out::a),
                          sim::member("Sl", &Out::sl), sim::member("M", &Out::m), sim::member("B", &Out::b),
                          sim::member("St", &Out::st), sim::member("Z", &Out::z)};
    }
};
struct Deep {
    std::vector<In> ins;
    static constexpr auto members() { return std::tuple{sim::member("Ins", &Deep::ins)}; }
};
struct Widths {
    std::int8_t a = 0;
    std::int16_t b = 0;
    std::int32_t c = 0;
    std::int64_t d = 0;
    std::uint8_t e = 0;
    std::uint16_t f = 0;
    std::uint32_t g = 0;
    std::uint64_t h = 0;
    static constexpr auto members() {
        return std::tuple{sim::member("A", &Widths::a), sim::member("B", &Widths::b), sim::member("C", &Widths::c),
                          sim::member("D", &Widths::d), sim::member("E", &Widths::e), sim::member("F", &Widths::f),
                          sim::member("G", &Widths::g), sim::member("H", &Widths::h)};
    }
};
struct Floats {
    float f = 0;
    double d = 0;
    std::vector<float> fs;
    std::vector<double> ds;
    static constexpr auto members() {
        return std::tuple{sim::member("F", &Floats::f), sim::member("D", &Floats::d), sim::member("Fs", &Floats::fs),
                          sim::member("Ds", &Floats::ds)};
    }
};
struct Complexes {
    std::complex<float> f;
    std::complex<double> d;
    std::vector<std::complex<double>> ds;
    static constexpr auto members() {
        return std::tuple{sim::member("F", &Complexes::f), sim::member("D", &Complexes::d),
                          sim::member("Ds", &Complexes::ds)};
    }
};
struct Texts {
    std::string t;
    sim::Bytes b;
    std::vector<std::uint8_t> v;
    std::deque<std::uint8_t> d;
    std::vector<std::string> ts;
    std::vector<std::vector<std::uint8_t>> bs;
    static constexpr auto members() {
        return std::tuple{sim::member("T", &Texts::t), sim::member("B", &Texts::b),   sim::member("V", &Texts::v),
                          sim::member("D", &Texts::d), sim::member("Ts", &Texts::ts), sim::member("Bs", &Texts::bs)};
    }
};
struct Pointers {
    std::optional<std::int64_t> i;
    std::optional<std::string> s;
    std::optional<In> in;
    std::optional<std::optional<In>> twice;
    std::optional<std::vector<std::int64_t>> l;
    std::optional<std::map<std::string, std::int64_t>> m;
    std::optional<bool> b;
    static constexpr auto members() {
        return std::tuple{sim::member("I", &Pointers::i),   sim::member("S", &Pointers::s),
                          sim::member("In", &Pointers::in), sim::member("Twice", &Pointers::twice),
                          sim::member("L", &Pointers::l),   sim::member("M", &Pointers::m),
                          sim::member("B", &Pointers::b)};
    }
};
struct Lists {
    std::vector<std::int8_t> a;
    std::vector<bool> b;
    std::deque<std::uint16_t> c;
    std::deque<std::string> d;
    std::vector<std::uint64_t> e;
    std::deque<bool> f;
    static constexpr auto members() {
        return std::tuple{sim::member("A", &Lists::a), sim::member("B", &Lists::b), sim::member("C", &Lists::c),
                          sim::member("D", &Lists::d), sim::member("E", &Lists::e), sim::member("F", &Lists::f)};
    }
};
struct ListsOfLists {
    std::vector<std::vector<std::int64_t>> a;
    std::vector<std::vector<std::vector<std::string>>> b;
    static constexpr auto members() {
        return std::tuple{sim::member("A", &ListsOfLists::a), sim::member("B", &ListsOfLists::b)};
    }
};
struct Arrays {
    std::array<std::string, 2> a{};
    std::array<In, 2> b{};
    std::array<std::uint8_t, 4> c{};
    std::array<std::int64_t, 0> d{};
    std::array<bool, 3> e{};
    static constexpr auto members() {
        return std::tuple{sim::member("A", &Arrays::a), sim::member("B", &Arrays::b), sim::member("C", &Arrays::c),
                          sim::member("D", &Arrays::d), sim::member("E", &Arrays::e)};
    }
};
struct ArraysOfArrays {
    std::array<std::array<std::int32_t, 2>, 3> a{};
    std::vector<std::array<std::int64_t, 2>> b;
    static constexpr auto members() {
        return std::tuple{sim::member("A", &ArraysOfArrays::a), sim::member("B", &ArraysOfArrays::b)};
    }
};
struct Maps {
    std::map<std::int64_t, std::string> a;
    std::map<std::uint8_t, In> b;
    std::map<bool, double> c;
    std::map<std::string, bool> d;
    static constexpr auto members() {
        return std::tuple{sim::member("A", &Maps::a), sim::member("B", &Maps::b), sim::member("C", &Maps::c),
                          sim::member("D", &Maps::d)};
    }
};
struct MapsOfMaps {
    std::map<std::string, std::map<std::string, std::int64_t>> a;
    std::map<std::int16_t, std::map<bool, std::uint32_t>> b;
    static constexpr auto members() {
        return std::tuple{sim::member("A", &MapsOfMaps::a), sim::member("B", &MapsOfMaps::b)};
    }
};
struct MapsOfLists {
    std::map<std::string, std::vector<std::string>> a;
    std::map<std::string, std::vector<In>> b;
    std::vector<std::map<std::string, Args>> c;
    static constexpr auto members() {
        return std::tuple{sim::member("A", &MapsOfLists::a), sim::member("B", &MapsOfLists::b),
                          sim::member("C", &MapsOfLists::c)};
    }
};
struct Tree {
    std::int64_t value = 0;
    std::vector<Tree> children;
    static constexpr auto members() {
        return std::tuple{sim::member("Value", &Tree::value), sim::member("Children", &Tree::children)};
    }
};
struct Point {
    std::int64_t x = 0;
    std::int64_t y = 0;
    static constexpr auto members() { return std::tuple{sim::member("X", &Point::x), sim::member("Y", &Point::y)}; }
    auto operator<=>(const Point&) const = default;
};
struct Grid {
    std::map<Point, std::string> cells;
    std::array<Point, 2> corners{};
    static constexpr auto members() {
        return std::tuple{sim::member("Cells", &Grid::cells), sim::member("Corners", &Grid::corners)};
    }
};
struct Flags {
    bool a = false;
    bool b = false;
    bool c = false;
    bool d = false;
    bool e = false;
    bool f = false;
    bool g = false;
    bool h = false;
    static constexpr auto members() {
        return std::tuple{sim::member("A", &Flags::a), sim::member("B", &Flags::b), sim::member("C", &Flags::c),
                          sim::member("D", &Flags::d), sim::member("E", &Flags::e), sim::member("F", &Flags::f),
                          sim::member("G", &Flags::g), sim::member("H", &Flags::h)};
    }
};
struct Sparse {
    std::int64_t a = 0;
    std::string b;
    std::uint64_t c = 0;
    double d = 0;
    bool e = false;
    sim::Bytes f;
    In g;
    std::int64_t h = 0;
    std::string i;
    std::uint64_t j = 0;
    double k = 0;
    bool l = false;
    sim::Bytes m;
    In n;
    std::int64_t o = 0;
    std::string p;
    static constexpr auto members() {
        return std::tuple{sim::member("A", &Sparse::a), sim::member("B", &Sparse::b), sim::member("C", &Sparse::c),
                          sim::member("D", &Sparse::d), sim::member("E", &Sparse::e), sim::member("F", &Sparse::f),
                          sim::member("G", &Sparse::g), sim::member("H", &Sparse::h), sim::member("I", &Sparse::i),
                          sim::member("J", &Sparse::j), sim::member("K", &Sparse::k), sim::member("L", &Sparse::l),
                          sim::member("M", &Sparse::m), sim::member("N", &Sparse::n), sim::member("O", &Sparse::o),
                          sim::member("P", &Sparse::p)};
    }
};
struct Colours {
    Colour one = Colour::red;
    std::vector<Colour> some;
    std::map<std::string, Colour> named;
    static constexpr auto members() {
        return std::tuple{sim::member("One", &Colours::one), sim::member("Some", &Colours::some),
                          sim::member("Named", &Colours::named)};
    }
};
struct Request {
    std::string service_method;
    std::uint64_t seq = 0;
    static constexpr auto members() {
        return std::tuple{sim::member("ServiceMethod", &Request::service_method), sim::member("Seq", &Request::seq)};
    }
};
struct Response {
    std::string service_method;
    std::uint64_t seq = 0;
    std::string error;
    static constexpr auto members() {
        return std::tuple{sim::member("ServiceMethod", &Response::service_method), sim::member("Seq", &Response::seq),
                          sim::member("Error", &Response::error)};
    }
};
struct PointersInside {
    std::vector<std::optional<In>> a;
    std::map<std::string, std::optional<Args>> b;
    std::array<std::optional<std::int64_t>, 2> c{};
    static constexpr auto members() {
        return std::tuple{sim::member("A", &PointersInside::a), sim::member("B", &PointersInside::b),
                          sim::member("C", &PointersInside::c)};
    }
};
struct Inner {
    shapes::In in;
    shapes::Deep deep;
    static constexpr auto members() {
        return std::tuple{sim::member("In", &Inner::in), sim::member("Deep", &Inner::deep)};
    }
};
struct Middle {
    shapes::Inner inner;
    std::vector<Inner> inners;
    static constexpr auto members() {
        return std::tuple{sim::member("Inner", &Middle::inner), sim::member("Inners", &Middle::inners)};
    }
};
struct Outer {
    shapes::Middle middle;
    std::map<std::string, Middle> middles;
    std::int64_t last = 0;
    static constexpr auto members() {
        return std::tuple{sim::member("Middle", &Outer::middle), sim::member("Middles", &Outer::middles),
                          sim::member("Last", &Outer::last)};
    }
};

template <class... Shape>
struct Shapes {};

// Each in a function of its own: compilers take very long over one that holds the code of all shapes.
template <class Shape, class Visit>
[[gnu::noinline]] void visit_shape(Visit& visit, std::size_t number) {
    visit(number, static_cast<Shape*>(nullptr));
}
// Calls visit(number, null pointer to the shape).
template <class... Shape, class Visit>
void for_each_shape(Shapes<Shape...>, Visit visit) {
    std::size_t number = 0;
    (visit_shape<Shape>(visit, number++), ...);
}
using AllShapes =
    Shapes<Args, Quotient, Empty, KV, Nest, In, Out, Deep, Widths, Floats, Complexes, Texts, Pointers, Lists,
           ListsOfLists, Arrays, ArraysOfArrays, Maps, MapsOfMaps, MapsOfLists, Tree, Point, Grid, Flags, Sparse,
           Colours, Request, Response, PointersInside, Inner, Middle, Outer, bool, std::int64_t, std::int8_t,
           std::uint64_t, double, float, std::complex<double>, std::string, sim::Bytes, std::vector<std::int64_t>,
           std::vector<std::string>, std::vector<KV>, std::map<std::string, std::int64_t>, std::map<std::string, In>,
           std::array<std::int32_t, 4>, std::vector<std::map<std::string, std::vector<Args>>>>;

} // namespace orrery::gob::shapes
