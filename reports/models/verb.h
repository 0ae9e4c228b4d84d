// Verb: one word of a model's language - how an operation looks in a recorded history, and what it
// does to a value, for naming what went wrong.
//
// A model lists its verbs in the order of its Operation::Kind. From this list and the members of
// Operation and Result come the words (f, key, argument) of an operation and the value of a result,
// and the way back.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "orrery/reports/models/fields.h"

namespace orrery::reports::models {

struct Verb {
    // What the operation does with its member `value`, if its Result says that it did anything:
    // reads the object, sets it, extends it, removes it, replaces `from` by it; or with its member
    // `element`, if the object holds many (container_effects.h): puts it in, takes one out, lists all; or something
    // else.
    enum class Effect : std::uint8_t { reads, sets, appends, removes, swaps, inserts, takes, lists, other };

    std::string_view f;
    std::array<std::string_view, 8> arguments{}; // members of Operation: one is the argument, more make a list
    std::string_view result{};                   // member of Result that the client gets back, or `whole`
    Effect effect = Effect::other;

    static constexpr std::string_view whole = "*"; // as `result`: all members of Result

    // Whether it never changes anything.
    constexpr bool is_read_only() const { return effect == Effect::reads || effect == Effect::lists; }
};

constexpr bool is_read_only(Verb::Effect effect) {
    return effect == Verb::Effect::reads || effect == Verb::Effect::lists;
}

// An operation in words. `key` is nil if Operation has no member that is its key.
struct Words {
    std::string f;
    Value key;
    Value argument;
    std::int64_t process = 0; // who asks, for models to which it matters

    bool operator==(const Words&) const = default;
};

template <class T>
Value member_value(const T& object, std::string_view name) {
    Value value;
    sim::for_each_member(object, [&](std::string_view each, const auto& field) {
        if (each == name) value = to_value(field);
    });
    return value;
}

template <class T>
constexpr bool has_member(std::string_view name) {
    return std::apply([&](const auto&... each) { return ((each.name == name) || ...); }, T::members());
}

template <class T>
bool set_member(T& object, std::string_view name, const Value& value) {
    bool fits = false;
    sim::for_each_member(object, [&](std::string_view each, auto& field) {
        if constexpr (!std::is_enum_v<std::remove_cvref_t<decltype(field)>>)
            if (each == name) fits = from_value(value, field);
    });
    return fits;
}

constexpr std::size_t argument_count(const Verb& verb) {
    std::size_t count = 0;
    while (count < verb.arguments.size() && !verb.arguments[count].empty()) ++count;
    return count;
}

// The member of Operation that is its key in a history: `key`, unless the model names another.
template <class M>
constexpr std::string_view key_member() {
    if constexpr (requires { M::key_member; })
        return M::key_member;
    else
        return "key";
}

template <class M>
const Verb& verb_of(const typename M::Operation& operation) {
    return M::verbs[static_cast<std::size_t>(operation.kind)];
}

template <class M>
Words to_words(const typename M::Operation& operation) {
    const Verb& verb = verb_of<M>(operation);
    Words words{std::string(verb.f), member_value(operation, key_member<M>()), {}};
    const std::size_t count = argument_count(verb);
    if (count == 1) words.argument = member_value(operation, verb.arguments[0]);
    if (count > 1) {
        Value::List list;
        for (std::size_t i = 0; i < count; ++i) list.push_back(member_value(operation, verb.arguments[i]));
        words.argument = std::move(list);
    }
    return words;
}

// Nothing if the model has no such operation; describe_verbs says which it has.
template <class M>
std::optional<typename M::Operation> to_operation(std::string_view f, const Value& key, const Value& argument) {
    typename M::Operation operation;
    for (std::size_t kind = 0; kind < M::verbs.size(); ++kind) {
        const Verb& verb = M::verbs[kind];
        if (verb.f != f) continue;
        operation.kind = static_cast<decltype(operation.kind)>(kind);
        const bool has_key = has_member<typename M::Operation>(key_member<M>());
        if (has_key ? !set_member(operation, key_member<M>(), key) : !key.is_nil()) return {};
        const std::size_t count = argument_count(verb);
        if (count == 1 && !set_member(operation, verb.arguments[0], argument)) return {};
        if (count > 1 && (!argument.is_list() || argument.list().size() != count)) return {};
        for (std::size_t i = 0; count > 1 && i < count; ++i)
            if (!set_member(operation, verb.arguments[i], argument.list()[i])) return {};
        if constexpr (requires { M::valid(operation); })
            if (!M::valid(operation)) return {};
        return operation;
    }
    return {};
}

// Tells an operation who asks, if its model wants to know: see `asked_by` in model.h.
template <class M>
concept KnowsProcesses = requires(typename M::Operation& operation, std::int64_t process) {
    M::asked_by(operation, process);
};
template <class M>
void set_process(typename M::Operation& operation, std::int64_t process) {
    if constexpr (KnowsProcesses<M>) M::asked_by(operation, process);
}

// What the client got back. Nil for verbs without a result.
template <class M>
Value result_value(const typename M::Operation& operation, const typename M::Result& result) {
    const Verb& verb = verb_of<M>(operation);
    return verb.result == Verb::whole ? to_value(result) : member_value(result, verb.result);
}

// A truth may be left out, or be the argument again as Jepsen writes it: "ok" then means true. And where
// nothing was to be returned, an argument that is returned again says nothing.
template <class M>
std::optional<typename M::Result> to_result(const typename M::Operation& operation, const Value& value) {
    typename M::Result result;
    const Verb& verb = verb_of<M>(operation);
    if (verb.result.empty()) return result;
    if (verb.result == Verb::whole) return from_value(value, result) ? std::optional(result) : std::nullopt;
    if (set_member(result, verb.result, value)) return result;
    if (!value.is_boolean() && member_value(result, verb.result).is_boolean()) {
        set_member(result, verb.result, true);
        return result;
    }
    const Value untold = member_value(result, verb.result);
    if (untold.is_nil() && value == to_words<M>(operation).argument) return result;
    return {};
}

// "read, write VALUE, cas [FROM VALUE]".
template <class M>
std::string describe_verbs() {
    std::string all;
    for (const Verb& verb : M::verbs) {
        if (!all.empty()) all += ", ";
        all += verb.f;
        const std::size_t count = argument_count(verb);
        std::string arguments;
        for (std::size_t i = 0; i < count; ++i) {
            if (i > 0) arguments += ' ';
            for (const char each : verb.arguments[i]) arguments += static_cast<char>(each - 'a' + 'A');
        }
        if (count > 0) all += count > 1 ? " [" + arguments + "]" : " " + arguments;
    }
    return all;
}

} // namespace orrery::reports::models
