// Completed: from the least that a user writes of a model to all that judges ask of one (model.h).
//
// The least is
//   State, Operation, Result   structs; the last two with members() (sim/members.h)
//   initial()                  where the object starts
//   apply(State&, Operation)   does an operation and returns its Result: total and deterministic
// What else a model has is taken from it; the rest is derived:
//   name       the name of the type: TicketOffice is "ticket-office"
//   verbs      one for each enumerator of Operation's member `kind`, called as it is, with all other members
//              as its arguments and the whole Result as its result; without a `kind` there is one, "apply"
//   key        nil, the object is one; `static constexpr auto key = &Operation::seat` says that operations on
//              different seats do not affect each other
//   agrees     the recorded result equals the actual one
//   observer   what the verbs promise to be read-only; derived verbs promise nothing
//   ==         of Operation, Result and State: of all members
// An operation must survive being written to a history and read back. So that nothing is left out in silence, each
// member is a verb's argument, or the key, or `kind`; else the model does not compile.
#pragma once

#include <string_view>
#include <type_traits>

#include "orrery/reports/models/registry.h"

namespace orrery::reports::models {

namespace derive {

// The last word of what a compiler calls a type or a value, between "= " and the end: "seats::Seats" is "Seats".
// Empty if it is no identifier: no enumerator has that value.
constexpr std::string_view last_word(std::string_view function) {
    std::string_view text = function.substr(function.find("= ") + 2);
    text = text.substr(0, text.find_first_of(";]"));
    if (const std::size_t colon = text.rfind(':'); colon != std::string_view::npos) text.remove_prefix(colon + 1);
    for (const char each : text) {
        const bool letter = (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') || each == '_';
        if (!letter && !(each >= '0' && each <= '9')) return {};
    }
    return text;
}
template <class T>
constexpr std::string_view type_word() {
    return last_word(__PRETTY_FUNCTION__);
}
template <auto value>
constexpr std::string_view value_word() {
    return last_word(__PRETTY_FUNCTION__);
}

// TicketOffice -> "ticket-office", with static storage.
template <class T>
struct TypeName {
    static constexpr auto spelled = [] {
        constexpr std::string_view word = type_word<T>();
        static_assert(!word.empty(), "this model is a template: give it a name: static constexpr std::string_view "
                                     "name = \"seats\";");
        std::array<char, 2 * word.size()> text{};
        std::size_t size = 0;
        for (const char each : word) {
            const bool capital = each >= 'A' && each <= 'Z';
            if (capital && size > 0) text[size++] = '-';
            text[size++] = capital ? static_cast<char>(each - 'A' + 'a') : each;
        }
        return std::pair(text, size);
    }();
    static constexpr std::string_view text{spelled.first.data(), spelled.second};
};

template <class T>
concept HasKind = requires(T operation) {
    operation.kind;
    requires std::is_enum_v<decltype(operation.kind)>;
};

template <class Kind, std::size_t... numbers>
constexpr auto enumerators(std::index_sequence<numbers...>) {
    return std::array{value_word<static_cast<Kind>(numbers)>()...};
}
// The enumerators from 0 on, without a gap.
template <class Kind>
constexpr std::size_t enumerator_count() {
    constexpr auto words = enumerators<Kind>(std::make_index_sequence<32>());
    std::size_t count = 0;
    while (count < words.size() && !words[count].empty()) ++count;
    return count;
}

// As the type says; member by member where it says nothing.
template <class T>
bool equal(const T& one, const T& other) {
    if constexpr (std::equality_comparable<T>)
        return one == other;
    else
        return std::apply([&](const auto&... each) { return ((one.*each.pointer == other.*each.pointer) && ...); },
                          T::members());
}
template <class T>
struct Equal : T {
    Equal() = default;
    Equal(T value) : T(std::move(value)) {}
    friend bool operator==(const Equal& one, const Equal& other) { return equal<T>(one, other); }
};
enum class OnlyKind : std::uint8_t { apply };
template <class T>
struct OneKind : T {
    OnlyKind kind = OnlyKind::apply;
    OneKind() = default;
    OneKind(T value) : T(std::move(value)) {}
    friend bool operator==(const OneKind& one, const OneKind& other) { return equal<T>(one, other); }
};
template <class T>
using WithEquality = std::conditional_t<std::equality_comparable<T>, T, Equal<T>>;
template <class T>
using WithKind = std::conditional_t<HasKind<T>, WithEquality<T>, OneKind<T>>;

template <class M>
concept HasKeyPointer = requires {
    M::key;
    requires std::is_member_object_pointer_v<std::remove_cv_t<decltype(M::key)>>;
};

// The member of Operation that M::key points at.
template <class M>
constexpr std::string_view pointed_member() {
    std::string_view name;
    const auto look = [&](const auto& each) {
        if constexpr (std::same_as<std::remove_cv_t<decltype(M::key)>, std::remove_cvref_t<decltype(each.pointer)>>)
            if (each.pointer == M::key) name = each.name;
    };
    std::apply([&](const auto&... each) { (look(each), ...); }, M::Operation::members());
    return name;
}

// How an operation's key is called in its Operation.
template <class M>
constexpr std::string_view key_name() {
    if constexpr (HasKeyPointer<M>)
        return pointed_member<M>();
    else
        return key_member<M>();
}

template <class M>
constexpr Verb verb(std::string_view f) {
    Verb verb{f};
    std::size_t count = 0;
    const auto add = [&](std::string_view name) {
        if (name != "kind" && name != key_name<M>()) verb.arguments[count++] = name;
    };
    std::apply([&](const auto&... each) { (add(each.name), ...); }, M::Operation::members());
    constexpr std::size_t results = std::tuple_size_v<decltype(M::Result::members())>;
    if constexpr (results == 1) verb.result = std::get<0>(M::Result::members()).name;
    if constexpr (results > 1) verb.result = Verb::whole;
    return verb;
}
template <class M>
constexpr auto verbs() {
    constexpr std::size_t members = std::tuple_size_v<decltype(M::Operation::members())>;
    static_assert(members <= std::tuple_size_v<decltype(Verb::arguments)>,
                  "this Operation has more members than an operation in a history has arguments: give the model "
                  "verbs, or make some members one struct");
    if constexpr (HasKind<typename M::Operation>) {
        using Kind = decltype(std::declval<typename M::Operation>().kind);
        constexpr std::size_t count = enumerator_count<Kind>();
        static_assert(count > 0, "the enumerators of Operation's kind must be numbered 0, 1, 2...");
        constexpr auto words = enumerators<Kind>(std::make_index_sequence<32>());
        std::array<Verb, count> all{};
        for (std::size_t i = 0; i < count; ++i) all[i] = verb<M>(words[i]);
        return all;
    } else {
        return std::array{verb<M>("apply")};
    }
}

} // namespace derive

// Whether a history shows all of an operation: each member is the kind, the key, an argument of some verb, or the
// process that asks.
template <class M>
constexpr bool shows_all_members() {
    const auto shown = [](std::string_view name) {
        if (name == "kind" || name == key_member<M>()) return true;
        if (KnowsProcesses<M> && name == "process") return true;
        const auto verbs = M::verbs; // g++ 12 reads no default element of a constant in place
        for (const Verb& verb : verbs)
            for (const std::string_view argument : verb.arguments)
                if (argument == name) return true;
        return false;
    };
    return std::apply([&](const auto&... each) { return (shown(each.name) && ...); }, M::Operation::members());
}

// Says in a sentence what a type lacks to be a model at all.
template <class M>
constexpr void require_model() {
    static_assert(
        requires { typename M::State; }, "a model needs a type State: what the object holds");
    static_assert(
        requires { typename M::Operation; }, "a model needs a type Operation: what a client may ask for");
    static_assert(
        requires { typename M::Result; }, "a model needs a type Result: what a client is answered");
    static_assert(sim::HasMembers<typename M::Operation>,
                  "Operation needs its list of members: static constexpr auto members() { return "
                  "std::tuple{sim::member(\"seat\", &Operation::seat)}; }");
    static_assert(sim::HasMembers<typename M::Result>,
                  "Result needs its list of members: static constexpr auto members() { return "
                  "std::tuple{sim::member(\"holder\", &Result::holder)}; }");
    static_assert(std::default_initializable<typename M::Operation> && std::default_initializable<typename M::Result>,
                  "Operation and Result need default values for all members");
    static_assert(std::equality_comparable<typename M::State> || sim::HasMembers<typename M::State>,
                  "State needs operator== or a list of members");
    static_assert(
        requires {
            { M::initial() } -> std::convertible_to<typename M::State>;
        },
        "a model needs: static State initial()");
    static_assert(
        requires(typename M::State & state, const typename M::Operation& operation) {
            { M::apply(state, operation) } -> std::convertible_to<typename M::Result>;
        },
        "a model needs: static Result apply(State& state, const Operation& operation)");
}

template <class M>
struct Completed {
    static_assert((require_model<M>(), true));
    using State = derive::WithEquality<typename M::State>;
    using Operation = derive::WithKind<typename M::Operation>;
    using Result = derive::WithEquality<typename M::Result>;

