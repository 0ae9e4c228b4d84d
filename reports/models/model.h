// Model: what an object does when one client uses it at a time. A judge asks whether concurrent
// clients could have been served by such an object.
//
// A model is a struct with nothing but static members, in fewer than thirty lines; see register.h. Judges ask all
// of the following of it; a user's own needs only State, Operation, Result, initial() and apply, and the rest is
// derived (completed.h):
//   name        in fixed words, as the command line takes it
//   Operation   `kind`, an enumeration, and its arguments; default constructible, ==, members()
//   Result      what the client gets back; default constructible, ==, members()
//   State       ==, and made of fields (fields.h)
//   verbs       what the operations are called in a history, in the order of Operation::Kind
//   initial()   where the object starts when the history does not say; with a Value, where it starts
//               when it does (nothing if the value makes no sense)
//   apply       does the operation. Total and deterministic: every operation works in every state
//   agrees      whether the recorded result is one that the actual one explains
//   observer    promises that in EVERY state in which this operation has this result, it leaves the
//               state as it is. A judge relies on it: wrong, it makes wrong verdicts
//   valid       (if it has one) whether the arguments of an operation make sense, for reading from files
//   key         operations on different keys do not affect each other; nil if there is only one
//   part        (if it has one) the same for a history without operations that concern everything: their
//               part is nil
//   has_revisions (if it is true) says that the results name revisions as etcd's requests do
//   asked_by    (if it has one) gives an operation the process that asks for it, as its member `process`, where that
//               matters: a lock that only its holder may release
//   draw        (if it has one) draws an operation for client and number, from whatever has draw(site, count): a
//               scenario's clients ask for these
#pragma once

#include <concepts>
#include <optional>
#include <string_view>

#include "orrery/reports/models/verb.h"

namespace orrery::reports::models {

template <class M>
concept Model = std::default_initializable<typename M::Operation> && std::default_initializable<typename M::Result> &&
    std::equality_comparable<typename M::Operation> && std::equality_comparable<typename M::Result> &&
    std::equality_comparable<typename M::State> && sim::HasMembers<typename M::Operation> &&
    sim::HasMembers<typename M::Result> && requires(typename M::State& state, const typename M::Operation& operation,
                                                    const typename M::Result& result, const Value& value) {
    { M::name } -> std::convertible_to<std::string_view>;
    { M::verbs[0] } -> std::convertible_to<Verb>;
    { M::initial() } -> std::same_as<typename M::State>;
    { M::initial(value) } -> std::same_as<std::optional<typename M::State>>;
    { M::apply(state, operation) } -> std::same_as<typename M::Result>;
    { M::agrees(result, result) } -> std::same_as<bool>;
    { M::observer(operation, result) } -> std::same_as<bool>;
    { M::key(operation) } -> std::same_as<Value>;
};

template <class M>
concept HasParts = requires(const typename M::Operation& operation) {
    { M::part(operation) } -> std::same_as<Value>;
};

class Language;
// The language of a model of any program, always the same object for the same M (completed.h). Those of the built-in
// models are compiled once, in languages_*.cc: each takes a compiler two seconds.
template <class M>
const Language& language_of();

} // namespace orrery::reports::models
