// One list of members from which everything mechanical about a struct comes: codecs, JSON,
// equality in words. A type declares
//
//     static constexpr auto members() {
//         return std::tuple{sim::member("term", &Vote::term), sim::member("granted", &Vote::granted)};
//     }
#pragma once

#include <string_view>
#include <tuple>

namespace orrery::sim {

template <class Owner, class Field>
struct Member {
    std::string_view name;
    Field Owner::*pointer;
};

template <class Owner, class Field>
constexpr Member<Owner, Field> member(std::string_view name, Field Owner::*pointer) {
    return {name, pointer};
}

template <class T>
concept HasMembers = requires {
    T::members();
};

// Calls visit(name, field) for each member in order.
template <class T, class Visit>
constexpr void for_each_member(T& object, Visit&& visit) {
    std::apply([&](const auto&... each) { (visit(each.name, object.*(each.pointer)), ...); },
               std::remove_cvref_t<T>::members());
}

} // namespace orrery::sim