    static constexpr std::string_view name = [] {
        if constexpr (requires { M::name; })
            return std::string_view(M::name);
        else
            return derive::TypeName<M>::text;
    }();
    static constexpr std::string_view key_member = derive::key_name<M>();
    static constexpr auto verbs = [] {
        if constexpr (requires { M::verbs; })
            return M::verbs;
        else
            return derive::verbs<M>();
    }();

    static State initial() { return M::initial(); }
    static std::optional<State> initial(const Value& value) {
        if constexpr (requires { M::initial(value); })
            if (auto state = M::initial(value)) return State(*std::move(state));
        return std::nullopt;
    }
    static Result apply(State& state, const Operation& operation) { return M::apply(state, operation); }
    static bool agrees(const Result& recorded, const Result& actual) {
        if constexpr (requires { M::agrees(recorded, actual); })
            return M::agrees(recorded, actual);
        else
            return recorded == actual;
    }
    static bool observer(const Operation& operation, const Result& result) {
        if constexpr (requires { M::observer(operation, result); })
            return M::observer(operation, result);
        else
            return verbs[static_cast<std::size_t>(operation.kind)].is_read_only();
    }
    static Value key(const Operation& operation) {
        if constexpr (derive::HasKeyPointer<M>)
            return to_value(operation.*M::key);
        else if constexpr (requires { M::key(operation); })
            return to_value(M::key(operation));
        else
            return {};
    }
    static bool valid(const Operation& operation) {
        if constexpr (requires { M::valid(operation); }) return M::valid(operation);
        return true;
    }
    static void asked_by(Operation& operation, std::int64_t process) requires KnowsProcesses<M> {
        M::asked_by(operation, process);
    }
    static Value part(const Operation& operation) requires requires { M::part(operation); }
    { return M::part(operation); }
};

// M itself if it has all, else M completed.
template <class M>
struct FullModel {
    using type = Completed<M>;
};
template <Model M>
struct FullModel<M> {
    using type = M;
};
template <class M>
using Full = typename FullModel<M>::type;

template <class M>
const Language& language_of() {
    static_assert(shows_all_members<Full<M>>(),
                  "a member of Operation is neither the key nor an argument of any verb: a history would not show it. "
                  "Name it as an argument, or as the key: static constexpr auto key = &Operation::seat;");
    static const TypedLanguage<Full<M>> language;
    return language;
}

} // namespace orrery::reports::models
