// Transaction: several steps that take effect together, on many objects with keys - what multi-register,
// rw-register, long-fork and list-append have in common.
//
// A step is a list [f key value], as Jepsen writes it: read or r, write or w, append. The value of a read
// stands in the result; before, it is nil. An object that was never written is nil.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "orrery/reports/models/model.h"

namespace orrery::reports::models {

// One step, seen in a Value. Without a value if that is no step.
struct Step {
    enum class Kind : std::uint8_t { read, write, append };
    Kind kind = Kind::read;
    const Value* key = nullptr;
    const Value* value = nullptr;

    static std::optional<Step> of(const Value& value) {
        if (!value.is_list() || value.list().size() != 3 || !value.list()[0].is_text()) return {};
        std::string_view f = value.list()[0].text();
        if (f.starts_with(':')) f.remove_prefix(1);
        const bool reads = f == "r" || f == "read";
        const bool writes = f == "w" || f == "write";
        if (!reads && !writes && f != "append") return {};
        const Kind kind = reads ? Kind::read : writes ? Kind::write : Kind::append;
        return Step{kind, &value.list()[1], &value.list()[2]};
    }
};

struct Transaction {
    using State = std::map<Value, Value>; // without nils, so that equal states compare equal

    struct Operation {
        enum class Kind : std::uint8_t { txn, read, write };
        Kind kind = Kind::txn; // the word it goes by; the steps alone say what it does
        Value::List steps{};

        bool operator==(const Operation&) const = default;
        static constexpr auto members() {
            return std::tuple{sim::member("kind", &Operation::kind), sim::member("steps", &Operation::steps)};
        }
    };
    struct Result {
        Value::List steps{}; // the same with the values of the reads
        bool operator==(const Result&) const = default;
        static constexpr auto members() { return std::tuple{sim::member("steps", &Result::steps)}; }
    };

    static constexpr std::array verbs = {Verb{"txn", {"steps"}, "steps"}, Verb{"read", {"steps"}, "steps"},
                                         Verb{"write", {"steps"}, "steps"}};
    static State initial() { return {}; }
    static std::optional<State> initial(const Value& value) {
        if (!value.is_map()) return {};
        State state;
        for (const auto& [key, each] : value.map())
            if (!each.is_nil()) state[key] = each;
        return state;
    }
    static Result apply(State& state, const Operation& operation) {
        Value::List response;
        for (const Value& each : operation.steps) {
            const auto step = Step::of(each);
            response.push_back(each);
            if (!step) continue;
            if (step->kind == Step::Kind::read)
                response.back() = Value::List{each.list()[0], *step->key, at(state, *step)};
            if (step->kind == Step::Kind::write) set(state, *step->key, *step->value);
            if (step->kind == Step::Kind::append) {
                const Value before = at(state, *step);
                Value::List list = before.is_list() ? before.list() : Value::List{};
                list.push_back(*step->value);
                set(state, *step->key, std::move(list));
            }
        }
        return {std::move(response)};
    }
    // Whether every step is one.
    static bool valid(const Operation& operation) {
        for (const Value& each : operation.steps)
            if (!Step::of(each)) return false;
        return true;
    }
    static bool agrees(const Result& recorded, const Result& actual) { return recorded == actual; }
    static bool observer(const Operation& operation, const Result&) {
        for (const Value& each : operation.steps) {
            const auto step = Step::of(each);
            if (step && step->kind != Step::Kind::read) return false;
        }
        return true;
    }
    static Value key(const Operation&) { return {}; }

private:
    static Value at(const State& state, const Step& step) {
        const auto found = state.find(*step.key);
        return found == state.end() ? Value() : found->second;
    }
    static void set(State& state, const Value& key, Value value) {
        if (value.is_nil())
            state.erase(key);
        else
            state[key] = std::move(value);
    }
};

struct RwRegister : Transaction {
    static constexpr std::string_view name = "rw-register";
};
struct MultiRegister : Transaction {
    static constexpr std::string_view name = "multi-register";
};
struct LongFork : Transaction {
    static constexpr std::string_view name = "long-fork";
};

// A list without appends may be returned as nil or as empty.
struct ListAppend : Transaction {
    static constexpr std::string_view name = "list-append";
    static bool agrees(const Result& recorded, const Result& actual) {
        if (recorded.steps.size() != actual.steps.size()) return false;
        for (std::size_t i = 0; i < recorded.steps.size(); ++i) {
            const Value& response = recorded.steps[i];
            if (response == actual.steps[i]) continue;
            const auto step = Step::of(response);
            const auto other = Step::of(actual.steps[i]);
            const bool empty = step && step->value->is_list() && step->value->list().empty();
            if (!empty || !other || !other->value->is_nil() || *step->key != *other->key) return false;
        }
        return true;
    }
};

static_assert(Model<RwRegister> && Model<LongFork> && Model<ListAppend> && Model<MultiRegister>);
extern template const Language& language_of<RwRegister>();
extern template const Language& language_of<MultiRegister>();
extern template const Language& language_of<LongFork>();
extern template const Language& language_of<ListAppend>();

} // namespace orrery::reports::models
